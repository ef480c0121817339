package engine_test

import (
	"strings"
	"testing"
)

// TestPlanInAWarehouseTakesFewStatements holds their number: on a warehouse each costs a second or more. What cleans up
// runs when the plan is made already, side by side.
func TestPlanInAWarehouseTakesFewStatements(t *testing.T) {
	t.Parallel()
	for name, refresh := range map[string]bool{"with live records": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			l := newLake(t)
			l.home(true, twoPeople)
			l.applied()
			l.home(true, strings.Replace(twoPeople, "London", "Leeds", 1))
			l.options.NoRefresh = !refresh
			l.server.Forget()
			if doc := l.plan(); doc.Items[0].Counts.Update.N != 1 {
				t.Fatalf("the plan counts %+v", doc.Items[0].Counts)
			}
			var work, drops []string
			for _, r := range l.server.Statements() {
				if strings.HasPrefix(r.Statement, "DROP TABLE") {
					drops = append(drops, r.Statement)
				} else {
					work = append(work, r.Statement)
				}
			}
			if len(work) > 8 || len(drops) > 4 {
				t.Errorf("a plan of one sync takes %d statements, and %d that clean up:\n%s", len(work), len(drops), strings.Join(work, "\n\n"))
			}
		})
	}
}
