package languagetest

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/signalsmith/signalsmith/config/lang"
)

var numberText = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$`)

// convert is a function that reads or writes values; blank texts are null.
func (r *row) convert(e *lang.Call, a []value) (value, bool) {
	s := strings.TrimFunc(a[0].text, unicode.IsSpace)
	blank := a[0].typ == lang.Text && s == ""
	switch e.Name {
	case "to_number":
		switch {
		case a[0].typ == lang.Number:
			return a[0], true
		case blank:
			return null(lang.Number), true
		case !numberText.MatchString(s):
			return value{}, false
		}
		n, _ := new(big.Rat).SetString(s)
		return rounded(n)
	case "to_bool":
		switch a[0].typ {
		case lang.Bool:
			return a[0], true
		case lang.Number:
			s = plainDigits(a[0].num)
			if s != "1" && s != "0" {
				return value{}, false
			}
		}
		if blank {
			return null(lang.Bool), true
		}
		switch strings.ToLower(s) {
		case "true", "t", "yes", "y", "on", "1":
			return boolean(true), true
		case "false", "f", "no", "n", "off", "0":
			return boolean(false), true
		}
		return value{}, false
	case "to_date":
		switch a[0].typ {
		case lang.Date:
			return a[0], true
		case lang.Text:
			if blank {
				return null(lang.Date), true
			}
			at, err := time.Parse(time.DateOnly, s)
			return value{typ: lang.Date, at: at}, err == nil && at.Year() >= 1000
		}
		return r.day(a[0], a[1].text)
	case "date_format":
		at := a[0].at
		if a[0].typ == lang.Instant {
			at = inZone(at, a[2].text)
		}
		return text(write(at, a[1].text)), usual(at)
	case "parse_date", "parse_timestamp":
		if blank {
			return null(lang.Unknown), true
		}
		return read(e.Name, s, a[1].text)
	}
	panic("no evaluation of " + e.Name)
}

func usual(t time.Time) bool { return t.Year() >= 1000 && t.Year() <= 9999 }

func (r *row) day(v value, zone string) (value, bool) {
	at := v.at
	ok := usual(at)
	if v.typ == lang.Timestamp {
		at = instantOf(at, r.zone)
	}
	at = inZone(at, zone)
	return value{typ: lang.Date, at: time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)}, ok
}

// instantOf is when a zone's clock shows a time: the later instant where it shows it twice. Where it never does, the
// clock before the change goes on.
func instantOf(shown time.Time, zone string) time.Time {
	at := func(around time.Time) (time.Time, bool) {
		_, offset := inZone(around, zone).Zone()
		t := shown.Add(-time.Duration(offset) * time.Second)
		_, there := inZone(t, zone).Zone()
		return t, there == offset
	}
	before, okBefore := at(shown.Add(-36 * time.Hour))
	after, okAfter := at(shown.Add(36 * time.Hour))
	if okAfter && (!okBefore || after.After(before)) {
		return after
	}
	return before
}

// layouts are Go's words for what directives write.
var layouts = strings.NewReplacer("%%", "%", "%Y", "2006", "%y", "06", "%m", "01", "%d", "02", "%H", "15", "%I", "03", "%M", "04", "%S", "05",
	"%p", "PM", "%b", "Jan", "%B", "January")

// write writes directive by directive, so that text between them is never read as a layout.
func write(t time.Time, format string) string {
	return regexp.MustCompile("%.").ReplaceAllStringFunc(format, func(d string) string {
		if d == "%%" {
			return "%"
		}
		return t.Format(layouts.Replace(d))
	})
}

// read reads a text by a format, strictly.
func read(fn, s, format string) (value, bool) {
	var pattern strings.Builder
	var verbs []byte
	digits := func(c byte) bool { return c >= '0' && c <= '9' }
	tokens := regexp.MustCompile(`(?s)%.|.`).FindAllString(format, -1)
	numeric := func(i int) bool {
		if i < 0 || i >= len(tokens) {
			return false
		}
		t := tokens[i]
		return len(t) == 2 && t[0] == '%' && strings.Contains("YymdHIMSf", t[1:]) || len(t) == 1 && digits(t[0])
	}
	pattern.WriteString("^")
	for i, t := range tokens {
		if len(t) != 2 || t[0] != '%' || t == "%%" {
			pattern.WriteString(regexp.QuoteMeta(strings.Replace(t, "%%", "%", 1)))
			continue
		}
		verbs = append(verbs, t[1])
		switch t[1] {
		case 'Y':
			pattern.WriteString(`(\d{4})`)
		case 'y':
			pattern.WriteString(`(\d{2})`)
		case 'f':
			pattern.WriteString(`(\d{1,9})`)
		case 'z':
			pattern.WriteString(`([Zz]|[+-]\d{2}:?\d{2})`)
		case 'p', 'b', 'B':
			pattern.WriteString(`([A-Za-z]+)`)
		default:
			if numeric(i-1) || numeric(i+1) {
				pattern.WriteString(`(\d{2})`)
			} else {
				pattern.WriteString(`(\d{1,2})`)
			}
		}
	}
	m := regexp.MustCompile(pattern.String() + "$").FindStringSubmatch(s)
	if m == nil {
		return value{}, false
	}
	return assemble(fn, verbs, m[1:])
}

func assemble(fn string, verbs []byte, parts []string) (value, bool) {
	var year, month, day, hour, minute, second, nano, offset int
	pm, twelve, zoned, ok := false, false, false, true
	for i, verb := range verbs {
		n, _ := strconv.Atoi(parts[i])
		switch verb {
		case 'Y':
			year = n
		case 'y':
			if year = 2000 + n; n > 68 {
				year = 1900 + n
			}
		case 'm':
			month = n
		case 'b', 'B':
			for k := time.January; k <= time.December; k++ {
				if name := k.String(); strings.EqualFold(parts[i], name) && verb == 'B' || strings.EqualFold(parts[i], name[:3]) && verb == 'b' {
					month = int(k)
				}
			}
		case 'd':
			day = n
		case 'H':
			hour = n
		case 'I':
			hour, twelve = n, true
		case 'p':
			pm = strings.EqualFold(parts[i], "pm")
			ok = ok && (pm || strings.EqualFold(parts[i], "am"))
		case 'M':
			minute = n
		case 'S':
			second = n
		case 'f':
			nano, _ = strconv.Atoi((parts[i] + "00000000")[:9])
		case 'z':
			zoned = true
			if len(parts[i]) > 1 {
				digits := strings.Replace(parts[i][1:], ":", "", 1)
				h, _ := strconv.Atoi(digits[:2])
				mm, _ := strconv.Atoi(digits[2:])
				ok = ok && h <= 14 && mm <= 59
				if offset = h*3600 + mm*60; parts[i][0] == '-' {
					offset = -offset
				}
			}
		}
	}
	if twelve {
		ok = ok && hour >= 1 && hour <= 12
		hour %= 12
		if pm {
			hour += 12
		}
	}
	at := time.Date(year, time.Month(month), day, hour, minute, second, nano/1000*1000, time.UTC)
	ok = ok && year >= 1000 && hour < 24 && minute < 60 && second < 60 && at.Day() == day && int(at.Month()) == month
	v := value{typ: lang.Date, at: at}
	if fn == "parse_timestamp" {
		v.typ = lang.Timestamp
		if zoned {
			v.typ, v.at = lang.Instant, at.Add(-time.Duration(offset)*time.Second)
		}
	}
	return v, ok
}
