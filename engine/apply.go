package engine

import (
	"context"
	"errors"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/event"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers"
)

// Plan says what an apply would do now. It writes no state. The plan is nil where there are errors; warnings are
// part of the plan.
func (e *Engine) Plan(ctx context.Context, cfg *config.Config, o PlanOptions) (*plan.Plan, diag.Diagnostics) {
	s := e.open(ctx, cfg, o, cfg.Project.StatePath, false)
	p := s.tryPlan(ctx, o)
	if err := s.close(); err != nil {
		s.fail(err)
	}
	if p == nil || s.diags.HasErrors() {
		return nil, s.diags.Sorted()
	}
	return p.doc, s.diags.Sorted()
}

// tryPlan plans where the session has no errors; what goes wrong is added to them.
func (s *session) tryPlan(ctx context.Context, o PlanOptions) *prepared {
	if s.diags.HasErrors() {
		return nil
	}
	p, err := s.plan(ctx, o)
	if err == nil {
		return p
	}
	var ds diag.Diagnostics
	if !errors.As(err, &ds) || !s.diags.HasErrors() {
		s.fail(err)
	}
	return nil
}

// Apply plans under the state's lock, asks o.Confirm, and does what the plan says. The run is nil where nothing was
// begun: there was nothing to do, a guard blocks the plan, or the answer was no. Errors of a run that was begun are told in the diagnostics;
// what was done until then is in the run.
func (e *Engine) Apply(ctx context.Context, cfg *config.Config, o ApplyOptions) (doc *plan.Plan, run *plan.Run, diags diag.Diagnostics) {
	s := e.open(ctx, cfg, o.PlanOptions, cfg.Project.StatePath, true)
	s.resend, s.forget = o.Resend, o.Forget
	defer func() {
		if err := s.close(); err != nil {
			s.fail(err)
		}
		diags = s.diags.Sorted()
	}()
	p := s.tryPlan(ctx, o.PlanOptions)
	if p == nil {
		return nil, nil, nil
	}
	var writes, notes int64
	for i, w := range p.work {
		if p.doc.Items[i].Skipped == "" {
			writes += w.writes()
			notes += w.notes()
		}
	}
	if writes+notes == 0 || len(p.doc.Blocked()) > 0 {
		return p.doc, nil, nil
	}
	if s.first && !o.FirstRun && (o.Confirm == nil || o.Unattended) {
		s.diags = append(s.diags, diag.Diagnostic{
			Code: "A203", Severity: diag.Error, Command: "signalsmith apply --first-run",
			Detail: "The state holds no snapshot of an item whose changes depend on one, and nobody is asked. Nothing was written. If this is the first run, say so:",
		})
		return p.doc, nil, nil
	}
	if writes > 0 && o.Confirm != nil {
		if ok, err := o.Confirm(p.doc); err != nil || !ok {
			if err != nil {
				s.fail(err)
			}
			return p.doc, nil, nil
		}
	}
	run, err := s.apply(ctx, p, o)
	if err != nil {
		s.fail(err)
	}
	return p.doc, run, nil
}

// left is the item's part of a run that did not come to it.
func (w *work) left(why string) plan.RunItem {
	return plan.RunItem{Addr: w.addr(), Rows: w.diff.Rows, Stopped: why, NotTried: w.tally()}
}

// tally is what there is to do.
func (w *work) tally() plan.Tally {
	n := w.sum.ByAction
	return plan.Tally{Create: n["create"], Update: n["update"], Clear: n["clear"], Remove: n["remove"], Note: w.notes()}
}

// writes counts the rows that are written to Salesforce.
func (w *work) writes() int64 {
	t := w.tally()
	return t.Total() - t.Note
}

// notes counts the rows that change in the snapshot alone.
func (w *work) notes() int64 {
	return w.sum.ByAction["adopt"] + w.sum.ByAction["note"] + w.sum.ByAction["leave"]
}

// apply carries a plan out, item by item.
func (s *session) apply(ctx context.Context, p *prepared, o ApplyOptions) (*plan.Run, error) {
	started, id := s.e.Now().UTC(), s.owner.Run
	run := &plan.Run{Format: plan.Format, Run: id, Plan: p.doc.ID, Project: p.doc.Project, Environment: p.doc.Environment, Started: started, Org: p.doc.Org, Items: []plan.RunItem{}, Failures: []plan.Failure{},
		Needed: p.doc.Cost.Needed.Rest, Allowed: passed(p.doc)}
	rec, err := newRecorder(s.cfg, run, p.doc)
	if err != nil {
		return nil, err
	}
	before := s.calls()
	destination := ""
	if len(p.work) > 0 {
		destination = p.work[0].org.short
	}
	s.emit(event.Applying{Plan: p.doc.ID[:6], Destination: destination, Run: id})
	stop := &stopper{ch: o.Stop}
	var stopped error
	closed := map[*org]string{} // orgs that take nothing more in this run, and why
	for i, w := range p.work {
		why := p.doc.Items[i].Skipped
		if why == "" {
			why = closed[w.org]
		}
		if why != "" {
			it := w.left(why)
			it.Skipped = p.doc.Items[i].Skipped != ""
			run.Items = append(run.Items, it)
			run.NotTried.Add(it.NotTried)
			continue
		}
		calls := w.org.Usage().Calls
		it, err := s.applyItem(ctx, w, p, rec, stop)
		it.Calls, it.Needed = w.org.Usage().Calls-calls, needed(&p.doc.Items[i])
		var halt *providers.Stop
		if errors.As(err, &halt) && halt.Class != providers.ClassConfig && halt.Class != providers.ClassRow {
			closed[w.org] = it.Stopped
		}
		run.Items = append(run.Items, it)
		run.Done.Add(it.Done)
		run.Failed.Add(it.Failed)
		run.NotTried.Add(it.NotTried)
		stopped = errors.Join(stopped, err)
	}
	run.Ended, run.Calls = s.e.Now().UTC(), s.calls()-before
	run.Status = status(run, stop, stopped)
	err = p.state.Ran(context.WithoutCancel(ctx), id, p.doc.ID, run.Status, run.Started, run.Ended)
	return run, errors.Join(stopped, err, rec.close())
}

// status sums a run up.
func status(run *plan.Run, stop *stopper, err error) string {
	switch {
	case stop.stopped() || errors.Is(err, context.Canceled):
		return "interrupted"
	case run.Failed.Total() > 0 || run.NotTried.Total() > 0:
		return "partial"
	case err != nil:
		return "error"
	}
	return "applied"
}

func (s *session) calls() int64 {
	var n int64
	for _, o := range s.orgs {
		n += o.Usage().Calls
	}
	return n
}

// stopper tells whether the user asked to stop.
type stopper struct{ ch <-chan struct{} }

func (s *stopper) stopped() bool {
	select {
	case <-s.ch:
		return s.ch != nil
	default:
		return false
	}
}
