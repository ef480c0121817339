package thrifttest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/duckdb/duckdb-go/v2"
)

//go:embed macros.sql
var macros string

// attach marks the translation of CREATE CATALOG: where its file lies is the backend's to know.
const attach = "ATTACH CATALOG "

// defaultNamespace is where sessions look that name none.
func defaultNamespace() Namespace { return Namespace{Catalog: "main", Schema: "default"} }

type duck struct {
	dir       string
	db        *sql.DB
	functions functions
	writing   sync.Mutex // one statement writes at a time
}

// DuckDB is a backend that runs statements in DuckDB, after translating as much of Databricks SQL as there is a
// translation of; the rest fails by name with SQLSTATE 0A000. Each catalog is a file in dir, or in memory where dir is
// empty; the first ones are main and hive_metastore, each with the schema default. Statements that write run one after
// another, so conflicts between writers do not arise.
func DuckDB(dir string) (Backend, error) {
	c, err := duckdb.NewConnector("", nil)
	if err != nil {
		return nil, fmt.Errorf("opening duckdb: %w", err)
	}
	d := &duck{dir: dir, db: sql.OpenDB(c), functions: readFunctions()}
	if err := d.start(context.Background()); err != nil {
		return nil, errors.Join(err, d.db.Close())
	}
	return d, nil
}

func (d *duck) start(ctx context.Context) error {
	conn, err := d.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("opening duckdb: %w", err)
	}
	defer conn.Close()
	if err := register(conn); err != nil {
		return err
	}
	for _, s := range []string{
		"SET GLOBAL TimeZone = 'UTC'",
		"SET GLOBAL threads = 1", // sessions run side by side all the same
		"SET autoinstall_known_extensions = false",
		"SET autoload_known_extensions = false",
		"ATTACH ':memory:' AS spark_functions",
		"USE spark_functions",
		macros,
	} {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("preparing duckdb: %w", err)
		}
	}
	names := []string{"main", "hive_metastore"}
	if d.dir != "" {
		files, err := filepath.Glob(filepath.Join(d.dir, "*.duckdb"))
		if err != nil {
			return fmt.Errorf("reading %s: %w", d.dir, err)
		}
		for _, f := range files {
			if n := strings.TrimSuffix(filepath.Base(f), ".duckdb"); n != names[0] && n != names[1] {
				names = append(names, n)
			}
		}
	}
	for _, n := range names {
		if err := d.attach(ctx, conn, n, true); err != nil {
			return err
		}
	}
	return nil
}

// attach makes a catalog, or opens the one that is there.
func (d *duck) attach(ctx context.Context, conn *sql.Conn, catalog string, exists bool) error {
	file := ":memory:"
	if d.dir != "" {
		if err := os.MkdirAll(d.dir, 0o755); err != nil {
			return fmt.Errorf("making %s: %w", d.dir, err)
		}
		file = filepath.Join(d.dir, catalog+".duckdb")
	}
	if _, err := conn.ExecContext(ctx, "ATTACH "+when(exists, "IF NOT EXISTS ")+literal(file)+" AS "+
		ident(catalogName(catalog))); err != nil {
		return fmt.Errorf("attaching catalog %s: %w", catalog, err)
	}
	if _, err := conn.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+ident(catalogName(catalog))+`."default"`); err != nil {
		return fmt.Errorf("making the default schema of %s: %w", catalog, err)
	}
	return nil
}

// register adds the functions that macros cannot be.
func register(conn *sql.Conn) error {
	var infos []duckdb.TypeInfo
	for _, t := range []duckdb.Type{duckdb.TYPE_ANY, duckdb.TYPE_BIGINT, duckdb.TYPE_VARCHAR, duckdb.TYPE_DOUBLE} {
		info, err := duckdb.NewTypeInfo(t)
		if err != nil {
			return fmt.Errorf("registering functions: %w", err)
		}
		infos = append(infos, info)
	}
	anything, long, text, double := infos[0], infos[1], infos[2], infos[3]
	for name, f := range map[string]duckdb.ScalarFunc{
		"spark_xxhash64": xxhash64{anything, long},
		"spark_type":     textFunc{text, text, func(v driver.Value) string { s, _ := v.(string); return sparkType(s) }},
		"spark_double":   textFunc{double, text, func(v driver.Value) string { f, _ := v.(float64); return javaDouble(f) }},
	} {
		if err := duckdb.RegisterScalarUDF(conn, name, f); err != nil {
			return fmt.Errorf("registering %s: %w", name, err)
		}
	}
	return nil
}

func (d *duck) Close() error { return d.db.Close() }

func (d *duck) Execute(ctx context.Context, text string, params []Param) (Result, error) {
	nodes, err := lex(text)
	if err != nil {
		return Result{}, err
	}
	ns := NamespaceOf(ctx)
	if ns.Catalog == "" {
		ns.Catalog = defaultNamespace().Catalog
	}
	if ns.Schema == "" {
		ns.Schema = defaultNamespace().Schema
	}
	t := &translator{functions: d.functions, params: params, namespace: ns}
	s, err := t.statement(nodes)
	if err != nil {
		return Result{}, err
	}
	if s.effect != query {
		d.writing.Lock()
		defer d.writing.Unlock()
	}
	conn, err := d.db.Conn(ctx)
	if err != nil {
		return Result{}, err
	}
	defer conn.Close()
	path := literal(ident(catalogName(ns.Catalog)) + "." + ident(ns.Schema) + ",spark_functions.main")
	if _, err := conn.ExecContext(ctx, "SET search_path = "+path); err != nil {
		return Result{}, databricksError(err)
	}
	if c, ok := strings.CutPrefix(s.sql, attach); ok {
		c, exists := strings.CutPrefix(c, "IF NOT EXISTS ")
		return Result{}, databricksError(d.attach(ctx, conn, c, exists))
	}
	r, err := run(ctx, conn, s)
	if err != nil {
		return Result{}, databricksError(err)
	}
	return r, nil
}

// run runs a translated statement, all of it or nothing.
func run(ctx context.Context, conn *sql.Conn, s statement) (r Result, err error) {
	if s.effect != query && (len(s.before) > 0 || s.clash != "") {
		if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
			return r, err
		}
		defer func() {
			end := "COMMIT"
			if err != nil {
				end = "ROLLBACK"
			}
			if _, e := conn.ExecContext(context.WithoutCancel(ctx), end); err == nil {
				err = e
			}
		}()
	}
	if s.exists != "" {
		if found, err := some(ctx, conn, s.exists); err != nil || !found {
			return r, errors.Join(err, s.missing)
		}
	}
	if s.clash != "" {
		if found, err := some(ctx, conn, s.clash); err != nil {
			return r, err
		} else if found {
			return r, s.doubled
		}
	}
	for _, b := range s.before {
		if _, err := conn.ExecContext(ctx, b); err != nil {
			return r, err
		}
	}
	if s.sql == "" {
		return r, nil
	}
	switch s.effect {
	case query:
		return rows(ctx, conn, s.sql)
	case merging:
		return mergeCounts(ctx, conn, s.sql)
	case filling: // DuckDB's driver gives the count as a row
		all, err := rows(ctx, conn, s.sql)
		if err != nil {
			return r, err
		}
		var n int64
		if len(all.Batches) > 0 {
			if c, ok := all.Batches[0].Column(0).(*array.Int64); ok {
				n = c.Value(0)
			}
		}
		return counts(n, []string{"num_affected_rows", "num_inserted_rows"}, n, n)
	}
	res, err := conn.ExecContext(ctx, s.sql)
	if err != nil || s.effect == quiet {
		return r, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return r, err
	}
	if s.effect == insert {
		return counts(n, []string{"num_affected_rows", "num_inserted_rows"}, n, n)
	}
	return counts(n, []string{"num_affected_rows"}, n)
}

func some(ctx context.Context, conn *sql.Conn, q string) (bool, error) {
	rows, err := conn.QueryContext(ctx, q)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	return rows.Next(), rows.Err()
}

func mergeCounts(ctx context.Context, conn *sql.Conn, q string) (Result, error) {
	rows, err := conn.QueryContext(ctx, q)
	if err != nil {
		return Result{}, err
	}
	defer rows.Close()
	n := map[string]int64{}
	var all int64
	for rows.Next() {
		var action string
		if err := rows.Scan(&action); err != nil {
			return Result{}, err
		}
		n[action]++
		all++
	}
	if err := rows.Err(); err != nil {
		return Result{}, err
	}
	return counts(all, []string{"num_affected_rows", "num_updated_rows", "num_deleted_rows", "num_inserted_rows"},
		all, n["UPDATE"], n["DELETE"], n["INSERT"])
}

// counts is the one-row result of a statement that writes.
func counts(modified int64, names []string, values ...int64) (Result, error) {
	r := Result{Modified: modified}
	row := make([]any, len(names))
	for i, n := range names {
		r.Columns = append(r.Columns, Column{n, "bigint"})
		row[i] = values[i]
	}
	b, err := newBuilder(r.Columns)
	if err != nil {
		return r, err
	}
	defer b.Release()
	if err := b.add(row); err != nil {
		return r, err
	}
	r.Batches = []arrow.RecordBatch{b.NewRecordBatch()}
	return r, nil
}

// rows reads a query's result.
func rows(ctx context.Context, conn *sql.Conn, q string) (r Result, err error) {
	rows, err := conn.QueryContext(ctx, q)
	if err != nil {
		return r, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return r, err
	}
	for _, t := range types {
		r.Columns = append(r.Columns, Column{t.Name(), sparkType(t.DatabaseTypeName())})
	}
	b, err := newBuilder(r.Columns)
	if err != nil {
		return r, err
	}
	defer b.Release()
	row, dest := make([]any, len(types)), make([]any, len(types))
	for i := range row {
		dest[i] = &row[i]
	}
	const batch = 10_000
	n := 0
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return r, err
		}
		if err := b.add(row); err != nil {
			return r, err
		}
		if n++; n == batch {
			r.Batches, n = append(r.Batches, b.NewRecordBatch()), 0
		}
	}
	if n > 0 {
		r.Batches = append(r.Batches, b.NewRecordBatch())
	}
	return r, rows.Err()
}

// javaDouble writes a number as Java's Double.toString.
func javaDouble(f float64) string {
	if a := f; a != 0 && (a < 1e-3 && a > -1e-3 || a >= 1e7 || a <= -1e7) {
		s := strconv.FormatFloat(f, 'E', -1, 64)
		mantissa, exp, ok := strings.Cut(s, "E")
		if !ok {
			return strings.NewReplacer("+Inf", "Infinity", "-Inf", "-Infinity").Replace(s)
		}
		if !strings.Contains(mantissa, ".") {
			mantissa += ".0"
		}
		n, _ := strconv.Atoi(exp)
		return mantissa + "E" + strconv.Itoa(n)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") && s != "NaN" {
		s += ".0"
	}
	return s
}
