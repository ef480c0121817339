package config

import (
	"fmt"
	"strings"

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

	// Mode says which records are written: "upsert" creates new ones and updates those that exist, "insert" creates and
	// never looks at a record again, "update" creates none.
	Mode string

	// Leave is what happens to the record of a row that left the model.
	Leave Leave

	// OnMissing says what happens where a record that we knew is gone from Salesforce: "skip" the row (the default), or
	// "create" the record again.
	OnMissing string

	// AllowOptIn lets opt-outs go from true to false.
	AllowOptIn bool

	// Guard holds the limits of this sync, its own or those of the signalsmith block.
	Guard Guard

	Range hcl.Range
}

// Addr is the block's address.
func (s *Sync) Addr() addr.Item { return addr.Item{Type: "sync", Name: s.Name, Key: s.Key} }

func syncSchema() *schema.Block {
	return &schema.Block{
		Args: []schema.Arg{
			{Name: "model", Ref: "model", Required: true, Doc: "It gives the rows."},
			{Name: "mapping", Ref: "mapping", Required: true, Doc: "It says which columns become which fields."},
			{Name: "mode", Type: cty.String, Required: true, Doc: `It is "upsert", "insert" or "update".`},
			{Name: "on_leave", Type: cty.String},
			{Name: "on_missing", Type: cty.String, OneOf: []string{"skip", "create"}},
			{Name: "delete_adopted", Type: cty.Bool},
			{Name: "cascade", Type: cty.Bool},
			{Name: "allow_opt_in", Type: cty.Bool},
			forEach(),
		},
		Blocks: []schema.Nested{
			{Type: "on_leave", Variants: map[string]*schema.Block{"set": setSchema()}},
			{Type: "guard", Block: guardSchema()},
		},
	}
}

func (l *loader) syncs() { instances(l, "sync", l.cfg.Syncs, newSync) }

func newSync(d *decoder, item addr.Item, b *hclsyntax.Block) *Sync {
	body := d.body(b, syncSchema())
	s := &Sync{
		Name:      item.Name,
		Key:       item.Key,
		Model:     d.l.cfg.Models[body.Text("model")],
		Mapping:   d.l.cfg.Mappings[body.Text("mapping")],
		Mode:      d.mode(body),
		OnMissing: d.word(body, "on_missing", "skip"),
		Guard:     d.guard(body, d.l.cfg.Project.Guard),
		Range:     b.DefRange(),
	}
	s.AllowOptIn, _ = body.Bool("allow_opt_in")
	s.leave(d, b, body)
	s.modes(d, body)
	return s
}

// modes reports settings that the mode leaves nothing to do, and those that the target's match field does.
func (s *Sync) modes(d *decoder, body *schema.Body) {
	mode := body.At("mode")
	missing := body.At("on_missing")
	create := s.OnMissing == "create"
	switch {
	case create && s.Mode == "insert":
		d.clash(missing, "insert never looks back", `A sync in mode "insert" creates records and does not look at them again, so it never finds one missing. Use mode = "upsert", or leave on_missing out.`, mode)
	case create && s.Mode == "update":
		d.clash(missing, "update creates nothing", `A sync in mode "update" creates no records, not even those that were deleted. Use mode = "upsert", or leave on_missing out.`, mode)
	}
	if s.Mode == "insert" && s.AllowOptIn {
		d.clash(body.At("allow_opt_in"), "insert changes nothing", `A sync in mode "insert" never changes a record that exists, so it takes no opt-out back. Leave allow_opt_in out.`, mode)
	}
	if s.Mapping == nil || s.Mapping.Target == nil {
		return
	}
	t := s.Mapping.Target
	byID := strings.EqualFold(t.Match.Name, "Id")
	switch {
	case create && s.Mode == "upsert" && byID:
		d.clash(missing, "cannot be created", fmt.Sprintf("%s finds records by their Id, and Salesforce gives the Id: a record that is gone cannot be created again with the same one. Match by an external id, or leave on_missing out.", t.Addr()), t.Match.Range)
	case create && s.Mode == "upsert" && t.Match.Name == "" && !t.unmatched:
		d.clash(missing, "no match field", fmt.Sprintf("A record that is created again is found by the match field, so that it is created once, and %s has none. Give the target a match, or leave on_missing out.", t.Addr()), t.Range)
	case s.Mode == "insert" && byID:
		d.clash(mode, "cannot be created", fmt.Sprintf("%s finds records by their Id, and Salesforce gives the Id to what is created, so there is nothing that this sync could insert. Match by an external id, leave match out, or use mode = \"update\".", t.Addr()), t.Match.Range)
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
	case "upsert", "insert", "update":
		return mode
	case "mirror":
		d.fail("C114", at, "not for records",
			`A sync of records has no mode "mirror": a mirror deletes what the model does not have, and an org holds records that no model knows. Memberships (of a campaign, of a segment field) are mirrored by an audience; what happens to the record of a row that left the model is said by on_leave.`)
	case "add", "remove", "additive", "subtractive":
		d.fail("C112", at, "a mode of audiences", fmt.Sprintf("%q is a mode of audiences, which keep memberships in step. The modes of a sync are \"upsert\", \"insert\" and \"update\".", mode))
	default:
		d.fail("C112", at, "not a mode", `The mode of a sync is "upsert" (create and update), "insert" (create only) or "update" (create nothing).`, diag.DidYouMean(mode, []string{"upsert", "insert", "update"})...)
	}
	return ""
}
