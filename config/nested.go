package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/schema"
)

// nested decodes the blocks within a block. Entries of the schema of one type are taken together, so that some
// variants of a block may be there and others may not.
func (d *decoder) nested(b *hclsyntax.Block, s *schema.Block, meant map[string]bool) []schema.Inner {
	var out []schema.Inner
	first := map[string]*hclsyntax.Block{}
	for _, child := range b.Body.Blocks {
		entries := entriesOf(s, child.Type)
		if len(entries) == 0 {
			d.unknownBlock(b, child, s, meant)
			continue
		}
		prev := first[child.Type]
		if prev == nil {
			first[child.Type] = child
		} else if !entries[0].Repeats {
			again := child.DefRange()
			d.report(diag.Diagnostic{
				Code: "C108", Subject: &again, Label: "a second one",
				Detail:  fmt.Sprintf("%s takes one %s block.", upper(a(b.Type)), child.Type),
				Related: []diag.Related{{Range: prev.DefRange(), Label: "the first one"}},
			})
			continue
		}
		if in, ok := d.inner(child, entries); ok {
			out = append(out, in)
		}
	}
	for i := range s.Blocks {
		n := &s.Blocks[i]
		if n.Required && first[n.Type] == nil && !meant[n.Type] && nestedOf(s, n.Type) == n {
			d.fail("C107", b.DefRange(), fmt.Sprintf("no %s block", n.Type), fmt.Sprintf("%s block takes %s block: %s.", upper(a(b.Type)), a(n.Type), sampleBlock(n)))
		}
	}
	return out
}

func entriesOf(s *schema.Block, typ string) []*schema.Nested {
	var out []*schema.Nested
	for i := range s.Blocks {
		if s.Blocks[i].Type == typ {
			out = append(out, &s.Blocks[i])
		}
	}
	return out
}

// inner decodes one nested block; ok is false where its labels are wrong or it is not available.
func (d *decoder) inner(child *hclsyntax.Block, entries []*schema.Nested) (schema.Inner, bool) {
	in := schema.Inner{Type: child.Type}
	if len(child.Labels) > 0 {
		in.Label, in.LabelRange = child.Labels[0], child.LabelRanges[0]
	}
	var block *schema.Block
	variants := map[string]*schema.Nested{}
	for _, e := range entries {
		for label := range e.Variants {
			variants[label] = e
		}
		if e.Block != nil {
			block = e.Block
		}
	}
	head := entries[0]
	switch {
	case len(variants) > 0:
		names := slices.Sorted(maps.Keys(variants))
		if !d.labels(child, 1, fmt.Sprintf("%s block takes one label, its kind: %s %q { ... }.", upper(a(child.Type)), child.Type, names[0])) {
			return in, false
		}
		e, ok := variants[in.Label]
		if !ok {
			d.fail("C115", in.LabelRange, fmt.Sprintf("no such %s", child.Type),
				fmt.Sprintf("There is no %s %q. The kinds of %s are %s.", child.Type, in.Label, child.Type, list(names)), diag.DidYouMean(in.Label, names)...)
			return in, false
		}
		head, block = e, e.Variants[in.Label]
	case head.Later != "":
	case head.Label != "":
		if !d.labels(child, 1, fmt.Sprintf("%s block takes one label, the %s: %s.", upper(a(child.Type)), head.Label, sampleBlock(head))) {
			return in, false
		}
	default:
		if !d.labels(child, 0, fmt.Sprintf("%s block takes no label: %s { ... }.", upper(a(child.Type)), child.Type)) {
			return in, false
		}
	}
	todo := head.Later
	if todo == "" && block != nil {
		todo = block.Later
	}
	if todo != "" {
		d.later(child.DefRange(), "The block "+header(child), todo)
		return in, false
	}
	if block == nil {
		block = &schema.Block{}
	}
	in.Body = d.body(child, block)
	d.lacksBlock(d.path+"."+child.Type, child)
	return in, true
}

func (d *decoder) unknownBlock(b, child *hclsyntax.Block, s *schema.Block, meant map[string]bool) {
	var types, args []string
	for _, n := range s.Blocks {
		types = append(types, n.Type)
	}
	for _, a := range s.Args {
		args = append(args, a.Name)
		if a.Name != child.Type {
			continue
		}
		if a.Later != "" {
			d.later(child.TypeRange, "The argument "+a.Name, a.Later)
			return
		}
		d.fail("C105", child.TypeRange, "this is an argument", fmt.Sprintf("%s is an argument here, not a block. It is written with an equals sign: %s = %s.", a.Name, a.Name, sample(&a)))
		return
	}
	hints := diag.DidYouMean(child.Type, types)
	if hints == nil {
		hints = diag.DidYouMean(child.Type, args)
	}
	meant[diag.Nearest(child.Type, types)] = true
	detail := fmt.Sprintf("%s block has no %s block within it.", upper(a(b.Type)), child.Type)
	if len(types) > 0 {
		detail = fmt.Sprintf("%s block has no %s block within it; it can have %s.", upper(a(b.Type)), child.Type, list(unique(types)))
	}
	if top := blockNames(); slices.Contains(top, child.Type) {
		detail += fmt.Sprintf(" A %s block stands by itself, outside of other blocks. Is a closing brace missing above?", child.Type)
		hints = nil
	}
	d.fail("C105", child.TypeRange, fmt.Sprintf("no %s block here", child.Type), detail, hints...)
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// labels checks the number of labels.
func (d *decoder) labels(b *hclsyntax.Block, want int, detail string) bool {
	if len(b.Labels) == want {
		return true
	}
	at, label := b.DefRange(), "a label is missing"
	if len(b.Labels) > want {
		at, label = hcl.RangeBetween(b.LabelRanges[want], b.LabelRanges[len(b.Labels)-1]), "one label too many"
	}
	if want-len(b.Labels) > 1 {
		label = "two labels are missing"
	}
	d.fail("C109", at, label, detail)
	return false
}
