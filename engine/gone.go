package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/engine/state"
)

// addresses does what moved and removed blocks say, and tells of items that the state holds and that nobody declares. A
// plan only reckons with it; an apply records it before it plans.
func (s *session) addresses(ctx context.Context, st *state.State) error {
	project, environment := s.cfg.Project.Project, s.cfg.Project.Environment
	for _, m := range s.cfg.Moved {
		from, to := m.From.String(), m.To.String()
		moved := st.Move(project, environment, from, to)
		rng := m.Range
		for _, it := range moved {
			s.diags = append(s.diags, diag.Diagnostic{
				Code: "P110", Severity: diag.Warning, Subject: &rng, Addr: to,
				Detail: fmt.Sprintf("The snapshot of %s, of %d rows at the last run, %s %s's. Once every environment has followed, the block can go.", from, it.Rows, s.now("will be", "is now"), to),
			})
		}
		if left := st.At(project, environment, from); len(moved) == 0 && len(left) > 0 {
			s.diags = append(s.diags, diag.Diagnostic{
				Code: "P110", Severity: diag.Warning, Subject: &rng, Addr: to,
				Detail: fmt.Sprintf("%s has a snapshot of its own, so that of %s stays where it is. To drop it, write a removed block.", to, from),
			})
		}
	}
	if s.write {
		if err := st.KeepMoves(ctx, s.owner.Run); err != nil {
			return err
		}
	}
	var forgotten []string
	for _, it := range st.Items() {
		if it.Project != project || it.Environment != environment || s.cfg.Syncs[it.Addr] != nil {
			continue
		}
		if r := s.removed(it.Addr); r != nil {
			rng := r.Range
			s.diags = append(s.diags, diag.Diagnostic{
				Code: "P110", Severity: diag.Warning, Subject: &rng, Addr: it.Addr,
				Detail: fmt.Sprintf("The snapshot of %s, of %d rows at the last run, %s dropped. Its records in Salesforce stay as they are.", it.Addr, it.Rows, s.now("will be", "is")),
			})
			if s.write {
				if err := st.Remove(ctx, it, s.owner.Run); err != nil {
					return err
				}
			}
			continue
		}
		forgotten = append(forgotten, it.Addr)
	}
	if len(forgotten) > 0 {
		s.diags = append(s.diags, diag.Diagnostic{
			Code: "P108", Severity: diag.Warning,
			Detail: fmt.Sprintf("The state holds snapshots of items that are no longer declared: %s. Nothing happens to them. If a block was renamed, write a moved block; "+
				"if it is gone for good, a removed block, or: signalsmith state rm %s", strings.Join(forgotten, ", "), forgotten[0]),
		})
	}
	return nil
}

func (s *session) now(plan, apply string) string {
	if s.write {
		return apply
	}
	return plan
}

// removed finds the block that says that an item is gone for good.
func (s *session) removed(item string) *config.Removed {
	a, err := addr.Parse(item)
	for _, r := range s.cfg.Removed {
		if err == nil && (r.From == a || r.From.Key == "" && r.From == a.Block()) {
			return r
		}
	}
	return nil
}

// MoveState gives the snapshots of one address to another, and tells how many there were.
func (e *Engine) MoveState(ctx context.Context, cfg *config.Config, from, to string) (int, diag.Diagnostics) {
	return e.edit(ctx, cfg, from, func(s *session, st *state.State, _ []*state.Item) error {
		a, err := addr.Parse(to)
		if err != nil || a.Type != "sync" {
			return stateProblem(fmt.Sprintf("%q is not the address of a sync, as in sync.contacts.", to))
		}
		if len(st.At(cfg.Project.Project, cfg.Project.Environment, a.String())) > 0 {
			return stateProblem(fmt.Sprintf("%s has a snapshot of its own already. If that is not needed, remove it first: signalsmith state rm %s", a, a))
		}
		st.Move(cfg.Project.Project, cfg.Project.Environment, from, a.String())
		return st.KeepMoves(ctx, s.owner.Run)
	})
}

// RemoveState drops the snapshots of an address, and tells how many there were. Records in Salesforce stay as they are.
func (e *Engine) RemoveState(ctx context.Context, cfg *config.Config, from string) (int, diag.Diagnostics) {
	return e.edit(ctx, cfg, from, func(s *session, st *state.State, items []*state.Item) error {
		for _, it := range items {
			if err := st.Remove(ctx, it, s.owner.Run); err != nil {
				return err
			}
		}
		return nil
	})
}

// ShowState describes the snapshots of an address.
func (e *Engine) ShowState(ctx context.Context, cfg *config.Config, item string) (out []plan.SnapshotDetail, diags diag.Diagnostics) {
	s := e.session(cfg)
	s.openWorkspace(ctx, cfg.Project.StatePath, false)
	defer func() { diags = s.ended() }()
	if s.diags.HasErrors() {
		return nil, nil
	}
	st, err := state.Open(ctx, s.ws, e.Random)
	if err != nil {
		s.fail(err)
		return nil, nil
	}
	for _, it := range s.at(st, item) {
		created, adopted, err := st.Origins(ctx, it)
		if err != nil {
			s.fail(err)
			return nil, nil
		}
		out = append(out, plan.SnapshotDetail{
			Snapshot: plan.Snapshot{
				Addr: it.Addr, Project: it.Project, Environment: it.Environment, Org: it.OrgID, Object: it.Object, Match: it.Match,
				Rows: created + adopted, LastRun: it.Run, Declared: cfg.Syncs[it.Addr] != nil,
			},
			Keys: it.Keys, Fields: slices.Sorted(maps.Keys(diff.Covers(it.Contract))), Created: created, Adopted: adopted, ModelRows: it.Rows,
		})
	}
	return out, nil
}

// edit changes the snapshots of an address under the state's lock.
func (e *Engine) edit(ctx context.Context, cfg *config.Config, item string, do func(*session, *state.State, []*state.Item) error) (n int, diags diag.Diagnostics) {
	s := e.session(cfg)
	s.openWorkspace(ctx, cfg.Project.StatePath, true)
	defer func() { diags = s.ended() }()
	if s.diags.HasErrors() {
		return 0, nil
	}
	st, err := state.Open(ctx, s.ws, e.Random)
	if err != nil {
		s.fail(err)
		return 0, nil
	}
	items := s.at(st, item)
	if s.diags.HasErrors() {
		return 0, nil
	}
	if err := do(s, st, items); err != nil {
		s.fail(err)
		return 0, nil
	}
	return len(items), nil
}

// at finds the snapshots of an address of this project and environment; that there is none is an error.
func (s *session) at(st *state.State, item string) []*state.Item {
	if a, err := addr.Parse(item); err == nil {
		item = a.String()
	}
	found := st.At(s.cfg.Project.Project, s.cfg.Project.Environment, item)
	if len(found) == 0 {
		var names []string
		for _, it := range st.Items() {
			if it.Project == s.cfg.Project.Project && it.Environment == s.cfg.Project.Environment {
				names = append(names, it.Addr)
			}
		}
		s.diags = append(s.diags, diag.Diagnostic{Code: "S409", Severity: diag.Error, Hints: diag.DidYouMean(item, names),
			Detail: fmt.Sprintf("The state holds no snapshot of %q in this project and environment. What it holds is listed by: signalsmith state list", item)})
	}
	return found
}

func stateProblem(detail string) error {
	return diag.Diagnostics{{Code: "S409", Severity: diag.Error, Detail: detail}}
}
