package duckdb_test

import (
	"testing"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/duckdb"
)

const million = 1_000_000

func bench(b *testing.B) providers.Workspace {
	b.Helper()
	ws, err := duckdb.Factory().Open(b.Context(), providers.WorkspaceSpec{Dir: b.TempDir(), Write: true, MemoryLimit: 1 << 30, Threads: 2})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = ws.Close() })
	return ws
}

func run(b *testing.B, ws providers.Workspace, stmts ...string) {
	b.Helper()
	for _, s := range stmts {
		if err := ws.Exec(b.Context(), providers.Statement{SQL: s}); err != nil {
			b.Fatalf("%s: %v", s, err)
		}
	}
}

// perRow reports the time of one row beside that of the whole.
func perRow(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/million, "ns/row")
}

// BenchmarkDiff joins two tables of a million rows on their key and keeps what differs, as a plan does.
func BenchmarkDiff(b *testing.B) {
	ws := bench(b)
	d := ws.Dialect()
	run(b, ws, "CREATE TABLE "+d.State("snap")+" AS SELECT 'C-' || range AS key, "+d.Fingerprint([]string{"'n' || range", "CAST(range % 1000 AS VARCHAR)"})+" AS fp FROM range(1000000)",
		d.CreateTemp("want", "SELECT 'C-' || range AS key, "+d.Fingerprint([]string{"'n' || range", "CAST(range % 1000 + (range % 97 = 0)::INT AS VARCHAR)"})+" AS fp FROM range(5000, 1005000)"))
	for b.Loop() {
		run(b, ws, d.CreateTemp("diff", "SELECT coalesce(w.key, s.key) AS key, w.fp AS want, s.fp AS snap FROM "+d.Temp("want")+" AS w FULL OUTER JOIN "+d.State("snap")+
			" AS s ON w.key = s.key WHERE w.fp IS DISTINCT FROM s.fp"))
	}
	perRow(b)
}

// BenchmarkCanonical makes eight columns of a million rows canonical and hashes them, against hashing them as they are.
func BenchmarkCanonical(b *testing.B) {
	ws := bench(b)
	d := ws.Dialect()
	run(b, ws, d.CreateTemp("model", "SELECT range AS id, 'name ' || range AS name, 'größe ' || range AS city, 'user' || range || '@example.com' AS email, range % 2 = 0 AS active, "+
		"CAST(range / 8 AS DECIMAL(18,3)) AS ltv, DATE '2020-01-01' + CAST(range % 1000 AS INTEGER) AS born, TIMESTAMP '2020-01-01' + to_seconds(range) AS seen FROM range(1000000)"))
	columns := []struct {
		name string
		from providers.Type
		to   providers.Canon
	}{
		{"id", providers.TypeInt, providers.Canon{Kind: providers.CanonText}}, {"name", providers.TypeText, providers.Canon{Kind: providers.CanonText}},
		{"city", providers.TypeText, providers.Canon{Kind: providers.CanonText}}, {"email", providers.TypeText, providers.Canon{Kind: providers.CanonText}},
		{"active", providers.TypeBool, providers.Canon{Kind: providers.CanonBool}}, {"ltv", providers.TypeDecimal, providers.Canon{Kind: providers.CanonNumber, Scale: 2}},
		{"born", providers.TypeDate, providers.Canon{Kind: providers.CanonDate}}, {"seen", providers.TypeTimestamp, providers.Canon{Kind: providers.CanonDateTime}},
	}
	var plain, canonical []string
	for _, c := range columns {
		sql, _ := d.Canonical(d.Ident(c.name), c.from, c.to, "UTC")
		plain, canonical = append(plain, d.Ident(c.name)), append(canonical, sql)
	}
	for name, exprs := range map[string][]string{"hash": plain, "canonical": canonical} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				run(b, ws, d.CreateTemp("keys", "SELECT id, "+d.Fingerprint(exprs)+" AS fp FROM "+d.Temp("model")))
			}
			perRow(b)
		})
	}
}

func BenchmarkFill(b *testing.B) {
	ws := bench(b)
	d := ws.Dialect()
	columns := []providers.Column{
		{Name: "n", Type: providers.TypeInt}, {Name: "id", Type: providers.TypeText}, {Name: "name", Type: providers.TypeText},
		{Name: "email", Type: providers.TypeText}, {Name: "active", Type: providers.TypeBool},
	}
	row := []any{nil, "003000000000001AAA", "Ada Lovelace", "ada@example.com", true}
	for b.Loop() {
		_, err := ws.Fill(b.Context(), d.Temp("live"), columns, func(yield func([]any, error) bool) {
			for i := range int64(million) {
				if row[0] = i; !yield(row, nil) {
					return
				}
			}
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	perRow(b)
}

func BenchmarkQuery(b *testing.B) {
	ws := bench(b)
	for b.Loop() {
		rows, err := ws.Query(b.Context(), "SELECT range AS n, 'C-' || range AS key, 'name', 'x' || range, NULL::VARCHAR FROM range(1000000)")
		if err != nil {
			b.Fatal(err)
		}
		var n int64
		var key, name, other string
		var null *string
		for rows.Next() {
			if err := rows.Scan(&n, &key, &name, &other, &null); err != nil {
				b.Fatal(err)
			}
		}
		if err := rows.Err(); err != nil {
			b.Fatal(err)
		}
		_ = rows.Close()
	}
	perRow(b)
}

func BenchmarkModel(b *testing.B) {
	ws, err := duckdb.Factory().Open(b.Context(), providers.WorkspaceSpec{Dir: b.TempDir(), Sources: []providers.SourceSpec{{Name: "files"}}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = ws.Close() }()
	for b.Loop() {
		m := providers.ModelSpec{Source: "files", SQL: "WITH a AS (SELECT 1 AS id, 'x' AS name) SELECT id, upper(name) AS name, row_number() OVER (ORDER BY id) AS n FROM a WHERE id > 0"}
		if _, err := ws.Model(b.Context(), m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		ws, err := duckdb.Factory().Open(b.Context(), providers.WorkspaceSpec{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		if err := ws.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
