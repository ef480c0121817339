package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/engine/state"
	"github.com/signalsmith/signalsmith/providers"
)

// overlay is a snapshot as it would be if a run that has not ended were settled.
type overlay struct {
	settled  *diff.Settled
	item     *state.Item // nil where nothing of it was ever committed
	contract string
}

func (o *overlay) snapshot(w *work) (diff.Snapshot, error) {
	snap, err := o.settled.Snapshot(o.contract == w.contract && (o.item == nil || o.item.Contract == w.contract))
	snap.Clears = diff.Clears(o.contract)
	return snap, err
}

// settle finds out what became of runs of this project and environment that have not ended. An apply commits what
// Salesforce holds of them and closes them, before it plans. A plan writes nothing; it plans as if that had been done,
// with the snapshots that settle returns.
func (s *session) settle(ctx context.Context, st *state.State, o PlanOptions) (map[*item]*overlay, error) {
	if s.write {
		if err := st.Sweep(ctx); err != nil {
			return nil, err
		}
	}
	stages := st.Unfinished(s.cfg.Project.Project, s.cfg.Project.Environment)
	lost := map[*item]*overlay{}
	runs := map[string]*plan.Run{}
	for i, stage := range stages {
		if runs[stage.Run] == nil {
			runs[stage.Run] = &plan.Run{
				Format: plan.Format, Run: stage.Run, Plan: stage.Plan, Project: s.cfg.Project.Project, Environment: s.cfg.Project.Environment,
				Started: stage.Started, Items: []plan.RunItem{}, Failures: []plan.Failure{},
			}
		}
		run := runs[stage.Run]
		if stage.Done {
			run.Items = append(run.Items, plan.RunItem{Addr: stage.Addr, Rows: stage.ModelRows, Done: plan.Tally{Create: stage.Creates, Update: stage.Updates, Clear: stage.Clears, Remove: stage.Removes}})
			continue
		}
		it := s.holder(stage)
		if it == nil {
			continue
		}
		if it.Spec.Match < 0 {
			if err := s.undecided(ctx, st, stage, it, i+1); err != nil {
				return nil, fmt.Errorf("settling run %s: %w", stage.Run, err)
			}
			continue
		}
		if o.NoRefresh {
			s.unread(stage, it)
			if s.write {
				return nil, s.diags
			}
			continue
		}
		settled, err := s.find(ctx, st, stage, it, i+1)
		if err != nil {
			return nil, fmt.Errorf("settling run %s: %w", stage.Run, err)
		}
		run.Org = orgOf(it.org.id)
		s.open405(stage, it, settled)
		if !s.write {
			lost[it] = &overlay{settled: settled, item: st.Item(stage.Identity), contract: st.Restamp(stage)}
			continue
		}
		if err := s.commitLost(ctx, st, stage, settled); err != nil {
			return nil, err
		}
		run.Items = append(run.Items, plan.RunItem{
			Addr: stage.Addr, Rows: stage.ModelRows, Stopped: "it did not end in order",
			Done: arrived(stage, settled), NotTried: tally(settled.Open),
		})
	}
	if s.write {
		return nil, s.finish(ctx, st, stages, runs)
	}
	return lost, nil
}

// holder is the item that a stage is about. Where there is none, the stage stays open, and the user is told why.
func (s *session) holder(stage *state.Stage) *item {
	var same *item
	for _, it := range s.items {
		if it.addr() == stage.Addr {
			same = it
		}
	}
	if same != nil && s.identity(same).Equal(stage.Identity) {
		return same
	}
	d := diag.Diagnostic{Code: "P405", Severity: diag.Warning, Addr: stage.Addr}
	what := s.told(stage)
	switch {
	case same != nil:
		rng := same.Range
		d.Subject = &rng
		d.Detail = fmt.Sprintf("%s It wrote %s by %s in org %s, and the item now means %s by %s in org %s. The stage stays open, and nothing is "+
			"written for it. To settle it, apply once with the item as it was.", what, stage.Object, stage.Match, stage.OrgID,
			same.Object.Name, s.identity(same).Match, same.org.id.ID)
	case s.cfg.Syncs[stage.Addr] != nil:
		d.Detail = what + " The item is left out of this plan, so its stage stays open. It is settled by the next apply that has it."
	default:
		d.Detail = what + " The item is no longer declared, so its stage stays open, and nothing is written for it. To settle it, declare the item again and apply once."
	}
	s.diags = append(s.diags, d)
	return nil
}

// told begins what is said of a stage that has not ended.
func (s *session) told(stage *state.Stage) string {
	return fmt.Sprintf("Run %s began to write %s at %s, and what became of all its rows is not on record.", stage.Run, stage.Addr, stage.Started.UTC().Format("2006-01-02 15:04:05 UTC"))
}

// unread says that nothing can be found out without reading.
func (s *session) unread(stage *state.Stage, it *item) {
	rng := it.Range
	d := diag.Diagnostic{Code: "P405", Severity: diag.Warning, Subject: &rng, Addr: stage.Addr,
		Detail: s.told(stage) + " What of it has reached Salesforce cannot be known without reading live records (--refresh=false), so this plan shows those rows as they were before."}
	if s.write {
		d.Code, d.Severity = "A201", diag.Error
		d.Detail = s.told(stage) + " It has to be settled first, and that takes reading live records, which was turned off. Nothing was written."
	}
	s.diags = append(s.diags, d)
}

// open405 says what became of a stage.
func (s *session) open405(stage *state.Stage, it *item, settled *diff.Settled) {
	rng := it.Range
	arrived, doubt := arrived(stage, settled).Total(), settled.Open.Total()
	d := diag.Diagnostic{Code: "P405", Severity: diag.Warning, Subject: &rng, Addr: stage.Addr,
		Detail: fmt.Sprintf("%s Of %s, Salesforce holds %d as written. If the run is not still at work, the next apply records them first; this plan shows what is "+
			"left after that, and writes nothing.", s.told(stage), rows(arrived+doubt), arrived)}
	if s.write {
		d.Code = "A202"
		d.Detail = fmt.Sprintf("%s Salesforce holds %d of its %s as written: they are recorded now, as that run would have done. The other %d are as they were "+
			"before, and this plan shows them again.", s.told(stage), arrived, rows(arrived+doubt), doubt)
	}
	s.diags = append(s.diags, d)
}

func tally(n diff.Written) plan.Tally {
	return plan.Tally{Create: n.Creates, Update: n.Updates, Clear: n.Clears, Remove: n.Removes}
}

// arrived counts the rows of a stage that Salesforce has as they were written: those that are on record already, and those
// that it holds.
func arrived(stage *state.Stage, settled *diff.Settled) plan.Tally {
	open := settled.Open
	return plan.Tally{Create: stage.Creates - open.Creates, Update: stage.Updates - open.Updates, Clear: stage.Clears - open.Clears, Remove: stage.Removes - open.Removes}
}

func rows(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

// find compares a stage's rows with live.
func (s *session) find(ctx context.Context, st *state.State, stage *state.Stage, it *item, n int) (*diff.Settled, error) {
	l, err := s.lost(st, stage, it, n)
	if err != nil {
		return nil, err
	}
	if l.Match < 0 {
		return nil, fmt.Errorf("the intent %s has no match field %s", stage.Intent, stage.Match)
	}
	return diff.Settle(ctx, s.ws, l, it.Object, it.org)
}

// lost is a stage as a comparison sees it.
func (s *session) lost(st *state.State, stage *state.Stage, it *item, n int) (*diff.Lost, error) {
	table, names, aside, ok := st.Intended(stage)
	if !ok {
		return nil, fmt.Errorf("the state names the table %s, which it does not hold", stage.Intent)
	}
	l := &diff.Lost{N: n, Run: stage.Run, Intent: table, Snap: st.Records(stage), Match: -1, Covers: diff.Covers(st.Lost(stage).Contract)}
	for i, name := range names {
		l.Fields = append(l.Fields, diff.LostField{Name: name, Field: it.field(name)})
		if strings.EqualFold(name, stage.Match) {
			l.Match = i
		}
	}
	for _, name := range aside {
		l.Aside = append(l.Aside, diff.LostField{Name: name, Field: it.field(name)})
	}
	return l, nil
}

// field is a field by the name that an intent has for it: of the mapping, or of the object. Nil where there is none.
func (it *item) field(name string) *providers.Field {
	i := slices.IndexFunc(it.Spec.Fields, func(f diff.Field) bool { return strings.EqualFold(f.Name, name) })
	if i >= 0 {
		return &it.Spec.Fields[i].Field
	}
	f := it.Object.Field(name)
	if f == nil {
		return nil
	}
	if _, ok := f.Canon(); !ok {
		return nil
	}
	return f
}

// commitLost does what the lost run would have done with the outcomes that are certain, and closes its stage.
func (s *session) commitLost(ctx context.Context, st *state.State, stage *state.Stage, settled *diff.Settled) error {
	item := st.Lost(stage)
	_, fields, _, _ := st.Intended(stage)
	c := state.Change{Contract: st.Restamp(stage), Fields: fields, Rows: stage.ModelRows, Run: stage.Run, Stage: stage}
	c.Records = func(generation int64) ([]providers.Statement, error) {
		return settled.Commit(ctx, stage.Table, generation)
	}
	return st.Commit(ctx, item, c, s.owner.Run)
}

// finish closes the runs of which no stage is open any more.
func (s *session) finish(ctx context.Context, st *state.State, stages []*state.Stage, runs map[string]*plan.Run) error {
	for id, run := range runs {
		if slices.ContainsFunc(stages, func(stage *state.Stage) bool { return stage.Run == id && !stage.Done }) {
			continue
		}
		run.Ended, run.Status = s.e.Now().UTC(), "settled"
		for _, it := range run.Items {
			run.Done.Add(it.Done)
			run.NotTried.Add(it.NotTried)
		}
		ended, err := st.Ended(ctx, id)
		if err != nil {
			return err
		}
		if err := completeRun(s.cfg, run); err != nil {
			return err
		}
		if ended {
			err = st.Forget(ctx, id)
		} else {
			err = st.Ran(ctx, id, run.Plan, run.Status, run.Started, run.Ended)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
