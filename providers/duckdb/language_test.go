package duckdb_test

import (
	"testing"

	"github.com/signalsmith/signalsmith/engine/compile/languagetest"
)

func TestLanguage(t *testing.T) { languagetest.Run(t, open, languagetest.Options{}) }
