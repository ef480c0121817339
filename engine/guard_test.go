package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/engine/state"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/databricks"
	"github.com/signalsmith/signalsmith/providers/duckdb"
)

// overtaken is a workspace whose lock somebody breaks: once armed, before is called when so many more statements that are
// guarded have been executed.
type overtaken struct {
	providers.Workspace
	after  int
	before func()
}

func (o *overtaken) Exec(ctx context.Context, stmts ...providers.Statement) error {
	guarded := func(s providers.Statement) bool { return s.If != "" }
	if o.before == nil || !slices.ContainsFunc(stmts, guarded) {
		return o.Workspace.Exec(ctx, stmts...)
	}
	for len(stmts) > 0 && o.after > 0 {
		if err := o.Workspace.Exec(ctx, stmts[0]); err != nil {
			return err
		}
		stmts = stmts[1:]
		o.after--
	}
	if len(stmts) == 0 {
		return nil
	}
	do := o.before
	o.before = nil
	do()
	return o.Workspace.Exec(ctx, stmts...)
}

func TestLateWritesOfARunThatWasOvertakenChangeNothing(t *testing.T) {
	t.Parallel()
	t.Run("in a file", func(t *testing.T) {
		dir := t.TempDir()
		ws, err := duckdb.Factory().Open(t.Context(), providers.WorkspaceSpec{Dir: dir, StatePath: filepath.Join(dir, "state.db"), Write: true})
		if err != nil {
			t.Fatal(err)
		}
		overtakes(t, ws, 0) // what is executed at once cannot be overtaken in between
	})
	t.Run("in a warehouse", func(t *testing.T) { overtakesOn(newLake(t), 0, 1, 2, 3, 4) })
}

func overtakesOn(l *lake, steps ...int) {
	l.t.Helper()
	l.home(true, twoPeople)
	src := l.load().Project.StateSource
	ws, err := databricks.Factory().Open(l.t.Context(), providers.WorkspaceSpec{
		StateSchema: l.schema, Write: true, Plan: "plan", Sources: []providers.SourceSpec{{Name: src.Name, Body: src.Body}},
	})
	if err != nil {
		l.t.Fatal(err)
	}
	overtakes(l.t, ws, steps...)
}

// overtakes lets one run be overtaken by another after each of the steps of each of its writes.
func overtakes(t *testing.T, ws providers.Workspace, steps ...int) {
	t.Helper()
	defer func() {
		if err := ws.Close(); err != nil {
			t.Error(err)
		}
	}()
	id := state.Identity{Project: "crm", Environment: "dev", Addr: "sync.people", OrgID: "00D", Object: "Contact", Match: "Code__c", Keys: []string{"id"}}
	fields := []diff.Field{{Field: providers.Field{Name: "Code__c", Type: "string"}}}
	load := func(ws providers.Workspace) *state.State {
		t.Helper()
		s, err := state.Open(t.Context(), ws, bytes.NewReader(make([]byte, 64)))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	// commit writes the row k as the run says; another contract than before makes it bring the fingerprints up to date.
	commit := func(s *state.State, run, contract string, stage *state.Stage) error {
		return s.Commit(t.Context(), s.Item(id), state.Change{
			Contract: contract, Fields: []string{"Code__c"}, Rows: 1, Run: run, Stage: stage,
			Records: func(int64) ([]providers.Statement, error) { return replaced(t, ws, s.Item(id).Table, run), nil },
		}, run)
	}
	s := load(ws)
	it, err := s.Prepare(t.Context(), id, fields, bytes.NewReader(make([]byte, 64)))
	if err != nil {
		t.Fatal(err)
	}
	err = s.Commit(t.Context(), it, state.Change{Contract: "a|code__c:text:0", Fields: []string{"Code__c"}, Rows: 1, Run: "run-0",
		Records: func(int64) ([]providers.Statement, error) { return nil, nil }}, "run-0")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, write := range []string{"begin", "commit", "ran", "forget"} {
		for _, after := range steps {
			if after > 0 && write != "commit" {
				continue
			}
			n++
			contract := fmt.Sprintf("%d|code__c:text:0", n)
			slowRun, quickRun := fmt.Sprintf("run-%02d-slow", n), fmt.Sprintf("run-%02d-quick", n)
			late := &overtaken{Workspace: ws}
			slow := load(late)
			began := write == "commit" || write == "forget"
			stage := &state.Stage{Run: slowRun, Plan: "p", Contract: contract, ModelRows: 1, Creates: 1, Started: time.Unix(1e9, 0)}
			intent := "SELECT 'k' AS " + ws.Dialect().Ident("key") + ", 'v' AS " + ws.Dialect().Ident(diff.ValueColumn("Code__c"))
			if began {
				err = slow.Begin(t.Context(), slow.Item(id), stage, intent)
			}
			if err == nil && write == "forget" {
				err = commit(slow, slowRun, contract+" before", stage)
			}
			if err != nil {
				t.Fatal(err)
			}
			var want map[string][]string
			late.after, late.before = after, func() {
				if err := commit(load(ws), quickRun, contract+" quick", nil); err != nil {
					t.Fatal(err)
				}
				want = rowsOf(t, ws)
			}
			switch write {
			case "begin":
				err = slow.Begin(t.Context(), slow.Item(id), stage, intent)
			case "commit":
				err = commit(slow, slowRun, contract, stage)
			case "ran":
				err = slow.Ran(t.Context(), slowRun, "p", "applied", time.Unix(1e9, 0), time.Unix(1e9, 0))
			case "forget":
				err = slow.Forget(t.Context(), slowRun)
			}
			var ds diag.Diagnostics
			if !errors.As(err, &ds) || ds[0].Code != "S402" {
				t.Errorf("%s, overtaken after %d statements: %v", write, after, err)
			}
			err = nil
			if got := rowsOf(t, ws); want == nil || !cmp.Equal(got, want) {
				t.Errorf("%s, overtaken after %d statements, wrote: %s", write, after, cmp.Diff(want, got))
			}
		}
	}
}

// replaced gives the statements that make the run's name the value of the row k.
func replaced(t *testing.T, ws providers.Workspace, table, run string) []providers.Statement {
	t.Helper()
	d := ws.Dialect()
	var names, values []string
	for _, c := range diff.Fixed() {
		v := "CAST(NULL AS " + d.Type(c.Type) + ")"
		switch c.Name {
		case diff.ColKey:
			v = d.Literal("k")
		case "run":
			v = d.Literal(run)
		}
		names, values = append(names, c.Name), append(values, v+" AS "+d.Ident(c.Name))
	}
	names = append(names, diff.ValueColumn("Code__c"))
	values = append(values, d.Literal(run)+" AS "+d.Ident(diff.ValueColumn("Code__c")), "1 = 0 AS gone")
	source := "commit_" + strings.ReplaceAll(run, "-", "_")
	if err := ws.Exec(t.Context(), providers.Statement{SQL: d.CreateTemp(source, "SELECT "+strings.Join(values, ", "))}); err != nil {
		t.Fatal(err)
	}
	var out []providers.Statement
	for _, sql := range d.Replace(table, source, []string{diff.ColKey}, names) {
		out = append(out, providers.Statement{SQL: sql})
	}
	return out
}

// rowsOf gives all rows of the state, by table, without the intents.
func rowsOf(t *testing.T, ws providers.Workspace) map[string][]string {
	t.Helper()
	tables, err := ws.Tables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d := ws.Dialect()
	out := map[string][]string{}
	for table, columns := range tables {
		if strings.HasPrefix(table, "intent_") {
			continue
		}
		var parts []string
		for _, c := range columns {
			parts = append(parts, "COALESCE(CAST("+d.Ident(c)+" AS "+d.Type(providers.TypeText)+"), '-')")
		}
		rows, err := ws.Query(t.Context(), "SELECT "+strings.Join(parts, " || ' ' || ")+" FROM "+d.State(table)+" ORDER BY 1")
		if err != nil {
			t.Fatal(err)
		}
		out[table] = []string{}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			out[table] = append(out[table], line)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
