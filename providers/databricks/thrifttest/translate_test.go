package thrifttest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// text runs a query in a backend and writes its rows: values as JSON, rows by line.
func text(t *testing.T, b Backend, q string) string {
	t.Helper()
	r, err := b.Execute(context.Background(), q, nil)
	if err != nil {
		t.Errorf("%s: %v", q, err)
		return ""
	}
	var rows []string
	for _, batch := range r.Batches {
		for i := range int(batch.NumRows()) {
			var row []string
			for _, col := range batch.Columns() {
				row = append(row, jsonAt(col, i))
			}
			rows = append(rows, strings.Join(row, " "))
		}
	}
	return strings.Join(rows, "\n")
}

// expressions are written in Databricks SQL with what Databricks gives; the Spark backend is held to the same list.
func expressions() []struct{ sql, want string } {
	return []struct{ sql, want string }{
		// literals
		{`'it\'s'`, `"it's"`},
		{`'a\\b\n'`, `"a\\b\n"`},
		{`"double"`, `"double"`},
		{`r'a\b'`, `"a\\b"`},
		{`'a' 'b'`, `"ab"`},
		{`'\u00e9'`, `"é"`},
		{"10L", "10"},
		{"1.50BD", "1.50"},
		{"-- comment ' \n 1", "1"},
		{"/* ` */ 1", "1"},

		// operators
		{"NULL <=> NULL", "true"},
		{"1 <=> NULL", "false"},
		{"1 == 1", "true"},
		{"!true", "false"},
		{"7 / 2", "3.5"},
		{"-7 % 4", "-3"},
		{"7 DIV 2", "3"},
		{"'abc' RLIKE 'b.'", "true"},
		{"'abc' RLIKE '^b'", "false"},
		{`'a_c' LIKE 'a\_c'`, "true"},
		{`'abc' LIKE 'a\_c'`, "false"},
		{"1 + 6 / 2 * 3", "10"},
		{"'1'::int + 1", "2"},
		{"if(1 > 2, 'a', 'b')", `"b"`},

		// casts
		{"cast(2.9 AS INT)", "2"},
		{"cast(' 7 ' AS BIGINT)", "7"},
		{"try_cast('x' AS INT)", "null"},
		{"try_cast('1.5' AS INT)", "null"},
		{"try_cast('2024-13-01' AS DATE)", "null"},
		{"cast(1.5D AS STRING)", `"1.5"`},
		{"cast(10000000D AS STRING)", `"1.0E7"`},
		{"cast(0.0001D AS STRING)", `"1.0E-4"`},
		{"cast(1D AS STRING)", `"1.0"`},
		{"cast(TIMESTAMP '2024-01-02 03:04:05' AS STRING)", `"2024-01-02 03:04:05"`},
		{"cast(TIMESTAMP '2024-01-02 03:04:05.120' AS STRING)", `"2024-01-02 03:04:05.12"`},
		{"cast(TIMESTAMP_NTZ '2024-01-02 03:04:05' AS STRING)", `"2024-01-02 03:04:05"`},
		{"cast(DATE '2024-01-02' AS STRING)", `"2024-01-02"`},
		{"cast(true AS STRING)", `"true"`},
		{"cast(true AS INT)", "1"},
		{"cast(1.10 AS DECIMAL(10,3))", "1.100"},
		{"cast('2024-01-02T03:04:05Z' AS TIMESTAMP)", `"2024-01-02 03:04:05"`},
		{"cast(TIMESTAMP '2024-01-02 03:04:05' AS BIGINT)", "1704164645"},
		{"string(5)", `"5"`},
		{"cast(12.3400 AS STRING)", `"12.3400"`},

		// text
		{"concat('a', 'b', 'c')", `"abc"`},
		{"concat('a', NULL)", "null"},
		{"concat('a', 1)", `"a1"`},
		{"concat_ws('-', 'a', NULL, 'b')", `"a-b"`},
		{"'a' || 'b'", `"ab"`},
		{"coalesce(NULL, 'x')", `"x"`},
		{"nvl(NULL, 'x')", `"x"`},
		{"nullif('a', 'a')", "null"},
		{"upper('é')", `"É"`},
		{"trim('  a ')", `"a"`},
		{"substring('abcdef', 2, 3)", `"bcd"`},
		{"substr('abcdef', -2)", `"ef"`},
		{"left('abc', 2)", `"ab"`},
		{"right('abc', 2)", `"bc"`},
		{"length('héé')", "3"},
		{"instr('abc', 'c')", "3"},
		{"locate('c', 'abc')", "3"},
		{"lpad('7', 3, '0')", `"007"`},
		{"replace('aXa', 'X', 'b')", `"aba"`},
		{"translate('abc', 'ab', 'xy')", `"xyc"`},
		{"split('a,b,,c', ',')", `["a","b","","c"]`},
		{"split_part('a,b', ',', 2)", `"b"`},
		{"regexp_replace('a1b22', '[0-9]+', '#')", `"a#b#"`},
		{"regexp_replace('ab', '(a)(b)', '$2$1')", `"ba"`},
		{"regexp_extract('a-17', '([a-z])-([0-9]+)')", `"a"`},
		{"regexp_extract('a-17', '([a-z])-([0-9]+)', 2)", `"17"`},
		{"regexp_like('abc', 'b')", "true"},
		{"md5('a')", `"0cc175b9c0f1b6a831c399e269772661"`},
		{"sha2('a', 256)", `"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"`},
		{"startswith('abc', 'a')", "true"},
		{"initcap('hello world')", `"Hello World"`},
		{"repeat('ab', 2)", `"abab"`},

		// dates and instants
		{"date_format(TIMESTAMP '2024-01-02 03:04:05.678', 'yyyy-MM-dd HH:mm:ss.SSS')", `"2024-01-02 03:04:05.678"`},
		{"date_format(DATE '2024-01-02', 'd/M/yy')", `"2/1/24"`},
		{`date_format(TIMESTAMP '2024-01-02 03:04:05', "yyyy-MM-dd'T'HH:mm:ss")`, `"2024-01-02T03:04:05"`},
		{"to_date('02.01.2024', 'dd.MM.yyyy')", `"2024-01-02"`},
		{"to_date('2024-01-02')", `"2024-01-02"`},
		{"to_timestamp('2024-01-02 03:04:05')", `"2024-01-02 03:04:05"`},
		{"date_add(DATE '2024-02-28', 2)", `"2024-03-01"`},
		{"date_sub(DATE '2024-03-01', 1)", `"2024-02-29"`},
		{"datediff(DATE '2024-03-01', DATE '2024-02-01')", "29"},
		{"add_months(DATE '2024-01-31', 1)", `"2024-02-29"`},
		{"date_trunc('MONTH', TIMESTAMP '2024-02-29 12:00:00')", `"2024-02-01 00:00:00"`},
		{"year(DATE '2024-02-29')", "2024"},
		{"dayofweek(DATE '2024-02-29')", "5"},
		{"last_day(DATE '2024-02-10')", `"2024-02-29"`},
		{"to_utc_timestamp('2024-07-01 12:00:00', 'Europe/Berlin')", `"2024-07-01 10:00:00"`},
		{"from_utc_timestamp('2024-07-01 10:00:00', 'Europe/Berlin')", `"2024-07-01 12:00:00"`},
		{"convert_timezone('Europe/Berlin', 'America/New_York', TIMESTAMP_NTZ '2024-07-01 12:00:00')",
			`"2024-07-01 06:00:00"`},
		{"unix_timestamp(TIMESTAMP '2024-01-02 03:04:05')", "1704164645"},
		{"timestamp_millis(1704164645678)", `"2024-01-02 03:04:05.678"`},
		{"unix_micros(TIMESTAMP '2024-01-02 03:04:05.678901')", "1704164645678901"},
		{"DATE '2024-01-02' + INTERVAL 1 DAY = DATE '2024-01-03'", "true"},
		{"TIMESTAMP '2024-01-02 00:00:00' < TIMESTAMP '2024-01-02 00:00:01'", "true"},

		// arrays
		{"array(1, 2, 3)[0]", "1"},
		{"element_at(array(1, 2, 3), -1)", "3"},
		{"size(array(1, 2))", "2"},
		{"array_contains(array('a', 'b'), 'b')", "true"},
		{"array_distinct(array('b', 'a', 'b'))", `["b","a"]`},
		{"array_join(array('a', NULL, 'b'), '-')", `"a-b"`},
		{"array_join(array('a', NULL, 'b'), '-', '?')", `"a-?-b"`},
		{"sort_array(array('b', NULL, 'a'))", `[null,"a","b"]`},
		{"sort_array(array('b', NULL, 'a'), false)", `["b","a",null]`},
		{"array_sort(array('b', NULL, 'a'))", `["a","b",null]`},
		{"array_compact(array(1, NULL, 2))", `[1,2]`},
		{"transform(array(1, 2), x -> x * 10)", "[10,20]"},
		{"transform(array('a', 'b'), (x, i) -> concat(x, i))", `["a0","b1"]`},
		{"filter(array(1, 2, 3), x -> x > 1)", "[2,3]"},
		{"exists(array(1, 2), x -> x = 2)", "true"},
		{"forall(array(1, 2), x -> x = 2)", "false"},
		{"array_union(array(1, 2), array(2, 3))", "[1,2,3]"},
		{"array_except(array(1, 2), array(2))", "[1]"},
		{"array_join(sort_array(array_distinct(split('b;a;b', ';'))), ';')", `"a;b"`},
		{"concat(array(1), array(2))", "[1,2]"},
		{"named_struct('a', 1, 'b', 'x')", `{"a":1,"b":"x"}`},
		{"named_struct('a', 1).a", "1"},
		{"map('a', 1)['a']", "1"},
	}
}

func TestExpressions(t *testing.T) {
	b, err := DuckDB("")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, c := range expressions() {
		if got := text(t, b, "SELECT "+c.sql); got != c.want {
			t.Errorf("%s\n is %s\nwant %s", c.sql, got, c.want)
		}
	}
}

// queries run in order; each may have a result.
func queries() []struct{ sql, want string } {
	return []struct{ sql, want string }{
		{"CREATE SCHEMA IF NOT EXISTS crm", ""},
		{"CREATE TABLE IF NOT EXISTS crm.people (id BIGINT NOT NULL COMMENT 'key', `full name` STRING, age INT, " +
			"score DECIMAL(10,2), seen TIMESTAMP, tags ARRAY<STRING>) USING DELTA COMMENT 'people' TBLPROPERTIES ('delta.columnMapping.mode' = 'name')", ""},
		{"INSERT INTO crm.people VALUES (1, 'Ann', 30, 1.5, TIMESTAMP '2024-01-01 00:00:00', array('a')), " +
			"(2, 'Bob', NULL, 2.25, NULL, NULL), (3, 'Cy', 41, NULL, NULL, array())", "3 3"},
		{"SELECT id, `full name`, p.age FROM crm.people p WHERE p.age IS NOT NULL ORDER BY id",
			"1 \"Ann\" 30\n3 \"Cy\" 41"},
		{"SELECT count(*), sum(age), max(score), collect_list(`full name`) FROM crm.people",
			`3 71 2.25 ["Ann","Bob","Cy"]`},
		{"SELECT * EXCEPT (tags, seen, score) FROM crm.people WHERE id = 1", `1 "Ann" 30`},
		{"SELECT a.id FROM crm.people a LEFT ANTI JOIN (SELECT 1L AS id) b ON a.id = b.id ORDER BY 1", "2\n3"},
		{"SELECT a.id FROM crm.people a LEFT SEMI JOIN (SELECT 1L AS id) b ON a.id = b.id", "1"},
		{"SELECT * FROM VALUES (1, 'x'), (2, 'y') AS v(a, b) ORDER BY a DESC", "2 \"y\"\n1 \"x\""},
		{"SELECT explode(array(1, 2)) AS e", "1\n2"},
		{"SELECT id, row_number() OVER (PARTITION BY age IS NULL ORDER BY id) AS n FROM crm.people ORDER BY id", "1 1\n2 1\n3 2"},
		{"WITH x AS (SELECT 1 AS a) SELECT a FROM x WHERE EXISTS (SELECT 1 FROM crm.people WHERE id = x.a)", "1"},
		{"CREATE OR REPLACE TABLE crm.copy AS SELECT id, `full name` AS name, age FROM crm.people", "3 3"},
		{"UPDATE crm.copy SET age = coalesce(age, 0) + 1 WHERE id < 3", "2"},
		{"DELETE FROM crm.copy WHERE id = 3", "1"},
		{"MERGE INTO crm.copy AS t USING (SELECT 1L AS id, 'Anna' AS name, 31 AS age UNION ALL SELECT 9L, 'Zoe', 9) AS s " +
			"ON t.id <=> s.id WHEN MATCHED AND t.name <> s.name THEN UPDATE SET t.name = s.name, age = s.age " +
			"WHEN NOT MATCHED THEN INSERT (id, name, age) VALUES (s.id, s.name, s.age) " +
			"WHEN NOT MATCHED BY SOURCE THEN DELETE", "3 1 1 1"},
		{"SELECT * FROM crm.copy ORDER BY id", "1 \"Anna\" 31\n9 \"Zoe\" 9"},
		{"MERGE INTO crm.copy t USING (SELECT 9L AS id, 'Z' AS name, 1 AS age) s ON t.id = s.id " +
			"WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *", "1 1 0 0"},
		{"SELECT name FROM crm.copy WHERE id = 9", `"Z"`},
		{"MERGE INTO crm.copy t USING (SELECT 9L AS id UNION ALL SELECT 9L) s ON t.id = s.id WHEN MATCHED THEN DELETE",
			"1 0 1 0"},
		{"INSERT OVERWRITE crm.copy SELECT 5L, 'five', 5", "1 1"},
		{"SELECT * FROM crm.copy", `5 "five" 5`},
		{"ALTER TABLE crm.copy ADD COLUMNS (extra STRING COMMENT 'x')", ""},
		{"SELECT extra FROM crm.copy", "null"},
		{"CREATE OR REPLACE VIEW crm.v AS SELECT id FROM crm.copy", ""},
		{"SELECT * FROM crm.v", "5"},
		{"DESCRIBE QUERY SELECT 1 AS a, 'x' AS b, cast(1 AS DECIMAL(5,2)) AS c, current_timestamp() AS d",
			"\"a\" \"int\" null\n\"b\" \"string\" null\n\"c\" \"decimal(5,2)\" null\n\"d\" \"timestamp\" null"},
		{"DROP VIEW crm.v", ""},
		{"DROP TABLE IF EXISTS crm.copy", ""},
		{"DROP SCHEMA crm CASCADE", ""},
	}
}

func TestQueries(t *testing.T) {
	b, err := DuckDB("")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, c := range queries() {
		if got := text(t, b, c.sql); got != c.want {
			t.Errorf("%s\n is %s\nwant %s", c.sql, got, c.want)
		}
	}
}

func TestTheCatalogIsDescribed(t *testing.T) {
	b, err := DuckDB("")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, c := range []struct{ sql, want string }{
		{"CREATE CATALOG IF NOT EXISTS sales", ""},
		{"CREATE SCHEMA sales.crm", ""},
		{"CREATE TABLE sales.crm.t (id BIGINT NOT NULL, name STRING, d DECIMAL(10,2), ts TIMESTAMP, l ARRAY<STRING>)", ""},
		{"CREATE TABLE main.default.u (a STRUCT<x: INT, y: MAP<STRING, DOUBLE>>)", ""},
		{"SHOW CATALOGS", "\"hive_metastore\"\n\"main\"\n\"sales\""},
		{"SHOW SCHEMAS IN sales", "\"crm\"\n\"default\""},
		{"SHOW TABLES IN sales.crm", `"crm" "t" false`},
		{"SHOW TABLES IN main.default LIKE 'x*'", ""},
		{"DESCRIBE TABLE sales.crm.t", "\"id\" \"bigint\" null\n\"name\" \"string\" null\n\"d\" \"decimal(10,2)\" null\n" +
			"\"ts\" \"timestamp\" null\n\"l\" \"array<string>\" null"},
		{"DESCRIBE u", `"a" "struct<x:int,y:map<string,double>>" null`},
		{"SHOW COLUMNS IN sales.crm.t", "\"id\"\n\"name\"\n\"d\"\n\"ts\"\n\"l\""},
		{"SELECT table_schema, table_name FROM sales.information_schema.tables", `"crm" "t"`},
		{"SELECT c.column_name, c.data_type, c.full_data_type, c.is_nullable FROM `sales`.`information_schema`.columns c " +
			"WHERE c.table_name = 't' ORDER BY c.ordinal_position LIMIT 3",
			"\"id\" \"LONG\" \"bigint\" \"NO\"\n\"name\" \"STRING\" \"string\" \"YES\"\n\"d\" \"DECIMAL\" \"decimal(10,2)\" \"YES\""},
		{"SELECT schema_name FROM information_schema.schemata", `"default"`},
		{"DROP CATALOG sales", ""},
		{"SHOW CATALOGS", "\"hive_metastore\"\n\"main\""},
	} {
		if got := text(t, b, c.sql); got != c.want {
			t.Errorf("%s\n is %s\nwant %s", c.sql, got, c.want)
		}
	}
	for _, c := range []struct{ sql, state string }{
		{"DESCRIBE TABLE nowhere", "42P01"},
		{"SHOW TABLES IN nowhere", "42704"},
	} {
		_, err := b.Execute(context.Background(), c.sql, nil)
		var e *SQLError
		if !errors.As(err, &e) || e.State != c.state {
			t.Errorf("%s: %v", c.sql, err)
		}
	}
}

func TestMergeRefusesTwoRowsForOne(t *testing.T) {
	b, err := DuckDB("")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	duplicates(t, b)
}

// duplicates holds a backend to Delta's rule for MERGE.
func duplicates(t *testing.T, b Backend) {
	t.Helper()
	text(t, b, "CREATE TABLE dup (id BIGINT, v STRING) USING DELTA")
	text(t, b, "INSERT INTO dup VALUES (1, 'a'), (2, 'b')")
	_, err := b.Execute(context.Background(), "MERGE INTO dup AS t USING (SELECT 1L AS id, 'x' AS v UNION ALL "+
		"SELECT 1L, 'y') AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v", nil)
	if err == nil || !strings.Contains(err.Error(), "[DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE]") {
		t.Errorf("got %v", err)
	}
	if got := text(t, b, "SELECT v FROM dup ORDER BY id"); got != "\"a\"\n\"b\"" {
		t.Errorf("the table has %s", got)
	}
	text(t, b, "DROP TABLE dup")
}

// hashes are what Spark 4 gives.
func hashes() []struct{ sql, want string } {
	return []struct{ sql, want string }{
		{"xxhash64('Spark', array(123), 2)", "5602566077635097486"},
		{"xxhash64(NULL)", "42"},
		{"xxhash64('a') = xxhash64(NULL, 'a', NULL)", "true"},
		{"xxhash64('a', 'b') = xxhash64('ab')", "false"},
	}
}

func TestHashes(t *testing.T) {
	b, err := DuckDB("")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, c := range hashes() {
		if got := text(t, b, "SELECT "+c.sql); got != c.want {
			t.Errorf("%s is %s, want %s", c.sql, got, c.want)
		}
	}
}

func TestCatalogsStayInTheDirectory(t *testing.T) {
	dir := t.TempDir()
	for i := range 2 {
		b, err := DuckDB(dir)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			text(t, b, "CREATE CATALOG other")
			text(t, b, "CREATE TABLE other.default.t AS SELECT 1 AS a")
		} else if got := text(t, b, "SELECT a FROM other.default.t"); got != "1" {
			t.Errorf("got %s", got)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestManyWriters(t *testing.T) {
	db := open(t, serve(t, Options{}))
	execute(t, db, "CREATE TABLE n (a INT)")
	done := make(chan error)
	for i := range 8 {
		go func() {
			var err error
			for j := range 5 {
				_, e := db.Exec("MERGE INTO n t USING (SELECT ? AS a) s ON t.a = s.a WHEN NOT MATCHED THEN INSERT *", i*5+j)
				err = errors.Join(err, e)
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got := fmt.Sprint(one(t, db, "SELECT count(*) FROM n")); got != "[40]" {
		t.Errorf("got %s", got)
	}
	_ = sql.ErrNoRows
}
