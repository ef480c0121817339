package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // the driver of the baselines

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/duckdb"
)

const configuration = `
signalsmith { 
  state "local" { path = "state.db" }
}
source "duckdb" "files" { path = "%s" }
model "rows" {
  source      = source.duckdb.files
  primary_key = ["id"]
  table       = "t"
}
destination "stub" "org" {}
target "contact" {
  destination = destination.stub.org
  object      = "Contact"
  match       = "Code__c"
}
mapping "contact" {
  target = target.contact
  fields = {
    Code__c     = col.id
    FirstName   = col.first
    LastName    = col.last
    Email       = col.email
    MailingCity = col.city
    Score__c    = col.score
    Since__c    = col.since
    Tier__c     = col.tier
  }
}
sync "rows" {
  model   = model.rows
  mapping = mapping.contact
  mode    = "upsert"
}
`

// run does one task in this process.
func run(task, dir string, rows, limit int) error {
	ctx := context.Background()
	switch task {
	case "prepare":
		return prepare(ctx, dir, rows)
	case "unit":
		return baseline(ctx, dir, limit,
			"SELECT bit_xor(hash(id, first, last, email, city, score, since, tier)) FROM new.t",
			"SELECT count(*), bit_xor(hash(key, fp)) FROM state."+records)
	case "by hand":
		return baseline(ctx, dir, limit, hand...)
	case "plan":
		return planned(ctx, dir, "new.db", limit, func(n int64) bool { return n > 0 })
	case "plan, nothing to do":
		return planned(ctx, dir, "old.db", limit, func(n int64) bool { return n == 0 })
	case "first snapshot":
		check(os.Remove(filepath.Join(dir, "state.db")))
		return applied(ctx, dir, "old.db", limit)
	case "snapshot update":
		return applied(ctx, dir, "new.db", limit)
	}
	return fmt.Errorf("no task %q", task)
}

// prepare makes the model before and after, and the snapshot of the one before, by way of an apply.
func prepare(ctx context.Context, dir string, rows int) error {
	values := "SELECT 'K' || lpad(CAST(i AS VARCHAR), 9, '0') AS id, 'First ' || (i %% 977) AS first, 'Last ' || i AS last, 'p' || i || '@example.com' AS email, " +
		"CASE WHEN i %% 100 = %d THEN 'Moved ' ELSE 'City ' END || (i %% 313) AS city, CAST((i %% 100000) / 4 AS DECIMAL(10,2)) AS score, " +
		"DATE '2020-01-01' + CAST(i %% 2000 AS INTEGER) AS since, CASE i %% 3 WHEN 0 THEN 'Gold' WHEN 1 THEN 'Silver' ELSE 'Bronze' END AS tier FROM range(%d, %d) AS r(i)"
	for name, query := range map[string]string{
		"old.db": fmt.Sprintf(values, -1, 0, rows),
		"new.db": fmt.Sprintf(values, 7, rows/100, rows+rows/100),
	} {
		db, err := sql.Open("duckdb", filepath.Join(dir, name))
		if err != nil {
			return err
		}
		_, err = db.ExecContext(ctx, "CREATE TABLE t AS "+query)
		if err = errors.Join(err, db.Close()); err != nil {
			return err
		}
	}
	if err := applied(ctx, dir, "old.db", 4096); err != nil {
		return err
	}
	return os.Rename(filepath.Join(dir, "state.db"), filepath.Join(dir, "seeded.db"))
}

// records is the snapshot's table in the baselines.
const records = "r"

var hand = []string{
	"CREATE TABLE n AS SELECT id AS key, hash(id, first, last, email, city, score, since, tier) AS fp FROM new.t",
	"CREATE TABLE c AS SELECT COALESCE(n.key, s.key) AS key FROM n FULL JOIN (SELECT s.key, hash(o.id, o.first, o.last, o.email, o.city, o.score, o.since, o.tier) AS fp " +
		"FROM state." + records + " AS s JOIN old.t AS o ON o.id = s.key) AS s ON n.key = s.key WHERE n.fp IS DISTINCT FROM s.fp",
	"CREATE TABLE p AS SELECT c.key, m.*, s.* EXCLUDE (key) FROM c LEFT JOIN new.t AS m ON m.id = c.key LEFT JOIN state." + records + " AS s ON s.key = c.key",
}

// baseline runs statements in a plain session with the files attached.
func baseline(ctx context.Context, dir string, limit int, statements ...string) error {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	setup := []string{
		fmt.Sprintf("SET memory_limit = '%dMB'", limit), "SET preserve_insertion_order = false",
		"SET temp_directory = '" + filepath.Join(dir, "tmp") + "'",
		"ATTACH '" + filepath.Join(dir, "new.db") + "' AS new (READ_ONLY)", "ATTACH '" + filepath.Join(dir, "old.db") + "' AS old (READ_ONLY)",
		"ATTACH '" + filepath.Join(dir, "state.db") + "' AS s (READ_ONLY)",
	}
	for _, q := range setup {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	var table string
	if err := db.QueryRowContext(ctx, "SELECT table_name FROM s.items").Scan(&table); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "CREATE SCHEMA state; CREATE VIEW state."+records+" AS SELECT * FROM s."+table); err != nil {
		return err
	}
	for _, q := range statements {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	return db.Close()
}

func open(dir, model string, limit int) (*engine.Engine, *config.Config, error) {
	conf := filepath.Join(dir, "conf")
	if err := os.MkdirAll(conf, 0o700); err != nil {
		return nil, nil, err
	}
	text := fmt.Sprintf(configuration, filepath.Join(dir, model))
	if err := os.WriteFile(filepath.Join(conf, "main.hcl"), []byte(text), 0o600); err != nil {
		return nil, nil, err
	}
	e := &engine.Engine{
		Registry: providers.Registry{Workspaces: []providers.WorkspaceFactory{traced{duckdb.Factory()}}, Destinations: []providers.DestinationFactory{stub{}}},
		Now:      time.Now, MemoryLimit: int64(limit) << 20,
	}
	cfg, ds := config.Load(conf, config.Options{
		Sources:      map[string]*schema.Block{"duckdb": duckdb.Factory().Schema()},
		Destinations: map[string]*schema.Block{"stub": {}},
		Env:          func(string) (string, bool) { return "", false },
	})
	if ds.HasErrors() {
		return nil, nil, ds
	}
	cfg.Project.StatePath = filepath.Join(dir, "state.db")
	return e, cfg, nil
}

func planned(ctx context.Context, dir, model string, limit int, expected func(int64) bool) error {
	e, cfg, err := open(dir, model, limit)
	if err != nil {
		return err
	}
	doc, ds := e.Plan(ctx, cfg, engine.PlanOptions{NoRefresh: true})
	if ds.HasErrors() {
		return ds
	}
	if c := doc.Items[0].Counts; !expected(c.Update.N + c.Create.N) {
		return fmt.Errorf("the plan counts %+v", c)
	}
	return nil
}

// applied plans and applies; the stub confirms at once, so that what is measured is the engine's own work.
func applied(ctx context.Context, dir, model string, limit int) error {
	e, cfg, err := open(dir, model, limit)
	if err != nil {
		return err
	}
	_, run, ds := e.Apply(ctx, cfg, engine.ApplyOptions{})
	if ds.HasErrors() {
		return ds
	}
	if run == nil || run.Status != "applied" {
		return fmt.Errorf("the run is %+v", run)
	}
	return nil
}

// stub is an org that holds nothing and confirms every write.
type stub struct{}

func (stub) Kind() string          { return "stub" }
func (stub) Schema() *schema.Block { return &schema.Block{} }
func (stub) Open(context.Context, providers.DestinationSpec) (providers.Destination, error) {
	return stub{}, nil
}
func (stub) Explain(string) (string, bool) { return "", false }
func (stub) Codes() []string               { return nil }

func (stub) Org(context.Context) (providers.Org, error) {
	return providers.Org{ID: "00D000000000001AAA", Name: "stub", UserID: "005000000000001AAA"}, nil
}
func (stub) Objects(context.Context) ([]providers.ObjectName, error) { return nil, nil }
func (stub) Users(context.Context, []string) (map[string]string, error) {
	return map[string]string{}, nil
}
func (stub) Cascades(context.Context, *providers.Object, []string) (map[string]int64, error) {
	return map[string]int64{}, nil
}
func (stub) Usage() providers.Usage { return providers.Usage{Left: -1} }
func (stub) Close() error           { return nil }

func (stub) Describe(_ context.Context, names ...string) (map[string]*providers.Object, error) {
	field := func(name, typ string, scale int) providers.Field {
		return providers.Field{Name: name, Label: name, Type: typ, Length: 80, Precision: 12, Scale: scale, Nillable: true, Createable: true, Updateable: true}
	}
	code := field("Code__c", "string", 0)
	code.ExternalID, code.Unique = true, true
	object := &providers.Object{
		Name: "Contact", Label: "Contact", Queryable: true, Createable: true, Updateable: true,
		Fields: []providers.Field{
			{Name: "Id", Type: "id", IDLookup: true}, code, field("FirstName", "string", 0), field("LastName", "string", 0), field("Email", "email", 0),
			field("MailingCity", "string", 0), field("Score__c", "double", 2), field("Since__c", "date", 0), field("Tier__c", "picklist", 0),
		},
	}
	out := map[string]*providers.Object{}
	for _, n := range names {
		out[n] = object
	}
	return out, nil
}

func (stub) Read(context.Context, providers.Read, func(providers.Record) error) error { return nil }

func (stub) Write(_ context.Context, _ providers.Write, rows iter.Seq2[providers.Row, error], done func([]providers.Outcome) error) error {
	var batch []providers.Outcome
	n, at := 0, time.Now()
	for r, err := range rows {
		if err != nil {
			return err
		}
		id := r.ID
		if id == "" {
			id = fmt.Sprintf("003%012dAAA", n)
		}
		n++
		if batch = append(batch, providers.Outcome{Key: r.Key, ID: id, OK: true, Created: r.ID == "", At: at}); len(batch) == 1000 {
			if err := done(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return done(batch)
}
