package languagetest

import (
	"context"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"pgregory.net/rapid"

	"github.com/signalsmith/signalsmith/config/lang"
)

func ctx() context.Context { return context.Background() }

// cases are expressions for every function and operator.
func cases() map[string][]string {
	m := map[string][]string{
		"?:": {`col.b ? col.t : "no"`, `col.i > 5 ? "Gold" : "Silver"`, `col.b ? to_number(col.t) : 1`, `col.c ? null : col.day`, `to_bool(col.t) ? 1 / col.i : 0`,
			`"${col.b ? "yes" : col.u}!"`, `"x%{ if col.b }Dear %{ endif }${col.t}"`, `col.b ? col.i : col.f`},
		"==": {`col.t == col.u`, `col.t == "abc"`, `col.d == col.e`, `col.i == col.d`, `col.f == 2.5`, `col.b == col.c`, `col.b == true`, `col.day == col.day2`, `col.ts == col.ts2`, `col.at == col.at2`,
			`col.clock == col.clock2`, `col.t == null`, `null == col.f`, `to_number(col.t) == null`, `to_date(col.t) == col.day`},
		"!=": {`col.t != col.u`, `col.d != 0.5`, `col.b != col.c`, `col.day != col.day2`, `col.at != null`, `to_number(col.t) != col.i`},
		"<":  {`col.t < col.u`, `col.d < col.e`, `col.i < 10`, `col.day < col.day2`, `col.ts < col.ts2`, `col.at < col.at2`, `col.clock < col.clock2`, `col.t < "a"`},
		"<=": {`col.t <= col.u`, `col.d <= col.f`, `col.i <= 10`, `col.day <= to_date("2024-02-29")`}, ">": {`col.t > col.u`, `col.d > col.i`, `col.at > col.at2`, `col.f > 1000`},
		">=": {`col.t >= col.u`, `col.d >= col.e`, `col.day >= col.day2`},
		"+":  {`col.d + col.e`, `col.i + 1`, `col.f + 0.1`, `col.i + col.j`, `to_number(col.t) + 1`, `col.d + 0.000000001`},
		"-":  {`col.d - col.e`, `col.i - col.j`, `1 - col.f`},
		"*":  {`col.d * col.e`, `col.i * col.j`, `col.f * 1.19`, `col.d * 0.5`, `col.d * -0.000000001`},
		"/":  {`col.d / col.e`, `col.i / col.j`, `col.i / 3`, `col.d / 0.000000001`, `1 / col.f`, `col.d / 7`, `2 / col.d`},
		"%":  {`col.d % col.e`, `col.i % col.j`, `col.i % 7`, `col.d % 0.3`}, "neg": {`-col.d`, `-col.i`, `-col.f`, `-(col.d + 1)`},
		"&&": {`col.b && col.c`, `col.t != null && to_number(col.t) > 5`, `col.b && to_bool(col.t)`, `to_bool(col.t) && col.b`},
		"||": {`col.b || col.c`, `col.t == null || col.t == "abc"`, `col.b || to_bool(col.t)`}, "!": {`!col.b`, `!(col.i > 5)`},

		"lower": {`lower(col.t)`, `lower(trim(col.t))`}, "upper": {`upper(col.t)`, `upper(lower(col.t))`}, "trim": {`trim(col.t)`, `trim("${col.t}${col.u}")`},
		"substr": {`substr(col.t, 1)`, `substr(col.t, 2, 2)`, `substr(col.t, 0, 2)`, `substr(col.t, -5, 3)`, `substr(col.t, 1, 255)`, `substr(col.t, 3)`, `substr(col.t, 2, 0)`, `substr(col.t, 2, -1)`,
			`substr(col.t, length(col.t) - 1, 2)`, `substr(col.t, col.i, col.j)`, `substr(col.t, col.d, col.e)`, `substr(lower(col.t), 1.9, 1)`, `substr(col.t, col.i)`, `substr(col.t, 2, col.i)`, `substr(col.t, 1, length(col.u))`},
		"replace":       {`replace(col.t, "a", "xx")`, `replace(col.t, col.u, "")`, `replace(col.t, "", "x")`, `replace(col.t, "😀", col.u)`},
		"regex_replace": regexReplaces(), "regex_extract": regexExtracts(),
		"split_part": {`split_part(col.t, ",", 1)`, `split_part(col.t, ",", 2)`, `split_part(col.t, ",", -1)`, `split_part(col.t, ",", 9)`, `split_part(col.t, ".", -2)`, `split_part(col.t, "😀", 2)`, `split_part(col.t, "--", -3)`},
		"lpad":       {`lpad(col.t, 5)`, `lpad(col.t, 8, "ab")`, `lpad(col.t, 0)`, `lpad(col.t, 3, "'ä")`, `lpad(concat(col.i), 10, "0")`}, "rpad": {`rpad(col.t, 5)`, `rpad(col.t, 8, "ab")`, `rpad(trim(col.t), 3, "\\")`},
		"concat":   {`concat(col.t, col.u)`, `concat(col.i, "-", col.d, "-", col.b)`, `concat(col.f)`, `concat(col.day, col.ts, col.at, col.clock)`, `concat(col.d + 1)`, `"${col.d * 2} EUR"`, `"${col.t} ${col.u}"`},
		"join":     {`join(", ", [col.t, col.u])`, `join(col.t, [col.i, col.day, null])`, `join(";", [lower(col.t), "x", col.d + 1])`},
		"coalesce": {`coalesce(col.t, col.u)`, `coalesce(col.t, "none")`, `coalesce(col.i, 0)`, `coalesce(col.i, col.d)`, `coalesce(col.i, to_number(col.t))`, `coalesce(to_number(col.t), 0)`, `coalesce(null, col.day, col.day2)`, `coalesce(col.at, col.at2)`},
		"nullif":   {`nullif(col.t, "")`, `nullif(col.t, col.u)`, `nullif(col.i, 0)`, `nullif(col.d, col.e)`, `nullif(col.day, col.day2)`, `nullif(trim(col.t), "")`, `1 / nullif(col.i, 0)`, `nullif(col.t, null)`},
		"length":   {`length(col.t)`, `length(trim(col.t))`, `length(col.t) > 40`}, "round": {`round(col.d)`, `round(col.d, 2)`, `round(col.f, 1)`, `round(col.d, 9)`, `round(col.i / 3, 2)`, `round(col.d, 8)`},
		"abs": {`abs(col.d)`, `abs(col.i)`, `abs(col.f)`}, "floor": {`floor(col.d)`, `floor(col.f)`, `floor(col.i / 2)`}, "ceil": {`ceil(col.d)`, `ceil(col.f)`, `ceil(col.i / 2)`},
		"date_format": {`date_format(col.day, "%d.%m.%Y")`, `date_format(col.day, "%B %d, %Y %b %y")`, `date_format(col.ts, "%H:%M:%S %I:%M %p")`, `date_format(col.at, "%Y-%m-%d %H:%M", "Europe/Berlin")`,
			`date_format(col.at, "%Y%m%d%H%M%S", "America/New_York")`, `date_format(col.ts, "it's 100%%")`, `date_format(to_date(col.t), "%Y")`, `date_format(col.day, "%H%p")`},
		"parse_date": {`parse_date(col.t, "%d.%m.%Y")`, `parse_date(col.t, "%Y%m%d")`, `parse_date(col.t, "%m/%d/%y")`, `parse_date(col.t, "%b %d, %Y")`, `parse_date(col.t, "%d %B %Y")`, `parse_date(col.t, "%d %b %Y")`,
			`parse_date(col.t, "%Y-%m-%d")`, `parse_date(lower(col.t), "%d %b %Y")`},
		"parse_timestamp": {`parse_timestamp(col.t, "%Y-%m-%d %H:%M:%S")`, `parse_timestamp(col.t, "%Y-%m-%d %H:%M:%S.%f")`, `parse_timestamp(col.t, "%m/%d/%Y %I:%M %p")`, `parse_timestamp(col.t, "%Y-%m-%dT%H:%M:%S%z")`},
		"to_date": {`to_date(col.t)`, `to_date(col.day)`, `to_date(col.ts, "Europe/Berlin")`, `to_date(col.ts, "America/New_York")`, `to_date(col.at, "Europe/Berlin")`, `to_date(col.at, "Asia/Kolkata")`, `to_date(col.at, "UTC")`,
			`to_date(parse_timestamp(col.t, "%Y-%m-%dT%H:%M:%S%z"), "Asia/Kolkata")`},
		"to_number": {`to_number(col.t)`, `to_number(col.i)`, `to_number(col.f)`, `to_number(col.d)`, `to_number(regex_extract(col.t, "[0-9]{4}"))`, `to_number(lower(col.t))`, `to_number(replace(col.t, ",", ""))`},
		"to_bool":   {`to_bool(col.t)`, `to_bool(col.b)`, `to_bool(col.i)`, `to_bool(col.f)`, `to_bool(col.d)`, `to_bool(col.d + 1)`, `to_bool(trim(col.t))`},
		"md5":       {`md5(col.t)`, `md5(lower(trim(col.t)))`}, "sha256": {`sha256(col.t)`},
	}
	return m
}

func regexReplaces() []string {
	return calls("regex_replace", [][]string{{`[^0-9]+`, ``}, {`(\w+)@(\w+)`, `$2 at $1`}, {`([a-z])([0-9])`, `$2$$1\$0`}, {`(?i)a(b)?`, `<$1>2`}, {`.`, `x`}, {`(?s).`, `x`}, {`\s+`, ` `}, {`a|ab|😀`, `_`}, {`^a`, `x`}, {`[a-c]+?`, `-`},
		{`\p{Lu}`, `U`}, {`[\x{10000}-\x{10ffff}]`, `*`}, {`([0-9]+)[.]([0-9]+)`, `$1,$22`}, {`(?i)ß|σ|k`, `?`}, {`\\`, `/`}, {`\$`, `USD`}, {`'`, `\`}, {`(?:a(b)|(c))+`, `x`}, {`[^a]$`, `!`}})
}

func regexExtracts() []string {
	out := calls("regex_extract", [][]string{{`[0-9]{4}`}, {`([0-9]+)`}, {`(\w+)@([\w.]+)`}, {`^\s*(\S+)`}, {`(?i)founded (?:in )?(\d{2,4})`}, {`.+`}, {`(?s).+`}, {`a(b)?c`}, {`(?P<year>\d{4})-(?P<month>\d\d)`}, {`x*`},
		{`[[:alpha:]]+`}, {`\d+$`}, {`(?U)a.*b`}, {`(a|b|ab)(c|bcd)?`}, {`\Aa\z`}, {`[^\x00-\x7f]+`}, {`\p{Greek}+`}})
	return append(out, `regex_extract(col.t, "(\\w+)@([\\w.]+)", 2)`, `regex_extract(col.t, "(\\w+)@([\\w.]+)", 0)`, `regex_extract(col.t, "((a)|(b))+", 0)`)
}

// calls write calls with constants after col.t.
func calls(fn string, args [][]string) []string {
	var out []string
	for _, a := range args {
		s := fn + "(col.t"
		for _, x := range a {
			s += ", " + literal(x)
		}
		out = append(out, s+")")
	}
	return out
}

func literal(s string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(s)).Bytes())
}

// generator draws expressions as text.
type generator struct {
	t       *rapid.T
	without []string
}

func (g generator) pick(label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(g.t, label)
}

func (g generator) any(depth int) string {
	return g.of(lang.Type(g.pick("type", "text", "text", "number", "number", "bool", "date", "timestamp", "instant")), depth)
}

// of draws an expression of a type: a name with its arguments' types between brackets.
func (g generator) of(t lang.Type, depth int) string {
	leaves := map[lang.Type][]string{
		lang.Text: {"col.t", "col.u"}, lang.Number: {"col.i", "col.j", "col.d", "col.e", "col.f"}, lang.Bool: {"col.b", "col.c"}, lang.Date: {"col.day", "col.day2"},
		lang.Timestamp: {"col.ts", "col.ts2"}, lang.Instant: {"col.at", "col.at2"},
	}[t]
	if depth == 0 || rapid.IntRange(0, 5).Draw(g.t, "leaf") == 0 {
		return g.pick("column", leaves...)
	}
	same := "<" + string(t) + ">"
	forms := []string{"(<bool> ? " + same + " : " + same + ")", "coalesce(" + same + ", " + same + ")", "nullif(" + same + ", " + same + ")"}
	switch t {
	case lang.Text:
		forms = append(forms, "lower(<text>)", "upper(<text>)", "trim(<text>)", "substr(<text>, <number>, <number>)", "substr(<text>, 2, 3)", `replace(<text>, <text>, "x")`, `regex_replace(<text>, "[a-m]+", "<$0>")`,
			`regex_extract(<text>, "([0-9]+)")`, `split_part(<text>, ",", 2)`, `lpad(<text>, 6, "0")`, `rpad(<text>, 4)`, "concat(<text>, <number>)", `"${<number>} ${<date>}"`, `join("-", [<text>, <bool>, <number>])`,
			`date_format(<date>, "%d.%m.%Y")`, `date_format(<instant>, "%H:%M", "Europe/Berlin")`, "md5(<text>)", "sha256(<text>)", `"constant"`)
	case lang.Number:
		forms = append(forms, "(<number> + <number>)", "(<number> - <number>)", "(<number> * <number>)", "(<number> / <number>)", "(<number> % <number>)", "(-<number>)", "length(<text>)", "round(<number>, 2)", "round(<number>)",
			"abs(<number>)", "floor(<number>)", "ceil(<number>)", "to_number(<text>)", "(<number> * 1.5)", "12.5")
	case lang.Bool:
		forms = append(forms, "(<number> > <number>)", "(<text> == <text>)", "(<date> <= <date>)", "(<bool> && <bool>)", "(<bool> || <bool>)", "(!<bool>)", "to_bool(<text>)", "(<text> != null)", "(<instant> < <instant>)", "(<number> >= 10)")
	case lang.Date:
		forms = append(forms, "to_date(<text>)", `to_date(<timestamp>, "Europe/Berlin")`, `to_date(<instant>, "America/New_York")`, `parse_date(<text>, "%d.%m.%Y")`)
	case lang.Timestamp:
		forms = append(forms, `parse_timestamp(<text>, "%Y-%m-%d %H:%M:%S")`)
	case lang.Instant:
		forms = append(forms, `parse_timestamp(<text>, "%Y-%m-%dT%H:%M:%S%z")`)
	}
	forms = slices.DeleteFunc(forms, func(f string) bool {
		return slices.ContainsFunc(g.without, func(w string) bool { return strings.Contains(f, w+"(") || strings.Contains(f, " "+w+" ") })
	})
	form := g.pick("form", forms...)
	for {
		from := strings.IndexByte(form, '<')
		for from >= 0 && !strings.Contains("tnbdi", form[from+1:from+2]) {
			next := strings.IndexByte(form[from+1:], '<')
			if next < 0 {
				return form
			}
			from += 1 + next
		}
		if from < 0 {
			return form
		}
		to := from + strings.IndexByte(form[from:], '>')
		inner := strings.NewReplacer("<", "\x01", ">", "\x02").Replace(g.of(lang.Type(form[from+1:to]), depth-1))
		form = form[:from] + inner + form[to+1:]
		if !strings.Contains(form, "<text>") && !strings.Contains(form, "<number>") && !strings.Contains(form, "<bool>") && !strings.Contains(form, "<date>") && !strings.Contains(form, "<timestamp>") && !strings.Contains(form, "<instant>") {
			return strings.NewReplacer("\x01", "<", "\x02", ">").Replace(form)
		}
	}
}
