package databricks

import (
	"strings"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/internal/alike"
)

// tempPrefix begins the names of temporary tables. The plan's name follows, so that two plans never share one.
const tempPrefix = "_tmp_"

// dialect is Databricks SQL, with ANSI rules and UTC as the session's time zone. State tables and temporary tables
// stand in one schema; temporary ones are real tables, because a session may end at any time.
type dialect struct {
	schema []string // catalog and schema of the state
	plan   string
}

// Name is the kind of workspace.
func (dialect) Name() string { return kind }

// Stamp names the function of Fingerprint, which is the same in every version of the engine.
func (dialect) Stamp() string { return kind + " xxhash64" }

// Ident quotes an identifier.
func (dialect) Ident(name string) string { return ident(name) }

// Literal quotes a text.
func (dialect) Literal(text string) string { return literal(text) }

func ident(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// literal writes a text so that the engine reads it back byte by byte. ${ is escaped as well: it would be replaced
// before the statement is parsed.
func literal(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\x00", `\u0000`, "${", `\u0024{`).Replace(text) + "'"
}

func path(parts ...string) string { return alike.Path(ident, parts...) }

// Type is the engine's type of a column. It has no type of times of day: they are text.
func (dialect) Type(t providers.Type) string {
	switch t {
	case providers.TypeInt:
		return "BIGINT"
	case providers.TypeBool:
		return "BOOLEAN"
	case providers.TypeInstant:
		return "TIMESTAMP"
	case providers.TypeDecimal:
		return "DECIMAL(38,9)"
	case providers.TypeFloat:
		return "DOUBLE"
	case providers.TypeDate:
		return "DATE"
	case providers.TypeTimestamp:
		return "TIMESTAMP_NTZ"
	}
	return "STRING"
}

// State qualifies a state table.
func (d dialect) State(table string) string {
	return path(append(d.schema[:len(d.schema):len(d.schema)], table)...)
}

// Temp qualifies a table that lives as long as the workspace. Names of tables have letters, digits and underscores only.
func (d dialect) Temp(table string) string { return d.State(tempPrefix + d.plan + "_" + sane(table)) }

// Concat joins texts; null where one of them is null.
func (dialect) Concat(exprs []string) string { return alike.Concat(exprs) }

// Fingerprint is a BIGINT. xxhash64 passes over nulls, so a text that says which parts are null is hashed first.
func (d dialect) Fingerprint(exprs []string) string {
	if len(exprs) == 0 {
		return "xxhash64('')"
	}
	flags, parts := make([]string, len(exprs)), make([]string, len(exprs))
	for i, e := range exprs {
		flags[i] = "CASE WHEN " + e + " IS NULL THEN '0' ELSE '1' END"
		parts[i] = "CAST(" + e + " AS STRING)"
	}
	return "xxhash64(" + strings.Join(flags, " || ") + ", " + strings.Join(parts, ", ") + ")"
}

// anyNames lets columns have names with spaces and brackets, which Delta otherwise refuses.
const anyNames = "TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"

// Stepwise is false: a statement takes a second or more, and the engine adapts its plan while it runs.
func (dialect) Stepwise() bool { return false }

// CreateTemp materialises a query; a table of the same name is replaced, at once for all readers.
func (d dialect) CreateTemp(table, query string) string {
	return "CREATE OR REPLACE TABLE " + d.Temp(table) + " " + anyNames + " AS " + query
}

// Replace is one MERGE, which happens as a whole or not at all. Delta itself fails where two rows of source match one row
// of the table, but inserts both where they match none: these are counted.
func (d dialect) Replace(table, source string, keys, columns []string) []string {
	same, quoted := make([]string, len(keys)), make([]string, len(keys))
	for i, k := range keys {
		quoted[i] = ident(k)
		same[i] = "t." + quoted[i] + " <=> s." + quoted[i]
	}
	names, values, sets := make([]string, len(columns)), make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		names[i], values[i] = ident(c), "s."+ident(c)
		sets[i] = "t." + names[i] + " = " + values[i]
	}
	return []string{"MERGE INTO " + d.State(table) + " AS t USING (SELECT *, count(*) OVER (PARTITION BY " + strings.Join(quoted, ", ") + ") AS `_copies` FROM " +
		d.Temp(source) + ") AS s ON " + strings.Join(same, " AND ") +
		" WHEN MATCHED AND coalesce(s.gone, false) THEN DELETE" +
		" WHEN MATCHED THEN UPDATE SET " + strings.Join(sets, ", ") +
		" WHEN NOT MATCHED AND NOT coalesce(s.gone, false) AND CASE WHEN s.`_copies` > 1 THEN CAST(raise_error(" +
		literal(twice) + ") AS BOOLEAN) ELSE true END THEN INSERT (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")"}
}

// twice is what Replace fails with.
const twice = "two rows with the same key were to be kept"
