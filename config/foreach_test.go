package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/lang"
)

// states is a sync for each of two states, with models and a mapping of their own.
const states = `
locals {
  states = { CA = "ca_people", NY = "ny_people" }
}
source "duckdb" "files" {}
model "people" {
  for_each    = local.states
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = each.value
}
destination "salesforce" "crm" {
  emulator {}
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
    Code__c  = col.code
    LastName = "${col.name} of ${each.key}"
  }
}
sync "people" {
  for_each = local.states
  model    = model.people[each.key]
  mapping  = mapping.contact[each.key]
  mode     = "upsert"
}
`

func TestABlockWithForEachBecomesItsInstances(t *testing.T) {
	c := load(t, states)
	if len(c.Syncs) != 2 || len(c.Models) != 2 || len(c.Mappings) != 2 || len(c.Targets) != 1 {
		t.Fatalf("%v, %v, %v, %v", c.Syncs, c.Models, c.Mappings, c.Targets)
	}
	for key, table := range map[string]string{"CA": "ca_people", "NY": "ny_people"} {
		s := c.Syncs[`sync.people["`+key+`"]`]
		if s == nil || s.Addr() != (addr.Item{Type: "sync", Name: "people", Key: key}) {
			t.Fatalf("sync %+v", s)
		}
		if s.Model != c.Models[`model.people["`+key+`"]`] || s.Model.Table != table || s.Model.Key != key {
			t.Errorf("%s reads %+v", key, s.Model)
		}
		if s.Mapping != c.Mappings[`mapping.contact["`+key+`"]`] || s.Mapping.Target != c.Targets["target.contact"] {
			t.Errorf("%s maps by %+v", key, s.Mapping)
		}
		last := s.Mapping.Fields[1].Value.(*lang.Template).Parts
		if text := last[len(last)-1].(*lang.Literal).Value.AsString(); text != " of "+key {
			t.Errorf("each.key is folded to %q", text)
		}
	}
}

func TestAnEmptyForEachIsNoItemAndIsCheckedAllTheSame(t *testing.T) {
	none := strings.Replace(states, `{ CA = "ca_people", NY = "ny_people" }`, "{}", 1)
	if c := load(t, none); len(c.Syncs)+len(c.Models)+len(c.Mappings) != 0 {
		t.Errorf("%v, %v, %v", c.Syncs, c.Models, c.Mappings)
	}
	_, ds := config.Load(write(t, map[string]string{"main.hcl": strings.Replace(none, `mode     = "upsert"`, `mode = "upset"`, 1)}), options())
	if len(ds) != 1 || ds[0].Code != "C112" {
		t.Error(ds)
	}
}

func TestTheDigestOfAnInstanceIsItsOwn(t *testing.T) {
	ca, ny := addr.Item{Type: "sync", Name: "people", Key: "CA"}, addr.Item{Type: "sync", Name: "people", Key: "NY"}
	before, after := load(t, states), load(t, strings.Replace(states, "ny_people", "people_of_ny", 1))
	if config.Digest(before, ca) != config.Digest(after, ca) {
		t.Error("another instance's table counts")
	}
	if config.Digest(before, ny) == config.Digest(after, ny) || config.Digest(before) == config.Digest(after) {
		t.Error("its own table does not count")
	}
	if config.Digest(before, ca) == config.Digest(before, ny) {
		t.Error("two instances have one digest")
	}
}

func problems(t *testing.T, src string) diag.Diagnostics {
	t.Helper()
	_, ds := config.Load(write(t, map[string]string{"main.hcl": src}), options())
	return ds
}

func TestWhatAllInstancesHaveWrongIsSaidOnceOfTheBlock(t *testing.T) {
	ds := problems(t, strings.Replace(states, `["id"]`, `"id"`, 1))
	if len(ds) != 1 || ds[0].Where != `in model "people"` || ds[0].Addr != "model.people" {
		t.Errorf("%v", ds)
	}
	ds = problems(t, strings.Replace(states, `table       = each.value`, `table = each.key == "NY" ? "" : each.value`, 1))
	if len(ds) != 1 || ds[0].Where != `in model.people["NY"]` || ds[0].Addr != `model.people["NY"]` {
		t.Errorf("%v", ds)
	}
}

func TestAReferenceThatDoesNotFitForEachSaysWhatToWrite(t *testing.T) {
	for _, tc := range []struct{ name, old, new, code, hint string }{
		{"a whole block, where the keys are the same", "model.people[each.key]", "model.people", "C153", "write model.people[each.key]"},
		{"a whole block, where they are not", "for_each = local.states\n  model    = model.people[each.key]\n  mapping  = mapping.contact[each.key]",
			"model = model.people\n  mapping = mapping.contact[\"CA\"]", "C153", `write model.people["CA"]`},
		{"a key that is near", "model.people[each.key]", `model.people["NX"]`, "C116", `did you mean "NY"?`},
		{"a key with a dot", "model.people[each.key]", "model.people.CA", "C117", `did you mean model.people["CA"]?`},
		{"a name that is near", "model.people[each.key]", "model.peple[each.key]", "C116", `did you mean "model.people[each.key]"?`},
		{"a list", "for_each = local.states\n  target", "for_each = [\"CA\", \"NY\"]\n  target", "C151", `a list of texts becomes a set: for_each = toset(["CA", "NY"])`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			src := strings.Replace(states, tc.old, tc.new, 1)
			if src == states {
				t.Fatal("nothing was changed")
			}
			ds := problems(t, src)
			if len(ds) != 1 || string(ds[0].Code) != tc.code || !slices.Contains(ds[0].Hints, tc.hint) {
				t.Errorf("%v, hints %q", ds, ds[0].Hints)
			}
		})
	}
}
