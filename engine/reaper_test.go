package engine_test

import (
	"context"
	"errors"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/duckdb"
	"github.com/signalsmith/signalsmith/providers/salesforce"
)

var errDead = errors.New("the process is dead")

// reaper ends a process before its n-th step. A step is a statement or a load that writes the workspace, a request that
// is about to be sent, or an answer that is about to be heard. Statements are run one by one, without a transaction
// around them, as in a warehouse.
type reaper struct {
	mu     sync.Mutex
	at     int    // 0 never
	before string // or before the first step of this name
	steps  []string
	kill   func()
	dead   bool
}

func (r *reaper) step(what string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dead {
		return errDead
	}
	r.steps = append(r.steps, what)
	if len(r.steps) == r.at || what == r.before {
		r.dead = true
		if r.kill != nil {
			r.kill()
		}
		return errDead
	}
	return nil
}

func (r *reaper) gone() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dead
}

// watch puts a reaper between an engine and its providers.
func (r *reaper) watch(e *engine.Engine) {
	e.Registry = providers.Registry{
		Workspaces:   []providers.WorkspaceFactory{mortalFactory{duckdb.Factory(), r}},
		Destinations: []providers.DestinationFactory{mortalOrgs{salesforce.Factory(), r}},
	}
}

type mortalFactory struct {
	providers.WorkspaceFactory
	r *reaper
}

func (f mortalFactory) Open(ctx context.Context, s providers.WorkspaceSpec) (providers.Workspace, error) {
	ws, err := f.WorkspaceFactory.Open(ctx, s)
	return mortal{ws, f.r}, err
}

type mortal struct {
	providers.Workspace
	r *reaper
}

func (m mortal) Exec(ctx context.Context, stmts ...providers.Statement) error {
	for _, s := range stmts {
		if err := m.r.step(s.SQL); err != nil {
			return err
		}
		if err := m.Workspace.Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (m mortal) Query(ctx context.Context, sql string, args ...any) (providers.Rows, error) {
	if m.r.gone() {
		return nil, errDead
	}
	return m.Workspace.Query(ctx, sql, args...)
}

func (m mortal) Fill(ctx context.Context, table string, columns []providers.Column, rows iter.Seq2[[]any, error]) (int64, error) {
	if err := m.r.step("fill " + table); err != nil {
		return 0, err
	}
	return m.Workspace.Fill(ctx, table, columns, rows)
}

type mortalOrgs struct {
	providers.DestinationFactory
	r *reaper
}

func (f mortalOrgs) Open(ctx context.Context, s providers.DestinationSpec) (providers.Destination, error) {
	d, err := f.DestinationFactory.Open(ctx, s)
	return mortalOrg{d, f.r}, err
}

type mortalOrg struct {
	providers.Destination
	r *reaper
}

func (m mortalOrg) Write(ctx context.Context, w providers.Write, rows iter.Seq2[providers.Row, error], done func([]providers.Outcome) error) error {
	if err := m.r.step("send " + string(w.Op)); err != nil {
		return err
	}
	return m.Destination.Write(ctx, w, rows, func(o []providers.Outcome) error {
		if err := m.r.step("hear of " + string(w.Op)); err != nil {
			return err
		}
		return done(o)
	})
}

// rehearse applies on a copy, and gives its steps. Those that only make tables of the comparison are of no interest.
func (p *project) rehearse(saved string) (steps []string, of func(string) bool) {
	p.t.Helper()
	p.restoreDir(saved)
	r := &reaper{}
	r.watch(p.engine)
	_, run, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{})
	p.live()
	if run == nil || run.Status != "applied" || diags.HasErrors() {
		p.t.Fatalf("an apply that nothing ended gave %+v, %v", run, diags)
	}
	p.restoreDir(saved)
	return r.steps, func(step string) bool {
		return !strings.Contains(step, `TABLE "memory"`) && !strings.Contains(step, `load "memory"`) || strings.Contains(step, "commit")
	}
}

// die applies and ends the process before a step, counted from 1.
func (p *project) die(at int) {
	p.t.Helper()
	records := filepath.Join(p.dir, ".signalsmith", "runs", "*", "run.json")
	had, _ := filepath.Glob(records)
	r := &reaper{at: at}
	r.watch(p.engine)
	_, _, _ = p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{})
	p.live()
	if !r.dead {
		p.t.Fatalf("there is no step %d", at)
	}
	// Who is dead writes no record of the run.
	have, _ := filepath.Glob(records)
	for _, file := range have {
		if !slices.Contains(had, file) {
			_ = os.Remove(file)
		}
	}
}

// rerun is this test's binary as a process of its own, which runs one test. It may be killed: what it leaves behind goes
// with the test that started it.
func rerun(t *testing.T, test string, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(append(os.Environ(), "TMPDIR="+t.TempDir()), env...)
	return cmd
}
