package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/eval"
	"github.com/signalsmith/signalsmith/config/schema"
)

// forEach is the argument of the blocks that can stand for many.
func forEach() schema.Arg { return schema.Arg{Name: "for_each", Raw: true} }

// cases are what the for_each of a block lists.
type cases struct {
	keys   []string // sorted
	values map[string]cty.Value
	wrong  bool // for_each is wrong, or built on something wrong, so that nobody can say which keys there are
}

// instances decodes the blocks of a type, each for every case of its for_each, and keeps the results by address.
// A block without any case is decoded all the same, for what is wrong with it, and the result is not kept.
func instances[T any](l *loader, typ string, into map[string]T, decode func(*decoder, addr.Item, *hclsyntax.Block) T) {
	for _, b := range l.blocks[typ] {
		d, item := l.declare(b, nil)
		if d == nil {
			continue
		}
		attr := b.Body.Attributes["for_each"]
		if attr == nil {
			into[item.String()] = decode(d, item, b)
			continue
		}
		c := d.cases(attr, item)
		l.cases[item.String()] = c
		if len(c.keys) == 0 {
			decode(d.in(item, cty.UnknownVal(cty.String), cty.DynamicVal, c), item, b)
			continue
		}
		found := make([]diag.Diagnostics, len(c.keys))
		before := l.ds
		for i, key := range c.keys {
			l.ds = nil
			item.Key = key
			into[item.String()] = decode(d.in(item, cty.StringVal(key), c.values[key], c), item, b)
			found[i] = l.ds
		}
		l.ds = before
		d.merge(found)
	}
}

// in is the decoder of one instance of a block.
func (d *decoder) in(item addr.Item, key, value cty.Value, c *cases) *decoder {
	ctx := &hcl.EvalContext{Variables: maps.Clone(d.ctx.Variables), Functions: d.ctx.Functions}
	ctx.Variables["each"] = cty.ObjectVal(map[string]cty.Value{"key": key, "value": value})
	return &decoder{l: d.l, ctx: ctx, where: item.Title(), addr: item.String(), each: c}
}

// merge reports what instances of a block reported. What several say in the same words is said once, of the block.
func (d *decoder) merge(found []diag.Diagnostics) {
	type words struct {
		code          diag.Code
		at            hcl.Range
		label, detail string
	}
	first := map[words]int{}
	for _, ds := range found {
		for _, p := range ds {
			if p.Subject == nil {
				d.l.report(p)
				continue
			}
			w := words{p.Code, *p.Subject, p.Label, p.Detail}
			if i, again := first[w]; again {
				d.l.ds[i].Where, d.l.ds[i].Addr = "in "+d.where, d.addr
				continue
			}
			first[w] = len(d.l.ds)
			d.l.report(p)
		}
	}
}

// cases evaluates a for_each.
func (d *decoder) cases(attr *hclsyntax.Attribute, item addr.Item) *cases {
	c := &cases{values: map[string]cty.Value{}, wrong: true}
	if !d.independent(attr.Expr, item) {
		return c
	}
	v, ds := eval.Value(attr.Expr, d.ctx)
	d.reportAll(ds)
	if len(ds) > 0 {
		return c
	}
	at := attr.Expr.Range()
	bare, marks := v.Unmark()
	if !bare.IsKnown() {
		return c // what it is built on is wrong, and reported
	}
	unfit := func(label, detail string, hints ...string) *cases {
		d.fail("C151", at, label, detail+` for_each takes a map, as in { CA = "California", NY = "New York" }, or a set of texts, as in toset(["CA", "NY"]).`, hints...)
		return c
	}
	t := bare.Type()
	switch {
	case len(marks) > 0:
		return unfit("a sensitive value", "The keys of for_each become parts of addresses, which messages and plans print, so it cannot be a sensitive value. What env() reads is sensitive; a variable that is set in the environment, as SIGNALSMITH_VAR_name, is not.")
	case bare.IsNull():
		return unfit("null", "for_each is null, which says neither which cases there are nor that there are none. For none, write an empty map: {}.")
	case t.IsMapType(), t.IsObjectType():
	case t.IsSetType() && (t.ElementType() == cty.String || bare.LengthInt() == 0):
	case t.IsSetType():
		return unfit("not a set of texts", "The values of a set become parts of addresses, so they are texts, and these are not.")
	case t.IsListType(), t.IsTupleType():
		return unfit("a list", "A list has an order and may hold a value twice; the cases of for_each have keys of their own.", "a list of texts becomes a set: for_each = toset("+d.written(at)+")")
	default:
		return unfit(fmt.Sprintf("this is %s", a(kindOf(t))), "This is one value.")
	}
	if !d.keys(c, bare, attr.Expr) || !bare.IsWhollyKnown() {
		c.keys = nil
		return c
	}
	slices.Sort(c.keys)
	c.wrong = false
	return c
}

// written is the text of a place, where it is short and stands on one line.
func (d *decoder) written(at hcl.Range) string {
	f := d.l.cfg.Files[at.Filename]
	if f == nil || !at.CanSliceBytes(f.Bytes) || at.Start.Line != at.End.Line || at.End.Byte-at.Start.Byte > 60 {
		return "..."
	}
	return string(at.SliceBytes(f.Bytes))
}

// independent refuses a for_each that needs its own instances, or other blocks.
func (d *decoder) independent(expr hcl.Expression, item addr.Item) bool {
	ok := true
	for _, t := range expr.Variables() {
		at, root := t.SourceRange(), t.RootName()
		name, _, _ := eval.Step(t)
		switch {
		case root == "each":
			d.fail("C151", at, "needs itself", "each stands for one of the cases that for_each lists, so for_each cannot be made of it. for_each takes what is known before: constants, variables and locals.")
		case !referable(root):
			continue
		case root == item.Type && name == item.Name:
			d.fail("C151", at, "needs itself", fmt.Sprintf("%s stands for the cases that its for_each lists, so for_each cannot be made of it. for_each takes what is known before: constants, variables and locals.", item))
		default:
			d.fail("C151", at, "a block is not a value", fmt.Sprintf("for_each takes values, and %s is a block. Where two blocks stand for the same cases, give both the same local: for_each = local.cases.", spell(t)))
		}
		ok = false
	}
	return ok
}

// keys takes the elements of a for_each. It refuses keys that addresses cannot hold, and keys that are written twice,
// of which the language itself keeps one in silence.
func (d *decoder) keys(c *cases, v cty.Value, expr hcl.Expression) bool {
	ok := true
	places := map[string]hcl.Range{}
	for _, n := range d.spots(expr) {
		first, again := places[n.Name]
		if !again {
			places[n.Name] = n.Range
			continue
		}
		ok = false
		at := n.Range
		d.report(diag.Diagnostic{
			Code: "C152", Subject: &at, Label: "again",
			Detail:  fmt.Sprintf("The key %q stands here twice, and every case has a key of its own. Remove one of the two, or rename it.", n.Name),
			Related: []diag.Related{{Range: first, Label: "here first"}},
		})
	}
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		k, _ = k.Unmark()
		at, name := expr.Range(), ""
		err := errors.New("is null")
		if !k.IsNull() {
			name = k.AsString()
			err = addr.CheckKey(name)
		}
		if p, written := places[name]; written {
			at = p
		}
		if err != nil {
			ok = false
			what := "A key"
			if name != "" {
				what = fmt.Sprintf("The key %q", name)
			}
			d.fail("C152", at, "not a key", fmt.Sprintf("%s of for_each %s. Keys are parts of addresses (%s), so they have letters, digits, spaces and _ - . : / @ + only, do not begin or end with a space, and have at most 64 characters. Rename it, and keep what differs in the value: { KEY = VALUE }.",
				what, err, d.addr+`["KEY"]`))
			continue
		}
		c.keys = append(c.keys, name)
		c.values[name] = e
	}
	return ok
}

// spots finds where the keys of a for_each are written, if they are: in an object, or in a list within toset(),
// perhaps in a local.
func (d *decoder) spots(expr hcl.Expression) []Named {
	var parts []hcl.Expression
	switch e := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return d.spots(e.Expression)
	case *hclsyntax.ScopeTraversalExpr:
		n, _, ok := eval.Step(e.Traversal)
		if ok && e.Traversal.RootName() == "local" && len(e.Traversal) == 2 && d.l.consts[n] != nil {
			return d.spots(d.l.consts[n])
		}
	case *hclsyntax.FunctionCallExpr:
		if e.Name == "toset" && len(e.Args) == 1 {
			if list, ok := e.Args[0].(*hclsyntax.TupleConsExpr); ok {
				parts = list.ExprList()
			}
		}
	case *hclsyntax.ObjectConsExpr:
		for _, item := range e.Items {
			parts = append(parts, item.KeyExpr)
		}
	}
	var out []Named
	for _, p := range parts {
		if v, ds := eval.Value(p, d.ctx); len(ds) == 0 && v.IsKnown() && !v.IsMarked() && !v.IsNull() && v.Type() == cty.String {
			out = append(out, Named{Name: v.AsString(), Range: p.Range()})
		}
	}
	return out
}
