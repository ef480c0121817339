package engine_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// dataDir holds real populations with real history; it is not part of the project.
const dataDir = "../../shared/data"

// dates lists the files of a history in order.
func dates(t *testing.T, name string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dataDir, name, "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("%s is not here: the history of %s is not tested", dataDir, name)
	}
	slices.Sort(files)
	return files
}

// constituent is a row as the mapping wants it: by field, "" is null.
type constituent map[string]string

// constituents reads a file the way the model's SQL says, independently of it.
func constituents(t *testing.T, file string) map[string]constituent {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]constituent{}
	for _, l := range lines[1:] {
		place := strings.Split(l[4], ",")
		added := ""
		if d, err := time.Parse("2006-01-02", strings.TrimSpace(l[5])); err == nil {
			added = d.Format("2006-01-02")
		}
		out[l[0]] = constituent{
			"Name": strings.TrimSpace(l[1]), "Sector__c": strings.TrimSpace(l[2]), "CIK__c": strings.TrimSpace(l[6]),
			"BillingCity": strings.TrimSpace(place[0]), "BillingState": strings.TrimSpace(place[len(place)-1]), "Date_Added__c": added,
		}
	}
	return out
}

// expected is what a plan has to count.
type expected struct {
	rows, create, update, adopt, leave, unchanged int64
	fields                                        map[string]int64
}

// step applies one date's rows to what the org holds and to the rows that are kept in step, and counts. A value that the
// model did not have for a while, and that Salesforce holds all the time, is adopted when it comes back.
func step(org, kept, want map[string]constituent) expected {
	e := expected{rows: int64(len(want)), fields: map[string]int64{}}
	for symbol, row := range want {
		have, there := org[symbol]
		if !there {
			e.create++
			org[symbol] = maps.Clone(row)
			continue
		}
		changed, back := false, kept[symbol] == nil
		for f, v := range row {
			if v != "" && v != have[f] {
				changed, have[f] = true, v
				e.fields[f]++
			}
			back = back || v != "" && v != kept[symbol][f]
		}
		switch {
		case changed:
			e.update++
		case back:
			e.adopt++
		default:
			e.unchanged++
		}
	}
	for symbol := range kept {
		if _, ok := want[symbol]; !ok {
			e.leave++
			delete(kept, symbol)
		}
	}
	for symbol, row := range want {
		kept[symbol] = row
	}
	return e
}

// history applies the history of the S&P 500.
func history(t *testing.T, p *project, files []string, put func(file string)) (plans []string, dump string) {
	t.Helper()
	return told(t, p, "sync.accounts", `"Symbol__c"`, files, constituents, put)
}

// told applies the files date by date: every plan of an item counts what a script over the files counts, and every plan
// right after an apply is empty. It gives the plans' items and the org at the end, which holds a field.
func told(t *testing.T, p *project, addr, field string, files []string, parse func(*testing.T, string) map[string]constituent, put func(file string)) (plans []string, dump string) {
	t.Helper()
	org, kept := map[string]constituent{}, map[string]constituent{}
	for _, file := range files {
		date := strings.TrimSuffix(filepath.Base(file), ".csv")
		put(file)
		e := step(org, kept, parse(t, file))

		doc, run := p.carry()
		it := doc.Item(addr)
		got := expected{
			rows: it.Source.Rows, create: it.Counts.Create.N, update: it.Counts.Update.N, adopt: it.Counts.Adopt.N,
			leave: it.Counts.Leave.N, unchanged: it.Counts.Unchanged.N, fields: map[string]int64{},
		}
		for _, f := range it.Fields {
			got.fields[f.Field] = f.Changed
		}
		if got.rows != e.rows || got.create != e.create || got.update != e.update || got.adopt != e.adopt ||
			got.leave != e.leave || got.unchanged != e.unchanged || !maps.Equal(got.fields, e.fields) || it.Counts.Skip.N+it.Counts.Reject.N > 0 {
			t.Fatalf("%s: the plan counts %+v, the script %+v", date, got, e)
		}
		t.Logf("%s: %d rows, +%d ~%d adopt %d leave %d, fields %v", date, e.rows, e.create, e.update, e.adopt, e.leave, e.fields)
		it.Where = "" // other configurations, other lines
		shown := *it
		shown.Query, shown.History = nil, slices.Clone(it.History) // each engine has its own SQL, and each run its own time
		for i := range shown.History {
			shown.History[i].Run, shown.History[i].Time = "", time.Time{}
		}
		raw, err := json.Marshal(shown)
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans, string(raw))
		for _, it := range run.Items {
			if it.Addr == addr && (run.Status != "applied" || it.Done.Create != e.create || it.Done.Update != e.update) {
				t.Fatalf("%s: the run is %s and did %+v, the script expects %+v", date, run.Status, it.Done, e)
			}
		}
		p.empty(date)
	}
	dump = p.dump()
	if !strings.Contains(dump, field) {
		t.Fatalf("the dump of the org holds no %s: %.200s", field, dump)
	}
	return plans, dump
}

// TestHistorySP500 applies the whole history into a fresh org, and then the same history into other ones: with another
// number of threads, and from a Databricks source with the state in a file and in the warehouse. Plans and orgs are equal.
func TestHistorySP500(t *testing.T) {
	t.Parallel()
	first := embeddedSP500(t, true)
	t.Run("four threads", func(t *testing.T) {
		t.Parallel()
		p := copyProject(t, "../testdata/history/sp500")
		p.engine.Threads = 4
		first.again(p, func(file string) { p.copyFile(file, "constituents.csv") })
	})
	for home, warehouse := range map[string]bool{"Databricks, state in a file": false, "Databricks, state in the warehouse": true} {
		t.Run(home, func(t *testing.T) {
			t.Parallel()
			first.equals(newLake(t), warehouse)
		})
	}
}

// sp500 is the history as the embedded engine applied it.
type sp500 struct {
	files, plans []string
	dump         string
}

// embeddedSP500 applies all dates, or the first, the second and the last: each takes minutes where a statement takes a second.
func embeddedSP500(t *testing.T, all bool) sp500 {
	t.Helper()
	s := sp500{files: dates(t, "sp500")}
	if n := len(s.files); !all && n > 3 {
		s.files = []string{s.files[0], s.files[1], s.files[n-1]}
	}
	p := copyProject(t, "../testdata/history/sp500")
	s.plans, s.dump = history(t, p, s.files, func(file string) { p.copyFile(file, "constituents.csv") })
	return s
}

// equals applies the history from a warehouse and compares plans and orgs.
func (s sp500) equals(l *lake, warehouse bool) {
	l.t.Helper()
	l.copyFile("../testdata/history/sp500/org.schema.json", "org.schema.json")
	s.again(l.project, func(file string) { l.constituents(file, warehouse) })
}

// again applies the history in another way and compares plans and orgs.
func (s sp500) again(p *project, put func(file string)) {
	p.t.Helper()
	plans, dump := history(p.t, p, s.files, put)
	for i := range s.plans {
		if plans[i] != s.plans[i] {
			p.t.Errorf("%s: the plan differs:\n%s\nat first:\n%s", filepath.Base(s.files[i]), plans[i], s.plans[i])
		}
	}
	if dump != s.dump {
		p.t.Error("the org at the end differs from the first one")
	}
}

// constituents writes a configuration whose model holds the file's rows, in the SQL of Databricks.
func (l *lake) constituents(file string, warehouse bool) {
	l.t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		l.t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		l.t.Fatal(err)
	}
	quote := func(s string) string {
		return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
	}
	rows := make([]string, 0, len(lines))
	for _, c := range lines[1:] {
		rows = append(rows, "("+strings.Join([]string{quote(c[0]), quote(c[1]), quote(c[2]), quote(c[4]), quote(c[5]), quote(c[6])}, ", ")+")")
	}
	l.home(warehouse, "")
	l.write("constituents.sql", "SELECT symbol, name, sector, cik, trim(split_part(hq, ',', 1)) AS city, trim(split_part(hq, ',', -1)) AS state, "+
		"CASE WHEN added LIKE '____-__-__' THEN try_cast(added AS DATE) END AS date_added FROM (VALUES\n"+strings.Join(rows, ",\n")+") AS t(symbol, name, sector, hq, added, cik)")
	text, err := os.ReadFile("../testdata/history/sp500/main.hcl")
	if err != nil {
		l.t.Fatal(err)
	}
	main := strings.Replace(string(text), `source "duckdb" "files" {}`, "", 1)
	main = strings.Replace(main, "source.duckdb.files", "source.databricks.lake", 1)
	source, err := os.ReadFile(filepath.Join(l.dir, "main.hcl"))
	if err != nil {
		l.t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(source), "model \"people\"")
	l.write("main.hcl", head+main)
}
