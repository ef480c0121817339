package config

import (
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/schema"
)

// Allow lets one item pass one rule of the guards for some time. It stands in the configuration, so that it is reviewed.
type Allow struct {
	Rule   string    // one of Rules
	Item   addr.Item // declared
	UpTo   int64     // the largest count that passes, for the rules that begin with max_; else 0
	Until  time.Time // the first moment at which it no longer holds: the end of the day that is written, in UTC
	Reason string    // as written, never empty
	Range  hcl.Range
}

func allowSchema() *schema.Block {
	return &schema.Block{Args: []schema.Arg{
		{Name: "rule", Type: cty.String, Required: true, OneOf: Rules(), Doc: "It is the rule that the item may pass."},
		{Name: "item", Ref: "sync", Required: true, Doc: "It is the item that may pass the rule."},
		{Name: "up_to", Type: cty.Number, Doc: "It is the largest count that passes."},
		{Name: "until", Type: cty.String, Required: true, Doc: `It is the last day on which it holds, as in "2026-12-01".`},
		{Name: "reason", Type: cty.String, Required: true, Doc: "It is read by whoever reviews this, and kept with the run."},
	}}
}

func (l *loader) allows() {
	first := map[[2]string]*Allow{}
	for _, b := range l.blocks["allow"] {
		d := l.decoder(b, "")
		if !d.labels(b, 0, "An allow block takes no label: allow { ... }.") {
			continue
		}
		body := d.body(b, allowSchema())
		d.lacksBlock("allow", b)
		a := &Allow{Rule: body.Text("rule"), Range: b.DefRange()}
		if s := l.cfg.Syncs[body.Text("item")]; s != nil {
			a.Item = s.Addr()
		}
		d.upTo(a, b, body)
		d.until(a, body)
		if reason, ok := d.shown(body, "reason"); ok {
			if a.Reason = reason; strings.TrimSpace(reason) == "" {
				d.fail("C112", body.At("reason"), "empty", `reason says why this is right, for whoever reads it later: reason = "the old segment is closed".`)
			}
		}
		key := [2]string{a.Rule, a.Item.String()}
		if same := first[key]; same != nil && a.Rule != "" && a.Item.Name != "" {
			d.report(diag.Diagnostic{
				Code: "C108", Subject: &a.Range, Label: "again",
				Detail:  fmt.Sprintf("%s is allowed to pass %s twice. Keep one of the two blocks.", a.Item, a.Rule),
				Related: []diag.Related{{Range: same.Range, Label: "allowed here first"}},
			})
			continue
		}
		first[key] = a
		l.cfg.Allows = append(l.cfg.Allows, a)
	}
}

// upTo reads how much passes: what has a count is never let through without one.
func (d *decoder) upTo(a *Allow, b *hclsyntax.Block, body *schema.Body) {
	counted := strings.HasPrefix(a.Rule, "max_")
	switch v, given := body.Args["up_to"]; {
	case a.Rule == "would_be_empty":
		d.clash(body.At("rule"), "a rule of audiences", "would_be_empty is about audiences that would lose their last member, and a sync has no members. Remove the block.")
	case unread(b, body, "up_to") || a.Rule == "":
	case counted && !body.Has("up_to"):
		d.fail("C107", body.Range, "up_to is missing", fmt.Sprintf(`An allow of %s says how much passes: up_to = 6400. What is larger is blocked as before.`, a.Rule))
	case !given || v.IsNull():
	case !counted:
		d.clash(v.Name, "counts nothing", fmt.Sprintf("The rule %s holds or does not, so there is no count up to which it could pass. Remove up_to.", a.Rule))
	default:
		bare, marks := v.Unmark()
		n, exact := bare.AsBigFloat().Int64()
		switch {
		case len(marks) > 0:
			d.fail("C125", v.Range, "a sensitive value", "up_to is printed in plans and messages, so it cannot be a sensitive value.")
		case exact != 0 || n < 1:
			d.fail("C112", v.Range, "not a count", "up_to is a count of at least 1: up_to = 6400.")
		default:
			a.UpTo = n
		}
	}
}

// until reads the last day, and refuses a block whose time is over: it would stand there and say what no longer holds.
func (d *decoder) until(a *Allow, body *schema.Body) {
	day, ok := d.date(body, "until")
	if !ok {
		return
	}
	if a.Until = day.AddDate(0, 0, 1); !d.l.o.Now().Before(a.Until) {
		d.fail("C155", body.At("until"), "is over", fmt.Sprintf("This allow held until the end of %s (UTC). Remove the block; where the item is still to pass %s, write a later day, and let that be reviewed.", day.Format(time.DateOnly), strings.TrimSpace(a.Rule+" ")))
	}
}
