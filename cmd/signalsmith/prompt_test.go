package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/cmd/internal/cli"
)

// sit runs a command line with somebody at a terminal, who types an answer.
func sit(dir, answer string, args ...string) (code int, out, screen string) {
	var stdout, stderr bytes.Buffer
	app := program(nil)
	app.Stdin, app.Stdout, app.Stderr = strings.NewReader(answer), &stdout, &stderr
	app.Terminal = cli.Terminal{In: true, Out: true, Err: true, Size: func() (int, int) { return 100, 40 }}
	code = app.Run(context.Background(), append([]string{"-C", dir, "--color", "never"}, args...))
	return code, stdout.String(), stderr.String()
}

func TestApplyAsksOnATerminal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	if code, _, screen := sit(dir, "", "init"); code != 0 {
		t.Fatal(screen)
	}
	for _, answer := range []string{"n\n", "\n", "5\n", ""} {
		code, out, screen := sit(dir, answer, "apply")
		if code != 1 || !strings.Contains(screen, "\nApply +5 to salesforce.crm? [y/N] ") || !strings.HasSuffix(screen, "Cancelled. Nothing was changed.\n") {
			t.Errorf("answer %q: code %d, screen %q", answer, code, screen)
		}
		if strings.Contains(out, "Applied") {
			t.Errorf("answer %q was taken for a yes", answer)
		}
	}
	code, out, screen := sit(dir, "y\n", "apply")
	if code != 0 || !strings.Contains(out, "  done        +5\n") {
		t.Errorf("code %d: %s%s", code, out, screen)
	}
	if !strings.Contains(screen, "ok sync.contacts   create   5 / 5") {
		t.Errorf("screen %q", screen)
	}
}

func TestValuesAreShownOnATerminal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	sit(dir, "", "init")
	_, out, _ := sit(dir, "", "plan", "--full")
	if strings.Contains(out, "ada@example.com") || !strings.Contains(out, "<pii ") {
		t.Errorf("a personal value is not masked:\n%s", out)
	}
	code, out, screen := sit(dir, "", "plan", "--full", "--show-values")
	if code != 0 || !strings.Contains(out, `"ada@example.com"`) {
		t.Errorf("code %d: %s%s", code, out, screen)
	}
}
