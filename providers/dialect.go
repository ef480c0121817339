package providers

// Dialect is the SQL that differs between engines. Everything else stands once, in engine/diff. Its methods are
// pure functions of their arguments; the same arguments give the same text, so that statements can be compared
// with goldens.
type Dialect interface {
	// Name is the kind of workspace: "duckdb" or "databricks". Messages may print it; nobody may branch on it.
	Name() string

	// Stamp names the fingerprint function: engine and version. Fingerprints of another stamp are recomputed from
	// the stored text.
	Stamp() string

	// Ident quotes an identifier; Literal quotes a text value.
	Ident(name string) string
	Literal(text string) string

	// Type is the engine's type for columns of the state: TypeText, TypeInt, TypeBool, TypeInstant.
	Type(t Type) string

	// State and Temp qualify the names of a state table and of a table that lives as long as the workspace.
	State(table string) string
	Temp(table string) string

	// Canonical is an expression that turns a column of type from into canonical text (see Text). It is null
	// where the value is null, blank, or cannot become the kind; it never fails a query. zone is how timestamps
	// without zone are read. ok is false where no value of the type can become the kind.
	Canonical(expr string, from Type, to Canon, zone string) (sql string, ok bool)

	// Cast is an expression that turns any column into the text that people would write for it, for templates and
	// keys: null stays null, text stays as it is.
	Cast(expr string, from Type) string

	// Functions is the SQL of the mapping language.
	Functions() Functions

	// Concat joins texts; null where one of them is null.
	Concat(exprs []string) string

	// Matches tells whether the whole of a text fits a pattern, which is one that RE2 and Java understand alike, without
	// backslashes. Within tells whether each value of a canonical set is one of the given ones.
	Matches(text, pattern string) string
	Within(set string, values []string) string

	// Fingerprint is a 64 bit integer expression over texts; nulls in different places give different values.
	Fingerprint(exprs []string) string

	// Stepwise tells whether a step is better materialised than left inside the next one. It is false where a statement
	// costs more than that, and joins are planned anew from the sizes that are met.
	Stepwise() bool

	// CreateTemp materialises a query as a Temp table.
	CreateTemp(table, query string) string

	// Replace makes the rows of a state table whose key columns occur in the Temp table source equal to source's
	// rows: deleted where source's column `gone` is true, inserted or replaced where it is false. columns are
	// filled from source's columns of the same names. No two rows of source have equal keys: where they have, it fails
	// and changes nothing. Repeating it changes nothing.
	Replace(table, source string, keys, columns []string) []string
}
