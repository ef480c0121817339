package view

import (
	"bytes"
	"testing"
)

func TestPages(t *testing.T) {
	text := "# UNABLE_TO_LOCK_ROW\n\n## Cause\nAnother \x1b[2Jprocess.\n\n## Example\n```hcl main.hcl\nx = 1\n```\n"
	want := "UNABLE_TO_LOCK_ROW: a code of salesforce\n\nCause\nAnother \\x1b[2Jprocess.\n\nExample\n```hcl main.hcl\nx = 1\n```\n"
	var b bytes.Buffer
	if err := (Page{}).Write(&b, "UNABLE_TO_LOCK_ROW", "a code of salesforce", text); err != nil || b.String() != want {
		t.Errorf("got %q, %v", b.String(), err)
	}
	b.Reset()
	chapters := []Chapter{{"signalsmith", [][2]string{{"R201", "Unknown field"}, {"X1", ""}}}, {"salesforce", [][2]string{{"A", ""}}}}
	if err := (Page{}).List(&b, chapters); err != nil || b.String() != "signalsmith\n  R201  Unknown field\n  X1\n\nsalesforce\n  A\n" {
		t.Errorf("got %q, %v", b.String(), err)
	}
}
