// Package duckdb is the embedded workspace: one DuckDB instance in which a local state file, the files of the
// sources and the tables of a comparison are visible together.
//
// A model is somebody else's code. Nothing of it is prepared before its syntax tree has been proven to be one SELECT
// over its own source (see proof), and what runs is the engine's own print of that tree, in which every table is
// qualified and every file named by its full path. Behind that stands the engine's own fence: no external access
// outside the directories of the sources, no extensions, sources attached read-only, the configuration locked.
package duckdb

import (
	"context"
	"sync"

	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/zclconf/go-cty/cty"
)

const kind = "duckdb"

// Factory makes the factory of DuckDB workspaces. A process uses one: the engine's file locks hold between
// processes only, so the factory remembers which state files it has open.
func Factory() providers.WorkspaceFactory {
	return &factory{open: map[string]int{}}
}

type factory struct {
	mu   sync.Mutex
	open map[string]int // by path: -1 where it is open for writing, else the number of readers
}

// Kind is the label of the source block.
func (*factory) Kind() string { return kind }

// Schema is what a source block takes.
func (*factory) Schema() *schema.Block {
	return &schema.Block{
		Doc: "Files and tables that the embedded DuckDB reads.",
		Args: []schema.Arg{
			{Name: "path", Type: cty.String, Doc: "A DuckDB file, opened read-only. Without it a model reads files: " +
				"read_csv(), read_parquet(), read_json()."},
			{Name: "allow_paths", Type: cty.List(cty.String), Doc: "Directories beside that of the configuration whose files models " +
				"may read, relative to it or absolute."},
		},
	}
}

// Open opens the state and the sources.
func (f *factory) Open(ctx context.Context, s providers.WorkspaceSpec) (providers.Workspace, error) {
	return f.openWorkspace(ctx, s)
}

// take notes that a state file is in use; it reports false where that use excludes this one.
func (f *factory) take(path string, write bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.open[path]
	switch {
	case n < 0 || write && n > 0:
		return false
	case write:
		f.open[path] = -1
	default:
		f.open[path] = n + 1
	}
	return true
}

func (f *factory) release(path string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open[path]--; f.open[path] <= 0 {
		delete(f.open, path)
	}
}
