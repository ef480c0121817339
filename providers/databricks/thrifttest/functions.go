package thrifttest

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed functions.txt
var functionTable string

// functions are the templates of functions.txt by name/arguments.
type functions map[string]string

func readFunctions() functions {
	fs := functions{}
	for line := range strings.Lines(functionTable) {
		key, template, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if ok && !strings.HasPrefix(key, "#") {
			fs[key] = template
		}
	}
	return fs
}

// call translates a function's call, with what follows it as far as that belongs to it.
func (t *translator) call(nodes []node, i int) (string, int) {
	fn, kids := strings.ToLower(nodes[i].text), nodes[i+1].kids
	over := at(nodes, i+2).is("OVER") || at(nodes, i+2).is("FILTER") || at(nodes, i+2).is("WITHIN")
	raw := split(kids)
	switch fn {
	case "concat":
		parts := t.args(fn, raw)
		for i, p := range parts {
			parts[i] = "(" + p + ")"
		}
		return "(" + strings.Join(parts, " || ") + ")", 2
	case "string", "int", "bigint", "double", "float", "boolean", "date", "timestamp", "smallint", "tinyint", "decimal",
		"binary":
		if len(raw) == 1 && len(raw[0]) > 0 {
			return t.castTo(false, t.expr(raw[0]), t.typeName(strings.ToUpper(fn))), 2
		}
	case "date_format", "to_date", "to_timestamp", "try_to_timestamp", "try_to_date", "to_timestamp_ntz", "unix_timestamp",
		"from_unixtime":
		if s, ok := t.dateFunction(fn, raw); ok {
			return s, 2
		}
	case "regexp_replace":
		if len(raw) != 3 {
			return t.fail("regexp_replace() with a position"), 2
		}
		return "regexp_replace(" + t.expr(raw[0]) + ", " + t.expr(raw[1]) + ", " + t.replacement(raw[2]) + ", 'g')", 2
	case "collect_list", "array_agg":
		arg := t.expr(kids)
		if over {
			return "list(" + arg + ")", 2
		}
		return "coalesce(list(" + arg + ") FILTER (WHERE (" + strings.TrimPrefix(arg, "DISTINCT ") +
			") IS NOT NULL), [])", 2
	case "collect_set":
		if !over {
			arg := t.expr(kids)
			return "coalesce(list(DISTINCT " + arg + ") FILTER (WHERE (" + arg + ") IS NOT NULL), [])", 2
		}
	case "first", "last", "any_value", "first_value", "last_value":
		if len(raw) == 2 || strings.HasSuffix(strings.ToUpper(at(nodes, i+2).text), "IGNORE") {
			s := fn + "(" + t.expr(raw[0]) + ")"
			if !over {
				s += " FILTER (WHERE (" + t.expr(raw[0]) + ") IS NOT NULL)"
			}
			return s, 2
		}
	case "named_struct":
		var parts []string
		for j := 0; j+1 < len(raw); j += 2 {
			if len(raw[j]) != 1 || raw[j][0].kind != str {
				return t.fail("named_struct() with a computed name"), 2
			}
			parts = append(parts, ident(raw[j][0].text)+" := "+t.expr(raw[j+1]))
		}
		return "struct_pack(" + strings.Join(parts, ", ") + ")", 2
	case "struct":
		return "struct_pack(" + t.fields(raw) + ")", 2
	case "map":
		var ks, vs []string
		for j := 0; j+1 < len(raw); j += 2 {
			ks, vs = append(ks, t.expr(raw[j])), append(vs, t.expr(raw[j+1]))
		}
		return "MAP([" + strings.Join(ks, ", ") + "], [" + strings.Join(vs, ", ") + "])", 2
	case "xxhash64":
		args := t.args(fn, raw)
		for i, a := range args {
			args[i] = "typeof(" + a + "), " + a
		}
		return "spark_xxhash64(" + strings.Join(args, ", ") + ")", 2
	case "dateadd", "timestampadd", "months_between", "next_day":
		return t.fail(fn + "()"), 2
	case "datediff", "date_diff":
		if len(raw) == 3 && len(raw[0]) == 1 {
			return "date_diff('" + strings.ToLower(raw[0][0].text) + "', " + t.expr(raw[1]) + ", " + t.expr(raw[2]) + ")", 2
		}
	}
	args := t.args(fn, raw)
	template, ok := t.functions[fn+"/"+strconv.Itoa(len(args))]
	if !ok {
		template, ok = t.functions[fn+"/*"]
	}
	if !ok {
		if raw == nil {
			return nodes[i].text + "()", 2
		}
		return nodes[i].text + "(" + strings.Join(args, ", ") + ")", 2
	}
	return fill(template, args), 2
}

func fill(template string, args []string) string {
	var b strings.Builder
	for i := 0; i < len(template); i++ {
		if template[i] == '$' && i+1 < len(template) {
			if template[i+1] == '*' {
				b.WriteString(strings.Join(args, ", "))
				i++
				continue
			}
			if n := int(template[i+1] - '1'); n >= 0 && n < len(args) {
				b.WriteString(args[n])
				i++
				continue
			}
		}
		b.WriteByte(template[i])
	}
	return b.String()
}

// args translates arguments, lambdas among them.
func (t *translator) args(fn string, raw [][]node) []string {
	var out []string
	for _, a := range raw {
		out = append(out, t.arg(fn, a))
	}
	return out
}

func (t *translator) arg(fn string, a []node) string {
	if len(a) < 3 || !a[1].is("->") {
		return t.expr(a)
	}
	var names []string
	if a[0].paren() {
		for _, p := range split(a[0].kids) {
			if len(p) == 1 {
				names = append(names, p[0].text)
			}
		}
	} else {
		names = []string{a[0].text}
	}
	body := a[2:]
	// DuckDB counts elements from 1.
	if len(names) == 2 && (fn == "transform" || fn == "filter") {
		body = replaceWord(body, names[1], node{kind: group, text: "(", kids: []node{
			{kind: word, text: names[1]}, {kind: op, text: "-"}, {kind: num, text: "1"}}})
	}
	for i := range names {
		names[i] = ident(names[i])
	}
	return "lambda " + strings.Join(names, ", ") + ": " + t.expr(body)
}

func replaceWord(nodes []node, text string, with node) []node {
	out := make([]node, len(nodes))
	for i, n := range nodes {
		if n.is(text) && !at(nodes, i-1).is(".") {
			n = with
		} else if n.kind == group {
			n.kids = replaceWord(n.kids, text, with)
		}
		out[i] = n
	}
	return out
}

// fields translates the arguments of struct(): each has its alias as a name, or its column's, or its place.
func (t *translator) fields(raw [][]node) string {
	var parts []string
	for i, a := range raw {
		name, value := "col"+strconv.Itoa(i+1), a
		last := a[len(a)-1]
		if len(a) > 2 && a[len(a)-2].is("AS") {
			name, value = last.text, a[:len(a)-2]
		} else if last.kind == word || last.kind == kindName {
			name = last.text
		}
		parts = append(parts, ident(name)+" := "+t.expr(value))
	}
	return strings.Join(parts, ", ")
}

// kindName is kind name where a variable hides it.
const kindName = name

func (t *translator) cast(try bool, kids []node) string {
	for i := len(kids) - 1; i >= 0; i-- {
		if kids[i].is("AS") {
			typ, _ := t.typeAt(kids, i+1)
			return t.castTo(try, t.expr(kids[:i]), typ)
		}
	}
	t.syntax(node{}, "AS and a type")
	return ""
}

// castTo writes a cast. Text has Spark's form of doubles and instants; whole numbers are cut, not rounded.
func (t *translator) castTo(try bool, value, typ string) string {
	switch typ {
	case "VARCHAR":
		return "spark_string(" + value + ")"
	case "BIGINT", "INTEGER", "SMALLINT", "TINYINT":
		value = "spark_whole(" + value + ")"
	}
	if try {
		return "TRY_CAST(" + value + " AS " + typ + ")"
	}
	return "CAST(" + value + " AS " + typ + ")"
}

// replacement translates the third argument of regexp_replace: its groups are $1 in Java and \1 in RE2.
func (t *translator) replacement(nodes []node) string {
	if len(nodes) != 1 || nodes[0].kind != str {
		return t.expr(nodes)
	}
	var b strings.Builder
	s := nodes[0].text
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '$' && i+1 < len(s) && digit(s[i+1]):
			b.WriteByte('\\')
		case s[i] == '\\' && i+1 < len(s):
			i++
			if s[i] == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return literal(b.String())
}

// dateFunction translates the functions that have a pattern as their last argument; false leaves it to the table.
func (t *translator) dateFunction(fn string, raw [][]node) (string, bool) {
	args := t.args(fn, raw)
	pattern := ""
	if len(raw) == 2 {
		if len(raw[1]) != 1 || raw[1][0].kind != str {
			return t.fail(fn + "() with a computed pattern"), true
		}
		p, ok := strftime(raw[1][0].text)
		if !ok {
			return t.fail("the date pattern " + raw[1][0].text), true
		}
		pattern = literal(p)
	}
	switch {
	case fn == "date_format" && pattern != "":
		return "strftime(CAST(" + args[0] + " AS TIMESTAMP), " + pattern + ")", true
	case fn == "from_unixtime" && pattern != "":
		return "strftime(timezone('UTC', to_timestamp(" + args[0] + ")), " + pattern + ")", true
	case fn == "unix_timestamp" && pattern != "":
		return "CAST(epoch(strptime(" + args[0] + ", " + pattern + ")) AS BIGINT)", true
	case fn == "to_date" && pattern != "":
		return "CAST(strptime(" + args[0] + ", " + pattern + ") AS DATE)", true
	case fn == "try_to_date" && pattern != "":
		return "CAST(try_strptime(" + args[0] + ", " + pattern + ") AS DATE)", true
	case fn == "to_timestamp" && pattern != "":
		return "timezone('UTC', strptime(" + args[0] + ", " + pattern + "))", true
	case fn == "try_to_timestamp" && pattern != "":
		return "timezone('UTC', try_strptime(" + args[0] + ", " + pattern + "))", true
	case fn == "to_timestamp_ntz" && pattern != "":
		return "strptime(" + args[0] + ", " + pattern + ")", true
	case len(args) != 1:
		return "", false
	case fn == "to_date":
		return "CAST(" + args[0] + " AS DATE)", true
	case fn == "try_to_date":
		return "TRY_CAST(" + args[0] + " AS DATE)", true
	case fn == "to_timestamp":
		return "CAST(" + args[0] + " AS TIMESTAMPTZ)", true
	case fn == "try_to_timestamp":
		return "TRY_CAST(" + args[0] + " AS TIMESTAMPTZ)", true
	case fn == "to_timestamp_ntz":
		return "CAST(" + args[0] + " AS TIMESTAMP)", true
	}
	return "", false
}

// strftime translates a pattern of Java's DateTimeFormatter; false where it has a letter that has no equal.
func strftime(pattern string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(pattern); {
		c := pattern[i]
		if c == '\'' {
			end := strings.IndexByte(pattern[i+1:], '\'')
			if end < 0 {
				return "", false
			}
			text := pattern[i+1 : i+1+end]
			if text == "" {
				text = "'"
			}
			b.WriteString(strings.ReplaceAll(text, "%", "%%"))
			i += end + 2
			continue
		}
		if c|0x20 < 'a' || c|0x20 > 'z' {
			if c == '%' {
				b.WriteByte('%')
			}
			b.WriteByte(c)
			i++
			continue
		}
		n := 1
		for i+n < len(pattern) && pattern[i+n] == c {
			n++
		}
		s := letters(c, n)
		if s == "" {
			return "", false
		}
		b.WriteString(s)
		i += n
	}
	return b.String(), true
}

func letters(c byte, n int) string {
	switch strings.Repeat(string(c), n) {
	case "y", "yyyy", "u", "uuuu":
		return "%Y"
	case "yy":
		return "%y"
	case "M":
		return "%-m"
	case "MM":
		return "%m"
	case "MMM":
		return "%b"
	case "MMMM":
		return "%B"
	case "d":
		return "%-d"
	case "dd":
		return "%d"
	case "D", "DDD":
		return "%j"
	case "E", "EEE":
		return "%a"
	case "EEEE":
		return "%A"
	case "H":
		return "%-H"
	case "HH":
		return "%H"
	case "h":
		return "%-I"
	case "hh":
		return "%I"
	case "m":
		return "%-M"
	case "mm":
		return "%M"
	case "s":
		return "%-S"
	case "ss":
		return "%S"
	case "SSS":
		return "%g"
	case "SSSSSS":
		return "%f"
	case "a":
		return "%p"
	case "X", "XXX": // the session's zone is UTC
		return "Z"
	case "xxx":
		return "+00:00"
	}
	return ""
}
