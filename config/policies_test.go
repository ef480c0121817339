package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/lang"
)

// policies is the fixture that says everything a record sync can say.
func policies(t *testing.T) string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("..", "testdata", "config", "valid", "policies.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

func loadAll(t *testing.T, src string) *config.Config {
	t.Helper()
	c, ds := config.Load(write(t, map[string]string{"main.hcl": src}), everything())
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	return c
}

func TestPoliciesOfFieldsAreTyped(t *testing.T) {
	c := loadAll(t, policies(t))
	got := map[string]string{}
	for _, f := range c.Mappings["mapping.contact"].Fields {
		got[f.Name.Name] = f.OnNull + " " + f.Overwrite + " " + f.OnDrift
		if f.Consent != (f.Name.Name == "NoMail__c") {
			t.Errorf("%s: consent is %v", f.Name.Name, f.Consent)
		}
	}
	for name, want := range map[string]string{
		"LastName": "ignore always correct", "Phone": "clear always correct", "Email": "reject on_change report",
		"MailingCity": "ignore if_empty correct", "Customer_Id__c": "ignore on_create ignore",
	} {
		if got[name] != want {
			t.Errorf("%s: %s, want %s", name, got[name], want)
		}
	}
}

func TestSalesforcesOwnOptOutsAreConsentInBothForms(t *testing.T) {
	c := loadAll(t, strings.Replace(policies(t), "LastName = col.last_name\n  }\n  field", "LastName = col.last_name\n    donotcall = col.x\n  }\n  field", 1))
	for _, f := range c.Mappings["mapping.contact"].Fields {
		if f.Name.Name == "donotcall" && !f.Consent {
			t.Error("DoNotCall is no opt-out")
		}
	}
}

func TestPoliciesOfSyncsAreTyped(t *testing.T) {
	c := loadAll(t, policies(t))
	s := c.Syncs["sync.contacts"]
	if l := s.Leave; l.Action != "delete" || !l.DeleteAdopted || !l.Cascade || l.Set != nil || l.Range.Start.Line == s.Range.Start.Line {
		t.Errorf("leave %+v", l)
	}
	if s.OnMissing != "create" || !s.AllowOptIn {
		t.Errorf("sync %+v", s)
	}
	leads := c.Syncs["sync.leads"]
	if leads.Mode != "insert" || leads.Leave.Action != "ignore" || leads.OnMissing != "skip" || leads.Mapping.Target.Match.Name != "" {
		t.Errorf("sync %+v", leads)
	}
	marks := c.Syncs[`sync.marks["NY"]`]
	if marks.Mode != "update" || marks.Leave.Action != "set" {
		t.Fatalf("sync %+v", marks)
	}
	var names []string
	for _, f := range marks.Leave.Set {
		names = append(names, f.Name.Name)
	}
	if got := strings.Join(names, " "); got != "Status__c Active__c Since__c Score__c" {
		t.Errorf("set %s", got)
	}
	value := func(i int) cty.Value { return marks.Leave.Set[i].Value.(*lang.Literal).Value }
	if value(0).AsString() != "left NY" || value(1).True() || !value(2).IsNull() || !value(3).RawEquals(cty.NumberIntVal(2)) {
		t.Errorf("values %#v", marks.Leave.Set)
	}
}

func TestTheGuardOfASyncFillsUpFromTheProjects(t *testing.T) {
	c := loadAll(t, policies(t))
	shown := func(l *config.Limit) string {
		if l == nil {
			return "-"
		}
		return l.String()
	}
	all := func(g config.Guard) string {
		var out []string
		for _, l := range []*config.Limit{g.MaxRemove, g.MaxCreate, g.MaxUpdate, g.MaxMissing, g.MaxDrift, g.MaxReject, g.MaxShrink, g.MinRows} {
			out = append(out, shown(l))
		}
		return strings.Join(out, ", ")
	}
	if got := all(c.Syncs["sync.contacts"].Guard); got != "10 %, 500, 50 %, 2.5 %, 100 %, 0, 20 %, 1" {
		t.Errorf("sync: %s", got)
	}
	if got := all(c.Syncs["sync.leads"].Guard); got != "10 %, -, -, -, -, 0, -, 1" || got != all(c.Project.Guard) {
		t.Errorf("without a guard of its own: %s", got)
	}
	src := []byte(policies(t))
	if at := c.Syncs["sync.contacts"].Guard.MaxRemove.Range; string(at.SliceBytes(src)) != `"10%"` || at.Start.Line != 5 {
		t.Errorf("the limit of the project stands at %v", at)
	}
	for text, want := range map[string]string{`"0%"`: "0 %", `"0.05%"`: "0.05 %", `"7.50%"`: "7.5 %", `"12"`: "12", "012": "12"} {
		c := loadAll(t, strings.Replace(policies(t), "max_create  = 500", "max_create = "+text, 1))
		if got := shown(c.Syncs["sync.contacts"].Guard.MaxCreate); got != want {
			t.Errorf("%s is %s", text, got)
		}
	}
}

func TestModelsTargetsAndTheProjectKeepTheirPolicies(t *testing.T) {
	c := loadAll(t, policies(t))
	if f := c.Models["model.customers"].Freshness; f == nil || f.Column.Name != "loaded_at" || f.MaxAge != 26*time.Hour {
		t.Errorf("freshness %+v", f)
	}
	if a := c.Targets["target.contact"]; a.Assignment != "01Q5g000000AbCdEAK" || a.Duplicates != "allow" {
		t.Errorf("target %+v", a)
	}
	if a := c.Targets["target.lead"]; a.Assignment != "active" || a.Duplicates != "block" {
		t.Errorf("target %+v", a)
	}
	if c.Project.MaxPlanAge != 12*time.Hour || load(t, complete).Project.MaxPlanAge != 24*time.Hour {
		t.Errorf("project %+v", c.Project)
	}
	week := loadAll(t, strings.Replace(policies(t), `"26h"`, `"7d"`, 1))
	if age := week.Models["model.customers"].Freshness.MaxAge; age != 168*time.Hour {
		t.Errorf("7d is %v", age)
	}
}

func TestMovesOfABlockWithForEachAreThoseOfItsInstances(t *testing.T) {
	c := loadAll(t, policies(t))
	var moves, gone []string
	for _, m := range c.Moved {
		moves = append(moves, m.From.String()+" "+m.To.String())
	}
	want := []string{
		"sync.people sync.contacts", "sync.persons sync.contacts", `sync.flags["CA"] sync.marks["CA"]`,
		`sync.flags["NY"] sync.marks["NY"]`, `sync.marks sync.marks["CA"]`,
	}
	if !slices.Equal(moves, want) {
		t.Errorf("%q", moves)
	}
	for _, r := range c.Removed {
		gone = append(gone, r.From.String())
	}
	if !slices.Equal(gone, []string{"sync.old", `sync.marks["TX"]`}) {
		t.Errorf("%q", gone)
	}
}

func TestAnAllowHoldsUntilTheEndOfItsDay(t *testing.T) {
	c := loadAll(t, policies(t))
	a := c.Allows[0]
	if a.Rule != "max_remove" || a.Item != (addr.Item{Type: "sync", Name: "contacts"}) || a.UpTo != 6400 || a.Reason != "The old segment is closed." {
		t.Errorf("allow %+v", a)
	}
	if b := c.Allows[1]; b.Item.String() != `sync.marks["NY"]` || b.UpTo != 0 {
		t.Errorf("allow %+v", b)
	}
	if end := time.Date(2026, 7, 2, 0, 0, 0, 0, time.UTC); !a.Until.Equal(end) {
		t.Errorf("until %v", a.Until)
	}
	for at, code := range map[time.Time]diag.Code{
		a.Until.Add(-time.Second): "", a.Until: "C155", a.Until.Add(-time.Second).In(time.FixedZone("east", 3*3600)): "",
	} {
		o := everything()
		o.Now = func() time.Time { return at }
		_, ds := config.Load(write(t, map[string]string{"main.hcl": policies(t)}), o)
		if code == "" && len(ds) > 0 || code != "" && (len(ds) != 1 || ds[0].Code != code) {
			t.Errorf("at %v: %v", at, ds)
		}
	}
}

func TestTheDigestCoversEverySetting(t *testing.T) {
	base := config.Digest(loadAll(t, policies(t)))
	for _, tc := range []struct {
		name, old, new string
		same           bool
	}{
		{"the age of plans", `"12h"`, `"13h"`, false},
		{"a limit of the project", `max_remove = "10%"`, `max_remove = "11%"`, false},
		{"a limit of a sync", "max_create  = 500", "max_create = 501", false},
		{"a count that becomes a share", "max_create  = 500", `max_create = "5%"`, false},
		{"another way to write a share", `"2.5%"`, `"2.50%"`, true},
		{"freshness", `"26h"`, `"27h"`, false},
		{"the column of freshness", `"loaded_at"`, `"made_at"`, false},
		{"another way to write an age", `"26h"`, `"1560m"`, true},
		{"assignment", `"active"`, `"off"`, false},
		{"duplicates", `"allow"`, `"block"`, false},
		{"on_null", `on_null = "clear"`, `on_null = "reject"`, false},
		{"overwrite", `overwrite = "if_empty"`, `overwrite = "always"`, false},
		{"on_drift", `on_drift  = "report"`, `on_drift = "ignore"`, false},
		{"consent", "consent = true", "consent = false", false},
		{"a default of a field", `on_drift  = "correct"`, "", true},
		{"mode", "mode           = \"upsert\"\n  on_leave       = \"delete\"\n  delete_adopted = true\n  cascade        = true\n  on_missing     = \"create\"",
			"mode = \"update\"", false},
		{"delete_adopted", "delete_adopted = true", "", false},
		{"cascade", "cascade        = true", "", false},
		{"on_missing", `on_missing     = "create"`, "", false},
		{"allow_opt_in", "allow_opt_in   = true", "", false},
		{"a default of a sync", "on_leave = \"ignore\"\n", "\n", true},
		{"a value of set", "Active__c = false", "Active__c = true", false},
		{"a field of set", "    Since__c  = null\n", "", false},
		{"the order of set", "    Active__c = false\n    Since__c  = null\n", "    Since__c = null\n    Active__c = false\n", true},
		{"a move", "sync.people\n", "sync.folk\n", false},
		{"a removal", "sync.old", "sync.older", false},
		{"how much is allowed", "6400", "6401", false},
		{"until when", `"2026-12-01"`, `"2026-12-02"`, false},
		{"why", "once a week", "twice a week", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			changed := strings.Replace(policies(t), tc.old, tc.new, 1)
			if changed == policies(t) {
				t.Fatal("nothing was changed")
			}
			if got := config.Digest(loadAll(t, changed)); (got == base) != tc.same {
				t.Errorf("same is %v", got == base)
			}
		})
	}
}

func TestTheDigestOfAnItemHasWhatIsSaidOfItBesideItsBlock(t *testing.T) {
	contacts, leads := addr.Item{Type: "sync", Name: "contacts"}, addr.Item{Type: "sync", Name: "leads"}
	before, after := loadAll(t, policies(t)), loadAll(t, strings.Replace(policies(t), "6400", "6401", 1))
	if config.Digest(before, contacts) == config.Digest(after, contacts) {
		t.Error("what the item may pass does not count")
	}
	if config.Digest(before, leads) != config.Digest(after, leads) {
		t.Error("what another item may pass counts")
	}
	old := addr.Item{Type: "sync", Name: "old"}
	gone := loadAll(t, strings.Replace(policies(t), "removed {\n  from = sync.old\n}\n", "", 1))
	if config.Digest(before, leads, old) == config.Digest(gone, leads, old) || config.Digest(before, leads) != config.Digest(gone, leads) {
		t.Error("a removal counts for the item that it names")
	}
}

func TestWrongWordsAndFormsSayWhatWasMeant(t *testing.T) {
	for _, tc := range []struct{ name, old, new, hint string }{
		{"a rule", `"max_remove"`, `"max_removes"`, `did you mean "max_remove"?`},
		{"a share with a space", `max_remove = "10%"`, `max_remove = "10 %"`, `did you mean "10%"?`},
		{"a share as a fraction", `max_remove = "10%"`, `max_remove = 0.1`, `did you mean "10%"?`},
		{"on_leave", `on_leave       = "delete"`, `on_leave = "delte"`, `did you mean "delete"?`},
		{"a kind of on_leave", `on_leave "set"`, `on_leave "Set"`, `did you mean "set"?`},
		{"a mode", `mode     = "insert"`, `mode = "insrt"`, `did you mean "insert"?`},
		{"overwrite", `"if_empty"`, `"if-empty"`, `did you mean "if_empty"?`},
		{"a limit", "max_create  = 500", "max_creates = 500", `did you mean "max_create"?`},
		{"an item", "= sync.contacts\n  up_to", "= sync.contact\n  up_to", `did you mean "sync.contacts"?`},
		{"a block", "removed {", "remove {", `did you mean "removed"?`},
		{"where a state is now", "sync.persons # one that was renamed twice\n  to   = sync.contacts", "sync.persons\n  to = sync.contact", `did you mean "sync.contacts"?`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			changed := strings.Replace(policies(t), tc.old, tc.new, 1)
			_, ds := config.Load(write(t, map[string]string{"main.hcl": changed}), everything())
			if changed == policies(t) || !slices.ContainsFunc(ds, func(d diag.Diagnostic) bool { return slices.Contains(d.Hints, tc.hint) }) {
				t.Errorf("got %v", ds)
			}
		})
	}
}

func TestWhatIsWrongInAnyVersionComesBeforeWhatThisOneLacks(t *testing.T) {
	src := strings.Replace(states, `mode     = "upsert"`, "mode = \"update\"\n  on_leave = \"delete\"", 1) + "\naudience \"vip\" {}\n"
	got := map[diag.Code]int{}
	for _, d := range problems(t, src) {
		got[d.Code]++
	}
	if len(got) != 2 || got["C113"] != 1 || got["C154"] != 1 {
		t.Errorf("%v", got)
	}
}
