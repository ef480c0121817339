package thrifttest

import (
	"fmt"
	"strings"
)

// information translates a relation of information_schema at i; took is 0 where none stands there.
func (t *translator) information(nodes []node, i int) (sql string, took int) {
	if at(nodes, i-1).is(".") || !at(nodes, i+1).is(".") {
		return "", 0
	}
	catalog, j := t.namespace.Catalog, i
	if at(nodes, i+3).is(".") {
		catalog, j = nodes[i].text, i+2
	}
	if !strings.EqualFold(nodes[j].text, "information_schema") {
		return "", 0
	}
	view := strings.ToLower(at(nodes, j+2).text)
	switch view {
	case "tables", "columns", "schemata", "views", "catalogs":
		return "spark_info_" + view + "(" + literal(catalogName(catalog)) + ")", j + 3 - i
	}
	return t.fail("information_schema." + view), j + 3 - i
}

// describe translates what follows DESCRIBE.
func (t *translator) describe(nodes []node) statement {
	i, extended := 0, false
	switch first := at(nodes, 0); strings.ToUpper(first.text) {
	case "QUERY", "SELECT", "WITH", "VALUES", "FROM":
		if first.is("QUERY") {
			i = 1
		}
		return statement{sql: "SELECT column_name AS col_name, spark_type(column_type) AS data_type, " +
			"CAST(NULL AS VARCHAR) AS comment FROM (DESCRIBE " + t.expr(nodes[i:]) + ")"}
	case "HISTORY", "DETAIL", "FUNCTION", "SCHEMA", "DATABASE", "CATALOG":
		t.fail("DESCRIBE " + strings.ToUpper(first.text))
		return statement{}
	case "TABLE":
		i = 1
	}
	for at(nodes, i).is("EXTENDED") || at(nodes, i).is("FORMATTED") {
		extended = true
		i++
	}
	parts, _ := t.qualified(nodes, i)
	full := t.resolve(parts)
	where := at3(full, "database_name", "schema_name", "table_name")
	s := statement{
		exists:  "SELECT 1 FROM duckdb_columns() WHERE " + where,
		missing: notFound(strings.Join(parts, "`.`")),
		sql: "SELECT column_name AS col_name, spark_type(data_type) AS data_type, comment FROM duckdb_columns() WHERE " +
			where + " ORDER BY column_index",
	}
	if extended {
		s.sql = "SELECT col_name, data_type, comment FROM (SELECT column_index AS n, column_name AS col_name, " +
			"spark_type(data_type) AS data_type, comment FROM duckdb_columns() WHERE " + where + " UNION ALL VALUES " +
			fmt.Sprintf("(10000, '', '', ''), (10001, '# Detailed Table Information', '', ''), (10002, 'Catalog', %s, ''), "+
				"(10003, 'Database', %s, ''), (10004, 'Table', %s, ''), (10005, 'Provider', 'delta', '')) ORDER BY n",
				literal(full[0]), literal(full[1]), literal(full[2]))
	}
	return s
}

func at3(full [3]string, columns ...string) string {
	var out []string
	full[0] = catalogName(full[0])
	for i, c := range columns {
		out = append(out, "lower("+c+") = "+literal(strings.ToLower(full[i])))
	}
	return strings.Join(out, " AND ")
}

func notFound(name string) *SQLError {
	return &SQLError{State: "42P01", Message: fmt.Sprintf("[TABLE_OR_VIEW_NOT_FOUND] The table or view `%s` cannot be "+
		"found. Verify the spelling and correctness of the schema and catalog.", name)}
}

// show translates what follows SHOW.
func (t *translator) show(nodes []node) statement {
	what := strings.ToUpper(at(nodes, 0).text)
	i := 1
	var in []string
	if at(nodes, i).is("IN") || at(nodes, i).is("FROM") {
		in, i = t.qualified(nodes, i+1)
	}
	if what == "COLUMNS" && (at(nodes, i).is("IN") || at(nodes, i).is("FROM")) { // IN table IN schema
		schema, end := t.qualified(nodes, i+1)
		in, i = append(schema, in...), end
	}
	like := "true"
	if at(nodes, i).is("LIKE") {
		i++
	}
	if p := at(nodes, i); p.kind == str {
		like = "regexp_full_match(lower(name), " + literal(strings.ToLower(strings.ReplaceAll(p.text, "*", ".*"))) + ")"
	}
	switch what {
	case "CATALOGS":
		return statement{sql: "SELECT name AS catalog FROM (SELECT catalog_name AS name FROM spark_info_catalogs('')) " +
			"WHERE " + like + " ORDER BY 1"}
	case "SCHEMAS", "DATABASES":
		catalog := t.namespace.Catalog
		if len(in) > 0 {
			catalog = in[0]
		}
		return statement{sql: "SELECT name AS databaseName FROM (SELECT schema_name AS name FROM spark_info_schemata(" +
			literal(catalogName(catalog)) + ")) WHERE " + like + " ORDER BY 1"}
	case "TABLES", "VIEWS":
		full := t.resolve(append(in, ""))
		where := "lower(table_schema) = " + literal(strings.ToLower(full[1]))
		column := "tableName"
		if what == "VIEWS" {
			where += " AND table_type = 'VIEW'"
			column = "viewName"
		}
		return statement{
			exists: "SELECT 1 FROM spark_info_schemata(" + literal(catalogName(full[0])) + ") WHERE lower(schema_name) = " +
				literal(strings.ToLower(full[1])),
			missing: &SQLError{State: "42704", Message: fmt.Sprintf("[SCHEMA_NOT_FOUND] The schema `%s`.`%s` cannot be found.",
				full[0], full[1])},
			sql: "SELECT table_schema AS " + ident(when(what == "TABLES", "database")+when(what != "TABLES", "namespace")) +
				", name AS " + column + ", false AS isTemporary FROM (SELECT *, table_name AS name FROM spark_info_tables(" +
				literal(catalogName(full[0])) + ")) WHERE " + where + " AND " + like + " ORDER BY 2",
		}
	case "COLUMNS":
		full := t.resolve(in)
		where := at3(full, "database_name", "schema_name", "table_name")
		return statement{
			exists:  "SELECT 1 FROM duckdb_columns() WHERE " + where,
			missing: notFound(strings.Join(in, "`.`")),
			sql:     "SELECT column_name AS col_name FROM duckdb_columns() WHERE " + where + " ORDER BY column_index",
		}
	}
	t.fail("SHOW " + what)
	return statement{}
}

// sparkType writes a type of DuckDB as Databricks does.
func sparkType(s string) string {
	if inner, ok := strings.CutSuffix(s, "[]"); ok {
		return "array<" + sparkType(inner) + ">"
	}
	if inner, ok := strings.CutPrefix(s, "STRUCT("); ok {
		var fields []string
		for _, f := range topLevel(strings.TrimSuffix(inner, ")")) {
			n, typ := f, ""
			if strings.HasPrefix(f, `"`) {
				if end := strings.Index(f[1:], `" `); end >= 0 {
					n, typ = f[1:end+1], f[end+3:]
				}
			} else {
				n, typ, _ = strings.Cut(f, " ")
			}
			fields = append(fields, n+":"+sparkType(typ))
		}
		return "struct<" + strings.Join(fields, ",") + ">"
	}
	if inner, ok := strings.CutPrefix(s, "MAP("); ok {
		if parts := topLevel(strings.TrimSuffix(inner, ")")); len(parts) == 2 {
			return "map<" + sparkType(parts[0]) + "," + sparkType(parts[1]) + ">"
		}
	}
	switch s {
	case "BOOLEAN":
		return "boolean"
	case "TINYINT":
		return "tinyint"
	case "SMALLINT", "UTINYINT":
		return "smallint"
	case "INTEGER", "USMALLINT":
		return "int"
	case "BIGINT", "UINTEGER", "HUGEINT", "UBIGINT", "UHUGEINT": // sums of whole numbers are HUGEINT
		return "bigint"
	case "FLOAT":
		return "float"
	case "DOUBLE":
		return "double"
	case "DATE":
		return "date"
	case "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ":
		return "timestamp"
	case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS":
		return "timestamp_ntz"
	case "BLOB":
		return "binary"
	case `"NULL"`, "NULL", "SQLNULL":
		return "void"
	}
	if strings.HasPrefix(s, "DECIMAL(") {
		return strings.ToLower(strings.ReplaceAll(s, " ", ""))
	}
	return "string"
}
