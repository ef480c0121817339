// Package databricks reads the models of Databricks SQL warehouses, and keeps the state in one.
//
// A model is somebody else's code. There is no parser for the engine's SQL outside of it, so a model is taken apart into
// tokens (see proof): it is one query, calls functions of a list, and names tables of its own catalogs. What runs is the
// text without its comments. Behind that stand the rights of the user that the source logs in as, who needs no more than
// USE CATALOG, USE SCHEMA and SELECT.
//
// A statement costs a second at least, and may have been executed although no answer came. So statements are few, and
// each one that writes can be repeated.
package databricks

import (
	"context"
	"os"
	"time"

	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/providers"
)

const kind = "databricks"

// Factory makes the factory of workspaces that keep the state in a schema of the warehouse. It implements
// providers.Unlocker.
func Factory() providers.WorkspaceFactory { return newFactory() }

// Scanners makes the factory of scanners, which read models for workspaces elsewhere.
func Scanners() providers.ScannerFactory { return newFactory() }

type factory struct {
	env   func(string) (string, bool)
	pace  pace
	lease time.Duration // of the state's lock; it is renewed five times as often
}

func newFactory() *factory {
	return &factory{env: os.LookupEnv, pace: usual(), lease: 10 * time.Minute}
}

// Kind is the label of the source block.
func (*factory) Kind() string { return kind }

// Schema is what a source block takes.
func (*factory) Schema() *schema.Block { return block() }

// Open opens the state.
func (f *factory) Open(ctx context.Context, s providers.WorkspaceSpec) (providers.Workspace, error) {
	w, err := f.open(ctx, s)
	if err != nil {
		return nil, err
	}
	return w, nil
}

// Scanner opens a scanner. It makes no call.
func (f *factory) Scanner(_ context.Context, spec providers.SourceSpec, _, userAgent string) (providers.Scanner, error) {
	s, err := newSource(spec, f.env)
	if err != nil {
		return nil, err
	}
	p, err := connect(s, settings{agent: userAgent, pace: f.pace})
	if err != nil {
		return nil, err
	}
	return &scanner{pool: p}, nil
}
