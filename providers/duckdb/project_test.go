package duckdb_test

import (
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/duckdb"
)

// body is a source block.
func body(path string, allow ...string) *schema.Body {
	b := &schema.Body{Args: map[string]schema.Value{}}
	if path != "" {
		b.Args["path"] = schema.Value{Value: cty.StringVal(path)}
	}
	if len(allow) > 0 {
		var list []cty.Value
		for _, a := range allow {
			list = append(list, cty.StringVal(a))
		}
		b.Args["allow_paths"] = schema.Value{Value: cty.ListVal(list)}
	}
	return b
}

// project is a directory with the sources "crm" (crm.db and the files), "files" (only files) and "other" (other.db),
// a state that holds a table, an allowed directory beside it, and much that no model may read.
func project(t *testing.T) (dir string, ws providers.Workspace) {
	t.Helper()
	root := t.TempDir()
	dir = filepath.Join(root, "project")
	write(t, dir, map[string]string{
		"customers.csv": "id,name,ltv,loaded_at\n1,Ada,1200.50,2026-01-02 03:04:05\n2,Grace,80.00,2026-01-03 03:04:05\n",
		"semi.txt":      "id;name\n1;x\n", "odd [1]*.csv": "id\n7\n", "odd 1x.csv": "id\n8\n",
		"data/2026-01.csv": "id,month\n1,jan\n", "data/2026-02.csv": "id,month\n2,feb\n", "data/deep/er/2026-03.csv": "id,month\n3,mar\n",
		"people.json": `[{"id": 1, "tags": ["a", "b"]}]`, "events.ndjson": "{\"id\": 1}\n{\"id\": 2}\n",
		".hidden/secret.csv": "secret\n1\n", "data/.secret.csv": "id,month\n9,x\n", ".env.csv": "secret\n1\n", ".signalsmith/runs/failed.csv": "secret\n1\n",
		"../exports/more.csv": "id\n5\n", "../private/secret.csv": "secret\n1\n", "../exports/.hidden.csv": "secret\n1\n",
	})
	for name, to := range map[string]string{
		"outside.csv": "../private/secret.csv", "outside": "../private", "inner.csv": "customers.csv", "runs.csv": ".signalsmith/runs/failed.csv",
		"more.csv": "../exports/more.csv", "hidden.csv": ".hidden/secret.csv", "nowhere.csv": "no such file", "state.csv": ".signalsmith/state.db",
	} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	makeFile(t, dir, "crm.db",
		"CREATE TABLE %s.customers AS SELECT 1 AS id, 'Ada' AS name, 1200.5 AS ltv, {'city': 'Köln', 'zip': 50667} AS address, ['a', 'b'] AS tags, 'jan' AS month",
		`CREATE TABLE %s."Order Items" AS SELECT 1 AS customer_id, 3 AS n`,
		"CREATE SCHEMA %s.sales", "CREATE TABLE %s.sales.orders AS SELECT 1 AS customer_id, 10.5 AS amount",
		"CREATE TYPE %s.tier AS ENUM ('gold', 'silver')",
		"CREATE VIEW %s.vip(customer, worth) AS SELECT id, ltv FROM %s.customers WHERE ltv > 1000",
		"CREATE VIEW %s.sales.totals AS SELECT customer_id, sum(amount) AS total FROM %s.sales.orders GROUP BY 1",
		"CREATE VIEW plain AS SELECT id FROM customers", "CREATE VIEW %s.\"listed (\"\"odd)\"(\"a)b\", c) AS VALUES (1, 2)",
		"CREATE VIEW %s.nested AS SELECT v.customer FROM %s.vip AS v",
		"CREATE VIEW %s.spy AS SELECT table_name AS id FROM duckdb_tables()",
		"CREATE VIEW %s.peek AS SELECT * FROM information_schema.tables",
		"CREATE VIEW %s.leak AS SELECT 1 AS id FROM elsewhere.main.t",
		"CREATE MACRO %s.twice(x) AS x * 2", "CREATE MACRO %s.all_rows() AS TABLE SELECT 1 AS id", "CREATE SEQUENCE %s.counter",
	)
	makeFile(t, dir, "other.db", "CREATE TABLE %s.secrets AS SELECT 1 AS id", "CREATE TABLE %s.customers AS SELECT 'other' AS whose")
	makeFile(t, dir, ".signalsmith/state.db", "CREATE TABLE %s.records AS SELECT 1 AS id")

	ws, err := duckdb.Factory().Open(t.Context(), providers.WorkspaceSpec{Dir: dir, Write: true, Threads: 2, Sources: []providers.SourceSpec{
		{Name: "crm", Body: body("crm.db", "../exports")}, {Name: "files", Body: body("")}, {Name: "other", Body: body("other.db")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ws.Close() })
	if err := ws.Exec(t.Context(), providers.Statement{SQL: ws.Dialect().CreateTemp("plans", "SELECT 1 AS id")}); err != nil {
		t.Fatal(err)
	}
	return dir, ws
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// makeFile makes a DuckDB file as its owner would: statements have %s where the name of its catalog stands.
func makeFile(t *testing.T, dir, name string, stmts ...string) {
	t.Helper()
	full := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", full)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}()
	catalog, _, _ := strings.Cut(filepath.Base(name), ".")
	for _, s := range append([]string{"ATTACH ':memory:' AS elsewhere", "CREATE TABLE elsewhere.t AS SELECT 1 AS id"}, stmts...) {
		if _, err := db.Exec(strings.ReplaceAll(s, "%s", catalog)); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// tree lists every file below a directory with its size.
func tree(t testing.TB, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		all = append(all, fmt.Sprint(path, " ", info.Size()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
