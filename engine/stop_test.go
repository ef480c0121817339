package engine_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// TestInterruptWhileRecordsAreClearedOrDeleted interrupts at the second request that takes something away. The first
// interrupt lets what is in flight end, the second one stops at once. Either way nothing is lost, and the next apply does
// the rest.
func TestInterruptWhileRecordsAreClearedOrDeleted(t *testing.T) {
	t.Parallel()
	const n = 6000
	var rows strings.Builder
	for i := range n {
		rows.WriteString(strings.Replace("#,K#,Name,City,,1,Gold\n", "#", itoa(i), 2))
	}
	for name, c := range map[string]struct {
		args  string
		twice bool
	}{
		"clear, once": {`  on_leave = "clear"`, false}, "clear, twice": {`  on_leave = "clear"`, true},
		"delete, once": {`  on_leave = "delete"`, false}, "delete, twice": {`  on_leave = "delete"`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			stop := make(chan struct{})
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			p, h := served(t, rows.String(), emulator.Options{Intercept: func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/composite") && calls.Add(1) == 2 {
						close(stop)
						if c.twice {
							next.ServeHTTP(w, r) // it arrives, and nobody hears of it
							cancel()
							return
						}
					}
					next.ServeHTTP(w, r)
				})
			}})
			p.remote = h
			calls.Store(-1 << 40)
			p.applied()
			p.arg(c.args + "\n  guard { max_remove = \"100%\" }")
			p.rows("0,K0,Name,City,,1,Gold")
			_, run, diags := p.engine.Apply(ctx, p.load(), engine.ApplyOptions{Stop: stop, FirstRun: true, Confirm: confirm(func() { calls.Store(0) })})
			if !c.twice {
				p.sound(diags)
			}
			if run == nil || run.Status != "interrupted" || run.Failed.Total() > 0 && !c.twice {
				t.Fatalf("the run is %+v, %v", run, diags)
			}
			done, left := run.Done.Clear+run.Done.Remove, run.NotTried.Clear+run.NotTried.Remove
			if left == 0 || done+left+run.Failed.Total() != n-1 || !c.twice && done == 0 {
				t.Errorf("the run did %+v, not %+v", run.Done, run.NotTried)
			}
			// What was heard of is on record, whatever came after it.
			calls.Store(-1 << 40)
			doc := p.plan().Item("sync.people")
			open := doc.Counts.Clear.N + doc.Counts.Remove.N
			if gone := int64(n-1) - open; gone < done || !c.twice && (gone != done || open != left) {
				t.Errorf("%d rows are open after %d done and %d left", open, done, left)
			}
			p.applied()
			p.settled("after the next apply")
			want := 1
			if strings.HasPrefix(name, "clear") {
				want = n
			}
			got := len(h.find("SELECT Id FROM Contact LIMIT 2000"))
			if got != min(want, 2000) || len(h.find("SELECT Id FROM Contact WHERE MailingCity != null LIMIT 2")) != 1 {
				t.Errorf("%d records are left", got)
			}
			if left := p.texts("SELECT run FROM STATE.stages WHERE status <> 'counted'"); len(left) > 0 {
				t.Errorf("a stage is left of %v", left)
			}
		})
	}
}
