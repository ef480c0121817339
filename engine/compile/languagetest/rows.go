package languagetest

import (
	"strings"

	"pgregory.net/rapid"

	"github.com/signalsmith/signalsmith/providers"
)

// column is a column of the table that expressions are evaluated on.
type column struct {
	name   string
	typ    providers.Type
	values []string
}

// columns have values of every type: two of each that can be compared.
func columns() []column {
	white := "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
	texts := []string{
		"", " ", white, "a", "b", "abc", "ABC", "aäbßc", "Straße", "İstanbul", "ΑΣ", "ὈΔΥΣΣΕΎΣ", "ǆ ǅ ŉ ﬁ ᾀ", "😀", "a😀b", "😀😀", "x😀", "😀x", "𐐨𐐀", "e\u0301a\u0300", "👨‍👩‍👧",
		white + "both" + white, "\u200bzero width\u200b", "a b", "a,b,c", ",", "a,,b", "a;b;a", "--", `back\slash`, "$1", `\1`, "it's", `"q"`, "line\nbreak", "cr\r\n", "日本語", "%", "_", "{x}",
		"12", "12.50", " 12.5 ", "-0", "-0.0", "+7", ".5", "5.", "1e3", "1E-3", "1e400", "1e-400", "99999999999999999999", "99999999999999999999.999999999", "100000000000000000000",
		"99999999999999999999.9999999995", "0.0000000005", "-0.0000000005", "0.00000000049", "123456789012345678901234567890", "1,000", "0x1F", "NaN", "٣", "-1", "0", "1", "2.5", "-2.5",
		"true", "FALSE", "Yes", "n", "on", "t", "maybe",
		"2024-02-29", "2023-02-29", "1899-12-31", "1582-10-10", "1000-01-01", "0999-12-31", "9999-12-31", "10000-01-01", "2024-2-9", "29.02.2024", "1.5.1999", "31.04.2020", "05/01/20", "20240229",
		"Feb 29, 2024", "1 December 1850", "1 dec 1850", "2024-02-29 23:59:59", "2024-02-29 24:00:00", "2024-02-29 07:05:09.123456789", "2/9/2024 12:05 AM", "2/9/2024 1:05 pm", "2/9/2024 13:05 PM",
		"2024-02-29T10:00:00+05:30", "2024-02-29T10:00:00Z", "2024-02-29T10:00:00-1500", "1000-01-01T00:00:00+01:00",
		"Founded 1998 in Berlin", "founded in 98", "ada@example.com", " Ada@Example.COM ", "x" + strings.Repeat("y", 300),
	}
	ints := []string{"0", "1", "-1", "7", "-7", "10", "12", "255", "1000", "9223372036854775807", "-9223372036854775808", "999999999"}
	decimals := []string{"0", "0.5", "-0.5", "1.5", "2.5", "-2.5", "0.000000001", "-0.000000001", "0.333333333", "3", "-3", "12.345678905", "99999999999999999999.999999999",
		"-99999999999999999999.999999999", "99999999999999999999.5", "100000000000000000000", "-12345678901234567890123456789.123456789", "9999999999.999999999", "10000000000", "0.999999999", "1000000"}
	floats := []string{"0", "-0.0", "0.1", "0.285", "1.005", "1e17", "1e19", "1e20", "123456789012345678", "1e300", "-1e300", "NaN", "Infinity", "-Infinity", "5e-324", "1e-9", "5e-10", "2.5", "-7.25", "1000", "3.3333333333333335"}
	dates := []string{"0001-01-01", "0999-12-31", "1000-01-01", "1582-10-10", "1899-12-31", "1900-03-01", "1970-01-01", "2000-02-29", "2024-02-29", "2024-12-05", "9999-12-31"}
	stamps := []string{"1000-01-01 00:00:00", "1850-06-01 12:30:00", "1969-12-31 23:59:59.5", "2024-03-31 02:30:00", "2024-10-27 02:30:00", "2011-12-30 12:00:00", "2024-02-29 00:00:00", "2024-02-29 23:59:59.999999",
		"2024-01-01 13:05:09", "9999-12-31 12:00:00", "2024-07-01 22:30:00"}
	instants := make([]string, len(stamps))
	for i, s := range stamps {
		instants[i] = s + "+00:00"
	}
	instants = append(instants, "2024-01-01 00:00:00+05:30")
	times := []string{"00:00:00", "12:30:00", "12:30:00.5", "23:59:59.999"}
	return []column{
		{"t", providers.TypeText, texts}, {"u", providers.TypeText, texts}, {"i", providers.TypeInt, ints}, {"j", providers.TypeInt, ints}, {"d", providers.TypeDecimal, decimals},
		{"e", providers.TypeDecimal, decimals}, {"f", providers.TypeFloat, floats}, {"b", providers.TypeBool, []string{"true", "false"}}, {"c", providers.TypeBool, []string{"true", "false"}},
		{"day", providers.TypeDate, dates}, {"day2", providers.TypeDate, dates}, {"ts", providers.TypeTimestamp, stamps}, {"ts2", providers.TypeTimestamp, stamps},
		{"at", providers.TypeInstant, instants}, {"at2", providers.TypeInstant, instants}, {"clock", providers.TypeTime, times}, {"clock2", providers.TypeTime, times},
	}
}

// all gives every value of every column a row: as many rows as the longest list, at different paces.
func all() [][]*string {
	cols := columns()
	n := 0
	for _, c := range cols {
		n = max(n, len(c.values))
	}
	out := make([][]*string, 2*n)
	for r := range out {
		out[r] = make([]*string, len(cols))
		for k, c := range cols {
			step := 1 + k%3
			if i := (r*step + 5*k + r/(n)) % (len(c.values) + 1); i < len(c.values) {
				out[r][k] = &c.values[i]
			}
		}
	}
	return out
}

// some draws rows.
func some(t *rapid.T, n int) [][]*string {
	cols := columns()
	out := make([][]*string, n)
	for r := range out {
		out[r] = make([]*string, len(cols))
		for k, c := range cols {
			if i := rapid.IntRange(0, len(c.values)).Draw(t, "value"); i < len(c.values) {
				out[r][k] = &c.values[i]
			}
		}
	}
	return out
}
