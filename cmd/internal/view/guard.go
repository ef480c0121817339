package view

import (
	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// guards repeats what would be lost, opt-outs among it, and what blocks, at the end, where it is read: item by item, with
// what to type.
func (v Plan) guards(o *printer, p *plan.Plan) {
	title := "Removals"
	byItem := map[string][]plan.Guard{}
	var back []plan.Item // items that take opt-outs back
	var addrs []string
	var wide, gots int
	for _, g := range p.Guards {
		removal := g.Action() == "remove"
		if it := p.Item(g.Addr); !g.Blocked && !(removal && it != nil && it.Counts.Remove.N+it.Counts.Clear.N > 0) {
			continue
		}
		if !removal {
			title = "Guards"
		}
		if byItem[g.Addr] == nil {
			addrs = append(addrs, g.Addr)
		}
		byItem[g.Addr] = append(byItem[g.Addr], g)
		wide = max(wide, cells(words.Escape(g.Addr)))
		gots = max(gots, cells(words.Escape(g.Got)))
	}
	for _, it := range p.Items {
		if it.OptIns > 0 {
			wide = max(wide, cells(words.Escape(it.Addr)))
			back = append(back, it)
		}
	}
	if len(addrs)+len(back) == 0 {
		return
	}
	o.line(title)
	for _, addr := range addrs {
		for _, g := range byItem[addr] {
			v.guard(o, p, g, wide, gots)
		}
		if meant := p.Meant(addr); len(meant) > 0 {
			o.line("      If this is meant:")
			o.line("          ", words.Allow(meant))
		}
	}
	for _, it := range back {
		o.line("  ", pad(words.Escape(it.Addr), wide), "   ", words.OptIns(it.OptIns), " (allow_opt_in)")
	}
	v.others(o, p)
	o.line()
}

// guard is one verdict.
func (v Plan) guard(o *printer, p *plan.Plan, g plan.Guard, wide, gots int) {
	verdict := "within " + words.Escape(g.Limit)
	if g.Blocked {
		verdict = "limit " + words.Escape(g.Limit)
	}
	if g.Rule != "max_remove" {
		verdict += " (" + words.Escape(g.Rule) + ")"
	}
	it := p.Item(g.Addr)
	switch {
	case g.Overridden:
		verdict += "   allowed"
		if g.By != "" {
			verdict += " by " + words.Escape(g.By)
		}
	case g.Blocked && it != nil && it.Skipped != "":
		verdict = v.Palette.alarm(verdict) + "   left out"
	case g.Blocked:
		verdict = v.Palette.alarm(verdict)
	}
	where := ""
	if g.Blocked {
		where = "   " + words.Escape(g.Where)
	}
	o.line("  ", pad(words.Escape(g.Addr), wide), "   ", padLeft(words.Escape(g.Got), gots), "   ", verdict, where)
	for _, said := range []string{g.Note, g.Reason} {
		if said != "" {
			for _, l := range paragraphs(said, wrapCells-6) {
				o.line("      ", l)
			}
		}
	}
	if g.Blocked && it != nil && g.OfModel() && len(it.History) > 0 {
		o.line("      the model returned ", words.Plural(it.Source.Rows, "row", "rows"), "; ", words.Runs(it.Before(3)))
	}
}

// others gives the commands that apply all of the plan, where several items are blocked, and what is not blocked.
func (v Plan) others(o *printer, p *plan.Plan) {
	blocked := p.BlockedItems()
	var all []string
	for _, addr := range blocked {
		meant := p.Meant(addr)
		if meant == nil {
			all = nil
			break
		}
		all = append(all, meant...)
	}
	if len(blocked) > 1 && len(all) > 0 {
		o.line("      If all of this is meant:")
		o.line("          ", words.Allow(all))
	}
	if len(blocked) > 0 && len(blocked) < len(p.Items) {
		o.line("      To apply what is not blocked:")
		o.line("          signalsmith apply --skip-blocked")
	}
}
