package schema_test

import (
	"testing"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
)

func BenchmarkBuiltin(b *testing.B) {
	for b.Loop() {
		if _, err := schema.Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}
