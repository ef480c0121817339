package emulator_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

var benchRows = flag.Int("rows", 20000, "records of BenchmarkOrg; a million shows whether the emulator stays usable")

// BenchmarkOrg loads records through /composite, a thousand for a call, updates a tenth of them, looks some up by external id,
// and pages through all of them. Metrics are wall time over HTTP, in one client and one server of the same process.
func BenchmarkOrg(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		c := open(b, emulator.Options{Path: dir + "/org.db", DailyAPIRequests: 10 << 20})
		n := *benchRows
		start := time.Now()
		for at := 0; at < n; at += 1000 {
			c.load(at, min(at+1000, n), "first")
		}
		b.ReportMetric(float64(n)/time.Since(start).Seconds(), "created/s")

		start = time.Now()
		for at := 0; at < n/10; at += 1000 {
			c.load(at*7%n, at*7%n+1000, "second")
		}
		b.ReportMetric(float64(n/10)/time.Since(start).Seconds(), "upserted/s")

		start = time.Now()
		const lookups = 100
		for i := range lookups {
			var keys []string
			for k := range 200 {
				keys = append(keys, fmt.Sprintf("'C-%d'", (i*7919+k*104729)%n))
			}
			got := c.query("SELECT Id, Customer_Id__c, Email FROM Contact WHERE Customer_Id__c IN (" + strings.Join(keys, ",") + ")")
			if len(got) < min(200, n)/2 {
				b.Fatalf("%d records", len(got))
			}
		}
		b.ReportMetric(float64(time.Since(start).Microseconds())/lookups, "µs/IN-200")

		start = time.Now()
		next, seen := "query?q="+url.QueryEscape("SELECT Id, Customer_Id__c, Email, LastName, Score__c, LastModifiedDate FROM Contact"), 0
		first := time.Duration(0)
		for next != "" {
			var page struct {
				NextRecordsURL string            `json:"nextRecordsUrl"`
				Records        []json.RawMessage `json:"records"`
			}
			if err := json.Unmarshal(c.want(200, "GET", next, nil).body, &page); err != nil {
				b.Fatal(err)
			}
			if first == 0 {
				first = time.Since(start)
			}
			seen, next = seen+len(page.Records), page.NextRecordsURL
		}
		if seen < n {
			b.Fatalf("%d of %d records", seen, n)
		}
		b.ReportMetric(float64(seen)/time.Since(start).Seconds(), "paged/s")
		b.ReportMetric(float64(first.Milliseconds()), "ms/first-page")

		start = time.Now()
		c.query("SELECT Id FROM Contact WHERE LastName = 'nobody'")
		b.ReportMetric(float64(n)/time.Since(start).Seconds(), "scanned/s")

		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "heap-MB")
		if s, err := os.Stat(dir + "/org.db"); err == nil {
			b.ReportMetric(float64(s.Size())/(1<<20), "file-MB")
		}
		if err := c.org.Close(); err != nil {
			b.Fatal(err)
		}
		start = time.Now()
		again := open(b, emulator.Options{Path: dir + "/org.db"})
		b.ReportMetric(float64(time.Since(start).Milliseconds()), "ms/reopen")
		if err := again.org.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// load upserts the contacts from..to in one /composite call.
func (c *client) load(from, to int, source string) {
	var subs []any
	for at := from; at < to; at += 200 {
		var recs []map[string]any
		for i := at; i < min(at+200, to); i++ {
			recs = append(recs, map[string]any{
				"Customer_Id__c": fmt.Sprintf("C-%d", i), "LastName": fmt.Sprintf("Lovelace %d", i), "FirstName": "Ada",
				"Email": fmt.Sprintf("ada.%d@example.com", i), "Phone": "+44 20 7946 0000", "Score__c": i % 1000,
				"MailingCity": "London", "Description": "Loaded from the warehouse", "LeadSource": source,
			})
		}
		subs = append(subs, map[string]any{
			"method": "PATCH", "url": "/services/data/v59.0/composite/sobjects/Contact/Customer_Id__c",
			"referenceId": fmt.Sprintf("r%d", at), "body": rows("Contact", false, recs...),
		})
	}
	a := c.want(200, "POST", "composite", map[string]any{"compositeRequest": subs})
	if strings.Contains(string(a.body), `"success":false`) {
		c.t.Fatalf("a row failed: %.300s", a.body)
	}
}

// BenchmarkOpen opens an org that is not there yet, and closes it.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		org, err := emulator.Open(b.Context(), emulator.Options{Schema: []byte(testSchema)})
		if err != nil {
			b.Fatal(err)
		}
		if err := org.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
