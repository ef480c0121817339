package engine_test

import (
	"strings"
	"testing"
)

// TestPlansTellOfPastRuns holds that a plan knows the rows of the runs before it, and how the SQL of a model has changed.
func TestPlansTellOfPastRuns(t *testing.T) {
	p := people(t, twoPeople)
	first := p.plan().Items[0]
	if first.History != nil || first.Query == nil || first.Query.Before != nil || first.Query.Changed() {
		t.Fatalf("before the first apply: %+v %+v", first.History, first.Query)
	}
	p.apply()
	p.rows(twoPeople + "3,C,Rossi,Roma,chiara@example.com,3,Gold")
	p.apply()
	doc := p.plan()
	it := doc.Items[0]
	if n := len(it.History); n != 2 || it.History[0].Rows != 2 || it.History[1].Rows != 3 || it.History[0].Written != 2 || it.History[1].Written != 1 {
		t.Errorf("the history is %+v", it.History)
	}
	if it.Query.Before == nil || it.Query.Changed() {
		t.Errorf("the query is %+v", it.Query)
	}
	main := peopleHCL(`emulator { schema = "org.schema.json" }`)
	p.write("main.hcl", strings.Replace(main, "select *", "select /* anew */ *", 1))
	if q := p.plan().Items[0].Query; !q.Changed() || *q.Before != it.Query.Text || !strings.Contains(q.Text, "anew") {
		t.Errorf("the query is %+v", q)
	}
	// Another environment has runs of its own.
	p.write("main.hcl", "signalsmith {\n  environment = \"elsewhere\"\n}\n"+main)
	if other := p.plan().Items[0]; other.History != nil || other.Query.Before != nil {
		t.Errorf("another environment knows %+v", other.History)
	}
}
