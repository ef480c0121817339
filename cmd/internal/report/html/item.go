package html

import (
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/textdiff"
	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// item is the section of one sync or audience.
func (o *page) item(i int, samples bool) {
	it := &o.p.Items[i]
	o.raw("<section>\n<h2>", target(it), "</h2>\n<p class=\"quiet\">", text(it.Model), ", ", text(it.Mode))
	if it.Where != "" {
		o.raw(", ", text(it.Where))
	}
	o.raw("</p>\n")
	o.counts(i, it)
	o.overlap(it)
	o.funnel(i, it)
	o.fields(i, it)
	o.rejects(i, it)
	o.history(it)
	o.query(it)
	o.stages(i, it)
	if samples {
		o.samples(it)
	}
	o.raw("</section>\n")
}

// signs are the symbols of actions, and the colours that repeat them.
func sign(action string) (symbol, class string) {
	switch action {
	case "create":
		return "+", "create"
	case "update":
		return "~", "update"
	case "remove", "clear":
		return "-", "remove"
	case "reject":
		return "!", "reject"
	case "held":
		return "=", "held"
	}
	return ".", "other"
}

// word names an action as it is told of an item.
func word(it *plan.Item, action string) string {
	switch {
	case it.Kind == "audience" && action == "create":
		return "add"
	case it.Kind == "sync" && action == "remove":
		return "delete"
	case action == "kept":
		return "left as is"
	}
	return action
}

// counts is the table of what happens to how many rows, and why.
func (o *page) counts(i int, it *plan.Item) {
	by := it.ReasonsByAction()
	o.raw("<table class=\"counts\">\n<thead><tr><th>what happens</th><th class=\"n\">rows</th><th>why</th></tr></thead>\n<tbody>\n")
	for _, action := range plan.Actions() {
		n := it.Counted(action)
		if n.None() {
			continue
		}
		var why []string
		for _, r := range by[action] {
			why = append(why, text(r.Reason)+" "+words.Number(r.N))
		}
		if !n.Known {
			say := "cannot be known"
			if n.N > 0 {
				say += ", " + words.Plural(n.N, "row is", "rows are") + " open"
			}
			why = append([]string{say}, why...)
		}
		blocked := ""
		for _, g := range o.p.Blocked() {
			if g.Addr == it.Addr && g.Limits(action) {
				blocked += `<span class="badge alarm">blocked by ` + text(g.Rule) + "</span> "
			}
		}
		symbol, class := sign(action)
		attr := path("items", i, "counts", action)
		switch action {
		case "kept":
			attr = path("items", i, "kept")
		case "note":
			attr = path("items", i, "reasons", "rewritten_by_salesforce")
		}
		o.raw(`<tr><td class="`, class, `"><span class="sign">`, symbol, "</span> ", word(it, action), `</td><td class="n"`, attr, ">", count(n), "</td><td>", blocked, strings.Join(why, ", "), "</td></tr>\n")
	}
	if rest := by[""]; len(rest) > 0 {
		var why []string
		for _, r := range rest {
			why = append(why, text(r.Reason)+" "+words.Number(r.N))
		}
		o.raw(`<tr><td>rows also count as</td><td class="n"></td><td>`, strings.Join(why, ", "), "</td></tr>\n")
	}
	if n := it.Counts.Unchanged; !n.None() {
		o.raw(`<tr><td>unchanged</td><td class="n"`, path("items", i, "counts", "unchanged"), ">", count(n), "</td><td></td></tr>\n")
	}
	o.raw("</tbody>\n</table>\n")
	if it.OptIns > 0 {
		o.raw("<p><span", path("items", i, "opt_ins"), ">", words.Number(it.OptIns), "</span> opt-outs are taken back.</p>\n")
	}
}

// rejects says what is wrong with rejected rows.
func (o *page) rejects(i int, it *plan.Item) {
	if len(it.Rejects) == 0 {
		return
	}
	o.raw("<h3>Rejected rows</h3>\n<div class=\"bars\">\n")
	for j, r := range it.Rejects {
		what := text(r.Reason)
		if r.Field != "" {
			what += " " + text(r.Field)
		}
		o.raw("<span>", what, `</span><span class="n"`, path("items", i, "rejects", j, "n"), ">", words.Number(r.N), "</span>", bar(r.N, it.Counts.Reject.N, "reject"), "\n")
		var notes []string
		if r.Cause != "" {
			notes = append(notes, text(r.Cause))
		}
		for _, v := range r.Values {
			notes = append(notes, value(&v.Value, v.Masked)+" "+words.Number(v.N))
		}
		if len(notes) > 0 {
			o.raw(`<span class="note">`, strings.Join(notes, "; "), "</span>\n")
		}
	}
	o.raw("</div>\n")
}

// query shows how the SQL of the model differs from that of the last apply.
func (o *page) query(it *plan.Item) {
	if !it.Query.Changed() {
		return
	}
	o.raw("<details open><summary>The model's SQL changed since the last apply</summary>\n")
	o.diff(*it.Query.Before, it.Query.Text)
	o.raw("</details>\n")
}

// diff shows how two texts differ.
func (o *page) diff(before, after string) {
	o.raw("<pre>")
	for i, h := range textdiff.Hunks(before, after) {
		if i > 0 {
			o.raw("...\n")
		}
		for _, l := range h.Lines {
			line := string(l.Op) + " " + lines(l.Text)
			switch l.Op {
			case '+':
				line = `<span class="add">` + line + "</span>"
			case '-':
				line = `<span class="del">` + line + "</span>"
			}
			o.raw(line, "\n")
		}
	}
	o.raw("</pre>\n")
}

// stages says what apply does.
func (o *page) stages(i int, it *plan.Item) {
	if len(it.Stages) == 0 {
		return
	}
	o.raw("<details><summary>Stages</summary>\n<table>\n<thead><tr><th>stage</th><th class=\"n\">rows</th><th class=\"n\">calls</th></tr></thead>\n<tbody>\n")
	for j, s := range it.Stages {
		o.raw("<tr><td>", text(strings.Join(strings.Fields(s.Kind+" "+s.Object+" "+s.Op), " ")), `</td><td class="n"`, path("items", i, "stages", j, "rows"), ">", words.Number(s.Rows),
			`</td><td class="n"`, path("items", i, "stages", j, "calls"), ">", words.Number(s.Calls), "</td></tr>\n")
	}
	o.raw("</tbody>\n</table>\n</details>\n")
}

// samples shows single rows, folded.
func (o *page) samples(it *plan.Item) {
	if len(it.Samples) == 0 {
		return
	}
	o.raw("<details><summary>", words.Plural(int64(len(it.Samples)), "sample row", "sample rows"), "</summary>\n")
	for _, s := range it.Samples {
		symbol, class := sign(s.Action)
		o.raw(`<div class="sample `, class, `"><span class="sign">`, symbol, "</span> ", key(s), ` <span class="quiet">`, text(s.Action))
		if s.Reason != "" {
			o.raw(": ", text(s.Reason))
		}
		if s.Detail != "" {
			o.raw(", ", text(s.Detail))
		}
		o.raw("</span>\n")
		if len(s.Fields) > 0 {
			o.raw("<dl>\n")
			for _, f := range s.Fields {
				o.raw("<dt>", text(f.Field), "</dt><dd>")
				o.pair(s.Action, f)
				o.raw("</dd>\n")
			}
			o.raw("</dl>\n")
		}
		o.raw("</div>\n")
	}
	o.raw("</details>\n")
}

func key(s plan.Sample) string {
	if s.KeyMasked {
		return `<span class="pii">pii ` + text(s.Key) + "</span>"
	}
	return "<code>" + text(words.Bare(s.Key)) + "</code>"
}

// pair shows a field's values, texts of several lines by how they differ.
func (o *page) pair(action string, f plan.SampleField) {
	before, after := value(f.Before, f.Masked), value(f.After, f.Masked)
	switch {
	case action == "create" || action == "reject" && f.Before == nil:
		o.raw(after)
	case !f.Masked && f.Before != nil && f.After != nil && strings.Contains(*f.Before+*f.After, "\n"):
		o.diff(*f.Before, *f.After)
	default:
		o.raw(before, " &rarr; ", after)
	}
}

// longest is how much of a value is shown, in characters.
const longest = 400

func value(s *string, masked bool) string {
	switch {
	case s == nil:
		return `<span class="quiet">null</span>`
	case masked:
		return `<span class="pii">pii ` + text(*s) + "</span>"
	}
	shown, tail := *s, ""
	if r := []rune(shown); len(r) > longest {
		shown, tail = string(r[:longest]), " and "+strconv.Itoa(len(r)-longest)+" more characters"
	}
	return "<code>" + text(words.Quote(shown)) + "</code>" + tail
}
