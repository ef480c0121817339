package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/guard"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/engine/state"
)

// Allow lets an item pass a rule in this run: what --allow RULE=ADDR says.
type Allow struct{ Rule, Addr string }

// byFlag stands where an allow block would name its line.
const byFlag = "--allow"

// lately is how far back removals count.
const lately = 24 * time.Hour

// facts are what guards need to know of an item besides its part of the plan.
func (s *session) facts(w *work, st *state.State) guard.Item {
	now := s.e.Now()
	return guard.Item{
		Limits: w.Guard, Missing: w.diff.Missing, Removes: w.Leave.Action != "ignore",
		Lately: st.RemovedSince(w.snapshot, now.Add(-lately)), Freshness: w.Model.Freshness, Now: now,
	}
}

// allowed are the allows of the configuration, and those of the command line, which hold first.
func (s *session) allowed(o PlanOptions) []guard.Allow {
	var out []guard.Allow
	for _, a := range o.Allow {
		for _, y := range s.syncs {
			if named(a.Addr, y.Addr()) {
				out = append(out, guard.Allow{Rule: a.Rule, Addr: y.Addr().String(), By: byFlag, Reason: o.Reason})
			}
		}
	}
	for _, a := range s.cfg.Allows {
		out = append(out, guard.Allow{
			Rule: a.Rule, Addr: a.Item.String(), UpTo: a.UpTo, Reason: a.Reason,
			By: fmt.Sprintf("%s:%d", a.Range.Filename, a.Range.Start.Line),
		})
	}
	return out
}

// named tells whether a text is the address of an item; the quotes around a key may be left out. Patterns name nothing:
// what passes a guard is named one by one.
func named(text string, a addr.Item) bool {
	got, err := addr.Parse(text)
	return err == nil && got == a
}

// knownAllows refuses allows that name no selected item: a mistyped one would pass for another time.
func (s *session) knownAllows(o PlanOptions) {
	for _, a := range o.Allow {
		var names []string
		found := false
		for _, y := range s.syncs {
			names = append(names, y.Addr().String())
			found = found || named(a.Addr, y.Addr())
		}
		if !found {
			s.diags = append(s.diags, diag.Diagnostic{
				Code: "P117", Severity: diag.Error, Hints: diag.DidYouMean(a.Addr, names),
				Detail: fmt.Sprintf("--allow %s=%s names no item that takes part. An item is named by its whole address, without *. Items: %s.", a.Rule, a.Addr, strings.Join(names, ", ")),
			})
		}
	}
}

// guards ends the verdicts: the cost, which is one of the whole plan, and what is allowed.
func (s *session) guards(p *prepared, o PlanOptions) {
	for _, a := range s.orgAddrs() {
		org := s.orgs[a]
		var needs []guard.Need
		for i, w := range p.work {
			if w.org == org {
				needs = append(needs, guard.Need{Addr: w.addr(), Calls: needed(&p.doc.Items[i])})
			}
		}
		u := org.Usage()
		p.doc.Guards = append(p.doc.Guards, guard.Cost(needs, guard.Budget{Left: u.Left, Reserve: u.Reserve})...)
	}
	guard.Pass(p.doc.Guards, s.allowed(o))
	if o.SkipBlocked {
		p.skip()
	}
}

// skip leaves out the items that are blocked, and those that depend on them: syncs that name, as parents, records that an
// item writes which is left out.
func (p *prepared) skip() {
	for _, g := range p.doc.Guards {
		if it := p.doc.Item(g.Addr); g.Stands() && it != nil && it.Skipped == "" {
			it.Skipped = "blocked by " + g.Rule
		} else if g.Stands() && it != nil && !strings.HasSuffix(it.Skipped, g.Rule) {
			it.Skipped += ", " + g.Rule
		}
	}
	for i, w := range p.work { // parents stand before their children
		it := &p.doc.Items[i]
		for j, before := range p.work[:i] {
			if out := &p.doc.Items[j]; it.Skipped == "" && out.Skipped != "" && w.after(before.item) {
				it.Skipped = "depends on " + out.Addr + ", which is left out"
			}
		}
	}
}

// after tells whether an item has to wait for another one, which writes records that it names as parents.
func (it *item) after(other *item) bool {
	return other != it && other.org == it.org && it.refers(other.Object.Name)
}

// removes counts what an item takes away from Salesforce, with what Salesforce deletes along.
func removes(it *plan.Item) int64 {
	n := it.Counts.Removed().N
	for _, along := range it.Cascades {
		n += along
	}
	return n
}

// passed lists the guards of the items that take part which would have blocked them, and were allowed by name.
func passed(doc *plan.Plan) []plan.Guard {
	var out []plan.Guard
	for _, g := range doc.Guards {
		if it := doc.Item(g.Addr); g.Overridden && (it == nil || it.Skipped == "") {
			out = append(out, g)
		}
	}
	return out
}

// countedRemovals tells whether what an item removes counts against later removals: not where it was allowed by name.
func countedRemovals(doc *plan.Plan, addr string) bool {
	return !slices.ContainsFunc(doc.Guards, func(g plan.Guard) bool {
		return g.Rule == "max_remove" && g.Addr == addr && g.Overridden
	})
}

// removing puts on record what is about to be taken away of an item, and gives the function that corrects it. Rows whose
// fate is in doubt count as removed, and what Salesforce deletes along counts as soon as one record is deleted.
func (s *session) removing(ctx context.Context, w *work, p *prepared, item *state.Item) (corrected func(ctx context.Context, deleted, cleared int64) error, err error) {
	doc := p.doc.Item(w.addr())
	planned := removes(doc)
	if planned == 0 || !countedRemovals(p.doc, doc.Addr) {
		return func(context.Context, int64, int64) error { return nil }, nil
	}
	if err := p.state.Removing(ctx, item, s.owner.Run, planned, s.e.Now()); err != nil {
		return nil, err
	}
	return func(ctx context.Context, deleted, cleared int64) error {
		n := deleted + cleared
		if deleted > 0 {
			n += planned - doc.Counts.Removed().N
		}
		if n == planned {
			return nil
		}
		return p.state.Removed(ctx, item, s.owner.Run, n)
	}, nil
}
