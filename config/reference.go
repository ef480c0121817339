package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/eval"
	"github.com/signalsmith/signalsmith/config/schema"
)

// reference reads the address that an argument refers to, and reports one that is not declared. ok is false where
// there is none.
func (d *decoder) reference(expr hcl.Expression, arg *schema.Arg) (address string, ok bool) {
	at := expr.Range()
	want := sample(arg)
	wrong := func(label, detail string, hints ...string) (string, bool) {
		d.fail("C117", at, label, detail+fmt.Sprintf(" %s takes a reference, written without quotes: %s = %s. %s", arg.Name, arg.Name, want, d.declared(arg.Ref)), hints...)
		return "", false
	}
	if p, isParen := expr.(*hclsyntax.ParenthesesExpr); isParen {
		return d.reference(p.Expression, arg)
	}
	size := 2
	if arg.Ref == "source" || arg.Ref == "destination" {
		size = 3
	}
	trav, key := indexed(expr, size)
	if trav == nil {
		text, isText := constantText(expr)
		if !isText {
			return wrong("not a reference", "This is not a reference to a block.")
		}
		return wrong("a text", "This is a text.", d.suggest(arg.Ref, text, nil)...)
	}
	root := trav.RootName()
	switch {
	case root == "var" || root == "local" || root == "each":
		return wrong("a value", fmt.Sprintf("%s holds a value, and a reference cannot be a value.", spell(trav)))
	case root == "audience":
		d.later(at, "A reference to an audience", laterBlocks()["audience"])
		return "", false
	case root != arg.Ref && referable(root):
		return wrong(a(root), fmt.Sprintf("This refers to %s.", a(root)), d.suggest(arg.Ref, lastOf(trav), key)...)
	case root != arg.Ref:
		if len(trav) == size && diag.Nearest(root, []string{arg.Ref}) != "" {
			fixed := append([]string{arg.Ref}, steps(trav)...)
			return wrong("not a "+arg.Ref, fmt.Sprintf("%q is no type of block.", root), fmt.Sprintf("did you mean %q?", strings.Join(fixed, ".")))
		}
		return wrong("not a reference", "This is not a reference to a block.", d.suggest(arg.Ref, lastOf(trav), key)...)
	}
	names := steps(trav)
	if len(trav) > 2 && len(names) < len(trav)-1 {
		return wrong("not a reference", "This is not a reference to a block.")
	}
	if len(trav) != size {
		label := "incomplete"
		hints := d.suggest(arg.Ref, lastOf(trav), key)
		if len(trav) > size {
			label = "too long"
			if block := arg.Ref + "." + names[0]; d.l.cases[block] != nil && len(names) == 2 {
				hints = []string{fmt.Sprintf("did you mean %s[%q]?", block, names[1])}
			}
		}
		return wrong(label, fmt.Sprintf("A reference to a %s has %d parts.", arg.Ref, size), hints...)
	}
	address = arg.Ref + "." + strings.Join(names, ".")
	if d.l.byAddr[address] == nil {
		d.fail("C116", at, "not declared", fmt.Sprintf("No %s is declared. %s", address, d.declared(arg.Ref)), d.suggest(arg.Ref, names[len(names)-1], key)...)
		return "", false
	}
	return d.instance(address, key, at)
}

// indexed takes a reference apart into the names of size parts and the key in brackets that follows them, nil where
// none does. The names are nil where the expression is no reference at all.
func indexed(expr hcl.Expression, size int) (hcl.Traversal, hcl.Expression) {
	if e, ok := expr.(*hclsyntax.IndexExpr); ok {
		if trav, hd := hcl.AbsTraversalForExpr(e.Collection); !hd.HasErrors() {
			return trav, e.Key
		}
		return nil, nil
	}
	trav, hd := hcl.AbsTraversalForExpr(expr)
	if hd.HasErrors() {
		return nil, nil
	}
	if len(trav) == size+1 {
		if i, ok := trav[size].(hcl.TraverseIndex); ok {
			return trav[:size], &hclsyntax.LiteralValueExpr{Val: i.Key, SrcRange: i.SrcRange}
		}
	}
	return trav, nil
}

// instance adds the key to the address of a declared block: it is given where the block has for_each, and nowhere else.
func (d *decoder) instance(address string, key hcl.Expression, at hcl.Range) (string, bool) {
	c := d.l.cases[address]
	switch {
	case c == nil && key == nil:
		return address, true
	case c == nil:
		d.fail("C153", at, "no for_each there", fmt.Sprintf("%s has no for_each, so it is one block and has no keys. Write it without brackets: %s.", address, address))
		return "", false
	case key == nil && c.wrong:
		d.fail("C153", at, "which of them?", fmt.Sprintf("%s has a for_each, so it stands for as many items as that has keys. Name one of them by its key: %s[\"KEY\"].", address, address))
		return "", false
	case key == nil:
		detail := fmt.Sprintf("%s has a for_each, so it stands for one item for each key: %s. Name one of them by its key", address, d.keysOf(address))
		if d.addr != "" {
			detail += fmt.Sprintf("; where this block has a for_each of the same keys, that is %s[each.key]", address)
		}
		d.fail("C153", at, "which of them?", detail+".", "write "+d.example(address))
		return "", false
	}
	v, ds := eval.Value(key, d.ctx)
	d.reportAll(ds)
	if len(ds) > 0 || !v.IsKnown() {
		return "", false
	}
	bare, marks := v.Unmark()
	text, err := convert.Convert(bare, cty.String)
	switch {
	case len(marks) > 0:
		d.fail("C125", key.Range(), "a sensitive value", "Addresses are printed in plans and messages, so a key cannot be a sensitive value.")
		return "", false
	case err != nil || text.IsNull():
		d.fail("C153", key.Range(), "not a key", fmt.Sprintf("The keys of for_each are texts: %s.", d.example(address)))
		return "", false
	case c.wrong:
		return "", false
	}
	name := text.AsString()
	if !slices.Contains(c.keys, name) {
		d.fail("C116", at, "not declared", fmt.Sprintf("No %s[%q] is declared. %s", address, name, "There are "+d.keysOf(address)+"."), diag.DidYouMean(name, c.keys)...)
		return "", false
	}
	return address + `["` + name + `"]`, true
}

// example is how one item of a block with for_each is referred to here.
func (d *decoder) example(address string) string {
	c := d.l.cases[address]
	if d.each != nil && len(c.keys) > 0 && !slices.ContainsFunc(d.each.keys, func(k string) bool { return !slices.Contains(c.keys, k) }) {
		return address + "[each.key]"
	}
	if len(c.keys) == 0 {
		return address + `["KEY"]`
	}
	return fmt.Sprintf("%s[%q]", address, c.keys[0])
}

// keysOf lists the items of a block with for_each.
func (d *decoder) keysOf(address string) string {
	keys := d.l.cases[address].keys
	shown := make([]string, 0, 8)
	for _, k := range keys[:min(len(keys), 8)] {
		shown = append(shown, fmt.Sprintf("%s[%q]", address, k))
	}
	switch n := len(keys); {
	case n == 0:
		return "none now"
	case n > len(shown):
		return fmt.Sprintf("%d items, %s among them", n, list(shown))
	default:
		return list(shown)
	}
}

// referable tells whether a word is a type of block that references name.
func referable(root string) bool {
	return slices.Contains([]string{"source", "model", "destination", "target", "mapping", "sync", "audience"}, root)
}

// declared says which blocks of a type there are.
func (d *decoder) declared(typ string) string {
	var all []string
	for address := range d.l.byAddr {
		if strings.HasPrefix(address, typ+".") {
			if d.l.cases[address] != nil {
				address = d.example(address)
			}
			all = append(all, address)
		}
	}
	slices.Sort(all)
	switch n := len(all); {
	case n == 0:
		return fmt.Sprintf("There is no %s block at all.", typ)
	case n > 8:
		return fmt.Sprintf("There are %d others, %s among them.", n, list(all[:8]))
	case n == 1:
		return fmt.Sprintf("There is %s.", all[0])
	default:
		return fmt.Sprintf("There are %s.", list(all))
	}
}

// suggest finds the declared block of a type whose name is near. key is what stands in brackets, nil where nothing does.
func (d *decoder) suggest(typ, name string, key hcl.Expression) []string {
	var names []string
	full := map[string]string{}
	for address := range d.l.byAddr {
		head, rest, _ := strings.Cut(address, ".")
		if head != typ {
			continue
		}
		last := rest[strings.LastIndex(rest, ".")+1:]
		names = append(names, last)
		full[last] = address
		switch {
		case d.l.cases[address] != nil && key != nil:
			full[last] += "[" + strings.Trim(d.written(key.Range()), "[]") + "]"
		case d.l.cases[address] != nil:
			full[last] = d.example(address)
		}
	}
	slices.Sort(names)
	if slices.Contains(names, name) {
		return []string{meant(full[name])}
	}
	if n := diag.Nearest(name, names); n != "" {
		return []string{meant(full[n])}
	}
	return nil
}

// meant is a hint; what has quotes of its own gets no others.
func meant(s string) string {
	if strings.Contains(s, `"`) {
		return fmt.Sprintf("did you mean %s?", s)
	}
	return fmt.Sprintf("did you mean %q?", s)
}

// steps are the names after the root, up to the first step that is none.
func steps(t hcl.Traversal) []string {
	var out []string
	for _, s := range t[1:] {
		a, ok := s.(hcl.TraverseAttr)
		if !ok {
			break
		}
		out = append(out, a.Name)
	}
	return out
}

func lastOf(t hcl.Traversal) string {
	if s := steps(t); len(s) > 0 {
		return s[len(s)-1]
	}
	return t.RootName()
}

func spell(t hcl.Traversal) string {
	return strings.Join(append([]string{t.RootName()}, steps(t)...), ".")
}

// constantText is the text of a literal.
func constantText(expr hcl.Expression) (string, bool) {
	if len(expr.Variables()) > 0 {
		return "", false
	}
	v, hd := expr.Value(nil)
	if hd.HasErrors() || v.IsNull() || !v.IsKnown() || v.Type() != cty.String {
		return "", false
	}
	s := v.AsString()
	return s[strings.LastIndex(s, ".")+1:], true
}
