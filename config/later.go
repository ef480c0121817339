package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/schema"
)

// feature is something that the language has, that is read and checked, and that the engine does not carry out yet. It
// is refused after all else, never ignored.
type feature struct {
	path string // block types from the outermost, then perhaps an argument: "sync.mode"
	is   string // the value that is refused; "" refuses all but not
	not  string // the value that is what happens anyway
	todo string // completes "... is not available in this version: "
}

// unfinished lists the features that the engine lacks. To finish one is to delete its line. What a provider lacks stands
// in the provider's schema (schema.Block.Later), and what the mapping language lacks in config/lang.
func unfinished() []feature {
	return []feature{
		{path: "signalsmith.max_plan_age", todo: "this version applies no saved plans"},
	}
}

// laterBlocks are block types that are not read yet, with what to do instead.
func laterBlocks() map[string]string {
	return map[string]string{
		"audience": "this version keeps records in step (sync), not memberships; membership that a field shows can be a mapped field of a sync",
	}
}

// lacking finds the feature that a value, or a block of this label, is.
func lacking(path, value string) *feature {
	for _, f := range unfinished() {
		if f.path == path && (f.is == value || f.is == "" && (f.not == "" || f.not != value)) {
			return &f
		}
	}
	return nil
}

// lacksArg refuses an argument, or its value, that the engine does not carry out.
func (d *decoder) lacksArg(arg *schema.Arg, v schema.Value) {
	if d.l.o.Everything || v.IsNull() || v.ContainsMarked() {
		return
	}
	value, shown := "", ""
	switch v.Type() {
	case cty.String:
		value = v.AsString()
		shown = fmt.Sprintf("%q", value)
	case cty.Bool:
		value = fmt.Sprint(v.True())
		shown = value
	}
	switch f := lacking(d.path+"."+arg.Name, value); {
	case f == nil:
	case f.is == "" && f.not == "":
		d.later(v.Name, fmt.Sprintf("The argument %q", arg.Name), f.todo)
	default:
		d.later(v.Range, fmt.Sprintf("%s = %s", arg.Name, shown), f.todo)
	}
}

// lacksBlock refuses a block that the engine does not carry out.
func (d *decoder) lacksBlock(path string, b *hclsyntax.Block) {
	label := ""
	if len(b.Labels) > 0 {
		label = b.Labels[0]
	}
	if f := lacking(path, label); f != nil && !d.l.o.Everything {
		d.later(b.DefRange(), "The block "+header(b), f.todo)
	}
}
