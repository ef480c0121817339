package engine_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// costs applies, and holds that it took the calls that the plan had named, in all and for each item.
func (p *project) costs(what string, want int64) {
	p.t.Helper()
	doc, run := p.carry()
	if run == nil || run.Status != "applied" {
		p.t.Fatalf("%s: the run is %+v", what, run)
	}
	if doc.Cost.Needed.Rest != want || run.Needed != want || run.Calls != want {
		p.t.Errorf("%s: the plan says %d calls, the run %d, and it took %d; want %d", what, doc.Cost.Needed.Rest, run.Needed, run.Calls, want)
	}
	for _, it := range run.Items {
		if it.Calls != it.Needed {
			p.t.Errorf("%s: the plan says %d calls for %s, and it took %d", what, it.Needed, it.Addr, it.Calls)
		}
	}
	if kept := p.recorded(run.Run); kept.Needed != want || kept.Calls != want {
		p.t.Errorf("%s: on record is %+v", what, kept)
	}
}

// recorded is the record of a run.
func (p *project) recorded(id string) plan.Run {
	p.t.Helper()
	runs, err := engine.Runs(p.load())
	i := slices.IndexFunc(runs, func(r plan.Run) bool { return r.Run == id })
	if err != nil || i < 0 {
		p.t.Fatalf("run %s is not on record (%v)", id, err)
	}
	return runs[i]
}

func TestThePlanNamesTheCallsThatAnApplyTakes(t *testing.T) {
	t.Parallel()
	const many = 2100
	t.Run("creates, updates by id, and clears", func(t *testing.T) {
		t.Parallel()
		p := people(t, several(1, many))
		p.arg("  on_leave = \"clear\"\n  guard { max_remove = \"100%\" }")
		p.costs("creates", 3)
		p.rows(strings.ReplaceAll(several(1, many), "Leeds", "York"))
		p.costs("updates", 3)
		p.rows(strings.ReplaceAll(several(1002, many), "Leeds", "York"))
		p.costs("clears, of records that are read again", 4)
		p.rows(strings.ReplaceAll(several(1, many), "Leeds", "York"))
		p.costs("adopting and filling what was cleared", 2)
		p.settled("after all of it")
	})
	t.Run("deletes", func(t *testing.T) {
		t.Parallel()
		p := people(t, several(1, 1200))
		p.arg("  on_leave = \"delete\"\n  guard { max_remove = \"100%\" }")
		p.costs("creates", 2)
		p.rows(several(1190, 1202))
		p.costs("deletes, of records that are read again, and creates", 5)
		p.settled("after all of it")
	})
	t.Run("what is filled only where it is empty", func(t *testing.T) {
		t.Parallel()
		p := people(t, strings.ReplaceAll(several(1, 1300), "Leeds", ""))
		p.field("MailingCity", "col.city", `overwrite = "if_empty"`)
		p.field("Score__c", "col.score", `overwrite = "if_empty"`)
		p.costs("creates", 2)
		// One field or the other of 1,100 rows is filled, and another field of 200 changes.
		p.rows(several(1, 1100) + strings.ReplaceAll(strings.ReplaceAll(several(1101, 1300), "Leeds", ""), "Name", "New name"))
		p.costs("updates, of which most are read again", 4)
	})
	t.Run("inserts", func(t *testing.T) {
		t.Parallel()
		p := people(t, several(1, 1001))
		p.mode("insert")
		p.edit("  match       = \"Code__c\"\n", "")
		p.costs("inserts", 2)
	})
	t.Run("parents and children", func(t *testing.T) {
		t.Parallel()
		p := newProject(t, map[string]string{"main.hcl": firmsHCL, "org.schema.json": firmsSchema})
		p.costs("two items", 2)
		p.write("main.hcl", strings.Replace(firmsHCL, "(1, 'Ada', 'F1')", "(1, 'Ada', 'F2')", 1))
		p.costs("a child that goes to another parent", 1)
	})
}

func TestCostBlocksWhatTheOrgCannotTake(t *testing.T) {
	t.Parallel()
	p, h := served(t, several(1, 1500), emulator.Options{DailyAPIRequests: 1000})
	p.remote = h
	reserve := func(share string) { p.edit("  instance_url", "  reserve = \""+share+"\"\n  instance_url") }
	doc := p.plan()
	if doc.Cost.Left == nil || *doc.Cost.Left < 900 || doc.Cost.Reserve != nil || len(doc.Guards) != 0 {
		t.Fatalf("the cost is %+v, the guards are %+v", doc.Cost, doc.Guards)
	}
	src := p.read("main.hcl")
	reserve("20%")
	doc = p.plan()
	if g := rule(t, doc, "cost"); *doc.Cost.Reserve != 200 || g.Blocked || g.N != 2 || g.Of != *doc.Cost.Left-200 {
		t.Errorf("the cost is %+v, the guard %+v", doc.Cost, g)
	}
	p.write("main.hcl", src)
	reserve("99.95%") // of 1,000 calls the last one may be used, and it is not left any more
	doc = p.plan()
	g := rule(t, doc, "cost")
	if *doc.Cost.Reserve != 1000 || !g.Blocked || g.Got != "2 calls" || g.Limit != "0 calls" {
		t.Errorf("the cost is %+v, the guard %+v", doc.Cost, g)
	}
	if p.apply() != nil {
		t.Error("what is blocked was applied")
	}
	if _, run := p.allowing("", engine.Allow{Rule: "cost", Addr: "sync.people"}); run == nil || run.Done != (plan.Tally{Create: 1500}) {
		t.Errorf("the run is %+v", run)
	}
}
