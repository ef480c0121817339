package engine_test

import (
	"bytes"
	"encoding/csv"
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

// step applies one date's rows to what the org holds and to the symbols that are kept in step, and counts.
func step(org map[string]constituent, kept map[string]bool, want map[string]constituent) expected {
	e := expected{rows: int64(len(want)), fields: map[string]int64{}}
	for symbol, row := range want {
		have, there := org[symbol]
		if !there {
			e.create++
			org[symbol] = maps.Clone(row)
			continue
		}
		changed := false
		for f, v := range row {
			if v != "" && v != have[f] {
				changed, have[f] = true, v
				e.fields[f]++
			}
		}
		switch {
		case changed:
			e.update++
		case !kept[symbol]:
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
	for symbol := range want {
		kept[symbol] = true
	}
	return e
}

// TestHistorySP500 applies the history date by date: every plan counts what a script over the files counts, every
// plan right after an apply is empty, and the whole history gives the same org twice.
func TestHistorySP500(t *testing.T) {
	files := dates(t, "sp500")
	var dumps [2]string
	for round := range dumps {
		p := copyProject(t, "../testdata/history/sp500")
		org, kept := map[string]constituent{}, map[string]bool{}
		for _, file := range files {
			date := strings.TrimSuffix(filepath.Base(file), ".csv")
			p.copyFile(file, "constituents.csv")
			e := step(org, kept, constituents(t, file))

			it := p.plan().Item("sync.accounts")
			got := expected{
				rows: it.Source.Rows, create: it.Counts.Create.N, update: it.Counts.Update.N, adopt: it.Counts.Adopt.N,
				leave: it.Counts.Leave.N, unchanged: it.Counts.Unchanged.N, fields: map[string]int64{},
			}
			for _, f := range it.Fields {
				got.fields[f.Field] = f.Changed
			}
			if got.rows != e.rows || got.create != e.create || got.update != e.update || got.adopt != e.adopt ||
				got.leave != e.leave || got.unchanged != e.unchanged || !maps.Equal(got.fields, e.fields) {
				t.Fatalf("%s: the plan counts %+v, the script %+v", date, got, e)
			}
			if round == 0 {
				t.Logf("%s: %d rows, +%d ~%d adopt %d leave %d, fields %v", date, e.rows, e.create, e.update, e.adopt, e.leave, e.fields)
			}
			run := p.apply()
			if run.Status != "applied" || run.Done.Create != e.create || run.Done.Update != e.update {
				t.Fatalf("%s: the run is %s and did %+v, the script expects %+v", date, run.Status, run.Done, e)
			}
			p.empty(date)
		}
		dumps[round] = p.dump()
		if !strings.Contains(dumps[round], `"Symbol__c"`) {
			t.Fatalf("the dump of the org holds no symbols: %.200s", dumps[round])
		}
	}
	if dumps[0] != dumps[1] {
		t.Error("the same history into two fresh orgs gave different orgs")
	}
}
