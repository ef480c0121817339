package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
)

// FuzzLoad holds that loading never panics, that every place lies inside its file, that every code has a page, and
// that formatting twice is formatting once.
func FuzzLoad(f *testing.F) {
	for _, kind := range []string{"valid", "error"} {
		paths, err := filepath.Glob(filepath.Join("..", "testdata", "config", kind, "*.hcl"))
		if err != nil {
			f.Fatal(err)
		}
		for _, p := range paths {
			src, err := os.ReadFile(p)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src)
		}
	}
	f.Add([]byte(complete))
	for _, s := range []string{
		"\ufeff", "\r", "a = \"${", "a = <<X\n", "locals {\n  a = \"\r\n", "x \"\xff\" {}", "locals { a = \"${local.a}\" }",
		"mapping \"m\" {\n  fields = {\n    (col.a) = col[col.b]\n  }\n}", "variable \"v\" {\n  default = {}[0]\n}",
		"locals { a = 1e400 }", "locals { a = [for x in {} : x...] }", "model \"m\" { primary_key = [null, \"a\"] }",
	} {
		f.Add([]byte(s))
	}
	codes := diag.Codes()
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, src []byte) {
		if err := os.WriteFile(filepath.Join(dir, "main.hcl"), src, 0o600); err != nil {
			t.Fatal(err)
		}
		c, ds := config.Load(dir, everything())
		if c == nil {
			t.Fatal("no configuration")
		}
		for _, d := range ds {
			if !slices.Contains(codes, d.Code) {
				t.Errorf("%s has no page", d.Code)
			}
			if d.Detail == "" || d.Severity == "" {
				t.Errorf("says nothing: %+v", d)
			}
			places := []*hcl.Range{d.Subject}
			for _, r := range d.Related {
				places = append(places, &r.Range)
			}
			for _, at := range places {
				if at != nil {
					inside(t, c, *at, d)
				}
			}
		}
		once := config.Format(src)
		if !bytes.Equal(once, config.Format(once)) {
			t.Errorf("formatting again changes %q", once)
		}
	})
}

// inside checks that a place lies in the text of its file, and that its lines and columns say where.
func inside(t *testing.T, c *config.Config, at hcl.Range, d diag.Diagnostic) {
	t.Helper()
	f := c.Files[at.Filename]
	if f == nil {
		t.Errorf("no file %q: %v", at.Filename, d)
		return
	}
	if at.Start.Byte < 0 || at.End.Byte > len(f.Bytes) || at.Start.Byte > at.End.Byte || at.Start.Line < 1 || at.Start.Column < 1 {
		t.Errorf("%+v is outside of %d bytes: %v", at, len(f.Bytes), d)
		return
	}
	if lines := bytes.Count(f.Bytes[:at.Start.Byte], []byte("\n")) + 1; lines != at.Start.Line {
		t.Errorf("byte %d is in line %d, not %d: %v", at.Start.Byte, lines, at.Start.Line, d)
	}
}
