package duckdb_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
)

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
