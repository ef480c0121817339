package databricks

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/databricks/thrifttest"
	"github.com/signalsmith/signalsmith/providers/internal/session"
)

// TestStatementsOfUnknownOutcome drops the answers to writes, before and after they are executed.
func TestStatementsOfUnknownOutcome(t *testing.T) {
	for _, drop := range []thrifttest.Drop{thrifttest.DropBefore, thrifttest.DropAfter} {
		for _, word := range []string{"CREATE TABLE", "ALTER TABLE", "INSERT INTO", "UPDATE", "DELETE FROM `main`.`state`.`t`", "MERGE INTO `main`.`state`.`t`"} {
			t.Run(fmt.Sprintf("%s %d", word, drop), func(t *testing.T) {
				var armed atomic.Bool
				f := on(word, 1, thrifttest.Fault{Drop: drop})
				s := warehouse(t, thrifttest.Options{Fault: func(r thrifttest.Request) thrifttest.Fault {
					if !armed.Load() {
						return thrifttest.Fault{}
					}
					return f(r)
				}})
				ws := open(t, s, true)
				armed.Store(true)
				d := ws.Dialect()
				name := d.State("t")
				stmts := []providers.Statement{
					{SQL: "CREATE TABLE IF NOT EXISTS " + name + " (a BIGINT)"},
					{SQL: "ALTER TABLE " + name + " ADD COLUMN b STRING"},
					{SQL: "ALTER TABLE " + name + " ADD COLUMN `c` STRING"},
					{SQL: "INSERT INTO " + name + " VALUES (?, ?, ?)", Args: []any{int64(1), "x", nil}},
					{SQL: "INSERT INTO " + name + " VALUES (?, ?, ?)", Args: []any{int64(1), "x", nil}},
					{SQL: "INSERT INTO " + name + " VALUES (?, ?, ?)", Args: []any{int64(2), "y", "z"}},
					{SQL: "UPDATE " + name + " SET b = ? WHERE a = 2", Args: []any{"yy"}},
					{SQL: "DELETE FROM " + name + " WHERE a = 7"},
					{SQL: d.CreateTemp("s", "SELECT CAST(3 AS BIGINT) AS a, 'w' AS b, false AS gone")},
				}
				for _, sql := range d.Replace("t", "s", []string{"a"}, []string{"a", "b"}) {
					stmts = append(stmts, providers.Statement{SQL: sql})
				}
				if err := ws.Exec(t.Context(), stmts...); err != nil {
					t.Fatal(err)
				}
				got := texts(t, ws, "SELECT CAST(a AS STRING), b, c FROM "+name+" ORDER BY a, b")
				if want := []string{"1 x ∅", "1 x ∅", "2 yy z", "3 w ∅"}; !cmp.Equal(got, want) {
					t.Error(cmp.Diff(want, got))
				}
			})
		}
	}
}

func texts(t *testing.T, ws providers.Workspace, query string) []string {
	t.Helper()
	rows, err := ws.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	cols, _ := rows.(*session.Rows).Columns()
	var all []string
	for rows.Next() {
		row, dest := make([]*string, len(cols)), make([]any, len(cols))
		for i := range row {
			dest[i] = &row[i]
		}
		if err := rows.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		var line []string
		for _, v := range row {
			if v == nil {
				line = append(line, "∅")
			} else {
				line = append(line, *v)
			}
		}
		all = append(all, strings.Join(line, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAnInsertThatCannotBeRepeatedEndsInDoubt(t *testing.T) {
	s := warehouse(t, thrifttest.Options{Fault: on("INSERT INTO", 1, thrifttest.Fault{Drop: thrifttest.DropAfter})})
	ws := open(t, s, true)
	name := ws.Dialect().State("t")
	err := ws.Exec(t.Context(), providers.Statement{SQL: "CREATE TABLE " + name + " (a BIGINT)"},
		providers.Statement{SQL: "INSERT INTO " + name + " SELECT CAST(1 AS BIGINT)"})
	if code(err) != "S304" {
		t.Errorf("got %v", err)
	}
}

func TestLoadsThatLoseAnAnswerLoadOnce(t *testing.T) {
	for _, drop := range []thrifttest.Drop{thrifttest.DropBefore, thrifttest.DropAfter} {
		for _, rows := range []int{10, 2*chunkRows + 10} {
			var armed atomic.Bool
			seen := map[string]bool{}
			s := warehouse(t, thrifttest.Options{Fault: func(r thrifttest.Request) thrifttest.Fault {
				// Every first sending of a statement that writes is lost.
				if armed.Load() && (strings.HasPrefix(r.Statement, "INSERT") && !strings.Contains(r.Statement, "NOT EXISTS") ||
					strings.HasPrefix(r.Statement, "CREATE") && !seen[r.Statement]) {
					seen[r.Statement] = true
					return thrifttest.Fault{Drop: drop}
				}
				return thrifttest.Fault{}
			}})
			ws := open(t, s, true)
			table := ws.Dialect().Temp("t")
			armed.Store(true)
			n, err := ws.Fill(t.Context(), table, []providers.Column{{Name: "n", Type: providers.TypeInt}, {Name: "s", Type: providers.TypeText}}, func(yield func([]any, error) bool) {
				for i := range rows {
					if !yield([]any{int64(i), "a\x1fb\x1ec\x1bd'\\\n" + fmt.Sprint(i)}, nil) {
						return
					}
				}
			})
			if err != nil || n != int64(rows) {
				t.Fatalf("%d rows, %v", n, err)
			}
			got := texts(t, ws, "SELECT CAST(count(*) AS STRING), CAST(count(DISTINCT n) AS STRING), '0', min(s) FROM "+table)
			if want := fmt.Sprintf("%d %d 0 a\x1fb\x1ec\x1bd'\\\n0", rows, rows); got[0] != want {
				t.Errorf("%q; want %q", got[0], want)
			}
		}
	}
}

// loadsOnce loads what has every separator in it, nulls, and values of every type.
func loadsOnce(t *testing.T, s *thrifttest.Server) {
	ws := open(t, s, true)
	table := ws.Dialect().Temp("loaded")
	at := time.Date(1890, 1, 2, 3, 4, 5, 6000, time.UTC)
	rows := [][]any{{int64(1), "a\x1fb\x1ec\x1bd'\\\nö\u2028", true, at, nil}, {nil, nil, nil, nil, nil}, {int64(-1 << 63), "", false, at, nil}}
	columns := []providers.Column{
		{Name: "n", Type: providers.TypeInt}, {Name: "a b", Type: providers.TypeText}, {Name: "b", Type: providers.TypeBool},
		{Name: "seen", Type: providers.TypeInstant}, {Name: "rest", Type: providers.TypeText},
	}
	n, err := ws.Fill(t.Context(), table, columns, func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	})
	if err != nil || n != 3 {
		t.Fatal(n, err)
	}
	got := texts(t, ws, "SELECT CAST(n AS STRING), `a b`, CAST(b AS STRING), CAST(seen AS STRING), rest FROM "+table+" ORDER BY n")
	want := []string{"∅ ∅ ∅ ∅ ∅", "-9223372036854775808  false 1890-01-02 03:04:05.000006 ∅", "1 a\x1fb\x1ec\x1bd'\\\nö\u2028 true 1890-01-02 03:04:05.000006 ∅"}
	if got[0][0:3] != want[0][0:3] { // where nulls go
		got = append(got[2:], got[:2]...)
	}
	if !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

func TestLoadsKeepValues(t *testing.T) { loadsOnce(t, warehouse(t, thrifttest.Options{})) }
