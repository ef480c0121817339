package salesforce

import (
	"strings"
	"unicode/utf8"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/canon"
)

// quote writes a SOQL string literal (SOQL and SOSL Reference, "Quoted String Escape Sequences"). % and _ mean
// something after LIKE only.
func quote(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('\'')
	for i := range len(s) {
		switch c := s[i]; c {
		case '\'', '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		case '\b':
			b.WriteString(`\b`)
		case '\f':
			b.WriteString(`\f`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// literal writes a key as the literal that a field of the kind is compared with. ok is false for keys that no record
// can have: blank ones, ids that are none, numbers that are none.
func literal(key string, c providers.Canon) (soql string, ok bool) {
	if !utf8.ValidString(key) || strings.IndexByte(key, 0) >= 0 {
		return "", false
	}
	t, ok := canon.Text(key, c)
	if !ok || !t.Valid {
		return "", false
	}
	switch c.Kind {
	case providers.CanonNumber, providers.CanonBool, providers.CanonDate, providers.CanonDateTime, providers.CanonTime:
		return t.String, true
	}
	return quote(t.String), true
}

const hex = "0123456789ABCDEF"

// escape writes a query for an address. Quotes, commas and parentheses may stand there as they are (RFC 3986, 3.4),
// which leaves room for more keys.
func escape(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/4)
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-_.~'(),*:!=", c) >= 0:
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('+')
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
