package engine_test

import (
	"context"
	"strings"
	"testing"
)

// second adds a sync of the same people, of their scores and whatever else fields say.
func (p *project) second(fields, args string) {
	p.write("second.hcl", `
model "others" {
  source      = source.duckdb.files
  primary_key = ["id"]
  sql         = "select * from read_csv('others.csv', all_varchar = true, header = true)"
}
mapping "second" {
  target = target.contact
  fields = {
    Code__c = col.code
    `+fields+`
  }
}
sync "second" {
  model   = model.others
  mapping = mapping.second
  mode    = "update"
  `+args+`
}
`)
}

func (p *project) others(lines string) { p.write("others.csv", "id,code,title,level\n"+lines+"\n") }

func TestFieldThatALeavingRowWritesAndAnotherSyncMapsIsAConflict(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ first, fields, args, field string }{
		"set, not mapped":      {"  on_leave \"set\" { Title = \"Left\" }", "Title = col.title", "", "Title"},
		"clear":                {`  on_leave = "clear"`, "Department = col.title\n    MailingCity = col.title", "", "MailingCity"},
		"the other way":        {"", "Level__c = col.level", "on_leave \"set\" { MailingCity = \"Left\" }", "MailingCity"},
		"both set it":          {"  on_leave \"set\" { Title = \"Left\" }", "Level__c = col.level", "on_leave \"set\" { Title = \"Gone\" }", "Title"},
		"both set it the same": {"  on_leave \"set\" { Title = \"Left\" }", "Level__c = col.level", "on_leave \"set\" { Title = \"Left\" }", ""},
		"other fields":         {"  on_leave \"set\" { Title = \"Left\" }", "Level__c = col.level", "on_leave \"set\" { Department = \"Left\" }", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := people(t, twoPeople)
			p.write("org.schema.json", strings.Replace(peopleSchema, `{"name": "Score__c"`, `{"name": "Level__c", "type": "string", "length": 20},
  {"name": "Score__c"`, 1))
			if c.first != "" {
				p.arg(c.first)
			}
			p.applied()
			// The second sync is about C alone, as long as both rows are in the first one.
			p.given(map[string]any{"Code__c": "C", "LastName": "Rossi"})
			p.second(c.fields, c.args)
			p.others("8,C,Dr,high")
			p.applied()
			p.settled("with records of their own")
			if c.args != "" {
				p.others("8,C,Dr,high\n9,B,Dr,high")
				if strings.Contains(c.fields, "Level__c") {
					p.applied() // both have B, and different fields of it
					p.settled("with different fields")
				}
				p.others("8,C,Dr,high")
			} else {
				p.others("8,C,Dr,high\n9,B,Dr,high")
			}
			if c.first != "" {
				p.rows(onlyA)
			}
			_, diags := p.engine.Plan(context.Background(), p.load(), p.options)
			if c.field == "" {
				p.sound(diags)
				p.applied()
				p.settled("where nothing is written twice")
				return
			}
			if len(diags) != 1 || diags[0].Code != "P106" || !strings.Contains(diags[0].Detail, " "+c.field+" of the same 1 records") {
				t.Fatalf("the diagnostics are %v", diags)
			}
			// Without the row of the other one, or with it back, there is none.
			p.rows(twoPeople)
			p.others("8,C,Dr,high")
			if c.args == "" {
				p.settled("with the row back")
			}
		})
	}
}
