package view

import (
	"io"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// Detail says how much of a plan is shown. Counts, guards, notes and names are always shown.
type Detail int

// The details: Normal shows the samples that the document holds; Summary none of them; Full also the fields of
// creates, rows that are only noted, and values without cutting them.
const (
	Normal Detail = iota
	Summary
	Full
)

const (
	ruleCells  = 86 // the line above the totals
	whereCell  = 88 // where the place of an item stands
	reasonCell = 21 // where the text beside a count begins
	wrapCells  = 110
)

// Plan renders plan documents.
type Plan struct {
	Detail  Detail
	Stages  bool // what an apply does, step by step
	Palette Palette
}

// Write renders a plan. Equal documents give equal bytes.
func (v Plan) Write(w io.Writer, p *plan.Plan) error {
	o, flush := buffered(w, v.Palette)
	v.write(o, p)
	return flush()
}

func (v Plan) write(o *printer, p *plan.Plan) {
	if p.Failed() {
		o.line(v.Palette.alarm("There is no plan."))
		o.line()
		v.warnings(o, p)
		return
	}
	o.line(v.headline(p))
	if !p.Refresh {
		o.line("Live records were not read: what depends on them is printed as ?.")
	}
	o.line()
	quiet := 0
	for i := range p.Items {
		if p.Items[i].Idle() {
			quiet++
			continue
		}
		v.item(o, p, &p.Items[i])
		o.line()
	}
	if quiet > 0 {
		v.unchanged(o, p)
		o.line()
	}
	v.warnings(o, p)
	o.line(strings.Repeat("-", ruleCells))
	v.guards(o, p)
	if v.Stages {
		v.stages(o, p)
	}
	o.line("Cost    ", v.cost(p.Cost))
	o.line("Plan    ", v.totals(p))
	if p.Empty() {
		o.line()
		o.line(v.Palette.green("No changes."), " ", v.verdict(p))
		if n := p.Notes(); n > 0 {
			o.line(words.Plural(n, "note", "notes"), ": apply records them in the snapshot and writes nothing to Salesforce.")
		}
	}
}

// verdict says what a plan without changes means: that Salesforce matches the configuration only where this was seen
// of every row.
func (v Plan) verdict(p *plan.Plan) string {
	var open []string
	var missing, rejected int64
	for _, it := range p.Items {
		missing += it.Counts.Skip.N
		rejected += it.Counts.Reject.N
	}
	if missing > 0 {
		open = append(open, words.Plural(missing, "row is", "rows are")+" skipped")
	}
	if rejected > 0 {
		open = append(open, words.Plural(rejected, "row is", "rows are")+" rejected")
	}
	if !p.Refresh {
		open = append(open, "live records were not read (--refresh=false), so drift and missing records are unknown")
	}
	if len(open) > 0 {
		return "Nothing to apply, but " + strings.Join(open, ", ") + " (" + v.matched(p) + ")."
	}
	return "Salesforce matches the configuration (" + v.matched(p) + ")."
}

// headline names the org: the first thing a reviewer must see is whether this is production.
func (v Plan) headline(p *plan.Plan) string {
	kind := "sandbox"
	switch {
	case p.Org.Production:
		kind = v.Palette.alarm("PRODUCTION")
	case p.Org.Embedded:
		kind = "embedded"
	}
	s := strings.TrimSpace(v.Palette.bold(name(p.Org.Name)) + "  " + kind + " " + name(p.Org.ID))
	if p.Org.User != "" {
		s += "  as " + words.Escape(p.Org.User)
	}
	if len(p.Items) == 0 && p.Org.ID == "" {
		s = v.Palette.bold("Nothing takes part in this plan, so no org was asked")
	}
	s += ";  environment " + name(p.Environment)
	if p.LastApply == nil {
		return s + ";  no apply yet"
	}
	return s + ";  last apply " + p.LastApply.Time.UTC().Format("2006-01-02 15:04") + ", " + runEnd(p.LastApply.Run)
}

// runEnd is the random end of a run id, by which `runs show` finds it.
func runEnd(id string) string {
	return words.Escape(id[strings.LastIndexByte(id, '-')+1:])
}

// name shows a name, ? where there is none.
func name(s string) string {
	if s == "" {
		return "?"
	}
	return words.Escape(s)
}

// matched counts what was found equal: "1 sync, 48,210 rows, 0 rejected".
func (v Plan) matched(p *plan.Plan) string {
	var syncs, audiences, rows, rejected int64
	for _, it := range p.Items {
		if it.Kind == "audience" {
			audiences++
		} else {
			syncs++
		}
		rows += it.Source.Rows
		rejected += it.Counts.Reject.N
	}
	items := words.Plural(syncs, "sync", "syncs")
	switch {
	case audiences > 0 && syncs > 0:
		items = words.Number(syncs+audiences) + " syncs and audiences"
	case audiences > 0:
		items = words.Plural(audiences, "audience", "audiences")
	}
	return items + ", " + words.Plural(rows, "row", "rows") + ", " + words.Number(rejected) + " rejected"
}

// warnings shows the diagnostics that belong to the plan.
func (v Plan) warnings(o *printer, p *plan.Plan) {
	for _, d := range p.Diagnostics {
		head := v.Palette.yellow(words.Escape(d.Severity)+"["+words.Escape(d.Code)+"]") + ": " + words.Escape(d.Summary)
		if d.Range != nil {
			head += "  " + words.Escape(d.Range.File) + ":" + plain(d.Range.StartLine) + ":" + plain(d.Range.StartColumn)
		} else if d.Addr != "" {
			head += "  " + words.Escape(d.Addr)
		}
		o.line(head)
		for _, l := range paragraphs(d.Detail, wrapCells-2) {
			o.line("  ", l)
		}
		if len(d.Keys) > 0 {
			o.line("  ", keys(d.Keys, d.KeysMasked))
		}
		o.line()
	}
}

// cost is what the plan used and what apply needs, in API calls.
func (v Plan) cost(c plan.Cost) string {
	var used []string
	part := func(n int64, what string) {
		if n > 0 {
			used = append(used, strings.TrimSpace(words.Number(n)+" "+what))
		}
	}
	part(c.Used.Describe, "describe")
	part(c.Used.Query, "query")
	other := "other"
	if len(used) == 0 {
		other = ""
	}
	part(c.Used.Rest-c.Used.Describe-c.Used.Query, other)
	part(c.Used.Bulk, "bulk")
	s := strings.Join(used, " + ")
	switch c.Used.Rest + c.Used.Bulk {
	case 0:
		s = "no calls used"
	case 1:
		s += " call used"
	default:
		s += " calls used"
	}
	needed := "none"
	if n := c.Needed.Rest + c.Needed.Bulk; n > 0 {
		needed = "about " + words.Number(n)
	}
	left := "?"
	if c.Left != nil {
		left = words.Number(*c.Left)
	}
	s += "; apply needs " + needed + "; " + left + " left today"
	if c.Reserve != nil && *c.Reserve > 0 {
		s += ", " + words.Number(*c.Reserve) + " of them reserved"
	}
	return s
}

// signed is a count behind its sign, "" for none: "+418", "~?".
func signed(sign string, c plan.Count) string {
	switch {
	case !c.Known:
		return sign + "?"
	case c.N == 0:
		return ""
	}
	return sign + words.Number(c.N)
}

// Writes sums up what an apply would write, as in "+408 ~1,904 -36".
func Writes(p *plan.Plan) string {
	t := p.Sum()
	return strings.Join(present(signed("+", t.Create), signed("~", t.Update), signed("-", t.Remove)), " ")
}

// Removals counts the records and members that an apply would delete, take out or clear.
func Removals(p *plan.Plan) int64 { return p.Sum().Remove.N }

func present(parts ...string) []string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// totals is the last line: sums, how many items change, how many are blocked, and the plan's id.
func (v Plan) totals(p *plan.Plan) string {
	t := p.Sum()
	sums := present(
		v.Palette.green(signed("+", t.Create)), v.Palette.yellow(signed("~", t.Update)), v.Palette.red(signed("-", t.Remove)),
		signed(".", plan.Count{N: p.Notes(), Known: true}), v.Palette.red(signed("!", t.Reject)))
	changing, known := 0, true
	for _, it := range p.Items {
		switch {
		case it.Skipped != "":
		case !it.Counts.Known():
			known = false
		case it.Counts.Writes() > 0:
			changing++
		}
	}
	change := plain(changing)
	if !known {
		change = "?"
	}
	verb := " change"
	if change == "1" {
		verb = " changes"
	}
	parts := present(strings.Join(sums, "  "), change+" of "+plain(len(p.Items))+verb)
	if n := len(p.BlockedItems()); n > 0 {
		parts = append(parts, v.Palette.alarm(plain(n)+" blocked"))
	}
	if n := len(p.LeftOut()); n > 0 {
		parts = append(parts, v.Palette.alarm(plain(n)+" left out"))
	}
	return strings.Join(append(parts, Short(p.ID)), ";  ")
}

// Short is the part of a plan's id that is shown.
func Short(id string) string { return words.Escape(id[:min(6, len(id))]) }
