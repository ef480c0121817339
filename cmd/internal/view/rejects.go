package view

import (
	"io"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

const rejectLines = 5 // below a count, unless everything is asked for

// refused says below the count of rejected rows which fields are wrong, and the commonest wrong values.
func (v Plan) refused(it *plan.Item) []string {
	var out []string
	left := 0
	for _, r := range it.Rejects {
		if r.Field == "" {
			continue
		}
		if len(out) >= rejectLines && v.Detail != Full {
			left++
			continue
		}
		line := words.Number(r.N) + " " + words.Escape(r.Field) + ": " + words.Escape(r.Cause)
		for i, x := range r.Values {
			if i == 3 && v.Detail != Full {
				break
			}
			line += "  " + v.value(&x.Value, nil, x.Masked) + " " + words.Number(x.N)
		}
		out = append(out, line)
	}
	if left > 0 {
		out = append(out, "and "+plain(left)+" more")
	}
	return out
}

// Rejects renders the rejected rows of a plan that holds them all: by what is wrong with them, each with its key and the
// value that is wrong.
func (v Plan) Rejects(w io.Writer, p *plan.Plan) error {
	o := &printer{w: w, p: v.Palette}
	o.line(v.headline(p))
	o.line()
	var rejected int64
	codes := ""
	for i := range p.Items {
		it := &p.Items[i]
		if rejected += it.Counts.Reject.N; it.Counts.Reject.N == 0 {
			continue
		}
		v.head(o, it)
		for _, r := range it.Rejects {
			o.line()
			v.rejects(o, it, r)
			if codes == "" {
				codes = r.Code
			}
		}
		o.line()
	}
	if rejected == 0 {
		o.line("No rows are rejected (", v.matched(p), ").")
		return o.err
	}
	o.line("Nothing happens to rejected rows. Every plan looks at them again.")
	if codes != "" {
		o.line("What Salesforce's codes mean:  signalsmith explain ", words.Escape(codes))
	}
	return o.err
}

// rejects lists the rows that are rejected for one reason.
func (v Plan) rejects(o *printer, it *plan.Item, r plan.Reject) {
	head := "  " + v.Palette.symbol("!") + " " + words.Plural(r.N, "row", "rows") + "  " + words.Escape(r.Reason)
	if r.Field != "" {
		head += "  " + words.Escape(r.Field) + ": " + words.Escape(r.Cause)
	}
	if r.Code != "" {
		head += "  " + v.Palette.faint("(Salesforce would answer "+words.Escape(r.Code)+")")
	}
	o.line(head)
	keys := 0
	var shown []plan.Sample
	for _, s := range it.Samples {
		if s.Action == "reject" && s.Reason == r.Reason && (r.Field == "" || s.Detail == r.Cause && len(s.Fields) > 0 && s.Fields[0].Field == r.Field) {
			shown = append(shown, s)
			keys = max(keys, cells(v.key(&s)))
		}
	}
	for _, s := range shown {
		line := "      " + pad(v.key(&s), keys)
		for _, f := range s.Fields {
			line += "   "
			if r.Field == "" {
				line += words.Escape(f.Field) + " "
			}
			line += v.value(f.After, nil, f.Masked)
		}
		if r.Field == "" && s.Detail != "" {
			line += "   " + words.Escape(s.Detail)
		}
		o.line(line)
	}
	if n := r.N - rowsOf(shown); n > 0 {
		o.line("      ", v.Palette.faint(words.Number(n)+" more"))
	}
}

// rowsOf counts the rows that samples stand for.
func rowsOf(samples []plan.Sample) int64 {
	var n int64
	for _, s := range samples {
		n += max(1, s.Rows)
	}
	return n
}

// head is the first lines of an item: where it goes, and how many of its rows are usable.
func (v Plan) head(o *printer, it *plan.Item) {
	plainHead := target(it)
	head := v.Palette.bold(words.Escape(it.Addr)) + strings.TrimPrefix(plainHead, words.Escape(it.Addr))
	o.line(head, strings.Repeat(" ", max(0, whereCell-3-cells(plainHead))), "  ", v.Palette.faint(words.Escape(it.Where)))
	funnel := "   " + words.Plural(it.Source.Rows, "row", "rows") + "  ->  " + words.Number(it.Source.Usable) + " usable"
	if it.Counts.Reject.N > 0 || !it.Counts.Reject.Known {
		funnel += ",  " + count(it.Counts.Reject) + " rejected"
	}
	o.line(funnel)
}
