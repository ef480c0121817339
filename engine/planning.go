package engine

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/engine/event"
	"github.com/signalsmith/signalsmith/engine/guard"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/engine/state"
	"github.com/signalsmith/signalsmith/providers"
)

// prepared is a plan with what an apply needs to carry it out.
type prepared struct {
	doc   *plan.Plan
	state *state.State
	work  []*work
}

// work is one item's comparison.
type work struct {
	*item
	id       state.Identity
	snapshot *state.Item // nil where there is none yet
	contract string
	diff     *diff.Diff
	sum      *diff.Summary
	samples  []plan.Sample
	drifters []string // user ids in the details of samples
}

// leastTransitions is how often a picklist or checkbox has to go from one value to another to be shown: fewer would
// say something about single people.
const leastTransitions = 5

// plan compares every item and writes the document.
func (s *session) plan(ctx context.Context, o PlanOptions) (*prepared, error) {
	st, err := state.Open(ctx, s.ws, s.e.Random)
	if err != nil {
		return nil, err
	}
	if err := s.addresses(ctx, st); err != nil {
		return nil, err
	}
	lost, err := s.settle(ctx, st, o)
	if err != nil {
		return nil, err
	}
	p := &prepared{state: st, doc: &plan.Plan{
		Format: plan.Format, Made: s.e.Now().UTC().Truncate(time.Second), Refresh: !o.NoRefresh,
		Project: s.cfg.Project.Project, Environment: s.cfg.Project.Environment,
		Base:  plan.Base{Lineage: st.Lineage, Generation: st.Generation},
		Items: []plan.Item{}, Guards: []plan.Guard{}, Diagnostics: []plan.Diagnostic{}, Labels: []string{},
	}}
	p.doc.SetTokens(plan.NewTokens(st.Salt))
	if st.LastRun != "" {
		p.doc.LastApply = &plan.LastApply{Run: st.LastRun, Time: st.LastTime.UTC()}
	}
	digest := sha256.New()
	past := s.pastRuns()
	for i, it := range s.items {
		if i == 0 {
			p.doc.Org = orgOf(it.org.id)
		}
		w, err := s.compare(ctx, it, st, lost[it], i+1, o, p.work)
		if err != nil {
			return nil, err
		}
		row, err := s.document(ctx, w, o)
		if err != nil {
			return nil, fmt.Errorf("describing the changes of %s: %w", it.addr(), err)
		}
		fmt.Fprintf(digest, "%s\x00%s\x00%s\x00%s\n", it.addr(), it.org.id.ID, w.contract, w.sum.Digest)
		if err := s.cascades(ctx, w, row, p.doc); err != nil {
			return nil, err
		}
		past.tell(w, row)
		p.work = append(p.work, w)
		p.doc.Items = append(p.doc.Items, *row)
		p.doc.Guards = append(p.doc.Guards, guard.Verdicts(row, s.facts(w, st))...)
	}
	if err := s.conflicts(ctx, p.work, plan.NewTokens(st.Salt)); err != nil {
		return nil, err
	}
	if o.Why != "" {
		if err := s.why(ctx, p, o); err != nil {
			return nil, err
		}
	}
	p.doc.Config.Digest = config.Digest(s.cfg, s.addrs()...)
	fmt.Fprintf(digest, "%s\x00%s\x00%s\x00%t\n", p.doc.Config.Digest, p.doc.Project, p.doc.Environment, p.doc.Refresh)
	p.doc.ID = hex.EncodeToString(digest.Sum(nil)[:16])
	s.guards(p, o)
	p.doc.Cost = s.cost(p.doc.Items)
	for _, d := range s.diags.Sorted() {
		p.doc.Diagnostics = append(p.doc.Diagnostics, diagnostic(d))
	}
	p.doc.Labels = labels(p.doc)
	return p, nil
}

func orgOf(o providers.Org) plan.Org {
	return plan.Org{ID: o.ID, Name: o.Name, Production: o.Production, Embedded: o.Embedded, User: o.User}
}

// identity says which snapshot is an item's.
func (s *session) identity(it *item) state.Identity {
	id := state.Identity{
		Project: s.cfg.Project.Project, Environment: s.cfg.Project.Environment, Addr: it.addr(),
		OrgID: it.org.id.ID, Object: it.Object.Name, Match: it.match(),
	}
	for _, k := range it.Spec.Keys {
		id.Keys = append(id.Keys, k.Name)
	}
	return id
}

// match names the match field, "" where there is none.
func (it *item) match() string {
	if it.Spec.Match < 0 {
		return ""
	}
	return it.Spec.Fields[it.Spec.Match].Name
}

// compare runs one item's comparison.
func (s *session) compare(ctx context.Context, it *item, st *state.State, lost *overlay, n int, o PlanOptions, before []*work) (*work, error) {
	w := &work{item: it, contract: diff.Contract(s.ws.Dialect(), it.Spec.Fields), id: s.identity(it)}
	w.snapshot = st.Item(w.id)
	switch others := st.Others(w.id); {
	case w.snapshot != nil:
	case len(others) > 0:
		s.identityChanged(w, others[len(others)-1])
	case lost == nil && !it.org.id.Embedded && (it.Mode == "insert" || it.Leave.Action != "ignore"):
		s.firstRun(w)
	}
	spec := it.Spec
	spec.N, spec.Refresh, spec.Self, spec.Snapshot = n, !o.NoRefresh, it.org.id.UserID, st.Snapshot(w.snapshot, w.contract)
	spec.Parents = planned(it, before)
	spec.Doubt = s.doubt[it]
	if lost != nil {
		var err error
		if spec.Snapshot, err = lost.snapshot(w); err != nil {
			return nil, err
		}
	}
	start, calls := s.e.Now(), it.org.Usage().Calls
	watch := func(what string, called func() int64) diff.Watch {
		return func(rows int64, done bool) {
			s.emit(event.Reading{What: what, Rows: rows, Calls: called(), Done: done, Elapsed: s.e.Now().Sub(start)})
		}
	}
	if err := s.load(ctx, it.Model); err != nil {
		return nil, err
	}
	var err error
	w.diff, err = diff.Run(ctx, s.ws, &spec, it.Object, it.org,
		watch(it.Model.Addr().String(), func() int64 { return 0 }),
		watch(it.org.short+" "+it.Object.Name, func() int64 { return it.org.Usage().Calls - calls }))
	if err == nil {
		err = s.whole(it.Model, w.diff.Rows)
	}
	if err == nil {
		ask := diff.Ask{
			Counted: counted(it), Varied: varied(it), Hidden: it.PII, Rejects: o.Rejects, Least: leastTransitions, Actions: sampled(), Limit: cmp.Or(o.Samples, defaultSamples),
		}
		w.sum, err = w.diff.Report(ctx, ask, s.sampler(w, plan.NewTokens(st.Salt), o))
	}
	if err != nil {
		for _, d := range diag.From(err) {
			if d.Subject == nil {
				rng := it.Range
				if strings.HasPrefix(string(d.Code), "M") {
					rng = it.Model.SQLRange
				}
				d.Subject, d.Addr = &rng, it.addr()
			}
			s.diags = append(s.diags, d)
		}
		return nil, s.diags
	}
	s.shared(w)
	s.collapsed(w)
	return w, nil
}

// planned are the parents that an item names, with the values that items before it will have written.
func planned(it *item, before []*work) []diff.Parent {
	out := slices.Clone(it.Spec.Parents)
	for i := range out {
		for _, w := range before {
			if w.org != it.org || !strings.EqualFold(w.Object.Name, out[i].Object.Name) {
				continue
			}
			if query, ok := w.diff.Planned(out[i].By.Name); ok {
				out[i].Planned = append(out[i].Planned, query)
			}
		}
	}
	return out
}

// identityChanged says that the snapshot on record is about other records.
func (s *session) identityChanged(w *work, old *state.Item) {
	rng := w.Range
	s.diags = append(s.diags, diag.Diagnostic{
		Code: "P103", Severity: diag.Warning, Subject: &rng, Addr: w.addr(),
		Detail: fmt.Sprintf("The state holds a snapshot of %s for %s; now it is %s. "+
			"The old snapshot stays as it is, nothing counts as left, and records are found again by %s.",
			w.addr(), identity(old.Identity), identity(w.id), w.id.Match),
	})
}

// firstRun says that there is no snapshot where one decides what happens.
func (s *session) firstRun(w *work) {
	s.first = true
	rng := w.Range
	what := fmt.Sprintf("What left the model since the last apply is not known, so on_leave = %q does nothing for it.", w.Leave.Action)
	if w.Mode == "insert" {
		what = "Which rows were created before is not known."
	}
	s.diags = append(s.diags, diag.Diagnostic{
		Code: "P107", Severity: diag.Warning, Subject: &rng, Addr: w.addr(),
		Detail: fmt.Sprintf("The state holds no snapshot of %s: this is its first run, or the state is lost. %s If it ran before, find its state first. "+
			"An apply that nobody is asked about needs --first-run.", w.addr(), what),
	})
}

func identity(id state.Identity) string {
	if id.Match == "" {
		return fmt.Sprintf("%s in org %s, rows told apart by %s", id.Object, id.OrgID, strings.Join(id.Keys, ", "))
	}
	return fmt.Sprintf("%s by %s in org %s, rows told apart by %s", id.Object, id.Match, id.OrgID, strings.Join(id.Keys, ", "))
}

// shared warns of a match field whose values Salesforce does not keep unique.
func (s *session) shared(w *work) {
	if w.Spec.Match < 0 {
		rng := w.Range
		s.diags = append(s.diags, diag.Diagnostic{
			Code: "R107", Severity: diag.Warning, Subject: &rng, Addr: w.addr(),
			Detail: fmt.Sprintf("%s has no match field, so every row that is new to the snapshot becomes a new record, also where Salesforce has one of the same person already. "+
				"A row of which no answer came is never sent again by itself: it may have been created.", w.Mapping.Target.Addr()),
		})
		return
	}
	f := w.Spec.Fields[w.Spec.Match]
	if f.Unique || f.Type == "id" || !w.diff.Refreshed() {
		return
	}
	rng := w.Mapping.Target.Match.Range
	s.diags = append(s.diags, diag.Diagnostic{
		Code: "R106", Severity: diag.Warning, Subject: &rng, Addr: w.addr(), Where: fmt.Sprintf("in target %q", w.Mapping.Target.Name),
		Detail: fmt.Sprintf("Salesforce does not keep %s.%s unique. %d of the values that this plan looked up are shared by several records; "+
			"their rows are rejected as match_ambiguous.", w.Object.Name, f.Name, w.sum.Shared),
	})
}

// document describes one comparison.
func (s *session) document(ctx context.Context, w *work, o PlanOptions) (*plan.Item, error) {
	rng := w.Range
	out := &plan.Item{
		Addr: w.addr(), Kind: "sync", Mode: w.Mode, Destination: w.org.short, Object: w.Object.Name,
		Match: w.match(), Model: w.Model.Addr().String(), Where: fmt.Sprintf("%s:%d", rng.Filename, rng.Start.Line),
		Reasons: w.sum.ByReason, Fields: []plan.FieldChange{}, Rejects: rejects(w), Samples: w.samples, Stages: []plan.Stage{},
	}
	if w.Leave.Action != "ignore" {
		out.OnLeave = w.Leave.Action
	}
	n := w.sum.ByAction
	out.Source = plan.Source{Rows: w.diff.Rows, Usable: w.diff.Rows - n["reject"], Snapshot: w.diff.Snapshot, Newest: w.diff.Newest}
	if w.snapshot != nil && w.snapshot.Run != "" {
		previous := w.snapshot.Rows
		out.Source.PreviousRows = &previous
	}
	known := func(n int64) plan.Count { return plan.Count{N: n, Known: true} }
	out.Counts = plan.Counts{
		Create: known(n["create"]), Update: known(n["update"]), Remove: known(n["remove"]), Clear: known(n["clear"]), Adopt: known(n["adopt"]),
		Forget: known(0), Skip: known(n["skip"]), Leave: known(n["leave"]), Held: known(n["held"]), Reject: known(n["reject"]),
	}
	// It was not asked whether the parents are there.
	out.Counts.Reject.Known = w.diff.Unchecked == 0
	out.Counts.Unchanged = known(out.Source.Usable - n["create"] - n["open"] - n["update"] - n["adopt"] - n["skip"])
	if o.NoRefresh {
		// What is written is known; what was not read is not: who drifted, who is missing, and what new rows meet.
		out.Counts.Unchanged.Known, out.Counts.Skip.Known = false, false
		if n["open"] > 0 {
			out.Counts.Create = plan.Count{N: n["open"]}
			out.Counts.Adopt.Known, out.Counts.Reject.Known = false, false
		}
	}
	if left := n["left"]; left > 0 {
		// Whose record is gone already, or somebody else's by now, was not read.
		out.Counts.Leave.Known = false
		if w.Spec.Leave.Action == "delete" {
			out.Counts.Remove = plan.Count{N: left}
		} else {
			out.Counts.Clear = plan.Count{N: left}
		}
	}
	out.OptIns, out.Kept = w.sum.OptIns, n["kept"]
	fields(w, out)
	if err := s.nameDrifters(ctx, w, out); err != nil {
		return nil, err
	}
	for _, st := range w.stages() {
		out.Stages = append(out.Stages, plan.Stage{Kind: "write", Object: w.Object.Name, Op: string(st.op), Rows: st.total, Calls: st.predicted(w)})
	}
	if rows := w.writes() + w.notes(); rows > 0 {
		out.Stages = append(out.Stages, plan.Stage{Kind: "commit", Object: w.Object.Name, Rows: rows})
	}
	return out, nil
}

// Failed is the document of a plan that could not be made: its diagnostics say why. The configuration may be nil, or as
// far as it could be read.
func Failed(cfg *config.Config, ds diag.Diagnostics) *plan.Plan {
	p := &plan.Plan{Format: plan.Format, Items: []plan.Item{}, Guards: []plan.Guard{}, Diagnostics: []plan.Diagnostic{}, Labels: []string{"error"}}
	if cfg != nil {
		p.Project, p.Environment = cfg.Project.Project, cfg.Project.Environment
	}
	for _, d := range ds.Sorted() {
		told := diagnostic(d)
		if !told.KeysMasked {
			told.Keys = nil // there is no salt to make tokens of them
		}
		p.Diagnostics = append(p.Diagnostics, told)
	}
	return p
}

func diagnostic(d diag.Diagnostic) plan.Diagnostic {
	out := plan.Diagnostic{Code: string(d.Code), Severity: string(d.Severity), Summary: d.Summary(), Detail: d.Detail, Addr: d.Addr, Keys: d.Keys, KeysMasked: d.KeysMasked}
	if r := d.Subject; r != nil {
		out.Range = &plan.Range{File: r.Filename, StartLine: r.Start.Line, StartColumn: r.Start.Column, EndLine: r.End.Line, EndColumn: r.End.Column}
	}
	return out
}

// labels are words that a bot can act on.
func labels(p *plan.Plan) []string {
	set := map[string]bool{}
	for _, it := range p.Items {
		set["has-changes"] = set["has-changes"] || it.Counts.Writes() > 0
		set["has-rejects"] = set["has-rejects"] || it.Counts.Reject.N > 0
		set["has-removals"] = set["has-removals"] || it.Counts.Remove.N+it.Counts.Clear.N > 0
		set["has-unknowns"] = set["has-unknowns"] || !it.Counts.Known()
	}
	set["blocked"] = len(p.Blocked()) > 0
	out := []string{}
	for l, on := range set {
		if on {
			out = append(out, l)
		}
	}
	sort.Strings(out)
	return out
}
