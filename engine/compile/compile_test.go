package compile

import (
	"testing"

	"github.com/signalsmith/signalsmith/config/lang"
)

func TestEveryFunctionOfTheTableHasSQL(t *testing.T) {
	b := builders()
	for _, f := range lang.Table() {
		if b[f.Name] == nil {
			t.Errorf("no SQL of %s", f.Name)
		}
		delete(b, f.Name)
	}
	for name := range b {
		t.Errorf("%s is not in the table", name)
	}
}
