package providertest

import (
	"context"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/providers"
)

func exec(t *testing.T, ws providers.Workspace, sql string) error {
	t.Helper()
	return ws.Exec(t.Context(), providers.Statement{SQL: sql})
}

func must(t *testing.T, ws providers.Workspace, sql string) {
	t.Helper()
	if err := exec(t, ws, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func makeRecords(t *testing.T, ws providers.Workspace) {
	t.Helper()
	d := ws.Dialect()
	name := d.State("records")
	must(t, ws, fmt.Sprintf("CREATE TABLE %s (%s %s, n %s, gone %s)", name, d.Ident("key"), d.Type(providers.TypeText), d.Type(providers.TypeInt),
		d.Type(providers.TypeBool)))
	must(t, ws, "INSERT INTO "+name+" VALUES ('a', 1, false), ('b', 2, false)")
}

func records(t *testing.T, ws providers.Workspace) [][]any {
	t.Helper()
	d := ws.Dialect()
	return rowsOf(t, ws, "SELECT "+d.Ident("key")+", n FROM "+d.State("records")+" ORDER BY 1")
}

// rowsOf reads a whole result: whole numbers as int64, times in UTC.
func rowsOf(t *testing.T, ws providers.Workspace, query string, args ...any) [][]any {
	t.Helper()
	rows, err := ws.Query(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	var all [][]any
	for rows.Next() {
		row, err := scan(rows)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return all
}

// scan reads a row of unknown width.
func scan(rows providers.Rows) ([]any, error) {
	var err error
	for width := 1; width <= 64; width++ {
		row, dest := make([]any, width), make([]any, width)
		for i := range row {
			dest[i] = &row[i]
		}
		if err = rows.Scan(dest...); err != nil {
			continue
		}
		for i, v := range row {
			switch v := v.(type) {
			case int32:
				row[i] = int64(v)
			case int:
				row[i] = int64(v)
			case time.Time:
				row[i] = v.UTC()
			case []byte:
				row[i] = string(v)
			}
		}
		return row, nil
	}
	return nil, err
}

// drain runs a query to its end.
func drain(ctx context.Context, ws providers.Workspace, query string) error {
	rows, err := ws.Query(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
	}
	return rows.Err()
}

// slow is a query that runs for minutes.
func (s *workspaceSuite) slow(t *testing.T, ws providers.Workspace) string {
	t.Helper()
	if s.SlowQuery != "" {
		return s.SlowQuery
	}
	d := ws.Dialect()
	name := d.Temp("slow")
	must(t, ws, d.CreateTemp("slow", "SELECT 1 AS n"))
	for range 12 {
		must(t, ws, "INSERT INTO "+name+" SELECT n + (SELECT count(*) FROM "+name+") FROM "+name)
	}
	return fmt.Sprintf("SELECT count(*) AS n FROM %[1]s AS a, %[1]s AS b, %[1]s AS c, %[1]s AS d WHERE a.n * b.n + c.n * d.n = -1", name)
}

// endless gives n rows and then calls after, and goes on for as long as it is asked.
func endless(n int64, after func() error) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for i := int64(0); ; i++ {
			if i == n && after != nil {
				if err := after(); err != nil {
					yield(nil, err)
					return
				}
			}
			if !yield([]any{i}, nil) {
				return
			}
		}
	}
}

// within waits for an end that must come soon.
func within(t *testing.T, done <-chan error) error {
	t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		t.Fatal("it goes on and on")
		return nil
	}
}
