package dml

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// TimeLayout is how datetimes are written in answers.
const TimeLayout = "2006-01-02T15:04:05.000-0700"

// timeLayouts are the datetimes that are understood: ISO 8601 with an offset.
var timeLayouts = []string{
	"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999-0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04-0700",
}

// parseTime reads a datetime to the second: Salesforce keeps no fractions.
func parseTime(s string) (int64, bool) {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Unix(), true
		}
	}
	return 0, false
}

// parseClock reads a time of the day, which is kept to the millisecond.
func parseClock(s string) (string, bool) {
	for _, layout := range []string{"15:04:05.999999999Z", "15:04:05.999999999", "15:04Z", "15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format("15:04:05.000Z"), true
		}
	}
	return "", false
}

func parseDate(s string) bool {
	_, err := time.Parse("2006-01-02", s)
	return err == nil
}

// trim removes white space the way Salesforce does when it stores text.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
}

// normalise gives the value that Salesforce would store, or the error of the row.
func normalise(f *schema.Field, v store.Value) (store.Value, *apierror.Error) {
	switch v.Kind {
	case store.Null:
		if f.Type == "boolean" {
			return v, apierror.New("INVALID_TYPE_ON_FIELD_IN_RECORD", "%s: value not of required type: null", f.Label).On(f.Name)
		}
	case store.Text:
		return normaliseText(f, v)
	case store.Number:
		return normaliseNumber(f, v)
	case store.Date:
		if v.Text < "1700-01-01" || v.Text > "4000-12-31" {
			return v, apierror.New("INVALID_TYPE_ON_FIELD_IN_RECORD", "%s: invalid date: %s", f.Label, v.Text).On(f.Name)
		}
	case store.Time:
		if year := time.Unix(v.Unix, 0).UTC().Year(); year < 1700 || year > 4000 {
			return v, apierror.New("INVALID_TYPE_ON_FIELD_IN_RECORD", "%s: invalid date: %s", f.Label,
				time.Unix(v.Unix, 0).UTC().Format(time.RFC3339)).On(f.Name)
		}
	}
	return v, nil
}

func normaliseText(f *schema.Field, v store.Value) (store.Value, *apierror.Error) {
	v.Text = trim(v.Text)
	if v.Text == "" {
		return store.Value{}, nil
	}
	switch f.Type {
	case "id", "reference":
		full, ok := sfid.Full(v.Text)
		if !ok {
			return v, wrongID(f, v.Text)
		}
		return store.String(full), nil
	case "email":
		if !validEmail(v.Text) {
			return v, apierror.New("INVALID_EMAIL_ADDRESS", "%s: invalid email address: %s", f.Label, v.Text).On(f.Name)
		}
	case "picklist":
		if f.RestrictedPicklist && len(f.PicklistValues) > 0 && f.Picklist(v.Text) < 0 {
			return v, badPicklist(f, v.Text)
		}
	case "multipicklist":
		return normaliseMulti(f, v.Text)
	}
	if n := length(v.Text); f.Length > 0 && n > f.Length {
		return v, apierror.New("STRING_TOO_LONG", "%s: data value too large: %s (max length=%d)", f.Label, v.Text, f.Length).On(f.Name)
	}
	return v, nil
}

func wrongID(f *schema.Field, id string) *apierror.Error {
	return apierror.New("MALFORMED_ID", "%s: id value of incorrect type: %s", f.Label, id).On(f.Name)
}

func badPicklist(f *schema.Field, value string) *apierror.Error {
	return apierror.New("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "%s: bad value for restricted picklist field: %s", f.Label, value).On(f.Name)
}

// length counts UTF-16 units, as a platform written in Java does.
func length(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// normaliseMulti puts the values of a multi-select picklist in the picklist's own order. Values that the picklist does not have
// come last, in the order given; a restricted picklist refuses them.
func normaliseMulti(f *schema.Field, text string) (store.Value, *apierror.Error) {
	var known, other []string
	for _, v := range strings.Split(text, ";") {
		v = trim(v)
		switch {
		case v == "" || slices.Contains(known, v) || slices.Contains(other, v):
		case f.Picklist(v) >= 0:
			known = append(known, v)
		case f.RestrictedPicklist && len(f.PicklistValues) > 0:
			return store.Value{}, badPicklist(f, v)
		default:
			other = append(other, v)
		}
	}
	if len(known)+len(other) > 100 {
		return store.Value{}, apierror.New("TOO_MANY_ENUM_VALUE", "%s: too many values for multi-select picklist field", f.Label).On(f.Name)
	}
	slices.SortFunc(known, func(a, b string) int { return f.Picklist(a) - f.Picklist(b) })
	all := append(known, other...)
	if len(all) == 0 {
		return store.Value{}, nil
	}
	return store.String(strings.Join(all, ";")), nil
}

func normaliseNumber(f *schema.Field, v store.Value) (store.Value, *apierror.Error) {
	scale, digits := f.Scale, f.Precision-f.Scale
	switch {
	case f.Type == "int" || f.Type == "long":
		scale, digits = 0, f.Digits
	case f.Precision == 0:
		scale, digits = 18, 18
	}
	text, size, ok := decimal(v.Text, scale)
	if !ok || digits > 0 && size > digits {
		return v, apierror.New("NUMBER_OUTSIDE_VALID_RANGE", "%s: value outside of valid range on numeric field: %s", f.Label, v.Text).On(f.Name)
	}
	v.Text = text
	return v, nil
}

// decimal rounds a JSON number half away from zero to so many decimals. It gives the shortest text and the number of digits
// before the point.
func decimal(s string, scale int) (text string, digits int, ok bool) {
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimLeft(s, "+-")
	exp := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		n, err := strconv.Atoi(s[i+1:])
		if err != nil || n > 400 || n < -400 {
			return "", 0, false
		}
		exp, s = n, s[:i]
	}
	whole, frac, _ := strings.Cut(s, ".")
	all := []byte(whole + frac)
	point := len(whole) + exp
	for _, c := range all {
		if c < '0' || c > '9' {
			return "", 0, false
		}
	}
	if len(all) == 0 {
		return "", 0, false
	}
	for point < 0 {
		all, point = append([]byte{'0'}, all...), point+1
	}
	for len(all) < point {
		all = append(all, '0')
	}
	if keep := point + scale; keep < len(all) {
		up := all[keep] >= '5'
		all = all[:keep]
		for i := keep - 1; up && i >= 0; i-- {
			if all[i] == '9' {
				all[i] = '0'
				continue
			}
			all[i]++
			up = false
		}
		if up {
			all, point = append([]byte{'1'}, all...), point+1
		}
	}
	whole = strings.TrimLeft(string(all[:point]), "0")
	frac = strings.TrimRight(string(all[point:]), "0")
	digits = len(whole)
	if whole == "" {
		whole = "0"
	}
	if frac != "" {
		whole += "." + frac
	}
	if neg && whole != "0" {
		whole = "-" + whole
	}
	return whole, digits, true
}

// Number makes a number value in the form in which numbers are stored, so that equal ones have equal texts.
func Number(s string) store.Value {
	if text, _, ok := decimal(s, 18); ok {
		s = text
	}
	return store.Value{Kind: store.Number, Text: s}
}

// validEmail is lenient where Salesforce's rules are not public: one @, the usual characters, a domain with a dot.
func validEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || len(local) > 64 || strings.Contains(domain, "@") {
		return false
	}
	for i := 0; i < len(local); i++ {
		if c := local[i]; !alnum(c) && strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) < 0 {
			return false
		}
	}
	labels := strings.Split(domain, ".")
	if len(labels) < 2 || len(labels[len(labels)-1]) < 2 {
		return false
	}
	for _, l := range labels {
		if l == "" || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for i := 0; i < len(l); i++ {
			if !alnum(l[i]) && l[i] != '-' {
				return false
			}
		}
	}
	return true
}

func alnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// AppendValue appends a value as Salesforce writes it in JSON. Numbers that are not whole by type look like Java's doubles.
func AppendValue(b []byte, f *schema.Field, v store.Value) []byte {
	switch v.Kind {
	case store.Null:
		if f.Type == "boolean" {
			return append(b, "false"...)
		}
		return append(b, "null"...)
	case store.True:
		return append(b, "true"...)
	case store.False:
		return append(b, "false"...)
	case store.Time:
		b = append(b, '"')
		b = time.Unix(v.Unix, 0).UTC().AppendFormat(b, TimeLayout)
		return append(b, '"')
	case store.Number:
		if f.Type == "int" || f.Type == "long" {
			return append(b, v.Text...)
		}
		n, err := strconv.ParseFloat(v.Text, 64)
		if err != nil {
			return append(b, v.Text...)
		}
		return AppendDouble(b, n)
	}
	return schema.Quote(b, v.Text)
}

// AppendDouble appends a double the way Java prints it, which is what REST answers hold: 12.0, 3.5E8, 1.0E-4.
func AppendDouble(b []byte, n float64) []byte {
	abs := math.Abs(n)
	if abs != 0 && (abs < 1e-3 || abs >= 1e7) {
		s := strconv.FormatFloat(n, 'E', -1, 64)
		mantissa, exp, _ := strings.Cut(s, "E")
		if !strings.Contains(mantissa, ".") {
			mantissa += ".0"
		}
		e, err := strconv.Atoi(exp)
		if err != nil {
			return append(b, s...)
		}
		return strconv.AppendInt(append(append(b, mantissa...), 'E'), int64(e), 10)
	}
	s := strconv.FormatFloat(n, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return append(b, s...)
}
