package view

import (
	"io"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// Run renders the results of applies.
type Run struct {
	// Explains tells whether the explain command knows a destination's error code.
	Explains func(code string) bool

	Palette Palette
}

// Write renders the last screen of an apply: what was done, what was not, and what to type now.
func (v Run) Write(w io.Writer, r *plan.Run) error {
	o := &printer{w: w, p: v.Palette}
	o.line(v.title(r))
	v.body(o, r)
	return o.err
}

func (v Run) title(r *plan.Run) string {
	var left []string
	if n := r.Failed.Total(); n > 0 {
		left = append(left, words.Plural(n, "row failed", "rows failed"))
	}
	if n := r.NotTried.Total(); n > 0 {
		left = append(left, words.Plural(n, "row was not tried", "rows were not tried"))
	}
	rest := strings.Join(left, ", ")
	if rest != "" {
		rest = " " + rest + "."
	}
	p := v.Palette
	switch r.Status {
	case "applied":
		if d := r.Done; d.Total() == d.Note {
			return p.green("Applied.") + " Nothing had to be written to Salesforce."
		}
		return p.green("Applied.")
	case "partial":
		return p.yellow("Applied in part.") + rest
	case "interrupted":
		return p.yellow("Interrupted.") + rest + " What was done is recorded; the next apply does the rest."
	case "settled":
		return p.yellow("Ended early, and settled by the next apply.") + rest
	case "error":
		return p.alarm("Stopped by an error.") + rest
	}
	return name(r.Status) + "." + rest
}

func (v Run) body(o *printer, r *plan.Run) {
	row := func(head string, texts ...string) {
		for _, t := range texts {
			o.line("  ", pad(head, 12), t)
			head = ""
		}
	}
	done := v.Sums(r.Done)
	if done == "" {
		done = "nothing"
	}
	row("done", done)
	row("failed", v.failures(r)...)
	if s := v.Sums(r.NotTried); s != "" {
		row("not tried", s)
	}
	for _, it := range r.Items {
		if it.Skipped {
			row("left out", words.Escape(it.Addr)+": "+words.Escape(it.Stopped))
		} else if it.Stopped != "" {
			row("stopped", words.Escape(it.Addr)+": "+words.Escape(it.Stopped))
		}
	}
	for _, g := range r.Allowed {
		said := words.Escape(g.Addr) + ": " + words.Escape(g.Rule) + ", " + words.Escape(g.Got) + ", limit " + words.Escape(g.Limit) + ", by " + words.Escape(g.By)
		if g.Reason != "" {
			said += ": " + words.Escape(g.Reason)
		}
		row("allowed", said)
	}
	row("run", words.Escape(r.Run))
	if r.FailedFile != "" {
		o.line("Failed rows with Salesforce's own message: ", words.Escape(r.FailedFile))
	}
	seen := map[string]bool{}
	for _, f := range r.Failures {
		if len(seen) < 3 && !seen[f.Code] && v.Explains != nil && v.Explains(f.Code) {
			seen[f.Code] = true
			o.line("    signalsmith explain ", words.Escape(f.Code))
		}
	}
}

// Sums shows a tally: "+312  ~1,902  -36  .20".
func (v Run) Sums(t plan.Tally) string {
	count := func(n int64) plan.Count { return plan.Count{N: n, Known: true} }
	p := v.Palette
	return strings.Join(present(p.green(signed("+", count(t.Create))), p.yellow(signed("~", count(t.Update))),
		p.red(signed("-", count(t.Remove+t.Clear))), signed(".", count(t.Note))), "  ")
}

// said is Salesforce's message; all of it stands in the file of failed rows.
func said(f plan.Failure) string {
	if short := cut(f.Message, 80); short != f.Message {
		return words.Quote(strings.TrimSuffix(short, "...")) + "..."
	}
	return words.Quote(f.Message)
}

// failures groups what failed alike: number, code, Salesforce's message, object, first keys.
func (v Run) failures(r *plan.Run) []string {
	var n, code, message, object int
	for _, f := range r.Failures {
		n = max(n, cells(words.Number(f.N)), 3)
		code = max(code, cells(words.Escape(f.Code)))
		message = max(message, cells(said(f)))
		object = max(object, cells(words.Escape(f.Object)))
	}
	message = min(message, 60)
	var out []string
	for _, f := range r.Failures {
		keys := make([]string, 0, len(f.Keys)+1)
		for _, k := range f.Keys {
			if f.KeysMasked {
				k = "<pii " + k + ">"
			}
			keys = append(keys, cut(words.Bare(k), keyCells))
		}
		if more := f.N - int64(len(f.Keys)); more > 0 && len(keys) > 0 {
			keys = append(keys, words.Number(more)+" more")
		}
		out = append(out, pad(words.Number(f.N), n)+"   "+pad(words.Escape(f.Code), code)+"  "+pad(said(f), message)+"   "+
			pad(words.Escape(f.Object), object)+"   "+strings.Join(keys, ", "))
		if f.Hint != "" {
			for _, l := range paragraphs(f.Hint, wrapCells-n-17) {
				out = append(out, strings.Repeat(" ", n+3)+l)
			}
		}
	}
	return out
}

// predicted is the number of calls that the plan named, where it was another one.
func predicted(r *plan.Run) string {
	if r.Needed == r.Calls || r.Needed == 0 {
		return ""
	}
	return " (the plan said " + words.Number(r.Needed) + ")"
}

// Runs renders a list of runs, newest first, one line each.
func (v Run) Runs(w io.Writer, runs []*plan.Run) error {
	o := &printer{w: w, p: v.Palette}
	ids, states, sums := 0, 0, 0
	bare := Run{}
	for _, r := range runs {
		ids = max(ids, cells(words.Escape(r.Run)))
		states = max(states, cells(words.Escape(r.Status)))
		sums = max(sums, cells(bare.Sums(r.Done)))
	}
	for _, r := range runs {
		failed := ""
		if n := r.Failed.Total(); n > 0 {
			failed = "   " + v.Palette.red(words.Number(n)+" failed")
		}
		if n := r.NotTried.Total(); n > 0 {
			failed += "   " + words.Number(n) + " not tried"
		}
		fill := strings.Repeat(" ", sums-cells(bare.Sums(r.Done)))
		o.line(pad(words.Escape(r.Run), ids), "   ", pad(words.Escape(r.Status), states), "   ", v.Sums(r.Done), fill, "   plan ", Short(r.Plan), failed)
	}
	return o.err
}

// Show renders one run in full: when, where, item by item, and the last screen of its apply.
func (v Run) Show(w io.Writer, r *plan.Run) error {
	o := &printer{w: w, p: v.Palette}
	o.line(v.Palette.bold(words.Escape(r.Run)), "  plan ", Short(r.Plan), ";  ", r.Started.UTC().Format("2006-01-02 15:04:05"), " UTC, ",
		duration(r.Ended.Sub(r.Started)), ", ", words.Plural(r.Calls, "call", "calls"), predicted(r))
	o.line(name(r.Org.Name), "  ", name(r.Org.ID), "  as ", name(r.Org.User))
	o.line()
	addrs := 0
	for _, it := range r.Items {
		addrs = max(addrs, cells(words.Escape(it.Addr)))
	}
	for _, it := range r.Items {
		parts := present(v.Sums(it.Done))
		if s := v.Sums(it.Failed); s != "" {
			parts = append(parts, "failed "+s)
		}
		if s := v.Sums(it.NotTried); s != "" {
			parts = append(parts, "not tried "+s)
		}
		if len(parts) == 0 {
			parts = append(parts, "nothing to do")
		}
		o.line("  ", pad(words.Escape(it.Addr), addrs), "   ", words.Plural(it.Rows, "row", "rows"), "   ", strings.Join(parts, ";  "))
	}
	o.line()
	if o.err != nil {
		return o.err
	}
	return v.Write(w, r)
}
