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

// unmatched makes the sync one that inserts without looking.
func (p *project) unmatched() {
	p.mode("insert")
	p.edit("  match       = \"Code__c\"\n", "")
}

func TestInsertWithoutMatchCreatesEveryRowOnce(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.unmatched()
	p.edit("    Code__c     = col.code\n", "")
	p.given(map[string]any{"LastName": "Okafor"})
	p.expect("create 2", "new_in_model")
	if doc := p.plan(); len(doc.Diagnostics) != 1 || doc.Diagnostics[0].Code != "R107" {
		t.Errorf("the diagnostics are %+v", doc.Diagnostics)
	}
	p.applied()
	p.settled("after the first apply")
	p.people(3)
	p.rows(strings.Replace(twoPeople, "London", "Leeds", 1) + "3,C,Rossi,Roma,chiara@example.com,3,Gold")
	p.applies("create 1, unchanged 2")
	p.rows("")
	p.settled("with no rows")
	p.rows(twoPeople)
	p.settled("with the rows back")
	p.people(4)
	p.options.NoRefresh = true
	p.rows(twoPeople + "4,D,Novák,Brno,dana@example.com,4,Silver")
	p.apply()
	p.options.NoRefresh = false
	p.settled("after an insert without refresh, for which nothing has to be read")
	p.people(5)
}

// TestRowsInDoubtAreNeverSentAgainWithoutADecision loses the answers to inserts of which one fails.
func TestRowsInDoubtAreNeverSentAgainWithoutADecision(t *testing.T) {
	t.Parallel()
	for decision, want := range map[string]int{"resend": 4, "forget": 2} {
		t.Run(decision, func(t *testing.T) {
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
			p.remote = h
			p.unmatched()
			p.edit("    Code__c     = col.code\n", "")
			apply := func(o engine.ApplyOptions) *plan.Run {
				o.FirstRun = true
				_, run, diags := p.engine.Apply(context.Background(), p.load(), o)
				if !deaf.Load() {
					p.sound(diags)
				}
				return run
			}
			if run := apply(engine.ApplyOptions{Confirm: func(*plan.Plan) (bool, error) {
				deaf.Store(true)
				return true, nil
			}}); run == nil || run.Done.Create != 0 {
				t.Fatalf("the run is %+v", run)
			}
			deaf.Store(false)
			p.people(2)
			for range 2 {
				p.expect("skip 2", "in_doubt")
				doc := p.plan()
				i := slices.IndexFunc(doc.Diagnostics, func(d plan.Diagnostic) bool { return d.Code == "P109" })
				if i < 0 || !strings.Contains(doc.Diagnostics[i].Detail, "2 rows may have been created") || len(doc.Diagnostics[i].Keys) != 2 {
					t.Fatalf("the diagnostics are %+v", doc.Diagnostics)
				}
				if apply(engine.ApplyOptions{}) != nil {
					t.Fatal("something was sent without a decision")
				}
			}
			// A row that was not in the lost run goes as ever.
			p.rows(twoPeople + "3,C,Rossi,Roma,chiara@example.com,3,Gold")
			if run := apply(engine.ApplyOptions{}); run == nil || run.Done.Create != 1 {
				t.Fatalf("the run is %+v", run)
			}
			p.expect("skip 2, unchanged 1", "in_doubt")
			apply(engine.ApplyOptions{Resend: decision == "resend", Forget: decision == "forget"})
			p.empty("after the decision")
			p.people(want + 1)
			if left := p.texts("SELECT run FROM STATE.stages"); len(left) > 0 {
				t.Errorf("a stage is left of %v", left)
			}
		})
	}
}

func TestFirstRunHasToBeSaidWhereNobodyIsAsked(t *testing.T) {
	t.Parallel()
	p, h := served(t, twoPeople, emulator.Options{})
	p.remote = h
	p.arg(`  on_leave = "delete"`)
	if doc := p.plan(); len(doc.Diagnostics) != 1 || doc.Diagnostics[0].Code != "P107" {
		t.Errorf("the diagnostics are %+v", doc.Diagnostics)
	}
	_, run, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{})
	if run != nil || !diags.HasErrors() || !strings.Contains(diags.Error(), "A203") {
		t.Fatalf("got %+v, %v", run, diags)
	}
	p.people(0)
	_, run, diags = p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{FirstRun: true})
	if p.sound(diags); run == nil || run.Status != "applied" {
		t.Fatalf("the run is %+v", run)
	}
	p.settled("after the first run")
}
