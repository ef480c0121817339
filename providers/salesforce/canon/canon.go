// Package canon turns values into Salesforce's canonical text and back: pure functions, and the reference that the
// SQL of every engine is held against. The forms stand in providers.Text.
package canon

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/signalsmith/signalsmith/providers"
)

// Text makes a text that people or engines write canonical. Blank text of every kind is null. ok is false where the
// text cannot become the kind; nothing is guessed.
//
//	text     white space of Unicode at both ends is removed
//	number   [+-]digits[.digits][e[+-]digits], rounded half away from zero at the scale, on the decimal digits
//	bool     true t yes y on 1, false f no n off 0, in any case
//	date     2006-01-02, from the year 1000 to 9999
//	datetime 2006-01-02[T15:04[:05[.999999999]][ ][Z|+01:00|+0100|+01]]; T may be a space; without zone it is UTC
//	time     15:04[:05[.999]][Z]
//	set      values separated by semicolons
//	id       15 characters, or 18 with the right checksum
func Text(s string, c providers.Canon) (t providers.Text, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return providers.Text{}, true
	}
	switch c.Kind {
	case providers.CanonText:
		return providers.T(s), true
	case providers.CanonNumber:
		s, ok = number(s, c.Scale)
	case providers.CanonBool:
		s, ok = boolean(s)
	case providers.CanonDate:
		s, ok = date(s)
	case providers.CanonDateTime:
		s, ok = dateTime(s)
	case providers.CanonTime:
		s, ok = clock(s)
	case providers.CanonSet:
		return providers.T(set(s)), true
	case providers.CanonID:
		s, ok = ID(s)
	default:
		return providers.Text{}, false
	}
	if !ok {
		return providers.Text{}, false
	}
	return providers.T(s), true
}

// FromJSON makes a value of a Salesforce reply canonical. raw is one JSON value: null, a string, a number (which may
// have an exponent) or a boolean. An error says that the value does not have the form of its kind.
func FromJSON(raw []byte, c providers.Canon) (providers.Text, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return providers.Text{}, fmt.Errorf("read a value: there is none")
	}
	var s string
	switch raw[0] {
	case 'n':
		return providers.Text{}, nil
	case '"':
		if len(raw) > 1 && bytes.IndexByte(raw, '\\') < 0 {
			s = string(raw[1 : len(raw)-1])
			break
		}
		b, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return providers.Text{}, fmt.Errorf("read a value: %w", err)
		}
		s = string(b)
	case '{', '[':
		return providers.Text{}, fmt.Errorf("read a value of kind %s: it is not a single value", c.Kind)
	default:
		s = string(raw)
	}
	t, ok := Text(s, c)
	switch {
	case ok:
		return t, nil
	case c.Kind == providers.CanonID: // a lookup to an external object holds that system's own key
		return providers.T(strings.TrimSpace(s)), nil
	}
	return providers.Text{}, fmt.Errorf("read a value of kind %s: it does not have that form", c.Kind)
}

// AppendJSON appends a canonical text as the JSON value that Salesforce takes for it: null, a number, a boolean, or a
// string. An error says that the text is not canonical for the kind, or no valid UTF-8.
func AppendJSON(dst []byte, t providers.Text, c providers.Canon) ([]byte, error) {
	if !t.Valid {
		return append(dst, "null"...), nil
	}
	switch c.Kind {
	case providers.CanonNumber:
		s, ok := number(t.String, c.Scale)
		if !ok {
			return dst, fmt.Errorf("write a number: the value is none")
		}
		return append(dst, s...), nil
	case providers.CanonBool:
		if t.String != "true" && t.String != "false" {
			return dst, fmt.Errorf("write a boolean: the value is neither true nor false")
		}
		return append(dst, t.String...), nil
	}
	out, err := jsontext.AppendQuote(dst, t.String)
	if err != nil {
		return dst, fmt.Errorf("write a text: %w", err)
	}
	return out, nil
}

func boolean(s string) (string, bool) {
	switch strings.ToLower(s) {
	case "true", "t", "yes", "y", "on", "1":
		return "true", true
	case "false", "f", "no", "n", "off", "0":
		return "false", true
	}
	return "", false
}

// set sorts by bytes, as every engine can, and not by the picklist's own order, which Describe may change.
func set(s string) string {
	parts := strings.Split(s, ";")
	kept := parts[:0]
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			kept = append(kept, p)
		}
	}
	slices.Sort(kept)
	return strings.Join(slices.Compact(kept), ";")
}
