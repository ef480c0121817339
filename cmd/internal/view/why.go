package view

import (
	"io"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// Why renders what a plan knows of the rows that it was asked about.
func (v Plan) Why(w io.Writer, p *plan.Plan) error {
	o := &printer{w: w, p: v.Palette}
	o.line(v.headline(p))
	for i := range p.Why {
		y := &p.Why[i]
		o.line()
		if it := p.Item(y.Addr); it != nil {
			o.line(v.Palette.bold(v.key(&plan.Sample{Key: y.Key, KeyMasked: y.KeyMasked})), "  in  ", target(it), "  ", v.Palette.faint(words.Escape(it.Where)))
		}
		o.line()
		for _, l := range v.fate(y) {
			o.line("  ", l)
		}
		v.states(o, y)
		v.checks(o, y)
	}
	return o.err
}

// fate says what will happen to the row, and why.
func (v Plan) fate(y *plan.Why) []string {
	why := words.Escape(y.Reason)
	if y.Detail != "" {
		why += "  " + words.Escape(y.Detail)
	}
	line := v.Palette.symbol(sign(y.Action)) + " " + words.Escape(y.Action)
	switch y.Action {
	case "unchanged":
		line = "  unchanged"
	case "note":
		line = ". only remembered"
	case "open":
		line = "? cannot be known: live records were not read"
		why = ""
	}
	if why != "" {
		line += ": " + why
	}
	out := []string{line}
	switch {
	case y.Action == "reject" && y.Held:
		out = append(out, "  It is in the snapshot, so it is held: its record stays as it is.")
	case y.Action == "reject":
		out = append(out, "  Nothing happens to it. Every plan looks at it again.")
	case y.Action == "held":
		out = append(out, "  The model does not have it, but rows without a key could be it: nothing happens to it.")
	}
	has := "The model has no such row"
	switch {
	case y.Rows == 1:
		has = "The model has it"
	case y.Rows > 1:
		has = "The model has " + words.Number(y.Rows) + " rows with this key, one of which is shown"
	}
	switch y.Snapshot {
	case "none":
		has += "; the snapshot does not have it"
	default:
		has += "; the snapshot has it (" + words.Escape(y.Snapshot) + ")"
	}
	switch {
	case y.Live == "unread":
		has += "; its record was not looked up"
	case y.Live == "found":
		has += "; its record is " + words.Escape(y.Record)
	default:
		has += "; no record was found for it"
	}
	return append(out, "", has+".")
}

// states shows the fields side by side.
func (v Plan) states(o *printer, y *plan.Why) {
	rows := [][]string{{"field", "model", "snapshot", "Salesforce", ""}}
	for _, f := range y.Fields {
		written := ""
		if f.Written {
			written = "<- written"
		}
		model, snapshot, live := v.value(f.Model, nil, f.Masked), v.value(f.Snapshot, nil, f.Masked), v.value(f.Live, nil, f.Masked)
		if y.Rows == 0 {
			model = "-"
		}
		if y.Snapshot == "none" {
			snapshot = "-"
		}
		switch y.Live {
		case "none":
			live = "-"
		case "unread":
			live = "?"
		}
		rows = append(rows, []string{words.Escape(f.Field), model, snapshot, live, written})
	}
	v.table(o, rows)
}

// checks lists the row checks.
func (v Plan) checks(o *printer, y *plan.Why) {
	if len(y.Checks) == 0 {
		return
	}
	rows := [][]string{{"check", "result", "field", "", ""}}
	for _, c := range y.Checks {
		row := []string{words.Escape(c.Reason), words.Escape(c.Result), words.Escape(c.Field), "", ""}
		if c.Result == "failed" {
			row[3] = words.Escape(c.Cause)
			if c.Code != "" {
				row[4] = "Salesforce would answer " + words.Escape(c.Code)
			}
		}
		rows = append(rows, row)
	}
	v.table(o, rows)
}

// table prints rows of cells; the first one is their head.
func (v Plan) table(o *printer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, c := range r {
			widths[i] = max(widths[i], cells(c))
		}
	}
	o.line()
	for n, r := range rows {
		var b strings.Builder
		for i, c := range r {
			b.WriteString("  " + pad(c, widths[i]))
		}
		line := strings.TrimRight(b.String(), " ")
		if n == 0 {
			line = v.Palette.faint(line)
		}
		o.line(line)
	}
}
