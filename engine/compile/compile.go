// Package compile turns expressions of the mapping language into SQL. What a function means stands in
// docs/mapping-language.md; what it takes and gives, in config/lang; how an engine says it, in providers.Functions.
package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/providers"
)

// Scope is what the names in an expression stand for.
type Scope struct {
	Dialect providers.Dialect

	// Columns are the relation's; Alias, which may be empty, stands before their names.
	Columns []providers.Column
	Alias   string
	Zone    string // in which timestamps are read; "" is UTC

	// Raw gives an expression for SQL that the configuration's author wrote, and its type.
	Raw func(sql string) (string, providers.Column)
}

// Value is an expression in SQL.
type Value struct {
	SQL  string
	Type providers.Type

	// Bad is a condition that holds, on a row, where a conversion or a computation that was carried out had all it
	// needs and yet no result; null is as good as false. It is "" where that cannot be.
	Bad string

	digits bool // a number of the language: DECIMAL(29,9)
}

// Types are the types of what an expression names, for lang.Check.
func (s Scope) Types() lang.Scope {
	return lang.Scope{
		Column: func(c *lang.Column) lang.Type { return typeOf(s.column(c.Name).Type) },
		Raw: func(r *lang.Raw) lang.Type {
			_, c := s.Raw(r.SQL)
			return typeOf(c.Type)
		},
	}
}

func typeOf(t providers.Type) lang.Type {
	switch t {
	case providers.TypeText:
		return lang.Text
	case providers.TypeBool:
		return lang.Bool
	case providers.TypeInt, providers.TypeDecimal, providers.TypeFloat:
		return lang.Number
	case providers.TypeDate:
		return lang.Date
	case providers.TypeTimestamp:
		return lang.Timestamp
	case providers.TypeInstant:
		return lang.Instant
	case providers.TypeTime:
		return lang.Time
	}
	return lang.Other
}

func (s Scope) column(name string) providers.Column {
	for _, c := range s.Columns {
		if c.Name == name {
			return c
		}
	}
	return providers.Column{Type: providers.TypeOther}
}

// Expr compiles an expression that lang.Check has passed, and whose columns exist.
func Expr(s Scope, e lang.Expr) Value {
	c := compiler{Scope: s, d: s.Dialect, f: s.Dialect.Functions()}
	return c.expr(e)
}

// Text compiles an expression to text, as a template would write it.
func Text(s Scope, e lang.Expr) Value {
	c := compiler{Scope: s, d: s.Dialect, f: s.Dialect.Functions()}
	v := c.expr(e)
	if v.digits {
		return c.text(v)
	}
	return v
}

type compiler struct {
	Scope
	d providers.Dialect
	f providers.Functions
}

func (c compiler) expr(e lang.Expr) Value {
	switch e := e.(type) {
	case *lang.Column:
		name := c.d.Ident(e.Name)
		if c.Alias != "" {
			name = c.Alias + "." + name
		}
		return Value{SQL: name, Type: c.column(e.Name).Type}
	case *lang.Literal:
		return c.literal(e)
	case *lang.Template:
		return c.concat(e.Parts)
	case *lang.Raw:
		sql, col := c.Raw(e.SQL)
		return Value{SQL: sql, Type: col.Type}
	case *lang.Call:
		build := builders()[e.Name]
		if build == nil {
			panic("no SQL of " + e.Name)
		}
		return build(c, e)
	}
	panic(fmt.Sprintf("unknown expression %T", e))
}

// literal is a constant. Null has the type of text until it is known better.
func (c compiler) literal(e *lang.Literal) Value {
	switch e.Type() {
	case lang.Null:
		return c.null(providers.TypeText)
	case lang.Bool:
		if e.Value.True() {
			return Value{SQL: "true", Type: providers.TypeBool}
		}
		return Value{SQL: "false", Type: providers.TypeBool}
	case lang.Number:
		return number("CAST(" + LiteralText(e) + " AS DECIMAL(29,9))")
	}
	return Value{SQL: c.d.Literal(e.Value.AsString()), Type: providers.TypeText}
}

// LiteralText is a constant as people write it: numbers in plain decimal digits.
func LiteralText(e *lang.Literal) string {
	v, _ := e.Value.Unmark()
	switch v.Type() {
	case cty.Bool:
		if v.True() {
			return "true"
		}
		return "false"
	case cty.Number:
		return v.AsBigFloat().Text('f', -1)
	}
	return v.AsString()
}

func (c compiler) null(t providers.Type) Value {
	sql := "CAST(NULL AS " + c.d.Type(t) + ")"
	if t == providers.TypeDecimal {
		return number("CAST(NULL AS DECIMAL(29,9))")
	}
	return Value{SQL: sql, Type: t}
}

func number(sql string) Value {
	return Value{SQL: sql, Type: providers.TypeDecimal, digits: true}
}

// concat joins values as text.
func (c compiler) concat(parts []lang.Expr) Value {
	texts, bad := make([]string, len(parts)), make([]string, len(parts))
	for i, p := range parts {
		v := c.text(c.expr(p))
		texts[i], bad[i] = v.SQL, v.Bad
	}
	return Value{SQL: c.d.Concat(texts), Type: providers.TypeText, Bad: or(bad...)}
}

// text writes a value as people would.
func (c compiler) text(v Value) Value {
	if v.digits {
		v.SQL = c.f.Digits(v.SQL)
	} else {
		v.SQL = c.d.Cast(v.SQL, v.Type)
	}
	v.Type, v.digits = providers.TypeText, false
	return v
}

// number makes a value of a numeric type one of the language.
func (c compiler) number(v Value, column *providers.Column) Value {
	if v.digits || !numeric(v.Type) {
		return v
	}
	n := number(c.f.Number(v.SQL, v.Type))
	n.Bad = v.Bad
	if column == nil || !fits(*column) {
		n.Bad = or(v.Bad, failed(n.SQL, v.SQL))
	}
	return n
}

func numeric(t providers.Type) bool {
	return t == providers.TypeInt || t == providers.TypeDecimal || t == providers.TypeFloat
}

// fits tells whether every value of a column has few enough digits.
func fits(c providers.Column) bool {
	switch strings.ToUpper(c.SQL) {
	case "TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT":
		return true
	}
	return false
}

// arg compiles an argument; numbers become those of the language.
func (c compiler) arg(e lang.Expr) Value {
	v := c.expr(e)
	switch e := e.(type) {
	case *lang.Column:
		col := c.column(e.Name)
		return c.number(v, &col)
	case *lang.Raw:
		_, col := c.Raw(e.SQL)
		return c.number(v, &col)
	}
	return c.number(v, nil)
}

// same compiles values of one type, among which may be null.
func (c compiler) same(es []lang.Expr) []Value {
	vs := make([]Value, len(es))
	t := providers.TypeText
	for i, e := range es {
		vs[i] = c.arg(e)
		if !lang.IsNull(e) {
			t = vs[i].Type
		}
	}
	for i, e := range es {
		if lang.IsNull(e) {
			vs[i] = c.null(t)
		}
	}
	return vs
}

// typed compiles an argument of a type; null becomes one of it.
func (c compiler) typed(e lang.Expr, t providers.Type) Value {
	if lang.IsNull(e) {
		return c.null(t)
	}
	return c.arg(e)
}

// failed holds where the inputs are there and the result is not.
func failed(result string, inputs ...string) string {
	all := make([]string, 0, len(inputs)+1)
	for _, in := range inputs {
		all = append(all, in+" IS NOT NULL")
	}
	return "(" + strings.Join(append(all, result+" IS NULL"), " AND ") + ")"
}

// or joins conditions; those that cannot hold are "".
func or(conditions ...string) string {
	all := slices.DeleteFunc(slices.Clone(conditions), func(c string) bool { return c == "" })
	switch len(all) {
	case 0:
		return ""
	case 1:
		return all[0]
	}
	return "(" + strings.Join(all, " OR ") + ")"
}
