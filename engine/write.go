package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/event"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/engine/state"
	"github.com/signalsmith/signalsmith/providers"
)

// An item stops when more than 20 of its rows and more than 5 % of them failed: something is wrong with all of them.
const (
	maxFailed        = 20
	maxFailedPercent = 5
)

// stage is one kind of write of one item, while it runs.
type stage struct {
	s      *session
	w      *work
	action string // "create" | "update" | "clear" | "remove"
	op     providers.Op
	total  int64
	rec    *recorder
	stop   *stopper

	outcomes chan []any // rows of the outcome table

	mu      sync.Mutex
	flight  map[string][]string // pii values of rows in flight, by key
	done    int64
	failed  int64
	doubt   int64 // rows that were sent, and no answer came
	err     error // of keeping the record of the run; what Salesforce confirmed is kept all the same
	stopped string
	start   time.Time
	calls   int64
}

// applyItem writes one item's rows and commits what was confirmed, also after a stop.
func (s *session) applyItem(ctx context.Context, w *work, p *prepared, rec *recorder, stop *stopper) (plan.RunItem, error) {
	out := plan.RunItem{Addr: w.addr(), Rows: w.diff.Rows}
	notes := w.notes()
	if w.writes()+notes == 0 {
		return out, nil
	}
	out.NotTried = w.tally()
	if stop.stopped() {
		out.Stopped = "interrupted"
		return out, nil
	}
	// The state is made ready before the first write: one that cannot be written stops the item while nothing has
	// happened.
	item, err := p.state.Prepare(ctx, w.id, w.Spec.Fields, s.e.random())
	if err != nil {
		out.Stopped = "the state cannot be written"
		if ctx.Err() != nil {
			out.Stopped = "interrupted"
		}
		return out, err
	}
	intent, err := s.begin(ctx, w, p, item)
	if err != nil {
		out.Stopped = "the state cannot be written"
		return out, err
	}
	removed, err := s.removing(ctx, w, p, item)
	if err != nil {
		out.Stopped = "the state cannot be written"
		return out, err
	}
	outcomes := make(chan []any, 1024)
	loaded := make(chan error, 1)
	done := sync.OnceFunc(func() { close(outcomes) })
	defer done()
	keep := context.WithoutCancel(ctx)
	go func() {
		err := w.diff.Outcomes(keep, received(outcomes))
		for range outcomes { // a failed load must not block the stages
		}
		loaded <- err
	}()
	var failure error
	doubt := false
	var deleted, cleared int64
	for _, st := range w.stages() {
		if failure != nil || out.Stopped != "" {
			continue
		}
		st.s, st.w, st.rec, st.stop, st.outcomes = s, w, rec, stop, outcomes
		failure = st.run(ctx)
		out.Stopped = st.stopped
		st.count(&out)
		doubt = doubt || st.doubt > 0
		switch st.action {
		case "remove":
			deleted = st.done + st.doubt
		case "clear":
			cleared = st.done + st.doubt
		}
	}
	done()
	if err := <-loaded; err != nil {
		return out, errors.Join(failure, fmt.Errorf("keeping the outcomes of %s: %w", w.addr(), err))
	}
	if err := s.commit(keep, w, p, item, intent, doubt); err != nil {
		return out, errors.Join(failure, err)
	}
	if err := removed(keep, deleted, cleared); err != nil {
		return out, errors.Join(failure, err)
	}
	out.Done.Note, out.NotTried.Note = notes, 0
	return out, failure
}

// stages are the kinds of writes that there are, in their order: nothing is taken away before everything else is done.
func (w *work) stages() []*stage {
	n := w.sum.ByAction
	create := providers.OpUpsert
	if w.Spec.Match < 0 {
		create = providers.OpInsert
	}
	all := []*stage{
		{action: "create", op: create, total: n["create"]},
		{action: "update", op: providers.OpUpdate, total: n["update"]},
		{action: "clear", op: providers.OpUpdate, total: n["clear"]},
		{action: "remove", op: providers.OpDelete, total: n["remove"]},
	}
	return slices.DeleteFunc(all, func(st *stage) bool { return st.total == 0 })
}

// begin makes durable what is about to be written for an item; nil where nothing is.
func (s *session) begin(ctx context.Context, w *work, p *prepared, item *state.Item) (*state.Stage, error) {
	if w.writes() == 0 {
		return nil, nil
	}
	n := w.tally()
	query, err := w.diff.Intent()
	if err != nil {
		return nil, err
	}
	st := &state.Stage{
		Run: s.owner.Run, Plan: p.doc.ID, Contract: w.contract, ModelRows: w.diff.Rows,
		Creates: n.Create, Updates: n.Update, Clears: n.Clear, Removes: n.Remove, Started: s.e.Now().UTC(),
	}
	return st, p.state.Begin(ctx, item, st, query)
}

// commit brings the snapshot up to date and closes the stage. Where the fate of rows is in doubt, the stage stays
// open, so that the next apply finds out.
func (s *session) commit(ctx context.Context, w *work, p *prepared, item *state.Item, stage *state.Stage, doubt bool) error {
	c := state.Change{Contract: w.contract, Rows: w.diff.Rows, Run: s.owner.Run}
	if !doubt {
		c.Stage = stage
	} else {
		query, err := w.diff.Doubtful()
		if err != nil {
			return err
		}
		c.Narrow, c.Doubtful = stage, query
	}
	for _, f := range w.Spec.Fields {
		c.Fields = append(c.Fields, f.Name)
	}
	c.Records = func(generation int64) ([]providers.Statement, error) {
		return w.diff.Commit(ctx, item.Table, generation, s.owner.Run)
	}
	return p.state.Commit(ctx, item, c, s.owner.Run)
}

func received(rows <-chan []any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// run writes the stage's rows. Its error is what the user has to know; rows that failed are not an error.
func (st *stage) run(ctx context.Context) error {
	st.start, st.flight = st.s.e.Now(), map[string][]string{}
	st.calls = st.w.org.Usage().Calls
	st.tell(event.Running)
	err := st.w.org.Write(ctx, st.write(st.w), st.rows(ctx), st.take)
	if st.stop.stopped() && st.stopped == "" && st.done+st.failed < st.total {
		st.stopped = "interrupted"
	}
	if err == nil {
		if st.stopped == "" {
			st.tell(event.Ended)
		} else {
			st.tell(event.Stopped)
		}
		return st.err
	}
	st.stopped = err.Error()
	if errors.Is(err, context.Canceled) {
		st.stopped = "interrupted"
	}
	st.tell(event.Stopped)
	var ds diag.Diagnostics
	var stop *providers.Stop
	switch {
	case errors.As(err, &ds), errors.Is(err, context.Canceled), !errors.As(err, &stop):
		return fmt.Errorf("writing %s: %w", st.w.addr(), err)
	}
	rng := st.w.Range
	return &halted{stop: stop, diags: diag.Diagnostics{{
		Code: "A101", Severity: diag.Error, Subject: &rng, Addr: st.w.addr(), Label: "stopped",
		Detail: fmt.Sprintf("Salesforce answered %s: %s. The rows that were confirmed before are kept; the others were not tried, and the next plan shows them again.",
			stop.Code, strings.TrimSuffix(stop.Message, ".")),
		Command: "signalsmith explain " + stop.Code,
	}}}
}

// halted is a Stop as it is told to the user.
type halted struct {
	stop  *providers.Stop
	diags diag.Diagnostics
}

func (h *halted) Error() string { return h.diags.Error() }

func (h *halted) Unwrap() error { return h.stop }

// As gives the diagnostics to whoever looks for them.
func (h *halted) As(target any) bool {
	ds, ok := target.(*diag.Diagnostics)
	if ok {
		*ds = h.diags
	}
	return ok
}

// rows streams the stage's rows in order of their keys, until the user or too many failures stop it.
func (st *stage) rows(ctx context.Context) iter.Seq2[providers.Row, error] {
	return func(yield func(providers.Row, error) bool) {
		for c, err := range st.fresh(ctx, st.w.diff.Changes(ctx, st.action)) {
			if err != nil {
				yield(providers.Row{}, err)
				return
			}
			if st.stop.stopped() || st.tooMany() {
				return
			}
			row := providers.Row{Key: c.Key, Values: make([]providers.Value, 0, len(c.Fields))}
			if st.op.ByID() {
				row.ID = c.RecordID
			}
			var secret []string
			for _, f := range c.Fields {
				if !f.Written || st.op == providers.OpDelete {
					continue
				}
				v := providers.Value{Field: f.Field}
				if f.After != nil {
					v.Text = providers.T(*f.After)
					if st.w.PII[f.Field] && len(*f.After) > 2 {
						secret = append(secret, *f.After)
					}
				}
				row.Values = append(row.Values, v)
			}
			st.remember(c.Key, secret)
			if !yield(row, nil) {
				return
			}
		}
	}
}

func (st *stage) remember(key string, secret []string) {
	if len(secret) == 0 {
		return
	}
	st.mu.Lock()
	st.flight[key] = secret
	st.mu.Unlock()
}

func (st *stage) tooMany() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.err != nil {
		st.stopped = "the record of the run cannot be written"
		return true
	}
	if st.failed > maxFailed && st.failed*100 > st.total*maxFailedPercent {
		st.stopped = fmt.Sprintf("max_failures: %d of %d rows failed", st.failed, st.total)
		return true
	}
	return false
}

// take handles outcomes: confirmed rows go to the outcome table, failed ones to the record of the run.
func (st *stage) take(outcomes []providers.Outcome) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, o := range outcomes {
		secret := st.flight[o.Key]
		delete(st.flight, o.Key)
		if o.OK {
			st.done++
			st.outcomes <- []any{o.Key, o.ID, o.Created, o.At.UTC(), false}
			continue
		}
		if o.Class == providers.ClassDoubt && st.w.Spec.Match < 0 {
			st.outcomes <- []any{o.Key, nil, false, nil, true}
		}
		st.failed++
		if o.Class == providers.ClassDoubt {
			st.doubt++
		}
		for _, v := range secret {
			o.Message = strings.ReplaceAll(o.Message, v, "...")
		}
		if err := st.rec.failed(st.w, st.action, o); err != nil && st.err == nil {
			st.err = err
		}
	}
	if err := st.rec.flush(); err != nil && st.err == nil {
		st.err = err
	}
	st.tellLocked(event.Running)
	return nil
}

func (st *stage) tell(state event.StageState) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.tellLocked(state)
}

func (st *stage) tellLocked(state event.StageState) {
	st.s.emit(event.Stage{
		Addr: st.w.addr(), Op: st.action, Done: st.done, Failed: st.failed, Total: st.total, State: state,
		Calls: st.w.org.Usage().Calls - st.calls, Elapsed: st.s.e.Now().Sub(st.start),
	})
}

// count moves the stage's rows from not tried to done and failed.
func (st *stage) count(out *plan.RunItem) {
	of := func(t *plan.Tally) *int64 {
		switch st.action {
		case "create":
			return &t.Create
		case "update":
			return &t.Update
		case "clear":
			return &t.Clear
		}
		return &t.Remove
	}
	*of(&out.Done), *of(&out.Failed), *of(&out.NotTried) = st.done, st.failed, st.total-st.done-st.failed
}
