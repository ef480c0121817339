package view

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/event"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// harmless fails where output holds what a terminal could take for a command. Drawn output may move the cursor.
func harmless(t *testing.T, out []byte, drawn bool) {
	t.Helper()
	s := string(out)
	if drawn {
		for _, cs := range []string{"\x1b[J", "\r"} {
			s = strings.ReplaceAll(s, cs, "")
		}
		for i := range 20 {
			s = strings.ReplaceAll(s, "\x1b["+plain(i)+"A", "")
		}
	}
	if !utf8.ValidString(s) {
		t.Errorf("not UTF-8: %q", s)
	}
	for _, r := range s {
		if r != '\n' && words.Unsafe(r) {
			t.Fatalf("raw %U in %q", r, s)
		}
	}
}

// hostile puts one text into every place of a plan.
func hostile(s string, n int64) *plan.Plan {
	value := &s
	return &plan.Plan{
		ID: s, Org: plan.Org{ID: s, Name: s, User: s, Production: n%2 == 0}, Environment: s, Refresh: n%3 == 0,
		LastApply: &plan.LastApply{Run: s},
		Items: []plan.Item{{
			Addr: s, Kind: s, Mode: s, Destination: s, Object: s, Match: s, Membership: s, Model: s, Where: s,
			Source:  plan.Source{Rows: n, Usable: n},
			Counts:  plan.Counts{Create: plan.Count{N: n, Known: true}, Update: plan.Count{N: n}, Skip: plan.Count{N: n, Known: true}},
			Reasons: map[string]int64{s: n, "adopted": n, "left_model": 1},
			Fields:  []plan.FieldChange{{Field: s, Changed: n, Transitions: []plan.Transition{{From: value, To: nil, N: n}}}},
			Samples: []plan.Sample{
				{Key: s, Action: "update", Reason: s, Detail: s, Fields: []plan.SampleField{{Field: s, Before: value, After: value}, {Field: s, After: value, Masked: true}}},
				{Key: s, KeyMasked: true, Action: s, Reason: s},
				{Key: s, Action: "create", Reason: s, Fields: []plan.SampleField{{Field: s, After: value}}},
			},
		}},
		Guards:      []plan.Guard{{Rule: "max_remove", Addr: s, Limit: s, Got: s, Blocked: true, Where: s}},
		Diagnostics: []plan.Diagnostic{{Code: s, Severity: s, Summary: s, Detail: s, Range: &plan.Range{File: s, StartLine: 1}}},
	}
}

func FuzzOutputHoldsNoControlCharacters(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b[31m\u202e\x07\u009b", "a\nb\tc\r", "\xff\xfe", "日本\u0301👩‍👧", "\u2028\ufeff\u200e", strings.Repeat("x\u0301", 200), `"\`} {
		f.Add(s, int64(3), 5)
		f.Add(s, int64(-1), 80)
	}
	f.Fuzz(func(t *testing.T, s string, n int64, width int) {
		var b bytes.Buffer
		p := hostile(s, n)
		for _, d := range []Detail{Normal, Summary, Full} {
			if err := (Plan{Detail: d}).Write(&b, p); err != nil {
				t.Fatal(err)
			}
		}
		for _, doc := range []any{p, &plan.Run{Run: s}} {
			var j bytes.Buffer
			if err := JSON(&j, doc); err != nil {
				t.Fatal(err)
			}
			if !json.Valid(j.Bytes()) {
				t.Fatalf("not JSON: %s", j.String())
			}
			b.Write(j.Bytes())
		}
		r := &plan.Run{
			Run: s, Plan: s, Status: s, Org: p.Org, Failed: plan.Tally{Create: n}, FailedFile: s,
			Items:    []plan.RunItem{{Addr: s, Stopped: s, Rows: n}},
			Failures: []plan.Failure{{Code: s, Message: s, Object: s, N: n, Keys: []string{s}, Hint: s}},
		}
		v := Run{Explains: func(string) bool { return true }}
		if err := v.Show(&b, r); err != nil {
			t.Fatal(err)
		}
		if err := v.Runs(&b, []*plan.Run{r}); err != nil {
			t.Fatal(err)
		}
		if err := (Page{}).Write(&b, s, s, s); err != nil {
			t.Fatal(err)
		}
		pos := hcl.Pos{Line: int(n % 4), Column: width, Byte: width}
		ds := diag.Diagnostics{{
			Code: "X001", Severity: diag.Error, Detail: s, Label: s, Where: s, Addr: s, Hints: []string{s}, Command: s,
			Subject: &diag.Range{Filename: s, Start: pos, End: hcl.Pos{Line: 2, Column: 4, Byte: int(n % 100)}},
			Related: []diag.Related{{Range: diag.Range{Filename: s, Start: hcl.Pos{Line: 1, Column: 1}, End: pos}, Label: s}},
		}}
		if err := (Diagnostics{Source: func(string) []byte { return []byte(s) }, Width: width}).Write(&b, ds, ""); err != nil {
			t.Fatal(err)
		}
		harmless(t, b.Bytes(), false)
		b.Reset()
		now := time.Unix(0, 0)
		g := &Progress{Out: &b, Now: func() time.Time { now = now.Add(time.Second); return now }, Size: func() (int, int) { return width % 300, 24 }}
		g.Event(event.Reading{What: s, Rows: n})
		g.Event(event.Applying{Plan: s, Destination: s})
		g.Event(event.Stage{Addr: s, Op: s, Done: n, Total: 10, State: event.Running, Elapsed: time.Minute})
		g.Event(event.Throttled{Destination: s, Wait: time.Second, Why: s})
		g.Close()
		harmless(t, b.Bytes(), true)
	})
}
