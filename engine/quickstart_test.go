package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestQuickstartEndsWithNoChanges runs the README's example, and what its page tells to try.
func TestQuickstartEndsWithNoChanges(t *testing.T) {
	t.Parallel()
	p := copyProject(t, "../examples/quickstart")
	if run := p.applied(); run.Done.Create != 12 {
		t.Fatalf("the run did %+v", run.Done)
	}
	p.empty("after the first apply")

	raw, err := os.ReadFile(filepath.Join(p.dir, "customers.csv"))
	if err != nil {
		t.Fatal(err)
	}
	p.write("customers.csv", strings.Replace(string(raw), "London", "Leeds", 1))
	it := p.plan().Item("sync.contacts")
	s := it.Samples[0]
	if counts(it) != "update 1, unchanged 11" || len(it.Samples) != 1 || s.Key != "C-0001" || len(s.Fields) != 1 ||
		s.Fields[0].Field != "MailingCity" || *s.Fields[0].Before != "London" || *s.Fields[0].After != "Leeds" {
		t.Errorf("after one change the plan says %s: %+v", counts(it), it.Samples)
	}
	p.write("customers.csv", string(raw))
	p.byHand("", func(h *hand) {
		h.call("DELETE", "/sobjects/Contact/"+h.id("SELECT Id FROM Contact WHERE Customer_Id__c = 'C-0007'"), nil)
	})
	if it := p.plan().Item("sync.contacts"); counts(it) != "skip 1, unchanged 11" || it.Reasons["missing_in_salesforce"] != 1 {
		t.Errorf("after a deletion the plan says %s, %v", counts(it), it.Reasons)
	}
}

// TestRequiredFieldsOfTheStandardObjects holds what a create needs, one object at a time.
func TestRequiredFieldsOfTheStandardObjects(t *testing.T) {
	t.Parallel()
	for object, want := range map[string]string{
		"Account": "Name", "Contact": "LastName", "Lead": "LastName, Company", "Opportunity": "Name, StageName, CloseDate",
		"Thing__c": "Weight__c",
	} {
		t.Run(object, func(t *testing.T) {
			p := newProject(t, map[string]string{
				"org.schema.json": `{"format": "1.0", "objects": {"` + object + `": {"fields": [
					{"name": "Key__c", "type": "string", "length": 9, "externalId": true, "unique": true}` +
					map[bool]string{true: `, {"name": "Weight__c", "type": "double", "precision": 9, "scale": 2, "nillable": false}`}[object == "Thing__c"] + `]}}}`,
				"main.hcl": `
source "duckdb" "files" {}
model "rows" {
  source      = source.duckdb.files
  primary_key = ["id"]
  sql         = "select 'a' as id"
}
destination "salesforce" "crm" {
  emulator { schema = "org.schema.json" }
}
target "it" {
  destination = destination.salesforce.crm
  object      = "` + object + `"
  match       = "Key__c"
}
mapping "it" {
  target = target.it
  fields = { Key__c = col.id }
}
sync "it" {
  model   = model.rows
  mapping = mapping.it
  mode    = "upsert"
}
`,
			})
			ds := p.engine.Validate(context.Background(), p.load())
			if len(ds) != 1 || ds[0].Code != "R203" || !sameNames(strings.TrimPrefix(ds[0].Label, "does not set "), want) {
				t.Errorf("validate says %v, and should ask for %s", ds, want)
			}
		})
	}
}

func sameNames(got, want string) bool {
	names := strings.Split(got, ", ")
	for _, n := range strings.Split(want, ", ") {
		if !strings.Contains(", "+got+", ", ", "+n+", ") {
			return false
		}
	}
	return len(names) == len(strings.Split(want, ", "))
}

// TestValidateRunsNoModel holds that columns and types come from preparing: a query that fails when it runs is valid.
func TestValidateRunsNoModel(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	hcl := peopleHCL(`emulator { schema = "org.schema.json" }`)
	p.write("main.hcl", strings.Replace(hcl, "select * from", "select *, cast(city as integer) as n from", 1))
	if ds := p.engine.Validate(context.Background(), p.load()); len(ds) > 0 {
		t.Fatalf("validate says %v", ds)
	}
	p.write("main.hcl", strings.Replace(strings.Replace(hcl, "select * from", "select *, cast(city as integer) as n from", 1), "col.score", "col.n", 1))
	if _, ds := p.engine.Plan(context.Background(), p.load(), p.options); !ds.HasErrors() || ds[0].Code != "M304" {
		t.Errorf("plan says %v", ds)
	}
}
