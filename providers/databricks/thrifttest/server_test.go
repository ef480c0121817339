package thrifttest

import (
	"context"
	"database/sql"
	"testing"

	dbsql "github.com/databricks/databricks-sql-go"
	"github.com/databricks/databricks-sql-go/logger"
)

func TestMain(m *testing.M) {
	_ = logger.SetLogLevel("disabled")
	m.Run()
}

// serve starts a server over DuckDB in memory.
func serve(t *testing.T, o Options) *Server {
	t.Helper()
	b, err := DuckDB("")
	if err != nil {
		t.Fatal(err)
	}
	return serveBackend(t, b, o)
}

func serveBackend(t *testing.T, b Backend, o Options) *Server {
	t.Helper()
	s := New(b, o)
	if _, err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// open connects the driver to a server.
func open(t *testing.T, s *Server, options ...dbsql.ConnOption) *sql.DB {
	t.Helper()
	options = append([]dbsql.ConnOption{
		dbsql.WithServerHostname(s.Host()), dbsql.WithPort(s.Port()), dbsql.WithHTTPPath(s.HTTPPath()),
		dbsql.WithAccessToken("secret"),
	}, options...)
	c, err := dbsql.NewConnector(options...)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(c)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func execute(t *testing.T, db *sql.DB, q string, args ...any) sql.Result {
	t.Helper()
	r, err := db.ExecContext(context.Background(), q, args...)
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return r
}

// one gives the only row of a query.
func one(t *testing.T, db *sql.DB, q string, args ...any) []any {
	t.Helper()
	all := table(t, db, q, args...)
	if len(all) != 1 {
		t.Fatalf("%s: %d rows: %v", q, len(all), all)
	}
	return all[0]
}

func table(t *testing.T, db *sql.DB, q string, args ...any) [][]any {
	t.Helper()
	out, err := readAll(db, q, args...)
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return out
}

func readAll(db *sql.DB, q string, args ...any) ([][]any, error) {
	rows, err := db.QueryContext(context.Background(), q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out [][]any
	for rows.Next() {
		row, dest := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			dest[i] = &row[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return out, err
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

func TestTheDriverRunsStatements(t *testing.T) {
	s := serve(t, Options{})
	db := open(t, s)
	if err := db.Ping(); err != nil {
		t.Fatal(err)
	}
	execute(t, db, "CREATE TABLE t (id BIGINT NOT NULL, name STRING) USING DELTA TBLPROPERTIES ('a' = 'b')")
	r := execute(t, db, "INSERT INTO t VALUES (1, 'a'), (2, 'b')")
	if n, _ := r.RowsAffected(); n != 2 {
		t.Errorf("inserted %d", n)
	}
	if got := table(t, db, "SELECT id, name FROM main.default.t ORDER BY id"); len(got) != 2 || got[1][1] != "b" {
		t.Errorf("got %v", got)
	}
	if n := s.Operations(); n != 0 {
		t.Errorf("%d operations are open", n)
	}
}
