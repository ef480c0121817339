package engine_test

import (
	"os"
	"testing"

	"github.com/signalsmith/signalsmith/providers/databricks/thrifttest"
)

// TestSpark runs on Spark with Delta Lake what another engine that plays the warehouse cannot vouch for.
func TestSpark(t *testing.T) {
	python := os.Getenv("SIGNALSMITH_SPARK")
	if python == "" {
		t.Skip("SIGNALSMITH_SPARK names no Python with Spark: see testdata/spark/install.sh")
	}
	backend, err := thrifttest.Spark(t.Context(), python, "../testdata/spark/server.py")
	if err != nil {
		t.Fatal(err)
	}
	server := serve(t, backend)
	info, _ := thrifttest.SparkInfoOf(backend)
	written := func(name string, test func(t *testing.T)) {
		t.Run(name, func(t *testing.T) {
			if !info.Delta {
				t.Skip("Delta Lake could not be had: no table can be written")
			}
			test(t)
		})
	}
	t.Run("history, state in a file", func(t *testing.T) { embeddedSP500(t, true).equals(lakeOn(t, server, ""), false) })
	written("history, state in the warehouse", func(t *testing.T) { embeddedSP500(t, false).equals(lakeOn(t, server, "history"), true) })
	written("columns of any name and type", func(t *testing.T) { oddColumns(lakeOn(t, server, "odd")) })
	// The commit is the longest of the writes; what each kind of statement does with a condition, the suite holds.
	written("the generation guard", func(t *testing.T) { overtakesOn(lakeOn(t, server, "guard"), 3) })
}
