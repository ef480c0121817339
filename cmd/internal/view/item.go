package view

import (
	"slices"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

func plain(n int) string { return strconv.Itoa(n) }

// target names where an item goes: "sync.contacts  ->  salesforce.crm  Contact  by Customer_Id__c".
func target(it *plan.Item) string {
	s := words.Escape(it.Addr) + "  ->  " + words.Escape(it.Destination) + "  " + words.Escape(it.Object)
	if it.Match != "" {
		s += "  by " + words.Escape(it.Match)
	}
	if it.Membership != "" {
		s += "  " + words.Escape(it.Membership)
	}
	return s
}

// unchanged shows the idle items, one line each.
func (v Plan) unchanged(o *printer, p *plan.Plan) {
	for i := range p.Items {
		it := &p.Items[i]
		if !it.Idle() {
			continue
		}
		left := target(it) + "   " + words.Number(it.Counts.Unchanged.N) + " unchanged"
		o.line(pad(left, whereCell-3), "  ", v.Palette.faint(words.Escape(it.Where)))
	}
}

// item shows one block: the head, the funnel, counts with reasons, samples.
func (v Plan) item(o *printer, p *plan.Plan, it *plan.Item) {
	v.head(o, it)
	if it.Skipped != "" {
		o.line("  ", v.Palette.alarm("LEFT OUT"), ": ", words.Escape(it.Skipped))
	}
	actions := v.actions(p, it)
	for _, g := range p.Blocked() {
		// The line of what a rule limits says so itself, where there is one.
		if g.Addr == it.Addr && !slices.ContainsFunc(actions, func(a action) bool { return g.Limits(a.id) }) {
			o.line("  ", v.Palette.alarm("BLOCKED by "+words.Escape(g.Rule)))
		}
	}
	for _, a := range actions {
		v.action(o, a)
	}
	if v.Detail != Summary {
		v.query(o, it)
		v.samples(o, it)
	}
}

// query shows how the SQL of the model differs from that of the last apply.
func (v Plan) query(o *printer, it *plan.Item) {
	if !it.Query.Changed() {
		return
	}
	o.line()
	o.line("    The SQL of ", words.Escape(it.Model), " changed since the last apply:")
	for _, l := range v.diff(*it.Query.Before, it.Query.Text) {
		o.line("      ", l)
	}
}

func count(c plan.Count) string {
	if !c.Known {
		return "?"
	}
	return words.Number(c.N)
}

// action is one line of counts.
type action struct {
	id    string // as in the document
	sign  string
	word  string
	n     plan.Count
	texts []string // wrapped between one another, on several lines if need be
	below []string // lines of their own
}

func (v Plan) action(o *printer, a action) {
	left := "  " + a.sign + " " + count(a.n) + " " + a.word
	fill := strings.Repeat(" ", max(2, reasonCell-cells(left)))
	texts := append(flow(a.texts, wrapCells-reasonCell), a.below...)
	if len(texts) == 0 {
		texts = []string{""}
	}
	o.line("  ", v.Palette.symbol(a.sign), left[2+len(a.sign):], fill, texts[0])
	for _, t := range texts[1:] {
		o.line(strings.Repeat(" ", reasonCell), t)
	}
}

// actions are the lines of an item in the order of the screen; those that are known to be zero are left out.
func (v Plan) actions(p *plan.Plan, it *plan.Item) []action {
	c := it.Counts
	create, remove := "create", "delete"
	if it.Kind == "audience" {
		create, remove = "add", "remove"
	}
	all := []action{
		{id: "create", sign: "+", word: create, n: c.Create},
		{id: "update", sign: "~", word: "update", n: c.Update},
		{id: "remove", sign: "-", word: remove, n: c.Remove},
		{id: "clear", sign: "-", word: "clear", n: c.Clear},
		{id: "adopt", sign: ".", word: "adopt", n: c.Adopt},
		{id: "leave", sign: ".", word: "leave", n: c.Leave},
		{id: "forget", sign: ".", word: "forget", n: c.Forget},
		{id: "note", sign: ".", word: "note", n: plan.Count{N: it.Reasons["rewritten_by_salesforce"], Known: true}},
		{id: "kept", sign: ".", word: "left as is", n: plan.Count{N: it.Kept, Known: true}},
		{id: "skip", sign: ".", word: "skip", n: c.Skip},
		{id: "reject", sign: "!", word: "reject", n: c.Reject},
		{id: "held", sign: "=", word: "held", n: c.Held},
	}
	why := it.ReasonsByAction()
	var out []action
	for _, a := range all {
		if a.n.Known && a.n.N == 0 {
			continue
		}
		if a.id == "update" {
			a.texts, a.below = v.fields(it)
		}
		a.texts = append(a.texts, explained(a, it, why[a.id])...)
		if a.id == "reject" && a.n.N > 0 {
			a.texts, a.below = append(a.texts, "-> signalsmith plan --rejects"), v.refused(it)
		}
		if doubts := v.doubts(p, it, a); len(doubts) > 0 {
			a.texts = append([]string{strings.Join(doubts, "; ") + semicolon(a.texts)}, a.texts...)
		}
		out = append(out, a)
	}
	if rest := why[""]; len(rest) > 0 {
		a := action{sign: " ", word: "rows also count as", n: plan.Count{N: total(rest), Known: true}}
		for _, r := range rest {
			a.texts = append(a.texts, words.Number(r.N)+" "+words.Escape(r.Reason))
		}
		out = append(out, a)
	}
	if c.Unchanged.N > 0 || !c.Unchanged.Known {
		out = append(out, action{sign: " ", word: "unchanged", n: c.Unchanged, texts: v.doubts(p, it, action{n: c.Unchanged})})
	}
	return out
}

// semicolon parts a text from what follows it, if something does.
func semicolon(following []string) string {
	if len(following) == 0 {
		return ""
	}
	return ";"
}

// doubts says why a count is not known, and which guard blocks it.
func (v Plan) doubts(p *plan.Plan, it *plan.Item, a action) []string {
	var out []string
	for _, g := range p.Blocked() {
		if g.Addr == it.Addr && g.Limits(a.id) {
			out = append(out, v.Palette.alarm("BLOCKED by "+words.Escape(g.Rule)))
		}
	}
	if a.n.Known {
		return out
	}
	s := "cannot be known"
	if !p.Refresh {
		s += ": live records were not read"
	}
	if a.n.N > 0 {
		s += ", " + words.Plural(a.n.N, "row is open", "rows are open")
	}
	return append(out, s)
}

// fields says which fields change and how often, and below it the transitions of picklists and checkboxes.
func (v Plan) fields(it *plan.Item) (texts, below []string) {
	for _, f := range it.Fields {
		texts = append(texts, words.Escape(f.Field)+" "+words.Number(f.Changed))
	}
	for _, f := range it.Fields {
		if f.Distinct.Collapses() {
			below = append(below, words.Escape(f.Field)+"  "+v.Palette.yellow(words.Collapse(f.Distinct.Before, f.Distinct.After)))
		}
		if len(f.Transitions) == 0 {
			continue
		}
		ts := f.Transitions
		var parts []string
		if v.Detail != Full && len(ts) > 3 {
			ts = ts[:3]
		}
		for _, t := range ts {
			parts = append(parts, words.Option(t.From)+" -> "+words.Option(t.To)+" "+words.Number(t.N))
		}
		if n := len(f.Transitions) - len(ts); n > 0 {
			parts = append(parts, "and "+plain(n)+" more")
		}
		lead := words.Escape(f.Field) + "  "
		for i, l := range flow(parts, wrapCells-reasonCell-cells(lead)) {
			if i > 0 {
				lead = strings.Repeat(" ", cells(lead))
			}
			below = append(below, lead+l)
		}
	}
	return texts, below
}
