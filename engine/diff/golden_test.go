package diff

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/databricks"
	"github.com/signalsmith/signalsmith/providers/databricks/thrifttest"
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

// typed is a sync of records with an owner, a parent and a picklist that has fewer values in records of one type; the type is
// read, and nobody maps it.
func typed() *Spec {
	s := spec(true)
	add := func(f providers.Field) int {
		s.Fields = append(s.Fields, Field{Field: f, Value: &lang.Column{Name: `odd "name"`}})
		return len(s.Fields) - 1
	}
	user := &providers.Object{Name: "User", Fields: []providers.Field{{Name: "Id", Type: "id"}, {Name: "Username", Type: "string", IDLookup: true}}}
	s.Parents = []Parent{
		{Field: add(providers.Field{Name: "Owner:User.Username", Type: "string"}), Object: user, By: user.Fields[1], Owner: true},
		{Field: add(providers.Field{Name: "OwnerId", Type: "reference"}), Object: user, By: user.Fields[0], Owner: true},
	}
	add(providers.Field{Name: "Tier__c", Type: "picklist", RestrictedPicklist: true, Picklist: []providers.PicklistValue{
		{Value: "Gold", Label: "Gold tier", Active: true}, {Value: "Silver", Label: "Silver", Active: true}}})
	s.Aside = []providers.Field{{Name: "RecordTypeId", Type: "reference"}}
	s.Types = &Types{Field: len(s.Fields), ByID: true, Created: "012000000000001AAA", All: []providers.RecordType{
		{ID: "012000000000001AAA", DeveloperName: "Retail", Active: true, Available: true, Values: map[string][]string{"Tier__c": {"Silver"}}},
		{ID: "012000000000002AAA", DeveloperName: "Trade", Active: true, Available: true, Values: map[string][]string{"Tier__c": {"Gold", "Silver"}}},
	}}
	return s
}

// TestStatements holds the SQL of every step against golden files, one for each dialect.
func TestStatements(t *testing.T) {
	for name, dialect := range dialects(t) {
		for variant, refresh := range map[string]bool{"refresh": true, "no-refresh": false} {
			q, err := spec(refresh).fill(dialect)
			if err != nil {
				t.Fatal(err)
			}
			q.Rejects, q.NullKeys, q.DoubleKeys, q.DoubleMatches, q.Generation, q.Run = true, true, true, true, 7, dialect.Literal("run")
			steps := []string{
				"delta", "desired", "snap", "lookup", "double_keys", "double_matches", "rejected", "usable", "found", "class", "change", "commit", "records", "intent",
			}
			if name != "duckdb" {
				// Steps with canonical expressions in them: those have goldens of their own in the provider.
				steps = slices.DeleteFunc(steps, func(s string) bool { return s == "desired" })
			}
			golden(t, name+"-"+variant, q, steps...)
		}
		q, err := typed().fill(dialect)
		if err != nil {
			t.Fatal(err)
		}
		q.Inactive[0] = true
		golden(t, name+"-written", q, "orphans", "change", "refused")
		l := &Lost{
			N: 1, Run: "run", Intent: dialect.State("intent_1"), Snap: dialect.State("records_1"), Covers: map[string]bool{"code__c": true},
			Fields: []LostField{{Name: "Code__c", Field: &spec(true).Fields[0].Field}, {Name: `Odd "name"`}},
		}
		q, _, err = l.fill(dialect)
		if err != nil {
			t.Fatal(err)
		}
		q.Generation = 7
		golden(t, name+"-settle", q, "pending", "pending_ids", "pending_matches", "settled", "settled_commit", "overlay")
	}
}

// dialects are those that there are, of workspaces that hold nothing.
func dialects(t *testing.T) map[string]providers.Dialect {
	t.Helper()
	backend, err := thrifttest.DuckDB("")
	if err != nil {
		t.Fatal(err)
	}
	server := thrifttest.New(backend, thrifttest.Options{Token: "dapi-test"})
	if _, err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	body := &schema.Body{Args: map[string]schema.Value{}}
	for k, v := range map[string]string{"host": server.URL(), "http_path": server.HTTPPath(), "catalog": "main", "token": "dapi-test"} {
		body.Args[k] = schema.Value{Value: cty.StringVal(v)}
	}
	out := map[string]providers.Dialect{}
	for _, f := range []providers.WorkspaceFactory{duckdb.Factory(), databricks.Factory()} {
		s := providers.WorkspaceSpec{Dir: t.TempDir()}
		if f.Kind() == "databricks" {
			s.StateSchema, s.Plan, s.Sources = "state", "plan", []providers.SourceSpec{{Name: "lake", Body: body}}
		}
		ws, err := f.Open(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = ws.Close() })
		out[f.Kind()] = ws.Dialect()
	}
	return out
}

// golden holds the SQL of steps against a file.
func golden(t *testing.T, name string, q *data, steps ...string) {
	t.Helper()
	var b strings.Builder
	for _, step := range steps {
		sql, err := q.sql(step)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("-- " + step + "\n" + sql + "\n\n")
	}
	file := filepath.Join("testdata", name+".sql")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Errorf("%s differs from the statements; run with -update and read the difference", file)
	}
}
