package engine_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/schema"
)

var fence = regexp.MustCompile("(?ms)^```\\w+ (\\S+)\n(.*?)^```$")

// TestEveryExampleOfAPageShowsItsCode runs the examples of all pages that a configuration can show by itself.
func TestEveryExampleOfAPageShowsItsCode(t *testing.T) {
	t.Parallel()
	for _, code := range diag.Codes() {
		page, err := diag.Explain(code)
		if err != nil {
			t.Fatal(err)
		}
		_, example, ok := strings.Cut(page.Text, "## Example")
		if !ok {
			continue
		}
		t.Run(string(code), func(t *testing.T) {
			p := newProject(t, nil)
			for _, m := range fence.FindAllStringSubmatch(example, -1) {
				p.write(m[1], m[2])
			}
			cfg, found := p.tryLoad()
			if !found.HasErrors() {
				found = append(found, p.engine.Validate(context.Background(), cfg)...)
			}
			for _, d := range found {
				if d.Code == code {
					return
				}
			}
			t.Errorf("the example gives %v", found)
		})
	}
}

// tryLoad reads the configuration, with its problems.
func (p *project) tryLoad() (*config.Config, diag.Diagnostics) {
	o := config.Options{
		Sources: p.engine.Registry.Sources(), Destinations: map[string]*schema.Block{}, Vars: p.vars, Version: p.engine.Version, Everything: p.everything,
		Env: func(string) (string, bool) { return "", false },
	}
	for _, f := range p.engine.Registry.Destinations {
		o.Destinations[f.Kind()] = f.Schema()
	}
	return config.Load(p.dir, o)
}
