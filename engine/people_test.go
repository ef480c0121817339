package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/engine/plan"
)

// people is a small configuration: people.csv becomes Contacts.
func people(t *testing.T, rows string) *project {
	t.Helper()
	p := newProject(t, map[string]string{
		"main.hcl":        peopleHCL("emulator { schema = \"org.schema.json\" }"),
		"org.schema.json": peopleSchema,
	})
	p.rows(rows)
	return p
}

// referring is people whose platinum ones name an account that is not there, which no check finds: the org refuses them.
func referring(t *testing.T, rows string) *project {
	t.Helper()
	p := people(t, rows)
	p.write("main.hcl", strings.Replace(peopleHCL("emulator { schema = \"org.schema.json\" }"), "Tier__c     = col.tier",
		"AccountId   = sql(\"case when tier = 'Platinum' then '001EM0000009999' end\")", 1))
	return p
}

// peopleSQL states how the file is written, as it stands in HCL: to find that out takes longer than to read a few rows,
// and a plan does it several times.
const peopleSQL = `select * from read_csv('people.csv', all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"')`

func peopleHCL(org string) string {
	return `
source "duckdb" "files" {}
model "people" {
  source      = source.duckdb.files
  primary_key = ["id"]
  sql         = "` + peopleSQL + `"
}
destination "salesforce" "crm" {
  ` + org + `
}
target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
  match       = "Code__c"
}
mapping "contact" {
  target = target.contact
  fields = {
    Code__c     = col.code
    LastName    = col.name
    MailingCity = col.city
    Email       = col.email
    Score__c    = col.score
    Tier__c     = col.tier
  }
}
sync "people" {
  model   = model.people
  mapping = mapping.contact
  mode    = "upsert"
}
`
}

const peopleSchema = `{"format": "1.0", "objects": {"Contact": {"fields": [
  {"name": "Code__c", "type": "string", "length": 20, "externalId": true, "unique": true},
  {"name": "Score__c", "type": "double", "precision": 10, "scale": 2},
  {"name": "Tier__c", "type": "picklist", "length": 255, "restrictedPicklist": true, "picklistValues": [
    {"value": "Gold", "label": "Gold", "active": true}, {"value": "Silver", "label": "Silver", "active": true}]}
]}}}`

// rows writes people.csv: id,code,name,city,email,score,tier.
func (p *project) rows(lines string) {
	p.write("people.csv", "id,code,name,city,email,score,tier\n"+strings.TrimSpace(lines)+"\n")
}

const twoPeople = `
1,A,Okafor,London,ada@example.com,1.5,Gold
2,B,Lindqvist,Malmö,bjorn@example.com,2,Silver
`

// counts is what a plan says of one item, without the zeros.
func counts(it *plan.Item) string {
	var out []string
	for _, c := range []struct {
		name string
		plan.Count
	}{
		{"create", it.Counts.Create}, {"update", it.Counts.Update}, {"remove", it.Counts.Remove}, {"clear", it.Counts.Clear},
		{"adopt", it.Counts.Adopt}, {"skip", it.Counts.Skip},
		{"leave", it.Counts.Leave}, {"held", it.Counts.Held}, {"reject", it.Counts.Reject}, {"unchanged", it.Counts.Unchanged},
	} {
		switch {
		case !c.Known:
			out = append(out, c.name+" ?")
		case c.N > 0:
			out = append(out, fmt.Sprintf("%s %d", c.name, c.N))
		}
	}
	return strings.Join(out, ", ")
}

func (p *project) expect(want string, reasons ...string) *plan.Item {
	p.t.Helper()
	return p.says(p.plan(), want, reasons...)
}

// says holds what a plan counts, and reasons that it gives.
func (p *project) says(doc *plan.Plan, want string, reasons ...string) *plan.Item {
	p.t.Helper()
	it := doc.Item("sync.people")
	if got := counts(it); got != want {
		p.t.Fatalf("the plan says %q, want %q (reasons %v)", got, want, it.Reasons)
	}
	for _, r := range reasons {
		if it.Reasons[r] == 0 {
			p.t.Errorf("no row has the reason %s: %v", r, it.Reasons)
		}
	}
	return it
}

// applied holds that everything in the plan was done.
func (p *project) applied() *plan.Run {
	p.t.Helper()
	run := p.apply()
	if run == nil || run.Status != "applied" {
		p.t.Fatalf("the run ended as %+v", run)
	}
	return run
}

// applies holds what an apply plans, and that everything of it was done.
func (p *project) applies(want string, reasons ...string) *plan.Item {
	p.t.Helper()
	doc, run := p.carry()
	it := p.says(doc, want, reasons...)
	if run == nil || run.Status != "applied" {
		p.t.Fatalf("the run ended as %+v", run)
	}
	return it
}
