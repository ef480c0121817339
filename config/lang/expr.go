// Package lang is the mapping language: expressions over the columns of a model, which are compiled to SQL and
// run by the engine that holds the rows, never row by row in this process.
//
// Compile turns an expression of the configuration into an Expr and finds what is wrong with it as far as that shows
// without knowing the model's columns; Check finds the rest. What a function or an operator takes and gives stands
// once, in Table.
package lang

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Expr is a compiled expression: Column, Literal, Template, Call or Raw. Variables, locals and functions of arguments
// are folded to literals before.
type Expr interface {
	Range() hcl.Range
	expr()
}

// Column is col.NAME.
type Column struct {
	Name string
	Rng  hcl.Range
}

// Literal is a known string, number or bool, or null (cty.NullVal of any type).
type Literal struct {
	Value cty.Value
	Rng   hcl.Range
}

// Template is a string with inserted expressions. It is null where one of its parts is null.
type Template struct {
	Parts []Expr
	Rng   hcl.Range
}

// Call is a function or an operator of Table with its arguments: of join, the separator and then the elements of the
// list. Arguments that are Constant are literals that have been checked.
type Call struct {
	Name string
	Args []Expr
	Rng  hcl.Range
}

// Raw is sql("..."): an expression in the SQL of the model's source. It may name the model's columns; nothing is
// checked but that it is one expression.
type Raw struct {
	SQL string
	Rng hcl.Range
}

// Range is the place in the configuration.
func (e *Column) Range() hcl.Range   { return e.Rng }
func (e *Literal) Range() hcl.Range  { return e.Rng } // Range is the place in the configuration.
func (e *Template) Range() hcl.Range { return e.Rng } // Range is the place in the configuration.
func (e *Call) Range() hcl.Range     { return e.Rng } // Range is the place in the configuration.
func (e *Raw) Range() hcl.Range      { return e.Rng } // Range is the place in the configuration.

func (*Column) expr()   {}
func (*Literal) expr()  {}
func (*Template) expr() {}
func (*Call) expr()     {}
func (*Raw) expr()      {}

// Walk calls f for an expression and all expressions within it, from left to right. The expression may be nil.
func Walk(e Expr, f func(Expr)) {
	if e == nil {
		return
	}
	f(e)
	var inner []Expr
	switch e := e.(type) {
	case *Template:
		inner = e.Parts
	case *Call:
		inner = e.Args
	}
	for _, x := range inner {
		Walk(x, f)
	}
}

// Columns calls f for each column reference of an expression, from left to right.
func Columns(e Expr, f func(*Column)) {
	Walk(e, func(x Expr) {
		if c, ok := x.(*Column); ok {
			f(c)
		}
	})
}

// Raws calls f for each sql() of an expression, from left to right.
func Raws(e Expr, f func(*Raw)) {
	Walk(e, func(x Expr) {
		if r, ok := x.(*Raw); ok {
			f(r)
		}
	})
}

// IsNull tells whether an expression is the literal null.
func IsNull(e Expr) bool {
	l, ok := e.(*Literal)
	return ok && l.Value.IsNull()
}
