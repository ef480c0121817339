package thrifttest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	dbsql "github.com/databricks/databricks-sql-go"
	dbsqlerr "github.com/databricks/databricks-sql-go/errors"
)

// TestSpark holds the DuckDB backend's answers, and this server's types, against the real engine.
func TestSpark(t *testing.T) {
	python := os.Getenv("SIGNALSMITH_SPARK")
	if python == "" {
		t.Skip("SIGNALSMITH_SPARK names no Python with Spark: see testdata/spark/install.sh")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
	defer cancel()
	b, err := Spark(ctx, python, "../../../testdata/spark/server.py")
	if err != nil {
		t.Fatal(err)
	}
	info, _ := SparkInfoOf(b)
	t.Logf("Spark %s, Delta %v", info.Version, info.Delta)
	s := serveBackend(t, b, Options{DirectWait: time.Minute})
	db := open(t, s, dbsql.WithArrowNativeDecimal(true))

	t.Run("expressions", func(t *testing.T) {
		cases := append(expressions(), hashes()...)
		// One statement for each eight: a statement costs far more than an expression.
		for len(cases) > 0 {
			n := min(8, len(cases))
			var list, want []string
			for i, c := range cases[:n] {
				list = append(list, fmt.Sprintf("%s AS c%d", strings.TrimPrefix(c.sql, "-- comment ' \n "), i))
				want = append(want, c.want)
			}
			r, err := b.Execute(ctx, "SELECT "+strings.Join(list, ", "), nil)
			if err != nil {
				for _, c := range cases[:n] {
					if got := text(t, b, "SELECT "+c.sql); got != c.want {
						t.Errorf("%s\n is %s\nwant %s", c.sql, got, c.want)
					}
				}
			} else {
				for i := range want {
					if got := jsonAt(r.Batches[0].Column(i), 0); got != want[i] {
						t.Errorf("%s\n is %s\nwant %s", cases[i].sql, got, want[i])
					}
				}
			}
			cases = cases[n:]
		}
	})
	t.Run("types", func(t *testing.T) {
		at := time.Date(2024, 2, 29, 12, 34, 56, 789012000, time.UTC)
		want := fmt.Sprint(true, int8(1), int16(2), int32(3), int64(4), float32(1.5), 2.5, "12345678901234567890.123", "text",
			[]byte{0, 255}, time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), at, at, `["a",null,"c"]`, `{"x":1,"y":"z"}`,
			`{"k":1.5}`, nil)
		if got := fmt.Sprint(one(t, db, everyType)...); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if got := one(t, db, "SELECT NULL AS nothing"); got[0] != nil {
			t.Errorf("got %v", got)
		}
		if got := fmt.Sprint(one(t, db, "SELECT ?, ?, ?", "it's \\", int64(7), nil)); got != `[it's \ 7 <nil>]` {
			t.Errorf("got %s", got)
		}
	})
	if !info.Delta {
		return
	}
	t.Run("queries", func(t *testing.T) {
		for _, c := range queries() {
			got := text(t, b, c.sql)
			// Open Delta does not count what INSERT and CREATE TABLE AS write.
			if got != c.want && !strings.HasPrefix(c.sql, "INSERT") && !strings.HasPrefix(c.sql, "CREATE") {
				t.Errorf("%s\n is %s\nwant %s", c.sql, got, c.want)
			}
		}
	})
	t.Run("duplicate matches", func(t *testing.T) { duplicates(t, b) })
	t.Run("errors", func(t *testing.T) {
		execute(t, db, "CREATE TABLE e (a INT NOT NULL, s STRING) USING DELTA")
		execute(t, db, "INSERT INTO e VALUES (1, 'x')")
		for _, c := range []struct{ sql, state, class string }{
			{"SELECT * FROM nowhere", "42P01", "[TABLE_OR_VIEW_NOT_FOUND]"},
			{"SELECT b FROM e", "42703", "[UNRESOLVED_COLUMN.WITH_SUGGESTION]"},
			{"SELECT 1 / (a - 1) FROM e", "22012", "[DIVIDE_BY_ZERO]"},
			{"SELECT CAST(s AS INT) FROM e", "22018", "[CAST_INVALID_INPUT]"},
			{"SELECT * FORM t x", "42601", "[PARSE_SYNTAX_ERROR]"},
			{"SELECT no_such_function(1)", "42883", "[UNRESOLVED_ROUTINE]"},
			{"INSERT INTO e VALUES (NULL, 'x')", "23502", "[DELTA_NOT_NULL_CONSTRAINT_VIOLATED]"},
			{"SELECT 9223372036854775807L + 1L", "22003", "[ARITHMETIC_OVERFLOW"},
		} {
			_, err := readAll(db, c.sql)
			var e dbsqlerr.DBExecutionError
			if !errors.As(err, &e) || e.SqlState() != c.state || !strings.Contains(err.Error(), c.class) {
				t.Errorf("%s: %v (%v)", c.sql, err, e)
			}
		}
	})
	t.Run("concurrent merges conflict", func(t *testing.T) {
		execute(t, db, "CREATE TABLE c (id BIGINT, v BIGINT) USING DELTA")
		execute(t, db, "INSERT INTO c SELECT id, 0 FROM range(0, 1000)")
		done := make(chan error, 4)
		for i := range 4 {
			go func() {
				_, err := db.Exec("MERGE INTO c t USING (SELECT id, ? AS v FROM range(0, 1000)) s ON t.id = s.id "+
					"WHEN MATCHED THEN UPDATE SET v = s.v", int64(i))
				done <- err
			}()
		}
		won := 0
		for range 4 {
			err := <-done
			if err == nil {
				won++
				continue
			}
			var e dbsqlerr.DBExecutionError
			if !errors.As(err, &e) || !strings.Contains(err.Error(), "[DELTA_CONCURRENT_") || e.SqlState() == "HY000" {
				t.Errorf("got %v", err)
			} else {
				t.Logf("state %s", e.SqlState())
			}
		}
		t.Logf("%d of 4 merges won", won)
		if won == 0 {
			t.Error("nobody won")
		}
	})
	t.Run("cancelling", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		_, err := b.Execute(ctx, "SELECT sum(id % 7) FROM range(0, 1000000000000L, 1, 4)", nil)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		begin := time.Now()
		text(t, b, "SELECT count(*) FROM range(0, 10)")
		if d := time.Since(begin); d > time.Minute {
			t.Errorf("the next statement took %s", d)
		}
	})
}
