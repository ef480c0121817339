package engine_test

import (
	"context"
	"strings"
	"testing"
)

const eachHCL = `
locals {
  states = { CA = "ca.csv", NY = "ny.csv" }
}
source "duckdb" "files" {}
model "people" {
  for_each    = local.states
  source      = source.duckdb.files
  primary_key = ["id"]
  sql         = "select * from read_csv('${each.value}', all_varchar = true, header = true)"
}
destination "salesforce" "crm" {
  emulator { schema = "org.schema.json" }
}
target "contact" {
  destination = destination.salesforce.crm
  object      = "Contact"
  match       = "Code__c"
}
mapping "contact" {
  for_each = local.states
  target   = target.contact
  fields = {
    Code__c      = "${each.key}-${col.id}"
    LastName     = col.name
    MailingState = each.key
  }
}
sync "people" {
  for_each = local.states
  model    = model.people[each.key]
  mapping  = mapping.contact[each.key]
  mode     = "upsert"
}
`

// states are rows of two states whose keys are the same.
func states(t *testing.T) *project {
	t.Helper()
	return newProject(t, map[string]string{
		"main.hcl": eachHCL, "org.schema.json": peopleSchema,
		"ca.csv": "id,name\n1,Okafor\n2,Lindqvist\n",
		"ny.csv": "id,name\n1,Baptiste\n",
	})
}

func TestASyncForEachCaseHasAStateOfItsOwn(t *testing.T) {
	t.Parallel()
	p := states(t)
	doc := p.plan()
	ca, ny := doc.Item(`sync.people["CA"]`), doc.Item(`sync.people["NY"]`)
	if len(doc.Items) != 2 || ca == nil || ny == nil || counts(ca) != "create 2" || counts(ny) != "create 1" || ca.Model != `model.people["CA"]` {
		t.Fatalf("the plan has %+v", doc.Items)
	}
	p.applied()
	p.empty("after the first apply")
	p.byHand("", func(h *hand) {
		if got := h.find("SELECT Code__c FROM Contact WHERE MailingState = 'CA'"); len(got) != 2 {
			t.Errorf("the org holds %v", got)
		}
	})
	kept, diags := p.engine.Snapshots(context.Background(), p.load())
	p.sound(diags)
	if len(kept) != 2 || kept[0].Addr != `sync.people["CA"]` || kept[1].Addr != `sync.people["NY"]` {
		t.Errorf("the state holds %+v", kept)
	}

	// A change of one of them leaves the other alone.
	p.write("ny.csv", "id,name\n1,Baptiste-Roy\n")
	doc = p.plan()
	if got := counts(doc.Item(`sync.people["NY"]`)); got != "update 1" {
		t.Errorf("NY: %s", got)
	}
	if got := counts(doc.Item(`sync.people["CA"]`)); got != "unchanged 2" {
		t.Errorf("CA: %s", got)
	}
	p.options.Only = []string{"sync.people[NY]"}
	if run := p.applied(); len(run.Items) != 1 || run.Items[0].Addr != `sync.people["NY"]` {
		t.Errorf("the run wrote %+v", run.Items)
	}
	p.options.Only = nil
	p.empty("after the second apply")
}

func TestACaseThatIsAddedOrTakenAwayLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	p := states(t)
	p.applied()
	p.write("tx.csv", "id,name\n1,Ruiz\n")
	p.write("main.hcl", strings.Replace(eachHCL, `CA = "ca.csv", `, `TX = "tx.csv", `, 1))
	doc := p.plan()
	if got := counts(doc.Item(`sync.people["TX"]`)); len(doc.Items) != 2 || got != "create 1" {
		t.Fatalf("the plan has %+v", doc.Items)
	}
	p.applied()
	p.empty("after one case was exchanged")
	p.write("main.hcl", eachHCL)
	p.empty("with the first cases again, whose state is still there")
}

func TestWhatIsWrongWithOneCaseNamesIt(t *testing.T) {
	t.Parallel()
	p := states(t)
	p.write("main.hcl", strings.Replace(eachHCL, "LastName     = col.name", `LastName = col["name_${lower(each.key)}"]`, 1))
	p.write("ca.csv", "id,name_ca\n1,Okafor\n")
	diags := p.engine.Validate(context.Background(), p.load())
	if len(diags) != 1 || diags[0].Code != "R301" || diags[0].Addr != `sync.people["NY"]` || !strings.HasSuffix(diags[0].Where, ` for sync.people["NY"]`) {
		t.Errorf("%v", diags)
	}
}
