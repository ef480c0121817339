// Package words writes what every rendering writes alike: text from data, made harmless, and numbers.
package words

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape makes text from data harmless on one line: control characters, escape sequences, line breaks, bidi marks
// and invisible format characters become visible escapes.
func Escape(s string) string {
	if !strings.ContainsFunc(s, Unsafe) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case Unsafe(r):
			b.WriteString(escapeRune(r))
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// Lines is Escape for text of several lines, whose line breaks stay.
func Lines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = Escape(strings.ReplaceAll(l, "\t", "    "))
	}
	return strings.Join(lines, "\n")
}

// Unsafe tells whether a rune may not reach a reader as it is. The joiners that Persian and emoji need are harmless.
func Unsafe(r rune) bool {
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

// Quote shows a value between double quotes, with what is inside escaped.
func Quote(s string) string {
	s = strings.ReplaceAll(s, `\`, `\\`)
	return `"` + Escape(strings.ReplaceAll(s, `"`, `\"`)) + `"`
}

// Bare shows a text without quotes, unless blanks, quotes or control characters would make it ambiguous.
func Bare(s string) string {
	if s == "" || strings.TrimSpace(s) != s || strings.ContainsAny(s, "\"\\,") || strings.Contains(s, "  ") ||
		strings.Contains(s, "->") || Escape(s) != s {
		return Quote(s)
	}
	return s
}

// Argument shows a text as one argument of a command that is to be typed.
func Argument(s string) string {
	s = Escape(s)
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./=:@+,%", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Allow is the command that lets guards pass, each named as RULE=ADDR.
func Allow(names []string) string {
	out := "signalsmith apply"
	for _, n := range names {
		out += " --allow " + Argument(n)
	}
	return out
}

// Option shows a picklist's or checkbox's value, nil for null: bare where that cannot be mistaken.
func Option(s *string) string {
	if s == nil {
		return "null"
	}
	if *s == "null" {
		return Quote(*s)
	}
	return Bare(*s)
}

// Number writes 1234567 as 1,234,567.
func Number(n int64) string {
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

// Plural is "1 row" or "2 rows".
func Plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

// OptIns says how many opt-outs are taken back: "3 opt-outs are taken back".
func OptIns(n int64) string { return Plural(n, "opt-out is", "opt-outs are") + " taken back" }

// Runs says how many rows there were in the last runs: "the last 3 runs had 8,391, 8,402, 8,400"; "" for none.
func Runs(rows []int64) string {
	switch len(rows) {
	case 0:
		return ""
	case 1:
		return "the last run had " + Number(rows[0])
	}
	var list []string
	for _, n := range rows {
		list = append(list, Number(n))
	}
	return "the last " + strconv.Itoa(len(rows)) + " runs had " + strings.Join(list, ", ")
}

// Collapse says that many different values become few: "47,102 different values become 1".
func Collapse(before, after int64) string {
	if after == 0 {
		return Number(before) + " different values become null"
	}
	return Number(before) + " different values become " + Number(after)
}
