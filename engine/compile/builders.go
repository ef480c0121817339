package compile

import (
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/providers"
)

type builder func(c compiler, e *lang.Call) Value

// builders make the SQL of every function and operator of the language. A test holds them against lang.Table.
func builders() map[string]builder {
	return map[string]builder{
		"?:": condition,
		"==": equal, "!=": equal, "<": compare, "<=": compare, ">": compare, ">=": compare,
		"&&": and, "||": and, "!": not,
		"+": arithmetic(providers.Functions.Add), "-": arithmetic(providers.Functions.Subtract), "*": arithmetic(providers.Functions.Multiply),
		"/": arithmetic(providers.Functions.Divide), "%": arithmetic(providers.Functions.Modulo),
		"neg": func(c compiler, e *lang.Call) Value {
			v := c.typed(e.Args[0], providers.TypeDecimal)
			v.SQL = "(- " + v.SQL + ")"
			return v
		},

		"lower": textual(providers.Functions.Lower), "upper": textual(providers.Functions.Upper), "trim": textual(providers.Functions.Trim),
		"md5": textual(providers.Functions.MD5), "sha256": textual(providers.Functions.SHA256),
		"length": func(c compiler, e *lang.Call) Value {
			v := c.typed(e.Args[0], providers.TypeText)
			n := number(c.f.Length(v.SQL))
			n.Bad = v.Bad
			return n
		},
		"substr": substr,
		"replace": func(c compiler, e *lang.Call) Value {
			t, from, to := c.typed(e.Args[0], providers.TypeText), c.typed(e.Args[1], providers.TypeText), c.typed(e.Args[2], providers.TypeText)
			return Value{SQL: c.f.Replace(t.SQL, from.SQL, to.SQL), Type: providers.TypeText, Bad: or(t.Bad, from.Bad, to.Bad)}
		},
		"regex_replace": regexReplace,
		"regex_extract": func(c compiler, e *lang.Call) Value {
			re, _ := lang.ParsePattern(constant(e, 1))
			pattern, group := re.Print(), 0
			if g := e.Group(re); g > 0 {
				pattern, group = re.Print(g), 1
			}
			return textual(func(f providers.Functions, x string) string { return f.RegexExtract(x, pattern, group) })(c, e)
		},
		"split_part": func(c compiler, e *lang.Call) Value {
			return textual(func(f providers.Functions, x string) string { return f.SplitPart(x, constant(e, 1), whole(e, 2)) })(c, e)
		},
		"lpad": func(c compiler, e *lang.Call) Value {
			return textual(func(f providers.Functions, x string) string { return f.Lpad(x, whole(e, 1), padding(e)) })(c, e)
		},
		"rpad": func(c compiler, e *lang.Call) Value {
			return textual(func(f providers.Functions, x string) string { return f.Rpad(x, whole(e, 1), padding(e)) })(c, e)
		},
		"concat": func(c compiler, e *lang.Call) Value { return c.concat(e.Args) },
		"join":   join,

		"coalesce": coalesce,
		"nullif": func(c compiler, e *lang.Call) Value {
			vs := c.same(e.Args)
			vs[0].SQL, vs[0].Bad = "nullif("+vs[0].SQL+", "+vs[1].SQL+")", or(vs[0].Bad, vs[1].Bad)
			return vs[0]
		},

		"round": func(c compiler, e *lang.Call) Value {
			digits := 0
			if len(e.Args) > 1 {
				digits = whole(e, 1)
			}
			return rounding(func(f providers.Functions, n string) string { return f.Round(n, digits) })(c, e)
		},
		"abs": func(c compiler, e *lang.Call) Value {
			v := c.typed(e.Args[0], providers.TypeDecimal)
			v.SQL = c.f.Abs(v.SQL)
			return v
		},
		"floor": rounding(providers.Functions.Floor), "ceil": rounding(providers.Functions.Ceil),

		"date_format": dateFormat, "parse_date": parseDate, "parse_timestamp": parseTimestamp, "to_date": toDate,
		"to_number": toNumber, "to_bool": toBool,
	}
}

// textual makes a text of a text, and always can.
func textual(f func(providers.Functions, string) string) builder {
	return func(c compiler, e *lang.Call) Value {
		v := c.typed(e.Args[0], providers.TypeText)
		return Value{SQL: f(c.f, v.SQL), Type: providers.TypeText, Bad: v.Bad}
	}
}

// arithmetic makes a number of two, unless it is too large, or a divisor is zero.
func arithmetic(f func(f providers.Functions, a, b string) string) builder {
	return func(c compiler, e *lang.Call) Value {
		a, b := c.typed(e.Args[0], providers.TypeDecimal), c.typed(e.Args[1], providers.TypeDecimal)
		n := number(f(c.f, a.SQL, b.SQL))
		n.Bad = or(a.Bad, b.Bad, failed(n.SQL, a.SQL, b.SQL))
		return n
	}
}

// rounding makes a number of one, unless it becomes too large.
func rounding(f func(providers.Functions, string) string) builder {
	return func(c compiler, e *lang.Call) Value {
		v := c.typed(e.Args[0], providers.TypeDecimal)
		n := number(f(c.f, v.SQL))
		n.Bad = or(v.Bad, failed(n.SQL, v.SQL))
		return n
	}
}

// condition computes the one value that the condition asks for.
func condition(c compiler, e *lang.Call) Value {
	when := c.typed(e.Args[0], providers.TypeBool)
	vs := c.same(e.Args[1:])
	then, otherwise := vs[0], vs[1]
	v := Value{SQL: choose(when.SQL, then.SQL, otherwise.SQL), Type: then.Type, digits: then.digits, Bad: when.Bad}
	if then.Bad != "" || otherwise.Bad != "" {
		v.Bad = or(when.Bad, choose(when.SQL, never(then.Bad), never(otherwise.Bad)))
	}
	return v
}

// choose evaluates the condition once; null chooses nothing.
func choose(condition, then, otherwise string) string {
	return "CASE " + condition + " WHEN true THEN " + then + " WHEN false THEN " + otherwise + " END"
}

func never(bad string) string {
	if bad == "" {
		return "false"
	}
	return bad
}

// equal compares; with null it tests whether there is a value.
func equal(c compiler, e *lang.Call) Value {
	for i, a := range e.Args {
		if lang.IsNull(a) {
			v := c.expr(e.Args[1-i])
			test := " IS NULL)"
			if e.Name == "!=" {
				test = " IS NOT NULL)"
			}
			return Value{SQL: "(" + v.SQL + test, Type: providers.TypeBool, Bad: v.Bad}
		}
	}
	return compare(c, e)
}

func compare(c compiler, e *lang.Call) Value {
	op := map[string]string{"==": "=", "!=": "<>"}[e.Name]
	if op == "" {
		op = e.Name
	}
	vs := c.same(e.Args)
	return Value{SQL: "(" + vs[0].SQL + " " + op + " " + vs[1].SQL + ")", Type: providers.TypeBool, Bad: or(vs[0].Bad, vs[1].Bad)}
}

// and is && and ||. The right side is looked at unless the left one decides.
func and(c compiler, e *lang.Call) Value {
	a, b := c.typed(e.Args[0], providers.TypeBool), c.typed(e.Args[1], providers.TypeBool)
	op, decides := " AND ", "false"
	if e.Name == "||" {
		op, decides = " OR ", "true"
	}
	v := Value{SQL: "(" + a.SQL + op + b.SQL + ")", Type: providers.TypeBool, Bad: a.Bad}
	if b.Bad != "" {
		v.Bad = or(a.Bad, "CASE "+a.SQL+" WHEN "+decides+" THEN false ELSE "+b.Bad+" END")
	}
	return v
}

func not(c compiler, e *lang.Call) Value {
	v := c.typed(e.Args[0], providers.TypeBool)
	return Value{SQL: "(NOT " + v.SQL + ")", Type: providers.TypeBool, Bad: v.Bad}
}

// coalesce looks at its values up to the first that is not null.
func coalesce(c compiler, e *lang.Call) Value {
	vs := c.same(e.Args)
	sqls := make([]string, len(vs))
	bad := ""
	for i := len(vs) - 1; i >= 0; i-- {
		sqls[i] = vs[i].SQL
		if bad != "" {
			bad = "(" + vs[i].SQL + " IS NULL AND " + bad + ")"
		}
		bad = or(vs[i].Bad, bad)
	}
	return Value{SQL: "coalesce(" + strings.Join(sqls, ", ") + ")", Type: vs[0].Type, digits: vs[0].digits, Bad: bad}
}

func join(c compiler, e *lang.Call) Value {
	sep := c.typed(e.Args[0], providers.TypeText)
	texts, bad := make([]string, len(e.Args)-1), []string{sep.Bad}
	for i, a := range e.Args[1:] {
		v := c.text(c.expr(a))
		texts[i] = v.SQL
		bad = append(bad, v.Bad)
	}
	return Value{SQL: c.f.Join(sep.SQL, texts), Type: providers.TypeText, Bad: or(bad...)}
}

// substr moves what would begin before the text to its beginning, and lets nothing be shorter than nothing.
func substr(c compiler, e *lang.Call) Value {
	t := c.typed(e.Args[0], providers.TypeText)
	bad := []string{t.Bad}
	place := func(i int) (sql string, known bool, n int) {
		if l, ok := e.Args[i].(*lang.Literal); ok && !l.Value.IsNull() {
			f, _ := l.Value.AsBigFloat().Float64()
			n := int(min(max(floor(f), -1e9), 1e9))
			return strconv.Itoa(n), true, n
		}
		v := c.typed(e.Args[i], providers.TypeDecimal)
		bad = append(bad, v.Bad)
		return c.f.Whole(v.SQL), false, 0
	}
	start, sure, from := place(1)
	if len(e.Args) == 2 {
		switch {
		case !sure:
			start = "CASE WHEN " + start + " < 1 THEN 1 ELSE " + start + " END"
		case from < 1:
			start = "1"
		}
		return Value{SQL: c.f.Substr(t.SQL, start, ""), Type: providers.TypeText, Bad: or(bad...)}
	}
	length, known, n := place(2)
	switch {
	case sure && known:
		start, length = strconv.Itoa(max(from, 1)), strconv.Itoa(max(n+min(from, 1)-1, 0))
	case sure && from >= 1:
		length = "CASE WHEN " + length + " < 0 THEN 0 ELSE " + length + " END"
	default:
		length = "CASE WHEN " + length + " < 0 OR " + start + " < 1 AND " + start + " + " + length + " < 1 THEN 0 WHEN " + start + " < 1 THEN " + start + " + " + length + " - 1 ELSE " + length + " END"
		start = "CASE WHEN " + start + " < 1 THEN 1 ELSE " + start + " END"
	}
	if !sure {
		start = "(" + start + ")"
	}
	if !known || !sure {
		length = "(" + length + ")"
	}
	return Value{SQL: c.f.Substr(t.SQL, start, length), Type: providers.TypeText, Bad: or(bad...)}
}

func floor(f float64) float64 {
	if t := float64(int64(f)); t > f {
		return t - 1
	} else if f > -1e15 && f < 1e15 {
		return t
	}
	return f
}

// regexReplace counts the groups that the replacement names anew, since the others no longer capture.
func regexReplace(c compiler, e *lang.Call) Value {
	re, _ := lang.ParsePattern(constant(e, 1))
	pieces, _ := lang.ParseReplacement(constant(e, 2), re.Groups)
	kept := map[int]int{}
	var keep []int
	for g := 1; g <= re.Groups; g++ {
		for _, p := range pieces {
			if p.Group == g && kept[g] == 0 {
				keep = append(keep, g)
				kept[g] = len(keep)
			}
		}
	}
	out := make([]providers.Piece, len(pieces))
	for i, p := range pieces {
		out[i] = providers.Piece{Text: p.Text, Group: p.Group}
		if p.Group > 0 {
			out[i].Group = kept[p.Group]
		}
	}
	return textual(func(f providers.Functions, x string) string { return f.RegexReplace(x, re.Print(keep...), out) })(c, e)
}

func constant(e *lang.Call, i int) string { return e.Args[i].(*lang.Literal).Value.AsString() }

func whole(e *lang.Call, i int) int {
	n, _ := e.Args[i].(*lang.Literal).Value.AsBigFloat().Int64()
	return int(n)
}

func padding(e *lang.Call) string {
	if len(e.Args) < 3 {
		return " "
	}
	return constant(e, 2)
}
