package engine_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/engine/plan"
)

// typedSchema has record types of two objects, two of them with one name, and picklists with fewer values in some records.
const typedSchema = `{"format": "1.0", "objects": {
  "Account": {"recordTypeInfos": [{"developerName": "Retail", "name": "Shop"}]},
  "Contact": {
    "fields": [
      {"name": "Code__c", "type": "string", "length": 20, "externalId": true, "unique": true},
      {"name": "Score__c", "type": "double", "precision": 10, "scale": 2},
      {"name": "Tier__c", "type": "picklist", "restrictedPicklist": true, "picklistValues": ["Gold", {"value": "Silver", "label": "Silver tier"}, "Bronze"]},
      {"name": "Tags__c", "type": "multipicklist", "restrictedPicklist": true, "picklistValues": [{"value": "r", "label": "Red"}, {"value": "b", "label": "Blue"}]}],
    "recordTypeInfos": [
      {"developerName": "Retail", "name": "Customer", "defaultRecordTypeMapping": true, "picklistsForRecordType": [
        {"picklistName": "Tier__c", "picklistValues": ["Silver", "Bronze"]}, {"picklistName": "Tags__c", "picklistValues": ["r"]}]},
      {"developerName": "Trade", "name": "Business"},
      {"developerName": "Hidden", "available": false}, {"developerName": "Old", "active": false}]}}}`

// typed is people with a record type in the column city.
func typed(t *testing.T, rows string) *project {
	t.Helper()
	p := people(t, rows)
	p.write("org.schema.json", typedSchema)
	p.edit("    MailingCity = col.city\n", "    \"RecordType.DeveloperName\" = col.city\n")
	p.write("main.hcl", anyRejects(p.read("main.hcl")))
	return p
}

// refusals is what a plan says of the rejected rows: by key, the field and the cause.
func refusals(it *plan.Item) map[string]string {
	out := map[string]string{}
	for _, s := range it.Samples {
		if s.Action != "reject" {
			continue
		}
		text := s.Reason
		for _, f := range s.Fields {
			text += " " + f.Field
		}
		out[s.Key] = text + ": " + s.Detail
	}
	return out
}

func (p *project) rejected(want map[string]string) *plan.Item {
	p.t.Helper()
	it := p.plan().Item("sync.people")
	if got := refusals(it); !reflect.DeepEqual(got, want) {
		p.t.Errorf("the plan says %s and rejects %v; want %v", counts(it), got, want)
	}
	if int64(len(want)) != it.Counts.Reject.N {
		p.t.Errorf("%d rows are rejected, want %d", it.Counts.Reject.N, len(want))
	}
	return it
}

const (
	noType    = "unknown_parent RecordType.DeveloperName: not a record type that the user may give to records: Retail, Trade"
	notRetail = "bad_picklist Tier__c: not a value of the picklist in records of type Retail"
)

func TestRecordTypesAreSetByDeveloperName(t *testing.T) {
	t.Parallel()
	p := typed(t, "1,A,Okafor,Trade,,1,\n2,B,Lindqvist,retail,,1,\n3,C,Haddad,,,1,\n4,D,Moreau,Retial,,1,\n5,E,Ito,Old,,1,\n6,F,Sato,Hidden,,1,\n7,G,Vega,Master,,1,\n")
	it := p.rejected(map[string]string{"4": noType, "5": noType, "6": noType, "7": noType})
	if it.Counts.Create.N != 3 || it.Rejects[0].Code != "INVALID_CROSS_REFERENCE_KEY" || it.Rejects[0].N != 4 || it.Rejects[0].Values[0].Value == "" {
		t.Errorf("the plan says %s: %+v", counts(it), it.Rejects)
	}
	p.applied()
	p.applied() // remembers how the org spells Retail
	if it := p.plan().Item("sync.people"); counts(it) != "reject 4, unchanged 3" {
		t.Errorf("after the apply the plan says %s", counts(it))
	}
	typeOf := func(code, want string) {
		t.Helper()
		p.byHand("", func(h *hand) {
			r := h.find("SELECT RecordType.DeveloperName, RecordType.SobjectType FROM Contact WHERE Code__c = '" + code + "'")[0]
			got, _ := r["RecordType"].(map[string]any)
			if got["DeveloperName"] != want || got["SobjectType"] != "Contact" {
				t.Errorf("%s has the record type %v, want %s", code, r["RecordType"], want)
			}
		})
	}
	typeOf("A", "Trade")
	typeOf("B", "Retail")
	typeOf("C", "Retail")

	// Another one, and one that an unknown value cannot take away: its row is held.
	p.rows("1,A,Okafor,Retail,,1,\n2,B,Lindqvist,Retial,,2,\n3,C,Haddad,,,1,\n")
	it = p.rejected(map[string]string{"2": noType})
	if counts(it) != "update 1, held 1, reject 1, unchanged 1" {
		t.Errorf("the plan says %s", counts(it))
	}
	p.applied()
	typeOf("A", "Retail")
	typeOf("B", "Retail")
	if it := p.plan().Item("sync.people"); counts(it) != "held 1, reject 1, unchanged 2" {
		t.Errorf("after the second apply the plan says %s", counts(it))
	}
}

func TestRecordTypeOfAnExpressionOrAnID(t *testing.T) {
	t.Parallel()
	p := typed(t, "1,A,Okafor,big,,1,\n2,B,Lindqvist,small,,1,\n")
	p.edit(`"RecordType.DeveloperName" = col.city`, `"RecordType.DeveloperName" = col.city == "big" ? "Trade" : "Retail"`)
	p.applied()
	p.empty("after the types of an expression")
	var trade, other string
	p.byHand("", func(h *hand) {
		if n := len(h.find("SELECT Id FROM Contact WHERE RecordType.DeveloperName = 'Trade' AND Code__c = 'A'")); n != 1 {
			t.Errorf("%d records have the type", n)
		}
		trade = h.id("SELECT Id FROM RecordType WHERE DeveloperName = 'Trade' AND SobjectType = 'Contact'")
		other = h.id("SELECT Id FROM RecordType WHERE DeveloperName = 'Retail' AND SobjectType = 'Account'")
	})
	p.edit(`"RecordType.DeveloperName" = col.city == "big" ? "Trade" : "Retail"`, `RecordTypeId = col.city == "big" ? "`+trade[:15]+`" : "`+trade+`"`)
	p.expect("update 1, adopt 1")
	p.applied()
	p.empty("after the types by id")
	p.edit(`: "`+trade+`"`, `: col.city`)
	p.rows("1,A,Okafor,big,,1,\n2,B,Lindqvist," + other + ",,1,\n")
	p.rejected(map[string]string{"2": strings.Replace(noType, byName, "RecordTypeId", 1)})
}

const byName = "RecordType.DeveloperName"

func TestRestrictedPicklistsTakeTheValuesOfTheRowsRecordType(t *testing.T) {
	t.Parallel()
	p := typed(t, "1,A,Okafor,Trade,,1,Gold\n2,B,Lindqvist,Retail,,1,Gold\n3,C,Haddad,,,1,Gold\n4,D,Moreau,,,1,Silver\n5,E,Ito,Retail,,1,Silver tier\n6,F,Sato,Nope,,1,Gold\n")
	label := `bad_picklist Tier__c: a label where the API value belongs: "Silver tier" is "Silver"`
	it := p.rejected(map[string]string{"2": notRetail, "3": notRetail, "5": label, "6": noType})
	if it.Counts.Create.N != 2 {
		t.Errorf("the plan says %s", counts(it))
	}
	for _, r := range it.Rejects {
		if r.Reason == "bad_picklist" && r.Code != "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST" {
			t.Errorf("the reject is %+v", r)
		}
	}
	p.applied()
	if it := p.plan().Item("sync.people"); counts(it) != "reject 4, unchanged 2" {
		t.Errorf("after the apply the plan says %s", counts(it))
	}

	// The type and the value change together; the type alone changes, and the value stays as it is: it is not written.
	p.rows("1,A,Okafor,Retail,,1,Gold\n4,D,Moreau,Trade,,1,Gold\n")
	p.rejected(map[string]string{})
	p.applied()
	p.empty("after the types changed")
	p.holds("A", "Tier__c", "Gold")
	p.holds("D", "Tier__c", "Gold")
	// Another field of such a record can be written, and the value cannot be written again.
	p.rows("1,A,Okoro,Retail,,1,Gold\n4,D,Moreau,Trade,,1,Gold\n")
	p.applied()
	p.empty("after another field changed")
	p.patch("A", map[string]any{"Tier__c": "Bronze"})
	it = p.rejected(map[string]string{"1": notRetail})
	if counts(it) != "held 1, reject 1, unchanged 1" || it.Reasons["drifted"] != 0 {
		t.Errorf("the plan says %s: %v", counts(it), it.Reasons)
	}
	y := p.asked("1")
	failed := ""
	for _, c := range y.Checks {
		if c.Result == "failed" {
			failed += c.Cause
		}
	}
	if y.Action != "reject" || y.Reason != "bad_picklist" || !y.Held || failed != "not a value of the picklist in records of type Retail" {
		t.Errorf("asked why, the plan says %+v", y)
	}
}

// TestRefusedPicklistsAreThoseThatTheOrgRefuses writes the rows of a plan past its checks.
func TestRefusedPicklistsAreThoseThatTheOrgRefuses(t *testing.T) {
	t.Parallel()
	for typ, values := range map[string]map[string]bool{
		"Retail": {"Gold": true, "Silver": false, "Bronze": false}, "Trade": {"Gold": false, "Silver": false}, "": {"Gold": true, "Bronze": false},
	} {
		for value, refuses := range values {
			p := typed(t, "1,A,Okafor,"+typ+",,1,"+value+"\n")
			if got := p.plan().Item("sync.people").Counts.Reject.N == 1; got != refuses {
				t.Errorf("%s of %q: the plan rejects it: %t", value, typ, got)
			}
			p.byHand("", func(h *hand) {
				rec := map[string]any{"LastName": "A", "Tier__c": value}
				if typ != "" {
					rec["RecordTypeId"] = h.id("SELECT Id FROM RecordType WHERE SobjectType = 'Contact' AND DeveloperName = '" + typ + "'")
				}
				out := h.call("POST", "/composite/sobjects", map[string]any{"records": []any{with(rec, "attributes", map[string]any{"type": "Contact"})}})
				if got := strings.Contains(string(out), "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"); got != refuses {
					t.Errorf("%s of %q: the org says %s", value, typ, out)
				}
			})
		}
	}
}

func with(m map[string]any, key string, v any) map[string]any {
	m[key] = v
	return m
}

func TestRecordTypeThatNobodyMapsIsRead(t *testing.T) {
	t.Parallel()
	p := typed(t, "1,A,Okafor,,,1,Gold\n2,B,Lindqvist,,,1,Gold\n3,C,Haddad,,,1,Gold\n")
	p.edit("    \"RecordType.DeveloperName\" = col.city\n", "")
	p.given(map[string]any{"Code__c": "A", "LastName": "Okafor"}) // Retail by default
	p.byHand("", func(h *hand) {
		trade := h.id("SELECT Id FROM RecordType WHERE DeveloperName = 'Trade' AND SobjectType = 'Contact'")
		h.call("POST", "/sobjects/Contact", map[string]any{"Code__c": "B", "LastName": "Lindqvist", "RecordTypeId": trade})
		h.call("POST", "/sobjects/Contact", map[string]any{"Code__c": "D", "LastName": "Moreau", "RecordTypeId": nil})
	})
	it := p.rejected(map[string]string{"1": notRetail, "3": notRetail})
	if it.Counts.Update.N != 1 {
		t.Errorf("the plan says %s", counts(it))
	}
	p.applied()
	p.holds("B", "Tier__c", "Gold")
	p.rows("1,A,Okafor,,,1,Silver\n2,B,Lindqvist,,,1,Gold\n3,C,Haddad,,,1,Bronze\n4,D,Moreau,,,1,Gold\n")
	p.rejected(map[string]string{})
	p.applied()
	p.empty("after values that fit")

	// A set of values, of which one does not fit; without live records the type is not known.
	p.edit("    Tier__c     = col.tier\n", "    Tags__c     = col.tier\n")
	p.rows("1,A,Okafor,,,1,b;r\n2,B,Lindqvist,,,1,b;r\n3,C,Haddad,,,1,r\n4,D,Moreau,,,1,Red;b\n")
	p.rejected(map[string]string{
		"1": "bad_picklist Tags__c: not a value of the picklist in records of type Retail",
		"4": `bad_picklist Tags__c: a label where the API value belongs: "Red" is "r", "Blue" is "b"`,
	})
	p.options.NoRefresh = true
	if it := p.plan().Item("sync.people"); it.Counts.Reject.N != 1 || it.Counts.Update.N != 3 {
		t.Errorf("without live records the plan says %s", counts(it))
	}
	p.options.NoRefresh = false
	p.applied()
	if it := p.plan().Item("sync.people"); counts(it) != "held 2, reject 2, unchanged 2" {
		t.Errorf("after the sets the plan says %s", counts(it))
	}
}

func TestConstantsOfRecordTypesAndPicklists(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct{ typ, tier, code, want string }{
		"a record type":                     {`"Trade"`, `"Gold"`, "", ""},
		"a misspelled record type":          {`"Retial"`, `"Silver"`, "R211", `did you mean "Retail"?`},
		"the label of one":                  {`"Customer"`, `"Silver"`, "R211", `"Customer" is the label; its DeveloperName is "Retail"`},
		"no longer active":                  {`"Old"`, `"Silver"`, "R211", "is not active"},
		"not available":                     {`"Hidden"`, `"Silver"`, "R211", "may not give it"},
		"in one branch of an expression":    {`col.city == "x" ? "Trade" : "Tarde"`, `"Gold"`, "R211", "There is: Retail or Trade."},
		"a value that the type has not":     {`"Retail"`, `"Gold"`, "R206", "In such records it takes: Silver or Bronze."},
		"a value of another type's records": {`"Trade"`, `"Silver"`, "", ""},
		"the label of a value":              {`"Trade"`, `"Silver tier"`, "R206", `"Silver tier" is the label; its API value is "Silver"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := typed(t, "1,A,Okafor,x,,1,Gold\n")
			p.edit(`"RecordType.DeveloperName" = col.city`, `"RecordType.DeveloperName" = `+x.typ)
			p.edit("Tier__c     = col.tier", "Tier__c     = "+x.tier)
			p.finds(x.code, x.want)
		})
	}
}

// finds holds that a validation finds one error of a code which says something; "" that it finds none.
func (p *project) finds(code, text string) {
	p.t.Helper()
	cfg, ds := p.tryLoad()
	if !ds.HasErrors() {
		ds = p.engine.Validate(p.t.Context(), cfg)
	}
	errs := 0
	for _, d := range ds {
		if d.Severity != "error" {
			continue
		}
		errs++
		if string(d.Code) != code || !strings.Contains(d.Detail+" "+strings.Join(d.Hints, " "), text) || d.Subject == nil {
			p.t.Errorf("the error is %s %q %q %v; want %s %q", d.Code, d.Label, d.Detail, d.Hints, code, text)
		}
	}
	if want := code != ""; (errs == 1) != want {
		p.t.Errorf("%d errors: %v", errs, ds)
	}
}
