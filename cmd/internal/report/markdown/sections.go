package markdown

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/textdiff"
	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// sections are the parts below the table, in their order.
func sections(p *plan.Plan) []section {
	var out []section
	add := func(rank int, title, body string, open bool) {
		if body != "" {
			out = append(out, section{rank: rank, title: title, body: body, open: open})
		}
	}
	add(rankWarnings, "warnings", warnings(p), true)
	for i := range p.Items {
		it := &p.Items[i]
		name := summary(it.Addr)
		add(rankFields, "Fields changing in "+name, fields(it), false)
		add(rankReasons, "Why rows of "+name+" change", reasons(it), false)
		add(rankRejects, words.Plural(it.Counts.Reject.N, "rejected row", "rejected rows")+" of "+name+" by reason", rejects(it), false)
		add(rankQuery, "SQL of "+name+" changed", query(it), false)
		add(rankHistory, "Last runs of "+name, history(it), false)
	}
	add(rankStages, "Stages and cost", stages(p), false)
	add(rankQuiet, "Without changes", quiet(p), false)
	return out
}

// warnings are the diagnostics of the plan.
func warnings(p *plan.Plan) string {
	var b strings.Builder
	for _, d := range p.Diagnostics {
		where := ""
		switch {
		case d.Range != nil:
			where = " (" + code(d.Range.File+":"+strconv.Itoa(d.Range.StartLine)) + ")"
		case d.Addr != "":
			where = " (" + code(d.Addr) + ")"
		}
		fmt.Fprintf(&b, "- %s: %s%s. %s\n", bold(text(d.Severity), text(d.Code)), text(d.Summary), where, text(d.Detail))
	}
	return b.String()
}

// table is a table of markdown: names on the left, numbers on the right.
func table(head []string, rows [][]string) string {
	if len(rows) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| " + strings.Join(head, " | ") + " |\n|---|" + strings.Repeat("--:|", len(head)-2) + "---|\n")
	for _, r := range rows {
		b.WriteString("| " + strings.Join(r, " | ") + " |\n")
	}
	return b.String()
}

// fields says how often each field changes, what picklists and checkboxes change to, and whether values collapse.
func fields(it *plan.Item) string {
	var rows [][]string
	for _, f := range it.Fields {
		var notes []string
		if f.Distinct.Collapses() {
			notes = append(notes, bold(words.Collapse(f.Distinct.Before, f.Distinct.After)))
		}
		for _, t := range f.Transitions {
			notes = append(notes, text(words.Option(t.From))+" → "+text(words.Option(t.To))+" "+words.Number(t.N))
		}
		drifted := ""
		if f.Drifted > 0 {
			drifted = words.Number(f.Drifted)
		}
		rows = append(rows, []string{code(f.Field), words.Number(f.Changed), drifted, strings.Join(notes, "; ")})
	}
	return table([]string{"field", "changed", "drifted", "values"}, rows)
}

// reasons says why rows are in the plan.
func reasons(it *plan.Item) string {
	var rows [][]string
	by := it.ReasonsByAction()
	for _, action := range append(plan.Actions(), "") {
		for _, r := range by[action] {
			name := action
			if name == "" {
				name = "also"
			}
			rows = append(rows, []string{text(name), words.Number(r.N), code(r.Reason)})
		}
	}
	return table([]string{"", "rows", "reason"}, rows)
}

// rejects says what is wrong with rejected rows, without their values.
func rejects(it *plan.Item) string {
	var rows [][]string
	for _, r := range it.Rejects {
		what := ""
		if r.Field != "" {
			what = code(r.Field) + " " + text(r.Cause)
		}
		rows = append(rows, []string{code(r.Reason), words.Number(r.N), what})
	}
	return table([]string{"reason", "rows", "what is wrong"}, rows)
}

// query shows how the SQL of the model differs from that of the last apply.
func query(it *plan.Item) string {
	if !it.Query.Changed() {
		return ""
	}
	var lines []string
	for _, h := range textdiff.Hunks(*it.Query.Before, it.Query.Text) {
		lines = append(lines, fmt.Sprintf("@@ line %d @@", h.After))
		for _, l := range h.Lines {
			lines = append(lines, string(l.Op)+words.Escape(strings.ReplaceAll(l.Text, "\t", "    ")))
		}
	}
	return fence("diff", lines)
}

// history is what the last runs did.
func history(it *plan.Item) string {
	var rows [][]string
	for _, h := range slices.Backward(it.History) {
		if len(rows) == 5 {
			break
		}
		rows = append(rows, []string{h.Time.UTC().Format("2006-01-02 15:04"), words.Number(h.Rows), words.Number(h.Written), words.Number(h.Removed), code(h.Run)})
	}
	return table([]string{"", "rows", "written", "removed", "run"}, rows)
}

// stages says what apply does, and what it costs.
func stages(p *plan.Plan) string {
	if len(p.Items) == 0 {
		return ""
	}
	var rows [][]string
	for _, it := range p.Items {
		for _, s := range it.Stages {
			calls := ""
			if s.Calls > 0 {
				calls = words.Number(s.Calls)
			}
			rows = append(rows, []string{code(it.Addr), words.Number(s.Rows), calls, text(strings.TrimSpace(s.Kind + " " + s.Object + " " + s.Op))})
		}
	}
	out := table([]string{"", "rows", "calls", "stage"}, rows)
	if out != "" {
		out += "\n"
	}
	left := "?"
	if p.Cost.Left != nil {
		left = words.Number(*p.Cost.Left)
	}
	return out + fmt.Sprintf("%s used by this plan; apply needs about %s; %s left today.\n",
		words.Plural(p.Cost.Used.Rest+p.Cost.Used.Bulk, "call", "calls"), words.Number(p.Cost.Needed.Rest+p.Cost.Needed.Bulk), left)
}

// quiet lists the items of which nothing changes.
func quiet(p *plan.Plan) string {
	var b strings.Builder
	for i := range p.Items {
		if it := &p.Items[i]; silent(p, it) {
			b.WriteString("- " + code(it.Addr) + ", " + words.Plural(it.Source.Rows, "row", "rows") + "\n")
		}
	}
	return b.String()
}
