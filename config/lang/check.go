package lang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/diag"
)

// Scope gives the types of what an expression names. A function that is nil knows none.
type Scope struct {
	Column func(*Column) Type
	Raw    func(*Raw) Type
}

// Check gives the type of an expression and says, under the given code, which values are of a type that their function
// or operator does not take:
//
//   - types are never converted on their own, but into text within templates, concat and join;
//   - the operands of a comparison, the values of ? :, coalesce and nullif are of one type;
//   - null is of every type, and what is Unknown passes;
//   - a date is taken from a timestamp or an instant, and an instant written, only in a zone that is named.
func Check(e Expr, s Scope, code diag.Code) (Type, diag.Diagnostics) {
	c := &checker{scope: s, code: code}
	t := c.check(e)
	return t, c.ds
}

type checker struct {
	scope Scope
	code  diag.Code
	ds    diag.Diagnostics
}

func (c *checker) fail(at hcl.Range, label, detail string) {
	c.ds = append(c.ds, diag.Diagnostic{Code: c.code, Severity: diag.Error, Subject: &at, Label: label, Detail: detail})
}

func (c *checker) check(e Expr) Type {
	switch e := e.(type) {
	case *Column:
		if c.scope.Column != nil {
			return c.scope.Column(e)
		}
	case *Raw:
		if c.scope.Raw != nil {
			return c.scope.Raw(e)
		}
	case *Literal:
		return e.Type()
	case *Template:
		for _, p := range e.Parts {
			c.check(p)
		}
		return Text
	case *Call:
		return c.call(e)
	}
	return Unknown
}

// Type is the type of a literal.
func (e *Literal) Type() Type {
	switch {
	case e.Value.IsNull():
		return Null
	case e.Value.Type() == cty.Number:
		return Number
	case e.Value.Type() == cty.Bool:
		return Bool
	}
	return Text
}

func (c *checker) call(e *Call) Type {
	f, _ := Lookup(e.Name)
	first := Null // the type of the parameters that have the same one
	var of Expr
	types := make([]Type, len(e.Args))
	for i, a := range e.Args {
		p := f.Param(i)
		if p.Constant != Varying {
			continue
		}
		t := c.check(a)
		types[i] = t
		switch {
		case t == Other:
			c.fail(a.Range(), "neither a text nor a number", "This value is a list, a struct or of another type that no function takes. Take it apart in the model's SQL.")
			continue
		case t == Null && strings.ContainsAny(f.Name, "<>"):
			c.fail(a.Range(), "null", "A comparison with null gives null for every row. x == null and x != null tell whether there is a value.")
			continue
		case t == Unknown || t == Null:
		case len(p.Takes) > 0 && !slices.Contains(p.Takes, t):
			c.wrong(f, a, t, p.Takes)
			continue
		}
		if !f.Same || len(p.Takes) == 1 {
			continue
		}
		switch {
		case t == Null:
		case first == Null || first == Unknown:
			first, of = t, a
		case t != Unknown && t != first:
			c.fail(a.Range(), fmt.Sprintf("%s, the other is %s", t.Article(), first.Article()),
				fmt.Sprintf("%s: both have one type. %s is %s. %s", f.Signature(), name(of), first.Article(), advice(first, t, a)))
		}
	}
	c.zone(e, types[0])
	switch {
	case e.Name == "parse_timestamp":
		if parts, _ := ParseFormat(e.text(1), TimeFormat); HasZone(parts) {
			return Instant
		}
		return Timestamp
	case f.Gives == Unknown:
		return first
	}
	return f.Gives
}

// zone checks that a zone is named where one is needed, and only there.
func (c *checker) zone(e *Call, t Type) {
	named := len(e.Args) == 3
	var need bool
	switch e.Name {
	case "to_date":
		named = len(e.Args) == 2
		need = t == Timestamp || t == Instant
	case "date_format":
		need = t == Instant
	default:
		return
	}
	at := e.Rng
	switch {
	case t == Unknown || t == Null || t == Other || need == named:
	case need:
		c.fail(at, "a zone is missing", fmt.Sprintf("Which day or hour it is depends on the time zone, so it is never guessed. Name one: %s(..., \"Europe/Berlin\").", e.Name))
	default:
		c.fail(e.Args[len(e.Args)-1].Range(), "a zone too many", fmt.Sprintf("%s is the same in every time zone. Leave the zone out.", sentence(t.Article())))
	}
}

// wrong reports a value of a type that a parameter does not take.
func (c *checker) wrong(f Function, a Expr, got Type, want []Type) {
	wanted := make([]string, len(want))
	for i, w := range want {
		wanted[i] = w.Article()
	}
	detail := fmt.Sprintf("%s takes %s, and %s is %s.", f.Signature(), strings.Join(wanted, " or "), name(a), got.Article())
	c.fail(a.Range(), fmt.Sprintf("%s, not %s", got.Article(), strings.Join(wanted, " or ")), strings.TrimSpace(detail+" "+advice(want[0], got, a)))
}

// advice says how a value becomes one of another type.
func advice(want, got Type, a Expr) string {
	x := "..."
	if c, ok := a.(*Column); ok {
		x = "col." + c.Name
	}
	switch {
	case want == Text:
		return fmt.Sprintf("concat(%s) makes a text of any value.", x)
	case got == Text && want == Number:
		return fmt.Sprintf("to_number(%s) reads a number.", x)
	case want == Bool && (got == Text || got == Number):
		return fmt.Sprintf("to_bool(%s) reads true and false, yes and no, 1 and 0; a comparison is true or false too.", x)
	case got == Text && want == Date:
		return fmt.Sprintf("to_date(%s) reads a date as in 2026-01-31, parse_date others.", x)
	case want == Date && (got == Timestamp || got == Instant):
		return fmt.Sprintf("to_date(%s, \"Europe/Berlin\") gives the day in a zone.", x)
	case got == Text && (want == Timestamp || want == Instant):
		return fmt.Sprintf("parse_timestamp(%s, \"%%Y-%%m-%%d %%H:%%M:%%S\") reads one.", x)
	}
	return "Convert it in the model's SQL."
}

// Article is the type with its article, as in a message.
func (t Type) Article() string {
	if t == Instant {
		return "an instant"
	}
	if t == Bool {
		return "true or false"
	}
	return "a " + string(t)
}

func name(e Expr) string {
	if c, ok := e.(*Column); ok {
		return "col." + c.Name
	}
	return "this"
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
