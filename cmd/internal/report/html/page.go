// Package html renders a plan as one self-contained page: it has no script and loads nothing, is readable on a telephone
// and on paper, and follows the reader's choice of light or dark. Samples stand in it as they do on a terminal: with the
// keys and values of fields that are not personal.
package html

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// page writes one page and remembers the first error. Its texts come from data, unless they are told to be markup.
type page struct {
	w *bufio.Writer
	p *plan.Plan
}

// raw writes markup.
func (o *page) raw(parts ...string) {
	for _, s := range parts {
		_, _ = o.w.WriteString(s) // the writer keeps its first error for Flush
	}
}

// text escapes text from data.
func text(s string) string { return escaper.Replace(words.Escape(s)) }

// lines is text of which the line breaks stay.
func lines(s string) string { return escaper.Replace(words.Lines(s)) }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// path marks an element as the one that shows a number of the document: a JSON pointer into it.
func path(steps ...any) string {
	var b strings.Builder
	for _, s := range steps {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(fmt.Sprint(s)))
	}
	return ` data-path="` + text(b.String()) + `"`
}

// Write renders a plan. Without samples, counts stand alone.
func Write(w io.Writer, p *plan.Plan, samples bool) error {
	o := &page{w: bufio.NewWriter(w), p: p}
	o.head()
	o.verdict()
	o.guards()
	o.warnings()
	for i := range p.Items {
		if !p.Items[i].Idle() {
			o.item(i, samples)
		}
	}
	o.idle()
	o.cost()
	o.raw("</main>\n</body>\n</html>\n")
	return o.w.Flush()
}

// head is the frame of the page, and where the plan goes.
func (o *page) head() {
	p := o.p
	o.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
		`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`, "\n",
		`<meta name="viewport" content="width=device-width, initial-scale=1">`, "\n",
		`<meta name="color-scheme" content="light dark">`, "\n",
		`<meta name="referrer" content="no-referrer">`, "\n",
		"<title>Plan for ", text(p.Environment), "</title>\n<style>", style, "</style>\n</head>\n<body>\n<main>\n<header>\n")
	kind, class := "sandbox", "calm"
	switch {
	case p.Org.Production:
		kind, class = "production", "alarm"
	case p.Org.Embedded:
		kind = "embedded org"
	}
	o.raw("<h1>Plan for ", text(p.Environment), "</h1>\n<p class=\"where\">")
	if p.Org.ID != "" {
		o.raw("<strong>", text(p.Org.Name), "</strong> ", `<span class="badge `, class, `">`, kind, "</span> <code>", text(p.Org.ID), "</code>")
	} else {
		o.raw("No org was asked.")
	}
	if p.Org.User != "" {
		o.raw(" as ", text(p.Org.User))
	}
	o.raw("</p>\n<p class=\"quiet\">plan <code>", text(p.ID), "</code>, configuration <code>", text(p.Config.Digest), "</code>, made ",
		p.Made.UTC().Format("2006-01-02 15:04"), " UTC")
	if p.LastApply != nil {
		o.raw("; last apply ", p.LastApply.Time.UTC().Format("2006-01-02 15:04"), ", <code>", text(p.LastApply.Run), "</code>")
	} else {
		o.raw("; no apply yet")
	}
	o.raw("</p>\n")
	if !p.Refresh && len(p.Items) > 0 {
		o.raw("<p>Live records were not read: what depends on them is shown as ?.</p>\n")
	}
	o.raw("</header>\n")
}

// verdict is what a reviewer asks first: blocked or not, and what would be written.
func (o *page) verdict() {
	p := o.p
	s := p.Sum()
	o.raw("<section class=\"verdict\">\n<p>")
	blocked := len(p.BlockedItems())
	switch {
	case p.Failed():
		o.raw(`<span class="badge alarm">error</span> There is no plan.</p></section>`, "\n")
		return
	case blocked > 0:
		o.raw(`<span class="badge alarm">blocked</span> `, words.Plural(int64(blocked), "item is", "items are"), " blocked by a guard.")
	case p.Empty():
		o.raw(`<span class="badge good">no changes</span> An apply would write nothing to Salesforce.`)
	default:
		changing := 0
		for _, it := range p.Items {
			if it.Skipped == "" && it.Counts.Writes() > 0 {
				changing++
			}
		}
		o.raw(`<span class="badge calm">changes</span> `, strconv.Itoa(changing), " of ", words.Plural(int64(len(p.Items)), "item changes.", "items change."))
	}
	for _, it := range p.LeftOut() {
		o.raw(`<br><span class="badge alarm">left out</span> `, text(it.Addr), ": ", text(it.Skipped), ".")
	}
	o.raw("</p>\n<dl class=\"totals\">\n")
	for _, t := range []struct {
		sign, word, class string
		n                 plan.Count
	}{{"+", "create", "create", s.Create}, {"~", "update", "update", s.Update}, {"-", "remove or clear", "remove", s.Remove}, {"!", "rejected", "reject", s.Reject}} {
		o.raw(`<div class="`, t.class, `"><dt>`, t.sign, " ", t.word, `</dt><dd data-sum="`, t.class, `">`, count(t.n), "</dd></div>\n")
	}
	o.raw("</dl>\n</section>\n")
}

// count is a number, ? where it cannot be known.
func count(c plan.Count) string {
	if !c.Known {
		return "?"
	}
	return words.Number(c.N)
}

// guards are the verdicts of all rules.
func (o *page) guards() {
	if len(o.p.Guards) == 0 {
		return
	}
	o.raw("<section>\n<h2>Guards</h2>\n<ul class=\"guards\">\n")
	for _, g := range o.p.Guards {
		class, word := "good", "within"
		it := o.p.Item(g.Addr)
		switch {
		case g.Overridden:
			class, word = "calm", "allowed"
		case g.Blocked && it != nil && it.Skipped != "":
			class, word = "calm", "left out"
		case g.Blocked:
			class, word = "alarm", "blocked"
		}
		o.raw(`<li><span class="badge `, class, `">`, word, "</span> <strong>", text(g.Addr), "</strong> ", text(g.Rule), ": ", text(g.Got), ", limit ", text(g.Limit))
		if g.Where != "" {
			o.raw(` <span class="quiet">`, text(g.Where), "</span>")
		}
		for _, said := range []string{g.Note, g.Reason} {
			if said != "" {
				o.raw("<br>", text(said))
			}
		}
		if g.By != "" {
			o.raw("<br>allowed by ", text(g.By))
		}
		if g.Blocked && it != nil && g.OfModel() {
			if before := words.Runs(it.Before(3)); before != "" {
				o.raw("<br>The model returned ", words.Plural(it.Source.Rows, "row", "rows"), "; ", before, ".")
			}
		}
		o.raw("</li>\n")
	}
	o.raw("</ul>\n</section>\n")
}

// warnings are the diagnostics.
func (o *page) warnings() {
	if len(o.p.Diagnostics) == 0 {
		return
	}
	o.raw("<section>\n<h2>Diagnostics</h2>\n<ul class=\"warnings\">\n")
	for _, d := range o.p.Diagnostics {
		class := "calm"
		if d.Severity == "error" {
			class = "alarm"
		}
		o.raw(`<li><span class="badge `, class, `">`, text(d.Severity), " ", text(d.Code), "</span> <strong>", text(d.Summary), "</strong>")
		switch {
		case d.Range != nil:
			o.raw(` <span class="quiet">`, text(d.Range.File), ":", strconv.Itoa(d.Range.StartLine), "</span>")
		case d.Addr != "":
			o.raw(` <span class="quiet">`, text(d.Addr), "</span>")
		}
		o.raw("<p class=\"detail\">", lines(d.Detail), "</p>")
		for i, k := range d.Keys {
			if i == 0 {
				o.raw("<p>keys such as")
			}
			o.raw(" ", key(plan.Sample{Key: k, KeyMasked: d.KeysMasked}))
			if i == len(d.Keys)-1 {
				o.raw("</p>")
			}
		}
		o.raw("</li>\n")
	}
	o.raw("</ul>\n</section>\n")
}

// idle lists the items of which nothing changes.
func (o *page) idle() {
	first := true
	for i := range o.p.Items {
		it := &o.p.Items[i]
		if !it.Idle() {
			continue
		}
		if first {
			o.raw("<section>\n<h2>Without changes</h2>\n<ul>\n")
			first = false
		}
		o.raw("<li>", target(it), ": <span", path("items", i, "counts", "unchanged"), ">", count(it.Counts.Unchanged), "</span> unchanged</li>\n")
	}
	if !first {
		o.raw("</ul>\n</section>\n")
	}
}

// cost is what the plan used and what apply needs.
func (o *page) cost() {
	c := o.p.Cost
	if len(o.p.Items) == 0 {
		return
	}
	left := "?"
	if c.Left != nil {
		left = words.Number(*c.Left)
	}
	o.raw("<section>\n<h2>Cost</h2>\n<p><span", path("cost", "used"), ">", words.Number(c.Used.Rest+c.Used.Bulk), "</span> API calls used by this plan; apply needs about <span",
		path("cost", "needed"), ">", words.Number(c.Needed.Rest+c.Needed.Bulk), "</span>; <span", path("cost", "left"), ">", left, "</span> left today.</p>\n</section>\n")
}

// target names where an item goes.
func target(it *plan.Item) string {
	s := "<strong>" + text(it.Addr) + "</strong> <span class=\"quiet\">&rarr; " + text(it.Destination) + " " + text(it.Object)
	if it.Match != "" {
		s += " by " + text(it.Match)
	}
	if it.Membership != "" {
		s += ", " + text(it.Membership)
	}
	return s + "</span>"
}
