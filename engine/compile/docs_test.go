package compile_test

import (
	"os"
	"testing"

	"github.com/signalsmith/signalsmith/engine/compile/languagetest"
)

func TestTheExamplesOfThePageAreTrue(t *testing.T) {
	raw, err := os.ReadFile("../../docs/mapping-language.md")
	if err != nil {
		t.Fatal(err)
	}
	languagetest.CheckExamples(t, languagetest.Examples(string(raw)))
}
