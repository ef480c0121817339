package view

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/engine/plan"
)

// TestMain only reads the flag -update, which rewrites the goldens.
func TestMain(m *testing.M) {
	flag.Bool("update", false, "rewrite the goldens")
	flag.Parse()
	os.Exit(m.Run())
}

// plans is where the documents and their screens lie.
const plans = "../../../testdata/plan"

// golden compares with a file, or rewrites it.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test ./cmd/... -update rewrites it); got:\n%s", file, got)
	}
}

func document(t testing.TB, file string) *plan.Plan {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var p plan.Plan
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	return &p
}

func TestPlanScreens(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(plans, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no documents", err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		t.Run(name, func(t *testing.T) {
			p := document(t, f)
			for ext, v := range map[string]Plan{".txt": {}, ".summary.txt": {Detail: Summary}, ".full.txt": {Detail: Full}, ".color.txt": {Palette: NewPalette(true)}} {
				if ext == ".color.txt" && name != "typical" {
					continue
				}
				var b bytes.Buffer
				if err := v.Write(&b, p); err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join(plans, name+ext), b.Bytes())
				if ext == ".txt" && name == "rejects" {
					var rows bytes.Buffer
					if err := v.Rejects(&rows, p); err != nil {
						t.Fatal(err)
					}
					golden(t, filepath.Join(plans, name+".rows.txt"), rows.Bytes())
				}
				if no := strings.Contains(b.String(), "No changes."); no != p.Empty() {
					t.Errorf("the screen says No changes: %v, the document is empty: %v", no, p.Empty())
				}
			}
		})
	}
}
