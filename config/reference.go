package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/diag"
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
	trav, hd := hcl.AbsTraversalForExpr(expr)
	if hd.HasErrors() {
		text, isText := constantText(expr)
		if !isText {
			return wrong("not a reference", "This is not a reference to a block.")
		}
		return wrong("a text", "This is a text.", d.suggest(arg.Ref, text)...)
	}
	size := 2
	if arg.Ref == "source" || arg.Ref == "destination" {
		size = 3
	}
	root := trav.RootName()
	switch {
	case root == "var" || root == "local":
		return wrong("a value", fmt.Sprintf("%s holds a value, and a reference cannot be a value.", spell(trav)))
	case root != arg.Ref && slices.Contains([]string{"source", "model", "destination", "target", "mapping", "sync"}, root):
		return wrong(fmt.Sprintf("a %s", root), fmt.Sprintf("This refers to a %s.", root), d.suggest(arg.Ref, lastOf(trav))...)
	case root != arg.Ref:
		if len(trav) == size && diag.Nearest(root, []string{arg.Ref}) != "" {
			fixed := append([]string{arg.Ref}, steps(trav)...)
			return wrong("not a "+arg.Ref, fmt.Sprintf("%q is no type of block.", root), fmt.Sprintf("did you mean %q?", strings.Join(fixed, ".")))
		}
		return wrong("not a reference", "This is not a reference to a block.", d.suggest(arg.Ref, lastOf(trav))...)
	}
	names := steps(trav)
	if len(trav) > 2 && len(names) < len(trav)-1 {
		if _, indexed := trav[len(trav)-1].(hcl.TraverseIndex); indexed && len(trav) == size+1 {
			d.later(at, "A reference into for_each", "write one block for each case, and refer to it by its own name")
			return "", false
		}
		return wrong("not a reference", "This is not a reference to a block.")
	}
	if len(trav) != size {
		label := "incomplete"
		if len(trav) > size {
			label = "too long"
		}
		return wrong(label, fmt.Sprintf("A reference to a %s has %d parts.", arg.Ref, size), d.suggest(arg.Ref, lastOf(trav))...)
	}
	address = arg.Ref + "." + strings.Join(names, ".")
	if d.l.byAddr[address] == nil {
		d.fail("C116", at, "not declared", fmt.Sprintf("No %s is declared. %s", address, d.declared(arg.Ref)), d.suggest(arg.Ref, names[len(names)-1])...)
		return "", false
	}
	return address, true
}

// declared says which blocks of a type there are.
func (d *decoder) declared(typ string) string {
	var all []string
	for address := range d.l.byAddr {
		if strings.HasPrefix(address, typ+".") {
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

// suggest finds the declared block of a type whose name is near.
func (d *decoder) suggest(typ, name string) []string {
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
	}
	slices.Sort(names)
	if slices.Contains(names, name) {
		return []string{fmt.Sprintf("did you mean %q?", full[name])}
	}
	if n := diag.Nearest(name, names); n != "" {
		return []string{fmt.Sprintf("did you mean %q?", full[n])}
	}
	return nil
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
