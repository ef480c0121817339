package engine_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/duckdb"
	"github.com/signalsmith/signalsmith/providers/salesforce"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
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

// before is what the org and the state hold when the run starts that is going to die: two people are known, one of them
// changes, two are new and one left.
const before = `
1,A,Okafor,London,ada@example.com,1.5,Gold
2,B,Lindqvist,Malmö,bjorn@example.com,2,Silver
3,C,Rossi,Roma,chiara@example.com,3,Gold
`

const after = `
1,A,Okafor,Leeds,ada@example.com,1.5,Gold
2,B,Lindqvist,Malmö,bjorn@example.com,2,Silver
4,D,Novák,Brno,dana@example.com,4,Silver
5,E,Dubois,Lyon,emile@example.com,5,Gold
6,F,Adopted,Oslo,frida@example.com,6,Gold
`

// doomed is a project in which an apply has to create, update, adopt and forget.
func doomed(t *testing.T) *project {
	t.Helper()
	p := people(t, before)
	p.applied()
	p.byHand("", func(h *hand) {
		h.call("POST", "/sobjects/Contact", map[string]any{"Code__c": "F", "LastName": "Other", "MailingCity": "Oslo"})
	})
	p.rows(after)
	return p
}

// whole holds that the next apply puts everything right: each record once, origins as if nothing had happened, nothing
// left to do.
func (p *project) whole(name string) {
	p.t.Helper()
	if run := p.apply(); run != nil && run.Status != "applied" {
		p.t.Fatalf("%s: the run ended as %+v", name, run)
	}
	p.empty(name)
	p.byHand("", func(h *hand) {
		found := map[any]int{}
		for _, r := range h.find("SELECT Code__c FROM Contact") {
			found[r["Code__c"]]++
		}
		for _, code := range []string{"A", "B", "C", "D", "E", "F"} {
			if found[code] != 1 {
				p.t.Errorf("%s: the org holds %v", name, found)
			}
		}
	})
	want := "1 created|2 created|4 created|5 created|6 adopted"
	// Beside the records, nothing is left of the run: no stage, no intent, one row an item.
	got := strings.Join(p.texts("SELECT key || ' ' || origin AS t FROM RECORDS UNION ALL SELECT 'stage of ' || run FROM STATE.stages UNION ALL "+
		"SELECT table_name FROM duckdb_tables() WHERE database_name = 'state' AND table_name LIKE 'intent%' UNION ALL "+
		"SELECT 'twice ' || addr FROM STATE.items GROUP BY addr HAVING count(*) > 1 ORDER BY t"), "|")
	if got != want {
		p.t.Errorf("%s: the state holds %q, want %q", name, got, want)
	}
}

// texts runs a query over the state. RECORDS is the one records table, STATE. the state's schema.
func (p *project) texts(query string) []string {
	p.t.Helper()
	ctx := context.Background()
	ws, err := p.engine.Registry.Workspaces[0].Open(ctx, providers.WorkspaceSpec{Dir: p.dir, StatePath: p.load().Project.StatePath})
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = ws.Close() }()
	tables, err := ws.Tables(ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	for name := range tables {
		if strings.HasPrefix(name, "records_") {
			query = strings.ReplaceAll(query, "RECORDS", ws.Dialect().State(name))
		}
		query = strings.ReplaceAll(query, "STATE."+name, ws.Dialect().State(name))
	}
	found, err := ws.Query(ctx, query)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	var out []string
	for found.Next() {
		var s string
		if err := found.Scan(&s); err != nil {
			p.t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// live is the engine without a reaper.
func (p *project) live() {
	p.engine.Registry = providers.Registry{
		Workspaces:   []providers.WorkspaceFactory{duckdb.Factory()},
		Destinations: []providers.DestinationFactory{salesforce.Factory()},
	}
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

// TestDeathAtEveryStepLosesNothingAndDoesNothingTwice ends an apply before each of its steps.
func TestDeathAtEveryStepLosesNothingAndDoesNothingTwice(t *testing.T) {
	t.Parallel()
	p := doomed(t)
	saved, tried, settled := p.snapshotDir(), 0, 0
	steps, matters := p.rehearse(saved)
	for i, step := range steps {
		if !matters(step) {
			continue
		}
		p.restoreDir(saved)
		p.die(i + 1)
		tried++
		name := fmt.Sprintf("step %d (%.60s)", i+1, step)
		open := len(p.texts("SELECT run FROM STATE.stages WHERE status = 'open'")) > 0
		if open {
			settled++
			if !slices.ContainsFunc(p.plan().Diagnostics, func(d plan.Diagnostic) bool { return d.Code == "P405" }) {
				t.Errorf("%s: a stage is open, and the plan does not say so", name)
			}
		}
		p.whole(name)
	}
	if tried < 12 || settled < 5 {
		t.Errorf("only %d steps were tried, %d of them in a stage: %q", tried, settled, steps)
	}
}

// lost is a project whose last apply died after everything was sent, and before anything of the updates was heard.
func lost(t *testing.T) *project {
	t.Helper()
	p := doomed(t)
	saved := p.snapshotDir()
	steps, _ := p.rehearse(saved)
	p.die(1 + slices.Index(steps, "hear of update"))
	return p
}

// TestDeathWhileSettling ends the apply that settles another one, before each of its steps.
func TestDeathWhileSettling(t *testing.T) {
	t.Parallel()
	p := lost(t)
	saved := p.snapshotDir()
	steps, matters := p.rehearse(saved)
	for i, step := range steps {
		if matters(step) {
			p.restoreDir(saved)
			p.die(i + 1)
			p.whole(fmt.Sprintf("settling, step %d (%.60s)", i+1, step))
		}
	}
}

// snapshotDir copies the project's files; restoreDir brings them back.
func (p *project) snapshotDir() string {
	p.t.Helper()
	to := p.t.TempDir()
	if err := os.CopyFS(to, os.DirFS(p.dir)); err != nil {
		p.t.Fatal(err)
	}
	return to
}

func (p *project) restoreDir(from string) {
	p.t.Helper()
	if err := os.RemoveAll(p.dir); err != nil {
		p.t.Fatal(err)
	}
	if err := os.CopyFS(p.dir, os.DirFS(from)); err != nil {
		p.t.Fatal(err)
	}
}

func TestPlanShowsAnOpenRunAsIfItWereSettledAndWritesNothing(t *testing.T) {
	t.Parallel()
	p := lost(t)
	runs := p.texts("SELECT run FROM STATE.stages")
	doc := p.plan()
	it := doc.Item("sync.people")
	// Everything has arrived; only the note about the row that left is open.
	if got := counts(it); got != "leave 1, unchanged 5" {
		t.Errorf("the plan says %q (%v)", got, it.Reasons)
	}
	if len(doc.Diagnostics) != 1 || doc.Diagnostics[0].Code != "P405" || !strings.Contains(doc.Diagnostics[0].Detail, runs[0]) ||
		!strings.Contains(doc.Diagnostics[0].Detail, "Of 4 rows, Salesforce holds 4 as written.") {
		t.Errorf("the diagnostics are %+v", doc.Diagnostics)
	}
	if again := p.plan(); again.ID != doc.ID {
		t.Error("a second plan says something else")
	}
	if left := p.texts("SELECT run FROM STATE.stages WHERE status = 'open'"); len(left) != 2 {
		t.Errorf("a plan changed the stages: %v", left)
	}
	p.options.NoRefresh = true
	doc = p.plan()
	if len(doc.Diagnostics) != 1 || !strings.Contains(doc.Diagnostics[0].Detail, "cannot be known without reading") {
		t.Errorf("without refresh: %+v", doc.Diagnostics)
	}
	_, run, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{PlanOptions: p.options})
	if run != nil || !diags.HasErrors() || diags[0].Code != "A201" {
		t.Errorf("an apply without refresh gave %+v, %v", run, diags)
	}
	p.options.NoRefresh = false
	p.whole("after all")
	found, err := engine.Runs(p.load())
	i := slices.IndexFunc(found, func(r plan.Run) bool { return r.Run == runs[0] })
	if err != nil || i < 0 || found[i].Status != "settled" || found[i].Done != (plan.Tally{Create: 2, Update: 2}) || found[i].Org.ID == "" {
		t.Errorf("the runs on record are %+v (%v)", found, err)
	}
	if got := p.texts("SELECT status FROM STATE.runs WHERE run = '" + runs[0] + "'"); strings.Join(got, " ") != "settled" {
		t.Errorf("in the state, the run ended as %v", got)
	}
}

func TestRowsThatDidNotArriveOrWereChangedSinceAreShownAgain(t *testing.T) {
	t.Parallel()
	p := lost(t)
	p.byHand("eve@acme.example", func(h *hand) {
		h.call("PATCH", "/sobjects/Contact/"+h.id("SELECT Id FROM Contact WHERE Code__c = 'A'"), map[string]any{"MailingCity": "Cologne"})
		h.call("DELETE", "/sobjects/Contact/"+h.id("SELECT Id FROM Contact WHERE Code__c = 'D'"), nil)
	})
	p.expect("create 1, update 1, leave 1, unchanged 3", "new_in_model", "field_changed")
	p.whole("after the changes")
}

func TestOpenStageOfAnotherIdentityStaysOpenAndIsTold(t *testing.T) {
	t.Parallel()
	p := lost(t)
	config := peopleHCL("emulator { schema = \"org.schema.json\" }")
	for name, text := range map[string]string{
		"another match field": strings.Replace(config, `"Code__c"`, `"Email"`, 1),
		"no longer declared":  strings.Replace(config, `sync "people"`, `sync "others"`, 1),
	} {
		p.write("main.hcl", text)
		doc := p.plan()
		found := false
		for _, d := range doc.Diagnostics {
			found = found || d.Code == "P405" && strings.Contains(d.Detail, "stays open")
		}
		if !found {
			t.Errorf("%s: the diagnostics are %+v", name, doc.Diagnostics)
		}
	}
	p.write("main.hcl", config)
	p.whole("with the item as it was")
}

func TestMappingThatChangedSinceTheCrashIsSettledAsItWasAndThenPlanned(t *testing.T) {
	t.Parallel()
	p := lost(t)
	config := peopleHCL("emulator { schema = \"org.schema.json\" }")
	p.write("main.hcl", strings.Replace(config, "    Tier__c     = col.tier\n", "    Title       = col.tier\n", 1))
	p.expect("update 5, leave 1", "field_changed")
	p.applied()
	p.write("main.hcl", config)
	p.whole("with the mapping as it was")
}

// TestKilledProcess kills real processes, at a few steps of an apply.
func TestKilledProcess(t *testing.T) {
	if dir := os.Getenv("SIGNALSMITH_TEST_KILL_DIR"); dir != "" {
		at, _ := strconv.Atoi(os.Getenv("SIGNALSMITH_TEST_KILL_AT"))
		p := newProject(t, nil)
		p.dir = dir
		r := &reaper{at: at, kill: func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) }}
		r.watch(p.engine)
		_, _, _ = p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{})
		return
	}
	t.Parallel()
	p := doomed(t)
	saved := p.snapshotDir()
	steps, _ := p.rehearse(saved)
	killed := 0
	for i, step := range steps {
		stages, sent := strings.Contains(step, "stages"), strings.HasPrefix(step, "send") || strings.HasPrefix(step, "hear")
		items := strings.Contains(step, "INSERT") && strings.Contains(step, "items")
		if !stages && !sent && !items {
			continue
		}
		p.restoreDir(saved)
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledProcess$")
		cmd.Env = append(os.Environ(), "SIGNALSMITH_TEST_KILL_DIR="+p.dir, "SIGNALSMITH_TEST_KILL_AT="+strconv.Itoa(i+1))
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("step %d: the process ended with %v: %s", i+1, err, out)
		}
		killed++
		p.whole(fmt.Sprintf("killed at step %d (%.60s)", i+1, step))
	}
	if killed < 6 {
		t.Errorf("only %d processes were killed", killed)
	}
}

// TestRowsWithoutAnAnswerKeepTheirStageOpen lets every write arrive and no answer come back. The run ends in order, and
// does not know what it has done; the next one finds out.
func TestRowsWithoutAnAnswerKeepTheirStageOpen(t *testing.T) {
	t.Parallel()
	var deaf atomic.Bool
	drop := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if deaf.Load() && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/composite") {
				next.ServeHTTP(httptest.NewRecorder(), r)
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, r)
		})
	}
	p, h := served(t, twoPeople, emulator.Options{Intercept: drop})
	deafen := func(*plan.Plan) (bool, error) {
		deaf.Store(true)
		return true, nil
	}
	_, run, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{Confirm: deafen})
	deaf.Store(false)
	if run == nil || run.Failed.Create+run.NotTried.Create != 2 || !diags.HasErrors() {
		t.Fatalf("the run is %+v, %v", run, diags)
	}
	if n := len(h.find("SELECT Id FROM Contact")); n != 2 {
		t.Fatalf("the org holds %d contacts", n)
	}
	doc := p.plan()
	if len(doc.Diagnostics) != 1 || doc.Diagnostics[0].Code != "P405" || counts(doc.Item("sync.people")) != "unchanged 2" {
		t.Errorf("the plan says %q, %+v", counts(doc.Item("sync.people")), doc.Diagnostics)
	}
	if p.apply() != nil {
		t.Error("the next apply wrote something")
	}
	p.empty("after it was settled")
	if got := p.texts("SELECT origin FROM RECORDS"); strings.Join(got, " ") != "created created" {
		t.Errorf("the origins are %v", got)
	}
	if left := p.texts("SELECT run FROM STATE.stages"); len(left) > 0 {
		t.Errorf("a stage is left of %v", left)
	}
	// The run had ended by itself, and its record stays what it was.
	found, err := engine.Runs(p.load())
	if err != nil || len(found) != 1 || found[0].Status != run.Status {
		t.Errorf("the runs on record are %+v (%v)", found, err)
	}
}
