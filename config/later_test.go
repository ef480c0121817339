package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/config/schema"
)

// unavailable loads the fixture of what the engine does not carry out.
func unavailable(t *testing.T, everything bool) []string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("..", "testdata", "config", "error", "not-available.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), src, 0o600); err != nil {
		t.Fatal(err)
	}
	emulator := &schema.Block{Blocks: []schema.Nested{{Type: "emulator", Block: &schema.Block{}}}}
	_, ds := Load(dir, Options{
		Everything: everything, Sources: map[string]*schema.Block{"duckdb": {}}, Destinations: map[string]*schema.Block{"salesforce": emulator},
	})
	var details []string
	for _, d := range ds {
		if d.Code == "C113" {
			details = append(details, d.Detail)
		}
	}
	return details
}

func TestEveryUnfinishedFeatureIsRefusedAndTheFixtureShowsIt(t *testing.T) {
	refused, passed := unavailable(t, false), strings.Join(unavailable(t, true), "\n")
	for _, f := range unfinished() {
		name := f.path[strings.LastIndex(f.path, ".")+1:]
		found := false
		for _, detail := range refused {
			what, todo, _ := strings.Cut(detail, " is not available in this version: ")
			if strings.Contains(what, name) && todo == f.todo+"." && (strings.Contains(what, f.is) || what == "The block "+name) {
				found = true
				if strings.Contains(passed, detail) {
					t.Errorf("%s is refused with Everything: %s", f.path, detail)
				}
			}
		}
		if !found {
			t.Errorf("no line of not-available.hcl shows %s", fmt.Sprintf("%s %q", f.path, f.is))
		}
	}
}

func TestWhatIsUsualIsNotUnfinished(t *testing.T) {
	for path, value := range map[string]string{
		"mapping.field.on_null": "ignore", "mapping.field.overwrite": "always", "mapping.field.on_drift": "correct",
		"mapping.field.consent": "false", "sync.mode": "upsert", "sync.on_leave": "ignore", "sync.on_missing": "skip",
		"sync.cascade": "false", "target.assignment": "off", "target.duplicates": "block", "sync.model": "",
	} {
		if f := lacking(path, value); f != nil {
			t.Errorf("%s = %s is %+v", path, value, f)
		}
	}
}
