package compile

import (
	"slices"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/providers"
)

// there holds where a text is not blank.
func (c compiler) there(text string) string { return c.f.Trim(text) + " <> ''" }

// read makes a value of a text: blank text is null, other text that is none is bad.
func (c compiler) read(v Value, sql string, t providers.Type) Value {
	return Value{SQL: sql, Type: t, digits: t == providers.TypeDecimal, Bad: or(v.Bad, "("+c.there(v.SQL)+" AND "+sql+" IS NULL)")}
}

func toNumber(c compiler, e *lang.Call) Value {
	v := c.typed(e.Args[0], providers.TypeText)
	if v.Type != providers.TypeText {
		return v
	}
	return c.read(v, c.f.Number(v.SQL, v.Type), providers.TypeDecimal)
}

func toBool(c compiler, e *lang.Call) Value {
	v := c.typed(e.Args[0], providers.TypeText)
	switch v.Type {
	case providers.TypeBool:
		return v
	case providers.TypeText:
		return c.read(v, c.f.Bool(v.SQL, v.Type), providers.TypeBool)
	}
	sql := c.f.Bool(v.SQL, v.Type)
	return Value{SQL: sql, Type: providers.TypeBool, Bad: or(v.Bad, failed(sql, v.SQL))}
}

func toDate(c compiler, e *lang.Call) Value {
	v := c.typed(e.Args[0], providers.TypeText)
	switch v.Type {
	case providers.TypeDate:
		return v
	case providers.TypeText:
		if len(e.Args) == 2 {
			return c.null(providers.TypeDate) // of null
		}
		return c.read(v, c.f.Date(v.SQL), providers.TypeDate)
	}
	day := c.f.Day(v.SQL, v.Type, c.Zone, constant(e, 1))
	return Value{SQL: day, Type: providers.TypeDate, Bad: or(v.Bad, failed(day, v.SQL))}
}

// months are the names that %B writes, %b their first three letters.
const months = "JanuaryFebruaryMarchAprilMayJuneJulyAugustSeptemberOctoberNovemberDecember"

func monthNames() []string {
	var out []string
	for i, r := range months {
		if r < 'a' {
			out = append(out, "")
		}
		out[len(out)-1] += months[i : i+1]
	}
	return out
}

// dateFormat takes what a clock shows apart.
func dateFormat(c compiler, e *lang.Call) Value {
	v := c.typed(e.Args[0], providers.TypeDate)
	zone := ""
	if len(e.Args) > 2 {
		zone = constant(e, 2)
	}
	if lang.IsNull(e.Args[0]) {
		return c.null(providers.TypeText)
	}
	parts, _ := lang.ParseFormat(constant(e, 1), lang.WriteFormat)
	clock := c.f.Clock(v.SQL, v.Type, zone)
	sql := c.f.Bind(clock, func(s string) string {
		pieces := make([]string, 0, len(parts)+1)
		for _, p := range parts {
			pieces = append(pieces, c.written(p, s))
		}
		if !slices.ContainsFunc(parts, func(p lang.Part) bool { return p.Verb != 0 }) {
			pieces = append(pieces, "substr("+s+", 1, 0)") // null of null
		}
		return c.d.Concat(pieces)
	})
	return Value{SQL: sql, Type: providers.TypeText, Bad: or(v.Bad, failed(clock, v.SQL))}
}

// written is one directive of "2006-01-02 15:04:05".
func (c compiler) written(p lang.Part, s string) string {
	cut := func(from, n int) string {
		return "substr(" + s + ", " + strconv.Itoa(from) + ", " + strconv.Itoa(n) + ")"
	}
	month := func(short bool) string {
		var b strings.Builder
		b.WriteString("CASE " + cut(6, 2))
		for i, name := range monthNames() {
			if short {
				name = name[:3]
			}
			b.WriteString(" WHEN '" + two(i+1) + "' THEN '" + name + "'")
		}
		return b.String() + " END"
	}
	switch p.Verb {
	case 'Y':
		return cut(1, 4)
	case 'y':
		return cut(3, 2)
	case 'm':
		return cut(6, 2)
	case 'd':
		return cut(9, 2)
	case 'H':
		return cut(12, 2)
	case 'I':
		var b strings.Builder
		b.WriteString("CASE " + cut(12, 2))
		for h := range 24 {
			if twelve := (h+11)%12 + 1; twelve != h {
				b.WriteString(" WHEN '" + two(h) + "' THEN '" + two(twelve) + "'")
			}
		}
		return b.String() + " ELSE " + cut(12, 2) + " END"
	case 'M':
		return cut(15, 2)
	case 'S':
		return cut(18, 2)
	case 'p':
		return "CASE WHEN " + cut(12, 2) + " < '12' THEN 'AM' WHEN " + cut(12, 2) + " >= '12' THEN 'PM' END"
	case 'b':
		return month(true)
	case 'B':
		return month(false)
	}
	return c.d.Literal(p.Text)
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

func parseDate(c compiler, e *lang.Call) Value {
	v := c.typed(e.Args[0], providers.TypeText)
	parts, _ := lang.ParseFormat(constant(e, 1), lang.DateFormat)
	r := reading{c: c, parts: parts}
	return c.read(v, c.f.Bind(c.f.Trim(v.SQL), func(s string) string { return c.f.Date(r.date(s)) }), providers.TypeDate)
}

func parseTimestamp(c compiler, e *lang.Call) Value {
	v := c.typed(e.Args[0], providers.TypeText)
	parts, _ := lang.ParseFormat(constant(e, 1), lang.TimeFormat)
	r := reading{c: c, parts: parts}
	read, t := c.f.Timestamp, providers.TypeTimestamp
	if lang.HasZone(parts) {
		read, t = c.f.Instant, providers.TypeInstant
	}
	return c.read(v, c.f.Bind(c.f.Trim(v.SQL), func(s string) string { return read(r.clock(s)) }), t)
}

// reading takes a text apart by a format and puts it together as ISO 8601 has it.
type reading struct {
	c     compiler
	parts []lang.Part
}

// digitsOf are the directives that read digits.
const digitsOf = "YymdHIMSf"

// pattern matches a whole text and captures what one directive reads. Directives of one or two digits read two where
// another digit stands beside them.
func (r reading) pattern(verb byte) string {
	var b strings.Builder
	b.WriteString(`\A`)
	for i, p := range r.parts {
		if p.Verb == 0 {
			re, _ := lang.ParsePattern(quoted(p.Text))
			b.WriteString(re.Print())
			continue
		}
		x := "[0-9]{1,2}"
		switch p.Verb {
		case 'Y':
			x = "[0-9]{4}"
		case 'y':
			x = "[0-9]{2}"
		case 'b':
			x = "[A-Za-z]{3}"
		case 'B':
			x = "[A-Za-z]{3,9}"
		case 'p':
			x = "[AaPp][Mm]"
		case 'f':
			x = "[0-9]{1,9}"
		case 'z':
			x = "(?:[Zz]|[-+][0-9]{2}:?[0-9]{2})"
		default:
			if r.digitBeside(i) {
				x = "[0-9]{2}"
			}
		}
		if p.Verb == verb {
			x = "(" + x + ")"
		}
		b.WriteString(x)
	}
	return b.String() + `\z`
}

func quoted(s string) string {
	var b strings.Builder
	for _, c := range s {
		if strings.ContainsRune(`\.+*?()|[]{}^$`, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

func (r reading) digitBeside(i int) bool {
	digit := func(i int, last bool) bool {
		if i < 0 || i >= len(r.parts) {
			return false
		}
		p := r.parts[i]
		if p.Verb != 0 {
			return strings.IndexByte(digitsOf, p.Verb) >= 0
		}
		c := p.Text[0]
		if last {
			c = p.Text[len(p.Text)-1]
		}
		return c >= '0' && c <= '9'
	}
	return digit(i-1, true) || digit(i+1, false)
}

func (r reading) has(verb byte) bool {
	for _, p := range r.parts {
		if p.Verb == verb {
			return true
		}
	}
	return false
}

func (r reading) take(s string, verb byte) string {
	return r.c.f.RegexExtract(s, r.pattern(verb), 1)
}

func (r reading) twoDigits(s string, verb byte) string {
	return "lpad(" + r.take(s, verb) + ", 2, '0')"
}

// date is the text "2006-01-02". Years of two digits are those from 1969 to 2068.
func (r reading) date(s string) string {
	year := r.take(s, 'Y')
	if r.has('y') {
		year = r.c.f.Bind(r.take(s, 'y'), func(y string) string {
			return "CASE WHEN " + y + " >= '69' THEN '19' || " + y + " ELSE '20' || " + y + " END"
		})
	}
	month := ""
	switch {
	case r.has('m'):
		month = r.twoDigits(s, 'm')
	case r.has('b'):
		month = r.month(s, 'b')
	default:
		month = r.month(s, 'B')
	}
	return r.c.d.Concat([]string{year, "'-'", month, "'-'", r.twoDigits(s, 'd')})
}

// month reads a name, whatever its case.
func (r reading) month(s string, verb byte) string {
	var b strings.Builder
	b.WriteString("CASE lower(" + r.take(s, verb) + ")")
	for i, name := range monthNames() {
		if verb == 'b' {
			name = name[:3]
		}
		b.WriteString(" WHEN '" + strings.ToLower(name) + "' THEN '" + two(i+1) + "'")
	}
	return b.String() + " END"
}

// clock is the text "2006-01-02 15:04:05.000000", with an offset where the format has one. Fractions are cut to the
// microsecond.
func (r reading) clock(s string) string {
	parts := []string{r.date(s), "' '", r.hour(s)}
	for _, verb := range []byte("MS") {
		if r.has(verb) {
			parts = append(parts, "':'", r.twoDigits(s, verb))
		} else {
			parts = append(parts, "':00'")
		}
	}
	if r.has('f') {
		parts = append(parts, "'.'", "substr("+r.take(s, 'f')+", 1, 6)")
	}
	if r.has('z') {
		parts = append(parts, r.c.f.Bind(r.take(s, 'z'), func(z string) string {
			return "CASE WHEN length(" + z + ") = 1 THEN '+00:00' ELSE substr(" + z + ", 1, 3) || ':' || right(" + z + ", 2) END"
		}))
	}
	return r.c.d.Concat(parts)
}

// hour reads the hour of 24 or of 12.
func (r reading) hour(s string) string {
	if r.has('H') {
		return r.twoDigits(s, 'H')
	}
	var b strings.Builder
	b.WriteString("CASE " + r.c.d.Concat([]string{r.twoDigits(s, 'I'), "lower(" + r.take(s, 'p') + ")"}))
	for h := range 24 {
		half := "am"
		if h > 11 {
			half = "pm"
		}
		b.WriteString(" WHEN '" + two((h+11)%12+1) + half + "' THEN '" + two(h) + "'")
	}
	return b.String() + " END"
}
