package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // the driver of the baselines

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
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
			"SELECT bit_xor(hash(key, first, last, email, city, score, since, tier)) FROM hand.r")
	case "by hand":
		return baseline(ctx, dir, limit, hand...)
	case "by hand without uniqueness":
		return baseline(ctx, dir, limit, hand[1:]...)
	case "plan":
		return planned(ctx, dir, "new.db", limit, func(n int64) bool { return n > 0 })
	case "plan without changes":
		return planned(ctx, dir, "old.db", limit, func(n int64) bool { return n == 0 })
	case "first snapshot":
		check(os.Remove(filepath.Join(dir, "state.db")))
		return applied(ctx, dir, "old.db", limit, false)
	case "snapshot update":
		return applied(ctx, dir, "new.db", limit, false)
	case "apply without its plan":
		return applied(ctx, dir, "new.db", limit, true)
	}
	return fmt.Errorf("no task %q", task)
}

// prepare makes the model before and after, and the snapshot of the one before, by way of an apply.
func prepare(ctx context.Context, dir string, rows int) error {
	values := "SELECT 'K' || lpad(CAST(i AS VARCHAR), 9, '0') AS id, 'First ' || (i %% 977) AS first, 'Last ' || i AS last, 'p' || i || '@example.com' AS email, " +
		"CASE WHEN i %% 100 = %d THEN 'Moved ' ELSE 'City ' END || (i %% 313) AS city, CAST((i %% 100000) / 4 AS DECIMAL(10,2)) AS score, " +
		"DATE '2020-01-01' + CAST(i %% 2000 AS INTEGER) AS since, CASE i %% 3 WHEN 0 THEN 'Gold' WHEN 1 THEN 'Silver' ELSE 'Bronze' END AS tier FROM range(%d, %d) AS r(i)"
	old := fmt.Sprintf(values, -1, 0, rows)
	for name, query := range map[string]string{
		"old.db":  "CREATE TABLE t AS " + old,
		"new.db":  "CREATE TABLE t AS " + fmt.Sprintf(values, 7, rows/100, rows+rows/100),
		"hand.db": "CREATE TABLE r AS SELECT id AS key, hash(id, first, last, email, city, score, since, tier) AS fp, * EXCLUDE (id) FROM (" + old + ")",
	} {
		db, err := sql.Open("duckdb", filepath.Join(dir, name))
		if err != nil {
			return err
		}
		_, err = db.ExecContext(ctx, query)
		if err = errors.Join(err, db.Close()); err != nil {
			return err
		}
	}
	if err := applied(ctx, dir, "old.db", 4096, true); err != nil {
		return err
	}
	return os.Rename(filepath.Join(dir, "state.db"), filepath.Join(dir, "seeded.db"))
}

// hand is the comparison as one would write it for this one table: no key twice, then which rows differ, then their old
// and new values.
var hand = []string{
	"SELECT count(*) FROM (SELECT id FROM new.t GROUP BY id HAVING count(*) > 1)",
	"CREATE TABLE c AS SELECT COALESCE(n.key, s.key) AS key, n.fp IS NOT NULL AS wanted FROM " +
		"(SELECT id AS key, hash(id, first, last, email, city, score, since, tier) AS fp FROM new.t) AS n FULL JOIN hand.r AS s ON n.key = s.key WHERE n.fp IS DISTINCT FROM s.fp",
	"CREATE TABLE p AS SELECT c.key, c.wanted, m.*, s.* EXCLUDE (key) FROM c LEFT JOIN new.t AS m ON m.id = c.key LEFT JOIN hand.r AS s ON s.key = c.key",
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
		"ATTACH '" + filepath.Join(dir, "new.db") + "' AS new (READ_ONLY)", "ATTACH '" + filepath.Join(dir, "hand.db") + "' AS hand (READ_ONLY)",
	}
	for _, q := range append(setup, statements...) {
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

// applied plans and applies; the stub confirms at once, so that what is measured is the engine's own work after its plan.
// Where whole is false, it is what comes after the last row was written.
func applied(ctx context.Context, dir, model string, limit int, whole bool) error {
	e, cfg, err := open(dir, model, limit)
	if err != nil {
		return err
	}
	written.mark()
	start := time.Now()
	_, run, ds := e.Apply(ctx, cfg, engine.ApplyOptions{Confirm: func(*plan.Plan) (bool, error) {
		start = time.Now()
		written.planned = used()
		return true, nil
	}})
	if ds.HasErrors() {
		return ds
	}
	if run == nil || run.Status != "applied" {
		return fmt.Errorf("the run is %+v", run)
	}
	r := result{CPU: used() - written.last, Wall: time.Since(written.at).Seconds()}
	if whole {
		r = result{CPU: used() - written.planned, Wall: time.Since(start).Seconds()}
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}
