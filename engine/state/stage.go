package state

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/providers"
)

// Stage is one item's part of a run, durable before the run's first request for it: what was to be written stands in
// the intent table, row by row.
type Stage struct {
	Identity
	Run, Plan string
	Table     string // of the records
	Intent    string // of the rows to write
	Contract  string // of their fingerprints
	ModelRows int64
	Creates   int64
	Updates   int64
	Clears    int64
	Removes   int64
	Started   time.Time
	Done      bool // committed; the intent is gone

	was string // the address on record, where it was moved
}

// The statuses of a stage.
const (
	statusOpen = "open"
	statusDone = "done"
)

// takeStage adds a row of the stages table: one for each kind of write.
func (s *State) takeStage(st *Stage, r *row) {
	operation, status := r.s(), r.s()
	st.ModelRows = r.n()
	rows := r.n()
	st.Started, st.Done = r.time(), status == statusDone
	if operation == opRemoval {
		s.removals = append(s.removals, removal{table: st.Table, run: st.Run, n: rows, at: st.Started})
		return
	}
	i := slices.IndexFunc(s.stages, func(have *Stage) bool { return have.Run == st.Run && have.Intent == st.Intent })
	if i < 0 {
		i = len(s.stages)
		s.stages = append(s.stages, st)
	}
	switch operation {
	case "create":
		s.stages[i].Creates = rows
	case "clear":
		s.stages[i].Clears = rows
	case "remove":
		s.stages[i].Removes = rows
	default:
		s.stages[i].Updates = rows
	}
}

// Unfinished lists the stages of the runs of one project and environment that have not ended in order, by run and
// address. Those that are done are among them, as long as another one of their run is not, or the run itself is not
// on record.
func (s *State) Unfinished(project, environment string) []*Stage {
	var out []*Stage
	for _, st := range s.stages {
		if st.Project == project && st.Environment == environment {
			out = append(out, st)
		}
	}
	return out
}

// intent names the table of an item's intent.
func intent(run string, id Identity) string {
	return intentPrefix + strings.ReplaceAll(run, "-", "_") + "_" + id.digest()
}

// Begin makes durable what is about to be written: query gives the rows of the intent (see diff.Intended). From then
// on the stage is open, until a commit closes it.
func (s *State) Begin(ctx context.Context, it *Item, st *Stage, query string) error {
	if s.claimed != st.Run {
		if err := s.claim(ctx, st.Run, s.Generation); err != nil {
			return err
		}
	}
	st.Identity, st.Table, st.Intent = it.Identity, it.Table, intent(st.Run, it.Identity)
	d := s.ws.Dialect()
	var rows [][]any // one at least
	for i, op := range []struct {
		name string
		n    int64
	}{{"create", st.Creates}, {"update", st.Updates}, {"clear", st.Clears}, {"remove", st.Removes}} {
		if op.n > 0 || i == 0 {
			rows = append(rows, append(st.values(), st.Table, st.Contract, st.Run, st.Plan, st.Intent, op.name, statusOpen, st.ModelRows, op.n, st.Started))
		}
	}
	// The intent has the run's name, so that it is nobody else's; it counts once the stage is there.
	err := s.ws.Exec(ctx, providers.Statement{SQL: "CREATE OR REPLACE TABLE " + s.name(st.Intent) + " AS " + query})
	if err == nil {
		err = s.write(ctx, st.Run, insert(d, stagesTable, rows...))
	}
	if err != nil {
		return fmt.Errorf("keeping what is to be written for %s: %w", st.Addr, err)
	}
	return nil
}

// closing closes a stage; dropping removes its intent after that.
func (s *State) closing(st *Stage) providers.Statement {
	return providers.Statement{SQL: "UPDATE " + s.name(stagesTable) + " SET status = ? WHERE run = ? AND intent_table = ?", Args: []any{statusDone, st.Run, st.Intent}}
}

func (s *State) dropping(st *Stage) providers.Statement {
	return providers.Statement{SQL: "DROP TABLE IF EXISTS " + s.name(st.Intent)}
}

// Intended is a stage's intent as a comparison sees it: the table, the fields in order of the fingerprint, and those that
// are only set when a row leaves. ok is false where the table is not there.
func (s *State) Intended(st *Stage) (table string, fields, aside []string, ok bool) {
	for _, c := range s.tables[st.Intent] {
		if name, is := strings.CutPrefix(c, diff.ValueColumn("")); is {
			fields = append(fields, name)
		}
		if name, is := strings.CutPrefix(c, "n_"); is {
			aside = append(aside, name)
		}
	}
	return s.name(st.Intent), fields, aside, len(fields) > 0
}

// Records is the table of a stage's snapshot, as far as it was committed.
func (s *State) Records(st *Stage) string { return s.name(st.Table) }

// Lost is the item that a stage belongs to, also where its first commit was lost.
func (s *State) Lost(st *Stage) *Item {
	if it := s.items[st.text()]; it != nil {
		return it
	}
	return &Item{Identity: st.Identity, Table: st.Table, columns: s.tables[st.Table]}
}

// Restamp is a contract of the stage's fields with this engine's fingerprint.
func (s *State) Restamp(st *Stage) string {
	_, fields, _ := strings.Cut(st.Contract, "|")
	return s.ws.Dialect().Stamp() + "|" + fields
}

// Ended tells whether a run is on record.
func (s *State) Ended(ctx context.Context, run string) (bool, error) {
	rows, err := s.ws.Query(ctx, "SELECT run FROM "+s.name(runsTable)+" WHERE run = ?", run)
	if err != nil {
		return false, fmt.Errorf("looking for run %s: %w", run, err)
	}
	defer rows.Close()
	found := rows.Next()
	return found, rows.Err()
}

// Forget removes the stages of a run that is on record, but for those that are still open.
func (s *State) Forget(ctx context.Context, run string) error {
	err := s.write(ctx, run, providers.Statement{
		SQL: "DELETE FROM " + s.name(stagesTable) + " WHERE run = ? AND status = ?", Args: []any{run, statusDone}})
	if err != nil {
		return fmt.Errorf("closing run %s: %w", run, err)
	}
	return nil
}

// Sweep removes what a crash left over: intents that no open stage names, made just before their stage was opened or
// kept just after it was closed, and rows of items that newer ones have replaced. Only whoever holds the lock may call it.
func (s *State) Sweep(ctx context.Context) error {
	if err := s.list(ctx); err != nil {
		return err
	}
	var drops, stale []providers.Statement
	for t := range s.tables {
		open := slices.ContainsFunc(s.stages, func(st *Stage) bool { return st.Intent == t && !st.Done })
		if strings.HasPrefix(t, intentPrefix) && !open {
			drops = append(drops, providers.Statement{SQL: "DROP TABLE IF EXISTS " + s.name(t)})
		}
	}
	for _, it := range s.Items() {
		if s.stale {
			stale = append(stale, s.superseded(it))
		}
	}
	var err error
	if len(stale) > 0 {
		err = s.write(ctx, "", stale...)
	}
	if err == nil && len(drops) > 0 {
		err = s.still(ctx)
	}
	if err == nil && len(drops) > 0 {
		err = s.ws.Exec(ctx, drops...)
	}
	if err != nil {
		return fmt.Errorf("dropping what is left of old runs: %w", err)
	}
	return nil
}
