package salesforce_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// BenchmarkWrite upserts rows into an org that lives in the same process, so that the time is the client's and the
// server's together.
func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{1000, 20000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			o := openOrg(b, emulator.Options{Path: filepath.Join(b.TempDir(), "org.db"), DailyAPIRequests: 1 << 30})
			w := upsert(b, o, "Description", "Number__c", "Birthdate")
			rows := func(round int) func(int, *providers.Row) {
				return func(i int, r *providers.Row) {
					r.Values = append(r.Values, providers.Value{Field: 2, Text: providers.T(fmt.Sprint("round ", round, " of row ", i))},
						providers.Value{Field: 3, Text: providers.T(fmt.Sprint(i, ".50"))}, providers.Value{Field: 4, Text: providers.T("1990-01-31")})
				}
			}
			round := 0
			before := o.Usage().Write
			for b.Loop() {
				round++
				out, err := send(b, o, w, contacts(n, rows(round)))
				if err != nil || out.classes()["ok"] != n {
					b.Fatal(out.classes(), err)
				}
			}
			calls := o.Usage().Write - before
			b.ReportMetric(float64(b.N)*float64(n)/float64(calls), "rows/call")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
		})
	}
}

// BenchmarkRead reads every record of an object by its match value.
func BenchmarkRead(b *testing.B) {
	const n = 20000
	o := openOrg(b, emulator.Options{Path: filepath.Join(b.TempDir(), "org.db"), DailyAPIRequests: 1 << 30})
	if out, err := send(b, o, upsert(b, o), contacts(n, nil)); err != nil || out.classes()["ok"] != n {
		b.Fatal(out.classes(), err)
	}
	before := o.Usage().Query
	for b.Loop() {
		if got := held(b, o, n); len(got) != n {
			b.Fatal(len(got))
		}
	}
	b.ReportMetric(float64(o.Usage().Query-before)/float64(b.N), "calls")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}
