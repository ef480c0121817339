package duckdb

import (
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/internal/alike"
)

// space is the class of Unicode's white space as a regular expression; the engine's own trim removes spaces only, and
// with a list of characters it takes 4.5 us a row.
const space = `[\s\x{b}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]`

// Patterns of texts that are read as another type; everything else is no value of that type.
const (
	plainPattern    = `[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)`
	exponentPattern = plainPattern + `[eE][+-]?[0-9]{1,3}`
	secondPattern   = `(:[0-5][0-9](\.[0-9]{1,9})?)?`
)

// Canonical turns a column into canonical text.
//
// Texts are trimmed of Unicode's white space. Numbers come from decimal text, rounded half away from zero at the
// field's scale; a floating point number counts as its shortest decimal text, and what needs more than 38 digits is
// null. Dates run from the year 1000 to 9999. A date-time that a zone's clock shows twice is the later one, one that
// it skips is moved forward.
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
	switch v.from {
	case providers.TypeFloat:
		return bind(v.expr, "f", func(f string) string {
			return "CASE WHEN isfinite(" + f + ") THEN CASE WHEN " + f + " = 0 THEN '0' ELSE " + bind("("+varchar(f)+")", "s", func(s string) string {
				return "CASE WHEN contains(" + s + ", 'e') THEN " + unfolded(s, "'0'") +
					" WHEN suffix(" + s + ", '.0') THEN left(" + s + ", -2) ELSE " + s + " END"
			}) + " END END"
		})
	case providers.TypeTimestamp:
		return varchar("CAST(" + v.expr + " AS TIMESTAMP)")
	case providers.TypeInstant:
		return "replace(" + varchar("make_timestamp(epoch_us("+v.expr+"))") + ", ' ', 'T') || 'Z'"
	}
	return varchar(v.expr)
}

// set is the values of a text between semicolons: trimmed, sorted by bytes, each once.
func (v value) Set() string {
	all := "(" + v.text() + ")"
	if v.from == providers.TypeText && plain(v.expr) {
		all = v.expr
	}
	return bind(all, "s", func(s string) string {
		s = varchar(s)
		items := "list_transform(string_split(" + s + ", ';'), lambda i: " + trimmed("i") + ")"
		return "CASE WHEN contains(" + s + ", ';') THEN list_aggregate(list_sort(list_distinct(" + items + ")), 'string_agg', ';') ELSE " + trimmed(s) + " END"
	})
}

func (v value) Number(scale int) (string, bool) {
	// Texts become decimals of 18 digits in 50 ns, of 38 digits in 11 us. At scale 18 the former are written without
	// a digit before the point.
	cast := func(s string) string {
		digits := "," + strconv.Itoa(scale) + ")"
		if scale >= 18 {
			return varchar(tryCast(s, "DECIMAL(38"+digits))
		}
		return "coalesce(" + varchar(tryCast(s, "DECIMAL(18"+digits)) + ", " + varchar(tryCast(s, "DECIMAL(38"+digits)) + ")"
	}
	switch v.from {
	case providers.TypeInt, providers.TypeDecimal:
		return bind(v.expr, "n", cast), true
	case providers.TypeFloat:
		return bind("("+v.text()+")", "n", cast), true
	case providers.TypeText:
		return bind(v.Trimmed(), "s", func(s string) string {
			return "CASE WHEN " + matches(s, plainPattern) + " THEN " + cast(s) + " WHEN " + matches(s, exponentPattern) + " THEN " +
				bind("("+unfolded(s, "''")+")", "n", cast) + " END"
		}), true
	}
	return "", false
}

func (v value) Bool() (string, bool) {
	switch v.from {
	case providers.TypeBool:
		return varchar(v.expr), true
	case providers.TypeInt, providers.TypeDecimal, providers.TypeFloat:
		return alike.Bit(v.expr, "'true'", "'false'"), true
	case providers.TypeText:
		return bind("lower("+v.Trimmed()+")", "s", func(s string) string {
			return alike.Truth(s, "'true'", "'false'")
		}), true
	}
	return "", false
}

// date takes dates and their text. A timestamp is a date only in a zone, which to_date says.
func (v value) Date() (string, bool) {
	switch v.from {
	case providers.TypeDate:
		return bind(v.expr, "d", func(d string) string {
			return alike.Years(d, varchar(d))
		}), true
	case providers.TypeText:
		return bind(v.Trimmed(), "s", func(s string) string {
			return "CASE WHEN " + matches(s, alike.Date) + " THEN " + varchar(tryCast(s, "DATE")) + " END"
		}), true
	}
	return "", false
}

func (v value) DateTime() (string, bool) {
	switch v.from {
	case providers.TypeDate, providers.TypeTimestamp:
		return utc(v.local(tryCast(v.expr, "TIMESTAMP")), plain(v.expr) && v.utc()), true
	case providers.TypeInstant:
		return utc("make_timestamp(epoch_us("+v.expr+"))", plain(v.expr)), true
	case providers.TypeText:
		return bind(v.Trimmed(), "s", func(s string) string {
			return "CASE WHEN " + matches(s, alike.Date+`[T ]`+alike.Clock+`:[0-5][0-9]Z`) + " THEN " + utc(tryCast("left("+s+", 19)", "TIMESTAMP"), true) +
				" WHEN " + matches(s, alike.Date+`([T ]`+alike.Clock+secondPattern+`)?`) + " THEN " + utc(v.local(second(s)), false) +
				" WHEN " + matches(s, alike.Date+`[T ]`+alike.Clock+secondPattern+alike.Zone) + " THEN " + utc(offset(s), false) + " END"
		}), true
	}
	return "", false
}

func (v value) utc() bool { return v.zone == "" || v.zone == "UTC" }

// local reads a timestamp in the value's zone and gives it in UTC, both without zone.
func (v value) local(timestamp string) string {
	if v.utc() {
		return timestamp
	}
	return "make_timestamp(epoch_us(" + timestamp + " AT TIME ZONE " + literal(v.zone) + "))"
}

// second is the whole second that a matching text names: fractions are cut off here, because a cast would round them.
func second(s string) string {
	return tryCast("regexp_extract("+s+", '^[-0-9]+([T ][0-9]+:[0-9]+(:[0-9]+)?)?')", "TIMESTAMP")
}

// offset is a matching text with an offset, in UTC.
func offset(s string) string {
	z := "regexp_extract(" + s + ", '(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)$')"
	minutes := "CASE WHEN upper(" + z + ") = 'Z' THEN 0 ELSE CAST(left(" + z + ", 1) || '1' AS INTEGER) * (60 * CAST(substr(" + z +
		", 2, 2) AS INTEGER) + CASE WHEN length(" + z + ") > 3 THEN CAST(right(" + z + ", 2) AS INTEGER) ELSE 0 END) END"
	return second(s) + " - to_minutes(" + minutes + ")"
}

// utc writes a timestamp that is in UTC, to the second, rounded down. One that is cheap to compute is computed twice.
func utc(timestamp string, cheap bool) string {
	format := func(t string) string {
		return alike.Years(t, "strftime("+t+", '%Y-%m-%dT%H:%M:%SZ')")
	}
	if cheap {
		return format(timestamp)
	}
	return bind("("+timestamp+")", "t", format)
}

func (v value) Time() (string, bool) {
	format := func(time string) string {
		return "strftime(DATE '2000-01-01' + " + time + ", '%H:%M:%S.%gZ')"
	}
	switch v.from {
	case providers.TypeTime:
		return "CASE WHEN " + v.expr + " < TIME '24:00:00' THEN " + format(v.expr) + " END", true
	case providers.TypeText:
		return bind(v.Trimmed(), "s", func(s string) string {
			time := tryCast("regexp_extract("+s+`, '^[0-9]+:[0-9]+(:[0-9]+(\.[0-9]{1,3})?)?')`, "TIME")
			return "CASE WHEN " + matches(s, alike.Clock+secondPattern+"Z?") + " THEN " + format(time) + " END"
		}), true
	}
	return "", false
}

func (v value) ID() (string, bool) {
	if v.from != providers.TypeText {
		return "", false
	}
	return bind(v.Trimmed(), "s", func(s string) string {
		return alike.ID(s, matches, func(condition string, n int) string {
			return "CAST(" + condition + " AS INTEGER) * " + strconv.Itoa(n)
		})
	}), true
}

// unfolded writes a number with an exponent in plain digits; whole stands before the point where there is no digit.
// The engine's own cast rounds such texts wrongly: '9e-2' becomes 1 at scale 0.
func unfolded(s, whole string) string {
	mantissa := "regexp_extract(" + s + ", '[0-9.]+')"
	digits := "replace(" + mantissa + ", '.', '')"
	exponent := "CAST(regexp_extract(" + s + ", '[eE][+]?(-?[0-9]+)$', 1) AS INTEGER)"
	point := "(strpos(" + mantissa + " || '.', '.') - 1 + " + exponent + ")"
	return "CASE WHEN starts_with(" + s + ", '-') THEN '-' ELSE '' END || CASE WHEN " + point + " <= 0 THEN " + whole + " || '.' || repeat('0', -" +
		point + ") || " + digits + " WHEN " + point + " >= length(" + digits + ") THEN " + digits + " || repeat('0', " + point + " - length(" + digits +
		")) ELSE left(" + digits + ", " + point + ") || '.' || substr(" + digits + ", " + point + " + 1) END"
}

func varchar(expr string) string { return "CAST(" + expr + " AS VARCHAR)" }

func tryCast(expr, typ string) string { return "TRY_CAST(" + expr + " AS " + typ + ")" }

func matches(s, pattern string) string { return "regexp_full_match(" + s + ", '" + pattern + "')" }

func (v value) Trimmed() string {
	switch {
	case v.from != providers.TypeText:
		return v.text() // what the engine writes has no white space at its ends
	case plain(v.expr):
		return "(" + trimmed(v.expr) + ")"
	}
	return bind("("+v.text()+")", "x", trimmed)
}

// trimmed is a text without white space at its ends; blank text is null.
func trimmed(s string) string {
	s = varchar(s)
	return "CASE WHEN " + tidy(s) + " THEN " + s +
		" WHEN NOT " + matches(s, space+"*") + " THEN regexp_replace(" + s + ", '^" + space + "+|" + space + "+$', '', 'g') END"
}

// tidy tells whether a text has no white space at its ends. Most texts are ASCII, where it shows at their first and last
// byte; what is not is not said to be tidy.
func tidy(s string) string {
	var ends []string
	for _, c := range []string{"' '", "chr(9)", "chr(10)", "chr(11)", "chr(12)", "chr(13)"} {
		ends = append(ends, "suffix("+s+", "+c+")")
	}
	return s + " >= '!' AND strlen(" + s + ") = length(" + s + ") AND NOT (" + strings.Join(ends, " OR ") + ")"
}

// bind computes an expression once for several uses. Within CASE the engine computes equal expressions again each
// time, and calls of random() or nextval() differ; a lambda over a list of one costs 40 ns a row.
func bind(expr, name string, f func(name string) string) string {
	if plain(expr) {
		return f(expr)
	}
	return "list_transform([" + expr + "], lambda " + name + ": " + f(name) + ")[1]"
}

// plain tells whether an expression is the name of a column.
func plain(expr string) bool {
	parts, rest := identifiers(expr)
	return len(parts) > 0 && rest == ""
}
