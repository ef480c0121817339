// Package thrifttest is a SQL warehouse for tests: an HTTP server that speaks the Thrift protocol of Databricks (the
// TCLIService of HiveServer2 with Databricks' fields, binary protocol in HTTP POSTs) to the unmodified Go driver, with
// a Backend behind it that runs the statements. DuckDB is fast and needs nothing installed; Spark has the real parser,
// ANSI rules and Delta Lake.
package thrifttest

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"
)

// Backend runs SQL in the dialect of Databricks. It is called by several goroutines, once for each statement, and
// holds no state of a session: the namespace a session was opened with comes with the context (see NamespaceOf).
type Backend interface {
	// Execute runs one statement to its end. An error may be or wrap a *SQLError, whose state and message reach the
	// client; any other one is reported with state HY000. When ctx ends the statement is cancelled.
	Execute(ctx context.Context, sql string, params []Param) (Result, error)

	// Close ends running statements and releases what the backend holds.
	Close() error
}

// Param is a value bound to a statement: by Name, or by position where no parameter has one.
type Param struct {
	Name  string
	Type  string // as the driver names it: STRING, BIGINT, DECIMAL(10,2), TIMESTAMP, VOID, ...
	Value string
	Null  bool
}

// Column is one column of a result. Type is written as Databricks writes it: bigint, decimal(10,2), timestamp_ntz,
// array<string>, void.
type Column struct {
	Name string
	Type string
}

// Result is what a statement gave. A statement without a result set has no columns.
type Result struct {
	Columns []Column

	// Batches hold the rows. Their types follow Columns: decimals as decimal128, timestamps in microseconds (with a
	// time zone where they are instants), dates as date32, void as null, arrays, maps and structs as such.
	Batches []arrow.RecordBatch

	// Modified is the number of rows that INSERT, UPDATE, DELETE or MERGE wrote.
	Modified int64
}

func (r Result) rows() int64 {
	var n int64
	for _, b := range r.Batches {
		n += b.NumRows()
	}
	return n
}

// SQLError is a statement's failure as the server reports it.
type SQLError struct {
	State   string // SQLSTATE, for example 42P01
	Message string // begins with the error class where there is one: [TABLE_OR_VIEW_NOT_FOUND] ...
	Code    int32
}

// Error gives the message.
func (e *SQLError) Error() string { return e.Message }

// Namespace is where a session looks for names without a catalog or schema.
type Namespace struct {
	Catalog string
	Schema  string
}

type namespaceKey struct{}

// WithNamespace gives a context that carries a session's namespace to a Backend.
func WithNamespace(ctx context.Context, n Namespace) context.Context {
	return context.WithValue(ctx, namespaceKey{}, n)
}

// NamespaceOf gives the namespace of the session that a statement runs in; its parts are empty where the client named
// none.
func NamespaceOf(ctx context.Context) Namespace {
	n, _ := ctx.Value(namespaceKey{}).(Namespace)
	return n
}
