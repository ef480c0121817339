package alike

import (
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers"
)

// Patterns of texts that are read as another type; everything else is no value of that type.
const (
	Date  = `[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}`
	Clock = `([01][0-9]|2[0-3]):[0-5][0-9]`
	Zone  = `( ?(Z|z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?))`
)

// Value is an expression of a known type that a dialect can write as canonical text of each kind; false where values of
// its type are none of that kind.
type Value interface {
	Trimmed() string
	Set() string
	Number(scale int) (string, bool)
	Bool() (string, bool)
	Date() (string, bool)
	DateTime() (string, bool)
	Time() (string, bool)
	ID() (string, bool)
}

// Canonical writes a value as canonical text of a kind.
func Canonical(v Value, from providers.Type, to providers.Canon) (string, bool) {
	if from == providers.TypeOther {
		return "", false
	}
	switch to.Kind {
	case providers.CanonText:
		return v.Trimmed(), true
	case providers.CanonSet:
		return v.Set(), true
	case providers.CanonNumber:
		return v.Number(to.Scale)
	case providers.CanonBool:
		return v.Bool()
	case providers.CanonDate:
		return v.Date()
	case providers.CanonDateTime:
		return v.DateTime()
	case providers.CanonTime:
		return v.Time()
	case providers.CanonID:
		return v.ID()
	}
	return "", false
}

// Truth reads a text in lower case as one of two values.
func Truth(s, yes, no string) string {
	return "CASE WHEN " + s + " IN ('true', 't', 'yes', 'y', 'on', '1') THEN " + yes + " WHEN " + s + " IN ('false', 'f', 'no', 'n', 'off', '0') THEN " + no + " END"
}

// Bit reads a number as one of two values.
func Bit(n, yes, no string) string {
	return "CASE " + n + " WHEN 1 THEN " + yes + " WHEN 0 THEN " + no + " END"
}

// Years gives null where a clock shows a year that Salesforce does not have.
func Years(clock, then string) string {
	return "CASE WHEN year(" + clock + ") BETWEEN 1000 AND 9999 THEN " + then + " END"
}

// checksum is the characters that end an id: one for each five of the first fifteen, bit i set where character i is
// upper case.
const checksum = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

// ID gives ids of 15 characters their checksum. One that does not fit is no id: a table that has lost the case of its
// ids has lost the ids. matches tells whether a pattern fits a whole text; either is a number where a condition holds,
// else zero.
func ID(s string, matches func(s, pattern string) string, either func(condition string, n int) string) string {
	sum := make([]string, 3)
	for i := range sum {
		bits := make([]string, 5)
		for bit := range bits {
			bits[bit] = either("substr("+s+", "+strconv.Itoa(5*i+bit+1)+", 1) BETWEEN 'A' AND 'Z'", 1<<bit)
		}
		sum[i] = "substr('" + checksum + "', 1 + " + strings.Join(bits, " + ") + ", 1)"
	}
	suffix := strings.Join(sum, " || ")
	return "CASE WHEN " + matches(s, "[A-Za-z0-9]{15}") + " THEN " + s + " || " + suffix +
		" WHEN " + matches(s, "[A-Za-z0-9]{18}") + " AND right(" + s + ", 3) = " + suffix + " THEN " + s + " END"
}
