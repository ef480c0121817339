package engine_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/engine/plan"
)

const firmsHCL = `
source "duckdb" "files" {}
model "firms" {
  source      = source.duckdb.files
  primary_key = ["code"]
  sql         = "select * from (values ('F1', 'Acme'), ('F2', 'Globex')) as t(code, name)"
}
model "people" {
  source      = source.duckdb.files
  primary_key = ["id"]
  sql         = "select * from (values (1, 'Ada', 'F1'), (2, 'Björn', 'F2'), (3, 'Chiara', NULL)) as t(id, name, firm)"
}
destination "salesforce" "crm" {
  emulator { schema = "org.schema.json" }
}
target "account" {
  destination = destination.salesforce.crm
  object      = "Account"
  match       = "Code__c"
}
target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
  match       = "Number__c"
}
mapping "account" {
  target = target.account
  fields = {
    Code__c = col.code
    Name    = col.name
  }
}
mapping "contact" {
  target = target.contact
  fields = {
    Number__c         = col.id
    LastName          = col.name
    "Account.Code__c" = col.firm
  }
}
sync "a_people" {
  model   = model.people
  mapping = mapping.contact
  mode    = "upsert"
}
sync "b_firms" {
  model   = model.firms
  mapping = mapping.account
  mode    = "upsert"
}
`

const firmsSchema = `{"format": "1.0", "objects": {
  "Account": {"fields": [{"name": "Code__c", "type": "string", "length": 20, "externalId": true, "unique": true}]},
  "Contact": {"fields": [{"name": "Number__c", "type": "double", "precision": 18, "scale": 0, "externalId": true, "unique": true}]}}}`

func TestParentsAreWrittenBeforeChildrenThatNameThemByExternalID(t *testing.T) {
	t.Parallel()
	p := newProject(t, map[string]string{"main.hcl": firmsHCL, "org.schema.json": firmsSchema})
	doc := p.plan()
	if doc.Items[0].Addr != "sync.b_firms" {
		t.Errorf("%s goes first", doc.Items[0].Addr)
	}
	p.applied()
	p.empty("after the first apply")
	p.byHand("", func(h *hand) {
		for _, r := range h.find("SELECT LastName, Account.Code__c FROM Contact ORDER BY LastName") {
			if account, _ := r["Account"].(map[string]any); r["LastName"] == "Ada" && account["Code__c"] != "F1" {
				t.Errorf("Ada's account is %v", r["Account"])
			}
		}
	})
	p.write("main.hcl", strings.Replace(firmsHCL, "(1, 'Ada', 'F1')", "(1, 'Ada', 'F2')", 1))
	it := p.plan().Item("sync.a_people")
	if got := counts(it); got != "update 1, unchanged 2" || it.Fields[0].Field != "Account.Code__c" {
		t.Errorf("after the move the plan says %s: %+v", got, it.Fields)
	}
	p.applied()
	p.empty("after the move")
}

func TestMatchByRecordIDUpdatesAndNeverCreates(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	var id string
	p.byHand("", func(h *hand) { id = h.id("SELECT Id FROM Contact WHERE Code__c = 'A'") })
	p.write("main.hcl", `
source "duckdb" "files" {}
model "scores" {
  source      = source.duckdb.files
  primary_key = ["id"]
  sql         = "select * from (values ('`+id[:15]+`', 7.255), ('003000000000999', 1)) as t(id, score)"
}
destination "salesforce" "crm" {
  emulator { schema = "org.schema.json" }
}
target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
  match       = "Id"
}
mapping "score" {
  target = target.contact
  fields = {
    Id       = col.id
    Score__c = col.score
  }
}
sync "people" {
  model   = model.scores
  mapping = mapping.score
  mode    = "upsert"
}
`)
	it := p.expect("update 1, skip 1", "adopted", "no_match")
	if f := it.Samples[0].Fields[0]; *f.After != "7.26" {
		t.Errorf("the sample is %+v", it.Samples[0])
	}
	p.applied()
	p.expect("skip 1, unchanged 1")
}

func TestRowWhoseParentIsNotThereIsHeldUntilItIs(t *testing.T) {
	t.Parallel()
	p := newProject(t, map[string]string{"main.hcl": firmsHCL, "org.schema.json": firmsSchema})
	p.applied()
	moved := strings.Replace(firmsHCL, "(1, 'Ada', 'F1')", "(1, 'Ada Okafor', 'F3')", 1)
	p.write("main.hcl", moved)
	it := p.plan().Item("sync.a_people")
	if got := counts(it); got != "held 1, reject 1, unchanged 2" || it.Reasons["unknown_parent"] != 1 {
		t.Fatalf("the plan says %s: %v", got, it.Reasons)
	}
	want := plan.Reject{
		Reason: "unknown_parent", Field: "Account.Code__c", Cause: "no Account has this Code__c", Code: "INVALID_FIELD", N: 1,
		Values: []plan.RejectValue{{Value: "F3", N: 1}},
	}
	if !reflect.DeepEqual(it.Rejects, []plan.Reject{want}) {
		t.Errorf("the rejects are %+v", it.Rejects)
	}
	if p.apply() != nil {
		t.Error("a held row began a run")
	}

	// Without live records it is not known, so nothing is said and the row is written.
	p.options.NoRefresh = true
	if got := counts(p.plan().Item("sync.a_people")); !strings.Contains(got, "update 1") || !strings.Contains(got, "reject ?") {
		t.Errorf("without live records the plan says %s", got)
	}
	p.options.NoRefresh = false

	// A parent that another sync creates in the same plan counts, unless that sync does not take part.
	p.write("main.hcl", strings.Replace(moved, "('F2', 'Globex')", "('F2', 'Globex'), ('F3', 'Initech')", 1))
	p.options.Except = []string{"sync.b_firms"}
	if got := counts(p.plan().Item("sync.a_people")); got != "held 1, reject 1, unchanged 2" {
		t.Errorf("without the firms the plan says %s", got)
	}
	p.options.Except = nil
	if got := counts(p.plan().Item("sync.a_people")); got != "update 1, unchanged 2" {
		t.Errorf("with the firm the plan says %s", got)
	}
	p.applied()
	p.empty("after the firm and the move")
}

func TestParentThatSeveralRecordsCouldBeIsRejected(t *testing.T) {
	t.Parallel()
	p := newProject(t, map[string]string{
		"main.hcl":        strings.ReplaceAll(firmsHCL, `"Account.Code__c" = col.firm`, `"Account.Old__c" = col.firm`),
		"org.schema.json": strings.Replace(firmsSchema, `{"name": "Code__c"`, `{"name": "Old__c", "type": "string", "length": 20, "externalId": true}, {"name": "Code__c"`, 1),
	})
	p.byHand("", func(h *hand) {
		for _, old := range []string{"F1", "F1", "f2"} {
			h.call("POST", "/sobjects/Account", map[string]any{"Name": "Acme", "Old__c": old})
		}
	})
	it := p.plan().Item("sync.a_people")
	causes := map[string]int64{}
	for _, r := range it.Rejects {
		causes[r.Cause] = r.N
	}
	// An external id that is not unique is compared exactly.
	if it.Reasons["unknown_parent"] != 2 || causes["several records of Account have this Old__c"] != 1 || causes["no Account has this Old__c"] != 1 {
		t.Errorf("the plan says %s: %+v", counts(it), it.Rejects)
	}
}
