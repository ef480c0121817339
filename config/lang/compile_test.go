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
		{"constants within a text are joined", `"${local.x}-${1 + 1}-${col.a}${upper("z")}!"`, `["vip-2-" col(a) "Z!"]`},
		{"texts within texts are one", `"a${"b${col.c}d"}e"`, `["ab" col(c) "de"]`},
		{"empty constants vanish", `"${""}${col.a}${""}"`, `[col(a)]`},
		{"numbers and bools in a text", `"${1.50}${true}${col.a}"`, `["1.5true" col(a)]`},
		{"raw SQL", `sql("round(ltv / ${var.n}, 2)")`, "sql(round(ltv / 12, 2))"},
		{"raw SQL in a text", `"${sql("a")}-"`, `[sql(a) "-"]`},
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
		{"a function of the mapping language", `lower(col.a)`, "C113", `lower(col.a)`, ""},
		{"a function within a text", `"x ${trim(col.a)} y"`, "C113", `trim(col.a)`, ""},
		{"an operator", `col.a + 1`, "C113", `col.a + 1`, ""},
		{"a comparison", `col.a == null`, "C113", `col.a == null`, ""},
		{"a negation", `-col.a`, "C113", `-col.a`, ""},
		{"a condition", `col.a ? 1 : 2`, "C113", `col.a ? 1 : 2`, ""},
		{"a condition of raw SQL", `sql("a") ? 1 : 2`, "C113", `sql("a") ? 1 : 2`, ""},
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
