package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/schema"
)

// options are those of all tests: small schemas, and an environment of a few variables.
func options() config.Options {
	text := func(name string) schema.Arg { return schema.Arg{Name: name, Type: cty.String} }
	later := func() *schema.Block { return &schema.Block{Later: `log in with auth "access_token"`} }
	return config.Options{
		Version: "0.1.0",
		Sources: map[string]*schema.Block{"duckdb": {Args: []schema.Arg{
			text("path"), {Name: "allow_paths", Type: cty.List(cty.String)},
		}}},
		Destinations: map[string]*schema.Block{"salesforce": {
			Args: []schema.Arg{
				text("instance_url"), text("api_version"), text("org_id"), {Name: "production", Type: cty.Bool},
				{Name: "api", Type: cty.String, OneOf: []string{"auto", "composite"}, LaterOf: []string{"bulk"}}, text("reserve"),
			},
			Blocks: []schema.Nested{
				{Type: "auth", Variants: map[string]*schema.Block{
					"access_token": {Args: []schema.Arg{{Name: "token", Type: cty.String, Required: true, Secret: true}}},
					"oauth":        later(), "jwt": later(), "client_credentials": later(),
				}},
				{Type: "emulator", Block: &schema.Block{Args: []schema.Arg{text("schema")}}},
			},
		}},
		Now: func() time.Time { return time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC) },
		Env: environment(map[string]string{"SF_ACCESS_TOKEN": "t0ken", "HOME": "/home/somebody"}),
	}
}

// everything are options with which nothing is refused because the engine lacks it.
func everything() config.Options {
	o := options()
	o.Everything = true
	return o
}

func environment(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

// write makes a directory with files.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// fixtures are the files of a directory of testdata.
func fixtures(t *testing.T, kind string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "testdata", "config", kind, "*.hcl"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	out := map[string]string{}
	for _, p := range paths {
		src, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(p)] = string(src)
	}
	return out
}

func TestValidFixturesLoadWithoutDiagnostics(t *testing.T) {
	for name, src := range fixtures(t, "valid") {
		t.Run(name, func(t *testing.T) {
			dir := write(t, map[string]string{"main.hcl": src, "sql/customers.sql": "select 1 as id"})
			_, ds := config.Load(dir, everything())
			for _, d := range ds {
				t.Errorf("%v", d)
			}
			_, ds = config.Load(dir, options())
			for _, d := range ds {
				if d.Code != "C113" {
					t.Errorf("%v", d)
				}
			}
		})
	}
}

// TestEveryLineMarkedAsErrorGivesItsCodeAndNothingElse reads all fixtures as if the engine carried everything out, but
// that of what it does not.
func TestEveryLineMarkedAsErrorGivesItsCodeAndNothingElse(t *testing.T) {
	mark := regexp.MustCompile(`# ERROR ((?:[A-Z][0-9]+ ?)+)`)
	for name, src := range fixtures(t, "error") {
		t.Run(name, func(t *testing.T) {
			var want []string
			for i, line := range strings.Split(src, "\n") {
				if m := mark.FindStringSubmatch(line); m != nil {
					for _, code := range strings.Fields(m[1]) {
						want = append(want, place(i+1, diag.Code(code)))
					}
				}
			}
			o := everything()
			o.Everything = name != "not-available.hcl"
			_, ds := config.Load(write(t, map[string]string{"main.hcl": src, "sql/customers.sql": "select 1 as id"}), o)
			var got []string
			for _, d := range ds {
				if d.Subject == nil {
					t.Errorf("without a place: %v", d)
					continue
				}
				got = append(got, place(d.Subject.Start.Line, d.Code))
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("got %v\nwant %v\n%v", got, want, ds)
			}
			if len(want) == 0 {
				t.Error("the fixture marks no line")
			}
		})
	}
}

func place(line int, code diag.Code) string { return fmt.Sprintf("%04d %s", line, code) }
