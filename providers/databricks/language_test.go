package databricks

import (
	"testing"

	"github.com/signalsmith/signalsmith/engine/compile/languagetest"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/databricks/thrifttest"
)

// TestLanguage leaves out what the DuckDB backend computes in floating point numbers; Spark computes it.
func TestLanguage(t *testing.T) {
	languagetest.Run(t, func(t *testing.T) providers.Workspace { return open(t, warehouse(t, thrifttest.Options{}), true) }, languagetest.Options{
		Without: []string{"*", "/", "floor", "ceil"},
	})
}
