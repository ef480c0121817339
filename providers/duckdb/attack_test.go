package duckdb_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/duckdb"
)

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
