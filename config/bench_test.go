package config_test

import (
	"testing"

	"github.com/signalsmith/signalsmith/config"
)

func BenchmarkLoad(b *testing.B) {
	dir := write(b, map[string]string{"main.hcl": complete})
	for b.Loop() {
		if _, ds := config.Load(dir, options()); len(ds) > 0 {
			b.Fatal(ds)
		}
	}
}
