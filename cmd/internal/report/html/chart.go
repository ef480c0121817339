package html

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// share is a part of a whole in per mille, at least a sliver where there is something.
func share(n, of int64) int64 {
	if n <= 0 || of <= 0 {
		return 0
	}
	if n >= of {
		return 1000
	}
	return max(4, int64(float64(n)/float64(of)*1000))
}

// bar is one horizontal bar. What it says stands beside it in words, so it has no name of its own.
func bar(n, of int64, colour string) string {
	return `<svg aria-hidden="true" viewBox="0 0 1000 10" preserveAspectRatio="none" height="10"><rect width="1000" height="10" fill="var(--line)" opacity=".5"/><rect width="` +
		strconv.FormatInt(share(n, of), 10) + `" height="10" fill="var(--` + colour + `)"/></svg>`
}

// funnel shows how many rows of the model are usable, and how many of these change something.
func (o *page) funnel(i int, it *plan.Item) {
	writes, known := it.Counts.Writes(), it.Counts.Create.Known && it.Counts.Update.Known && it.Counts.Remove.Known && it.Counts.Clear.Known
	var calls int64
	for _, s := range it.Stages {
		calls += s.Calls
	}
	of := max(it.Source.Rows, writes)
	line := func(word string, n plan.Count, colour, attr string) {
		o.raw("<span>", word, `</span><span class="n"`, attr, ">", count(n), "</span>", bar(n.N, of, colour), "\n")
	}
	o.raw("<h3>Rows</h3>\n<div class=\"bars\">\n")
	line("rows of the model", plan.Count{N: it.Source.Rows, Known: true}, "bar", path("items", i, "source", "rows"))
	line("usable", plan.Count{N: it.Source.Usable, Known: it.Counts.Reject.Known}, "bar", path("items", i, "source", "usable"))
	line("change", plan.Count{N: writes, Known: known}, "calm", "")
	o.raw(`<span>calls</span><span class="n">`, words.Number(calls), "</span><span></span>\n</div>\n")
}

// fields shows how often each field changes, what picklists and checkboxes change to, and whether values collapse.
func (o *page) fields(i int, it *plan.Item) {
	if len(it.Fields) == 0 {
		return
	}
	o.raw("<h3>Fields that change</h3>\n<div class=\"bars\">\n")
	for j, f := range it.Fields {
		o.raw("<span>", text(f.Field), `</span><span class="n"`, path("items", i, "fields", j, "changed"), ">", words.Number(f.Changed), "</span>",
			bar(f.Changed, max(it.Counts.Update.N, it.Fields[0].Changed), "update"), "\n")
		var notes []string
		if f.Distinct.Collapses() {
			notes = append(notes, `<span class="warn">`+words.Collapse(f.Distinct.Before, f.Distinct.After)+"</span>")
		}
		if f.Drifted > 0 {
			notes = append(notes, words.Number(f.Drifted)+" drifted")
		}
		for _, t := range f.Transitions {
			notes = append(notes, text(words.Option(t.From))+" &rarr; "+text(words.Option(t.To))+" "+words.Number(t.N))
		}
		if len(notes) > 0 {
			o.raw(`<span class="note">`, strings.Join(notes, "; "), "</span>\n")
		}
	}
	o.raw("</div>\n")
}

// overlap shows who was in an audience before and who will be in it.
func (o *page) overlap(it *plan.Item) {
	c := it.Counts
	if it.Kind != "audience" || !c.Create.Known || !c.Remove.Known || it.Source.PreviousRows == nil {
		return
	}
	before := *it.Source.PreviousRows
	stay := max(0, before-c.Remove.N)
	after := stay + c.Create.N
	all := max(1, stay+c.Remove.N+c.Create.N)
	a, b := share(c.Remove.N, all), share(c.Create.N, all)
	middle := max(0, 1000-a-b)
	say := fmt.Sprintf("%s before, of whom %s leave and %s stay; %s join; %s after",
		words.Number(before), words.Number(c.Remove.N), words.Number(stay), words.Number(c.Create.N), words.Number(after))
	o.raw("<h3>Members</h3>\n", `<svg role="img" aria-label="`, text(say), `" viewBox="0 0 1000 16" preserveAspectRatio="none" height="16"><title>`, text(say), "</title>")
	x := int64(0)
	for _, part := range []struct {
		width  int64
		colour string
	}{{a, "remove"}, {middle, "bar"}, {b, "create"}} {
		o.raw(`<rect x="`, strconv.FormatInt(x, 10), `" width="`, strconv.FormatInt(part.width, 10), `" height="16" fill="var(--`, part.colour, `)"/>`)
		x += part.width
	}
	o.raw("</svg>\n<p class=\"legend\">", `<span class="remove"><span class="sign">-</span>`, words.Number(c.Remove.N), " leave</span><span>", words.Number(stay),
		` stay</span><span class="create"><span class="sign">+</span>`, words.Number(c.Create.N), " join</span><span>", words.Number(after), " after</span></p>\n")
}

// columns is the number of runs that a page shows, with the plan.
const columns = 31

// history shows the rows of the model and what was removed, run by run, with this plan as the last.
func (o *page) history(it *plan.Item) {
	if len(it.History) == 0 {
		return
	}
	type point struct{ rows, removed int64 }
	var points []point
	for _, h := range it.History[max(0, len(it.History)-columns+1):] {
		points = append(points, point{h.Rows, h.Removed})
	}
	points = append(points, point{it.Source.Rows, it.Counts.Removed().N})
	var most, removed, mostRemoved int64
	least := points[0].rows
	for _, p := range points {
		most, least = max(most, p.rows), min(least, p.rows)
		mostRemoved = max(mostRemoved, p.removed)
	}
	for _, p := range points[:len(points)-1] {
		removed += p.removed
	}
	runs := "run"
	if n := len(points) - 1; n > 1 {
		runs = strconv.Itoa(n) + " runs"
	}
	say := fmt.Sprintf("Rows of the model in the last %s and in this plan: between %s and %s, now %s. Removed then: %s; by this plan: %s.",
		runs, words.Number(least), words.Number(most), words.Number(it.Source.Rows), words.Number(removed), count(it.Counts.Removed()))
	o.raw("<h3>Last runs</h3>\n", `<svg role="img" aria-label="`, text(say), `" viewBox="0 0 `, strconv.Itoa(columns*10), ` 74" preserveAspectRatio="none" height="74"><title>`, text(say), "</title>")
	for i, p := range points {
		colour := "bar"
		if i == len(points)-1 {
			colour = "calm"
		}
		i += max(0, columns-len(points)) // this plan stands on the right
		column(o, i, 50, share(p.rows, most)*50/1000, colour)
		column(o, i, 72, share(p.removed, mostRemoved)*18/1000, "remove")
	}
	o.raw("</svg>\n<p class=\"quiet\">", text(say), "</p>\n")
}

// column is one upright bar that ends at a height.
func column(o *page, i int, foot, height int64, colour string) {
	if height > 0 {
		o.raw(`<rect x="`, strconv.Itoa(i*10+1), `" y="`, strconv.FormatInt(foot-height, 10), `" width="8" height="`, strconv.FormatInt(height, 10), `" fill="var(--`, colour, `)"/>`)
	}
}
