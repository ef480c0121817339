package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/eval"
)

// locals evaluates the arguments of all locals blocks, each after those that it uses.
func (l *loader) locals() {
	attrs := map[string]*hclsyntax.Attribute{}
	l.consts = map[string]hcl.Expression{}
	d := &decoder{l: l, ctx: l.ctx, where: "locals"}
	for _, b := range l.blocks["locals"] {
		d.labels(b, 0, "A locals block takes no label: locals { NAME = VALUE }.")
		for _, inner := range b.Body.Blocks {
			d.fail("C105", inner.TypeRange, "no blocks here", fmt.Sprintf("A locals block holds values only, as NAME = VALUE. A value with parts is written with an equals sign: %s = { ... }.", inner.Type))
		}
		for _, attr := range ordered(b.Body.Attributes) {
			first := attrs[attr.Name]
			if first == nil {
				attrs[attr.Name], l.consts[attr.Name] = attr, attr.Expr
				continue
			}
			at := attr.NameRange
			d.report(diag.Diagnostic{
				Code: "C108", Subject: &at, Label: "again",
				Detail:  fmt.Sprintf("The local %q is declared more than once. Rename one of the two, or remove it.", attr.Name),
				Related: []diag.Related{{Range: first.NameRange, Label: "declared here first"}},
			})
		}
	}
	vals := make(map[string]cty.Value, len(attrs))
	for name := range attrs {
		vals[name] = cty.DynamicVal
	}
	l.ctx.Variables["local"] = cty.ObjectVal(vals)
	order, cycles := sortLocals(l.consts)
	for _, c := range cycles {
		at := attrs[c[0]].NameRange
		d.report(diag.Diagnostic{
			Code: "C119", Subject: &at, Label: "needs itself",
			Detail: fmt.Sprintf("The value of local.%s cannot be found, because it needs itself: %s.", c[0], "local."+strings.Join(append(c, c[0]), " needs local.")),
		})
	}
	for _, name := range order {
		v, ds := eval.Value(attrs[name].Expr, l.ctx)
		d.reportAll(ds)
		vals[name] = v
		l.ctx.Variables["local"] = cty.ObjectVal(vals)
	}
}

// uses lists the locals that an expression names.
func uses(expr hcl.Expression) []string {
	var out []string
	for _, t := range expr.Variables() {
		if t.RootName() != "local" {
			continue
		}
		if n, _, ok := eval.Step(t); ok {
			out = append(out, n)
		}
	}
	return out
}

// sortLocals orders locals so that each comes after those that it uses. Those that need themselves are not in the
// order; every ring of them is given once, beginning with its first name.
func sortLocals(exprs map[string]hcl.Expression) (order []string, cycles [][]string) {
	const open, done, bad = 1, 2, 3
	state := map[string]int{}
	var path []string
	var visit func(string) bool
	visit = func(name string) bool {
		switch state[name] {
		case done:
			return true
		case bad:
			return false
		case open:
			ring := slices.Clone(path[slices.Index(path, name):])
			least := slices.Index(ring, slices.Min(ring))
			ring = slices.Concat(ring[least:], ring[:least])
			if !slices.ContainsFunc(cycles, func(c []string) bool { return slices.Equal(c, ring) }) {
				cycles = append(cycles, ring)
			}
			return false
		}
		if exprs[name] == nil {
			return true // not declared: found when it is evaluated
		}
		state[name] = open
		path = append(path, name)
		ok := true
		for _, n := range uses(exprs[name]) {
			ok = visit(n) && ok
		}
		path = path[:len(path)-1]
		state[name] = done
		if !ok {
			state[name] = bad
			return false
		}
		order = append(order, name)
		return true
	}
	for _, name := range slices.Sorted(maps.Keys(exprs)) {
		visit(name)
	}
	return order, cycles
}

// literal tells whether a value stands in the configuration itself: nothing in its expression, or in the locals that
// it uses, comes from the environment, from a file or from a variable that was set outside.
func (l *loader) literal(expr hcl.Expression, val cty.Value) bool {
	bare, _ := val.UnmarkDeep()
	if bare.Type() == cty.String && bare.AsString() == "" {
		return false
	}
	return !l.outside(expr, map[string]bool{})
}

func (l *loader) outside(expr hcl.Expression, seen map[string]bool) bool {
	found := false
	eval.Calls(expr, func(c *hclsyntax.FunctionCallExpr) {
		found = found || c.Name == "env" || c.Name == "file" || c.Name == "templatefile"
	})
	for _, t := range expr.Variables() {
		n, _, ok := eval.Step(t)
		switch {
		case found || !ok:
		case t.RootName() == "var":
			v := l.vars[n]
			found = v != nil && !v.written
		case t.RootName() == "local" && !seen[n] && l.consts[n] != nil:
			seen[n] = true
			found = l.outside(l.consts[n], seen)
		}
	}
	return found
}
