package databricks

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/databricks/thrifttest"
)

func prove(sql string) (string, error) {
	p := &proof{src: &source{name: "lake", catalog: "main", schema: "crm", catalogs: []string{"main", "shared"}}, state: []string{"main", "signalsmith"}, functions: newFunctions()}
	return p.query(sql)
}

func TestModelsThatAreProven(t *testing.T) {
	for _, sql := range []string{
		"SELECT 1 AS a",
		"select * from customers",
		"SELECT c.id, upper(c.name) AS name FROM main.crm.customers AS c JOIN other.orders o ON o.id = c.id, shared.x.y WHERE c.a IN (SELECT b FROM d) -- the end",
		"WITH a AS (SELECT 1 AS x), b (y) AS (SELECT x FROM a) SELECT * FROM a, b; ; /* done /* nested */ */",
		"SELECT * FROM (a JOIN b USING (id)) LEFT JOIN LATERAL (SELECT * FROM c) ON true",
		"FROM customers SELECT id",
		"TABLE customers",
		"SELECT a FROM t UNION ALL (TABLE customers)",
		"VALUES (1, upper('a')), (2, lower('b'))",
		"SELECT * FROM VALUES (1, upper('x')), (2, lower('y')) AS t(a, b), customers",
		"SELECT extract(year FROM born) AS y, trim(BOTH 'x' FROM name) AS n, substring(name FROM 2) AS s FROM customers WHERE a IS NOT DISTINCT FROM b",
		"SELECT row_number() OVER (PARTITION BY a ORDER BY b DESC) AS n FROM t QUALIFY n = 1",
		"SELECT id, col.field:path[0]::int AS x FROM t LATERAL VIEW OUTER explode(tags) e AS tag",
		"SELECT * FROM range(10) AS r(id) WHERE exists(SELECT 1 FROM t) AND exists(array(1), x -> x > 0)",
		"SELECT left(name, 2) AS l, right(name, 2) AS r FROM t LEFT JOIN u ON t.a = u.a",
		"SELECT CAST(a AS DECIMAL(10,2)) AS d, a::varchar(10) AS v, date '2026-01-02' AS t, r'\\d' AS raw FROM t",
		"SELECT * EXCEPT (a, b) FROM t PIVOT (sum(x) FOR m IN ('a', 'b'))",
		"SELECT ';' AS a, '--' AS b, '/*' AS c, 'it\\'s' AS d, `odd; name` FROM t",
		"SELECT `update`, delete, insert.x FROM t AS insert",
		"SELECT * FROM t TIMESTAMP AS OF '2026-01-01'",
		"((SELECT 1 AS a)) UNION ALL (SELECT 2)",
	} {
		if _, err := prove(sql); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestModelsThatAreRefused(t *testing.T) {
	for sql, want := range map[string]diag.Code{
		"":                                    "M201",
		" -- nothing":                         "M201",
		"DELETE FROM t":                       "M201",
		"SELECT 1; DROP TABLE t":              "M201",
		"SELECT 1 AS a) UNION (SELECT 2 AS a": "M202",
		"SELECT (1 AS a":                      "M202",
		"SELECT 'a":                           "M202",
		"SELECT /* a":                         "M202",
		"SELECT `a":                           "M202",
		"SELECT \"a\\\" FROM t":               "M202",
		"SELECT '${env:SECRET}' AS a":         "M202",
		"SELECT ${env:SECRET} AS a":           "M202",
		"SELECT {{ a }}":                      "M202",
		"SELECT a\x00b":                       "M202",
		"FROM t INSERT INTO u SELECT *":       "M201",
		"WITH a AS (SELECT 1) INSERT INTO u SELECT * FROM a":       "M201",
		"WITH a AS (SELECT 1) DELETE FROM u":                       "M201",
		"SELECT * FROM read_files('s3://bucket/x')":                "M204",
		"SELECT * FROM TABLE(read_files('x'))":                     "M206",
		"SELECT * FROM STREAM customers":                           "M206",
		"SELECT * FROM parquet.`s3://bucket/x`":                    "M203",
		"SELECT * FROM `/Volumes/a/b`":                             "M203",
		"SELECT * FROM delta.`abfss://x`":                          "M203",
		"SELECT * FROM other.crm.customers":                        "M203",
		"SELECT * FROM t, (SELECT * FROM other.crm.customers)":     "M203",
		"SELECT * FROM t JOIN `other`.crm.x ON true":               "M203",
		"SELECT (SELECT max(a) FROM other.crm.x) AS a":             "M203",
		"SELECT * FROM main.signalsmith.records_1":                 "M203",
		"SELECT * FROM SignalSmith.records_1":                      "M203",
		"SELECT * FROM main.information_schema.tables":             "M203",
		"SELECT * FROM system.access.audit":                        "M203",
		"SELECT * FROM IDENTIFIER('other.crm.customers')":          "M204",
		"SELECT IDENTIFIER('a') FROM t":                            "M204",
		"SELECT secret('scope', 'key') AS s":                       "M204",
		"SELECT `secret`('scope', 'key') AS s":                     "M204",
		"SELECT secret /* */ ('scope', 'key') AS s":                "M204",
		"SELECT reflect('java.lang.System', 'getenv', 'X') AS s":   "M204",
		"SELECT java_method('java.lang.System', 'getenv') AS s":    "M204",
		"SELECT ai_query('m', 'p') AS s":                           "M204",
		"SELECT http_request(conn => 'x') AS s":                    "M204",
		"SELECT main.crm.my_udf(a) AS s FROM t":                    "M204",
		"SELECT my_udf(a) AS s FROM t":                             "M204",
		"SELECT TRANSFORM(a) USING 'cat' AS b FROM t":              "M206",
		"SELECT a FROM t WHERE b = ?":                              "M206",
		"SELECT a FROM t WHERE b = :name":                          "M206",
		"SELECT a FROM t UNION ALL TABLE other.crm.x":              "M203",
		"SELECT * FROM (TABLE other.crm.x)":                        "M203",
		"TABLE other.crm.x":                                        "M203",
		"FROM t |> EXTEND secret(a, b) AS s":                       "M206",
		"SELECT a secret('x', 'y') FROM t":                         "M204",
		"SELECT * FROM VALUES (1) AS t(a), other.crm.x":            "M203",
		"SELECT * FROM VALUES (1) t, other.crm.x":                  "M203",
		"SELECT * FROM t CROSS JOIN LATERAL read_files('x')":       "M204",
		"SELECT * FROM a JOIN b ON a.x = b.x, other.crm.x":         "M203",
		"SELECT * FROM 'customers.csv'":                            "M206",
		"SELECT * FROM t WHERE a NOT IN (SELECT b FROM `a.b/c`.d)": "M203",
	} {
		_, err := prove(sql)
		if code(err) != want {
			t.Errorf("%s: %v; want %s", sql, err, want)
		}
	}
}

func TestCommentsAreNotSent(t *testing.T) {
	clean, err := prove("SELECT 1 /* a;\n */ AS a -- b\nFROM t -- c")
	if want := "SELECT 1      \n    AS a     \nFROM t     "; err != nil || clean != want {
		t.Errorf("%q, %v; want %q", clean, err, want)
	}
}

func TestProblemsHavePlaces(t *testing.T) {
	_, err := prove("SELECT a,\n  secret('x', 'y') AS b FROM t")
	var ds diag.Diagnostics
	if !errors.As(err, &ds) || ds[0].Subject == nil || ds[0].Subject.Start.Line != 2 || ds[0].Subject.Start.Column != 3 {
		t.Errorf("got %+v", err)
	}
}

func TestWhatTheEngineRefuses(t *testing.T) { engineRefuses(t, warehouse(t, thrifttest.Options{})) }

func engineRefuses(t *testing.T, s *thrifttest.Server) {
	setup(t, s, "CREATE TABLE main.default.customers (customer_id BIGINT, name STRING)")
	for sql, c := range map[string]struct {
		code diag.Code
		hint string
	}{
		"SELECT * FROM custmers":                {"M207", `did you mean "customers"?`},
		"SELECT customr_id FROM customers":      {"M208", ""},
		"SELECT 1 AS a, 2 AS a":                 {"M210", ""},
		"SELECT customer_id + 1 FROM customers": {"M210", ""},
		"SELECT name b c FROM customers":        {"M202", ""},
	} {
		_, err := scan(t, s, sql)
		if code(err) != c.code {
			t.Errorf("%s: %v; want %s", sql, err, c.code)
			continue
		}
		var ds diag.Diagnostics
		errors.As(err, &ds)
		if c.hint != "" && !cmp.Equal(ds[0].Hints, []string{c.hint}) {
			t.Errorf("%s: hints %v", sql, ds[0].Hints)
		}
	}
}

// setup runs statements as somebody else.
func setup(t *testing.T, s *thrifttest.Server, stmts ...string) {
	t.Helper()
	src, err := newSource(lake(s), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	p, err := connect(src, settings{pace: impatient().pace})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	for _, sql := range stmts {
		if _, err := p.ExecContext(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

func TestScansWriteValuesAsPeopleDo(t *testing.T) {
	for _, o := range []thrifttest.Options{{}, {Protocol: thrifttest.ProtocolDirect}} {
		scansValues(t, warehouse(t, o))
	}
}

func scansValues(t *testing.T, s *thrifttest.Server) {
	const sql = "SELECT CAST('t' AS STRING) AS a, true AS b, CAST(7 AS INT) AS c, CAST(-9223372036854775807 AS BIGINT) AS d, CAST('12.50' AS DECIMAL(10,2)) AS e, " +
		"CAST('1.0E-7' AS DOUBLE) AS f, CAST('1E20' AS DOUBLE) AS g, CAST('1899-12-31' AS DATE) AS h, CAST('2026-01-02 03:04:05.5' AS TIMESTAMP_NTZ) AS i, " +
		"CAST('1850-01-02 03:04:05+02:00' AS TIMESTAMP) AS j, CAST(NULL AS STRING) AS k, CAST(1.5 AS FLOAT) AS l, CAST('2026-01-02 00:00:00' AS TIMESTAMP) AS m"
	want := [][]string{{"t", "true", "7", "-9223372036854775807", "12.50", "0.0000001", "100000000000000000000", "1899-12-31", "2026-01-02 03:04:05.5",
		"1850-01-02 01:04:05Z", "∅", "1.5", "2026-01-02 00:00:00Z"}}
	got, err := scan(t, s, sql)
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v %s", err, cmp.Diff(want, got))
	}
}

func TestScannedTablesAndComputedColumns(t *testing.T) {
	s := warehouse(t, thrifttest.Options{})
	setup(t, s, "CREATE TABLE main.default.`odd ``name` (id BIGINT, `a b` STRING) "+anyNames, "INSERT INTO main.default.`odd ``name` VALUES (1, 'x'), (2, NULL)")
	sc, err := impatient().Scanner(t.Context(), lake(s), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sc.Close() }()
	s.Forget()
	r, err := sc.Model(t.Context(), providers.ModelSpec{Source: "lake", Table: "`odd ``name`", Computed: []providers.Computed{{Name: "sql() 1", SQL: "upper(`a b`) -- why"}}})
	if err != nil {
		t.Fatal(err)
	}
	var cols []string
	for _, c := range r.Columns {
		cols = append(cols, c.Name+" "+string(c.Type))
	}
	if want := []string{"id int", "a b text", "sql() 1 text"}; !cmp.Equal(cols, want) {
		t.Error(cmp.Diff(want, cols))
	}
	n := 0
	for row, err := range sc.Scan(t.Context(), r) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; row[0].String == "1" && row[2].String != "X" {
			t.Errorf("got %v", row)
		}
	}
	if n != 2 || len(s.Statements()) != 3 {
		t.Errorf("%d rows, %d statements", n, len(s.Statements()))
	}
	for _, bad := range []string{"sum(id)", "(SELECT 1)", "secret('a', 'b')", "id, 1"} {
		_, err := sc.Model(t.Context(), providers.ModelSpec{Source: "lake", SQL: "SELECT 1 AS id", Computed: []providers.Computed{{Name: "x", SQL: bad}}})
		if c := code(err); !strings.HasPrefix(string(c), "M") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	for _, table := range []string{"", "a b", "a.b.c.d", "other.crm.t", "parquet.`s3://x`", "nothing"} {
		if _, err := sc.Model(t.Context(), providers.ModelSpec{Source: "lake", Table: table, SQL: "x"}); err == nil {
			t.Errorf("%q: no error", table)
		}
	}
}

func TestHosts(t *testing.T) {
	for host, want := range map[string]string{
		"adb-1.2.azuredatabricks.net":                "https://adb-1.2.azuredatabricks.net",
		"https://DBC-1.cloud.databricks.com/":        "https://dbc-1.cloud.databricks.com",
		"1.1.gcp.databricks.com":                     "https://1.1.gcp.databricks.com",
		"adb-1.2.databricks.azure.us":                "https://adb-1.2.databricks.azure.us",
		"http://127.0.0.1:99":                        "http://127.0.0.1:99",
		"http://[::1]:99":                            "http://[::1]:99",
		"localhost":                                  "https://localhost",
		"warehouse.example.com":                      "https://warehouse.example.com",
		"http://adb-1.2.azuredatabricks.net":         "",
		"evil-azuredatabricks.net":                   "",
		"azuredatabricks.net.evil.example":           "",
		"cloud.databricks.com@evil.example":          "",
		"adb-1.2.azuredatabricks.net/sql":            "",
		"adb-1.2.azuredatabricks.net#.evil.example":  "",
		"ftp://adb-1.2.azuredatabricks.net":          "",
		"":                                           "",
		"evil.example":                               "",
		"http://warehouse.example.com":               "",
		"adb-1.2.azuredatabricks.net:99999":          "",
		"adb-1.2.azuredatabricks.net\\@evil.example": "",
	} {
		a, problem := checkHost(host, []string{"warehouse.example.com"})
		got := ""
		if problem == nil {
			got = a.base()
		}
		if got != want {
			t.Errorf("%q: %q, %v; want %q", host, got, problem, want)
		}
	}
}

func TestBlocksThatAreNotComplete(t *testing.T) {
	for name, c := range map[string]struct {
		edit map[string]string
		want diag.Code
	}{
		"no credentials": {map[string]string{"token": ""}, "M312"}, "both": {map[string]string{"client_id": "x"}, "M312"},
		"half a pair": {map[string]string{"token": "", "client_id": "x"}, "M312"}, "no path": {map[string]string{"http_path": ""}, "M312"},
		"no catalog": {map[string]string{"catalog": ""}, "M312"}, "another host": {map[string]string{"host": "evil.example"}, "M311"},
		"white space": {map[string]string{"token": "a\nb"}, "M312"},
	} {
		args := map[string]string{"host": "adb-1.2.azuredatabricks.net", "http_path": "sql/1.0/warehouses/a", "catalog": "main", "token": "t"}
		for k, v := range c.edit {
			args[k] = v
		}
		_, err := newSource(providers.SourceSpec{Name: "lake", Body: body(args)}, func(string) (string, bool) { return "", false })
		if code(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
