package databricks

import (
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/internal/alike"
)

// white is what is white space to Unicode; the engine's own trim removes spaces only. It is written with escapes.
const white = `\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000`

// Patterns of texts that are read as another type; everything else is no value of that type. A literal of the engine
// takes backslashes as escapes, so there are none.
const (
	plainPattern    = `[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)`
	exponentPattern = plainPattern + `[eE][+-]?[0-9]{1,3}`
	secondPattern   = `(:[0-5][0-9]([.][0-9]{1,9})?)?`
)

// Canonical turns a column into canonical text, by the rules of every dialect: texts are trimmed of Unicode's white
// space; numbers come from decimal text, rounded half away from zero at the field's scale, and what needs more than 38
// digits is null; dates run from the year 1000 to 9999; a date-time that a zone's clock shows twice is the later one,
// one that it skips is moved forward.
func (dialect) Canonical(expr string, from providers.Type, to providers.Canon, zone string) (string, bool) {
	return alike.Canonical(value{expr: expr, from: from, zone: zone}, from, to)
}

// Cast writes a column as people would write it: numbers in plain digits, 2 rather than 2.0, date-times with a
// fraction of a second only where there is one, instants in UTC with a Z.
func (dialect) Cast(expr string, from providers.Type) string {
	return value{expr: expr, from: from}.text()
}

// value is an expression of a known type.
type value struct {
	expr string
	from providers.Type
	zone string
}

func (v value) text() string {
	s := text(v.expr)
	switch v.from {
	case providers.TypeText, providers.TypeTime:
		if plain(v.expr) {
			return v.expr
		}
		return "(" + v.expr + ")"
	case providers.TypeFloat:
		return bind(s, "f", func(f string) string {
			// The engine writes 1.0E7 and 1.0E-4 where people write 10000000 and 0.0001.
			return "CASE WHEN " + f + " IN ('0.0', '-0.0') THEN '0' WHEN " + f + " LIKE '%N%' OR " + f + " LIKE '%I%' THEN NULL ELSE " + bind(shortest(f), "b", func(b string) string {
				return "CASE WHEN " + b + " LIKE '%E%' THEN " + unfolded(b) + " ELSE regexp_replace(" + b + ", '[.]0$', '') END"
			}) + " END"
		})
	case providers.TypeInstant:
		return "(replace(" + s + ", ' ', 'T') || 'Z')"
	}
	return s
}

func (v value) trimmed() string { return trim(v.text()) }

// Trimmed is null for blank text.
func (v value) Trimmed() string { return "nullif(" + v.trimmed() + ", '')" }

// set is the values of a text between semicolons: trimmed, sorted by bytes, each once.
func (v value) Set() string {
	return "nullif(array_join(array_sort(array_distinct(filter(transform(split(" + v.text() + ", ';'), i -> " + trim("i") + "), i -> i <> ''))), ';'), '')"
}

func (v value) Number(scale int) (string, bool) {
	cast := func(s string) string { return text(tryCast(s, "DECIMAL(38,"+strconv.Itoa(scale)+")")) }
	switch v.from {
	case providers.TypeInt, providers.TypeDecimal:
		return cast(v.expr), true
	case providers.TypeFloat:
		return cast(v.text()), true
	case providers.TypeText:
		return bind(v.trimmed(), "s", func(s string) string {
			return "CASE WHEN " + matches(s, plainPattern) + " THEN " + cast(s) + " WHEN " + matches(s, exponentPattern) + " THEN " + cast(unfolded(s)) + " END"
		}), true
	}
	return "", false
}

func (v value) Bool() (string, bool) {
	switch v.from {
	case providers.TypeBool:
		return text(v.expr), true
	case providers.TypeInt, providers.TypeDecimal, providers.TypeFloat:
		return alike.Bit(v.expr, "'true'", "'false'"), true
	case providers.TypeText:
		s := "lower(" + v.trimmed() + ")"
		return alike.Truth(s, "'true'", "'false'"), true
	}
	return "", false
}

// date takes dates and their text. A timestamp is a date only in a zone, which to_date says.
func (v value) Date() (string, bool) {
	switch v.from {
	case providers.TypeDate:
		return alike.Years(v.expr, text(v.expr)), true
	case providers.TypeText:
		s := v.trimmed()
		return "CASE WHEN " + matches(s, alike.Date) + " THEN " + text(tryCast(s, "DATE")) + " END", true
	}
	return "", false
}

func (v value) DateTime() (string, bool) {
	switch v.from {
	case providers.TypeDate, providers.TypeTimestamp:
		return utc(v.local(tryCast(v.expr, "TIMESTAMP"))), true
	case providers.TypeInstant:
		return utc(v.expr), true
	case providers.TypeText:
		return bind(v.trimmed(), "s", func(s string) string {
			return utc("CASE WHEN " + matches(s, alike.Date+`([T ]`+alike.Clock+secondPattern+`)?`) + " THEN " + v.local(second(s)) +
				" WHEN " + matches(s, alike.Date+`[T ]`+alike.Clock+secondPattern+alike.Zone) + " THEN " + offset(s) + " END")
		}), true
	}
	return "", false
}

// local reads a clock in the value's zone and gives the instant. Where the clock shows a time twice, the engine takes
// the earlier instant: the later one has the offset of a day and a half later, and shows the same time.
func (v value) local(timestamp string) string {
	if v.zone == "" || v.zone == "UTC" {
		return timestamp
	}
	zone := literal(v.zone)
	return bind(timestamp, "t", func(t string) string {
		return bind("to_utc_timestamp("+t+" + INTERVAL 36 HOURS, "+zone+") - INTERVAL 36 HOURS", "u", func(later string) string {
			return "CASE WHEN from_utc_timestamp(" + later + ", " + zone + ") = " + t + " THEN " + later + " ELSE to_utc_timestamp(" + t + ", " + zone + ") END"
		})
	})
}

// second is the whole second that a matching text names: fractions are cut off.
func second(s string) string {
	return tryCast("regexp_extract("+s+", '^[-0-9]+([T ][0-9]+:[0-9]+(:[0-9]+)?)?', 0)", "TIMESTAMP")
}

// offset is a matching text with an offset, in UTC.
func offset(s string) string {
	return bind("regexp_extract("+s+", '(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)$', 0)", "z", func(z string) string {
		minutes := "CASE WHEN " + z + " IN ('Z', 'z') THEN 0 ELSE CASE WHEN left(" + z + ", 1) = '-' THEN -1 ELSE 1 END * (60 * CAST(substr(" + z +
			", 2, 2) AS INT) + CASE WHEN length(" + z + ") > 3 THEN CAST(right(" + z + ", 2) AS INT) ELSE 0 END) END"
		return "timestamp_micros(unix_micros(" + second(s) + ") - CAST(60000000 AS BIGINT) * (" + minutes + "))"
	})
}

// utc writes an instant, to the second, rounded down.
func utc(instant string) string {
	return bind(instant, "w", func(w string) string {
		return alike.Years(w, "replace(left("+text(w)+", 19), ' ', 'T') || 'Z'")
	})
}

func (v value) Time() (string, bool) {
	if v.from != providers.TypeTime && v.from != providers.TypeText {
		return "", false
	}
	return bind(v.trimmed(), "s", func(s string) string {
		return "CASE WHEN " + matches(s, alike.Clock+secondPattern+"Z?") + " THEN left(" + s + ", 5) || ':' || coalesce(nullif(regexp_extract(" + s +
			", '^[0-9]+:[0-9]+:([0-9]+)', 1), ''), '00') || '.' || rpad(regexp_extract(" + s + ", '[.]([0-9]{1,3})', 1), 3, '0') || 'Z' END"
	}), true
}

func (v value) ID() (string, bool) {
	if v.from != providers.TypeText {
		return "", false
	}
	return bind(v.trimmed(), "s", func(s string) string {
		return alike.ID(s, matches, func(condition string, n int) string {
			return "CASE WHEN " + condition + " THEN " + strconv.Itoa(n) + " ELSE 0 END"
		})
	}), true
}

// unfolded writes a number with an exponent in plain digits.
func unfolded(s string) string {
	return bind("regexp_replace(regexp_extract("+s+", '[0-9.]+', 0), '[.]0*$', '')", "m", func(m string) string {
		digits := "replace(" + m + ", '.', '')"
		point := "instr(" + m + " || '.', '.') - 1 + CAST(regexp_extract(" + s + ", '[eE][+]?(-?[0-9]+)$', 1) AS INT)"
		return bind(point, "p", func(p string) string {
			return "CASE WHEN left(" + s + ", 1) = '-' THEN '-' ELSE '' END || CASE WHEN " + p + " <= 0 THEN '0.' || repeat('0', -" + p + ") || " + digits +
				" WHEN " + p + " >= length(" + digits + ") THEN " + digits + " || repeat('0', " + p + " - length(" + digits + ")) ELSE left(" + digits + ", " + p +
				") || '.' || substr(" + digits + ", " + p + " + 1) END"
		})
	})
}

// shortest is the shortest text of a floating point number, which need not be the engine's: a JVM before version 19
// writes digits that nobody needs (JDK-4511638), 9.0766344474174643E17 for 9.076634447417464E17, 9.999999999999999E22
// for 1E23, 4.9E-324 for 5E-324. So a digit less is tried, of 18 digits two.
func shortest(f string) string {
	digits := "length(regexp_replace(" + f + ", '^-?[0.]*|[.]|E.*$', ''))"
	return "coalesce(CASE WHEN " + digits + " >= 18 THEN " + shorter(f, 2) + " END, CASE WHEN " + digits + " >= 16 OR " + f + " LIKE '%E-32_' THEN " + shorter(f, 1) +
		" END, " + f + ")"
}

// shorter is a number with some digits less, rounded, as digits and an exponent; null where that is another number.
func shorter(f string, drop int) string {
	unit := strings.Repeat("0", drop)
	return bind("regexp_extract("+f+", '[0-9.]+', 0)", "m", func(m string) string {
		return bind(text("(TRY_CAST(replace("+m+", '.', '') AS BIGINT) + 5"+unit[1:]+") div 1"+unit), "n", func(n string) string {
			kept := "regexp_replace(" + n + ", '0+$', '')"
			exponent := "coalesce(TRY_CAST(regexp_extract(" + f + ", 'E(.*)$', 1) AS INT), 0) - (length(" + m + ") - instr(" + m + ", '.')) + " + strconv.Itoa(drop) +
				" + length(" + n + ") - length(" + kept + ")"
			return bind("CASE WHEN left("+f+", 1) = '-' THEN '-' ELSE '' END || "+kept+" || 'E' || "+text(exponent), "g", func(g string) string {
				return "CASE WHEN TRY_CAST(" + g + " AS DOUBLE) = CAST(" + f + " AS DOUBLE) THEN " + g + " END"
			})
		})
	})
}

// bind computes an expression once for several uses: a lambda over a list of one.
func bind(expr, name string, f func(name string) string) string {
	if plain(expr) {
		return f(expr)
	}
	return "transform(array(" + expr + "), " + name + " -> " + f(name) + ")[0]"
}

// plain tells whether an expression is the name of a column.
func plain(expr string) bool { return identifiers(expr) != nil }

func text(expr string) string { return "CAST(" + expr + " AS STRING)" }

func tryCast(expr, typ string) string { return "TRY_CAST(" + expr + " AS " + typ + ")" }

func matches(s, pattern string) string { return "regexp_like(" + s + ", '^(" + pattern + ")$')" }

func trim(s string) string { return "trim(BOTH '" + white + "' FROM " + s + ")" }
