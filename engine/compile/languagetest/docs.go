package languagetest

import (
	"regexp"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/config/lang"
)

// Example is a row of a table in docs/mapping-language.md.
type Example struct {
	Signature, Source, Result string
}

// Examples finds the examples in the text of docs/mapping-language.md.
func Examples(text string) []Example {
	row := regexp.MustCompile("(?m)^\\| `([a-z0-9_]+\\(.*?\\))` \\|.*\\| `(.*?)` \\| `(.*?)` \\|$")
	var out []Example
	for _, m := range row.FindAllStringSubmatch(text, -1) {
		out = append(out, Example{Signature: strings.ReplaceAll(strings.ReplaceAll(m[1], " c,", ","), " c)", ")"), Source: m[2], Result: m[3]})
	}
	return out
}

// CheckExamples runs the examples, and holds that every function has one with its signature.
func CheckExamples(t *testing.T, examples []Example) {
	written := map[string]bool{}
	for _, x := range examples {
		written[strings.ReplaceAll(strings.ReplaceAll(x.Signature, " c]", "]"), " c)", ")")] = true
		// A column is part of it, so that the expression is one of the mapping language.
		e, why := compileSource("col.b == null ? " + x.Source + " : null")
		if why != "" {
			t.Errorf("%s: %s", x.Source, why)
			continue
		}
		r := row{columns: map[string]value{"b": null(lang.Bool)}}
		got, ok := r.eval(e).String()
		if !ok || r.bad || got != x.Result {
			t.Errorf("%s is %q (bad: %v); the page says %q", x.Source, got, r.bad, x.Result)
		}
	}
	for _, name := range lang.Names() {
		f, _ := lang.Lookup(name)
		if name != "to_date" && !written[f.Signature()] {
			t.Errorf("no example of %s", f.Signature())
		}
	}
}
