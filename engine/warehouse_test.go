package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/databricks"
	"github.com/signalsmith/signalsmith/providers/databricks/thrifttest"
)

// lake is a warehouse that people's rows are read from; the state is in a file or in a schema of it, as home says.
type lake struct {
	*project
	server *thrifttest.Server
	schema string
}

// newLake is a warehouse of its own, played by DuckDB.
func newLake(t *testing.T) *lake {
	t.Helper()
	backend, err := thrifttest.DuckDB("")
	if err != nil {
		t.Fatal(err)
	}
	return lakeOn(t, serve(t, backend), "signalsmith")
}

// serve starts a server, which ends with the test.
func serve(t *testing.T, backend thrifttest.Backend) *thrifttest.Server {
	t.Helper()
	server := thrifttest.New(backend, thrifttest.Options{Token: "dapi-test", DirectWait: time.Minute})
	if _, err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// lakeOn is a warehouse that others may use too, with the state in a schema of its own.
func lakeOn(t *testing.T, server *thrifttest.Server, schema string) *lake {
	t.Helper()
	p := newProject(t, map[string]string{"org.schema.json": peopleSchema})
	p.vars = []string{"token=dapi-test"}
	l := &lake{project: p, server: server, schema: schema}
	l.live()
	return l
}

func (l *lake) live() {
	l.project.live()
	l.engine.Registry.Warehouses = []providers.WorkspaceFactory{databricks.Factory()}
	l.engine.Registry.Scanners = []providers.ScannerFactory{databricks.Scanners()}
}

// home writes the configuration with the state in the warehouse or in a file, and rows like those of people.csv.
func (l *lake) home(warehouse bool, rows string) {
	l.t.Helper()
	var values []string
	for line := range strings.Lines(strings.TrimSpace(rows)) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		for i, c := range cells {
			if cells[i] = "'" + c + "'"; c == "" {
				cells[i] = "cast(null as string)"
			}
		}
		values = append(values, "("+strings.Join(cells, ", ")+")")
	}
	l.write("people.sql", "select * from (values "+strings.Join(values, ", ")+") as t(id, code, name, city, email, score, tier)")
	text := strings.Replace(peopleHCL(`emulator { schema = "org.schema.json" }`), `source "duckdb" "files" {}`, fmt.Sprintf(`variable "token" { sensitive = true }
source "databricks" "lake" {
  host      = %q
  http_path = %q
  catalog   = "main"
  token     = var.token
}`, l.server.URL(), l.server.HTTPPath()), 1)
	text = strings.Replace(text, "source.duckdb.files", "source.databricks.lake", 1)
	text = strings.Replace(text, `"`+peopleSQL+`"`, `file("people.sql")`, 1)
	l.write("main.hcl", text)
	state := ""
	if warehouse {
		state = "signalsmith {\n  state \"source\" {\n    source = source.databricks.lake\n    schema = \"" + l.schema + "\"\n  }\n}\n"
	}
	l.write("state.hcl", state)
}

func TestStateMovesBetweenAFileAndAWarehouseAndSendsNobodyAgain(t *testing.T) {
	t.Parallel()
	movesTheState(newLake(t))
}

func movesTheState(l *lake) {
	t := l.t
	l.home(false, twoPeople)
	l.applied()
	l.empty("in a file")
	if _, ds := l.pull("copy.db"); ds.HasErrors() {
		t.Fatal(ds)
	}
	l.home(true, twoPeople)
	if got, ds := l.push("copy.db"); ds.HasErrors() || got.Rows != 2 {
		t.Fatalf("pushed %+v, %v", got, ds)
	}
	l.empty("in the warehouse")
	l.home(true, strings.Replace(twoPeople, "London", "Leeds", 1))
	l.applies("update 1, unchanged 1", "field_changed")
	l.empty("after an apply in the warehouse")
	if _, ds := l.pull("back.db"); ds.HasErrors() {
		t.Fatal(ds)
	}
	l.home(false, strings.Replace(twoPeople, "London", "Leeds", 1))
	if got, ds := l.push("back.db"); ds.HasErrors() || got.Generation != 2 {
		t.Fatalf("pushed %+v, %v", got, ds)
	}
	l.empty("in the file again")
	if l.apply() != nil {
		t.Error("somebody was sent again")
	}
}

// TestRunThatDiedIsSettledFromTheWarehouseAlone loses everything that is local: the state's tables are enough.
func TestRunThatDiedIsSettledFromTheWarehouseAlone(t *testing.T) {
	t.Parallel()
	settlesWhatDied(newLake(t))
}

func settlesWhatDied(l *lake) {
	t := l.t
	l.home(true, before)
	l.applied()
	l.home(true, after)
	r := &reaper{before: "hear of update"}
	l.engine.Registry.Warehouses = []providers.WorkspaceFactory{mortalFactory{databricks.Factory(), r}}
	l.engine.Registry.Destinations[0] = mortalOrgs{l.engine.Registry.Destinations[0], r}
	_, _, _ = l.engine.Apply(context.Background(), l.load(), engine.ApplyOptions{})
	if l.live(); !r.dead {
		t.Fatalf("no step hears of updates: %q", r.steps)
	}
	doc := l.plan()
	if !slices.ContainsFunc(doc.Diagnostics, func(d plan.Diagnostic) bool { return d.Code == "P405" }) {
		t.Errorf("the diagnostics are %+v", doc.Diagnostics)
	}
	if run := l.apply(); run != nil && run.Status != "applied" {
		t.Errorf("the run is %+v", run)
	}
	l.empty("after the next apply")
	l.byHand("", func(h *hand) {
		if n := len(h.find("SELECT Id FROM Contact")); n != 6 {
			t.Errorf("the org holds %d contacts", n)
		}
	})
	if _, ds := l.pull("look.db"); ds.HasErrors() {
		t.Fatal(ds)
	}
	l.write("state.hcl", "signalsmith {\n  state \"local\" { path = \"look.db\" }\n}\n")
	got := strings.Join(l.texts("SELECT key || ' ' || origin FROM RECORDS ORDER BY key"), "|")
	if want := "1 created|2 created|4 created|5 created|6 created"; got != want {
		t.Errorf("the snapshot holds %q, want %q", got, want)
	}
}

func TestColumnsOfAnyNameAndTypeAreKeptInStep(t *testing.T) {
	t.Parallel()
	oddColumns(newLake(t))
}

// oddColumns has names that need quoting, decimals, instants, times of a zone that the model names, and nulls.
func oddColumns(l *lake) {
	t := l.t
	l.home(true, twoPeople)
	raw, err := os.ReadFile(filepath.Join(l.dir, "main.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(raw), `model "people"`)
	_, tail, _ := strings.Cut(peopleHCL(`emulator { schema = "org.schema.json" }`), "destination ")
	tail = strings.NewReplacer("col.code", `col["it's \"the\" code"]`, "col.name", "col[\"na`me\"]", "col.score", `col["an amount"]`,
		"Tier__c     = col.tier", `Seen__c = col["seen, at"]
    Local__c    = col.local`, "col.city", "col.city", "col.email", "col.email").Replace(tail)
	l.write("main.hcl", head+`model "people" {
  source      = source.databricks.lake
  primary_key = ["the key"]
  timezone    = "Europe/Berlin"
  sql         = file("people.sql")
}
destination `+tail)
	l.write("org.schema.json", strings.Replace(peopleSchema, `{"name": "Tier__c"`,
		`{"name": "Seen__c", "type": "datetime"}, {"name": "Local__c", "type": "datetime"}, {"name": "Tier__c"`, 1))
	rows := func(rows ...string) {
		l.write("people.sql", "SELECT CAST(id AS BIGINT) AS `the key`, code AS `it's \"the\" code`, name AS `na``me`, city, email, "+
			"CAST(amount AS DECIMAL(18,4)) AS `an amount`, CAST(seen AS TIMESTAMP) AS `seen, at`, CAST(local AS TIMESTAMP_NTZ) AS local FROM VALUES "+
			strings.Join(rows, ", ")+" AS t(id, code, name, city, email, amount, seen, local)")
	}
	const full = "(1, 'A', 'O\\'Hara \\\\', 'Malmö', 'a@example.com', '12.5050', '2026-03-29T01:30:00+02:00', '2026-03-29 03:30:00')"
	rows(full, "(2, 'B', 'B', NULL, 'b@example.com', NULL, '2026-07-01T12:00:00Z', NULL)", "(3, 'C', 'C', 'Oslo', NULL, '-0.005', NULL, '2026-07-01 12:00:00')")
	l.applies("create 3")
	l.empty("after the first apply")
	l.byHand("", func(h *hand) {
		got := fmt.Sprint(h.find("SELECT Code__c, LastName, MailingCity, Email, Score__c, Seen__c, Local__c FROM Contact ORDER BY Code__c"))
		for _, want := range []string{`LastName:O'Hara \ `, "Score__c:12.51 ", "Seen__c:2026-03-28T23:30:00.000+0000 ", "Local__c:2026-03-29T01:30:00.000+0000 ",
			"Seen__c:2026-07-01T12:00:00.000+0000 ", "Score__c:-0.01 ", "Local__c:2026-07-01T10:00:00.000+0000 "} {
			if !strings.Contains(got, want) {
				t.Errorf("%q is missing in %s", want, got)
			}
		}
	})
	// What was null has a value now.
	rows(full, "(2, 'B', 'B', 'Bergen', 'b@example.com', '1.1', '2026-07-01T12:00:00Z', '2026-01-01 00:00:00')", "(3, 'C', 'C', 'Oslo', 'c@example.com', '-0.005', NULL, '2026-07-01 12:00:00')")
	it := l.expect("update 2, unchanged 1", "field_changed")
	if got := len(it.Fields); got != 4 {
		t.Errorf("%d fields change: %+v", got, it.Fields)
	}
	l.applied()
	l.empty("after the second apply")
}

func TestLockOfAWarehouseNamesItsHolderAndCanBeBroken(t *testing.T) {
	t.Parallel()
	breaksTheLock(newLake(t))
}

func breaksTheLock(l *lake) {
	t := l.t
	l.home(true, twoPeople)
	src := l.load().Project.StateSource
	ctx := context.Background()
	ws, err := l.engine.Registry.Warehouses[0].Open(ctx, providers.WorkspaceSpec{
		StateSchema: l.schema, Write: true, Sources: []providers.SourceSpec{{Name: src.Name, Body: src.Body}},
		Owner: providers.Owner{User: "ada", Host: "laptop", Run: "20261123-121004-9b1c", PID: 42},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ws.Close() }()
	_, run, ds := l.engine.Apply(ctx, l.load(), engine.ApplyOptions{})
	if run != nil || !ds.HasErrors() || !strings.Contains(ds.Error(), "ada@laptop (process 42), run 20261123-121004-9b1c") {
		t.Fatalf("got %+v, %v", run, ds)
	}
	was, held, ds := l.engine.Unlock(ctx, l.load())
	if ds.HasErrors() || !held || was.User != "ada" || was.PID != 42 || was.Run != "20261123-121004-9b1c" {
		t.Errorf("unlock says %+v, %t, %v", was, held, ds)
	}
	if _, held, ds = l.engine.Unlock(ctx, l.load()); held || ds.HasErrors() {
		t.Errorf("a second unlock says %t, %v", held, ds)
	}
	l.applied()
	l.empty("after the lock was broken")
}

// TestMappingsComputeWhereTheRowsAre computes values of columns that are not text, in the warehouse and in a file.
func TestMappingsComputeWhereTheRowsAre(t *testing.T) {
	t.Parallel()
	for name, warehouse := range map[string]bool{"the state in the warehouse": true, "the state in a file": false} {
		t.Run(name, func(t *testing.T) {
			l := newLake(t)
			l.home(warehouse, "1,A,Okafor,London,ada@example.com,1.5,Gold")
			l.write("people.sql", "select 1 as id, 'A' as code, '  Okafor ' as name, cast('2024-12-31' as date) as city, 'ADA@Example.com' as email, "+
				"cast(2.25 as double) as score, cast(1500.5 as decimal(10,2)) as tier")
			raw, err := os.ReadFile(filepath.Join(l.dir, "main.hcl"))
			if err != nil {
				t.Fatal(err)
			}
			l.write("main.hcl", strings.NewReplacer("= col.name", "= upper(trim(col.name))", "= col.city", `= date_format(col.city, "%d.%m.%Y")`, "= col.email", "= lower(col.email)",
				"= col.score", "= coalesce(col.score, 0) - 0.25", "= col.tier", `= col.tier > 1000 && col.score < 3 ? "Gold" : "Silver"`).Replace(string(raw)))
			if run := l.apply(); run.Done.Create != 1 {
				t.Fatalf("the run did %+v", run.Done)
			}
			l.empty("after the apply")
			l.byHand("", func(h *hand) {
				h.id("SELECT Id FROM Contact WHERE LastName = 'OKAFOR' AND MailingCity = '31.12.2024' AND Email = 'ada@example.com' AND Score__c = 2 AND Tier__c = 'Gold'")
			})
		})
	}
}
