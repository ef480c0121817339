// Package view turns documents, events and diagnostics into text for a terminal. It sees nothing but these: what is
// on a screen is a function of a document and the options given here.
package view

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/apparentlymart/go-textseg/v15/textseg"
	"golang.org/x/text/width"
)

// Escape makes text from data harmless on one line: control characters, escape sequences, line breaks, bidi marks
// and invisible format characters become visible escapes.
func Escape(s string) string {
	if !strings.ContainsFunc(s, unsafe) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unsafe(r):
			b.WriteString(escapeRune(r))
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// unsafe tells whether a rune may not reach a terminal. The joiners that Persian and emoji need are harmless.
func unsafe(r rune) bool {
	switch {
	case r >= 0x20 && r < 0x7f:
		return false
	case r == 0x200c || r == 0x200d:
		return false
	}
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

func escapeRune(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// quote shows a value between double quotes, with what is inside escaped.
func quote(s string) string {
	s = strings.ReplaceAll(s, `\`, `\\`)
	return `"` + Escape(strings.ReplaceAll(s, `"`, `\"`)) + `"`
}

// cells counts the columns that text takes on a terminal. The text has been escaped.
func cells(s string) int {
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
			lines = append(lines, Escape(l))
			continue
		}
		lines = append(lines, wrap(Escape(strings.TrimRight(l, "\r ")), n)...)
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

// number writes 1234567 as 1,234,567.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	var groups []string
	for len(s) > 3 {
		groups = append(groups, s[len(s)-3:])
		s = s[:len(s)-3]
	}
	groups = append(groups, s)
	slices.Reverse(groups)
	return sign + strings.Join(groups, ",")
}

// plural is "1 row" or "2 rows".
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// printer writes lines and remembers the first error.
type printer struct {
	w   io.Writer
	p   Palette
	err error
}

func (o *printer) line(parts ...string) {
	if o.err == nil {
		_, o.err = io.WriteString(o.w, strings.TrimRight(strings.Join(parts, ""), " ")+"\n")
	}
}
