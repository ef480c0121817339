package diff

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/duckdb"
)

var update = flag.Bool("update", false, "write the golden files anew")

// spec is a sync with a column, a template, a constant and a number, and a snapshot that lacks one field.
func spec(refresh bool) *Spec {
	field := func(name, typ string, scale int, v lang.Expr) Field {
		return Field{Field: providers.Field{Name: name, Type: typ, Length: 40, Scale: scale, Unique: name == "Code__c"}, Value: v}
	}
	col := func(name string) lang.Expr { return &lang.Column{Name: name} }
	return &Spec{
		N: 1, Zone: "UTC", Self: "005000000000001AAA", Refresh: refresh, Creates: true,
		Relation: providers.Relation{SQL: "(SELECT * FROM t)", Columns: []providers.Column{
			{Name: "id", Type: providers.TypeInt}, {Name: `odd "name"`, Type: providers.TypeText}, {Name: "score", Type: providers.TypeFloat},
		}},
		Keys: []providers.Column{{Name: "id", Type: providers.TypeInt}},
		Fields: []Field{
			field("Code__c", "string", 0, col("id")),
			field("Description", "textarea", 0, &lang.Template{Parts: []lang.Expr{&lang.Literal{Value: cty.StringVal("No. ")}, col(`odd "name"`)}}),
			field("LeadSource", "picklist", 0, &lang.Literal{Value: cty.StringVal("Ware'house")}),
			field("Score__c", "double", 2, col("score")),
		},
		Snapshot: Snapshot{Table: "state.main.records_1", Fields: map[string]bool{"code__c": true, "description": true, "leadsource": true}},
	}
}

// TestStatements holds the SQL of every step against a golden file.
func TestStatements(t *testing.T) {
	ws, err := duckdb.Factory().Open(context.Background(), providers.WorkspaceSpec{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ws.Close() }()
	for name, refresh := range map[string]bool{"refresh": true, "no-refresh": false} {
		q, err := spec(refresh).fill(ws.Dialect())
		if err != nil {
			t.Fatal(err)
		}
		q.Rejects, q.NullKeys, q.Generation, q.Run = true, true, 7, "'run'"
		var b strings.Builder
		for _, step := range []string{
			"desired", "snap", "keys", "double_keys", "double_matches", "rejected", "usable", "known_ids", "new_matches",
			"live_columns", "found", "class", "clashes", "change", "commit", "records",
		} {
			sql, err := q.sql(step)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString("-- " + step + "\n" + sql + "\n\n")
		}
		file := filepath.Join("testdata", "duckdb-"+name+".sql")
		if *update {
			if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(want) != b.String() {
			t.Errorf("%s differs from the statements; run with -update and read the difference", file)
		}
	}
}
