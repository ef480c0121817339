package eval_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/eval"
)

func value(t *testing.T, dir, src string) (cty.Value, diag.Diagnostics) {
	t.Helper()
	expr, hd := hclsyntax.ParseExpression([]byte(src), "main.hcl", hcl.InitialPos)
	if hd.HasErrors() {
		t.Fatal(hd)
	}
	return eval.Value(expr, &hcl.EvalContext{
		Variables: map[string]cty.Value{"var": cty.ObjectVal(map[string]cty.Value{"list": cty.ListVal([]cty.Value{cty.StringVal("a"), cty.StringVal("b")})})},
		Functions: eval.Functions(dir, func(name string) (string, bool) { return "from " + name, name == "SF_A" }, nil),
	})
}

func TestFunctionsGiveWhatTheirNamesSay(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.txt": "text", "a.tpl": "%{for x in xs}<${upper(x)}>%{endfor}", "one.tpl": "${n}"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for src, want := range map[string]string{
		`abs(-1)`:                                          `1`,
		`base64decode(base64encode("ü"))`:                  `"ü"`,
		`can(tonumber("x"))`:                               `false`,
		`ceil(1.2)`:                                        `2`,
		`coalesce(null, "a")`:                              `"a"`,
		`compact(["a", "", "b"])`:                          `["a", "b"]`,
		`concat(["a"], ["b"])`:                             `["a", "b"]`,
		`contains(["a"], "a")`:                             `true`,
		`csvdecode("a,b\n1,2")[0].b`:                       `"2"`,
		`distinct(["a", "a"])`:                             `["a"]`,
		`element(["a", "b"], 3)`:                           `"b"`,
		`endswith("abc", "bc")`:                            `true`,
		`file("a.txt")`:                                    `"text"`,
		`flatten([["a"], ["b"]])`:                          `["a", "b"]`,
		`floor(1.8)`:                                       `1`,
		`format("%05.1f|%s", 1.25, "x")`:                   `"001.2|x"`,
		`formatdate("YYYY-MM-DD", "2026-01-02T03:04:05Z")`: `"2026-01-02"`,
		`formatlist("%s!", ["a", "b"])`:                    `["a!", "b!"]`,
		`join(", ", ["a", "b"])`:                           `"a, b"`,
		`jsondecode("{\"a\": [1]}").a[0]`:                  `1`,
		`jsonencode({ a = 1 })`:                            `"{\"a\":1}"`,
		`keys({ b = 1, a = 2 })`:                           `["a", "b"]`,
		`length("köln")`:                                   `4`,
		`length(["a", "b"])`:                               `2`,
		`length({ a = 1 })`:                                `1`,
		`lookup({ a = "1" }, "b", "2")`:                    `"2"`,
		`lower("A")`:                                       `"a"`,
		`max(1, 3, 2)`:                                     `3`,
		`md5("a")`:                                         `"0cc175b9c0f1b6a831c399e269772661"`,
		`merge({ a = "1" }, { a = "2" }).a`:                `"2"`,
		`min(1, 3, 2)`:                                     `1`,
		`range(3)[2]`:                                      `2`,
		`regex("[a-z]+", "12ab")`:                          `"ab"`,
		`length(regexall("[a-z]", "a1b"))`:                 `2`,
		`replace("a.b", ".", "-")`:                         `"a-b"`,
		`replace("a1b2", "/[0-9]/", "")`:                   `"ab"`,
		`reverse(["a", "b"])`:                              `["b", "a"]`,
		`sha256("a")`:                                      `"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"`,
		`slice(["a", "b", "c"], 1, 2)`:                     `["b"]`,
		`sort(["b", "a"])`:                                 `["a", "b"]`,
		`split(",", "a,b")`:                                `["a", "b"]`,
		`startswith("abc", "ab")`:                          `true`,
		`strcontains("abc", "b")`:                          `true`,
		`substr("hello", 1, 3)`:                            `"ell"`,
		`templatefile("a.tpl", { xs = ["a", "b"] })`:       `"<A><B>"`,
		`templatefile("one.tpl", { n = 12 })`:              `"12"`,
		`title("hello world")`:                             `"Hello World"`,
		`tobool("true")`:                                   `true`,
		`tolist(toset(["b", "a", "a"]))`:                   `["a", "b"]`,
		`tomap({ a = "1" })["a"]`:                          `"1"`,
		`tonumber("12.5")`:                                 `12.5`,
		`tostring(12.5)`:                                   `"12.5"`,
		`trim("?a?", "?")`:                                 `"a"`,
		`trimprefix("abc", "a")`:                           `"bc"`,
		`trimspace(" a ")`:                                 `"a"`,
		`trimsuffix("abc", "c")`:                           `"ab"`,
		`try(tonumber("x"), 1)`:                            `1`,
		`upper("a")`:                                       `"A"`,
		`values({ a = "1" })`:                              `["1"]`,
		`var.list[1]`:                                      `"b"`,
	} {
		t.Run(src, func(t *testing.T) {
			got, ds := value(t, dir, src)
			if len(ds) > 0 {
				t.Fatal(ds)
			}
			want, ds := value(t, dir, want)
			if len(ds) > 0 {
				t.Fatal(ds)
			}
			if got.Type().IsListType() || got.Type().IsSetType() {
				want = cty.ListVal(want.AsValueSlice())
			}
			if !got.RawEquals(want) {
				t.Errorf("got %#v", got)
			}
		})
	}
}

func TestEnvIsSensitive(t *testing.T) {
	v, ds := value(t, t.TempDir(), `"x ${upper(env("SF_A"))}"`)
	if len(ds) > 0 || !eval.Marked(v, eval.Sensitive) || !eval.Marked(v, eval.Environment) || eval.Marked(v, eval.Secret) {
		t.Errorf("got %#v, %v", v, ds)
	}
}

func TestTemplatesThatFailSayWhere(t *testing.T) {
	for _, tc := range []struct {
		name, template string
		code           diag.Code
		detail         string
	}{
		{"not well formed", "a\n${", "C120", "a.tpl, line 2"},
		{"a name that is not given", "a\n\n${nam}", "C118", "a.tpl, line 3"},
		{"a function that does not exist", "${uper(name)}", "C121", "a.tpl, line 1"},
		{"a file that does not exist", "${file(name)}", "C122", "a.tpl, line 1"},
		{"itself", "${templatefile(\"a.tpl\", {})}", "C121", "a.tpl, line 1"},
		{"a list", "${[name]}", "C120", "a.tpl does not give a text"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "a.tpl"), []byte(tc.template), 0o600); err != nil {
				t.Fatal(err)
			}
			_, ds := value(t, dir, `templatefile("a.tpl", { name = "x" })`)
			if len(ds) != 1 || ds[0].Code != tc.code || !strings.Contains(ds[0].Detail, tc.detail) {
				t.Errorf("got %v", ds)
			}
		})
	}
}
