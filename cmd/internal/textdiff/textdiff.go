// Package textdiff says how two texts differ, line by line.
package textdiff

import (
	"fmt"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Line is one line of a difference: Op is '+', '-' or ' '.
type Line struct {
	Op   byte
	Text string
}

// Hunk is a run of lines with what surrounds it. Before and After are where it begins, counted from 1.
type Hunk struct {
	Before, After int
	Lines         []Line
}

// around is how many equal lines are kept on each side of a change.
const around = 3

// Hunks compares two texts. Equal texts have none. Equal inputs give equal results, however long they take.
func Hunks(before, after string) []Hunk {
	if before == after {
		return nil
	}
	var out []Hunk
	var equal []Line // since the last change
	a, b := 1, 1     // the next lines
	var h *Hunk
	for _, l := range compare(before, after) {
		if l.Op == ' ' {
			equal = append(equal, l)
			a, b = a+1, b+1
			continue
		}
		if h == nil || len(equal) > 2*around {
			if h != nil {
				h.Lines = append(h.Lines, equal[:around]...)
				equal = equal[around:]
			}
			equal = equal[max(0, len(equal)-around):]
			out = append(out, Hunk{Before: a - len(equal), After: b - len(equal)})
			h = &out[len(out)-1]
		}
		h.Lines = append(append(h.Lines, equal...), l)
		equal = equal[:0]
		if l.Op == '-' {
			a++
		} else {
			b++
		}
	}
	if h != nil {
		h.Lines = append(h.Lines, equal[:min(around, len(equal))]...)
	}
	return out
}

// compare gives all lines in order, of a replacement the old ones first.
func compare(before, after string) []Line {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0
	x, y, known := d.DiffLinesToRunes(ended(before), ended(after))
	var out []Line
	for _, part := range d.DiffCharsToLines(d.DiffMainRunes(x, y, false), known) {
		op := byte(' ')
		switch part.Type {
		case diffmatchpatch.DiffInsert:
			op = '+'
		case diffmatchpatch.DiffDelete:
			op = '-'
		}
		for l := range strings.Lines(part.Text) {
			out = append(out, Line{op, strings.TrimSuffix(l, "\n")})
		}
	}
	return out
}

// ended gives a text the line end that it may lack.
func ended(s string) string {
	if s == "" || strings.HasSuffix(s, "\n") {
		return s
	}
	return s + "\n"
}

// Unified is the difference as patch files show it.
func Unified(beforeName, before, afterName, after string) string {
	hunks := Hunks(before, after)
	if len(hunks) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", beforeName, afterName)
	for _, h := range hunks {
		var olds, news int
		for _, l := range h.Lines {
			if l.Op != '+' {
				olds++
			}
			if l.Op != '-' {
				news++
			}
		}
		fmt.Fprintf(&b, "@@ -%s +%s @@\n", span(h.Before, olds), span(h.After, news))
		for _, l := range h.Lines {
			b.WriteByte(l.Op)
			b.WriteString(l.Text)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// span is where lines begin and how many they are; nothing begins after the line before.
func span(start, n int) string {
	if n == 0 {
		start--
	}
	return fmt.Sprintf("%d,%d", start, n)
}
