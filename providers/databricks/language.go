package databricks

import (
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/internal/alike"
)

// Functions is the SQL of the mapping language.
func (dialect) Functions() providers.Functions {
	return language{alike.Functions{Literal: literal}}
}

type language struct{ alike.Functions }

var _ providers.Functions = language{}

// decimal is the type of numbers of the mapping language.
const decimal = "DECIMAL(29,9)"

// astral is the class of the characters that take two units of UTF-16. A literal of the engine takes backslashes as
// escapes.
const astral = `[\\x{10000}-\\x{10ffff}]`

// Bind computes an expression once.
func (language) Bind(expr string, f func(string) string) string { return once(expr, "b", f) }

// once binds an expression to a name that occurs in none of the others, which stand beside it.
func once(expr, name string, f func(string) string, others ...string) string {
	return alike.Bind(bind).Once(expr, name, f, others...)
}

func exact(x string) string { return tryCast(x, decimal) }

// Number reads a number.
func (language) Number(x string, from providers.Type) string {
	v := value{expr: x, from: from}
	switch from {
	case providers.TypeFloat:
		return exact(v.text())
	case providers.TypeText:
		return bind(v.trimmed(), "s", func(s string) string {
			return "CASE WHEN " + matches(s, plainPattern) + " THEN " + exact(s) + " WHEN " + matches(s, exponentPattern) + " THEN " + exact(unfolded(s)) + " END"
		})
	}
	return exact(x)
}

// Digits writes a number.
func (language) Digits(n string) string {
	return "regexp_replace(" + text(n) + ", '[.]?0*$', '')"
}

// Whole is an INT.
func (language) Whole(n string) string {
	return once(n, "w", func(n string) string {
		return "CASE WHEN " + n + " > 1000000000 THEN 1000000000 WHEN " + n + " < -1000000000 THEN -1000000000 ELSE " + tryCast("floor("+n+")", "INT") + " END"
	})
}

// Bool reads a truth value.
func (language) Bool(x string, from providers.Type) string {
	if from != providers.TypeText {
		return alike.Bit(x, "true", "false")
	}
	return bind("lower("+value{expr: x, from: from}.trimmed()+")", "s", func(s string) string {
		return alike.Truth(s, "true", "false")
	})
}

// Date reads a date.
func (language) Date(text string) string {
	return bind(value{expr: text, from: providers.TypeText}.trimmed(), "s", func(s string) string {
		return "CASE WHEN " + matches(s, alike.Date) + " THEN " + tryCast(s, "DATE") + " END"
	})
}

// Timestamp reads a date and a time.
func (language) Timestamp(text string) string {
	return once(text, "s", func(s string) string {
		return "CASE WHEN " + matches(s, alike.Date+" "+alike.Clock+`:[0-5][0-9]([.][0-9]{1,6})?`) + " THEN " + tryCast(s, "TIMESTAMP_NTZ") + " END"
	})
}

// Instant reads a date and a time with an offset.
func (language) Instant(text string) string {
	return once(text, "s", func(s string) string {
		return "CASE WHEN " + matches(s, alike.Date+" "+alike.Clock+`:[0-5][0-9]([.][0-9]{1,6})?[-+](0[0-9]|1[0-4]):[0-5][0-9]`) + " THEN " + tryCast(s, "TIMESTAMP") + " END"
	})
}

// shown is what a clock in a zone shows at an instant.
func shown(x, zone string) string { return "from_utc_timestamp(" + x + ", " + literal(zone) + ")" }

// Day is the date in a zone.
func (language) Day(x string, from providers.Type, in, zone string) string {
	return once(x, "d", func(d string) string {
		instant := d
		if from == providers.TypeTimestamp {
			instant = value{zone: in}.local(tryCast(d, "TIMESTAMP"))
		}
		return alike.Years(d, "CAST("+shown(instant, zone)+" AS DATE)")
	})
}

// Clock writes what a clock shows.
func (language) Clock(x string, from providers.Type, zone string) string {
	if from == providers.TypeInstant {
		x = shown(x, zone)
	}
	return once(x, "c", func(c string) string {
		if from == providers.TypeDate {
			return alike.Years(c, "("+text(c)+" || ' 00:00:00')")
		}
		return alike.Years(c, "left("+text(c)+", 19)")
	})
}

// Add gives null where the sum is too large.
func (language) Add(a, b string) string { return exact("(" + a + " + " + b + ")") }

// Subtract gives null where the difference is too large.
func (language) Subtract(a, b string) string { return exact("(" + a + " - " + b + ")") }

// Multiply computes a thousand times the product: the engine gives products of such numbers 6 decimals, and rounds them
// half away from zero.
func (language) Multiply(a, b string) string {
	return exact(tryCast("try_multiply("+a+" * CAST(1000 AS DECIMAL(4,0)), "+b+")", "DECIMAL(29,6)") + " * CAST(0.001 AS DECIMAL(3,3))")
}

// Divide has a quotient of 9 decimals, rounded half away from zero.
func (language) Divide(a, b string) string { return exact("try_divide(" + a + ", " + b + ")") }

// Modulo is null where b is zero.
func (language) Modulo(a, b string) string { return exact("(" + a + " % nullif(" + b + ", 0))") }

// Abs drops the sign.
func (language) Abs(n string) string { return "abs(" + n + ")" }

// Round goes through a decimal of fewer digits, which rounds half away from zero.
func (language) Round(n string, digits int) string {
	return exact(tryCast(n, "DECIMAL("+strconv.Itoa(21+digits)+","+strconv.Itoa(digits)+")"))
}

// Floor rounds down.
func (language) Floor(n string) string { return exact("floor(" + n + ")") }

// Ceil rounds up.
func (language) Ceil(n string) string { return exact("ceil(" + n + ")") }

// Lower takes the two letters aside whose lower case the engine makes depend on what stands around them, or writes as
// two characters.
func (language) Lower(text string) string { return "lower(translate(" + text + ", 'Σİ', 'σi'))" }

// Upper takes the letters aside that the engine writes as several.
func (language) Upper(text string) string {
	class := "'[" + manyUpper + "]'"
	return once(text, "s", func(s string) string {
		return "CASE WHEN regexp_like(" + s + ", " + class + ") THEN array_join(transform(regexp_extract_all(" + s + ", '(?s:.)', 0), c -> CASE WHEN regexp_like(c, " + class +
			") THEN translate(c, '" + manyUpper + "', '" + oneUpper + "') ELSE upper(c) END), '') ELSE upper(" + s + ") END"
	})
}

// manyUpper are the letters whose upper case has several characters, oneUpper their upper case of one.
const (
	manyUpper = "\u00df\u0149\u01f0\u0390\u03b0\u0587\u1e96\u1e97\u1e98\u1e99\u1e9a\u1f50\u1f52\u1f54\u1f56\u1f80\u1f81\u1f82\u1f83\u1f84\u1f85\u1f86\u1f87\u1f88\u1f89\u1f8a" +
		"\u1f8b\u1f8c\u1f8d\u1f8e\u1f8f\u1f90\u1f91\u1f92\u1f93\u1f94\u1f95\u1f96\u1f97\u1f98\u1f99\u1f9a\u1f9b\u1f9c\u1f9d\u1f9e\u1f9f\u1fa0\u1fa1\u1fa2\u1fa3\u1fa4" +
		"\u1fa5\u1fa6\u1fa7\u1fa8\u1fa9\u1faa\u1fab\u1fac\u1fad\u1fae\u1faf\u1fb2\u1fb3\u1fb4\u1fb6\u1fb7\u1fbc\u1fc2\u1fc3\u1fc4\u1fc6\u1fc7\u1fcc\u1fd2\u1fd3\u1fd6" +
		"\u1fd7\u1fe2\u1fe3\u1fe4\u1fe6\u1fe7\u1ff2\u1ff3\u1ff4\u1ff6\u1ff7\u1ffc\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06\ufb13\ufb14\ufb15\ufb16\ufb17"
	oneUpper = "\u1e9e\u0149\u01f0\u0390\u03b0\u0587\u1e96\u1e97\u1e98\u1e99\u1e9a\u1f50\u1f52\u1f54\u1f56\u1f88\u1f89\u1f8a\u1f8b\u1f8c\u1f8d\u1f8e\u1f8f\u1f88\u1f89\u1f8a" +
		"\u1f8b\u1f8c\u1f8d\u1f8e\u1f8f\u1f98\u1f99\u1f9a\u1f9b\u1f9c\u1f9d\u1f9e\u1f9f\u1f98\u1f99\u1f9a\u1f9b\u1f9c\u1f9d\u1f9e\u1f9f\u1fa8\u1fa9\u1faa\u1fab\u1fac" +
		"\u1fad\u1fae\u1faf\u1fa8\u1fa9\u1faa\u1fab\u1fac\u1fad\u1fae\u1faf\u1fb2\u1fbc\u1fb4\u1fb6\u1fb7\u1fbc\u1fc2\u1fcc\u1fc4\u1fc6\u1fc7\u1fcc\u1fd2\u1fd3\u1fd6" +
		"\u1fd7\u1fe2\u1fe3\u1fe4\u1fe6\u1fe7\u1ff2\u1ffc\u1ff4\u1ff6\u1ff7\u1ffc\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06\ufb13\ufb14\ufb15\ufb16\ufb17"
)

// Trim takes all white space.
func (language) Trim(text string) string { return trim(text) }

// ascii tells whether every character is one byte.
func ascii(s string) string { return "octet_length(" + s + ") = length(" + s + ")" }

// units counts the UTF-16 units of a text, as an INT.
func units(s string) string {
	return "CASE WHEN " + ascii(s) + " THEN length(" + s + ") ELSE length(" + s + ") + length(regexp_replace(" + s + `, '[^\\x{10000}-\\x{10ffff}]+', '')) END`
}

// Length counts the UTF-16 units of a text.
func (language) Length(text string) string { return exact(once(text, "s", units)) }

// Substr puts an x after each character of two units, so that characters can be counted, and takes it away again. What
// was cut in half has lost the one or the other.
func (language) Substr(text, start, length string) string {
	cut := func(s string) string {
		if length == "" {
			return "substr(" + s + ", " + start + ")"
		}
		return "substr(" + s + ", " + start + ", " + length + ")"
	}
	return once(text, "s", func(s string) string {
		wide := once("regexp_replace("+s+", '("+astral+")', '$1x')", "w", func(w string) string {
			part := "CASE WHEN " + start + " > 1 AND regexp_like(substr(" + w + ", " + start + " - 1, 1), '" + astral + "') THEN substr(" + cut(w) + ", 2) ELSE " + cut(w) + " END"
			return "regexp_replace(regexp_replace(" + part + ", '" + astral + `\\z', ''), '(` + astral + ")x', '$1')"
		}, start, length)
		return "CASE WHEN " + ascii(s) + " THEN " + cut(s) + " ELSE " + wide + " END"
	}, start, length)
}

// RegexReplace replaces all matches. Digits that follow the number of a group do not belong to it.
func (language) RegexReplace(text, pattern string, replacement []providers.Piece) string {
	var b strings.Builder
	group := false
	for _, p := range replacement {
		if p.Group >= 0 {
			b.WriteString("$" + strconv.Itoa(p.Group))
		} else {
			for i := range len(p.Text) {
				c := p.Text[i]
				if c == '\\' || c == '$' || i == 0 && group && c >= '0' && c <= '9' {
					b.WriteByte('\\')
				}
				b.WriteByte(c)
			}
		}
		group = p.Group >= 0
	}
	return "regexp_replace(" + text + ", " + literal(pattern) + ", " + literal(b.String()) + ")"
}

// Lpad fills up at the left.
func (l language) Lpad(text string, width int, padding string) string {
	return l.pad("lpad", text, width, padding)
}

// Rpad fills up at the right.
func (l language) Rpad(text string, width int, padding string) string {
	return l.pad("rpad", text, width, padding)
}

func (l language) pad(fn, text string, width int, padding string) string {
	return once(text, "s", func(s string) string {
		return l.Pad(fn, s, width, padding, units, func(n string) string { return n })
	})
}

// SHA256 is the engine's.
func (language) SHA256(text string) string { return "sha2(" + text + ", 256)" }
