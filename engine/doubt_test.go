package engine_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

func TestPlanShowsAnOpenRunAsIfItWereSettledAndWritesNothing(t *testing.T) {
	t.Parallel()
	p := lost(t)
	runs := p.texts("SELECT run FROM STATE.stages")
	doc := p.plan()
	it := doc.Item("sync.people")
	// Everything has arrived; only the note about the row that left is open.
	if got := counts(it); got != "leave 1, unchanged 5" {
		t.Errorf("the plan says %q (%v)", got, it.Reasons)
	}
	if len(doc.Diagnostics) != 1 || doc.Diagnostics[0].Code != "P405" || !strings.Contains(doc.Diagnostics[0].Detail, runs[0]) ||
		!strings.Contains(doc.Diagnostics[0].Detail, "Of 4 rows, Salesforce holds 4 as written.") {
		t.Errorf("the diagnostics are %+v", doc.Diagnostics)
	}
	if again := p.plan(); again.ID != doc.ID {
		t.Error("a second plan says something else")
	}
	if left := p.texts("SELECT run FROM STATE.stages WHERE status = 'open'"); len(left) != 2 {
		t.Errorf("a plan changed the stages: %v", left)
	}
	p.options.NoRefresh = true
	doc = p.plan()
	if len(doc.Diagnostics) != 1 || !strings.Contains(doc.Diagnostics[0].Detail, "cannot be known without reading") {
		t.Errorf("without refresh: %+v", doc.Diagnostics)
	}
	_, run, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{PlanOptions: p.options})
	if run != nil || !diags.HasErrors() || diags[0].Code != "A201" {
		t.Errorf("an apply without refresh gave %+v, %v", run, diags)
	}
	p.options.NoRefresh = false
	p.whole("after all")
	found, err := engine.Runs(p.load())
	i := slices.IndexFunc(found, func(r plan.Run) bool { return r.Run == runs[0] })
	if err != nil || i < 0 || found[i].Status != "settled" || found[i].Done != (plan.Tally{Create: 2, Update: 2}) || found[i].Org.ID == "" {
		t.Errorf("the runs on record are %+v (%v)", found, err)
	}
	if got := p.texts("SELECT status FROM STATE.runs WHERE run = '" + runs[0] + "'"); strings.Join(got, " ") != "settled" {
		t.Errorf("in the state, the run ended as %v", got)
	}
}

func TestRowsThatDidNotArriveOrWereChangedSinceAreShownAgain(t *testing.T) {
	t.Parallel()
	p := lost(t)
	p.byHand("eve@acme.example", func(h *hand) {
		h.call("PATCH", "/sobjects/Contact/"+h.id("SELECT Id FROM Contact WHERE Code__c = 'A'"), map[string]any{"MailingCity": "Cologne"})
		h.call("DELETE", "/sobjects/Contact/"+h.id("SELECT Id FROM Contact WHERE Code__c = 'D'"), nil)
	})
	p.expect("create 1, update 1, leave 1, unchanged 3", "new_in_model", "field_changed")
	p.whole("after the changes")
}

func TestOpenStageOfAnotherIdentityStaysOpenAndIsTold(t *testing.T) {
	t.Parallel()
	p := lost(t)
	config := peopleHCL("emulator { schema = \"org.schema.json\" }")
	for name, text := range map[string]string{
		"another match field": strings.Replace(config, `"Code__c"`, `"Email"`, 1),
		"no longer declared":  strings.Replace(config, `sync "people"`, `sync "others"`, 1),
	} {
		p.write("main.hcl", text)
		doc := p.plan()
		found := false
		for _, d := range doc.Diagnostics {
			found = found || d.Code == "P405" && strings.Contains(d.Detail, "stays open")
		}
		if !found {
			t.Errorf("%s: the diagnostics are %+v", name, doc.Diagnostics)
		}
	}
	p.write("main.hcl", config)
	p.whole("with the item as it was")
}

func TestMappingThatChangedSinceTheCrashIsSettledAsItWasAndThenPlanned(t *testing.T) {
	t.Parallel()
	p := lost(t)
	config := peopleHCL("emulator { schema = \"org.schema.json\" }")
	p.write("main.hcl", strings.Replace(config, "    Tier__c     = col.tier\n", "    Title       = col.tier\n", 1))
	p.applies("update 5, leave 1", "field_changed")
	p.write("main.hcl", config)
	p.whole("with the mapping as it was")
}

// TestRowsWithoutAnAnswerKeepTheirStageOpen lets every write arrive and no answer come back. The run ends in order, and
// does not know what it has done; the next one finds out.
func TestRowsWithoutAnAnswerKeepTheirStageOpen(t *testing.T) {
	t.Parallel()
	var deaf atomic.Bool
	drop := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if deaf.Load() && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/composite") {
				next.ServeHTTP(httptest.NewRecorder(), r)
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, r)
		})
	}
	p, h := served(t, twoPeople, emulator.Options{Intercept: drop})
	deafen := func(*plan.Plan) (bool, error) {
		deaf.Store(true)
		return true, nil
	}
	_, run, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{Confirm: deafen})
	deaf.Store(false)
	if run == nil || run.Failed.Create+run.NotTried.Create != 2 || !diags.HasErrors() {
		t.Fatalf("the run is %+v, %v", run, diags)
	}
	if n := len(h.find("SELECT Id FROM Contact")); n != 2 {
		t.Fatalf("the org holds %d contacts", n)
	}
	doc := p.plan()
	if len(doc.Diagnostics) != 1 || doc.Diagnostics[0].Code != "P405" || counts(doc.Item("sync.people")) != "unchanged 2" {
		t.Errorf("the plan says %q, %+v", counts(doc.Item("sync.people")), doc.Diagnostics)
	}
	if p.apply() != nil {
		t.Error("the next apply wrote something")
	}
	p.empty("after it was settled")
	if got := p.texts("SELECT origin FROM RECORDS"); strings.Join(got, " ") != "created created" {
		t.Errorf("the origins are %v", got)
	}
	if left := p.texts("SELECT run FROM STATE.stages"); len(left) > 0 {
		t.Errorf("a stage is left of %v", left)
	}
	// The run had ended by itself, and its record stays what it was.
	found, err := engine.Runs(p.load())
	if err != nil || len(found) != 1 || found[0].Status != run.Status {
		t.Errorf("the runs on record are %+v (%v)", found, err)
	}
}
