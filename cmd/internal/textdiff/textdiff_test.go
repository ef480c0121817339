package textdiff

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestUnifiedShowsWhatSurroundsAChange(t *testing.T) {
	before := "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n"
	after := "a\nb\nc\nd\nE\nf\ng\nh\ni\nj\nk\nl\nm"
	want := `--- old
+++ new
@@ -2,7 +2,7 @@
 b
 c
 d
-e
+E
 f
 g
 h
@@ -10,3 +10,4 @@
 j
 k
 l
+m
`
	if got := Unified("old", before, "new", after); got != want {
		t.Errorf("got:\n%s", got)
	}
	if got := Unified("old", before, "new", before); got != "" {
		t.Errorf("equal texts differ:\n%s", got)
	}
}

// TestPatchGivesTheOtherText holds the difference against the patch command of git.
func TestPatchGivesTheOtherText(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not here")
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "", "+", "-- x"}), 0, 30), func(lines []string) string {
			return strings.Join(append(lines, ""), "\n")
		})
		before, after := text.Draw(t, "before"), text.Draw(t, "after")
		var a, b []string
		next := 1
		for _, h := range Hunks(before, after) {
			rest := strings.SplitAfter(before, "\n")[next-1 : h.Before-1]
			a, b = append(a, rest...), append(b, rest...)
			for _, l := range h.Lines {
				if l.Op != '+' {
					a = append(a, l.Text+"\n")
				}
				if l.Op != '-' {
					b = append(b, l.Text+"\n")
				}
			}
			if len(a)+1 < h.Before {
				t.Fatalf("hunk begins at %d after %d lines", h.Before, len(a))
			}
			next = len(a) + 1
		}
		rest := strings.SplitAfter(before, "\n")[next-1:]
		if got := strings.Join(append(a, rest...), ""); got != before {
			t.Fatalf("the old lines are %q, not %q", got, before)
		}
		if got := strings.Join(append(b, rest...), ""); got != after {
			t.Fatalf("the new lines are %q, not %q", got, after)
		}
	})
	dir := t.TempDir()
	before, after := strings.Repeat("x\ny\nz\n", 20), "first\n"+strings.Repeat("x\ny\nz\n", 10)+"mid\n"+strings.Repeat("x\ny\nz\n", 9)
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("git", "apply", "-")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(Unified("a/f", before, "b/f", after))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git apply: %v: %s", err, out)
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "f")); string(got) != after {
		t.Errorf("patched to %q", got)
	}
}
