package providertest

import (
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/providers"
)

// becomes tells which kinds a type can become. A timestamp is a date only by to_date, which names the zone.
func becomes(from providers.Type, to providers.CanonKind) bool {
	switch to {
	case providers.CanonText, providers.CanonSet:
		return true
	case providers.CanonNumber:
		return slices.Contains([]providers.Type{providers.TypeText, providers.TypeInt, providers.TypeDecimal, providers.TypeFloat}, from)
	case providers.CanonBool:
		return slices.Contains([]providers.Type{providers.TypeText, providers.TypeBool, providers.TypeInt, providers.TypeDecimal, providers.TypeFloat}, from)
	case providers.CanonDate:
		return from == providers.TypeText || from == providers.TypeDate
	case providers.CanonDateTime:
		return slices.Contains([]providers.Type{providers.TypeText, providers.TypeDate, providers.TypeTimestamp, providers.TypeInstant}, from)
	case providers.CanonTime:
		return from == providers.TypeText || from == providers.TypeTime
	case providers.CanonID:
		return from == providers.TypeText
	}
	return false
}

// castText is what a value reads like: v is the text it was cast from.
func castText(from providers.Type, v string) (string, bool) {
	switch from {
	case providers.TypeDecimal:
		return rounded(v, 9)
	case providers.TypeFloat:
		f, _ := strconv.ParseFloat(v, 64)
		return floatText(f)
	case providers.TypeTimestamp:
		t, _ := time.Parse("2006-01-02 15:04:05.999999", v)
		return t.Format("2006-01-02 15:04:05.999999"), true
	case providers.TypeInstant:
		t, _ := time.Parse("2006-01-02 15:04:05.999999Z07:00", v)
		return t.UTC().Format("2006-01-02T15:04:05.999999Z"), true
	}
	return v, true
}

// floatText writes a float in plain digits, as many as tell it from its neighbours.
func floatText(f float64) (string, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "", false
	}
	if f == 0 {
		return "0", true // -0 too
	}
	return strconv.FormatFloat(f, 'f', -1, 64), true
}

// canonicalText is the canonical form of a value.
func canonicalText(from providers.Type, v string, c providers.Canon, zone string) (string, bool) {
	if from != providers.TypeText && c.Kind != providers.CanonDateTime && c.Kind != providers.CanonDate && c.Kind != providers.CanonTime {
		text, ok := castText(from, v)
		if from == providers.TypeFloat && c.Kind == providers.CanonNumber {
			f, _ := strconv.ParseFloat(v, 64)
			text = strconv.FormatFloat(f, 'e', -1, 64)
		}
		if !ok {
			return "", false
		}
		if c.Kind == providers.CanonBool && from != providers.TypeBool {
			r, ok := new(big.Rat).SetString(text)
			if !ok || !r.IsInt() {
				return "", false
			}
			text = r.Num().String()
		}
		v = text
	}
	v = strings.TrimSpace(v)
	switch c.Kind {
	case providers.CanonText:
		return v, v != ""
	case providers.CanonNumber:
		return rounded(v, c.Scale)
	case providers.CanonBool:
		switch strings.ToLower(v) {
		case "true", "t", "yes", "y", "on", "1":
			return "true", true
		case "false", "f", "no", "n", "off", "0":
			return "false", true
		}
	case providers.CanonDate:
		return v, isDate(v)
	case providers.CanonDateTime:
		return instant(v, zone)
	case providers.CanonTime:
		return clock(v)
	case providers.CanonSet:
		var items []string
		for _, item := range strings.Split(v, ";") {
			if item = strings.TrimSpace(item); item != "" {
				items = append(items, item)
			}
		}
		slices.Sort(items)
		v = strings.Join(slices.Compact(items), ";")
		return v, v != ""
	case providers.CanonID:
		if !regexp.MustCompile(`^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$`).MatchString(v) {
			return "", false
		}
		full := v[:15] + idSuffix(v[:15])
		return full, len(v) == 15 || full == v
	}
	return "", false
}

var numberText = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$`)

// rounded is a number at a scale, half away from zero. It has at most 38 digits.
func rounded(s string, scale int) (string, bool) {
	if !numberText.MatchString(s) {
		return "", false
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return "", false
	}
	shift := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	num := new(big.Int).Mul(new(big.Int).Abs(r.Num()), shift)
	num.Lsh(num, 1).Add(num, r.Denom())
	n := num.Div(num, new(big.Int).Lsh(r.Denom(), 1))
	digits := n.String()
	if len(digits) > 38 {
		return "", false
	}
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale+1-len(digits)) + digits
	}
	if scale > 0 {
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if r.Sign() < 0 && n.Sign() != 0 {
		digits = "-" + digits
	}
	return digits, true
}

func isDate(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Year() >= 1000
}

var dateTimeText = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d{1,9})?(?: ?([Zz]|[+-]\d{2}(?::?\d{2})?))?)?$`)

// instant reads a date-time with an offset, or without one in a zone.
func instant(s, zone string) (string, bool) {
	m := dateTimeText.FindStringSubmatch(s)
	if m == nil || strings.Contains(s, ".") && m[3] == "" || m[1][0] == '0' {
		return "", false
	}
	clock := m[2] + m[3]
	if len(clock) < 8 {
		clock += "00:00:00"[len(clock):]
	}
	local, err := time.Parse("2006-01-02 15:04:05", m[1]+" "+clock)
	if err != nil {
		return "", false
	}
	offset := m[4]
	switch {
	case offset == "" && zone != "" && zone != "UTC":
		loc, err := time.LoadLocation(zone)
		if err != nil {
			panic(err)
		}
		local = inZone(local, loc)
	case len(offset) > 1:
		hours, _ := strconv.Atoi(offset[1:3])
		minutes := 0
		if len(offset) > 3 {
			minutes, _ = strconv.Atoi(offset[len(offset)-2:])
		}
		if hours > 14 || minutes > 59 {
			return "", false
		}
		by := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
		if offset[0] == '+' {
			by = -by
		}
		local = local.Add(by)
	}
	if local.Year() < 1000 || local.Year() > 9999 {
		return "", false
	}
	return local.Format("2006-01-02T15:04:05Z"), true
}

// inZone is the instant at which a zone's clock shows a time: the later one where it shows it twice. Where it never
// does, the clock before the change goes on.
func inZone(shown time.Time, loc *time.Location) time.Time {
	at := func(around time.Time) (time.Time, bool) {
		_, offset := around.In(loc).Zone()
		t := shown.Add(-time.Duration(offset) * time.Second)
		_, there := t.In(loc).Zone()
		return t, there == offset
	}
	before, okBefore := at(shown.Add(-36 * time.Hour))
	after, okAfter := at(shown.Add(36 * time.Hour))
	switch {
	case okBefore && okAfter:
		if before.After(after) {
			return before
		}
		return after
	case okAfter:
		return after
	}
	return before
}

var clockText = regexp.MustCompile(`^(\d{2}:\d{2})(:\d{2})?(\.\d{1,9})?Z?$`)

func clock(s string) (string, bool) {
	m := clockText.FindStringSubmatch(s)
	if m == nil || m[3] != "" && m[2] == "" {
		return "", false
	}
	if m[2] == "" {
		m[2] = ":00"
	}
	t, err := time.Parse("15:04:05", m[1]+m[2])
	if err != nil {
		return "", false
	}
	milli := (strings.TrimPrefix(m[3], ".") + "000")[:3]
	return t.Format("15:04:05.") + milli + "Z", true
}

func idSuffix(id string) string {
	var suffix []byte
	for start := 0; start < 15; start += 5 {
		n := 0
		for i, c := range id[start : start+5] {
			if c >= 'A' && c <= 'Z' {
				n += 1 << i
			}
		}
		suffix = append(suffix, "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[n])
	}
	return string(suffix)
}
