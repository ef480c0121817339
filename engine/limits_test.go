package engine_test

import (
	"context"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// guarded gives people a line of their sync's block.
func (p *project) guarded(line string) {
	p.t.Helper()
	p.write("main.hcl", strings.Replace(peopleHCL(`emulator { schema = "org.schema.json" }`), "  mode    = \"upsert\"\n", "  mode    = \"upsert\"\n"+line+"\n", 1))
}

// blocked holds that exactly one rule blocks, and that an apply writes nothing: no record, no note.
func (p *project) blocked(rule, limit, got string) plan.Guard {
	p.t.Helper()
	doc := p.plan()
	guards := doc.Blocked()
	if len(guards) != 1 || guards[0].Rule != rule || guards[0].Addr != "sync.people" || guards[0].Limit != limit || guards[0].Got != got {
		p.t.Fatalf("the plan is blocked by %+v", guards)
	}
	before := p.dump()
	asked := false
	shown, run, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{Confirm: func(*plan.Plan) (bool, error) {
		asked = true
		return true, nil
	}})
	p.sound(diags)
	if run != nil || asked || len(shown.Blocked()) != 1 {
		p.t.Errorf("asked: %t; the run is %+v; it shows %+v", asked, run, shown.Guards)
	}
	if p.dump() != before {
		p.t.Error("the org is not as it was")
	}
	if again := p.plan(); again.ID != doc.ID || again.Base != doc.Base {
		p.t.Error("the state is not as it was")
	}
	return guards[0]
}

func TestTooManyRejectedRowsBlockThePlanAndNothingOfItIsWritten(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	bad := "3,C,New,,,,\n4,D,Bad,,nobody,,\n5,E,Bad,,nobody,,\n"
	p.rows("1,A,Okafor,Leeds,ada@example.com,1.5,Gold\n" + bad) // and row 2 left
	if doc := p.plan(); len(doc.Guards) != 1 || doc.Guards[0].Blocked || doc.Guards[0].Limit != "5 %" {
		t.Errorf("a few rows are blocked by default: %+v", doc.Guards)
	}
	p.guarded("  guard { max_reject = 1 }")
	if g := p.blocked("max_reject", "1", "2 of 4  50.0 %"); g.Where != "main.hcl:31" {
		t.Errorf("the line that set the limit is %s", g.Where)
	}
	p.guarded("")
	p.write("project.hcl", "signalsmith {\n  guard {\n    max_reject = \"49.99%\"\n  }\n}\n")
	if g := p.blocked("max_reject", "49.99 %", "2 of 4  50.0 %"); g.Where != "project.hcl:3" {
		t.Errorf("the line that set the limit is %s", g.Where)
	}
	p.guarded("  guard { max_reject = 2 }")
	if run := p.applied(); run.Done.Create != 1 || run.Done.Update != 1 || run.Done.Note != 1 {
		t.Errorf("the run did %+v", run.Done)
	}
	p.empty("within the limit")
}

func TestNullKeyBlocksWhatWouldBeRemoved(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.everything = true
	p.rows("1,A,Okafor,Leeds,ada@example.com,1.5,Gold\n,B,Lindqvist,Malmö,bjorn@example.com,2,Silver")
	p.expect("update 1, held 1, reject 1", "key_null")
	if doc := p.plan(); len(doc.Blocked()) > 0 {
		t.Errorf("nothing is removed, and the plan is blocked by %+v", doc.Blocked())
	}
	p.guarded("  on_leave = \"clear\"")
	p.expect("update 1, held 1, reject 1", "key_null")
	p.blocked("key_null", "0", "1 row with a null key, 1 missing")
	p.rows(strings.Replace(twoPeople, "London", "Leeds", 1))
	if run := p.applied(); run.Done.Update != 1 {
		t.Errorf("the run did %+v", run.Done)
	}
	p.empty("after the key was mended")
}
