package providers

import (
	"context"
	"iter"

	"github.com/signalsmith/signalsmith/config/schema"
)

// Workspace is a SQL session in which the state's tables and the models' sources are visible together, so that
// rows are compared where they are.
//
// A Workspace may be used by several goroutines. Whatever Query and Exec return was not retried by the workspace
// unless it is known that nothing had happened. The engine closes it; Close ends running statements, removes what
// was materialised and releases the state's lock.
type Workspace interface {
	// Dialect gives the SQL that differs between engines.
	Dialect() Dialect

	// Model proves that a model is one SELECT over its own source and prepares it without running it. What comes
	// back can stand in a FROM clause of a later Query or Exec. An error is diag.Diagnostics with places inside
	// the model's SQL as far as they are known.
	Model(ctx context.Context, m ModelSpec) (Relation, error)

	// Check prepares an expression that a configuration's author wrote in SQL, over the columns of a relation,
	// and gives its type. It proves first that it is one expression that reaches nothing but these columns.
	Check(ctx context.Context, r Relation, expr string) (Column, error)

	// Tables lists the state's tables, by name as given to Dialect.State, with the names of their columns in
	// order. A state that does not exist yet has none.
	Tables(ctx context.Context) (map[string][]string, error)

	// Query runs one statement and streams its rows.
	Query(ctx context.Context, sql string, args ...any) (Rows, error)

	// Exec runs statements: in one transaction where the engine has them, else in order, each repeatable.
	Exec(ctx context.Context, stmts ...Statement) error

	// Fill makes a table of rows and gives their number; a table of this name is replaced. Columns are text, int, bool and
	// timestamptz, their values string, int64, bool, time.Time or nil; the slice is the caller's again after each step. It
	// stops at the first error that rows yields and returns it: the table is then there as it was, or not at all, or with
	// fewer rows, and nobody may use it.
	Fill(ctx context.Context, table string, columns []Column, rows iter.Seq2[[]any, error]) (int64, error)

	Close() error
}

// Statement is one SQL statement with values bound to its ? parameters.
type Statement struct {
	SQL  string
	Args []any

	// If is a condition over the state's tables, without parameters: where it does not hold when the statement is
	// executed, nothing changes, and that is no error. "" always holds. INSERT ... VALUES, UPDATE, DELETE and what
	// Dialect.Replace gives may have one. Only that of an INSERT may read the table which is written.
	If string
}

// Rows are the rows of a query. Close is always called; Err tells whether all rows came.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// ModelSpec is a model to prove.
type ModelSpec struct {
	Source string // the source's name, as given in WorkspaceSpec
	SQL    string // or:
	Table  string

	// Computed are expressions over the model's columns in the source's own SQL, as an author of the configuration
	// wrote them; each becomes a further column. Only scanners are asked for them: they prove them as Check does.
	Computed []Computed
}

// Computed is a column that the source computes.
type Computed struct {
	Name string
	SQL  string
}

// Relation is a proven model. SQL is a parenthesised query or a quoted table name.
type Relation struct {
	SQL     string
	Columns []Column
}

// Column finds a column by its exact name, nil where there is none.
func (r Relation) Column(name string) *Column {
	for i := range r.Columns {
		if r.Columns[i].Name == name {
			return &r.Columns[i]
		}
	}
	return nil
}

// WorkspaceFactory opens workspaces of one kind: the label of the source block it describes.
type WorkspaceFactory interface {
	Kind() string
	Schema() *schema.Block

	// Open opens the state and makes the sources visible, each to its own models only. An error is
	// diag.Diagnostics: a missing file, a state file that another process holds (the message names it).
	Open(ctx context.Context, s WorkspaceSpec) (Workspace, error)
}

// WorkspaceSpec says what a workspace shows.
type WorkspaceSpec struct {
	Dir string // relative paths start here

	// StatePath is the file of local state, of workspaces that keep it in a file. With Write it is created where it
	// is absent, and locked; without, an absent file is an empty state, and nothing is written.
	StatePath string
	Write     bool

	// StateSchema is the schema of the first source that holds the state, of workspaces that keep it in the
	// warehouse; a name of one or two parts. With Write it is created where it is absent (or the error gives the
	// DDL and the grants for an admin), and its lock row is taken for Owner; without, nothing is written but
	// temporary tables, whose names hold Plan.
	StateSchema string
	Owner       Owner
	Plan        string

	Sources []SourceSpec

	// MemoryLimit in bytes, Threads: 0 takes the engine's choice.
	MemoryLimit int64
	Threads     int
}

// Owner is who holds the lock of a state.
type Owner struct {
	User, Host, Run string
	PID             int
}

// Unlocker is implemented by workspace factories whose lock outlives its holder.
type Unlocker interface {
	// Unlock breaks the lock and tells who held it; ok is false where nobody did.
	Unlock(ctx context.Context, s WorkspaceSpec) (was Owner, ok bool, err error)
}

// Scanner reads the models of one source for a workspace that cannot see it. It may be used by several goroutines.
type Scanner interface {
	// Model proves and prepares a model, as Workspace.Model does. The relation's SQL is the scanner's own.
	Model(ctx context.Context, m ModelSpec) (Relation, error)

	// Scan streams a relation's rows at bounded memory. A value is text as people write it, or null: dates
	// "2006-01-02", timestamps without zone "2006-01-02 15:04:05.999999", instants the same in UTC with "Z" behind,
	// numbers in plain digits, booleans "true" and "false". The slice is valid until the next step. A stream that ends
	// without an error was complete: the number of rows is the server's own count.
	Scan(ctx context.Context, r Relation) iter.Seq2[[]Text, error]

	Close() error
}

// ScannerFactory opens scanners of one kind of source.
type ScannerFactory interface {
	Kind() string
	Schema() *schema.Block
	Scanner(ctx context.Context, s SourceSpec, dir, userAgent string) (Scanner, error)
}

// SourceSpec is one source block.
type SourceSpec struct {
	Name string
	Body *schema.Body
}
