package view

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/config/diag"
)

// tabCells is how wide a tab of a source line is shown.
const tabCells = 4

// maxLines is how many lines of one range are shown in full; of longer ones the first and the last.
const maxLines = 4

// line is one line of a source file; start is its first byte's offset.
type line struct {
	text  string
	start int
}

func lines(src []byte) []line {
	if src == nil {
		return nil
	}
	var out []line
	at := 0
	for raw := range bytes.SplitSeq(src, []byte("\n")) {
		out = append(out, line{text: string(bytes.TrimSuffix(raw, []byte("\r"))), start: at})
		at += len(raw) + 1
	}
	return out
}

// offset turns a position into a byte offset within the line: by its byte where that lies in the line, else by its
// column, which counts graphemes.
func (l line) offset(byteAt, column int) int {
	if at := byteAt - l.start; at >= 0 && at <= len(l.text) && (byteAt > 0 || column <= 1) {
		return at
	}
	n := 0
	for i, g := range graphemes(l.text) {
		if i+1 >= column {
			break
		}
		n += len(g)
	}
	return n
}

// glyph is one grapheme of a source line as it is shown.
type glyph struct {
	text  string
	width int
	at    int // byte offset
}

func (l line) glyphs() []glyph {
	var out []glyph
	at := 0
	for _, g := range graphemes(l.text) {
		shown := words.Escape(g)
		w := cells(shown)
		if g == "\t" {
			shown, w = strings.Repeat(" ", tabCells), tabCells
		}
		out = append(out, glyph{text: shown, width: w, at: at})
		at += len(g)
	}
	return out
}

// cell is where the byte at offset is shown.
func cell(gs []glyph, offset int) int {
	n := 0
	for _, g := range gs {
		if g.at >= offset {
			break
		}
		n += g.width
	}
	return n
}

// mark underlines cells from..to of a line.
type mark struct {
	line     int // from 0
	from, to int
	sign     byte
	label    string
}

// excerpt is what is shown of one file.
type excerpt struct {
	file  string
	place string
	lines []line
	marks []mark
}

// mark adds a range. Ranges outside the file add nothing.
func (e *excerpt) mark(r diag.Range, sign byte, label string) {
	first, last := r.Start.Line-1, r.End.Line-1
	if first < 0 || first >= len(e.lines) {
		return
	}
	last = max(first, min(last, len(e.lines)-1))
	if last > first && r.End.Line-1 == last && e.lines[last].offset(r.End.Byte, r.End.Column) == 0 {
		last-- // a range that ends with the line break before it
	}
	for i := first; i <= last; i++ {
		if last-first >= maxLines && i > first && i < last {
			continue
		}
		l := e.lines[i]
		gs := l.glyphs()
		from := cell(gs, len(l.text)-len(strings.TrimLeft(l.text, " \t")))
		if i == first {
			from = cell(gs, l.offset(r.Start.Byte, r.Start.Column))
		}
		to := cell(gs, len(strings.TrimRight(l.text, " \t")))
		if i == r.End.Line-1 {
			to = cell(gs, l.offset(r.End.Byte, r.End.Column))
		}
		m := mark{line: i, from: from, to: max(to, from+1), sign: sign}
		if i == last {
			m.label = label
		}
		e.marks = append(e.marks, m)
	}
}

func (e *excerpt) digits() int {
	n := 1
	for _, m := range e.marks {
		n = max(n, len(strconv.Itoa(m.line+1)))
	}
	return n
}

func (e *excerpt) write(o *printer, gutter, width int) {
	if len(e.marks) == 0 {
		return
	}
	indent := strings.Repeat(" ", gutter+1)
	bar := o.p.blue("|")
	o.line(indent, bar)
	shown := -1
	for i, m := range e.marks {
		gs := e.lines[m.line].glyphs()
		from, to := window(gs, m, width-gutter-3)
		if m.line != shown {
			if i > 0 && m.line != shown+1 {
				o.line(indent, "...")
			}
			num := padLeft(strconv.Itoa(m.line+1), gutter)
			o.line(o.p.blue(num), " ", bar, " ", slice(gs, from, to))
			shown = m.line
		}
		under := strings.Repeat(string(m.sign), max(1, min(m.to, to)-m.from))
		text := under
		if m.label != "" {
			text += " " + m.label
		}
		if m.sign == '^' {
			text = o.p.alarm(text)
		} else {
			text = o.p.blue(text)
		}
		o.line(indent, bar, " ", strings.Repeat(" ", max(0, m.from-from)), text)
	}
	o.line(indent, bar)
}

// window chooses the cells of a long line that are shown: those around the mark.
func window(gs []glyph, m mark, width int) (from, to int) {
	width = max(width, 20)
	total := 0
	for _, g := range gs {
		total += g.width
	}
	if total <= width || m.to <= width-3 {
		return 0, width
	}
	from = max(0, m.from-width/3)
	return from, from + width
}

// slice gives the cells from..to of a line; three dots stand for what is left out at either end.
func slice(gs []glyph, from, to int) string {
	total := 0
	for _, g := range gs {
		total += g.width
	}
	lead, trail := 0, 0
	if from > 0 {
		lead = 3
	}
	if total > to {
		trail = 3
	}
	var b strings.Builder
	b.WriteString(strings.Repeat(".", lead))
	at, done := 0, from+lead
	for _, g := range gs {
		if at >= from+lead && at+g.width <= to-trail {
			b.WriteString(strings.Repeat(" ", at-done)) // a wide character was cut at the edge
			b.WriteString(g.text)
			done = at + g.width
		}
		at += g.width
	}
	b.WriteString(strings.Repeat(".", trail))
	return b.String()
}
