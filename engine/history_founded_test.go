package engine_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// founded counts a file's rows, and those whose year of founding is a number and nothing else.
func founded(t *testing.T, file string) (rows, plain int) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := regexp.MustCompile(`^\s*[0-9]+\s*$`)
	for _, l := range lines[1:] {
		if number.MatchString(l[7]) {
			plain++
		}
	}
	return len(lines) - 1, plain
}

// TestHistoryFoundingYears maps a column of which some values are no numbers, as "1994 (1876)": parsed, every row gets its
// first year; taken as it is, such rows are rejected and counted, and nothing else is lost.
func TestHistoryFoundingYears(t *testing.T) {
	t.Parallel()
	files := dates(t, "sp500")
	const schema = `{"format": "1.0", "objects": {"Account": {"fields": [
		{"name": "Symbol__c", "type": "string", "length": 10, "externalId": true, "unique": true},
		{"name": "Founded__c", "type": "double", "precision": 4, "scale": 0}]}}}`
	hcl := func(value string) string {
		return fmt.Sprintf(`
source "duckdb" "files" {}
model "constituents" {
  source      = source.duckdb.files
  primary_key = ["symbol"]
  sql         = "SELECT \"Symbol\" AS symbol, \"Security\" AS name, \"Founded\" AS founded FROM read_csv('constituents.csv', all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"')"
}
destination "salesforce" "crm" {
  emulator { schema = "org.schema.json" }
}
target "account" {
  destination = destination.salesforce.crm
  object      = "Account"
  match       = "Symbol__c"
}
mapping "account" {
  target = target.account
  fields = {
    Symbol__c  = col.symbol
    Name       = col.name
    Founded__c = %s
  }
}
sync "accounts" {
  model   = model.constituents
  mapping = mapping.account
  mode    = "upsert"
  guard {
    max_reject = "10%%"
  }
}
`, value)
	}
	for name, value := range map[string]string{
		"parsed": `to_number(regex_extract(col.founded, "[0-9]{4}"))`, "as it is": "to_number(col.founded)",
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t, map[string]string{"main.hcl": hcl(value), "org.schema.json": schema})
			for _, file := range files {
				p.copyFile(file, "constituents.csv")
				rows, plain := founded(t, file)
				doc, run := p.carry()
				it := doc.Item("sync.accounts")
				want := int64(rows - plain)
				if name == "parsed" {
					want = 0
				}
				if it.Source.Rows != int64(rows) || it.Counts.Reject.N != want || it.Reasons["bad_value"] != want {
					t.Fatalf("%s: %d of %d rows are rejected (%v), the script expects %d", filepath.Base(file), it.Counts.Reject.N, it.Source.Rows, it.Reasons, want)
				}
				if run != nil && run.Status != "applied" {
					t.Fatalf("%s: the run is %s", filepath.Base(file), run.Status)
				}
				p.empty(filepath.Base(file))
				t.Logf("%s: %d of %d rows rejected", filepath.Base(file), want, rows)
			}
			if name == "parsed" && !strings.Contains(p.dump(), `"Symbol__c": "MMM", "Founded__c": 1902.0`) {
				t.Errorf("the org does not hold the year of 3M: %.300s", p.dump())
			}
		})
	}
}
