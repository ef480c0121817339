package duckdb

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/providers"
)

// TestErrorsAboutRowsShowNoValues runs queries that fail in a row, and looks for the row in the error.
func TestErrorsAboutRowsShowNoValues(t *testing.T) {
	dir := t.TempDir()
	text := "name,email,since\n" + strings.Repeat("Bo,bo@example.com,2020-01-01\n", 3000) + "Ada,ada@example.com,22.02.2022\n"
	if err := os.WriteFile(filepath.Join(dir, "a.csv"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	ws, err := Factory().Open(ctx, providers.WorkspaceSpec{Dir: dir, Sources: []providers.SourceSpec{{Name: "f", Body: &schema.Body{}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ws.Close() }()
	for query, want := range map[string]string{
		"SELECT * FROM read_csv('a.csv', types = {'since': 'DATE'})":             "line 3002 of the CSV file, column since",
		"SELECT CAST(email AS INTEGER) AS n FROM read_csv('a.csv')":              "cannot become INT",
		"SELECT strptime(email, '%Y') AS n FROM read_csv('a.csv')":               "Values are not shown",
		"SELECT error(email) AS n FROM read_csv('a.csv')":                        "Values are not shown",
		"SELECT 9223372036854775807 + length(email) AS n FROM read_csv('a.csv')": "Values are not shown",
	} {
		m, err := ws.Model(ctx, providers.ModelSpec{Source: "f", SQL: query})
		if err == nil {
			err = ws.Exec(ctx, providers.Statement{SQL: "CREATE TABLE " + ws.Dialect().Temp("t") + " AS SELECT * FROM " + m.SQL})
		}
		if err == nil {
			t.Errorf("%s: no error", query)
			continue
		}
		if s := err.Error(); strings.Contains(s, "@example.com") || strings.Contains(s, "22.02.2022") || !strings.Contains(s, want) {
			t.Errorf("%s: %s", query, s)
		}
	}
}
