package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/eval"
	"github.com/signalsmith/signalsmith/config/schema"
)

// Moved says that the state of one item is now another's: the block, or the key of its for_each, was renamed. From is
// not declared, and To is. Several may lead to one To, since environments may not all have followed an earlier move;
// no two have the same From.
type Moved struct {
	From, To addr.Item
	Range    hcl.Range

	fromAt, toAt hcl.Range
}

func movedSchema() *schema.Block {
	return &schema.Block{Args: []schema.Arg{
		{Name: "from", Raw: true, Ref: "sync", Required: true, Doc: "It is the address that the item had, as in sync.OLD."},
		{Name: "to", Raw: true, Ref: "sync", Required: true, Doc: "It is the address that the item has now, as in sync.NEW."},
	}}
}

// moves decodes the moved blocks. One that leads to a block with for_each stands for a move of each of its instances.
func (l *loader) moves() {
	var all []*Moved
	for _, b := range l.blocks["moved"] {
		d := l.decoder(b, "")
		if !d.labels(b, 0, "A moved block takes no label: moved { ... }.") {
			continue
		}
		body := d.body(b, movedSchema())
		d.lacksBlock("moved", b)
		from, ok := d.past(body, "from", "C156")
		to, named := d.past(body, "to", "C156")
		if !ok || !named {
			continue
		}
		m := &Moved{From: from, To: to, Range: b.DefRange(), fromAt: body.At("from"), toAt: body.At("to")}
		if m.fits(d) {
			all = append(all, m.each(l.cases[to.String()])...)
		}
	}
	d := &decoder{l: l, ctx: l.ctx, where: "moved"}
	next := map[addr.Item]*Moved{}
	for _, m := range all {
		if first := next[m.From]; first != nil {
			d.report(diag.Diagnostic{
				Code: "C108", Subject: &m.fromAt, Label: "again",
				Detail:  fmt.Sprintf("%s is moved twice, and its state can go to one place. Remove one of the two blocks.", m.From),
				Related: []diag.Related{{Range: first.fromAt, Label: "moved here first"}},
			})
			continue
		}
		next[m.From] = m
	}
	rings := map[*Moved]bool{}
	for _, m := range all {
		if next[m.From] == m && !m.chained(d, next, rings) {
			m.keep(d)
		}
	}
}

// past reads an address that may be one of the past, in which the item need not be declared.
func (d *decoder) past(body *schema.Body, name string, code diag.Code) (addr.Item, bool) {
	v, ok := body.Args[name]
	if !ok {
		return addr.Item{}, false
	}
	const form = `, written without quotes: sync.NAME, or sync.NAME["KEY"] for one item of a block with for_each.`
	wrong := func(label, detail string) (addr.Item, bool) {
		d.fail("C117", v.Range, label, detail+" "+name+" takes an address"+form)
		return addr.Item{}, false
	}
	trav, key := indexed(v.Expr, 2)
	if trav == nil {
		if _, isText := constantText(v.Expr); isText {
			return wrong("a text", "This is a text.")
		}
		return wrong("not an address", "This is not an address.")
	}
	root, names := trav.RootName(), steps(trav)
	switch {
	case root == "audience":
		d.later(v.Range, "A reference to an audience", laterBlocks()["audience"])
		return addr.Item{}, false
	case root != "sync" && referable(root):
		d.fail(code, v.Range, "has no state", fmt.Sprintf("This is %s, and only syncs have a state. Other blocks are renamed without a word to anybody. Remove this block.", a(root)))
		return addr.Item{}, false
	case root != "sync" || len(trav) != 2 || len(names) != 1:
		return wrong("not an address", "This is not the address of a sync.")
	}
	item := addr.Item{Type: root, Name: names[0]}
	if key == nil {
		return item, true
	}
	k, ds := eval.Value(key, d.ctx)
	d.reportAll(ds)
	if len(ds) > 0 || !k.IsKnown() {
		return item, false
	}
	bare, marks := k.Unmark()
	text, err := convert.Convert(bare, cty.String)
	if err != nil || len(marks) > 0 || text.IsNull() || addr.CheckKey(text.AsString()) != nil {
		return wrong("not a key", "What stands in brackets is no key of a for_each.")
	}
	item.Key = text.AsString()
	return item, true
}

// fits checks one block by itself.
func (m *Moved) fits(d *decoder) bool {
	c := d.l.cases[m.To.Block().String()]
	switch {
	case m.From == m.To:
		d.fail("C156", m.toAt, "the same", fmt.Sprintf("%s moves to itself. Remove the block.", m.From))
	case m.To.Key == "" && c != nil && m.From.Key != "":
		d.fail("C156", m.toAt, "which of them?", fmt.Sprintf("%s is one item, and %s has a for_each and stands for several. Name the one that has the state now: %s.", m.From, m.To, d.example(m.To.String())))
	default:
		return true
	}
	return false
}

// each is the move of every instance where the move leads to a block with for_each, whose cases are c.
func (m *Moved) each(c *cases) []*Moved {
	if c == nil || c.wrong || m.To.Key != "" {
		return []*Moved{m}
	}
	var out []*Moved
	for _, key := range c.keys {
		one := *m
		one.From.Key, one.To.Key = key, key
		out = append(out, &one)
	}
	return out
}

// chained reports moves that lead to another move, and rings of them; each ring once.
func (m *Moved) chained(d *decoder, next map[addr.Item]*Moved, rings map[*Moved]bool) bool {
	path, seen := []string{m.From.String()}, map[*Moved]bool{}
	n, known := m, false
	for ; n != nil && !seen[n]; n = next[n.To] {
		seen[n] = true
		known = known || rings[n]
		path = append(path, n.To.String())
	}
	switch {
	case n != nil && !known:
		d.fail("C156", m.toAt, "in a circle", fmt.Sprintf("These moves lead back to where they began: %s. Remove those that are not true any more.", strings.Join(path, " -> ")))
	case n == nil && len(seen) > 1:
		d.report(diag.Diagnostic{
			Code: "C156", Subject: &m.toAt, Label: "leads to another move",
			Detail:  fmt.Sprintf("%s moves to %s, which moves on. Say where the state is in the end, so that every block can be read alone: to = %s.", m.From, m.To, path[len(path)-1]),
			Related: []diag.Related{{Range: next[m.To].Range, Label: "moves on"}},
		})
	}
	if n != nil {
		maps.Copy(rings, seen)
	}
	return len(seen) > 1 || n != nil
}

// keep checks a move against what is declared, and keeps it.
func (m *Moved) keep(d *decoder) {
	c := d.l.cases[m.To.Block().String()]
	switch {
	case d.l.byAddr[m.To.Block().String()] == nil:
		d.fail("C116", m.toAt, "not declared", fmt.Sprintf("No %s is declared, so the state cannot be there. to is the address that the block has now. %s", m.To, d.declared("sync")), d.suggest("sync", m.To.Name, nil)...)
	case c != nil && c.wrong:
	case m.To.Key != "" && (c == nil || !slices.Contains(c.keys, m.To.Key)):
		d.fail("C116", m.toAt, "not declared", fmt.Sprintf("No %s is declared, so the state cannot be there. to is the address that the item has now. %s", m.To, d.declared("sync")))
	case d.still(m.From, m.fromAt, "C156"):
		d.l.cfg.Moved = append(d.l.cfg.Moved, m)
	}
}

// still reports an item of the past that is still declared; ok is true where it is not.
func (d *decoder) still(item addr.Item, at hcl.Range, code diag.Code) (ok bool) {
	if d.l.cfg.Syncs[item.String()] == nil {
		return true
	}
	p := diag.Diagnostic{
		Code: code, Subject: &at, Label: "still declared",
		Detail: fmt.Sprintf("%s is still declared, so its state is its own. Remove or rename that block first, or remove this one.", item),
	}
	if b := d.l.byAddr[item.Block().String()]; b != nil {
		p.Related = []diag.Related{{Range: b.DefRange(), Label: "declared here"}}
	}
	d.report(p)
	return false
}
