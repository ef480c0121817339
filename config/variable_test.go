package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
)

const declared = `
variable "env" {
  type    = string
  default = "default"
}
variable "limit" {
  type    = number
  default = 1
}
variable "on" {
  type    = bool
  default = false
}
variable "list" {
  type    = list(string)
  default = []
}
variable "map" {
  type    = map(string)
  default = {}
}
signalsmith {
  project     = "p-${join("-", var.list)}-${join("-", [for k, v in var.map : "${k}_${v}"])}"
  environment = "${var.env}-${var.limit}-${var.on}"
}
`

func TestLaterSourcesOfVariablesWin(t *testing.T) {
	files := map[string]string{
		"main.hcl": declared,
		"a.vars":   "env = \"file\"\nlimit = 3\nlist = [\"x\"]\n",
		"b.vars":   "limit = 4\n",
	}
	dir := write(t, files)
	env := map[string]string{}
	o := options()
	o.Env = environment(env)
	for _, step := range []struct {
		name string
		set  func()
		want string
	}{
		{"defaults hold where nothing is set", func() {}, "default-1-false p--"},
		{"the environment beats defaults", func() {
			env["SIGNALSMITH_VAR_env"] = "environment"
			env["SIGNALSMITH_VAR_on"] = "true"
			env["SIGNALSMITH_VAR_limit"] = "2"
			env["SIGNALSMITH_VAR_list"] = `["a", "b"]`
		}, "environment-2-true p-a-b-"},
		{"a file beats the environment", func() { o.VarFiles = []string{"a.vars"} }, "file-3-true p-x-"},
		{"a later file beats an earlier one", func() { o.VarFiles = []string{"a.vars", "b.vars"} }, "file-4-true p-x-"},
		{"a flag beats files", func() { o.Vars = []string{"env=flag", `map={ k = "v" }`} }, "flag-4-true p-x-k_v"},
		{"a later flag beats an earlier one", func() { o.Vars = append(o.Vars, "env=a=b") }, ""},
		{"the last flag counts", func() { o.Vars = append(o.Vars, "env=last") }, "last-4-true p-x-k_v"},
	} {
		t.Run(step.name, func(t *testing.T) {
			step.set()
			c, ds := config.Load(dir, o)
			if step.want == "" {
				return // "a=b" is a value, though no name of an environment
			}
			if len(ds) > 0 {
				t.Fatal(ds)
			}
			if got := c.Project.Environment + " " + c.Project.Project; got != step.want {
				t.Errorf("got %q, want %q", got, step.want)
			}
		})
	}
}

func TestWrongValuesOfVariablesAreReported(t *testing.T) {
	for _, tc := range []struct {
		name  string
		main  string
		vars  []string
		files map[string]string
		env   map[string]string
		code  diag.Code
		hint  string
	}{
		{"a flag for no variable", `variable "env" { default = "x" }`, []string{"evn=dev"}, nil, nil, "C127", `did you mean "env"?`},
		{"a flag without equals sign", `variable "env" { default = "x" }`, []string{"env"}, nil, nil, "C128", ""},
		{"a flag without name", `variable "env" { default = "x" }`, []string{"=dev"}, nil, nil, "C128", ""},
		{"a flag that is no number", `variable "n" { type = number }`, []string{"n=many"}, nil, nil, "C128", ""},
		{"a flag that is no list", `variable "l" { type = list(string) }`, []string{"l=a,b"}, nil, nil, "C128", ""},
		{"a flag that is half a list", `variable "l" { type = list(string) }`, []string{`l=["a"`}, nil, nil, "C128", ""},
		{"a flag that calls a function", `variable "l" { type = list(string) }`, []string{`l=[env("HOME")]`}, nil, nil, "C128", ""},
		{"the environment with no bool", `variable "b" { type = bool }`, nil, nil, map[string]string{"SIGNALSMITH_VAR_b": "yes"}, "C128", ""},
		{"a file with no variable", `variable "env" { default = "x" }`, nil, map[string]string{"a.vars": `evn = "dev"`}, nil, "C127", `did you mean "env"?`},
		{"a file with the wrong type", `variable "n" { type = number }`, nil, map[string]string{"a.vars": `n = []`}, nil, "C128", ""},
		{"a file with a block", `variable "n" { default = 1 }`, nil, map[string]string{"a.vars": `variable "n" {}`}, nil, "C105", ""},
		{"a file that is not HCL", `variable "n" { type = number }`, nil, map[string]string{"a.vars": `n = `}, nil, "C104", ""},
		{"a file with a reference", `variable "n" { type = number }`, nil, map[string]string{"a.vars": `n = var.m`}, nil, "C120", ""},
		{"nothing at all", `variable "n" { type = number }`, nil, nil, nil, "C126", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			files := map[string]string{"main.hcl": tc.main}
			o := options()
			o.Vars, o.Env = tc.vars, environment(tc.env)
			for name, text := range tc.files {
				files[name] = text
				o.VarFiles = append(o.VarFiles, name)
			}
			_, ds := config.Load(write(t, files), o)
			if len(ds) != 1 || ds[0].Code != tc.code {
				t.Fatalf("got %v, want one %s", ds, tc.code)
			}
			if tc.hint != "" && !slices.Contains(ds[0].Hints, tc.hint) {
				t.Errorf("hints %q", ds[0].Hints)
			}
		})
	}
}

func TestAFileOfVariablesThatIsMissingIsNamed(t *testing.T) {
	o := options()
	o.VarFiles = []string{"prod.vars"}
	_, ds := config.Load(write(t, map[string]string{"main.hcl": `variable "a" {}`}), o)
	if len(ds) != 1 || ds[0].Code != "C103" || !strings.Contains(ds[0].Detail, "prod.vars") {
		t.Error(ds)
	}
}

func TestAnUnsetVariableNamesTheThreeWaysToSetIt(t *testing.T) {
	_, ds := config.Load(write(t, map[string]string{"main.hcl": `variable "env" {}`}), options())
	if len(ds) != 1 {
		t.Fatal(ds)
	}
	for _, way := range []string{"--var 'env=VALUE'", "--var-file", "SIGNALSMITH_VAR_env"} {
		if !strings.Contains(ds[0].Detail, way) {
			t.Errorf("%q is not in %q", way, ds[0].Detail)
		}
	}
}

func TestSensitiveValuesAreInNoDiagnostic(t *testing.T) {
	const secret = "hunter2"
	for name, src := range map[string]string{
		"conversion of a variable":   `locals { a = tonumber(var.s) }`,
		"operator":                   `locals { a = 1 + var.s }`,
		"index":                      `locals { a = { x = 1 }[var.s] }`,
		"environment":                `locals { a = tonumber(env("SF_SECRET")) }`,
		"regular expression":         `locals { a = regex("${var.s}(", "x") }`,
		"through a local":            "locals {\n  b = \"x${var.s}\"\n  a = jsondecode(local.b)\n}",
		"name of a file":             `locals { a = file(var.s) }`,
		"name of an env variable":    `locals { a = env("SF_${var.s}") }`,
		"template":                   `locals { a = templatefile("t.txt", { s = var.s }) }`,
		"value not allowed":          `destination "salesforce" "crm" { api = var.s }`,
		"value of the wrong type":    `destination "salesforce" "crm" { production = var.s }`,
		"name of a project":          `signalsmith { project = "x y ${var.s}" }`,
		"name of an object":          "target \"t\" {\n  destination = destination.salesforce.none\n  object = var.s\n}",
		"field":                      "mapping \"t\" {\n  target = target.none\n  fields = {\n    A = var.s\n  }\n}",
		"name of a field":            "mapping \"t\" {\n  target = target.none\n  fields = {\n    (var.s) = 1\n  }\n}",
		"timezone":                   "model \"m\" {\n  source = source.duckdb.none\n  primary_key = [var.s, var.s]\n  sql = var.s\n  timezone = var.s\n}",
		"secret literal":             "destination \"salesforce\" \"crm\" {\n  auth \"access_token\" {\n    token = \"hunter2\"\n  }\n}",
		"secret of another name":     "destination \"salesforce\" \"crm\" {\n  auth \"access_token\" {\n    tokn = \"hunter2\"\n  }\n}",
		"default of the wrong type":  "variable \"d\" {\n  type = number\n  default = \"hunter2\"\n  sensitive = true\n}",
		"reference":                  "sync \"s\" {\n  model = var.s\n  mapping = mapping.none\n  mode = var.s\n}",
		"file that does not fit":     `variable "n" { type = number }`,
		"expansion of a list":        `locals { a = upper([var.s, var.s]...) }`,
		"element of a list":          `locals { a = [for x in [var.s] : tonumber(x)] }`,
		"condition":                  `locals { a = var.s ? 1 : 2 }`,
		"key of an object":           `locals { a = { (var.s) = 1 }.b }`,
		"function of own definition": `locals { a = base64decode(var.s) }`,
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{
				"main.hcl": "variable \"s\" {\n  sensitive = true\n}\n" + src,
				"t.txt":    "${tonumber(s)} ${file(s)}",
			}
			o := options()
			o.Vars = []string{"s=" + secret, "n=" + secret}
			if !strings.Contains(src, `"n"`) {
				o.Vars = o.Vars[:1]
			}
			o.Env = environment(map[string]string{"SF_SECRET": secret})
			c, ds := config.Load(write(t, files), o)
			if len(ds) == 0 {
				t.Fatal("no diagnostic")
			}
			for _, d := range ds {
				all := d.Error() + d.Label + d.Where + strings.Join(d.Hints, " ") + d.Command
				if d.Subject != nil {
					lines := strings.Split(string(c.Files[d.Subject.Filename].Bytes), "\n")
					all += lines[d.Subject.Start.Line-1]
				}
				if strings.Contains(all, secret) {
					t.Errorf("shown in %s", all)
				}
			}
		})
	}
}

func TestWhatEnvReadsCannotBeMadePublic(t *testing.T) {
	for _, tc := range []struct{ name, src string }{
		{"nonsensitive", `signalsmith { project = nonsensitive(env("SF_REGION")) }`},
		{"nonsensitive through a local", "locals {\n  a = upper(env(\"SF_REGION\"))\n}\nsignalsmith {\n  project = nonsensitive(local.a)\n}"},
		{"a guess with can", `signalsmith { project = can(regex("^E", env("SF_REGION"))) }`},
		{"a guess with try", `signalsmith { project = try(regex("^X", env("SF_REGION")), "no") }`},
		{"a guess with a condition", `signalsmith { project = env("SF_REGION") == "EMEA" ? "yes" : "no" }`},
		{"a guess with an index", `signalsmith { project = { EMEA = "yes" }[env("SF_REGION")] }`},
		{"a guess with an index in a loop", `signalsmith { project = join("", [for x in [env("SF_REGION")] : { EMEA = "yes" }[x]]) }`},
		{"a guess with a loop", `signalsmith { project = join("", [for x in ["EMEA", "APAC"] : x if x == env("SF_REGION")]) }`},
		{"a guess with a length", `signalsmith { project = length(env("SF_REGION")) }`},
		{"a guess with a lookup", `signalsmith { project = lookup({ EMEA = "yes" }, env("SF_REGION"), "no") }`},
		{"a guess with contains", `signalsmith { project = contains(["EMEA"], env("SF_REGION")) }`},
		{"a template file", `signalsmith { project = templatefile("t.txt", { r = env("SF_REGION") }) }`},
		{"JSON", `signalsmith { project = jsondecode(jsonencode({ a = env("SF_REGION") })).a }`},
		{"the keys of an object", `signalsmith { project = keys({ (env("SF_REGION")) = 1 })[0] }`},
		{"a secret in another argument", "source \"duckdb\" \"f\" {\n  path = env(\"SF_API_TOKEN\")\n}"},
		{"a part of a secret in a list", "source \"duckdb\" \"f\" {\n  allow_paths = [substr(env(\"SF_API_TOKEN\"), 0, 1)]\n}"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := options()
			o.Env = environment(map[string]string{"SF_REGION": "EMEA", "SF_API_TOKEN": "t0ken"})
			_, ds := config.Load(write(t, map[string]string{"main.hcl": tc.src, "t.txt": "${r}"}), o)
			if len(ds) != 1 || ds[0].Code != "C125" {
				t.Errorf("got %v", ds)
			}
		})
	}
}
