package engine_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/state"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/duckdb"
)

// pull copies the state into a file of the project's directory.
func (p *project) pull(file string) (state.Copied, diag.Diagnostics) {
	p.t.Helper()
	return p.engine.Pull(context.Background(), p.load(), filepath.Join(p.dir, file))
}

func (p *project) push(file string) (state.Copied, diag.Diagnostics) {
	p.t.Helper()
	return p.engine.Push(context.Background(), p.load(), filepath.Join(p.dir, file))
}

// at moves the state to another file, by the configuration.
func (p *project) at(file string) {
	p.t.Helper()
	p.write("state.hcl", "signalsmith {\n  state \"local\" { path = \""+file+"\" }\n}\n")
}

// refused holds that diagnostics are one error of a code.
func (p *project) refused(ds diag.Diagnostics, code diag.Code, says string) {
	p.t.Helper()
	if len(ds) != 1 || ds[0].Code != code || ds[0].Severity != diag.Error || !strings.Contains(ds[0].Detail, says) {
		p.t.Errorf("want %s about %q, got %v", code, says, ds)
	}
}

func TestPulledAndPushedStateIsTheSameState(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	_, ds := p.pull("copy.db")
	p.refused(ds, "S403", "nothing was ever applied")
	p.applied()
	p.rows(strings.Replace(twoPeople, "London", "Leeds", 1))
	p.applied()
	id := p.plan().ID
	got, ds := p.pull("copy.db")
	p.sound(ds)
	if got.Generation != 2 || got.Items != 1 || got.Rows != 2 {
		t.Errorf("pulled %+v", got)
	}
	_, ds = p.pull("copy.db")
	p.refused(ds, "S407", "exists already")

	// The same state somewhere else: the same plan, down to its id.
	p.at("elsewhere.db")
	if got, ds = p.push("copy.db"); ds.HasErrors() || got.Same || got.Rows != 2 {
		t.Fatalf("pushed %+v, %v", got, ds)
	}
	p.empty("after the push")
	if p.plan().ID != id {
		t.Error("the plan has another id")
	}
	if p.apply() != nil {
		t.Error("an apply began a run")
	}
	if got, ds = p.push("copy.db"); ds.HasErrors() || !got.Same {
		t.Errorf("pushed again: %+v, %v", got, ds)
	}

	// What is newer stays; what is older is replaced; what began apart is refused.
	p.rows(twoPeople)
	p.applied()
	_, ds = p.push("copy.db")
	p.refused(ds, "S404", "generation 2 of run")
	if _, ds = p.pull("newer.db"); ds.HasErrors() {
		t.Fatal(ds)
	}
	p.at("copy.db")
	if got, ds = p.push("newer.db"); ds.HasErrors() || got.Generation != 3 {
		t.Errorf("pushed %+v, %v", got, ds)
	}
	p.empty("after the push of a newer state")
	p.at("stranger.db")
	p.applied()
	_, ds = p.push("newer.db")
	p.refused(ds, "S401", "began apart")
	_, ds = p.push("nothing.db")
	p.refused(ds, "S403", "There is no state file nothing.db.")
}

func TestPushReplacesAllThatTheOldCopyHeld(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	if _, ds := p.pull("old.db"); ds.HasErrors() {
		t.Fatal(ds)
	}
	p.rows("2,B,Lindqvist,Malmö,bjorn@example.com,2,Silver\n3,C,Rossi,Roma,,,")
	p.applied()
	if _, ds := p.pull("new.db"); ds.HasErrors() {
		t.Fatal(ds)
	}
	p.at("old.db")
	if _, ds := p.push("new.db"); ds.HasErrors() {
		t.Fatal(ds)
	}
	p.empty("after the push")
	items, ds := p.engine.Snapshots(context.Background(), p.load())
	if ds.HasErrors() || len(items) != 1 || items[0].Rows != 2 || items[0].Addr != "sync.people" || !items[0].Declared || items[0].Object != "Contact" {
		t.Errorf("the state holds %+v, %v", items, ds)
	}
}

func TestOpenRunMovesWithTheStateAndIsSettledThere(t *testing.T) {
	t.Parallel()
	p := lost(t)
	if _, ds := p.pull("copy.db"); ds.HasErrors() {
		t.Fatal(ds)
	}
	p.at("elsewhere.db")
	if _, ds := p.push("copy.db"); ds.HasErrors() {
		t.Fatal(ds)
	}
	doc := p.plan()
	if len(doc.Diagnostics) != 1 || doc.Diagnostics[0].Code != "P405" || counts(doc.Item("sync.people")) != "leave 1, unchanged 5" {
		t.Errorf("the plan says %s, %+v", counts(doc.Item("sync.people")), doc.Diagnostics)
	}
	p.applied()
	p.empty("after the apply")
}

// TestDeathWhilePushing ends a push before each of its steps: nothing but another push works on what is left, and that
// one makes it whole.
func TestDeathWhilePushing(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	if _, ds := p.pull("old.db"); ds.HasErrors() {
		t.Fatal(ds)
	}
	p.rows(strings.Replace(twoPeople, "London", "Leeds", 1))
	p.applied()
	if _, ds := p.pull("new.db"); ds.HasErrors() {
		t.Fatal(ds)
	}
	for _, home := range []string{"old.db", "empty.db"} {
		p.at(home)
		saved := p.snapshotDir()
		for at := 1; ; at++ {
			p.restoreDir(saved)
			r := &reaper{at: at}
			r.watch(p.engine)
			_, _ = p.push("new.db")
			p.live()
			if !r.dead {
				if at < 7 {
					t.Errorf("a push had only %d steps: %q", at-1, r.steps)
				}
				break
			}
			_, ds := p.engine.Snapshots(context.Background(), p.load())
			if marked := home == "old.db" && at > 1; marked != ds.HasErrors() && !strings.Contains(r.steps[at-1], "DROP") {
				t.Errorf("%s, step %d (%.60s): who looks at it is told %v", home, at, r.steps[at-1], ds)
			}
			if ds.HasErrors() && ds[0].Code != "S405" {
				t.Errorf("%s, step %d: %v", home, at, ds)
			}
			if _, ds := p.push("new.db"); ds.HasErrors() {
				t.Fatalf("%s, step %d (%.60s): %v", home, at, r.steps[at-1], ds)
			}
			if at%3 == 0 {
				p.empty(home)
			}
		}
	}
}

// foreign is a workspace whose fingerprints are another engine's.
type foreign struct{ providers.Dialect }

func (foreign) Stamp() string { return "foreign 1" }

func (f foreign) Fingerprint(exprs []string) string { return "-1 - " + f.Dialect.Fingerprint(exprs) }

type foreignFactory struct{ providers.WorkspaceFactory }

type foreignWorkspace struct{ providers.Workspace }

func (f foreignFactory) Open(ctx context.Context, s providers.WorkspaceSpec) (providers.Workspace, error) {
	ws, err := f.WorkspaceFactory.Open(ctx, s)
	if err != nil {
		return nil, err
	}
	return foreignWorkspace{ws}, nil
}

func (w foreignWorkspace) Dialect() providers.Dialect { return foreign{w.Workspace.Dialect()} }

func TestFingerprintsOfAnotherEngineSendNobodyAgain(t *testing.T) {
	t.Parallel()
	p := lost(t)
	p.engine.Registry.Workspaces = []providers.WorkspaceFactory{foreignFactory{duckdb.Factory()}}
	doc := p.plan()
	if got := counts(doc.Item("sync.people")); got != "leave 1, unchanged 5" {
		t.Errorf("the plan says %q", got)
	}
	p.applied()
	p.empty("with the other engine")
	p.live()
	p.whole("with the engine as it was")
}
