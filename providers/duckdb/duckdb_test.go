package duckdb_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/duckdb"
	"github.com/signalsmith/signalsmith/providers/providertest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(holder); path != "" {
		hold(path)
	}
	goleak.VerifyTestMain(m)
}

func TestWorkspace(t *testing.T) {
	providertest.Workspace(t, duckdb.Factory(), providertest.WorkspaceOptions{})
}

func open(t *testing.T) providers.Workspace {
	ws, err := duckdb.Factory().Open(t.Context(), providers.WorkspaceSpec{Dir: t.TempDir(), Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ws.Close(); err != nil {
			t.Error(err)
		}
	})
	return ws
}

func TestDialect(t *testing.T) { providertest.Dialect(t, open) }
