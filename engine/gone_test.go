package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
)

func (p *project) told(code string) string {
	p.t.Helper()
	doc := p.plan()
	i := slices.IndexFunc(doc.Diagnostics, func(d plan.Diagnostic) bool { return d.Code == code })
	if i < 0 {
		return ""
	}
	return doc.Diagnostics[i].Detail
}

func TestRenamedBlockKeepsItsStateByAMovedBlock(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.arg(`  on_leave = "delete"`)
	p.applied()
	p.edit(`sync "people"`, `sync "persons"`)
	if got := p.told("P108"); !strings.Contains(got, "sync.people") {
		t.Errorf("the plan says %q", got)
	}
	p.write("moved.hcl", "moved {\n  from = sync.people\n  to   = sync.persons\n}\n")
	if got := p.told("P110"); !strings.Contains(got, "will be sync.persons's") || p.told("P108") != "" {
		t.Errorf("the plan says %q", got)
	}
	p.rows(onlyA)
	it := p.plan().Item("sync.persons")
	if counts(it) != "remove 1, unchanged 1" {
		t.Errorf("the plan says %q", counts(it))
	}
	p.applied()
	p.settled("after the move")
	p.people(1)
	if p.told("P110") != "" || p.told("P108") != "" {
		t.Error("the move is told again")
	}
	// The old name can be used anew, and both have a snapshot of their own.
	p.write("moved.hcl", "model \"others\" {\n  source      = source.duckdb.files\n  primary_key = [\"id\"]\n  sql         = \"select '9' as id, 'X' as code, 'Other' as name\"\n}\n"+
		"mapping \"others\" {\n  target = target.contact\n  fields = {\n    Code__c  = col.code\n    LastName = col.name\n  }\n}\n"+
		"sync \"people\" {\n  model   = model.others\n  mapping = mapping.others\n  mode    = \"upsert\"\n}\n")
	p.applied()
	p.settled("with both")
	p.people(2)
}

func TestRemovedBlockDropsTheStateAndNothingElse(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	whole := p.read("main.hcl")
	p.write("main.hcl", whole[:strings.Index(whole, "sync \"people\"")]+"removed {\n  from = sync.people\n}\n")
	if got := p.told("P110"); !strings.Contains(got, "will be dropped") {
		t.Errorf("the plan says %q", got)
	}
	p.apply()
	if p.told("P110") != "" {
		t.Error("it is told again")
	}
	p.people(2)
	p.write("main.hcl", whole)
	p.applies("adopt 2", "adopted")
	p.settled("after it came back")
}

func TestStateIsMovedAndRemovedByHand(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	ctx := context.Background()
	if shown, ds := p.engine.ShowState(ctx, p.load(), "sync.people"); ds.HasErrors() || len(shown) != 1 || shown[0].Created != 2 || shown[0].Adopted != 0 ||
		!slices.Contains(shown[0].Fields, "tier__c") || !slices.Equal(shown[0].Keys, []string{"id"}) {
		t.Errorf("shown are %+v, %v", shown, ds)
	}
	for _, c := range []struct{ from, to, want string }{
		{"sync.nobody", "sync.persons", "holds no snapshot"}, {"sync.people", "sync.people", "of its own already"}, {"sync.people", "model.people", "not the address of a sync"},
	} {
		if _, ds := p.engine.MoveState(ctx, p.load(), c.from, c.to); !ds.HasErrors() || !strings.Contains(ds.Error(), c.want) {
			t.Errorf("%s to %s: %v", c.from, c.to, ds)
		}
	}
	if n, ds := p.engine.MoveState(ctx, p.load(), "sync.people", "sync.persons"); n != 1 || ds.HasErrors() {
		t.Fatalf("moved %d, %v", n, ds)
	}
	p.edit(`sync "people"`, `sync "persons"`)
	p.settled("after the move")
	if n, ds := p.engine.RemoveState(ctx, p.load(), "sync.persons"); n != 1 || ds.HasErrors() {
		t.Fatalf("removed %d, %v", n, ds)
	}
	if it := p.plan().Item("sync.persons"); counts(it) != "adopt 2" {
		t.Errorf("the plan says %q", counts(it))
	}
	p.people(2)
}

// TestRunThatDiedIsSettledAfterItsBlockWasRenamed moves the address of a stage that has not ended.
func TestRunThatDiedIsSettledAfterItsBlockWasRenamed(t *testing.T) {
	t.Parallel()
	p := doomed(t)
	r := &reaper{before: "hear of upsert"}
	reg := p.engine.Registry
	r.watch(p.engine)
	_, _, _ = p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{})
	p.engine.Registry = reg
	if !r.dead {
		t.Fatalf("no step hears of creates: %q", r.steps)
	}
	p.edit(`sync "people"`, `sync "persons"`)
	p.write("moved.hcl", "moved {\n  from = sync.people\n  to   = sync.persons\n}\n")
	if got := p.told("P405"); !strings.Contains(got, "sync.persons") {
		t.Errorf("the plan says %q", got)
	}
	p.whole("after the move")
}
