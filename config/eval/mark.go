package eval

import (
	"maps"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Mark is the type of the marks that values carry.
type Mark string

// Sensitive marks values that are printed nowhere: what env() reads and what sensitive variables hold. Environment
// marks what env() reads, which nothing makes public again. Secret marks what it reads from a variable whose name says
// that it is one (…_TOKEN); such values go into arguments for secrets only.
const (
	Sensitive   Mark = "sensitive"
	Environment Mark = "environment"
	Secret      Mark = "secret"
)

// Marked tells whether a value, or one within it, carries a mark.
func Marked(v cty.Value, m Mark) bool {
	_, marks := v.UnmarkDeep()
	_, ok := marks[m]
	return ok
}

// keyMarks are the marks of the keys in an expression's indexes, which evaluation itself does not carry into the
// element that a key leads to.
func keyMarks(expr hcl.Expression, ctx *hcl.EvalContext) cty.ValueMarks {
	marks := cty.ValueMarks{}
	node, ok := expr.(hclsyntax.Node)
	if !ok {
		return marks
	}
	_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
		index, ok := n.(*hclsyntax.IndexExpr)
		if !ok {
			return nil
		}
		from := marksOf(index.Key, ctx)
		for _, t := range index.Key.Variables() {
			if _, known := variable(ctx, t.RootName()); !known {
				from = marksOf(expr, ctx) // a loop's own variable: whatever the loop is over
			}
		}
		maps.Copy(marks, from)
		return nil
	})
	return marks
}

// marksOf are the marks of all values that an expression uses, whether they come into its result or not.
func marksOf(expr hcl.Expression, ctx *hcl.EvalContext) cty.ValueMarks {
	marks := cty.ValueMarks{}
	for _, t := range expr.Variables() {
		scope, ok := variable(ctx, t.RootName())
		if !ok {
			continue
		}
		if n, _, ok := Step(t); ok && scope.Type().IsObjectType() && scope.Type().HasAttribute(n) {
			scope = scope.GetAttr(n)
		}
		_, more := scope.UnmarkDeep()
		maps.Copy(marks, more)
	}
	Calls(expr, func(c *hclsyntax.FunctionCallExpr) {
		switch c.Name {
		case "env":
			marks[Environment] = struct{}{}
			marks[Sensitive] = struct{}{}
		case "sensitive":
			marks[Sensitive] = struct{}{}
		}
	})
	return marks
}
