package providertest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
)

// WorkspaceOptions say what a kind of workspace is like.
type WorkspaceOptions struct {
	// Sources are opened along, and models are proven over the first. Without any it is one named "files" that has no
	// arguments.
	Sources []providers.SourceSpec

	// NoTransactions is said of engines where several statements are executed one by one.
	NoTransactions bool

	// Slow is said of engines where a statement takes a second: they are asked for the same things less often.
	Slow bool

	// SlowQuery runs for minutes and gives one column n; "" is a join of large tables that the suite makes.
	SlowQuery string
}

// Workspace holds a kind of workspace to its contract.
func Workspace(t *testing.T, f providers.WorkspaceFactory, o WorkspaceOptions) {
	if len(o.Sources) == 0 {
		o.Sources = []providers.SourceSpec{{Name: "files"}}
	}
	s := &workspaceSuite{factory: f, WorkspaceOptions: o}
	several := workspaceCase{"statements are executed all or not at all", s.atomic}
	if o.NoTransactions {
		several = workspaceCase{"statements are executed in order up to the first that fails", s.inOrder}
	}
	for _, c := range []workspaceCase{
		{"an absent state is empty and stays absent", s.absent},
		{"what one workspace writes the next one reads", s.persists},
		{"a second writer is refused at once", s.locked},
		{"temp tables end with the workspace", s.temp},
		{"values come back as they were bound", s.values},
		several,
		{"a cancelled statement changes nothing", s.cancelledExec},
		{"a cancelled query ends", s.cancelledQuery},
		{"closing ends what runs", s.closes},
		{"filling a table keeps every value", s.fill},
		{"filling a table tells what went wrong", s.fillFails},
		{"replacing twice is replacing once", s.replace},
		{"a statement whose condition does not hold changes nothing", s.guarded},
		{"names are of any kind", s.names},
		{"queries run side by side", s.concurrent},
		{"a proven model stands in a FROM clause", s.model},
		{"a model that is more than one query is refused", s.refused},
		{"an expression has a type and reaches nothing else", s.check},
	} {
		t.Run(c.name, c.test)
	}
}

type workspaceCase struct {
	name string
	test func(t *testing.T)
}

type workspaceSuite struct {
	WorkspaceOptions
	factory providers.WorkspaceFactory
}

// patience is how long anything may take that must not hang.
const patience = 3 * time.Minute

func (s *workspaceSuite) spec(dir string, write bool) providers.WorkspaceSpec {
	return providers.WorkspaceSpec{Dir: dir, StatePath: filepath.Join("state", "state.db"), Write: write, Sources: s.Sources}
}

func (s *workspaceSuite) open(t *testing.T, dir string, write bool) providers.Workspace {
	t.Helper()
	ws, err := s.factory.Open(t.Context(), s.spec(dir, write))
	if err != nil {
		t.Fatalf("opening: %v", err)
	}
	t.Cleanup(func() {
		if err := ws.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return ws
}

func (s *workspaceSuite) absent(t *testing.T) {
	dir := t.TempDir()
	ws := s.open(t, dir, false)
	tables, err := ws.Tables(t.Context())
	if err != nil || len(tables) != 0 {
		t.Errorf("Tables: %v, %v; want none", tables, err)
	}
	if got := rowsOf(t, ws, "SELECT 1"); !cmp.Equal(got, [][]any{{int64(1)}}) {
		t.Errorf("SELECT 1 gave %v", got)
	}
	if err := ws.Close(); err != nil {
		t.Fatalf("closing: %v", err)
	}
	err = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if path != dir {
			t.Errorf("reading made %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func (s *workspaceSuite) persists(t *testing.T) {
	dir := t.TempDir()
	ws := s.open(t, dir, true)
	makeRecords(t, ws)
	if err := ws.Close(); err != nil {
		t.Fatalf("closing: %v", err)
	}
	if err := ws.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
	if err := exec(t, ws, "SELECT 1"); err == nil {
		t.Error("a closed workspace still works")
	}
	ws = s.open(t, dir, false)
	tables, err := ws.Tables(t.Context())
	if want := map[string][]string{"records": {"key", "n", "gone"}}; err != nil || !cmp.Equal(tables, want) {
		t.Errorf("Tables: %v, %v; want %v", tables, err, want)
	}
	if got, want := records(t, ws), [][]any{{"a", int64(1)}, {"b", int64(2)}}; !cmp.Equal(got, want) {
		t.Errorf("records: %v; want %v", got, want)
	}
	if err := exec(t, ws, "DELETE FROM "+ws.Dialect().State("records")); err == nil {
		t.Error("a workspace that was opened for reading wrote the state")
	}
}

func (s *workspaceSuite) locked(t *testing.T) {
	dir := t.TempDir()
	first := s.open(t, dir, true)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	second, err := s.factory.Open(ctx, s.spec(dir, true))
	if err == nil {
		_ = second.Close()
		t.Fatal("two writers have the state")
	}
	var ds diag.Diagnostics
	if !errors.As(err, &ds) {
		t.Errorf("the refusal is no diagnostic: %v", err)
	}
	if ctx.Err() != nil {
		t.Error("the refusal took too long")
	}
	if err := first.Close(); err != nil {
		t.Fatalf("closing: %v", err)
	}
	_ = s.open(t, dir, true)
}

func (s *workspaceSuite) temp(t *testing.T) {
	dir := t.TempDir()
	ws := s.open(t, dir, true)
	d := ws.Dialect()
	for _, n := range []string{"1", "2"} {
		must(t, ws, d.CreateTemp("work", "SELECT "+n+" AS n"))
	}
	if got := rowsOf(t, ws, "SELECT n FROM "+d.Temp("work")); !cmp.Equal(got, [][]any{{int64(2)}}) {
		t.Errorf("a temp table made twice holds %v; want the second query's row", got)
	}
	if tables, err := ws.Tables(t.Context()); err != nil || len(tables) != 0 {
		t.Errorf("Tables: %v, %v; want no temp table among them", tables, err)
	}
	if err := ws.Close(); err != nil {
		t.Fatalf("closing: %v", err)
	}
	ws = s.open(t, dir, true)
	if err := exec(t, ws, "SELECT n FROM "+d.Temp("work")); err == nil {
		t.Error("a temp table outlived its workspace")
	}
}

func (s *workspaceSuite) values(t *testing.T) {
	ws := s.open(t, t.TempDir(), false)
	d := ws.Dialect()
	at := time.Date(2026, 2, 3, 4, 5, 6, 7000, time.UTC)
	cast := func(typ providers.Type) string { return "CAST(? AS " + d.Type(typ) + ")" }
	query := "SELECT " + cast(providers.TypeText) + ", " + cast(providers.TypeInt) + ", " + cast(providers.TypeBool) + ", " +
		cast(providers.TypeInstant) + ", " + cast(providers.TypeText)
	got := rowsOf(t, ws, query, "it's \"ö\"", int64(-1<<62), true, at, nil)
	if want := [][]any{{"it's \"ö\"", int64(-1 << 62), true, at, nil}}; !cmp.Equal(got, want) {
		t.Errorf("values: %s", cmp.Diff(want, got))
	}
	rows, err := ws.Query(t.Context(), "SELECT no_such_column")
	if err == nil {
		_ = rows.Close()
		t.Error("a query that cannot be prepared gave no error")
	}
}

func (s *workspaceSuite) cancelledQuery(t *testing.T) {
	ws := s.open(t, t.TempDir(), false)
	slow := s.slow(t, ws)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- drain(ctx, ws, slow) }()
	time.AfterFunc(100*time.Millisecond, cancel)
	if err := within(t, done); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled query gave %v", err)
	}
	if got := rowsOf(t, ws, "SELECT 1"); len(got) != 1 {
		t.Errorf("the workspace does not work after a cancelled query: %v", got)
	}
}

func (s *workspaceSuite) closes(t *testing.T) {
	ws := s.open(t, t.TempDir(), true)
	slow := s.slow(t, ws)
	forgotten, err := ws.Query(t.Context(), "SELECT 1")
	if err != nil {
		t.Fatal(err)
	}
	done, closed := make(chan error, 1), make(chan error, 1)
	go func() { done <- drain(t.Context(), ws, slow) }()
	time.Sleep(100 * time.Millisecond)
	go func() { closed <- ws.Close() }()
	if err := within(t, done); err == nil {
		t.Error("a query ended well although its workspace was closed")
	}
	if err := within(t, closed); err != nil {
		t.Errorf("closing: %v", err)
	}
	_ = forgotten.Close()
}

func (s *workspaceSuite) fill(t *testing.T) {
	ws := s.open(t, t.TempDir(), true)
	d := ws.Dialect()
	columns := []providers.Column{
		{Name: "id", Type: providers.TypeInt}, {Name: "by match", Type: providers.TypeBool},
		{Name: "seen", Type: providers.TypeInstant}, {Name: "name", Type: providers.TypeText},
	}
	for _, name := range []string{d.Temp("live"), d.State("live")} {
		at := time.Date(2026, 1, 1, 0, 0, 0, 123456000, time.UTC)
		row := make([]any, len(columns))                   // one slice for all rows: it is the caller's again after each step
		for _, many := range []int64{5000, 0, 3, 50_000} { // each replaces the one before
			n, err := ws.Fill(t.Context(), name, columns, func(yield func([]any, error) bool) {
				for i := range many {
					row[0], row[1], row[2], row[3] = i, i%2 == 0, at.Add(time.Duration(i)*time.Second), fmt.Sprintf("ö%d", i)
					if i%7 == 0 {
						row[1], row[2], row[3] = nil, nil, nil
					}
					if !yield(row, nil) {
						return
					}
				}
			})
			if err != nil || n != many {
				t.Fatalf("filling %s: %d, %v; want %d", name, n, err, many)
			}
			if got := rowsOf(t, ws, "SELECT count(*) FROM "+name); !cmp.Equal(got, [][]any{{many}}) {
				t.Errorf("%v rows in %s; want %d", got, name, many)
			}
		}
		got := rowsOf(t, ws, "SELECT id, "+d.Ident("by match")+", seen, name FROM "+name+" WHERE id IN (6, 7, 49999) ORDER BY id")
		want := [][]any{
			{int64(6), true, at.Add(6 * time.Second), "ö6"},
			{int64(7), nil, nil, nil},
			{int64(49999), false, at.Add(49999 * time.Second), "ö49999"},
		}
		if !cmp.Equal(got, want) {
			t.Errorf("filled into %s: %s", name, cmp.Diff(want, got))
		}
	}
}

func (s *workspaceSuite) fillFails(t *testing.T) {
	ws := s.open(t, t.TempDir(), true)
	d := ws.Dialect()
	name, columns := d.Temp("live"), []providers.Column{{Name: "id", Type: providers.TypeInt}}
	stop := errors.New("the server hung up")
	ctx, cancel := context.WithCancel(t.Context())
	for what, c := range map[string]struct {
		ctx  context.Context
		rows iter.Seq2[[]any, error]
		want error
	}{
		"an error among the rows": {t.Context(), endless(5000, func() error { return stop }), stop},
		"a cancelled context":     {ctx, endless(5000, func() error { cancel(); return nil }), context.Canceled},
	} {
		if _, err := ws.Fill(c.ctx, name, columns, c.rows); !errors.Is(err, c.want) {
			t.Errorf("%s: got the error %v; want %v", what, err, c.want)
		}
	}
	for what, row := range map[string][]any{"too many values": {int64(1), int64(2)}, "a value of another type": {"x"}} {
		rows := func(yield func([]any, error) bool) { yield(row, nil) }
		if _, err := ws.Fill(t.Context(), name, columns, rows); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

func (s *workspaceSuite) concurrent(t *testing.T) {
	ws := s.open(t, t.TempDir(), true)
	d := ws.Dialect()
	must(t, ws, d.CreateTemp("shared", "SELECT 1 AS n"))
	readers, times := 8, 10
	if s.Slow {
		readers, times = 4, 2
	}
	var all sync.WaitGroup
	for range readers {
		all.Go(func() {
			for range times {
				if err := drain(t.Context(), ws, "SELECT n FROM "+d.Temp("shared")); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func (s *workspaceSuite) model(t *testing.T) {
	ws := s.open(t, t.TempDir(), false)
	r, err := ws.Model(t.Context(), providers.ModelSpec{Source: s.Sources[0].Name,
		SQL: "WITH one AS (SELECT 1 AS id, 'a' AS name) SELECT id, name, CAST('2026-01-02' AS DATE) AS born FROM one; -- the end"})
	if err != nil {
		t.Fatal(err)
	}
	if got := rowsOf(t, ws, "SELECT m.name FROM "+r.SQL+" AS m"); !cmp.Equal(got, [][]any{{"a"}}) {
		t.Errorf("the model's rows: %v", got)
	}
	var types []providers.Type
	for _, c := range r.Columns {
		types = append(types, c.Type)
	}
	if want := []providers.Type{providers.TypeInt, providers.TypeText, providers.TypeDate}; !cmp.Equal(types, want) {
		t.Errorf("types: %v; want %v", types, want)
	}
	if r.Column("born") == nil || r.Column("Born") != nil {
		t.Errorf("columns: %v", r.Columns)
	}
}

func (s *workspaceSuite) refused(t *testing.T) {
	ws := s.open(t, t.TempDir(), true)
	makeRecords(t, ws)
	for _, sql := range []string{
		"SELECT 1 AS a; SELECT 2 AS a", "DELETE FROM " + ws.Dialect().State("records"), "SELECT * FROM " + ws.Dialect().State("records"),
		"SELECT key FROM records", "", "SELECT", "SELECT no_such_column", "SELECT 1 AS a) UNION (SELECT 2 AS a", "SELECT 1 AS a, 2 AS a", "SELECT 1 + 1",
	} {
		_, err := ws.Model(t.Context(), providers.ModelSpec{Source: s.Sources[0].Name, SQL: sql})
		var ds diag.Diagnostics
		if !errors.As(err, &ds) || !ds.HasErrors() {
			t.Errorf("%q: %v; want diagnostics", sql, err)
		}
	}
	if got := len(records(t, ws)); got != 2 {
		t.Errorf("%d records are left; want 2", got)
	}
}

func (s *workspaceSuite) check(t *testing.T) {
	ws := s.open(t, t.TempDir(), false)
	r, err := ws.Model(t.Context(), providers.ModelSpec{Source: s.Sources[0].Name, SQL: "SELECT 1 AS n, 'a' AS name"})
	if err != nil {
		t.Fatal(err)
	}
	for expr, want := range map[string]providers.Type{
		"n + 1": providers.TypeInt, "upper(name)": providers.TypeText, "n > 1 AND name = ')'": providers.TypeBool, "n -- why": providers.TypeInt,
	} {
		if c, err := ws.Check(t.Context(), r, expr); err != nil || c.Type != want {
			t.Errorf("%s: %v, %v; want %s", expr, c, err, want)
		}
		if err := drain(t.Context(), ws, "SELECT ("+expr+"\n) FROM "+r.SQL+" AS m"); err != nil {
			t.Errorf("%s, used as it was proven: %v", expr, err)
		}
	}
	for _, expr := range []string{"", "n, 1", "nn", "sum(n)", "count(*)", "row_number() OVER ()", "(SELECT 1)", "n) + (n", "n FROM x", "*", "n AS m", "1); DROP TABLE x; --"} {
		_, err := ws.Check(t.Context(), r, expr)
		var ds diag.Diagnostics
		if !errors.As(err, &ds) || !ds.HasErrors() {
			t.Errorf("%q: %v; want diagnostics", expr, err)
		}
	}
}
