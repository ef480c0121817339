// Package soql parses the queries that clients send: one SELECT over one object, with parent paths, aggregates, conditions,
// grouping, ordering and limits (SOQL and SOSL Reference). Nested queries of children, and ELSE in TYPEOF, are not understood.
package soql

import (
	"fmt"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
)

// Query is a parsed SELECT.
type Query struct {
	Text    string
	Select  []Item
	From    string
	FromPos int
	Where   Expr // nil when everything is asked for
	GroupBy []Path
	OrderBy []Order
	Limit   int // -1 when there is none
	Offset  int
}

// Item is one entry of the SELECT list.
type Item struct {
	Func  string // upper case: COUNT, COUNT_DISTINCT, MIN, MAX, SUM, AVG, FIELDS, or "" for a plain field
	Path  Path   // without names for COUNT()
	Alias string
	Pos   int

	// Types are the branches of TYPEOF, whose relationship is Path; empty where the entry is none.
	Types []Branch
}

// Branch is WHEN a parent is of an object THEN its fields.
type Branch struct {
	Object string
	Fields []Path
	Pos    int
}

// Path is a field, reached through parent relationships.
type Path struct {
	Names []string
	Pos   int
}

// String is the path as it was written.
func (p Path) String() string { return strings.Join(p.Names, ".") }

// Order is one entry of ORDER BY.
type Order struct {
	Item      Item
	Desc      bool
	NullsLast bool
}

// Expr is a condition: *Logic, *Not or *Compare.
type Expr interface{ expr() }

// Logic joins conditions with AND or OR.
type Logic struct {
	Or    bool
	Terms []Expr
}

// Not is the contrary of a condition.
type Not struct{ Term Expr }

// Compare compares a field with literals. Op is one of = != < <= > >= LIKE IN, NOT IN, INCLUDES, EXCLUDES.
type Compare struct {
	Path   Path
	Op     string
	Values []Literal
	Sub    *Query // IN (SELECT ...)
}

func (*Logic) expr()   {}
func (*Not) expr()     {}
func (*Compare) expr() {}

// Kind says what a literal is.
type Kind uint8

// The kinds of literals.
const (
	Null Kind = iota
	True
	False
	String
	Number
	Date     // 2006-01-02
	DateTime // 2006-01-02T15:04:05Z
	Named    // TODAY, LAST_N_DAYS:3
)

// Literal is a value in a condition.
type Literal struct {
	Kind Kind
	Text string // unescaped, except for the pattern of LIKE, in which \% and \_ are left as they are
	N    int    // the number of a Named literal such as LAST_N_DAYS:3
	Pos  int
}

// MaxText and MaxLiteral are the limits of a query and of one string in it, in characters (SOQL and SOSL limits).
const (
	MaxText    = 100000
	MaxLiteral = 4000
)

// Errorf makes an error in the layout that Salesforce uses for queries: the text around the place, a caret under it, row and
// column, and the message.
func Errorf(code, text string, pos int, format string, args ...any) *apierror.Error {
	pos = min(max(pos, 0), len(text))
	row := 1 + strings.Count(text[:pos], "\n")
	col := pos - (strings.LastIndexByte(text[:pos], '\n') + 1)
	start, end := max(pos-60, 0), min(pos+40, len(text))
	snippet := strings.ReplaceAll(text[start:end], "\n", " ")
	return apierror.New(code, "\n%s\n%s^\nERROR at Row:%d:Column:%d\n%s",
		snippet, strings.Repeat(" ", pos-start), row, col+1, fmt.Sprintf(format, args...))
}
