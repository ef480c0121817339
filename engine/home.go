package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/engine/state"
	"github.com/signalsmith/signalsmith/providers"
)

// Home names where the state of a configuration lives: a file, or a schema of a source.
func Home(cfg *config.Config) string {
	p := cfg.Project
	if p.StateSource != nil {
		return fmt.Sprintf("schema %s of %s", p.StateSchema, p.StateSource.Addr())
	}
	return below(cfg, p.StatePath)
}

// below is a path as the user knows it: relative to the configuration's directory where it lies in it.
func below(cfg *config.Config, path string) string {
	if rel, err := filepath.Rel(cfg.Dir, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// Snapshots lists what the state holds, of all projects and environments.
func (e *Engine) Snapshots(ctx context.Context, cfg *config.Config) (out []plan.Snapshot, diags diag.Diagnostics) {
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
	counts, err := st.Count(ctx)
	if err != nil {
		s.fail(err)
		return nil, nil
	}
	for _, it := range st.Items() {
		here := it.Project == cfg.Project.Project && it.Environment == cfg.Project.Environment
		out = append(out, plan.Snapshot{
			Addr: it.Addr, Project: it.Project, Environment: it.Environment, Org: it.OrgID, Object: it.Object, Match: it.Match,
			Rows: counts[it.Table], LastRun: it.Run, Declared: here && cfg.Syncs[it.Addr] != nil,
		})
	}
	return out, nil
}

// ended closes a session and gives its diagnostics.
func (s *session) ended() diag.Diagnostics {
	if err := s.close(); err != nil {
		s.fail(err)
	}
	return s.diags.Sorted()
}

// Pull copies the whole state from its home into a local state file that does not exist yet.
func (e *Engine) Pull(ctx context.Context, cfg *config.Config, file string) (state.Copied, diag.Diagnostics) {
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return state.Copied{}, diag.Diagnostics{{Code: "S407", Severity: diag.Error,
			Detail: fmt.Sprintf("The file %s exists already, and pull overwrites nothing. Name another file, or take this one away.", below(cfg, file))}}
	}
	s := e.session(cfg)
	s.openWorkspace(ctx, cfg.Project.StatePath, false)
	if s.diags.HasErrors() {
		return state.Copied{}, s.ended()
	}
	copied, err := s.copyFile(ctx, file, true)
	if err != nil {
		s.fail(err)
		for _, name := range []string{file, file + ".wal"} {
			_ = os.Remove(name)
		}
	}
	return copied, s.ended()
}

// Push copies a local state file into the configured home, which must be empty, or of the same lineage and not newer.
func (e *Engine) Push(ctx context.Context, cfg *config.Config, file string) (state.Copied, diag.Diagnostics) {
	if info, err := os.Stat(file); err != nil || info.IsDir() {
		return state.Copied{}, diag.Diagnostics{{Code: "S403", Severity: diag.Error,
			Detail: fmt.Sprintf("There is no state file %s. `signalsmith state pull FILE` writes one.", below(cfg, file))}}
	}
	s := e.session(cfg)
	s.openWorkspace(ctx, cfg.Project.StatePath, true)
	if s.diags.HasErrors() {
		return state.Copied{}, s.ended()
	}
	copied, err := s.copyFile(ctx, file, false)
	if err != nil {
		s.fail(err)
	}
	return copied, s.ended()
}

// copyFile copies the session's state into a file, or a file into the session's state.
func (s *session) copyFile(ctx context.Context, file string, into bool) (copied state.Copied, err error) {
	if len(s.e.Registry.Workspaces) == 0 {
		return copied, fmt.Errorf("no workspace is registered")
	}
	path, err := filepath.Abs(file)
	if err != nil {
		return copied, fmt.Errorf("finding %s: %w", file, err)
	}
	ws, err := s.e.Registry.Workspaces[0].Open(ctx, providers.WorkspaceSpec{
		Dir: s.cfg.Dir, StatePath: path, Write: into, Owner: s.owner, Plan: s.owner.Run, MemoryLimit: s.e.MemoryLimit, Threads: s.e.Threads,
	})
	if err != nil {
		return copied, err
	}
	defer func() { err = errors.Join(err, ws.Close()) }()
	if into {
		return state.Copy(ctx, s.ws, ws)
	}
	return state.Copy(ctx, ws, s.ws)
}

// Unlock breaks the lock of a state that lives in a source, and tells who held it; held is false where nobody did. The
// lock of a state file ends with the process that holds it: then nothing is broken, and an error names the holder.
func (e *Engine) Unlock(ctx context.Context, cfg *config.Config) (was providers.Owner, held bool, diags diag.Diagnostics) {
	s := e.session(cfg)
	src := cfg.Project.StateSource
	if src == nil {
		s.openWorkspace(ctx, cfg.Project.StatePath, false)
		return was, false, s.ended()
	}
	factory := e.Registry.Warehouse(src.Kind)
	if factory == nil {
		s.openWorkspace(ctx, "", false) // says why it cannot keep a state
		return was, false, s.ended()
	}
	u, ok := factory.(providers.Unlocker)
	if !ok {
		s.fail(fmt.Errorf("a %s source keeps no lock that outlives its process", src.Kind))
		return was, false, s.diags
	}
	was, held, err := u.Unlock(ctx, providers.WorkspaceSpec{
		Dir: cfg.Dir, StateSchema: cfg.Project.StateSchema, Sources: []providers.SourceSpec{{Name: src.Name, Body: src.Body}},
	})
	if err != nil {
		s.fail(err)
	}
	return was, held, s.diags.Sorted()
}
