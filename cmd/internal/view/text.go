// Package view turns documents, events and diagnostics into text for a terminal. It sees nothing but these: what is
// on a screen is a function of a document and the options given here.
package view

import (
	"bufio"
	"cmp"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/apparentlymart/go-textseg/v15/textseg"
	"golang.org/x/text/width"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
)

// cells counts the columns that text takes on a terminal. The text has been escaped.
func cells(s string) int {
	if isASCII(s) {
		return len(s)
	}
	n := 0
	for _, g := range graphemes(s) {
		n += cellsOf(g)
	}
	return n
}

// graphemes cuts text into what is drawn as one character.
func graphemes(s string) []string {
	if isASCII(s) {
		out := make([]string, len(s))
		for i := range len(s) {
			out[i] = s[i : i+1]
		}
		return out
	}
	var out []string
	for rest := []byte(s); len(rest) > 0; {
		n, tok, err := textseg.ScanGraphemeClusters(rest, true)
		if err != nil || n == 0 {
			return append(out, string(rest))
		}
		out = append(out, string(tok))
		rest = rest[n:]
	}
	return out
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || s[i] < 0x20 {
			return false
		}
	}
	return true
}

// cellsOf is the width of one grapheme: that of its widest rune, and two where it asks for emoji presentation.
func cellsOf(g string) int {
	w := 0
	for _, r := range g {
		switch {
		case r == 0xfe0f || r >= 0x1f1e6 && r <= 0x1f1ff:
			w = 2
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc):
		default:
			switch width.LookupRune(r).Kind() {
			case width.EastAsianWide, width.EastAsianFullwidth:
				w = max(w, 2)
			default:
				w = max(w, 1)
			}
		}
	}
	return w
}

// pad fills text with blanks up to n cells.
func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-cells(s)))
}

// padLeft puts blanks before text up to n cells.
func padLeft(s string, n int) string {
	return strings.Repeat(" ", max(0, n-cells(s))) + s
}

// cut shortens text to n cells; what was cut is told by three dots.
func cut(s string, n int) string {
	if cells(s) <= n {
		return s
	}
	if n <= 3 {
		return strings.Repeat(".", max(0, n))
	}
	var b strings.Builder
	w := 0
	for _, g := range graphemes(s) {
		c := cellsOf(g)
		if w+c > n-3 {
			break
		}
		w += c
		b.WriteString(g)
	}
	return b.String() + "..."
}

// wrap breaks text at blanks into lines of at most n cells; a word that is longer stays whole.
func wrap(s string, n int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case cells(line)+1+cells(word) > n:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// paragraphs wraps and escapes a text of several lines; lines that begin with two blanks stay as they are.
func paragraphs(s string, n int) []string {
	var lines []string
	for l := range strings.SplitSeq(strings.TrimRight(s, "\n"), "\n") {
		if strings.HasPrefix(l, "  ") {
			lines = append(lines, words.Escape(l))
			continue
		}
		lines = append(lines, wrap(words.Escape(strings.TrimRight(l, "\r ")), n)...)
	}
	return lines
}

// flow joins parts with two blanks into lines of at most n cells.
func flow(parts []string, n int) []string {
	var lines []string
	line := ""
	for _, p := range parts {
		switch {
		case line == "":
			line = p
		case cells(line)+2+cells(p) > n:
			lines = append(lines, line)
			line = p
		default:
			line += "  " + p
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// printer writes lines and remembers the first error.
type printer struct {
	w   io.Writer
	p   Palette
	err error
}

// buffered makes a printer that collects lines until it is flushed.
func buffered(w io.Writer, p Palette) (o *printer, flush func() error) {
	b := bufio.NewWriterSize(w, 64<<10)
	o = &printer{w: b, p: p}
	return o, func() error { return cmp.Or(o.err, b.Flush()) }
}

func (o *printer) line(parts ...string) {
	if o.err == nil {
		_, o.err = io.WriteString(o.w, strings.TrimRight(strings.Join(parts, ""), " ")+"\n")
	}
}
