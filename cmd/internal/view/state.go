package view

import (
	"io"
	"strings"

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
		addrs = max(addrs, cells(Escape(it.Addr)))
		objects = max(objects, cells(kept(it)))
		rows = max(rows, cells(plural(it.Rows, "row", "rows")))
	}
	line := func(it plan.Snapshot, note string) {
		o.line(pad(Escape(it.Addr), addrs), "   ", Escape(it.Org), "   ", pad(kept(it), objects), "   ",
			pad(plural(it.Rows, "row", "rows"), rows), "   ", Escape(it.LastRun), note)
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
			out[i] = Escape(s)
		}
		return strings.Join(out, ", ")
	}
	for i, it := range items {
		if i > 0 {
			o.line()
		}
		o.line(v.Palette.bold(Escape(it.Addr)), "  ->  ", kept(it.Snapshot))
		o.line("  org        ", Escape(it.Org))
		o.line("  key        ", names(it.Keys))
		o.line("  fields     ", names(it.Fields))
		o.line("  rows       ", number(it.Rows), ": ", number(it.Created), " created, ", number(it.Adopted), " adopted")
		o.line("  last run   ", Escape(it.LastRun), ", of ", plural(it.ModelRows, "row", "rows"), " of the model")
		if !it.Declared {
			o.line("  no longer declared")
		}
	}
	return o.err
}

// kept is what an item's rows become: "Contact by Customer_Id__c".
func kept(it plan.Snapshot) string {
	if it.Match == "" {
		return Escape(it.Object)
	}
	return Escape(it.Object) + " by " + Escape(it.Match)
}
