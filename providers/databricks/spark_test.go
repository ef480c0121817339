package databricks

import (
	"flag"
	"os"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/engine/compile/languagetest"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/databricks/thrifttest"
	"github.com/signalsmith/signalsmith/providers/providertest"
)

// onSpark starts a server over the real engine, once for all cases.
func onSpark(t *testing.T) (s *thrifttest.Server, delta bool) {
	t.Helper()
	python := os.Getenv("SIGNALSMITH_SPARK")
	if python == "" {
		t.Skip("SIGNALSMITH_SPARK names no Python with Spark: see testdata/spark/install.sh")
	}
	b, err := thrifttest.Spark(t.Context(), python, "../../testdata/spark/server.py")
	if err != nil {
		t.Fatal(err)
	}
	s = thrifttest.New(b, thrifttest.Options{Token: testToken, DirectWait: 5 * time.Second})
	if _, err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the server: %v", err)
		}
	})
	info, _ := thrifttest.SparkInfoOf(b)
	return s, info.Delta
}

// TestSpark runs what the DuckDB backend cannot vouch for on Spark with Delta Lake.
func TestSpark(t *testing.T) {
	s, delta := onSpark(t)
	checks := flag.Lookup("rapid.checks")
	before := checks.Value.String()
	_ = checks.Value.Set("2") // a statement takes seconds
	defer func() { _ = checks.Value.Set(before) }()
	t.Run("values", func(t *testing.T) { scansValues(t, s) })
	if !delta {
		t.Skip("Delta Lake could not be had: no table can be written")
	}
	t.Run("workspace", func(t *testing.T) {
		providertest.Workspace(t, byDir{impatient()}, providertest.WorkspaceOptions{
			Sources: []providers.SourceSpec{lake(s)}, NoTransactions: true, Slow: true,
			SlowQuery: "SELECT count(*) AS n FROM range(0, 1000000000000L, 1, 1) WHERE id % 7 = 8",
		})
	})
	t.Run("dialect", func(t *testing.T) {
		providertest.Dialect(t, func(t *testing.T) providers.Workspace { return open(t, s, true) })
	})
	t.Run("language", func(t *testing.T) {
		_ = checks.Value.Set("5")
		defer func() { _ = checks.Value.Set("3") }()
		languagetest.Run(t, func(t *testing.T) providers.Workspace { return open(t, s, true) }, languagetest.Options{})
	})
	t.Run("floats", func(t *testing.T) { floats(t, s) })
	t.Run("replace", func(t *testing.T) { replaceFails(t, s) })
	t.Run("lock", func(t *testing.T) { manyWriters(t, s, 3) })
	t.Run("loads", func(t *testing.T) { loadsOnce(t, s) })
	t.Run("problems", func(t *testing.T) { engineRefuses(t, s) })
}
