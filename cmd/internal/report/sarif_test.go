package report

import (
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/signalsmith/signalsmith/engine/plan"
)

// TestSarifFitsTheSchema validates against the published schema, a copy of which SIGNALSMITH_SARIF_SCHEMA names.
func TestSarifFitsTheSchema(t *testing.T) {
	file := os.Getenv("SIGNALSMITH_SARIF_SCHEMA")
	if file == "" {
		t.Skip("SIGNALSMITH_SARIF_SCHEMA names no file")
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	plans := map[string]*plan.Plan{}
	for _, name := range []string{"review", "typical", "hostile", "failed", "none", "rejects", "unknown"} {
		plans[name] = document(t, name)
	}
	for _, s := range []string{"", "x", "\xff", "a b|`</x>", "%41 ü:// ?#", "/etc/x", "http://x/y", "..", strings.Repeat("x", 5000)} {
		plans[s] = hostile(s)
	}
	broken, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(render(t, "sarif", document(t, "review"), Options{}), `"level": "error"`, `"level": "fatal"`, 1)))
	if err != nil || schema.Validate(broken) == nil {
		t.Fatal("the schema takes what is no SARIF", err)
	}
	results := 0
	for name, p := range plans {
		for _, dir := range []string{"", "crm", "a b/ü"} {
			got := render(t, "sarif", p, Options{Dir: dir, Version: "0.1.0"})
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(got))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); err != nil {
				t.Errorf("%q in %q: %v", name, dir, err)
			}
			results += strings.Count(got, `"ruleIndex"`)
		}
	}
	if results < 30 {
		t.Errorf("only %d results were validated", results)
	}
}
