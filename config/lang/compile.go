package lang

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/eval"
)

// Compile turns an expression into the mapping language. What mentions neither col nor sql() is evaluated with ctx
// and becomes a literal. The result is nil where there are diagnostics, and where the expression uses a value that
// was found wrong before.
func Compile(expr hcl.Expression, ctx *hcl.EvalContext) (Expr, diag.Diagnostics) {
	c := &compiler{ctx: ctx}
	c.inside = c.rows(expr)
	e := c.compile(expr)
	if len(c.ds) == 0 && e != nil {
		_, c.ds = Check(e, Scope{}, "C139")
	}
	if len(c.ds) > 0 {
		return nil, c.ds
	}
	return e, nil
}

type compiler struct {
	ctx    *hcl.EvalContext
	ds     diag.Diagnostics
	inside bool // the whole expression is one of the mapping language
}

func (c *compiler) fail(code diag.Code, at hcl.Range, label, detail string, hints ...string) Expr {
	c.ds = append(c.ds, diag.Diagnostic{
		Code: code, Severity: diag.Error, Subject: &at, Label: label, Detail: detail, Hints: hints,
	})
	return nil
}

func (c *compiler) compile(expr hcl.Expression) Expr {
	if !c.rows(expr) {
		return c.constant(expr)
	}
	switch e := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return c.compile(e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return c.compile(e.Wrapped)
	case *hclsyntax.ScopeTraversalExpr:
		return c.column(e.Traversal)
	case *hclsyntax.IndexExpr:
		return c.index(e)
	case *hclsyntax.TemplateExpr:
		return c.template(e)
	case *hclsyntax.FunctionCallExpr:
		return c.call(e)
	case *hclsyntax.ConditionalExpr:
		return c.condition(e)
	case *hclsyntax.BinaryOpExpr:
		return c.operator(binary(e.Op), e.Range(), e.LHS, e.RHS)
	case *hclsyntax.UnaryOpExpr:
		return c.operator(map[bool]string{true: "!", false: "neg"}[e.Op == hclsyntax.OpLogicalNot], e.Range(), e.Val)
	case *hclsyntax.TemplateJoinExpr:
		return c.fail("C129", expr.Range(), "a loop over columns", "A text cannot loop over the columns of a row. Name them one by one, or join(\", \", [col.a, col.b]).")
	case *hclsyntax.RelativeTraversalExpr, *hclsyntax.SplatExpr:
		return c.fail("C130", expr.Range(), "not a column", `A column is written col.NAME, or col["odd name"]. Columns have no parts of their own; take them apart in the model's SQL.`)
	case *hclsyntax.TupleConsExpr, *hclsyntax.ObjectConsExpr, *hclsyntax.ForExpr:
		return c.many(expr.Range())
	}
	return c.fail("C129", expr.Range(), "not a value of one field", "This expression cannot be the value of a field. A field takes a column, a constant, a template, a function or an operator of the mapping language, or sql(\"...\").")
}

// constant evaluates an expression that is the same for every row.
func (c *compiler) constant(expr hcl.Expression) Expr {
	v, ds := eval.Value(expr, c.ctx)
	c.ds = append(c.ds, ds...)
	if len(ds) > 0 || !v.IsWhollyKnown() {
		return nil
	}
	at := expr.Range()
	switch {
	case v.ContainsMarked():
		return c.fail("C125", at, "a sensitive value", "Field values are compared, stored in the state and shown in plans, so a sensitive value cannot be one. A sensitive variable that holds no secret after all is written nonsensitive(var.NAME).")
	case v.IsNull():
		return &Literal{Value: cty.NullVal(cty.DynamicPseudoType), Rng: at}
	case !v.Type().IsPrimitiveType():
		return c.many(at)
	}
	return &Literal{Value: v, Rng: at}
}

func (c *compiler) many(at hcl.Range) Expr {
	return c.fail("C129", at, "more than one value",
		"A field takes one value, not a list, a map or an object. The values of a multi-select picklist are one text, joined by semicolons.")
}

func (c *compiler) column(t hcl.Traversal) Expr {
	at := t.SourceRange()
	switch n, _, ok := eval.Step(t); {
	case len(t) == 1:
		return c.fail("C130", at, "which column?", "col stands for all columns of the row. Name one of them: col.NAME.")
	case !ok:
		return c.fail("C130", at, "not a column", `A column is named, not counted: col.NAME, or col["odd name"].`)
	case n == "":
		return c.fail("C130", at, "no name", `A column's name cannot be empty: write col.NAME, or col["odd name"].`)
	case len(t) > 2:
		return c.fail("C130", at, "columns have no parts", fmt.Sprintf("Column %q is one value and has no parts that a mapping can name. Take it apart in the model's SQL, and give the part a name of its own.", n))
	default:
		return &Column{Name: n, Rng: at}
	}
}

// index is col[...] where the name is an expression.
func (c *compiler) index(e *hclsyntax.IndexExpr) Expr {
	base, ok := e.Collection.(*hclsyntax.ScopeTraversalExpr)
	if !ok || len(base.Traversal) != 1 || base.Traversal.RootName() != "col" {
		return c.fail("C130", e.Range(), "not a column", `A column is written col.NAME, or col["odd name"]. Columns have no parts of their own; take them apart in the model's SQL.`)
	}
	if Rows(e.Key) {
		return c.fail("C130", e.Key.Range(), "differs from row to row", "The name of a column is the same for every row, so it cannot come from a column.")
	}
	n, ok := c.text(e.Key, "C130", "The name of a column is a text.")
	if !ok {
		return nil
	}
	if n == "" {
		return c.fail("C130", e.Key.Range(), "no name", "A column's name cannot be empty.")
	}
	return &Column{Name: n, Rng: e.Range()}
}

// text evaluates a constant text; ok is false where it is none, and the problem is reported.
func (c *compiler) text(expr hcl.Expression, code diag.Code, detail string) (string, bool) {
	before := len(c.ds)
	l, ok := c.constant(expr).(*Literal)
	switch {
	case !ok && len(c.ds) > before, !ok:
		return "", false
	case l.Value.IsNull() || l.Value.Type() != cty.String:
		c.fail(code, expr.Range(), "not a text", detail)
		return "", false
	}
	return l.Value.AsString(), true
}

func (c *compiler) template(e *hclsyntax.TemplateExpr) Expr {
	t := &Template{Rng: e.Range()}
	for _, part := range e.Parts {
		p := c.compile(part)
		if l, ok := p.(*Literal); ok {
			s, err := convert.Convert(l.Value, cty.String)
			if err != nil || s.IsNull() {
				c.fail("C129", part.Range(), "null", "A null within a template makes the whole text null, for every row. Leave it out, or use a value that is not null.")
				continue
			}
			p = &Literal{Value: s, Rng: l.Rng}
		}
		t.add(p)
	}
	return t
}

// add appends a part; templates within templates become one, and so do neighbouring texts.
func (t *Template) add(e Expr) {
	switch e := e.(type) {
	case nil:
	case *Template:
		for _, p := range e.Parts {
			t.add(p)
		}
	case *Literal:
		if e.Value.AsString() == "" {
			return
		}
		if n := len(t.Parts); n > 0 {
			if last, ok := t.Parts[n-1].(*Literal); ok {
				t.Parts[n-1] = &Literal{
					Value: cty.StringVal(last.Value.AsString() + e.Value.AsString()),
					Rng:   hcl.RangeBetween(last.Rng, e.Rng),
				}
				return
			}
		}
		t.Parts = append(t.Parts, e)
	default:
		t.Parts = append(t.Parts, e)
	}
}

func (c *compiler) raw(e *hclsyntax.FunctionCallExpr) Expr {
	const takes = `sql takes one text, an expression in the SQL of the model's source, as in sql("round(ltv / 12, 2)"). Columns are named in it as in any SQL.`
	if len(e.Args) != 1 || e.ExpandFinal {
		return c.fail("C131", e.Range(), "one text", takes)
	}
	if Rows(e.Args[0]) {
		return c.fail("C131", e.Args[0].Range(), "not a constant", "The text of sql() is the same for every row, so col cannot be part of it. "+takes)
	}
	s, ok := c.text(e.Args[0], "C131", takes)
	if !ok {
		return nil
	}
	if strings.TrimSpace(s) == "" {
		return c.fail("C131", e.Args[0].Range(), "empty", "The expression is empty. "+takes)
	}
	return &Raw{SQL: s, Rng: e.Range()}
}

// Rows tells whether an expression differs from row to row: it mentions col or sql().
func Rows(expr hcl.Expression) bool {
	for _, t := range expr.Variables() {
		if t.RootName() == "col" {
			return true
		}
	}
	found := false
	eval.Calls(expr, func(c *hclsyntax.FunctionCallExpr) { found = found || c.Name == "sql" })
	return found
}
