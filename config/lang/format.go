package lang

import (
	"fmt"
	"strings"
)

// Part is a piece of a format: a directive's letter, or text.
type Part struct {
	Verb byte // 0 for a text
	Text string
}

// The directives of formats.
const (
	writes = "YymdHIMSpbB"
	reads  = "YymdHIMSpbBfz"
)

// ParseFormat reads a format: WriteFormat, DateFormat or TimeFormat. Where it is none, why is a sentence.
func ParseFormat(s string, kind Constant) (out []Part, why string) {
	known := reads
	if kind == WriteFormat {
		known = writes
	}
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			out = append(out, Part{Text: text.String()})
			text.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			text.WriteByte(s[i])
			continue
		}
		i++
		switch {
		case i == len(s):
			return nil, "The format ends with a single %. A percent sign is written %%."
		case s[i] == '%':
			text.WriteByte('%')
		case strings.IndexByte(known, s[i]) >= 0:
			flush()
			out = append(out, Part{Verb: s[i]})
		default:
			r := []rune(s[i:])[0]
			return nil, fmt.Sprintf("%%%c is not available here. The directives are %s.", r, directives(known))
		}
	}
	flush()
	if kind != WriteFormat {
		return out, readable(out, kind)
	}
	return out, ""
}

func directives(letters string) string {
	all := make([]string, 0, len(letters)+1)
	for _, l := range letters {
		all = append(all, "%"+string(l))
	}
	return strings.Join(append(all, "%%"), " ")
}

// readable checks that a format names each part of a date once, and of a time where one is read.
func readable(parts []Part, kind Constant) string {
	count := map[byte]int{}
	for _, p := range parts {
		if p.Verb != 0 {
			if count[p.Verb]++; count[p.Verb] > 1 {
				return fmt.Sprintf("%%%c stands twice in the format, and the text could say two things.", p.Verb)
			}
		}
	}
	one := func(what string, verbs string) string {
		n := 0
		for i := range len(verbs) {
			n += count[verbs[i]]
		}
		if n != 1 {
			return fmt.Sprintf("The format names %s once, with one of %s.", what, directives(verbs)[:3*len(verbs)-1])
		}
		return ""
	}
	for _, part := range []struct{ what, verbs string }{{"the year", "Yy"}, {"the month", "mbB"}, {"the day", "d"}} {
		if why := one(part.what, part.verbs); why != "" {
			return why
		}
	}
	if kind == DateFormat {
		for _, v := range []byte("HIMSpfz") {
			if count[v] > 0 {
				return fmt.Sprintf("%%%c is a part of a time, and parse_date reads dates. parse_timestamp reads dates with times.", v)
			}
		}
		return ""
	}
	if why := one("the hour", "HI"); why != "" {
		return why
	}
	switch {
	case count['I'] != count['p']:
		return "%I, the hour from 1 to 12, and %p, AM or PM, go together. %H is the hour from 0 to 23."
	case count['f'] > 0 && count['S'] == 0, count['S'] > 0 && count['M'] == 0:
		return "A time with a smaller part names the greater one too: %M with %S, and %S with %f."
	}
	return ""
}

// HasZone tells whether texts of a format say their offset from UTC.
func HasZone(parts []Part) bool {
	for _, p := range parts {
		if p.Verb == 'z' {
			return true
		}
	}
	return false
}
