package view

import (
	"io"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// State renders the items of a state.
type State struct {
	Palette Palette
}

// Write renders one line an item. Those of another project or environment than the configuration's stand below a
// heading that names them.
func (v State) Write(w io.Writer, items []plan.Snapshot, project, environment string) error {
	o := &printer{w: w, p: v.Palette}
	if len(items) == 0 {
		o.line("The state is empty: nothing was applied yet.")
		return o.err
	}
	var addrs, objects, rows int
	for _, it := range items {
		addrs = max(addrs, cells(words.Escape(it.Addr)))
		objects = max(objects, cells(kept(it)))
		rows = max(rows, cells(words.Plural(it.Rows, "row", "rows")))
	}
	line := func(it plan.Snapshot, note string) {
		o.line(pad(words.Escape(it.Addr), addrs), "   ", words.Escape(it.Org), "   ", pad(kept(it), objects), "   ",
			pad(words.Plural(it.Rows, "row", "rows"), rows), "   ", words.Escape(it.LastRun), note)
	}
	for _, it := range items {
		if it.Project == project && it.Environment == environment {
			note := ""
			if !it.Declared {
				note = "   no longer declared"
			}
			line(it, note)
		}
	}
	heading := ""
	for _, it := range items {
		if it.Project == project && it.Environment == environment {
			continue
		}
		if h := "project " + name(it.Project) + ", environment " + name(it.Environment); h != heading {
			heading = h
			o.line()
			o.line(v.Palette.bold(h))
		}
		line(it, "")
	}
	return o.err
}

// Show renders the snapshots of one address, a line for each thing that is known of them.
func (v State) Show(w io.Writer, items []plan.SnapshotDetail) error {
	o := &printer{w: w, p: v.Palette}
	names := func(all []string) string {
		out := make([]string, len(all))
		for i, s := range all {
			out[i] = words.Escape(s)
		}
		return strings.Join(out, ", ")
	}
	for i, it := range items {
		if i > 0 {
			o.line()
		}
		o.line(v.Palette.bold(words.Escape(it.Addr)), "  ->  ", kept(it.Snapshot))
		o.line("  org        ", words.Escape(it.Org))
		o.line("  key        ", names(it.Keys))
		o.line("  fields     ", names(it.Fields))
		o.line("  rows       ", words.Number(it.Rows), ": ", words.Number(it.Created), " created, ", words.Number(it.Adopted), " adopted")
		o.line("  last run   ", words.Escape(it.LastRun), ", of ", words.Plural(it.ModelRows, "row", "rows"), " of the model")
		if !it.Declared {
			o.line("  no longer declared")
		}
	}
	return o.err
}

// kept is what an item's rows become: "Contact by Customer_Id__c".
func kept(it plan.Snapshot) string {
	if it.Match == "" {
		return words.Escape(it.Object)
	}
	return words.Escape(it.Object) + " by " + words.Escape(it.Match)
}
