package view

import (
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// stages says what an apply of the plan does, step by step.
func (v Plan) stages(o *printer, p *plan.Plan) {
	o.line("Stages")
	addrs := cells("preflight")
	for _, it := range p.Items {
		if len(it.Stages) > 0 {
			addrs = max(addrs, cells(words.Escape(it.Addr)))
		}
	}
	again := "the plan is made anew under the state's lock"
	if n := p.Cost.Used.Rest + p.Cost.Used.Bulk; n > 0 {
		again += ", about " + words.Plural(n, "call", "calls")
	}
	o.line("  ", pad("preflight", addrs), "   ", again)
	any := false
	for _, it := range p.Items {
		if it.Skipped != "" {
			o.line("  ", pad(words.Escape(it.Addr), addrs), "   left out: ", words.Escape(it.Skipped))
			continue
		}
		for _, s := range it.Stages {
			any = true
			o.line("  ", pad(words.Escape(it.Addr), addrs), "   ", stage(s))
		}
	}
	if !any {
		o.line("  ", pad("", addrs), "   nothing is to be done after it")
	}
	o.line()
}

// stage is one step: "write Contact upsert, 312 rows in 1 call".
func stage(s plan.Stage) string {
	out := strings.TrimSpace(words.Escape(s.Kind) + " " + words.Escape(s.Object))
	if s.Kind == "commit" {
		return out + ", " + words.Plural(s.Rows, "row", "rows") + " of the snapshot"
	}
	if s.Op != "" {
		out += " " + words.Escape(s.Op)
	}
	out += ", " + words.Plural(s.Rows, "row", "rows")
	if s.Calls > 0 {
		out += " in " + words.Plural(s.Calls, "call", "calls")
	}
	return out
}
