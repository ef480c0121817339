package duckdb

import (
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers"
)

// white is Unicode's white space outside ASCII, which the engine's own trim leaves in place.
const white = "\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"

// Patterns of texts that are read as another type; everything else is no value of that type.
const (
	numberPattern = `[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?`
	datePattern   = `[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}`
	clockPattern  = `([01][0-9]|2[0-3]):[0-5][0-9]`
	secondPattern = `(:[0-5][0-9](\.[0-9]{1,9})?)?`
	zonePattern   = `( ?(Z|z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?))`
)

// Canonical turns a column into canonical text.
//
// Texts are trimmed of Unicode's white space. Numbers come from decimal text, rounded half away from zero at the
// field's scale; a floating point number counts as its shortest decimal text, and what does not fit 38 digits is
// null. Dates run from the year 1000 to 9999. A date-time that a zone's clock shows twice is the later one, one that
// it skips is moved forward.
func (dialect) Canonical(expr string, from providers.Type, to providers.Canon, zone string) (string, bool) {
	e := value{expr: expr, from: from, zone: zone}
	if from == providers.TypeOther {
		return "", false
	}
	switch to.Kind {
	case providers.CanonText:
		return trimmed(e.text()), true
	case providers.CanonSet:
		return e.set(), true
	case providers.CanonNumber:
		return e.number(to.Scale)
	case providers.CanonBool:
		return e.boolean()
	case providers.CanonDate:
		return e.date()
	case providers.CanonDateTime:
		return e.datetime()
	case providers.CanonTime:
		return e.clock()
	case providers.CanonID:
		return e.id()
	}
	return "", false
}

// Cast writes a column as people would write it: numbers in plain digits, 2 rather than 2.0, date-times with a
// fraction of a second only where there is one, instants in UTC with a Z.
func (dialect) Cast(expr string, from providers.Type) string {
	return value{expr: expr, from: from}.text()
}

// value is an expression of a known type. It may stand several times in what is made of it; the engine computes
// equal expressions once.
type value struct {
	expr string
	from providers.Type
	zone string
}

func (v value) text() string {
	s := varchar(v.expr)
	switch v.from {
	case providers.TypeFloat:
		return "CASE WHEN isfinite(" + v.expr + ") THEN CASE WHEN contains(" + s + ", 'e-') THEN " +
			coalesce(unpadded(varchar(tryCast(s, "DECIMAL(38,37)"))), s) +
			" WHEN contains(" + s + ", 'e') THEN " + coalesce(varchar(tryCast(s, "DECIMAL(38,0)")), s) +
			" WHEN suffix(" + s + ", '.0') THEN left(" + s + ", -2) ELSE " + s + " END END"
	case providers.TypeTimestamp:
		return varchar("CAST(" + v.expr + " AS TIMESTAMP)")
	case providers.TypeInstant:
		return "replace(" + varchar("make_timestamp(epoch_us("+v.expr+"))") + ", ' ', 'T') || 'Z'"
	}
	return s
}

// set is the values of a text between semicolons: trimmed, sorted by bytes, each once.
func (v value) set() string {
	item := "trim(s, " + spaces() + ")"
	return "nullif(array_to_string(list_sort(list_distinct(list_filter(list_transform(string_split(" + v.text() +
		", ';'), lambda s: " + item + "), lambda s: s <> ''))), ';'), '')"
}

func (v value) number(scale int) (string, bool) {
	decimal := "DECIMAL(38," + strconv.Itoa(scale) + ")"
	switch v.from {
	case providers.TypeInt, providers.TypeDecimal:
		return varchar(tryCast(v.expr, decimal)), true
	case providers.TypeFloat:
		return varchar(tryCast(varchar(v.expr), decimal)), true
	case providers.TypeText:
		return matching(v.text(), numberPattern, func(s string) string { return varchar(tryCast(s, decimal)) }), true
	}
	return "", false
}

func (v value) boolean() (string, bool) {
	switch v.from {
	case providers.TypeBool:
		return varchar(v.expr), true
	case providers.TypeInt, providers.TypeDecimal, providers.TypeFloat:
		return "CASE " + v.expr + " WHEN 1 THEN 'true' WHEN 0 THEN 'false' END", true
	case providers.TypeText:
		s := "lower(" + trim(v.text()) + ")"
		return "CASE WHEN " + s + " IN ('true', 't', 'yes', 'y', 'on', '1') THEN 'true' WHEN " + s + " IN ('false', 'f', 'no', 'n', 'off', '0') THEN 'false' END", true
	}
	return "", false
}

// date takes dates and their text. A timestamp is a date only in a zone, which to_date says.
func (v value) date() (string, bool) {
	switch v.from {
	case providers.TypeDate:
		return "CASE WHEN year(" + v.expr + ") BETWEEN 1000 AND 9999 THEN " + varchar(v.expr) + " END", true
	case providers.TypeText:
		return matching(v.text(), datePattern, func(s string) string { return varchar(tryCast(s, "DATE")) }), true
	}
	return "", false
}

func (v value) datetime() (string, bool) {
	switch v.from {
	case providers.TypeDate, providers.TypeTimestamp:
		return utc(v.local(tryCast(v.expr, "TIMESTAMP"))), true
	case providers.TypeInstant:
		return utc("make_timestamp(epoch_us(" + v.expr + "))"), true
	case providers.TypeText:
		pattern := datePattern + `([T ]` + clockPattern + secondPattern + zonePattern + `?)?`
		return matching(v.text(), pattern, func(s string) string {
			return utc("CASE WHEN regexp_matches(" + s + ", ':[0-9.:]+" + zonePattern + "$') THEN " + offset(s) + " ELSE " + v.local(second(s)) + " END")
		}), true
	}
	return "", false
}

// local reads a timestamp in the value's zone and gives it in UTC, both without zone.
func (v value) local(timestamp string) string {
	if v.zone == "" || v.zone == "UTC" {
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

// utc writes a timestamp that is in UTC, to the second, rounded down.
func utc(timestamp string) string {
	return "CASE WHEN year(" + timestamp + ") BETWEEN 1000 AND 9999 THEN strftime(" + timestamp + ", '%Y-%m-%dT%H:%M:%SZ') END"
}

func (v value) clock() (string, bool) {
	format := func(time string) string {
		return "strftime(DATE '2000-01-01' + " + time + ", '%H:%M:%S.%gZ')"
	}
	switch v.from {
	case providers.TypeTime:
		return "CASE WHEN " + v.expr + " < TIME '24:00:00' THEN " + format(v.expr) + " END", true
	case providers.TypeText:
		return matching(v.text(), clockPattern+secondPattern+"Z?", func(s string) string {
			return format(tryCast("regexp_extract("+s+`, '^[0-9]+:[0-9]+(:[0-9]+(\.[0-9]{1,3})?)?')`, "TIME"))
		}), true
	}
	return "", false
}

// checksum is the characters that end an id: one for each five of the first fifteen, bit i set where character i is
// upper case.
const checksum = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

// id gives ids of 15 characters their checksum. One that does not fit is no id: a table that has lost the case of its
// ids has lost the ids.
func (v value) id() (string, bool) {
	if v.from != providers.TypeText {
		return "", false
	}
	// The blocks of bits in the order of the characters they stand for, six places apart.
	blocks := make([]string, len(checksum))
	for i := range blocks {
		for bit := range 5 {
			blocks[i] += strconv.Itoa(i >> bit & 1)
		}
	}
	const upper, other = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz0123456789"
	s := trim(v.text())
	bits := "translate(" + s + ", '" + upper + other + "', '" + strings.Repeat("1", len(upper)) + strings.Repeat("0", len(other)) + "')"
	sum := make([]string, 3)
	for i := range sum {
		block := "substr(" + bits + ", " + strconv.Itoa(5*i+1) + ", 5)"
		sum[i] = "substr('" + checksum + "', 1 + (instr('" + strings.Join(blocks, " ") + "', " + block + ") - 1) // 6, 1)"
	}
	suffix := strings.Join(sum, " || ")
	return "CASE WHEN regexp_full_match(" + s + ", '[A-Za-z0-9]{15}') THEN " + s + " || " + suffix +
		" WHEN regexp_full_match(" + s + ", '[A-Za-z0-9]{18}') AND right(" + s + ", 3) = " + suffix + " THEN " + s + " END", true
}

func varchar(expr string) string { return "CAST(" + expr + " AS VARCHAR)" }

func tryCast(expr, typ string) string { return "TRY_CAST(" + expr + " AS " + typ + ")" }

func coalesce(a, b string) string { return "coalesce(" + a + ", " + b + ")" }

// unpadded drops the zeros at the end of a decimal's fraction.
func unpadded(s string) string { return "rtrim(rtrim(" + s + ", '0'), '.')" }

// spaces is the characters that trim takes away.
func spaces() string {
	return "chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || ' ' || '" + white + "'"
}

func trim(s string) string { return "trim(" + s + ", " + spaces() + ")" }

func trimmed(s string) string { return "nullif(" + trim(s) + ", '')" }

// matching makes something of a trimmed text that matches a pattern as a whole, null of any other.
func matching(text, pattern string, f func(s string) string) string {
	s := trim(text)
	return "CASE WHEN regexp_full_match(" + s + ", '" + pattern + "') THEN " + f(s) + " END"
}
