// Package lang is the mapping language: expressions over the columns of a model, which are compiled to SQL and
// run by the engine that holds the rows, never row by row in this process.
package lang

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Expr is a compiled expression: Column, Literal, Template or Raw. Variables, locals and functions of arguments
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
func (e *Raw) Range() hcl.Range      { return e.Rng } // Range is the place in the configuration.

func (*Column) expr()   {}
func (*Literal) expr()  {}
func (*Template) expr() {}
func (*Raw) expr()      {}

// Inputs lists what an expression reads of a row, from left to right: its columns, and its raw SQL as a whole.
func Inputs(e Expr) []Expr {
	switch e := e.(type) {
	case *Column, *Raw:
		return []Expr{e}
	case *Template:
		var out []Expr
		for _, p := range e.Parts {
			out = append(out, Inputs(p)...)
		}
		return out
	}
	return nil
}

// Columns calls f for each column reference of an expression, from left to right.
func Columns(e Expr, f func(*Column)) {
	switch e := e.(type) {
	case *Column:
		f(e)
	case *Template:
		for _, p := range e.Parts {
			Columns(p, f)
		}
	}
}
