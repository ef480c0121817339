package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/schema"
)

// Sync keeps records in step: model + mapping + mode.
type Sync struct {
	Name    string
	Key     string // of for_each; "" where there is none
	Model   *Model
	Mapping *Mapping
	Mode    string // "upsert"
	Range   hcl.Range
}

// Addr is the block's address.
func (s *Sync) Addr() addr.Item { return addr.Item{Type: "sync", Name: s.Name, Key: s.Key} }

func syncSchema() *schema.Block {
	const leave = `rows that leave the model change nothing in Salesforce (on_leave = "ignore")`
	return &schema.Block{
		Args: []schema.Arg{
			{Name: "model", Ref: "model", Required: true, Doc: "It gives the rows."},
			{Name: "mapping", Ref: "mapping", Required: true, Doc: "It says which columns become which fields."},
			{Name: "mode", Type: cty.String, Required: true, Doc: `It is "upsert".`},
			{Name: "on_leave", Type: cty.String, OneOf: []string{"ignore"}, LaterOf: []string{"clear", "delete", "set"}},
			{Name: "on_missing", Type: cty.String, OneOf: []string{"skip"}, LaterOf: []string{"create"}},
			{Name: "delete_adopted", Type: cty.Bool, Later: leave},
			{Name: "cascade", Type: cty.Bool, Later: leave},
			{Name: "allow_opt_in", Type: cty.Bool, Later: "opt-out fields are written as any other"},
			forEach(),
		},
		Blocks: []schema.Nested{
			{Type: "on_leave", Variants: map[string]*schema.Block{"set": {}}, Later: leave},
			{Type: "guard", Later: "this version has no guards; read the plan before you apply it"},
		},
	}
}

func (l *loader) syncs() { instances(l, "sync", l.cfg.Syncs, newSync) }

func newSync(d *decoder, item addr.Item, b *hclsyntax.Block) *Sync {
	body := d.body(b, syncSchema())
	return &Sync{
		Name:    item.Name,
		Key:     item.Key,
		Model:   d.l.cfg.Models[body.Text("model")],
		Mapping: d.l.cfg.Mappings[body.Text("mapping")],
		Mode:    d.mode(body),
		Range:   b.DefRange(),
	}
}

// mode checks the mode of a sync.
func (d *decoder) mode(body *schema.Body) string {
	mode, ok := d.shown(body, "mode")
	if !ok {
		return ""
	}
	at := body.At("mode")
	switch mode {
	case "upsert":
		return mode
	case "insert", "update":
		d.later(at, fmt.Sprintf("mode = %q", mode), `mode = "upsert" creates records that are new and updates those that exist`)
	case "mirror":
		d.fail("C114", at, "not for records",
			`A sync of records has no mode "mirror": a mirror deletes what the model does not have, and an org holds records that no model knows. Memberships (of a campaign, of a segment field) are mirrored by an audience; what happens to the record of a row that left the model is said by on_leave.`)
	case "add", "remove", "additive", "subtractive":
		d.fail("C112", at, "a mode of audiences", fmt.Sprintf("%q is a mode of audiences, which keep memberships in step. The mode of a sync is \"upsert\".", mode))
	default:
		d.fail("C112", at, "not a mode", `The mode of a sync is "upsert".`, diag.DidYouMean(mode, []string{"upsert", "insert", "update"})...)
	}
	return ""
}
