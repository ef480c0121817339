package engine_test

import (
	"strings"
	"testing"
)

// TestPlanInAWarehouseTakesFewStatements holds their number: on a warehouse each costs a second or more.
func TestPlanInAWarehouseTakesFewStatements(t *testing.T) {
	l := newLake(t)
	l.home(true, twoPeople)
	l.applied()
	l.home(true, strings.Replace(twoPeople, "London", "Leeds", 1))
	l.options.NoRefresh = true
	l.server.Forget()
	l.plan()
	work, drops := 0, 0
	for _, r := range l.server.Statements() {
		if strings.HasPrefix(r.Statement, "DROP TABLE") {
			drops++
		} else {
			work++
		}
	}
	if work > 10 || drops > 3 {
		t.Errorf("a plan of one sync takes %d statements, and %d that clean up", work, drops)
	}
}
