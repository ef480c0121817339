package view

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/engine/plan"
)

func runs() map[string]*plan.Run {
	started := time.Date(2026, 11, 23, 12, 10, 4, 0, time.UTC)
	base := func(status string) *plan.Run {
		return &plan.Run{
			Format: plan.Format, Run: "20261123-121004-9b1c", Plan: "7f3a9c0d51e2", Status: status, Started: started, Ended: started.Add(95 * time.Second),
			Org: plan.Org{ID: "00D5g0000012345EAA", Name: "acme", User: "integration@acme.example"}, Calls: 12,
		}
	}
	applied := base("applied")
	applied.Done = plan.Tally{Create: 312, Update: 1904, Note: 20}
	applied.Items = []plan.RunItem{{Addr: "sync.contacts", Done: applied.Done, Rows: 48210}, {Addr: "sync.leads", Rows: 1}}
	notes := base("applied")
	notes.Done = plan.Tally{Note: 47921}
	partial := base("partial")
	partial.Done = plan.Tally{Create: 312, Update: 1902, Remove: 30, Clear: 6}
	partial.Failed = plan.Tally{Update: 1202}
	partial.NotTried = plan.Tally{Create: 96}
	partial.FailedFile = ".signalsmith/runs/20261123-121004-9b1c/failed.csv"
	partial.Items = []plan.RunItem{
		{Addr: "sync.contacts", Done: partial.Done, Failed: partial.Failed, Rows: 48210},
		{Addr: "sync.leads", NotTried: partial.NotTried, Rows: 96, Stopped: "REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded."},
	}
	partial.Failures = []plan.Failure{
		{Code: "UNABLE_TO_LOCK_ROW", Message: "unable to obtain exclusive access to this record", Object: "Contact", N: 1200, Keys: []string{"C-1", "C-2", "C 3"}, Hint: "Apply again: the records were locked by somebody else's change."},
		{Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Message: "Phone must be E.164", Object: "Contact", N: 2, Keys: []string{"C-0009182", "C-0031110"}},
	}
	interrupted := base("interrupted")
	interrupted.Done, interrupted.NotTried = plan.Tally{Create: 200}, plan.Tally{Create: 112, Update: 1904}
	failed := base("error")
	failed.NotTried = plan.Tally{Create: 1}
	return map[string]*plan.Run{"applied": applied, "notes": notes, "partial": partial, "interrupted": interrupted, "error": failed}
}

func TestRunScreens(t *testing.T) {
	v := Run{Explains: func(c string) bool { return c == "UNABLE_TO_LOCK_ROW" }}
	for name, r := range runs() {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := v.Write(&b, r); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", "run", name+".txt"), b.Bytes())
			b.Reset()
			if err := v.Show(&b, r); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", "run", name+".show.txt"), b.Bytes())
			b.Reset()
			if err := JSON(&b, r); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", "run", name+".json"), b.Bytes())
		})
	}
	all := runs()
	var b bytes.Buffer
	if err := v.Runs(&b, []*plan.Run{all["partial"], all["applied"], all["notes"], all["interrupted"]}); err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("testdata", "run", "list.txt"), b.Bytes())
}
