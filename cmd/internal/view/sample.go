package view

import (
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/textdiff"
	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

const (
	keyCells   = 40 // longer keys of samples are cut
	valueCells = 60 // and longer values, unless everything is asked for
	diffLines  = 12 // and longer diffs
	pairCells  = 29 // where the note beside a pair of values begins
)

// samples shows rows of an item: key, fields with old and new value, and what else is known of them.
func (v Plan) samples(o *printer, it *plan.Item) {
	left := map[string]int64{"create": it.Counts.Create.N, "update": it.Counts.Update.N, "remove": it.Counts.Remove.N, "clear": it.Counts.Clear.N}
	shown := false
	keys, fields := 0, 0
	for i := range it.Samples {
		s := &it.Samples[i]
		if v.passed(s) {
			continue
		}
		shown = true
		left[s.Action]--
		keys = max(keys, cells(v.key(s)))
		for _, f := range v.fieldsOf(s) {
			fields = max(fields, cells(words.Escape(f.Field)))
		}
	}
	if !shown {
		return
	}
	o.line()
	for i := range it.Samples {
		if s := &it.Samples[i]; !v.passed(s) {
			v.sample(o, s, keys, fields)
		}
	}
	var more int64 // rows to be written that no sample shows
	for _, a := range []string{"create", "update", "remove", "clear"} {
		more += max(0, left[a])
	}
	if more > 0 {
		line := "      " + words.Number(more) + " more"
		if v.Detail != Full {
			line += "   (signalsmith plan --full)"
		}
		o.line(v.Palette.faint(line))
	}
}

// passed tells whether a sample is not shown.
func (v Plan) passed(s *plan.Sample) bool { return quietly(s.Action) && v.Detail != Full }

// quietly tells whether an action changes the snapshot alone and loses nothing.
func quietly(action string) bool {
	return action == "adopt" || action == "note" || action == "unchanged"
}

func (v Plan) key(s *plan.Sample) string {
	if s.KeyMasked {
		return "<pii " + words.Escape(s.Key) + ">"
	}
	if v.Detail == Full {
		return words.Bare(s.Key)
	}
	return cut(words.Bare(s.Key), keyCells)
}

// fieldsOf are the fields of a sample that are shown: those of a create only where everything is asked for.
func (v Plan) fieldsOf(s *plan.Sample) []plan.SampleField {
	if s.Action == "create" && v.Detail != Full {
		return nil
	}
	return s.Fields
}

func (v Plan) sample(o *printer, s *plan.Sample, keys, fields int) {
	lead := "    " + v.Palette.symbol(sign(s.Action)) + " " + pad(v.key(s), keys) + "   "
	blank := strings.Repeat(" ", 6+keys+3)
	note := remark(s)
	fs := v.fieldsOf(s)
	if s.Action != "update" && s.Action != "kept" && s.Action != "clear" || len(fs) == 0 {
		o.line(lead, note)
		lead, note = blank, ""
	}
	for _, f := range fs {
		changed := v.textDiff(f)
		pair := v.pair(s.Action, f)
		if len(changed) > 0 {
			pair = "text differs"
		}
		if note != "" {
			pair = pad(pair, pairCells-2) + "  " + note
			note = ""
		}
		o.line(lead, pad(words.Escape(f.Field), fields+4), pair)
		for _, l := range changed {
			o.line(blank, strings.Repeat(" ", fields+4), l)
		}
		lead = blank
	}
}

// sign is the symbol of a sample's action.
func sign(action string) string {
	switch action {
	case "create":
		return "+"
	case "update":
		return "~"
	case "remove", "clear":
		return "-"
	case "reject":
		return "!"
	case "held":
		return "="
	}
	return "."
}

// remark is the reason of a sample with its detail; that a field changed need not be said.
func remark(s *plan.Sample) string {
	r := words.Escape(s.Reason)
	if s.Action == "update" && s.Reason == "field_changed" && len(s.Fields) > 0 {
		r = ""
	}
	if s.Detail == "" {
		return r
	}
	if r == "" {
		return words.Escape(s.Detail)
	}
	return r + ": " + words.Escape(s.Detail)
}

// pair shows a field's values: old -> new, or the only one there is.
func (v Plan) pair(action string, f plan.SampleField) string {
	before, after := v.value(f.Before, f.After, f.Masked), v.value(f.After, f.Before, f.Masked)
	switch {
	case action == "create" || action == "reject" && f.Before == nil:
		return after
	case action == "reject" && f.After == nil:
		return before
	}
	return before + " -> " + after
}

// textDiff shows how a text of several lines changes, nil where it is no such text.
func (v Plan) textDiff(f plan.SampleField) []string {
	if f.Masked || f.Before == nil || f.After == nil || !strings.Contains(*f.Before+*f.After, "\n") {
		return nil
	}
	return v.diff(*f.Before, *f.After)
}

// diff is how two texts differ, in lines.
func (v Plan) diff(before, after string) []string {
	var out []string
	for i, h := range textdiff.Hunks(before, after) {
		if i > 0 {
			out = append(out, v.Palette.faint("..."))
		}
		for _, l := range h.Lines {
			text := v.short(string(l.Op) + " " + words.Escape(l.Text))
			switch l.Op {
			case '+':
				text = v.Palette.green(text)
			case '-':
				text = v.Palette.red(text)
			}
			out = append(out, text)
		}
	}
	if n := len(out) - diffLines; n > 0 && v.Detail != Full {
		out = append(out[:diffLines], "  and "+words.Plural(int64(n), "more line", "more lines"))
	}
	return out
}

func (v Plan) short(line string) string {
	if v.Detail == Full {
		return line
	}
	return cut(line, valueCells)
}

// value shows one value. What differs from the other value stays visible where a long one is cut; what was cut is
// told by dots outside the quotes.
func (v Plan) value(s, other *string, masked bool) string {
	switch {
	case s == nil:
		return "null"
	case masked:
		return "<pii " + words.Escape(*s) + ">"
	case v.Detail == Full || cells(words.Escape(*s)) <= valueCells:
		return words.Quote(*s)
	}
	text, lead := *s, ""
	if other != nil {
		if n := common(text, *other); n > valueCells/2 {
			text, lead = tail(text, n-valueCells/4), "..."
		}
	}
	var b strings.Builder
	w := 0
	for _, g := range graphemes(text) {
		if w += cells(words.Escape(g)); w > valueCells-6 {
			return lead + words.Quote(b.String()) + "..."
		}
		b.WriteString(g)
	}
	return lead + words.Quote(text)
}

// common counts the bytes that two texts begin with alike, up to a whole rune.
func common(a, b string) int {
	n := 0
	for i, r := range a {
		if i >= len(b) || !strings.HasPrefix(b[i:], string(r)) {
			return i
		}
		n = i + len(string(r))
	}
	return min(n, len(a))
}

// tail drops about n bytes at the front, whole graphemes only.
func tail(s string, n int) string {
	for _, g := range graphemes(s) {
		if n <= 0 {
			break
		}
		n -= len(g)
		s = s[len(g):]
	}
	return s
}
