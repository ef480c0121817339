package state

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/duckdb"
)

// opened is a state file open for writing.
func opened(t *testing.T) providers.Workspace {
	t.Helper()
	dir := t.TempDir()
	ws, err := duckdb.Factory().Open(t.Context(), providers.WorkspaceSpec{Dir: dir, StatePath: filepath.Join(dir, "state.db"), Write: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ws.Close(); err != nil {
			t.Error(err)
		}
	})
	return ws
}

func load(t *testing.T, ws providers.Workspace) *State {
	t.Helper()
	s, err := Open(t.Context(), ws, bytes.NewReader(make([]byte, 64)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	people = Identity{Project: "crm", Environment: "dev", Addr: "sync.people", OrgID: "00D", Object: "Contact", Match: "Code__c", Keys: []string{"a", "b"}}
	fields = []diff.Field{{Field: providers.Field{Name: "Code__c", Type: "string"}}}
)

// commit commits nothing but the fact itself.
func commit(s *State, it *Item, run string, stage *Stage) error {
	return s.Commit(context.Background(), it, Change{
		Contract: "stamp|code__c:text:0", Fields: []string{"Code__c"}, Rows: 7, Run: run, Stage: stage,
		Records: func(int64) ([]providers.Statement, error) { return nil, nil },
	}, run)
}

func prepared(t *testing.T, s *State) *Item {
	t.Helper()
	it, err := s.Prepare(t.Context(), people, fields, bytes.NewReader(make([]byte, 64)))
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func TestWhatWasCommittedIsThereWhenTheStateIsOpenedAgain(t *testing.T) {
	ws := opened(t)
	s := load(t, ws)
	if s.Lineage != "" || s.Item(people) != nil {
		t.Fatalf("an empty state holds %+v", s)
	}
	it := prepared(t, s)
	if err := commit(s, it, "run-1", nil); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 12, 10, 4, 0, time.UTC)
	for range 2 { // recording a run is repeatable
		if err := s.Ran(t.Context(), "run-1", "plan-1", "applied", at, at.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	again := load(t, ws)
	got := again.Item(people)
	if got == nil || got.Rows != 7 || got.Run != "run-1" || got.Contract != "stamp|code__c:text:0" || got.Table != it.Table || len(got.Keys) != 2 {
		t.Errorf("the item is %+v", got)
	}
	if again.Generation != 1 || again.Lineage != s.Lineage || again.LastRun != "run-1" || !again.LastTime.Equal(at.Add(time.Minute)) {
		t.Errorf("the state is %+v", again)
	}
	if ended, err := again.Ended(t.Context(), "run-1"); err != nil || !ended {
		t.Errorf("the run has ended: %t, %v", ended, err)
	}
}

func TestStageIsOpenUntilItsCommit(t *testing.T) {
	ws := opened(t)
	s := load(t, ws)
	it := prepared(t, s)
	st := &Stage{Run: "run-1", Plan: "plan-1", Contract: "stamp|code__c:text:0", ModelRows: 9, Creates: 2, Updates: 3, Started: time.Now()}
	for range 2 { // beginning is repeatable
		if err := s.Begin(t.Context(), it, st, "SELECT 'k' AS key, 'create' AS action, 'v' AS \"v_Code__c\", NULL AS \"e_Code__c\", true AS \"w_Code__c\""); err != nil {
			t.Fatal(err)
		}
	}
	found := load(t, ws).Unfinished("crm", "dev")
	if len(found) != 1 || found[0].Done || found[0].Creates != 2 || found[0].Updates != 3 || found[0].ModelRows != 9 || !found[0].Equal(people) {
		t.Fatalf("the stages are %+v", found)
	}
	if other := load(t, ws).Unfinished("crm", "prod"); len(other) != 0 {
		t.Errorf("another environment sees %+v", other)
	}
	if _, names, _, ok := load(t, ws).Intended(found[0]); !ok || len(names) != 1 || names[0] != "Code__c" {
		t.Errorf("the intent has the fields %v", names)
	}
	if err := commit(s, it, "run-1", st); err != nil {
		t.Fatal(err)
	}
	after := load(t, ws)
	if found := after.Unfinished("crm", "dev"); len(found) != 1 || !found[0].Done {
		t.Errorf("after the commit, the stages are %+v", found)
	}
	if err := after.Forget(t.Context(), "run-1"); err != nil {
		t.Fatal(err)
	}
	if found := load(t, ws).Unfinished("crm", "dev"); len(found) != 0 {
		t.Errorf("after all, the stages are %+v", found)
	}
}

func TestWhoLostTheStateWritesNothingMore(t *testing.T) {
	ws := opened(t)
	s := load(t, ws)
	it := prepared(t, s)
	if err := commit(s, it, "run-1", nil); err != nil {
		t.Fatal(err)
	}
	slow, quick := load(t, ws), load(t, ws)
	if err := slow.Begin(t.Context(), slow.Item(people), &Stage{Run: "run-slow"}, "SELECT 'k' AS key, 'v' AS \"v_Code__c\""); err != nil {
		t.Fatal(err)
	}
	// The lock is broken; whoever read the state before the slow one began cannot go on, and has to read it again.
	var ds diag.Diagnostics
	if err := commit(quick, quick.Item(people), "run-quick", nil); !errors.As(err, &ds) || ds[0].Code != "S402" {
		t.Fatalf("got %v", err)
	}
	quick = load(t, ws)
	if len(quick.Unfinished("crm", "dev")) != 1 {
		t.Error("the stage of the slow one is not seen")
	}
	if err := commit(quick, quick.Item(people), "run-quick", nil); err != nil {
		t.Fatal(err)
	}
	if err := commit(slow, slow.Item(people), "run-slow", nil); !errors.As(err, &ds) || ds[0].Code != "S402" {
		t.Errorf("got %v", err)
	}
	// Tables are neither extended nor dropped by one who was overtaken.
	more := append(slices.Clone(fields), diff.Field{Field: providers.Field{Name: "City__c", Type: "string"}})
	if _, err := slow.Prepare(t.Context(), people, more, nil); !errors.As(err, &ds) || ds[0].Code != "S402" {
		t.Errorf("got %v", err)
	}
	intent := "intent_run_quick_" + people.digest()
	if err := ws.Exec(t.Context(), providers.Statement{SQL: "CREATE TABLE " + ws.Dialect().State(intent) + " AS SELECT 'k' AS key"}); err != nil {
		t.Fatal(err)
	}
	slow.tables = nil // as one that has just been opened
	if err := slow.Sweep(t.Context()); !errors.As(err, &ds) || ds[0].Code != "S402" {
		t.Errorf("got %v", err)
	}
	tables, err := ws.Tables(t.Context())
	if err != nil || tables[intent] == nil || slices.Contains(tables[it.Table], diff.ValueColumn("City__c")) {
		t.Errorf("the tables are %v, %v", tables, err)
	}
	if got := load(t, ws); got.Item(people).Run != "run-quick" || got.Generation != 2 {
		t.Errorf("the item is %+v at %d", got.Item(people), got.Generation)
	}
}

func TestStateWithoutATableIsRefused(t *testing.T) {
	ws := opened(t)
	s := load(t, ws)
	prepared(t, s)
	if err := ws.Exec(t.Context(), providers.Statement{SQL: "DROP TABLE " + s.name(stagesTable)}); err != nil {
		t.Fatal(err)
	}
	var ds diag.Diagnostics
	if _, err := Open(t.Context(), ws, nil); !errors.As(err, &ds) || ds[0].Code != "S408" {
		t.Errorf("got %v", err)
	}
}
