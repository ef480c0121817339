// Package eval evaluates the expressions of arguments, locals and variables, and says in our own diagnostics what is
// wrong with them.
package eval

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/signalsmith/signalsmith/config/diag"
)

// blockTypes are the roots of references to blocks.
func blockTypes() []string {
	return []string{"source", "model", "destination", "target", "mapping", "sync", "audience"}
}

// Value evaluates an expression. The value is unknown where there are diagnostics, and where the expression uses
// something that was found wrong before.
func Value(expr hcl.Expression, ctx *hcl.EvalContext) (cty.Value, diag.Diagnostics) {
	if ds := Check(expr, ctx); len(ds) > 0 {
		return cty.DynamicVal, ds
	}
	v, hd := expr.Value(ctx)
	if !hd.HasErrors() {
		return v.WithMarks(keyMarks(expr, ctx)), nil
	}
	return cty.DynamicVal, failures(expr, ctx, hd)
}

// Check finds names that an expression uses and that do not exist.
func Check(expr hcl.Expression, ctx *hcl.EvalContext) diag.Diagnostics {
	var ds diag.Diagnostics
	for _, t := range expr.Variables() {
		if d := name(t, ctx); d != nil {
			ds = append(ds, *d)
		}
	}
	Calls(expr, func(c *hclsyntax.FunctionCallExpr) {
		if d := call(c, ctx); d != nil {
			ds = append(ds, *d)
		}
	})
	return ds
}

// Calls finds the function calls of an expression.
func Calls(expr hcl.Expression, f func(*hclsyntax.FunctionCallExpr)) {
	node, ok := expr.(hclsyntax.Node)
	if !ok {
		return
	}
	_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
		if c, ok := n.(*hclsyntax.FunctionCallExpr); ok {
			f(c)
		}
		return nil
	})
}

// Step is the name that follows the root of a reference, as in var.NAME, and its place.
func Step(t hcl.Traversal) (name string, at hcl.Range, ok bool) {
	if len(t) < 2 {
		return "", t.SourceRange(), false
	}
	switch s := t[1].(type) {
	case hcl.TraverseAttr:
		return s.Name, s.SrcRange, true
	case hcl.TraverseIndex:
		if s.Key.Type() == cty.String && s.Key.IsKnown() && !s.Key.IsNull() {
			return s.Key.AsString(), s.SrcRange, true
		}
	}
	return "", t.SourceRange(), false
}

func name(t hcl.Traversal, ctx *hcl.EvalContext) *diag.Diagnostic {
	root, at := t.RootName(), t.SourceRange()
	d := &diag.Diagnostic{Severity: diag.Error, Subject: &at}
	scope, declared := variable(ctx, root)
	switch {
	case declared && root == "each":
		return each(t, d)
	case declared && root != "var" && root != "local":
		return nil
	case declared:
		n, rng, ok := Step(t)
		if !ok {
			d.Code, d.Label = "C118", "no name follows"
			d.Detail = fmt.Sprintf("%s holds many values; one of them is taken by its name, as in %s.NAME.", root, root)
			return d
		}
		if scope.Type().HasAttribute(n) {
			return nil
		}
		at = hcl.RangeBetween(t[0].SourceRange(), rng)
		d.Code, d.Label = "C118", fmt.Sprintf("no %s of this name", noun(root))
		if root == "var" {
			d.Detail = fmt.Sprintf("No variable %q is declared. A variable is declared by a block: variable %q { }.", n, n)
		} else {
			d.Detail = fmt.Sprintf("No local %q is declared. Locals are arguments of a locals block: locals { %s = ... }.", n, n)
		}
		d.Hints = diag.DidYouMean(n, attributes(scope))
	case root == "var" || root == "local":
		d.Code, d.Label = "C120", "not a constant"
		d.Detail = "Only constants may stand here: the values of variables are known before anything else is evaluated. A local can combine variables: locals { name = ... }."
	case root == "col":
		d.Code, d.Label = "C130", "there are no rows here"
		d.Detail = "col stands for the columns of a model's rows, which exist in the fields of a mapping only. Arguments, locals and variables are evaluated once, before any row is read."
	case root == "each":
		d.Code, d.Label = "C150", "there is no for_each here"
		d.Detail = "each stands for one of the cases that the for_each of a block lists, and here is none. A model, target, mapping or sync can have one: for_each = { CA = \"California\" }."
	case slices.Contains(blockTypes(), root):
		d.Code, d.Label = "C117", "a block is not a value"
		d.Detail = fmt.Sprintf("A %s block is referred to by the argument that asks for it, as in %s; it has no value of its own. What several blocks share can stand in a local.", root, example(root))
	case len(t) == 1:
		d.Code, d.Label = "C118", "not a name that exists here"
		d.Detail = fmt.Sprintf("The word %s is neither a variable (var.NAME) nor a local (local.NAME). A text stands in double quotes: %q.", root, root)
		d.Hints = diag.DidYouMean(root, []string{"true", "false", "null"})
	default:
		d.Code, d.Label = "C118", "not a name that exists here"
		d.Detail = fmt.Sprintf("A value can refer to variables (var.NAME) and locals (local.NAME), not to %s.", root)
		if n := diag.Nearest(root, []string{"var", "local", "locals", "variable"}); n != "" {
			n = strings.TrimSuffix(strings.TrimSuffix(n, "iable"), "s")
			d.Hints = []string{fmt.Sprintf("did you mean %q?", n+"."+rest(t))}
		}
	}
	return d
}

// each checks a name that follows each, within a block with for_each.
func each(t hcl.Traversal, d *diag.Diagnostic) *diag.Diagnostic {
	n, _, _ := Step(t)
	if n == "key" || n == "value" {
		return nil
	}
	d.Code, d.Label = "C118", "each has a key and a value"
	d.Detail = "each stands for one case of for_each: each.key is its name, and each.value what for_each gives for it; for a set, both are the same."
	d.Hints = diag.DidYouMean(n, []string{"key", "value"})
	return d
}

func rest(t hcl.Traversal) string {
	if n, _, ok := Step(t); ok {
		return n
	}
	return "NAME"
}

func noun(root string) string {
	if root == "var" {
		return "variable"
	}
	return root
}

func example(typ string) string {
	switch typ {
	case "source":
		return "source = source.duckdb.NAME"
	case "destination":
		return "destination = destination.salesforce.NAME"
	default:
		return typ + " = " + typ + ".NAME"
	}
}

func call(c *hclsyntax.FunctionCallExpr, ctx *hcl.EvalContext) *diag.Diagnostic {
	names := functions(ctx)
	if _, ok := names[c.Name]; ok {
		return nil
	}
	at := c.NameRange
	d := &diag.Diagnostic{Code: "C121", Severity: diag.Error, Subject: &at, Label: "no function of this name"}
	switch {
	case len(names) == 0:
		d.Code, d.Label = "C120", "not a constant"
		d.Detail = "Only constants may stand here; functions cannot be called. A local can call them: locals { name = ... }."
	case c.Name == "sql":
		d.Code, d.Label = "C131", "not in a mapping"
		d.Detail = `sql("...") is an expression over the columns of a model's rows, and stands in the fields of a mapping only.`
	case slices.Contains(Mapping(), c.Name):
		d.Label = "belongs to mappings"
		d.Detail = fmt.Sprintf("%s is a function of the mapping language, which works on columns. Arguments, locals and variables have functions of their own, and none of this name.", c.Name)
	default:
		d.Detail = fmt.Sprintf("There is no function %q.", c.Name)
		d.Hints = diag.DidYouMean(c.Name, sorted(names))
	}
	return d
}

// failures turns what evaluation itself reports into diagnostics. Texts that could show a sensitive value are left
// out.
func failures(expr hcl.Expression, ctx *hcl.EvalContext, hd hcl.Diagnostics) diag.Diagnostics {
	secret := len(marksOf(expr, ctx)) > 0
	var ds diag.Diagnostics
	for _, h := range hd {
		if h.Severity != hcl.DiagError {
			continue
		}
		at := expr.Range()
		if h.Subject != nil && h.Subject.Filename == at.Filename {
			at = *h.Subject
		}
		d := diag.Diagnostic{Code: "C120", Severity: diag.Error, Subject: &at, Label: strings.ToLower(h.Summary), Detail: h.Detail}
		if extra, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](h); ok {
			fn := extra.CalledFunctionName()
			if own := cause(extra.FunctionCallError()); own != nil && (!own.values || !secret) {
				d.Code, d.Label, d.Detail, d.Hints = own.Code, own.Label, own.Detail, own.Hints
				at = argument(expr, fn, at)
				ds = append(ds, d)
				continue
			}
			d.Label = fmt.Sprintf("%s cannot work with this", fn)
			d.Detail = complaint(fn, functions(ctx)[fn], h, extra.FunctionCallError())
		}
		if secret {
			d.Detail = "The expression cannot be evaluated. What exactly is wrong is not shown, since the expression contains a sensitive value."
		}
		ds = append(ds, d)
	}
	return ds
}

// complaint says what a function of the library does not like.
func complaint(name string, f function.Function, h *hcl.Diagnostic, err error) string {
	why := ""
	switch {
	case strings.HasPrefix(h.Summary, "Not enough"):
		why = "an argument is missing"
	case strings.HasPrefix(h.Summary, "Too many"):
		why = "there are too many arguments"
	case err != nil:
		why = err.Error()
	default:
		why = strings.TrimSuffix(h.Detail, ".")
		if _, after, ok := strings.Cut(why, " parameter: "); ok {
			why = after
		}
	}
	return fmt.Sprintf("%s cannot be called like this: %s. It is written %s.", name, why, signature(name, f))
}

// signature shows how a function is called.
func signature(name string, f function.Function) string {
	var params []string
	for _, p := range f.Params() {
		params = append(params, p.Name)
	}
	if v := f.VarParam(); v != nil {
		params = append(params, v.Name+"...")
	}
	return name + "(" + strings.Join(params, ", ") + ")"
}

// argument is the place of the first argument of the call of fn that begins where at does.
func argument(expr hcl.Expression, fn string, at hcl.Range) hcl.Range {
	found := at
	Calls(expr, func(c *hclsyntax.FunctionCallExpr) {
		if c.Name == fn && c.NameRange.Start == at.Start && len(c.Args) > 0 {
			found = c.Args[0].Range()
		}
	})
	return found
}

// cause finds our own failure in the error of a function, nil where there is none.
func cause(err error) *Failure {
	var own *Failure
	if errors.As(err, &own) {
		return own
	}
	var broken function.PanicError
	if errors.As(err, &broken) {
		return &Failure{Code: "C120", Label: "this call cannot be carried out", Detail: "The function cannot work with these arguments."}
	}
	return nil
}

func variable(ctx *hcl.EvalContext, name string) (cty.Value, bool) {
	for ; ctx != nil; ctx = ctx.Parent() {
		if v, ok := ctx.Variables[name]; ok {
			return v, true
		}
	}
	return cty.NilVal, false
}

func functions(ctx *hcl.EvalContext) map[string]function.Function {
	for ; ctx != nil; ctx = ctx.Parent() {
		if ctx.Functions != nil {
			return ctx.Functions
		}
	}
	return nil
}

func attributes(v cty.Value) []string {
	if !v.Type().IsObjectType() {
		return nil
	}
	return sorted(v.Type().AttributeTypes())
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Mapping lists the functions of the mapping language.
func Mapping() []string {
	return []string{
		"lower", "upper", "trim", "substr", "replace", "regex_replace", "regex_extract", "split_part", "lpad", "rpad",
		"concat", "coalesce", "nullif", "length", "round", "abs", "floor", "ceil", "date_format", "parse_date",
		"parse_timestamp", "to_date", "to_number", "to_bool", "md5", "sha256", "join", "sql",
	}
}
