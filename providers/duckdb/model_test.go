package duckdb_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/diag"
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

func TestModelsOfManyKindsAreProven(t *testing.T) {
	_, ws := project(t)
	for _, c := range []struct{ source, sql, want string }{
		{"crm", "SELECT id, name FROM customers", "id int, name text"},
		{"crm", "from customers select id; -- the end", "id int"},
		{"crm", "SELECT c.id /* a ; and a ' */ FROM main.customers AS c -- ) comment", "id int"},
		{"crm", "SELECT crm.main.customers.id FROM crm.main.customers", "id int"},
		{"crm", "SELECT crm.customers.id FROM crm.customers", "id int"},
		{"crm", "SELECT CRM.Main.Customers.ID FROM Crm.MAIN.Customers", "id int"},
		{"crm", `SELECT "customer_id" AS "weird ""name" FROM "Order Items"`, `weird "name int`},
		{"crm", "SELECT * FROM sales.orders", "customer_id int, amount decimal"},
		{"crm", "SELECT * FROM vip", "customer int, worth decimal"},
		{"crm", "SELECT plain.id, l.* FROM plain, \"listed (\"\"odd)\" AS l", "id int, a)b int, c int"},
		{"crm", "SELECT v.customer FROM main.vip AS v(customer) WHERE v.worth > 1", "customer int"},
		{"crm", "SELECT * FROM nested JOIN sales.totals t ON t.customer_id = nested.customer", "customer int, customer_id int, total decimal"},
		{"crm", "SELECT address.city, address['zip'] AS zip, tags[1] AS tag, address FROM customers", "city text, zip int, tag text, address other"},
		{"crm", "SELECT customers.address.city AS city FROM customers", "city text"},
		{"crm", "SELECT * EXCLUDE (address, tags) REPLACE (upper(name) AS name) RENAME (ltv AS value) FROM customers", "id int, name text, value decimal, month text"},
		{"crm", "SELECT COLUMNS('^(id|name)$') FROM customers", "id int, name text"},
		{"crm", "SELECT COLUMNS(c -> c LIKE 'i%') FROM customers", "id int"},
		{"crm", "SELECT id, row_number() OVER (PARTITION BY name ORDER BY ltv DESC NULLS LAST) AS nth FROM customers QUALIFY nth = 1", "id int, nth int"},
		{"crm", "SELECT id, sum(ltv) OVER w AS running FROM customers WINDOW w AS (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES)", "id int, running decimal"},
		{"crm", "WITH a AS (SELECT * FROM customers), b AS (SELECT id FROM a WHERE id IN (SELECT customer_id FROM sales.orders)) SELECT * FROM b", "id int"},
		{"crm", "WITH customers AS (SELECT id FROM customers WHERE ltv > 0) SELECT * FROM customers", "id int"},
		{"crm", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n", "i int"},
		{"crm", "WITH RECURSIVE n(i) USING KEY (i) AS (SELECT 1 UNION SELECT i FROM recurring.n WHERE false) SELECT i FROM n", "i int"},
		{"crm", "SELECT c.id, o.total FROM customers c LEFT JOIN LATERAL (SELECT sum(amount) AS total FROM sales.orders WHERE customer_id = c.id) o ON true", "id int, total decimal"},
		{"crm", "SELECT c.id, u.tag FROM customers c, unnest(c.tags) AS u(tag)", "id int, tag text"},
		{"crm", "SELECT id, unnest(tags) AS tag FROM customers", "id int, tag text"},
		{"crm", "SELECT list_transform(list_filter(tags, x -> x <> 'b'), lambda x: upper(x)) AS l, [x || '!' for x in tags if x = 'a'] AS m FROM customers", "l other, m other"},
		{"crm", "(SELECT id FROM customers UNION ALL BY NAME SELECT customer_id AS id FROM sales.orders) EXCEPT SELECT 7 INTERSECT SELECT 8 ORDER BY 1 LIMIT 3 OFFSET 1", "id int"},
		{"crm", "SELECT name, count(*) AS n, string_agg(DISTINCT name, ',' ORDER BY name) FILTER (WHERE ltv > 1) AS names FROM customers GROUP BY ROLLUP (name) HAVING count(*) > 0", "name text, n int, names text"},
		{"crm", "SELECT name, sum(ltv) AS s FROM customers GROUP BY ALL ORDER BY ALL LIMIT 10%", "name text, s decimal"},
		{"crm", "SELECT DISTINCT ON (name) name, id FROM customers ORDER BY name, id", "name text, id int"},
		{"crm", "FROM customers PIVOT (sum(ltv) FOR month IN ('jan', 'feb') GROUP BY id)", "id int, jan decimal, feb decimal"},
		{"crm", "SELECT * FROM (PIVOT (SELECT id, month, ltv FROM customers) ON month IN ('jan') USING sum(ltv))", "id int, jan decimal"},
		{"crm", "SELECT id, k, v FROM (SELECT id, name, month FROM customers) UNPIVOT (v FOR k IN (name, month))", "id int, k text, v text"},
		{"crm", "SELECT CASE WHEN ltv > 1000 THEN 'gold' ELSE 'silver' END::tier AS tier, CAST('gold' AS main.tier) AS other FROM customers", "tier text, other text"},
		{"crm", "SELECT id FROM customers c WHERE EXISTS (SELECT 1 FROM sales.orders o WHERE o.customer_id = c.id) AND c.id = ANY (SELECT id FROM customers)", "id int"},
		{"crm", "SELECT a.id FROM customers a ASOF LEFT JOIN customers b ON a.id >= b.id SEMI JOIN sales.orders o ON o.customer_id = a.id", "id int"},
		{"crm", "SELECT id FROM customers TABLESAMPLE reservoir(10 ROWS) REPEATABLE (42)", "id int"},
		{"crm", "SELECT x.id FROM (VALUES (1, 'a'), (2, 'b')) AS x(id, name)", "id int"},
		{"crm", "SELECT TRY(1 / id) AS q, coalesce(name, 'x') AS n, ltv BETWEEN 1 AND 2 AS b, name COLLATE NOCASE AS c, INTERVAL 3 DAY + DATE '2026-01-01' AS d, now() AS at, current_date AS today, NULL AS nothing, ARRAY(SELECT 1) AS l FROM customers",
			"q float, n text, b bool, c text, d timestamp, at timestamptz, today date, nothing int, l other"},
		{"crm", "SELECT 123456789012345678901234567890 AS big, 1.5e300 AS f, -0.0 AS d, 'it''s' AS t, $$dollar$$ AS u, E'a\\nb' AS e", "big int, f float, d decimal, t text, u text, e text"},
		{"crm", "SELECT c.*, more.id AS more FROM customers c JOIN '../exports/more.csv' more ON true", "id int, name text, ltv decimal, address other, tags other, month text, more int"},
		{"files", "SELECT id, name, loaded_at FROM read_csv('customers.csv')", "id int, name text, loaded_at timestamp"},
		{"files", "SELECT * FROM read_csv('customers.csv', header = true, delim := ',', columns = {'id': 'VARCHAR', 'name': 'VARCHAR', 'ltv': 'DECIMAL(10,2)', 'loaded_at': 'TIMESTAMP'}, nullstr = '', ignore_errors => true)",
			"id text, name text, ltv decimal, loaded_at timestamp"},
		{"files", "SELECT * FROM read_csv('./semi.txt', delim = ';', all_varchar = true)", "id text, name text"},
		{"files", "SELECT id FROM 'customers.csv' WHERE id > 1", "id int"},
		{"files", "SELECT customers.id FROM 'customers.csv'", "id int"},
		{"files", "SELECT id, filename FROM read_csv('data/*.csv', filename = true, union_by_name = true)", "id int, filename text"},
		{"files", "SELECT id FROM read_csv(['data/2026-0[12].csv', 'data/**/2026-03.csv'])", "id int"},
		{"files", "SELECT id FROM 'odd [1]*.csv'", "id int"},
		{"files", "SELECT id FROM 'inner.csv'", "id int"},
		{"files", "SELECT id, unnest(tags) AS tag FROM read_json('people.json')", "id int, tag text"},
		{"files", "SELECT e.id, j.value FROM read_ndjson('events.ndjson') e, json_each('{\"a\": 1}') j", "id int, value text"},
		{"files", "SELECT range AS n FROM range(10) UNION ALL SELECT generate_series FROM generate_series(1, 3)", "n int"},
		{"files", "VALUES (1, 'a'), (2, 'b')", "col0 int, col1 text"},
		{"files", "SELECT 1 AS id, $$'; DROP TABLE x; --$$ AS text", "id int, text text"},
		{"other", "SELECT * FROM customers", "whose text"},
	} {
		r, err := ws.Model(t.Context(), providers.ModelSpec{Source: c.source, SQL: c.sql})
		if err != nil {
			t.Errorf("%s\n  %v", c.sql, err)
			continue
		}
		var got []string
		for _, col := range r.Columns {
			got = append(got, col.Name+" "+string(col.Type))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s\n  columns %s\n     want %s", c.sql, strings.Join(got, ", "), c.want)
		}
		rows, err := ws.Query(t.Context(), "SELECT count(*) FROM "+r.SQL+" AS m, (SELECT 1) AS other")
		if err != nil {
			t.Errorf("%s\n  as %s\n  %v", c.sql, r.SQL, err)
			continue
		}
		for rows.Next() {
		}
		if err := rows.Err(); err != nil {
			t.Errorf("%s\n  as %s\n  %v", c.sql, r.SQL, err)
		}
		_ = rows.Close()
	}
}

func TestPathsMeanTheFilesTheyName(t *testing.T) {
	dir, ws := project(t)
	t.Chdir(t.TempDir()) // paths start at the configuration, not at the process
	for sql, want := range map[string]string{
		"SELECT string_agg(id, ',' ORDER BY id) AS v FROM 'odd [1]*.csv'":                 "7",
		"SELECT string_agg(id, ',' ORDER BY id) AS v FROM 'odd *.csv'":                    "7,8",
		"SELECT string_agg(id, ',' ORDER BY id) AS v FROM 'data/*.csv'":                   "1,2",
		"SELECT string_agg(id, ',' ORDER BY id) AS v FROM 'data/**/*.csv'":                "1,2,3",
		"SELECT string_agg(id, ',' ORDER BY id) AS v FROM 'd*/d?ep/[e-f]*/*.csv'":         "3",
		"SELECT string_agg(id, ',' ORDER BY id) AS v FROM '../exports/*.csv'":             "5",
		"SELECT string_agg(id, ',' ORDER BY id) AS v FROM '" + dir + "/data/2026-01.csv'": "1",
	} {
		r, err := ws.Model(t.Context(), providers.ModelSpec{Source: "crm", SQL: sql})
		if err != nil {
			t.Errorf("%s\n  %v", sql, err)
			continue
		}
		rows, err := ws.Query(t.Context(), "SELECT * FROM "+r.SQL)
		if err != nil {
			t.Errorf("%s\n  %v", sql, err)
			continue
		}
		var got string
		for rows.Next() {
			_ = rows.Scan(&got)
		}
		if got != want || rows.Err() != nil {
			t.Errorf("%s\n  gives %s, %v; want %s", sql, got, rows.Err(), want)
		}
		_ = rows.Close()
	}
}

func TestTablesAreNamedPartByPart(t *testing.T) {
	_, ws := project(t)
	for table, ok := range map[string]bool{
		"customers": true, "main.customers": true, "crm.main.customers": true, "CRM.customers": true, "sales.orders": true, `"Order Items"`: true,
		`main."Order Items"`: true, "vip": true, "Order Items": false, "state.main.records": false, "records": false, "other.main.secrets": false,
		"memory.work.plans": false, "customers; DROP TABLE x": false, "customers)": false, `"customers`: false, "": false, "a.b.c.d": false, "duckdb_tables": false,
	} {
		m := providers.ModelSpec{Source: "crm", Table: table}
		if _, err := ws.Model(t.Context(), m); (err == nil) != ok {
			t.Errorf("table %s: %v", table, err)
		}
	}
}

func TestAttacksAreRefused(t *testing.T) {
	dir, ws := project(t)
	private := filepath.Join(filepath.Dir(dir), "private", "secret.csv")
	attacks := map[string]string{ // SQL: code
		"SELECT 1 AS a; SELECT 2 AS a":                                "M201",
		"COPY customers TO 'stolen.csv'; SELECT 1 AS a":               "M201",
		"COPY (SELECT 1) TO 'stolen.csv'":                             "M201",
		"SELECT 1 AS a; COPY customers TO 'stolen.csv'":               "M201",
		"SELECT 1 AS a) TO 'stolen.csv'; --":                          "M202",
		"SELECT 1 AS a) UNION ALL (SELECT id FROM state.main.records": "M202",
		"SELECT 1 AS a /* */ ; -- \n DETACH crm":                      "M201",
		"ATTACH 'stolen.db'":                                          "M201",
		"DETACH other":                                                "M201",
		"INSTALL httpfs":                                              "M201",
		"LOAD httpfs":                                                 "M201",
		"PRAGMA database_list":                                        "M201",
		"SET threads = 1":                                             "M201",
		"RESET lock_configuration":                                    "M201",
		"USE other":                                                   "M201",
		"CALL pragma_version()":                                       "M201",
		"EXPORT DATABASE 'stolen'":                                    "M201",
		"IMPORT DATABASE 'stolen'":                                    "M201",
		"CHECKPOINT":                                                  "M201",
		"VACUUM":                                                      "M201",
		"EXPLAIN ANALYZE SELECT 1":                                    "M201",
		"PREPARE x AS SELECT 1":                                       "M201",
		"EXECUTE x":                                                   "M201",
		"CREATE TABLE x AS SELECT 1":                                  "M201",
		"CREATE MACRO f() AS 1":                                       "M201",
		"DELETE FROM customers":                                       "M201",
		"UPDATE customers SET id = 2":                                 "M201",
		"INSERT INTO customers SELECT * FROM customers":               "M201",
		"WITH x AS (DELETE FROM customers RETURNING *) SELECT * FROM x": "M202",
		"PIVOT customers ON month USING sum(ltv)":                       "M201",
		"SELECT * FROM (PIVOT customers ON month USING sum(ltv))":       "M201",
		"WITH p AS (PIVOT customers ON month USING sum(ltv)) FROM p":    "M201",
		"FROM customers PIVOT (sum(ltv) FOR month IN tier)":             "M201",
		"DESCRIBE customers":                                              "M206",
		"SELECT * FROM (DESCRIBE customers)":                              "M206",
		"SELECT * FROM (SHOW ALL TABLES)":                                 "M206",
		"SUMMARIZE customers":                                             "M206",
		"SELECT * FROM customers AT (VERSION => 1)":                       "M206",
		"SELECT ? AS a":                                                   "M206",
		"SELECT $x AS a":                                                  "M206",
		"SELECT id FROM other.main.secrets":                               "M203",
		"SELECT id FROM other.secrets":                                    "M207",
		"SELECT id FROM secrets":                                          "M207",
		`SELECT id FROM "source other".main.secrets`:                      "M203",
		`SELECT id FROM "source crm".main.customers`:                      "M203",
		"SELECT id FROM state.main.records":                               "M203",
		"SELECT id FROM state.records":                                    "M207",
		"SELECT id FROM records":                                          "M207",
		"SELECT id FROM memory.work.plans":                                "M203",
		"SELECT id FROM work.plans":                                       "M207",
		"SELECT id FROM plans":                                            "M207",
		"SELECT id FROM temp.main.plans":                                  "M203",
		"SELECT * FROM system.main.duckdb_tables":                         "M203",
		"SELECT * FROM duckdb_tables":                                     "M203",
		"SELECT * FROM duckdb_tables()":                                   "M204",
		"SELECT * FROM system.main.duckdb_settings()":                     "M204",
		"SELECT * FROM duckdb_secrets()":                                  "M204",
		"SELECT * FROM information_schema.tables":                         "M203",
		"SELECT * FROM pg_catalog.pg_tables":                              "M203",
		"SELECT * FROM sqlite_master":                                     "M203",
		"SELECT * FROM pragma_table_info('customers')":                    "M204",
		"SELECT * FROM pragma_storage_info('customers')":                  "M204",
		"SELECT * FROM read_text('customers.csv')":                        "M204",
		"SELECT * FROM read_text('**/*')":                                 "M204",
		"SELECT * FROM read_blob('.signalsmith/state.db')":                "M204",
		"SELECT * FROM read_duckdb('other.db')":                           "M204",
		"SELECT * FROM glob('**')":                                        "M204",
		"SELECT * FROM sniff_csv('customers.csv')":                        "M204",
		"SELECT * FROM parquet_metadata('x.parquet')":                     "M204",
		"SELECT * FROM query('SELECT 1 AS a')":                            "M204",
		"SELECT * FROM query_table('customers')":                          "M204",
		"SELECT * FROM query_table(['customers'])":                        "M204",
		"SELECT * FROM histogram(customers, id)":                          "M204",
		"SELECT * FROM json_execute_serialized_sql('{}')":                 "M204",
		"SELECT * FROM seq_scan('customers')":                             "M204",
		"SELECT * FROM which_secret('x', 's3')":                           "M204",
		"SELECT * FROM test_all_types()":                                  "M204",
		"SELECT * FROM no_such_function()":                                "M204",
		"SELECT * FROM crm.main.all_rows()":                               "M204",
		"SELECT crm.main.twice(1) AS a":                                   "M204",
		"SELECT twice(1) AS a":                                            "M204",
		"SELECT getenv('HOME') AS a":                                      "M204",
		"SELECT current_setting('temp_directory') AS a":                   "M204",
		"SELECT getvariable('x') AS a":                                    "M204",
		"SELECT current_query() AS a":                                     "M204",
		"SELECT pg_get_viewdef(1) AS a":                                   "M204",
		"SELECT format_type(1, 2) AS a":                                   "M204",
		"SELECT nextval('counter') AS a":                                  "M204",
		"SELECT setseed(0.5) AS a":                                        "M204",
		"SELECT sleep_ms(10000) AS a":                                     "M204",
		"SELECT write_log('x') AS a":                                      "M204",
		"SELECT json_serialize_plan('SELECT 1') AS a":                     "M204",
		"SELECT list_transform([1], x -> getenv('HOME')) AS a":            "M204",
		"SELECT list_transform(['a'], lambda x: current_setting(x)) AS a": "M204",
		"SELECT (SELECT id FROM state.main.records) AS a":                 "M203",
		"SELECT 1 AS a WHERE EXISTS (SELECT 1 FROM duckdb_tables())":      "M204",
		"SELECT 1 AS a WHERE 1 IN (SELECT id FROM other.main.secrets)":    "M203",
		"WITH x AS (SELECT * FROM state.main.records) SELECT * FROM x":    "M203",
		"WITH x AS (WITH y AS (FROM read_text('a')) FROM y) FROM x":       "M204",
		"WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT id FROM state.main.records) FROM x":   "M203",
		"SELECT * FROM customers c, LATERAL (SELECT * FROM glob(c.name))":                          "M204",
		"VALUES ((SELECT content FROM read_text('customers.csv')))":                                "M204",
		"SELECT id FROM customers ORDER BY (SELECT id FROM state.main.records)":                    "M203",
		"SELECT id FROM customers LIMIT (SELECT id FROM state.main.records)":                       "M203",
		"SELECT id FROM customers GROUP BY id HAVING (SELECT count(*) FROM duckdb_settings()) > 0": "M204",
		"SELECT id FROM customers QUALIFY row_number() OVER (ORDER BY getenv('HOME')) = 1":         "M204",
		"SELECT count(*) FILTER (WHERE getenv('HOME') = 'x') AS n FROM customers":                  "M204",
		"SELECT string_agg(name, ',' ORDER BY getenv('HOME')) AS n FROM customers":                 "M204",
		"SELECT DISTINCT ON ((SELECT id FROM state.main.records)) id FROM customers":               "M203",
		"SELECT id FROM customers JOIN customers b ON b.id = (SELECT 1 FROM duckdb_tables())":      "M204",
		"SELECT * REPLACE (getenv('HOME') AS name) FROM customers":                                 "M204",
		"SELECT COLUMNS(c -> c = current_setting('x')) FROM customers":                             "M204",
		"SELECT CASE WHEN true THEN (SELECT 1 FROM other.main.secrets) END AS a":                   "M203",
		"SELECT 1 AS a UNION SELECT id FROM state.main.records":                                    "M203",
		"FROM customers PIVOT (sum((SELECT id FROM state.main.records)) FOR month IN ('jan'))":     "M203",
		"SELECT unnest((SELECT list(id) FROM state.main.records)) AS a":                            "M203",
		"SELECT * FROM unnest((SELECT list(id) FROM state.main.records))":                          "M203",
		"SELECT * FROM range((SELECT count(*) FROM state.main.records))":                           "M203",
		"WITH duckdb_tables AS (SELECT 1 AS a) SELECT * FROM duckdb_tables":                        "M206",
		"WITH \"customers.csv\" AS (SELECT 1 AS a) SELECT * FROM \"customers.csv\"":                "M206",
		"SELECT CAST('x' AS other.main.kind) AS a":                                                 "M203",
		"SELECT id FROM spy":                   "M204",
		"SELECT id FROM peek":                  "M203",
		"SELECT id FROM leak":                  "M203",
		"SELECT id FROM (SELECT * FROM spy) x": "M204",

		"SELECT * FROM '../private/secret.csv'":                                                "M205",
		"SELECT * FROM '" + private + "'":                                                      "M205",
		"SELECT * FROM read_csv('" + private + "')":                                            "M205",
		"SELECT * FROM read_csv('../private/*.csv')":                                           "M205",
		"SELECT * FROM read_csv('../*/*.csv')":                                                 "M205",
		"SELECT * FROM read_csv('data/../../private/secret.csv')":                              "M205",
		"SELECT * FROM read_csv('/etc/passwd', delim = ':')":                                   "M205",
		"SELECT * FROM read_csv('/**/*.csv')":                                                  "M205",
		"SELECT * FROM read_csv(['customers.csv', '../private/secret.csv'])":                   "M205",
		"SELECT * FROM read_csv('customers.csv', '../private/secret.csv')":                     "M205",
		"SELECT * FROM 'outside.csv'":                                                          "M205",
		"SELECT * FROM 'outside/secret.csv'":                                                   "M205",
		"SELECT * FROM read_csv('outside/*.csv')":                                              "M205",
		"SELECT * FROM read_csv('*.csv')":                                                      "M205",
		"SELECT * FROM read_csv('*/secret.csv')":                                               "M205",
		"SELECT * FROM 'runs.csv'":                                                             "M205",
		"SELECT * FROM 'hidden.csv'":                                                           "M205",
		"SELECT * FROM 'state.csv'":                                                            "M205",
		"SELECT * FROM '.hidden/secret.csv'":                                                   "M205",
		"SELECT * FROM '.env.csv'":                                                             "M205",
		"SELECT * FROM '../exports/.hidden.csv'":                                               "M205",
		"SELECT * FROM read_csv('.signalsmith/runs/failed.csv')":                               "M205",
		"SELECT * FROM read_csv('.*/runs/*.csv')":                                              "M209",
		"SELECT * FROM read_csv('.signalsmith/**/*.csv')":                                      "M205",
		"SELECT * FROM read_csv('**/failed.csv')":                                              "M209",
		"SELECT * FROM read_csv('[.]signalsmith/runs/failed.csv')":                             "M209",
		"SELECT * FROM read_csv('.signalsmith/state.db')":                                      "M205",
		"SELECT * FROM 'https://example.com/x.csv'":                                            "M205",
		"SELECT * FROM read_parquet('s3://bucket/x.parquet')":                                  "M205",
		"SELECT * FROM read_csv('file:///etc/passwd')":                                         "M205",
		"SELECT * FROM read_csv('file:customers.csv')":                                         "M205",
		"SELECT * FROM read_csv('~/x.csv')":                                                    "M205",
		"SELECT * FROM read_csv('')":                                                           "M205",
		"SELECT * FROM read_csv([])":                                                           "M205",
		"SELECT * FROM read_csv('customers' || '.csv')":                                        "M205",
		"SELECT * FROM read_csv((SELECT 'customers.csv'))":                                     "M205",
		"SELECT * FROM read_csv(concat('/etc/', 'passwd'))":                                    "M205",
		"SELECT f.* FROM (SELECT 'customers.csv' AS p) x, read_csv(x.p) f":                     "M205",
		"SELECT * FROM read_csv('customers.csv', store_rejects = true)":                        "M204",
		"SELECT * FROM read_csv('customers.csv', rejects_table = 'x', ignore_errors = true)":   "M204",
		"SELECT * FROM read_parquet('customers.csv', encryption_config = {'footer_key': 'x'})": "M204",
		"SELECT * FROM read_csv('customers.csv', columns = {'id': getenv('HOME')})":            "M204",
		"SELECT * FROM system.main.read_csv('" + private + "')":                                "M205",
		"SELECT * FROM main.read_csv('" + private + "')":                                       "M205",
		"SELECT * FROM READ_CSV('" + private + "')":                                            "M205",
		"SELECT * FROM \"read_csv\"('" + private + "')":                                        "M205",
	}
	before := tree(t, filepath.Dir(dir))
	for sql, code := range attacks {
		_, err := ws.Model(t.Context(), providers.ModelSpec{Source: "crm", SQL: sql})
		var ds diag.Diagnostics
		if !errors.As(err, &ds) || !ds.HasErrors() {
			t.Errorf("%s\n  %v", sql, err)
			continue
		}
		if string(ds[0].Code) != code {
			t.Errorf("%s\n  %v; want %s", sql, err, code)
		}
		if strings.Contains(err.Error(), "source crm") && !strings.Contains(sql, "source crm") {
			t.Errorf("%s\n  names the catalog that nobody knows: %v", sql, err)
		}
	}
	if after := tree(t, filepath.Dir(dir)); !slices.Equal(before, after) {
		t.Errorf("the files changed from\n%s\nto\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
	if len(attacks) < 40 {
		t.Errorf("only %d attacks", len(attacks))
	}
}

func TestFilesOfOneSourceAreClosedToAnother(t *testing.T) {
	_, ws := project(t)
	for _, sql := range []string{"SELECT * FROM customers", "SELECT * FROM crm.main.customers", "SELECT * FROM '../exports/more.csv'", "SELECT * FROM 'more.csv'"} {
		if _, err := ws.Model(t.Context(), providers.ModelSpec{Source: "files", SQL: sql}); err == nil {
			t.Errorf("%s: the source files sees it", sql)
		}
	}
}

func TestProblemsNameTheirPlaceAndWhatWasMeant(t *testing.T) {
	_, ws := project(t)
	for _, c := range []struct{ sql, code, at, hint string }{
		{"SELECT nmae FROM customers", "M208", "1:8-1:12", `did you mean "name"?`},
		{"SELECT id,\n  uper(name) AS n\nFROM customers", "M204", "2:3-2:7", `did you mean "upper"?`},
		{"SELECT 'ä' AS a,\n\tc.nam FROM customers c", "M208", "2:2-2:3", `did you mean "name"?`},
		{"SELECT custmers.id FROM customers", "M208", "1:8-1:9", `did you mean "customers"?`},
		{"SELECT wrth FROM vip", "M208", "1:8-1:12", `did you mean "worth"?`},
		{"SELECT id FROM customer", "M207", "1:16-1:24", `did you mean "customers"?`},
		{"SELECT id FROM sales.order", "M207", "1:16-1:21", `did you mean "sales.orders"?`},
		{"SELECT id FROM read_cvs('x')", "M204", "1:16-1:24", `did you mean "read_csv"?`},
		{"SELECT id FROM 'custmers.csv'", "M209", "1:16-1:28", `did you mean "customers.csv"?`},
		{"SELECT id FROM read_csv('customers.csv', heder = true)", "M204", "1:48-1:49", `did you mean "header"?`},
		{"SELECT id\nFROM customers\nWHERE", "M202", "3:6-3:6", ""},
		{"SELECT id + name AS x FROM customers", "M208", "1:11-1:12", ""},
		{"SELECT id, upper(name) FROM customers", "M210", "1:12-1:13", ""},
	} {
		_, err := ws.Model(t.Context(), providers.ModelSpec{Source: "crm", SQL: c.sql})
		ds := diag.From(err)
		if len(ds) != 1 || ds[0].Subject == nil || ds[0].Subject.Filename != "" {
			t.Errorf("%s: %v; want one diagnostic with a place inside the SQL", c.sql, err)
			continue
		}
		d := ds[0]
		at := fmt.Sprintf("%d:%d-%d:%d", d.Subject.Start.Line, d.Subject.Start.Column, d.Subject.End.Line, d.Subject.End.Column)
		if string(d.Code) != c.code || at != c.at || strings.Join(d.Hints, "; ") != c.hint {
			t.Errorf("%s\n got %s at %s, hints %v\nwant %s at %s, hint %s", c.sql, d.Code, at, d.Hints, c.code, c.at, c.hint)
		}
		if want := fmt.Sprintf("Line %d, column %d: ", d.Subject.Start.Line, d.Subject.Start.Column); !strings.HasPrefix(d.Detail, want) {
			t.Errorf("%s: the detail does not tell the place: %s", c.sql, d.Detail)
		}
	}
	r, err := ws.Model(t.Context(), providers.ModelSpec{Source: "crm", Table: "customers"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = ws.Check(t.Context(), r, "1 +\n sum(id)")
	if ds := diag.From(err); len(ds) != 1 || ds[0].Subject == nil || ds[0].Subject.Start.Line != 2 || ds[0].Subject.Start.Column != 2 {
		t.Errorf("the place in an expression: %v", err)
	}
}

// FuzzModel looks for SQL that makes the proof panic, or that changes a file.
func FuzzModel(f *testing.F) {
	for _, seed := range []string{"SELECT 1 AS a", "FROM range(3)", "WITH a AS (VALUES (1)) FROM a", "SELECT 1; COPY (SELECT 1) TO 'x.csv'", "FROM 'a*.csv'", "SELECT [x for x in [1]]"} {
		f.Add(seed)
	}
	dir := f.TempDir()
	ws, err := duckdb.Factory().Open(f.Context(), providers.WorkspaceSpec{Dir: dir, Sources: []providers.SourceSpec{{Name: "files"}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = ws.Close() })
	f.Fuzz(func(t *testing.T, sql string) {
		r, err := ws.Model(t.Context(), providers.ModelSpec{Source: "files", SQL: sql})
		if err == nil && len(r.Columns) == 0 {
			t.Errorf("%q: a model without columns", sql)
		}
		if left := tree(t, dir); len(left) > 1 {
			t.Errorf("%q left %v", sql, left)
		}
	})
}

func TestExpressionsReachNothingElse(t *testing.T) {
	_, ws := project(t)
	r, err := ws.Model(t.Context(), providers.ModelSpec{Source: "crm", Table: "customers"})
	if err != nil {
		t.Fatal(err)
	}
	for expr, want := range map[string]providers.Type{
		"id": "int", "round(ltv, 1)": "decimal", "upper(name) || '-' || month": "text", "address.city": "text", "list_transform(tags, x -> upper(x))[1]": "text",
		"CASE WHEN ltv > 1 THEN 'a' END": "text", "ltv > 1000": "bool", "'--'": "text", "DATE '2026-01-01' + id": "date", "list_aggregate(tags, 'string_agg', ',')": "text",
	} {
		c, err := ws.Check(t.Context(), r, expr)
		if (err == nil) != (want != "") || c.Type != want {
			t.Errorf("%s: %v, %v; want %s", expr, c.Type, err, want)
		}
	}
	for _, expr := range []string{
		"(SELECT id FROM state.main.records)", "EXISTS (SELECT 1)", "getenv('HOME')", "sum(id)", "count(*)", "id, id", "id AS x", "id FROM customers", "*", "COLUMNS(*)",
		"unnest(tags)", "lag(id) OVER ()", "row_number() OVER ()", "1) + (2", "id) FROM state.main.records --", "id; DROP TABLE x", "?", "#1", "nextval('counter')", "crm.main.twice(id)",
		"rowid", "m.id", "customers.id", "id /*", "id --)", "", " ", "wavg(id, id)", "generate_subscripts(tags, 1)", "DEFAULT", "tags -> x", "other_column", "CAST(id AS crm.main.tier)",
	} {
		_, err := ws.Check(t.Context(), r, expr)
		var ds diag.Diagnostics
		if expr == "id --)" {
			if err != nil {
				t.Errorf("%s: %v; a comment ends with its line", expr, err)
			}
			continue
		}
		if !errors.As(err, &ds) {
			t.Errorf("%s: %v", expr, err)
		}
	}
}
