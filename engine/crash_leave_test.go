package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// TestDeathWhileRecordsAreClearedOrDeleted ends an apply that only takes away, before each of its steps. The next apply
// does the rest, and the run that died is on record with what it has done.
func TestDeathWhileRecordsAreClearedOrDeleted(t *testing.T) {
	t.Parallel()
	for action, args := range map[string]string{
		"clear":  "  on_leave \"set\" {\n    Title       = \"Left\"\n    MailingCity = null\n  }",
		"remove": `  on_leave = "delete"`,
	} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			p := people(t, twoPeople+"3,C,Rossi,Roma,chiara@example.com,3,Gold")
			p.arg(args)
			p.applied()
			p.rows(onlyA)
			saved, open := p.snapshotDir(), 0
			steps, matters := p.rehearse(saved)
			for i, step := range steps {
				tells := strings.HasPrefix(step, "send") || strings.HasPrefix(step, "hear") || strings.Contains(step, "records_") || strings.Contains(step, "stages")
				if !matters(step) || !tells {
					continue
				}
				p.restoreDir(saved)
				p.die(i + 1)
				name := fmt.Sprintf("step %d (%.60s)", i+1, step)
				left := p.texts("SELECT DISTINCT run FROM STATE.stages WHERE status = 'open'")
				var sent int64
				p.byHand("", func(h *hand) {
					sent = int64(3 - len(h.find("SELECT Id FROM Contact WHERE Title = null")))
				})
				if len(left) > 0 {
					open++
					doc := p.plan()
					want := fmt.Sprintf("Of 2 rows, Salesforce holds %d as written", sent)
					if !slices.ContainsFunc(doc.Diagnostics, func(d plan.Diagnostic) bool { return d.Code == "P405" && strings.Contains(d.Detail, want) }) {
						t.Errorf("%s: the plan says %+v, want %q", name, doc.Diagnostics, want)
					}
					if got := counts(doc.Item("sync.people")); sent > 0 && got != "unchanged 1" {
						t.Errorf("%s: the plan says %q", name, got)
					}
				}
				p.apply()
				p.settled(name)
				p.people(map[string]int{"clear": 3, "remove": 1}[action])
				if action == "clear" {
					p.holds("B", "Title, MailingCity, LastName", "Left", nil, "Lindqvist")
				}
				if got := strings.Join(p.texts("SELECT key FROM RECORDS UNION ALL SELECT 'stage of ' || run FROM STATE.stages WHERE status <> 'counted' ORDER BY 1"), " "); got != "1" {
					t.Errorf("%s: the state holds %q", name, got)
				}
				if len(left) == 0 {
					continue
				}
				runs, err := engine.Runs(p.load())
				at := slices.IndexFunc(runs, func(r plan.Run) bool { return r.Run == left[0] })
				if err != nil || at < 0 || runs[at].Status != "settled" || runs[at].Done.Clear+runs[at].Done.Remove != sent || runs[at].NotTried.Clear+runs[at].NotTried.Remove != 2-sent {
					t.Errorf("%s: the runs on record are %+v (%v)", name, runs, err)
				}
			}
			if open < 3 {
				t.Errorf("only %d deaths left a stage open: %q", open, steps)
			}
		})
	}
}
