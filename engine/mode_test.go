package engine_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// arg puts a line into the sync people; field replaces the line of a mapped field by a block with policies.
func (p *project) arg(lines string) {
	p.edit(`  mode    = "upsert"`, `  mode    = "upsert"`+"\n"+lines)
}

func (p *project) mode(mode string) { p.edit(`  mode    = "upsert"`, `  mode    = "`+mode+`"`) }

func (p *project) field(name, value, policies string) {
	p.t.Helper()
	var kept []string
	before := regexp.MustCompile(`(?s)  field "`+name+`" \{.*?\n  \}\n`).ReplaceAllString(p.read("main.hcl"), "")
	for l := range strings.Lines(before) {
		if !strings.HasPrefix(strings.TrimSpace(l), name+" ") {
			kept = append(kept, l)
		}
	}
	p.write("main.hcl", strings.Join(kept, ""))
	p.edit("  target = target.contact\n", "  target = target.contact\n  field \""+name+"\" {\n    value = "+value+"\n    "+policies+"\n  }\n")
}

func (p *project) edit(old, text string) {
	p.t.Helper()
	src := p.read("main.hcl")
	if !strings.Contains(src, old) {
		p.t.Fatalf("main.hcl has no %q", old)
	}
	p.write("main.hcl", strings.Replace(src, old, text, 1))
}

// patch changes the record of a code by hand.
func (p *project) patch(code string, values map[string]any) {
	p.t.Helper()
	p.byHand("hand@acme.example", func(h *hand) {
		h.call("PATCH", "/sobjects/Contact/"+h.id("SELECT Id FROM Contact WHERE Code__c = '"+code+"'"), values)
	})
}

// holds tells what the org has: the values of fields, by code.
func (p *project) holds(code, fields string, want ...any) {
	p.t.Helper()
	p.byHand("", func(h *hand) {
		got := h.find("SELECT " + fields + " FROM Contact WHERE Code__c = '" + code + "'")
		if len(got) != 1 {
			p.t.Fatalf("%d records have the code %s", len(got), code)
		}
		var have []any
		for f := range strings.SplitSeq(fields, ", ") {
			have = append(have, got[0][f])
		}
		if !slices.Equal(have, want) {
			p.t.Errorf("%s holds %v, want %v", code, have, want)
		}
	})
}

// given makes a record by hand.
func (p *project) given(values map[string]any) {
	p.t.Helper()
	p.byHand("hand@acme.example", func(h *hand) { h.call("POST", "/sobjects/Contact", values) })
}

func (p *project) drop(code string) {
	p.t.Helper()
	p.byHand("hand@acme.example", func(h *hand) {
		h.call("DELETE", "/sobjects/Contact/"+h.id("SELECT Id FROM Contact WHERE Code__c = '"+code+"'"), nil)
	})
}

func (p *project) people(n int) {
	p.t.Helper()
	p.byHand("", func(h *hand) {
		if got := len(h.find("SELECT Id FROM Contact")); got != n {
			p.t.Errorf("the org holds %d contacts, want %d", got, n)
		}
	})
}

func TestUpdateCreatesNobodyAndAdoptsWhoIsThere(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.mode("update")
	p.given(map[string]any{"Code__c": "A", "LastName": "Okafor", "MailingCity": "Lagos"})
	p.applies("update 1, skip 1", "adopted", "no_match")
	p.expect("skip 1, unchanged 1", "no_match")
	p.holds("A", "MailingCity, Tier__c", "London", "Gold")
	p.people(1)
	p.rows(strings.Replace(twoPeople, "London", "Leeds", 1))
	p.applies("update 1, skip 1", "field_changed")
	// Who comes later is adopted then.
	p.given(map[string]any{"Code__c": "B", "LastName": "Lindqvist"})
	p.applies("update 1, unchanged 1", "adopted")
	p.empty("after both")
	p.edit("sync \"people\" {\n", "sync \"people\" {\n  guard { min_rows = 0 }\n")
	p.rows("")
	p.applies("leave 2", "left_model")
	p.empty("after both left")
	p.people(2)
}

func TestUpdateAsksForNoRequiredField(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.mode("update")
	p.edit("    LastName    = col.name\n", "")
	p.given(map[string]any{"Code__c": "A", "LastName": "Somebody"})
	p.applies("update 1, skip 1", "adopted")
	p.holds("A", "LastName, MailingCity", "Somebody", "London")
}

func TestInsertCreatesAndNeverLooksBack(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.mode("insert")
	p.given(map[string]any{"Code__c": "B", "LastName": "Other", "MailingCity": "Lund"})
	p.applies("create 1, skip 1", "new_in_model", "exists")
	p.expect("skip 1, unchanged 1", "exists")
	p.holds("B", "LastName, MailingCity", "Other", "Lund")
	p.rows(strings.NewReplacer("London", "Leeds", "Malmö", "Oslo").Replace(twoPeople))
	p.patch("A", map[string]any{"MailingCity": "By hand"})
	p.expect("skip 1, unchanged 1", "exists")
	if p.apply() != nil {
		t.Error("a changed row began a run")
	}
	p.rows("")
	p.empty("with no rows")
	p.drop("A")
	p.rows(twoPeople)
	p.expect("skip 1, unchanged 1", "exists")
	p.holds("B", "MailingCity", "Lund")
	p.people(1)
}

func TestGoneRecordIsCreatedAgainOnceWhereTheSyncSaysSo(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.arg(`  on_missing = "create"`)
	p.applied()
	p.drop("A")
	it := p.expect("create 1, unchanged 1", "missing_in_salesforce")
	if it.Reasons["new_in_model"] != 0 {
		t.Errorf("the reasons are %v", it.Reasons)
	}
	p.applied()
	p.empty("after the record came back")
	p.holds("A", "LastName, MailingCity, Email", "Okafor", "London", "ada@example.com")
	p.people(2)
	// Somebody makes a record of the same code meanwhile: it is adopted, not written blindly.
	p.drop("B")
	p.given(map[string]any{"Code__c": "B", "LastName": "Again"})
	p.applies("update 1, unchanged 1", "adopted")
	p.empty("after the adoption")
	p.people(2)
	// Both at once, one of them changed.
	p.drop("A")
	p.drop("B")
	p.rows(strings.Replace(twoPeople, "London", "Leeds", 1))
	p.applies("create 2", "missing_in_salesforce")
	p.empty("after both came back")
	p.holds("A", "MailingCity", "Leeds")
}

// rules is a schema with rules of the org beside the fields.
func rules(text string) string {
	return strings.Replace(peopleSchema, `"objects"`, text+`, "objects"`, 1)
}

func TestDuplicateRulesHoldUnlessTheTargetAllowsDuplicates(t *testing.T) {
	t.Parallel()
	p := people(t, onlyA)
	p.write("org.schema.json", rules(`"duplicateRules": [{"developerName": "Same_Name", "sobjectType": "Contact", "matchFields": ["LastName"], "action": "Alert"}]`))
	p.given(map[string]any{"Code__c": "X", "LastName": "Okafor"})
	if run := p.apply(); run.Failed.Create != 1 || run.Failures[0].Code != "DUPLICATES_DETECTED" {
		t.Fatalf("the run is %+v", run)
	}
	p.edit(`  match       = "Code__c"`, "  match       = \"Code__c\"\n  duplicates  = \"allow\"")
	p.applied()
	p.settled("with duplicates allowed")
	p.people(2)
}

func TestAssignmentRuleGivesNewRecordsAnOwner(t *testing.T) {
	t.Parallel()
	for assignment, assigned := range map[string]bool{"off": false, "active": true} {
		p := people(t, onlyA)
		p.write("main.hcl", strings.NewReplacer(`"Contact"`, `"Lead"`, "    MailingCity = col.city\n", "    City = col.city\n    Company = col.name\n").Replace(p.read("main.hcl")))
		p.write("org.schema.json", strings.Replace(rules(`"assignmentRules": [{"name": "Web", "sobjectType": "Lead", "active": true, "owner": "rep@acme.example"}]`), `"Contact"`, `"Lead"`, 1))
		p.byHand("rep@acme.example", func(*hand) {})
		p.edit(`  match       = "Code__c"`, "  match       = \"Code__c\"\n  assignment  = \""+assignment+"\"")
		p.applied()
		p.settled("after the create")
		p.byHand("", func(h *hand) {
			got := len(h.find("SELECT Id FROM Lead WHERE Owner.Username = 'rep@acme.example'")) == 1
			if got != assigned {
				t.Errorf("assignment = %s: assigned is %t", assignment, got)
			}
		})
	}
}
