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

func (s *workspaceSuite) atomic(t *testing.T) {
	ws := s.open(t, t.TempDir(), true)
	makeRecords(t, ws)
	name := ws.Dialect().State("records")
	err := ws.Exec(t.Context(),
		providers.Statement{SQL: "DELETE FROM " + name},
		providers.Statement{SQL: "INSERT INTO " + name + " VALUES (?, ?, ?)", Args: []any{"c", int64(3), false}},
		providers.Statement{SQL: "INSERT INTO " + name + " SELECT no_such_column FROM " + name})
	if err == nil {
		t.Fatal("a statement that cannot run gave no error")
	}
	if got, want := records(t, ws), [][]any{{"a", int64(1)}, {"b", int64(2)}}; !cmp.Equal(got, want) {
		t.Errorf("after a failed transaction: %v; want %v", got, want)
	}
	must(t, ws, "INSERT INTO "+name+" VALUES ('d', 4, false)")
	if got := len(records(t, ws)); got != 3 {
		t.Errorf("%d records after the next statement; want 3", got)
	}
}

func (s *workspaceSuite) inOrder(t *testing.T) {
	ws := s.open(t, t.TempDir(), true)
	makeRecords(t, ws)
	name := ws.Dialect().State("records")
	err := ws.Exec(t.Context(),
		providers.Statement{SQL: "DELETE FROM " + name + " WHERE n = 1"},
		providers.Statement{SQL: "INSERT INTO " + name + " SELECT no_such_column, 1, false FROM " + name},
		providers.Statement{SQL: "DELETE FROM " + name})
	if err == nil {
		t.Fatal("a statement that cannot run gave no error")
	}
	if got, want := records(t, ws), [][]any{{"b", int64(2)}}; !cmp.Equal(got, want) {
		t.Errorf("after the second of three statements has failed: %v; want %v", got, want)
	}
}

func (s *workspaceSuite) cancelledExec(t *testing.T) {
	ws := s.open(t, t.TempDir(), true)
	makeRecords(t, ws)
	ctx, cancel := context.WithCancel(t.Context())
	name := ws.Dialect().State("records")
	stmts := []providers.Statement{{SQL: "DELETE FROM " + name}, {SQL: s.slow(t, ws)}}
	if s.NoTransactions {
		stmts = []providers.Statement{{SQL: "INSERT INTO " + name + " SELECT 'slow', n, false FROM (" + stmts[1].SQL + ") AS q"}}
	}
	done := make(chan error, 1)
	go func() { done <- ws.Exec(ctx, stmts...) }()
	time.AfterFunc(100*time.Millisecond, cancel)
	if err := within(t, done); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled statement gave %v", err)
	}
	if got := len(records(t, ws)); got != 2 {
		t.Errorf("%d records after a cancelled transaction; want 2", got)
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

func (s *workspaceSuite) replace(t *testing.T) {
	ws := s.open(t, t.TempDir(), true)
	makeRecords(t, ws)
	d := ws.Dialect()
	must(t, ws, d.CreateTemp("change", "SELECT 'b' AS "+d.Ident("key")+", 20 AS n, false AS gone UNION ALL SELECT 'a', 0, true UNION ALL SELECT 'c', 3, false UNION ALL SELECT 'x', 0, true"))
	for range 2 {
		var stmts []providers.Statement
		for _, sql := range d.Replace("records", "change", []string{"key"}, []string{"key", "n"}) {
			stmts = append(stmts, providers.Statement{SQL: sql})
		}
		if err := ws.Exec(t.Context(), stmts...); err != nil {
			t.Fatal(err)
		}
		if got, want := records(t, ws), [][]any{{"b", int64(20)}, {"c", int64(3)}}; !cmp.Equal(got, want) {
			t.Errorf("records: %v; want %v", got, want)
		}
	}
	// Neither a key of the table nor a new one may stand twice in what replaces it.
	for _, key := range []string{"'b'", "'new'", "NULL"} {
		must(t, ws, d.CreateTemp("change", "SELECT CAST("+key+" AS "+d.Type(providers.TypeText)+") AS "+d.Ident("key")+", 1 AS n, false AS gone UNION ALL SELECT "+key+", 2, false"))
		var stmts []providers.Statement
		for _, sql := range d.Replace("records", "change", []string{"key"}, []string{"key", "n"}) {
			stmts = append(stmts, providers.Statement{SQL: sql})
		}
		if err := ws.Exec(t.Context(), stmts...); err == nil {
			t.Errorf("two rows with the key %s gave no error", key)
		}
		if got, want := records(t, ws), [][]any{{"b", int64(20)}, {"c", int64(3)}}; !cmp.Equal(got, want) {
			t.Errorf("records after two rows with the key %s: %v; want %v", key, got, want)
		}
	}
}

// guarded executes each kind of statement with a condition that holds not, and then one that does.
func (s *workspaceSuite) guarded(t *testing.T) {
	ws := s.open(t, t.TempDir(), true)
	makeRecords(t, ws)
	d := ws.Dialect()
	name, key := d.State("records"), d.Ident("key")
	must(t, ws, d.CreateTemp("change", "SELECT 'r' AS "+key+", 9 AS n, false AS gone"))
	stmts := []providers.Statement{
		{SQL: "INSERT INTO " + name + " (" + key + ", n, gone) VALUES (?, ?, ?)", Args: []any{"c", int64(3), false}},
		{SQL: "INSERT INTO " + name + " (" + key + ", n, gone) VALUES (?, ?, ?)", Args: []any{"d", int64(4), nil}},
		{SQL: "UPDATE " + name + " SET n = ?, gone = ? WHERE " + key + " = ? AND n < ?", Args: []any{int64(30), true, "c", int64(30)}},
		{SQL: "DELETE FROM " + name + " WHERE " + key + " = ?", Args: []any{"a"}},
	}
	for _, sql := range d.Replace("records", "change", []string{"key"}, []string{"key", "n", "gone"}) {
		stmts = append(stmts, providers.Statement{SQL: sql})
	}
	stmts = append(stmts, providers.Statement{SQL: "UPDATE " + name + " SET gone = false"})
	for _, c := range []struct {
		n    string
		want [][]any
	}{
		{"3", [][]any{{"a", int64(1)}, {"b", int64(2)}}},
		{"2", [][]any{{"b", int64(2)}, {"c", int64(30)}, {"d", int64(4)}, {"r", int64(9)}}},
	} {
		for i := range stmts {
			stmts[i].If = "EXISTS (SELECT 1 FROM " + name + " WHERE " + key + " = 'b' AND n = " + c.n + ")"
		}
		if err := ws.Exec(t.Context(), stmts...); err != nil {
			t.Fatal(err)
		}
		if got := records(t, ws); !cmp.Equal(got, c.want) {
			t.Errorf("b is %s: %s", c.n, cmp.Diff(c.want, got))
		}
	}
	if got := rowsOf(t, ws, "SELECT count(*) FROM "+name+" WHERE NOT gone"); !cmp.Equal(got, [][]any{{int64(4)}}) {
		t.Errorf("%v rows were written by the last statement; want 4", got)
	}
}

// names makes columns that no engine takes unquoted, with the table, by adding them, and in a temp table.
func (s *workspaceSuite) names(t *testing.T) {
	ws := s.open(t, t.TempDir(), true)
	d := ws.Dialect()
	name := d.State("odd")
	text := " " + d.Type(providers.TypeText)
	plain, first, more, last := "key", "a key", "it's \"new\" `here`", "x, y; (z) = {1}.ö"
	must(t, ws, "CREATE TABLE "+name+" ("+d.Ident(plain)+text+")")
	must(t, ws, "INSERT INTO "+name+" VALUES ('p')")
	var adds []providers.Statement
	for _, c := range []string{first, more, last} {
		adds = append(adds, providers.Statement{SQL: "ALTER TABLE " + name + " ADD COLUMN " + d.Ident(c) + text})
	}
	if err := ws.Exec(t.Context(), adds...); err != nil {
		t.Fatal(err)
	}
	tables, err := ws.Tables(t.Context())
	if want := map[string][]string{"odd": {plain, first, more, last}}; err != nil || !cmp.Equal(tables, want) {
		t.Errorf("Tables: %v, %v; want %v", tables, err, want)
	}
	columns := []string{first, more, last}
	must(t, ws, d.CreateTemp("odd", fmt.Sprintf("SELECT 'a' AS %s, 'b' AS %s, 'c' AS %s, false AS gone", d.Ident(first), d.Ident(more), d.Ident(last))))
	for range 2 {
		for _, sql := range d.Replace("odd", "odd", columns[:2], columns) {
			must(t, ws, sql)
		}
	}
	got := rowsOf(t, ws, fmt.Sprintf("SELECT %s, %s, %s, %s FROM %s ORDER BY 1", d.Ident(plain), d.Ident(first), d.Ident(more), d.Ident(last), name))
	if want := [][]any{{"p", nil, nil, nil}, {nil, "a", "b", "c"}}; !cmp.Equal(got, want) && !cmp.Equal(got, [][]any{want[1], want[0]}) {
		t.Errorf("got %v; want %v", got, want)
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
