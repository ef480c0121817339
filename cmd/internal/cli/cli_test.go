package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// desk is a shell at which somebody sits and types.
func desk(typed string) (s *shell, out, screen *bytes.Buffer) {
	out, screen = &bytes.Buffer{}, &bytes.Buffer{}
	return &shell{
		App: &App{
			Stdin: strings.NewReader(typed), Stdout: out, Stderr: screen, Terminal: Terminal{In: true, Out: true, Err: true},
			Env: func(string) (string, bool) { return "", false }, Now: time.Now,
		},
		dir: ".", color: choice{value: "never"}, level: choice{value: "warn"},
	}, out, screen
}

func textual() *planFlags { return &planFlags{format: choice{value: "text"}} }

// changes is a plan of one item.
func changes(create, update, remove, cleared int64) *plan.Plan {
	n := func(n int64) plan.Count { return plan.Count{N: n, Known: true} }
	return &plan.Plan{ID: "7f3a9c0d", Refresh: true, Items: []plan.Item{{
		Addr: "sync.contacts", Destination: "salesforce.crm", Object: "Contact",
		Counts: plan.Counts{
			Create: n(create), Update: n(update), Remove: n(remove), Clear: n(cleared), Adopt: n(0), Forget: n(0), Skip: n(0),
			Leave: n(0), Held: n(0), Reject: n(0), Unchanged: n(0),
		},
	}}}
}

func TestTheQuestionAsksForTheNumberOfRemovals(t *testing.T) {
	tests := []struct {
		name     string
		p        *plan.Plan
		typed    string
		question string
		want     bool
	}{
		{"y goes on where nothing is removed", changes(408, 1904, 0, 0), "y\n", "Apply +408 ~1,904 to salesforce.crm? [y/N] ", true},
		{"YES goes on", changes(1, 0, 0, 0), " YES \n", "Apply +1 to salesforce.crm? [y/N] ", true},
		{"anything else does not", changes(1, 0, 0, 0), "yep\n", "[y/N] ", false},
		{"the end of input does not", changes(1, 0, 0, 0), "y", "[y/N] ", false},
		{"the number goes on where something is removed", changes(408, 1904, 30, 6), "36\n", "Apply +408 ~1,904 -36 to salesforce.crm? Type the number of removals (36) to go on: ", true},
		{"with thousands separators as well", changes(0, 0, 6310, 0), "6,310\n", "Apply -6,310 to salesforce.crm? Type the number of removals (6310) to go on: ", true},
		{"y does not", changes(0, 0, 36, 0), "y\n", "(36)", false},
		{"another number does not", changes(0, 0, 36, 0), "35\n", "(36)", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, out, screen := desk(tt.typed)
			var a asking
			got, err := s.confirm(context.Background(), tt.p, textual(), false, &a)
			if err != nil || got != tt.want || a.declined == tt.want {
				t.Errorf("got %v, %v, declined %v", got, err, a.declined)
			}
			if !strings.Contains(screen.String(), tt.question) {
				t.Errorf("asked %q, want %q", screen.String(), tt.question)
			}
			if !strings.Contains(out.String(), "sync.contacts") {
				t.Error("the plan was not shown before the question")
			}
		})
	}
}

func TestAnInterruptEndsTheQuestion(t *testing.T) {
	s, _, _ := desk("")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close(); _ = w.Close() }()
	s.Stdin = r
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(10*time.Millisecond, cancel)
	var a asking
	if ok, err := s.confirm(ctx, changes(1, 0, 0, 0), textual(), false, &a); ok || err != nil || !a.declined {
		t.Errorf("got %v, %v, declined %v", ok, err, a.declined)
	}
}

func TestNobodyIsAskedWhereAPlanIsBlockedOrYesWasGiven(t *testing.T) {
	s, _, screen := desk("y\n")
	p := changes(1, 0, 0, 0)
	var a asking
	if ok, err := s.confirm(context.Background(), p, textual(), true, &a); !ok || err != nil {
		t.Error("--yes was not taken", err)
	}
	p.Guards = []plan.Guard{{Rule: "max_create", Addr: "sync.contacts", Blocked: true}}
	a = asking{}
	if ok, err := s.confirm(context.Background(), p, textual(), true, &a); ok || err != nil || a.declined {
		t.Error("a blocked plan was confirmed", err)
	}
	if err := s.notBegun(context.Background(), p, nil, textual(), &a); err != codeBlocked {
		t.Error("got", err)
	}
	if screen.Len() > 0 {
		t.Errorf("asked %q", screen.String())
	}
}

func TestExitCodes(t *testing.T) {
	bad := diag.Diagnostics{{Code: "X001", Severity: diag.Error, Detail: "Something."}}
	tests := map[string]struct {
		status string
		ds     diag.Diagnostics
		want   error
	}{
		"applied":                       {"applied", nil, nil},
		"partial":                       {"partial", nil, codePartial},
		"error":                         {"error", nil, codeError},
		"applied, but not recorded":     {"applied", bad, codeError},
		"an error comes before partial": {"partial", bad, codeError},
		"interrupted":                   {"interrupted", bad, codeInterrupted},
	}
	for name, tt := range tests {
		if got := outcome(&plan.Run{Status: tt.status}, tt.ds); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

func TestARunIsFoundByABeginningOrAnEnd(t *testing.T) {
	runs := []*plan.Run{{Run: "20261123-121004-9b1c"}, {Run: "20261122-021000-aaaa"}, {Run: "20261122-031000-bbbb"}}
	for id, want := range map[string]string{"20261123-121004-9b1c": "20261123-121004-9b1c", "9b1c": "20261123-121004-9b1c", "20261123": "20261123-121004-9b1c", "20261122": "", "cccc": "", "1210": ""} {
		r, err := findRun(runs, id)
		if (err == nil) != (want != "") || r != nil && r.Run != want {
			t.Errorf("%s: got %v, %v", id, r, err)
		}
	}
}

func TestTheEmulatorServesThisMachineOnly(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1:0": true, "localhost:8080": true, "[::1]:80": true, ":8080": false, "0.0.0.0:80": false, "10.0.0.1:80": false, "example.com:80": false, "8080": false} {
		if err := loopback(address); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestInitOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	kept := filepath.Join(dir, ".gitignore")
	if err := os.WriteFile(kept, []byte("mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s, _, _ := desk("")
	s.dir = dir
	c := s.initCommand()
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetArgs(nil)
	if err := c.Execute(); err == nil {
		t.Error("init went on beside a file of its own")
	}
	if text, err := os.ReadFile(kept); err != nil || string(text) != "mine\n" {
		t.Errorf("the file holds %q, %v", text, err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Error("init left something behind", entries)
	}
}

func TestEveryCodeOfTheCommandLineHasAPage(t *testing.T) {
	codes := diag.Codes()
	for _, c := range []diag.Code{"X001", "X101", "X102", "X103", "X104", "X105", "X106", "X107", "X108", "X109", "X110", "X111", "X112"} {
		p, err := diag.Explain(c)
		if !slices.Contains(codes, c) || err != nil || p.Summary == "" || !strings.Contains(p.Text, "## Cause\n") || !strings.Contains(p.Text, "## Fix\n") {
			t.Errorf("%s: %v, %q", c, err, p.Text)
		}
	}
}

func TestCommandsAreComplete(t *testing.T) {
	s, _, _ := desk("")
	root := s.root()
	for _, c := range root.Commands() {
		if !c.Hidden && (c.Short == "" || strings.HasSuffix(c.Short, ".")) {
			t.Errorf("%s: %q", c.Name(), c.Short)
		}
	}
	root.SetArgs([]string{"drift", "--json"})
	var d diag.Diagnostic
	if err := root.Execute(); !errors.As(err, &d) || d.Code != "X104" {
		t.Error("got", err)
	}
}
