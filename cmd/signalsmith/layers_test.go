package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestLayers holds the import rules: commands see the engine, the engine sees configuration and contracts, providers
// see contracts, and only main names concrete providers.
func TestLayers(t *testing.T) {
	const module = "github.com/signalsmith/signalsmith/"
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatalf("listing packages: %v", err)
	}
	rules := []struct{ from, to, why string }{
		{"config", "engine", "the language knows nothing of planning"},
		{"config", "providers", "the language knows nothing of providers"},
		{"config", "cmd", "the language knows nothing of the command line"},
		{"engine", "cmd", "the engine tells through events and documents"},
		{"engine", "providers/", "the engine knows contracts only"},
		{"providers", "engine", "providers know contracts only"},
		{"providers", "cmd", "providers know contracts only"},
		{"cmd/internal", "providers/", "only main names concrete providers"},
		{"cmd/internal/view", "config/lang", "views see documents and diagnostics"},
	}
	for line := range strings.Lines(string(out)) {
		names := strings.Fields(strings.ReplaceAll(line, module, ""))
		for _, r := range rules {
			if !strings.HasPrefix(names[0]+"/", strings.TrimSuffix(r.from, "/")+"/") {
				continue
			}
			for _, imp := range names[1:] {
				if strings.HasPrefix(imp+"/", strings.TrimSuffix(r.to, "/")+"/") && (imp != "providers" || r.to == "providers") {
					t.Errorf("%s imports %s: %s", names[0], imp, r.why)
				}
			}
		}
	}
}
