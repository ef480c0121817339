package duckdb

import (
	"strings"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/internal/alike"
)

// The catalogs and schemas of a workspace. Temporary tables have a schema of their own that is on no search path,
// so that a name in a model can never mean one of them.
const (
	stateCatalog = "state"
	stateSchema  = "main"
	tempCatalog  = "memory"
	tempSchema   = "work"
)

// dialect is DuckDB's SQL. Its fingerprints are of one engine version: hash() gives other values in another one.
type dialect struct{ version string }

// Name is the kind of workspace.
func (dialect) Name() string { return kind }

// Stamp names the function of Fingerprint.
func (d dialect) Stamp() string { return kind + " " + d.version + " hash" }

// Ident quotes an identifier.
func (dialect) Ident(name string) string { return ident(name) }

// Literal quotes a text.
func (dialect) Literal(text string) string { return literal(text) }

func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// literal writes a text so that the engine reads it back byte by byte. Its strings know no escapes; a NUL byte ends
// a statement's text, so it is put together with chr(0).
func literal(text string) string {
	quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
	if strings.IndexByte(text, 0) < 0 {
		return quoted
	}
	return "(" + strings.ReplaceAll(quoted, "\x00", "' || chr(0) || '") + ")"
}

func path(parts ...string) string { return alike.Path(ident, parts...) }

// Type is the engine's type of a column.
func (dialect) Type(t providers.Type) string {
	switch t {
	case providers.TypeInt:
		return "BIGINT"
	case providers.TypeBool:
		return "BOOLEAN"
	case providers.TypeInstant:
		return "TIMESTAMPTZ"
	case providers.TypeDecimal:
		return "DECIMAL(38,9)"
	case providers.TypeFloat:
		return "DOUBLE"
	case providers.TypeDate:
		return "DATE"
	case providers.TypeTimestamp:
		return "TIMESTAMP"
	case providers.TypeTime:
		return "TIME"
	}
	return "VARCHAR"
}

// State qualifies a state table.
func (dialect) State(table string) string { return path(stateCatalog, stateSchema, table) }

// Temp qualifies a table that lives as long as the workspace.
func (dialect) Temp(table string) string { return path(tempCatalog, tempSchema, table) }

// Concat joins texts; null where one of them is null.
func (dialect) Concat(exprs []string) string { return alike.Concat(exprs) }

// Fingerprint is a BIGINT from 0 to 2^63-1: hash() gives an unsigned number, whose lowest bit is dropped so that
// it fits a signed one. hash() counts nulls by their place.
func (dialect) Fingerprint(exprs []string) string {
	if len(exprs) == 0 {
		exprs = []string{"''"}
	}
	return "CAST(hash(" + strings.Join(exprs, ", ") + ") >> 1 AS BIGINT)"
}

// Stepwise is true: joins are planned once, from estimates that know nothing of the rows that a step leaves over.
func (dialect) Stepwise() bool { return true }

// CreateTemp materialises a query; a table of the same name is replaced.
func (d dialect) CreateTemp(table, query string) string {
	return "CREATE OR REPLACE TABLE " + d.Temp(table) + " AS " + query
}

// Replace deletes the rows whose keys occur in source and inserts those that are not gone, after it has looked for keys
// that source has twice. The state's tables have no primary key: within one transaction the engine would still see the
// deleted rows' keys.
func (d dialect) Replace(table, source string, keys, columns []string) []string {
	t, s := d.State(table), d.Temp(source)
	same := make([]string, len(keys))
	quoted := make([]string, len(keys))
	for i, k := range keys {
		quoted[i] = ident(k)
		same[i] = "s." + ident(k) + " IS NOT DISTINCT FROM t." + ident(k)
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = ident(c)
	}
	list := strings.Join(names, ", ")
	return []string{
		"SELECT error('two rows with the same key were to be kept') FROM " + s + " GROUP BY " + strings.Join(quoted, ", ") + " HAVING count(*) > 1",
		"DELETE FROM " + t + " AS t WHERE EXISTS (SELECT 1 FROM " + s + " AS s WHERE " + strings.Join(same, " AND ") + ")",
		"INSERT INTO " + t + " (" + list + ") SELECT " + list + " FROM " + s + " WHERE gone IS NOT TRUE",
	}
}
