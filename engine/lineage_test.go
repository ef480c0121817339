package engine_test

import (
	"strings"
	"testing"
)

// firmsOf is a sync of accounts whose parents are accounts, and one of custom records below them.
const firmsOf = `
source "duckdb" "files" {}
model "holdings" {
  source      = source.duckdb.files
  primary_key = ["code"]
  sql         = "select * from (values ('H1', 'Acme Holding'), ('H2', 'Globex Holding')) as t(code, name)"
}
model "firms" {
  source      = source.duckdb.files
  primary_key = ["code"]
  sql         = "select * from (values ('F1', 'Acme', 'H1'), ('F2', 'Globex', 'h2'), ('F3', 'Initech', 'H9')) as t(code, name, parent)"
}
model "sites" {
  source      = source.duckdb.files
  primary_key = ["code"]
  sql         = "select * from (values ('S1', 'F1', 'ada'), ('S2', 'F2', null), ('S3', 'F3', 'nobody')) as t(code, firm, head)"
}
model "people" {
  source      = source.duckdb.files
  primary_key = ["code"]
  sql         = "select 'P' || code as code, code as site from (values ('S1'), ('S9')) as t(code)"
}
destination "salesforce" "crm" {
  emulator { schema = "org.schema.json" }
}
target "account" {
  destination = destination.salesforce.crm
  object      = "Account"
  match       = "Code__c"
}
target "site" {
  destination = destination.salesforce.crm
  object      = "Site__c"
  match       = "Code__c"
}
target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
  match       = "Code__c"
}
mapping "holding" {
  target = target.account
  fields = {
    Code__c = col.code
    Name    = col.name
  }
}
mapping "firm" {
  target = target.account
  fields = {
    Code__c          = col.code
    Name             = col.name
    "Parent.Code__c" = col.parent
  }
}
mapping "site" {
  target = target.site
  fields = {
    Code__c            = col.code
    Name               = col.code
    "Firm__r.Code__c"  = col.firm
  }
}
mapping "contact" {
  target = target.contact
  fields = {
    Code__c           = col.code
    LastName          = col.code
    "Site__r.Code__c" = col.site
  }
}
sync "a_people" {
  model   = model.people
  mapping = mapping.contact
  mode    = "upsert"
  guard { max_reject = "100%" }
}
sync "b_sites" {
  model   = model.sites
  mapping = mapping.site
  mode    = "upsert"
  guard { max_reject = "100%" }
}
sync "c_firms" {
  model   = model.firms
  mapping = mapping.firm
  mode    = "upsert"
  guard { max_reject = "100%" }
}
sync "d_holdings" {
  model   = model.holdings
  mapping = mapping.holding
  mode    = "upsert"
}
`

const firmsOfSchema = `{"format": "1.0", "objects": {
  "Account": {"fields": [{"name": "Code__c", "type": "string", "length": 20, "externalId": true, "unique": true}]},
  "Contact": {"fields": [{"name": "Code__c", "type": "string", "length": 20, "externalId": true, "unique": true},
    {"name": "Site__c", "type": "reference", "referenceTo": ["Site__c"], "relationshipName": "Site__r"}]},
  "Site__c": {"fields": [{"name": "Code__c", "type": "string", "length": 20, "externalId": true, "unique": true},
    {"name": "Firm__c", "type": "reference", "referenceTo": ["Account"], "relationshipName": "Firm__r"}]}}}`

func TestParentsOfFourSyncsAreWrittenFirst(t *testing.T) {
	t.Parallel()
	p := newProject(t, map[string]string{"main.hcl": firmsOf, "org.schema.json": firmsOfSchema})
	doc := p.plan()
	var order []string
	for _, it := range doc.Items {
		order = append(order, strings.TrimPrefix(it.Addr, "sync.")+" "+counts(&it))
	}
	// F3 is not created, so neither is its site.
	if got, want := strings.Join(order, "; "), "d_holdings create 2; c_firms create 2, reject 1; b_sites create 2, reject 1; a_people create 1, reject 1"; got != want {
		t.Fatalf("the plan says %s; want %s", got, want)
	}
	p.applied()
	p.applied() // remembers that the org spells one parent H2
	for _, it := range p.plan().Items {
		if c := it.Counts; c.Create.N+c.Update.N+c.Adopt.N > 0 {
			t.Errorf("after the apply %s still has %s", it.Addr, counts(&it))
		}
	}
	p.byHand("", func(h *hand) {
		h.id("SELECT Id FROM Account WHERE Code__c = 'F2' AND Parent.Name = 'Globex Holding'")
		h.id("SELECT Id FROM Contact WHERE Code__c = 'PS1' AND Site__r.Firm__r.Parent.Code__c = 'H1'")
	})
	// What is there by now counts, whoever wrote it.
	p.byHand("", func(h *hand) {
		h.call("POST", "/sobjects/Account", map[string]any{"Name": "Hooli", "Code__c": "H9"})
	})
	p.applied()
	p.byHand("", func(h *hand) {
		h.id("SELECT Id FROM Site__c WHERE Code__c = 'S3' AND Firm__r.Parent.Code__c = 'H9'")
	})
	p.write("main.hcl", strings.Replace(firmsOf, "(values ('S1'), ('S9'))", "(values ('S1'), ('S3'))", 1))
	p.applied()
	p.empty("after the last parent came")
}

func TestSyncsThatWaitForEachOther(t *testing.T) {
	t.Parallel()
	// Two syncs of one object whose parents are in it do not wait for each other; two objects that refer to each other do.
	both := strings.Replace(firmsOf, "    Name    = col.name\n", "    Name    = col.name\n    \"Parent.Code__c\" = null\n", 1)
	newProject(t, map[string]string{"main.hcl": both, "org.schema.json": firmsOfSchema}).finds("", "")
	circle := strings.Replace(firmsOf, "    Name    = col.name\n", "    Name    = col.name\n    \"Main__r.Code__c\" = col.code\n", 1)
	schema := strings.Replace(firmsOfSchema, `"Account": {"fields": [`, `"Account": {"fields": [{"name": "Main__c", "type": "reference", "referenceTo": ["Site__c"], "relationshipName": "Main__r"},`, 1)
	newProject(t, map[string]string{"main.hcl": circle, "org.schema.json": schema}).finds("R401", "these syncs wait for each other")
}

const memosHCL = `
source "duckdb" "files" {}
model "memos" {
  source      = source.duckdb.files
  primary_key = ["code"]
  sql         = "select * from read_csv('memos.csv', all_varchar = true, header = true)"
}
destination "salesforce" "crm" {
  emulator { schema = "org.schema.json" }
}
target "memo" {
  destination = destination.salesforce.crm
  object      = "Memo__c"
  match       = "Code__c"
}
mapping "memo" {
  target = target.memo
  fields = {
    Code__c = col.code
    Name    = col.code
    "About__r:Account.Code__c" = col.firm
  }
}
sync "people" {
  model   = model.memos
  mapping = mapping.memo
  mode    = "upsert"
  guard { max_reject = "100%" }
}
`

func TestParentOfSeveralObjectsByACustomKey(t *testing.T) {
	t.Parallel()
	const key = `{"name": "Code__c", "type": "string", "length": 20, "externalId": true, "unique": true}`
	p := newProject(t, map[string]string{
		"main.hcl": memosHCL, "memos.csv": "code,firm\nM1,F1\nM2,C1\nM3,\n",
		"org.schema.json": `{"format": "1.0", "objects": {"Account": {"fields": [` + key + `]}, "Contact": {"fields": [` + key + `]},
		  "Memo__c": {"fields": [` + key + `, {"name": "About__c", "type": "reference", "referenceTo": ["Account", "Contact"], "relationshipName": "About__r"}]}}}`,
	})
	p.byHand("", func(h *hand) {
		h.call("POST", "/sobjects/Account", map[string]any{"Name": "Acme", "Code__c": "F1"})
		h.call("POST", "/sobjects/Account", map[string]any{"Name": "Globex", "Code__c": "F2"})
		h.call("POST", "/sobjects/Contact", map[string]any{"LastName": "Okafor", "Code__c": "C1"})
	})
	// A contact has the code, but it is no account.
	p.rejected(map[string]string{"M2": "unknown_parent About__r:Account.Code__c: no Account has this Code__c"})
	p.applied()
	p.write("memos.csv", "code,firm\nM1,F2\nM3,\n")
	p.applied()
	p.empty("after another parent")
	about := func(code, object string) map[string]any {
		var id string
		p.byHand("", func(h *hand) { id = h.id("SELECT Id FROM " + object + " WHERE Code__c = '" + code + "'") })
		return map[string]any{"About__c": id}
	}
	move := func(to map[string]any) {
		p.byHand("hand@acme.example", func(h *hand) {
			h.call("PATCH", "/sobjects/Memo__c/"+h.id("SELECT Id FROM Memo__c WHERE Code__c = 'M1'"), to)
		})
	}
	// Somebody moves it to a parent of the other object, which has no code of an account.
	move(about("C1", "Contact"))
	it := p.expect("update 1, unchanged 1", "drifted")
	if f := it.Samples[0].Fields[0]; f.Before != nil || *f.After != "F2" {
		t.Errorf("the sample is %+v", it.Samples[0])
	}
	p.applied()
	p.empty("after it moved back")
	move(about("F1", "Account"))
	p.expect("update 1, unchanged 1", "drifted")
	p.applied()
	p.empty("after it moved back again")
	p.edit("About__r:Account.Code__c", "About__r.Code__c")
	p.finds("R207", `"About__r:Account.Code__c" or "About__r:Contact.Code__c"`)
}
