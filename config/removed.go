package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/schema"
)

// Removed says that an item is gone for good: apply drops its state. Without it the state of an item that is no longer
// declared is kept. The records of a sync stay as they are.
type Removed struct {
	From  addr.Item // not declared; without a key also all items that a for_each of this name had
	Range hcl.Range
}

func removedSchema() *schema.Block {
	return &schema.Block{Args: []schema.Arg{
		{Name: "from", Raw: true, Ref: "sync", Required: true, Doc: "It is the address that the item had, as in sync.OLD."},
		{Name: "members", Type: cty.String, OneOf: []string{"remove", "keep"}},
	}}
}

func (l *loader) removals() {
	first := map[addr.Item]*Removed{}
	for _, b := range l.blocks["removed"] {
		d := l.decoder(b, "")
		if !d.labels(b, 0, "A removed block takes no label: removed { ... }.") {
			continue
		}
		body := d.body(b, removedSchema())
		d.lacksBlock("removed", b)
		from, ok := d.past(body, "from", "C157")
		if !ok {
			continue
		}
		r := &Removed{From: from, Range: b.DefRange()}
		if body.Has("members") {
			d.clash(body.Args["members"].Name, "a sync has none", fmt.Sprintf("members says what becomes of the members of an audience, and %s is a sync: its records stay as they are. Leave members out.", from))
		}
		if same := first[from]; same != nil {
			d.report(diag.Diagnostic{
				Code: "C108", Subject: &r.Range, Label: "again", Detail: fmt.Sprintf("%s is removed twice. Keep one of the two blocks.", from),
				Related: []diag.Related{{Range: same.Range, Label: "removed here first"}},
			})
			continue
		}
		first[from] = r
		if r.fits(d, body) {
			l.cfg.Removed = append(l.cfg.Removed, r)
		}
	}
}

// fits checks the block against what is declared and what is moved.
func (r *Removed) fits(d *decoder, body *schema.Body) bool {
	at := body.At("from")
	if c := d.l.cases[r.From.String()]; c != nil {
		detail := fmt.Sprintf("%s is still declared, and has a for_each. Name the item that is gone: %s[\"KEY\"].", r.From, r.From)
		d.report(diag.Diagnostic{
			Code: "C157", Subject: &at, Label: "still declared", Detail: detail,
			Related: []diag.Related{{Range: d.l.byAddr[r.From.String()].DefRange(), Label: "declared here"}},
		})
		return false
	}
	for _, m := range d.l.cfg.Moved {
		if m.From == r.From || r.From.Key == "" && m.From.Block() == r.From {
			d.report(diag.Diagnostic{
				Code: "C157", Subject: &at, Label: "moved",
				Detail:  fmt.Sprintf("The state of %s is moved to %s, so it cannot be dropped as well. Remove one of the two blocks.", m.From, m.To),
				Related: []diag.Related{{Range: m.Range, Label: "moved here"}},
			})
			return false
		}
	}
	return d.still(r.From, at, "C157")
}
