package view

import (
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// guards repeats what would be lost, opt-outs among it, and what blocks, at the end, where it is read.
func (v Plan) guards(o *printer, p *plan.Plan) {
	title := "Removals"
	var shown []plan.Guard
	var back []plan.Item // items that take opt-outs back
	var addrs, gots int
	for _, g := range p.Guards {
		removal := g.Action() == "remove"
		if it := p.Item(g.Addr); !g.Blocked && !(removal && it != nil && it.Counts.Remove.N+it.Counts.Clear.N > 0) {
			continue
		}
		if !removal {
			title = "Guards"
		}
		shown = append(shown, g)
		addrs = max(addrs, cells(words.Escape(g.Addr)))
		gots = max(gots, cells(words.Escape(g.Got)))
	}
	for _, it := range p.Items {
		if it.OptIns > 0 {
			addrs = max(addrs, cells(words.Escape(it.Addr)))
			back = append(back, it)
		}
	}
	if len(shown)+len(back) == 0 {
		return
	}
	o.line(title)
	for _, g := range shown {
		verdict := "within " + words.Escape(g.Limit)
		if g.Blocked {
			verdict = "limit " + words.Escape(g.Limit)
		}
		if g.Rule != "max_remove" {
			verdict += " (" + words.Escape(g.Rule) + ")"
		}
		if g.Overridden {
			verdict += "   allowed"
		} else if g.Blocked {
			verdict = v.Palette.alarm(verdict)
		}
		place := ""
		if g.Blocked {
			place = "   " + words.Escape(g.Where)
		}
		o.line("  ", pad(words.Escape(g.Addr), addrs), "   ", padLeft(words.Escape(g.Got), gots), "   ", verdict, place)
		if it := p.Item(g.Addr); g.Blocked && it != nil && g.Action() == "remove" && len(it.History) > 0 {
			o.line("      the model returned ", words.Plural(it.Source.Rows, "row", "rows"), "; ", words.Runs(it.Before(3)))
		}
	}
	for _, it := range back {
		o.line("  ", pad(words.Escape(it.Addr), addrs), "   ", words.OptIns(it.OptIns), " (allow_opt_in)")
	}
	v.others(o, p)
	o.line()
}

// others gives the command that applies what is not blocked.
func (v Plan) others(o *printer, p *plan.Plan) {
	var flags []string
	skip := map[string]bool{}
	for _, g := range p.Blocked() {
		if g.Addr != "" && !skip[g.Addr] {
			skip[g.Addr] = true
			flags = append(flags, "--except "+words.Escape(g.Addr))
		}
	}
	if len(flags) == 0 || len(flags) >= len(p.Items) {
		return
	}
	o.line("      To apply the others:")
	o.line("          signalsmith apply ", strings.Join(flags, " "))
}
