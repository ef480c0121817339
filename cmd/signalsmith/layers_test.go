package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestLayers holds the import rules: commands see the engine, the engine sees configuration and contracts, providers
// see contracts, diagnostics and block schemas, and only main names concrete providers.
func TestLayers(t *testing.T) {
	const module = "github.com/signalsmith/signalsmith/"
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatalf("listing packages: %v", err)
	}
	rules := []struct {
		from, to string
		but      []string
		why      string
	}{
		{"config", "engine", nil, "the language knows nothing of planning"},
		{"config", "providers", nil, "the language knows nothing of providers"},
		{"config", "cmd", nil, "the language knows nothing of the command line"},
		{"engine", "cmd", nil, "the engine tells through events and documents"},
		{"engine", "providers", []string{"providers"}, "the engine knows contracts only"},
		{"engine", "github.com/spf13", nil, "the engine knows no command line"},
		{"providers", "engine", nil, "providers know contracts only"},
		{"providers", "cmd", nil, "providers know contracts only"},
		{"providers", "config", []string{"config/diag", "config/schema"}, "providers know diagnostics and block schemas only"},
		{"cmd/internal", "providers", []string{"providers"}, "only main names concrete providers"},
		{"cmd/internal/view", "engine", []string{"engine/plan", "engine/event"}, "views see documents and events"},
		{"cmd/internal/view", "config", []string{"config/diag"}, "views see diagnostics"},
		{"cmd/internal/report", "engine", []string{"engine/plan"}, "reports see the plan document"},
		{"cmd/internal/report", "config", nil, "reports see the plan document"},
		{"cmd/internal/report", "cmd/internal/cli", nil, "reports know no command line"},
		{"cmd/internal/eventlog", "engine", []string{"engine/plan", "engine/event"}, "the log sees documents and events"},
		{"cmd/internal/words", "engine", nil, "words know no documents"},
	}
	below := func(pkg, dir string) bool { return strings.HasPrefix(pkg+"/", dir+"/") }
	seen := 0
	for line := range strings.Lines(string(out)) {
		names := strings.Fields(strings.ReplaceAll(line, module, ""))
		seen++
		for _, r := range rules {
			if !below(names[0], r.from) {
				continue
			}
			for _, imp := range names[1:] {
				if below(imp, r.to) && !slices.Contains(r.but, imp) {
					t.Errorf("%s imports %s: %s", names[0], imp, r.why)
				}
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d packages were looked at", seen)
	}
}
