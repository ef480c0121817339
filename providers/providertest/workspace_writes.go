package providertest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/signalsmith/signalsmith/providers"
)

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
	must(t, ws, "CREATE TABLE "+d.State("guard")+" (n "+d.Type(providers.TypeInt)+")")
	must(t, ws, "INSERT INTO "+d.State("guard")+" VALUES (2)")
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
			stmts[i].If = "EXISTS (SELECT 1 FROM " + d.State("guard") + " WHERE n = " + c.n + ")"
		}
		if err := ws.Exec(t.Context(), stmts...); err != nil {
			t.Fatal(err)
		}
		if got := records(t, ws); !cmp.Equal(got, c.want) {
			t.Errorf("if it is %s: %s", c.n, cmp.Diff(c.want, got))
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
