package duckdb

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

// decimal is the type of numbers of the mapping language: products have 18 decimals, which leaves 20 digits before the
// point.
const decimal = "DECIMAL(29,9)"

// astral is the class of the characters that take two units of UTF-16.
const astral = `[\x{10000}-\x{10ffff}]`

// Bind computes an expression once.
func (language) Bind(expr string, f func(string) string) string { return once(expr, "b", f) }

// once binds an expression to a name that occurs in none of the others, which stand beside it.
func once(expr, name string, f func(string) string, others ...string) string {
	return alike.Bind(bind).Once(expr, name, f, others...)
}

func number(x string) string { return tryCast(x, decimal) }

// Number goes through decimals of 18 digits where a text is short enough: 50 ns against 11 us.
func (language) Number(x string, from providers.Type) string {
	cast := func(s string) string {
		return "coalesce(" + number(tryCast(s, "DECIMAL(18,9)")) + ", " + number(s) + ")"
	}
	v := value{expr: x, from: from}
	switch from {
	case providers.TypeFloat:
		return bind("("+v.text()+")", "n", cast)
	case providers.TypeText:
		return bind(v.Trimmed(), "s", func(s string) string {
			return "CASE WHEN " + matches(s, plainPattern) + " THEN " + cast(s) + " WHEN " + matches(s, exponentPattern) + " THEN " +
				bind("("+unfolded(s, "''")+")", "n", cast) + " END"
		})
	}
	return number(x)
}

// Digits writes a number.
func (language) Digits(n string) string { return "rtrim(rtrim(" + varchar(n) + ", '0'), '.')" }

// Whole is an INTEGER.
func (language) Whole(n string) string {
	return once(n, "w", func(n string) string {
		return "CASE WHEN " + n + " > 1000000000 THEN 1000000000 WHEN " + n + " < -1000000000 THEN -1000000000 ELSE " + tryCast("floor("+n+")", "INTEGER") + " END"
	})
}

// Bool reads a truth value.
func (language) Bool(x string, from providers.Type) string {
	if from != providers.TypeText {
		return alike.Bit(x, "true", "false")
	}
	return bind("lower("+value{expr: x, from: from}.Trimmed()+")", "s", func(s string) string {
		return alike.Truth(s, "true", "false")
	})
}

// Date reads a date.
func (language) Date(text string) string {
	return bind(value{expr: text, from: providers.TypeText}.Trimmed(), "s", func(s string) string {
		return "CASE WHEN " + matches(s, alike.Date) + " THEN " + tryCast(s, "DATE") + " END"
	})
}

// Timestamp reads a date and a time.
func (language) Timestamp(text string) string {
	return once(text, "s", func(s string) string {
		return "CASE WHEN " + matches(s, alike.Date+" "+alike.Clock+`:[0-5][0-9](\.[0-9]{1,6})?`) + " THEN " + tryCast(s, "TIMESTAMP") + " END"
	})
}

// Instant reads a date and a time with an offset.
func (language) Instant(text string) string {
	return once(text, "s", func(s string) string {
		return "CASE WHEN " + matches(s, alike.Date+" "+alike.Clock+`:[0-5][0-9](\.[0-9]{1,6})?[-+](0[0-9]|1[0-4]):[0-5][0-9]`) + " THEN " + tryCast(s, "TIMESTAMPTZ") + " END"
	})
}

// instantClock is what a clock in UTC shows of an instant.
func instantClock(x string) string { return "make_timestamp(epoch_us(" + x + "))" }

// Day is the date in a zone.
func (language) Day(x string, from providers.Type, in, zone string) string {
	return once(x, "t", func(t string) string {
		if from == providers.TypeInstant {
			return alike.Years(instantClock(t), "CAST("+shown(t, zone)+" AS DATE)")
		}
		t = "CAST(" + t + " AS TIMESTAMP)"
		if in == "" {
			in = "UTC"
		}
		return alike.Years(t, "CAST("+shown("("+t+" AT TIME ZONE "+literal(in)+")", zone)+" AS DATE)")
	})
}

// shown is what a clock in a zone shows at an instant.
func shown(x, zone string) string {
	return "(" + x + " AT TIME ZONE " + literal(zone) + ")"
}

// Clock writes what a clock shows.
func (language) Clock(x string, from providers.Type, zone string) string {
	return once(x, "t", func(t string) string {
		switch from {
		case providers.TypeInstant:
			t = shown(t, zone)
		case providers.TypeTimestamp:
			t = "CAST(" + t + " AS TIMESTAMP)"
		}
		return once(t, "c", func(c string) string { return alike.Years(c, "strftime("+c+", '%Y-%m-%d %H:%M:%S')") })
	})
}

// Add cannot overflow before it is cast.
func (language) Add(a, b string) string { return number("(" + a + " + " + b + ")") }

// Subtract cannot overflow before it is cast.
func (language) Subtract(a, b string) string { return number("(" + a + " - " + b + ")") }

// Multiply has a product of 18 decimals, and an error where it has more than 38 digits.
func (language) Multiply(a, b string) string { return number("TRY(" + a + " * " + b + ")") }

// Divide divides whole numbers: the engine's own division is one of floating point numbers. The quotient of the
// numbers with 9 decimals more, cut, is one away from zero where the rest is at least half the divisor.
func (language) Divide(a, b string) string {
	units := func(n string) string { return "CAST(" + n + " * CAST(1000000000 AS DECIMAL(10,0)) AS HUGEINT)" }
	return once(a, "n", func(a string) string {
		return once(b, "d", func(b string) string {
			top, under := units(a)+" * 1000000000", "nullif("+units(b)+", 0)"
			return once("{'n': "+top+", 'd': "+under+"}", "q", func(q string) string {
				n, d := q+".n", q+".d"
				quotient := n + " // " + d + " + CASE WHEN abs(" + n + " % " + d + ") * 2 >= abs(" + d + ") THEN CASE WHEN (" + n + " < 0) = (" + d + " < 0) THEN 1 ELSE -1 END ELSE 0 END"
				return number(tryCast(tryCast(quotient, "DECIMAL(29,0)")+" * CAST(0.000000001 AS DECIMAL(9,9))", "DECIMAL(38,9)"))
			}, a, b)
		}, a)
	}, b)
}

// Modulo is null where b is zero.
func (language) Modulo(a, b string) string { return number("(" + a + " % " + b + ")") }

// Abs drops the sign.
func (language) Abs(n string) string { return "abs(" + n + ")" }

// Round goes through a decimal of fewer digits, which rounds half away from zero.
func (language) Round(n string, digits int) string {
	return number(tryCast(n, "DECIMAL("+strconv.Itoa(21+digits)+","+strconv.Itoa(digits)+")"))
}

// Floor rounds down.
func (language) Floor(n string) string { return number("floor(" + n + ")") }

// Ceil rounds up.
func (language) Ceil(n string) string { return number("ceil(" + n + ")") }

// Lower is the engine's.
func (language) Lower(text string) string { return "lower(" + text + ")" }

// Upper is the engine's.
func (language) Upper(text string) string { return "upper(" + text + ")" }

// Trim looks at the ends of a text first: most have no white space there.
func (language) Trim(text string) string {
	return once(text, "s", func(s string) string {
		return "CASE WHEN " + tidy(s) + " THEN " + s + " ELSE regexp_replace(" + s + ", '^" + space + "+|" + space + "+$', '', 'g') END"
	})
}

// ascii tells whether every character is one byte.
func ascii(s string) string { return "strlen(" + s + ") = length(" + s + ")" }

// units counts the UTF-16 units of a text, as a BIGINT.
func units(s string) string {
	return "CASE WHEN " + ascii(s) + " THEN length(" + s + ") ELSE length(" + s + ") + length(regexp_replace(" + s + `, '[^\x{10000}-\x{10ffff}]+', '', 'g')) END`
}

// Length counts the UTF-16 units of a text.
func (language) Length(text string) string { return number(once(text, "s", units)) }

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
		wide := once("regexp_replace("+s+", '("+astral+`)', '\1x', 'g')`, "w", func(w string) string {
			part := "CASE WHEN " + start + " > 1 AND regexp_matches(substr(" + w + ", " + start + " - 1, 1), '" + astral + "') THEN substr(" + cut(w) + ", 2) ELSE " + cut(w) + " END"
			return "regexp_replace(regexp_replace(" + part + ", '" + astral + `\z', ''), '(` + astral + `)x', '\1', 'g')`
		}, start, length)
		return "CASE WHEN " + ascii(s) + " THEN " + cut(s) + " ELSE " + wide + " END"
	}, start, length)
}

// RegexReplace replaces all matches.
func (language) RegexReplace(text, pattern string, replacement []providers.Piece) string {
	var b strings.Builder
	for _, p := range replacement {
		if p.Group >= 0 {
			b.WriteString(`\` + strconv.Itoa(p.Group))
		} else {
			b.WriteString(strings.ReplaceAll(p.Text, `\`, `\\`))
		}
	}
	return "regexp_replace(" + text + ", " + literal(pattern) + ", " + literal(b.String()) + ", 'g')"
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
		return l.Pad(fn, s, width, padding, units, func(n string) string { return "CAST(" + n + " AS INTEGER)" })
	})
}

// SHA256 is the engine's.
func (language) SHA256(text string) string { return "sha256(" + text + ")" }
