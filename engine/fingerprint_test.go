package engine_test

import (
	"context"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/duckdb"
)

// weak is a dialect whose fingerprints are lengths, so that most rows have the same one.
type weak struct{ providers.Dialect }

func (weak) Fingerprint(exprs []string) string {
	return "CAST(length(concat(" + strings.Join(exprs, ", ") + ")) AS BIGINT)"
}

type weakFactory struct{ providers.WorkspaceFactory }

type weakWorkspace struct{ providers.Workspace }

func (f weakFactory) Open(ctx context.Context, s providers.WorkspaceSpec) (providers.Workspace, error) {
	ws, err := f.WorkspaceFactory.Open(ctx, s)
	if err != nil {
		return nil, err
	}
	return weakWorkspace{ws}, nil
}

func (w weakWorkspace) Dialect() providers.Dialect { return weak{w.Workspace.Dialect()} }

const alike = `
1,A,Smith,London,,1,Gold
2,B,Jones,London,,1,Gold
3,C,Brown,London,,1,Gold
4,D,White,London,,1,Gold
`

func TestRowsOfOneFingerprintHideNoChange(t *testing.T) {
	t.Parallel()
	p := people(t, alike)
	p.engine.Registry.Workspaces = []providers.WorkspaceFactory{weakFactory{duckdb.Factory()}}
	p.applied()
	p.empty("after the first apply")
	p.rows(`
1,A,Smith,London,,1,Gold
2,B,Jones,Edinburgh,,1,Gold
4,D,White,London,,1,Gold
5,E,Black,London,,1,Gold
`)
	p.expect("create 1, update 1, leave 1, unchanged 2", "new_in_model", "field_changed", "left_model")
	p.applied()
	p.empty("after the change")
}

func TestKeyWithOneRowAsItWasAndAnotherOneIsADuplicate(t *testing.T) {
	t.Parallel()
	p := people(t, alike)
	p.applied()
	p.rows(alike + "4,D,White,Leeds,,1,Gold\n5,E,Black,London,,1,Gold\n")
	p.expect("create 1, held 1, reject 2, unchanged 3", "key_duplicate", "new_in_model")
	p.rows(alike + "4,D,White,London,,1,Gold\n") // not one of them differs
	p.expect("held 1, reject 2, unchanged 3", "key_duplicate")
	p.rows(strings.Replace(alike, "4,D,White,London,,1,Gold", "4,D,White,York,,1,Gold\n4,D,White,Leeds,,1,Gold", 1)) // both do
	p.expect("held 1, reject 2, unchanged 3", "key_duplicate")
}
