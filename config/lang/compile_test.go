package lang_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/eval"
	"github.com/signalsmith/signalsmith/config/lang"
)

func compile(t *testing.T, src string) (lang.Expr, diag.Diagnostics) {
	t.Helper()
	expr, hd := hclsyntax.ParseExpression([]byte(src), "main.hcl", hcl.InitialPos)
	if hd.HasErrors() {
		t.Fatal(hd)
	}
	return lang.Compile(expr, &hcl.EvalContext{
		Variables: map[string]cty.Value{
			"local": cty.ObjectVal(map[string]cty.Value{"x": cty.StringVal("vip"), "bad": cty.DynamicVal}),
			"var":   cty.ObjectVal(map[string]cty.Value{"s": cty.StringVal("secret").Mark(eval.Sensitive), "n": cty.NumberIntVal(12)}),
		},
		Functions: eval.Functions(t.TempDir(), nil, nil),
	})
}

// show writes an expression in a short form.
func show(e lang.Expr) string {
	switch e := e.(type) {
	case *lang.Column:
		return "col(" + e.Name + ")"
	case *lang.Raw:
		return "sql(" + e.SQL + ")"
	case *lang.Template:
		parts := make([]string, len(e.Parts))
		for i, p := range e.Parts {
			parts[i] = show(p)
		}
		return "[" + strings.Join(parts, " ") + "]"
	case *lang.Call:
		parts := []string{e.Name}
		for _, a := range e.Args {
			parts = append(parts, show(a))
		}
		return "(" + strings.Join(parts, " ") + ")"
	case *lang.Literal:
		switch {
		case e.Value.IsNull():
			return "null"
		case e.Value.Type() == cty.String:
			return fmt.Sprintf("%q", e.Value.AsString())
		case e.Value.Type() == cty.Bool:
			return fmt.Sprint(e.Value.True())
		}
		return e.Value.AsBigFloat().String()
	}
	return "nothing"
}

func TestExpressionsCompileToTheirForms(t *testing.T) {
	for _, tc := range []struct{ name, src, want string }{
		{"a column", `col.last_name`, "col(last_name)"},
		{"a column of an odd name", `col["last name"]`, "col(last name)"},
		{"a column whose name is computed", `col["${local.x}_id"]`, "col(vip_id)"},
		{"a column in parentheses", `((col.a))`, "col(a)"},
		{"a column alone in a text", `"${col.a}"`, "col(a)"},
		{"a text", `"Warehouse"`, `"Warehouse"`},
		{"a number", `12.5`, "12.5"},
		{"a bool", `true`, "true"},
		{"null", `null`, "null"},
		{"a local", `local.x`, `"vip"`},
		{"functions of constants", `upper(local.x)`, `"VIP"`},
		{"operators of constants", `1 + 2 * 3`, "7"},
		{"a condition of constants", `local.x == "vip" ? "a" : "b"`, `"a"`},
		{"a name that only looks like col", `[for col in ["a"] : upper(col)][0]`, `"A"`},
		{"a text with columns", `"${col.a} ${col.b}"`, `[col(a) " " col(b)]`},
		{"constants within a text are joined", `"${local.x}-${1 + 1}-${col.a}${upper("z")}!"`, `["vip-2-" col(a) (upper "z") "!"]`},
		{"texts within texts are one", `"a${"b${col.c}d"}e"`, `["ab" col(c) "de"]`},
		{"empty constants vanish", `"${""}${col.a}${""}"`, `[col(a)]`},
		{"numbers and bools in a text", `"${1.50}${true}${col.a}"`, `["1.5true" col(a)]`},
		{"raw SQL", `sql("round(ltv / ${var.n}, 2)")`, "sql(round(ltv / 12, 2))"},
		{"raw SQL in a text", `"${sql("a")}-"`, `[sql(a) "-"]`},
		{"functions", `lower(trim(col.a))`, "(lower (trim col(a)))"},
		{"constants within functions", `coalesce(col.a, upper(local.x), "${local.x}-${1 + 1}")`, `(coalesce col(a) (upper "vip") "vip-2")`},
		{"operators", `!(col.a + 1 >= -col.b * 2) && col.c`, "(&& (! (>= (+ col(a) 1) (* (neg col(b)) 2))) col(c))"},
		{"a condition", `col.ltv > 1000 ? "Gold" : "Silver"`, `(?: (> col(ltv) 1000) "Gold" "Silver")`},
		{"a condition that is constant", `local.x == "vip" ? col.a : col.b`, "col(a)"},
		{"a test for null", `col.a == null`, "(== col(a) null)"},
		{"a directive in a text", `"%{ if col.vip }Dear %{ endif }${col.n}"`, `[(?: col(vip) "Dear " "") col(n)]`},
		{"a list", `join("; ", [col.a, local.x])`, `(join "; " col(a) "vip")`},
		{"a constant of a function that only rows have", `to_number(local.x)`, `(to_number "vip")`},
		{"a function of two meanings, outside", `substr(local.x, 1, 2)`, `"ip"`},
		{"a function of two meanings, inside", `col.a == substr(local.x, 1, 2)`, `(== col(a) (substr "vip" 1 2))`},
		{"a list of arguments, inside", `col.a == join("-", split(",", "a,b")) ? length([1]) : 2`, `(?: (== col(a) "a-b") 1 2)`},
		{"a constant argument that is computed", `split_part(col.a, lower("X"), 1 + 1)`, `(split_part col(a) "x" 2)`},
		{"a condition of raw SQL", `sql("a") ? 1 : 2`, "(?: sql(a) 1 2)"},
		{"what was wrong before, in a function", `lower("${col.a}${local.bad}")`, "(lower [col(a)])"},
		{"what was wrong before, as an argument", `concat(col.a, local.bad)`, "nothing"},
		{"what was wrong before", `local.bad`, "nothing"},
		{"what was wrong before, in a text", `"${col.a}${local.bad}"`, `[col(a)]`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e, ds := compile(t, tc.src)
			if len(ds) > 0 {
				t.Fatal(ds)
			}
			if got := show(e); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestExpressionsThatAreRefused(t *testing.T) {
	for _, tc := range []struct {
		name, src string
		code      diag.Code
		at        string
		hint      string
	}{
		{"a loop over columns", `"%{ for x in [col.a] }${x}%{ endfor }"`, "C129", `%{ for x in [col.a] }${x}%{ endfor }`, ""},
		{"an argument too few", `replace(col.a, "b")`, "C134", `replace(col.a, "b")`, ""},
		{"an argument too many", `lower(col.a, col.b)`, "C134", `lower(col.a, col.b)`, ""},
		{"arguments that are not written out", `concat(col.a, ["b"]...)`, "C134", `concat(col.a, ["b"]...)`, ""},
		{"a list that is none", `join(",", col.a)`, "C134", `col.a`, ""},
		{"a list without values, a separator too many", `join(",", ";", [col.a])`, "C134", `join(",", ";", [col.a])`, ""},
		{"a pattern from a column", `regex_extract(col.a, col.b)`, "C135", `col.b`, ""},
		{"a pattern that is no text", `regex_extract(col.a, 1)`, "C135", `1`, ""},
		{"a number as a text", `split_part(col.a, ",", "1")`, "C135", `"1"`, ""},
		{"a pattern that cannot be read", `regex_extract(col.a, "(a")`, "C136", `"(a"`, ""},
		{"a pattern that looks ahead", `regex_extract(col.a, "a(?=b)")`, "C136", `"a(?=b)"`, ""},
		{"a word boundary", `regex_extract(col.a, "\\ba")`, "C136", `"\\ba"`, ""},
		{"lines", `regex_extract(col.a, "(?m)^a")`, "C136", `"(?m)^a"`, ""},
		{"a repetition of nothing", `regex_extract(col.a, "(a*)*")`, "C136", `"(a*)*"`, ""},
		{"a replacement of nothing", `regex_replace(col.a, "x*", "-")`, "C136", `"x*"`, ""},
		{"a group that is not there", `regex_extract(col.a, "a", 1)`, "C136", `1`, ""},
		{"a group in a repetition", `regex_extract(col.a, "(a|b)+")`, "C136", `"(a|b)+"`, ""},
		{"a group that is not there, in a replacement", `regex_replace(col.a, "a", "$1")`, "C136", `"$1"`, ""},
		{"a dollar that stands for nothing", `regex_replace(col.a, "a", "$x")`, "C136", `"$x"`, ""},
		{"an unknown directive", `date_format(col.a, "%q")`, "C137", `"%q"`, ""},
		{"a single percent sign", `date_format(col.a, "%Y%")`, "C137", `"%Y%"`, ""},
		{"a format without a year", `parse_date(col.a, "%d.%m.")`, "C137", `"%d.%m."`, ""},
		{"a date with an hour", `parse_date(col.a, "%Y-%m-%d %H")`, "C137", `"%Y-%m-%d %H"`, ""},
		{"an hour without its half", `parse_timestamp(col.a, "%Y-%m-%d %I")`, "C137", `"%Y-%m-%d %I"`, ""},
		{"seconds without minutes", `parse_timestamp(col.a, "%Y-%m-%d %H %S")`, "C137", `"%Y-%m-%d %H %S"`, ""},
		{"a directive twice", `parse_date(col.a, "%Y %Y %m %d")`, "C137", `"%Y %Y %m %d"`, ""},
		{"an unknown zone", `to_date(col.a, "Europe/Cologne")`, "C138", `"Europe/Cologne"`, ""},
		{"part 0", `split_part(col.a, ",", 0)`, "C138", `0`, ""},
		{"half a digit", `round(col.a, 1.5)`, "C138", `1.5`, ""},
		{"no padding", `lpad(col.a, 5, "")`, "C138", `""`, ""},
		{"a padding of two units", `lpad(col.a, 5, "😀")`, "C138", `"😀"`, ""},
		{"no separator", `split_part(col.a, "", 1)`, "C138", `""`, ""},
		{"a number of too many digits", `col.a + 0.12345678901`, "C138", `0.12345678901`, ""},
		{"a text and a number", `"a" + col.a`, "C139", `"a"`, ""},
		{"a number as a text in a function", `lower(length(col.a))`, "C139", `length(col.a)`, ""},
		{"values of two types", `col.a ? "x" : 1`, "C139", `1`, ""},
		{"a comparison with null", `col.a < null`, "C139", `null`, ""},
		{"a zone of a date", `date_format(to_date(col.a), "%Y", "UTC")`, "C139", `"UTC"`, ""},
		{"a day without a zone", `to_date(parse_timestamp(col.a, "%Y-%m-%d %H"))`, "C139", `to_date(parse_timestamp(col.a, "%Y-%m-%d %H"))`, ""},
		{"a misspelled function", `lowr(col.a)`, "C121", `lowr`, `did you mean "lower"?`},
		{"a function of arguments", `title(col.a)`, "C121", `title`, ""},
		{"a misspelled function of constants", `uper("a")`, "C121", `uper`, `did you mean "upper"?`},
		{"a list", `["a"]`, "C129", `["a"]`, ""},
		{"an object with columns", `{ a = col.a }`, "C129", `{ a = col.a }`, ""},
		{"col alone", `col`, "C130", `col`, ""},
		{"a part of a column", `col.a.b`, "C130", `col.a.b`, ""},
		{"a part of a computed column", `col[local.x].b`, "C130", `col[local.x].b`, ""},
		{"a column by number", `col[1]`, "C130", `col[1]`, ""},
		{"all columns", `col[*]`, "C130", `col[*]`, ""},
		{"raw SQL with a column inside", `sql("${col.a}")`, "C131", `"${col.a}"`, ""},
		{"raw SQL that is no text", `sql(null)`, "C131", `null`, ""},
		{"raw SQL of two texts", `sql("a", "b")`, "C131", `sql("a", "b")`, ""},
		{"a sensitive constant", `"${col.a} ${var.s}"`, "C125", `var.s`, ""},
		{"an undeclared local", `"${col.a} ${local.y}"`, "C118", `local.y`, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e, ds := compile(t, tc.src)
			if e != nil || len(ds) != 1 || ds[0].Code != tc.code {
				t.Fatalf("got %v, %v", e, ds)
			}
			if got := string(ds[0].Subject.SliceBytes([]byte(tc.src))); got != tc.at {
				t.Errorf("the place is %q", got)
			}
			if tc.hint != "" && strings.Join(ds[0].Hints, ";") != tc.hint {
				t.Errorf("hints %q", ds[0].Hints)
			}
		})
	}
}

func TestColumnsAreVisitedFromLeftToRight(t *testing.T) {
	e, ds := compile(t, `"${col.b} ${sql("x")} ${col.a}${col.b}"`)
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	var names []string
	lang.Columns(e, func(c *lang.Column) { names = append(names, c.Name) })
	if got := strings.Join(names, " "); got != "b a b" {
		t.Errorf("got %q", got)
	}
}
