package report

import (
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/cmd/internal/view"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// large is a plan of n changes, of which so many are shown as samples.
func large(n, shown int) *plan.Plan {
	known := func(n int) plan.Count { return plan.Count{N: int64(n), Known: true} }
	it := plan.Item{
		Addr: "sync.contacts", Kind: "sync", Mode: "upsert", Destination: "salesforce.crm", Object: "Contact", Match: "Customer_Id__c", Model: "model.customers", Where: "main.hcl:24",
		Source: plan.Source{Rows: int64(n), Usable: int64(n)},
		Counts: plan.Counts{
			Create: known(n / 2), Update: known(n - n/2), Remove: known(0), Clear: known(0), Adopt: known(0), Forget: known(0), Skip: known(0), Leave: known(0),
			Held: known(0), Reject: known(0), Unchanged: known(0),
		},
		Reasons: map[string]int64{"new_in_model": int64(n / 2), "field_changed": int64(n - n/2)},
		Fields:  []plan.FieldChange{{Field: "MailingCity", Changed: int64(n - n/2)}, {Field: "Description", Changed: int64(n / 3)}},
		Samples: make([]plan.Sample, 0, shown),
		Stages:  []plan.Stage{{Kind: "write", Object: "Contact", Op: "upsert", Rows: int64(n), Calls: int64(n / 1000)}},
	}
	before, after := "Cologne", "Köln"
	for i := range shown {
		s := plan.Sample{Key: fmt.Sprintf("C-%07d", i), Action: "update", Reason: "field_changed", Fields: []plan.SampleField{{Field: "MailingCity", Before: &before, After: &after}}}
		if i%2 == 0 {
			s = plan.Sample{Key: s.Key, Action: "create", Reason: "new_in_model", Fields: []plan.SampleField{{Field: "MailingCity", After: &after}, {Field: "LastName", After: &before}}}
		}
		it.Samples = append(it.Samples, s)
	}
	return &plan.Plan{ID: "41d0aa7e93b1", Refresh: true, Environment: "prod", Org: plan.Org{Name: "acme", ID: "00D5g0000012345EAA"}, Items: []plan.Item{it}}
}

// TestLargePlansAreRenderedInPlace holds that rendering costs next to nothing beside the document: what is rendered is
// counts and samples, however many rows change.
func TestLargePlansAreRenderedInPlace(t *testing.T) {
	for _, kind := range Kinds() {
		small, big := allocated(t, kind, large(1_000, 20)), allocated(t, kind, large(1_000_000, 20))
		if big > small+small/10+4096 {
			t.Errorf("%s: a plan of a million changes allocates %d bytes, one of a thousand %d", kind, big, small)
		}
	}
}

// allocated is how much a rendering allocates, in bytes.
func allocated(t testing.TB, kind string, p *plan.Plan) uint64 {
	var a, b runtime.MemStats
	runtime.ReadMemStats(&a)
	if err := Write(io.Discard, kind, p, Options{}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&b)
	return b.TotalAlloc - a.TotalAlloc
}

// BenchmarkRender measures what a plan of a thousand and of a million changes takes: with ten samples an action, as plans
// are made unless --full is given, and with every row.
func BenchmarkRender(b *testing.B) {
	for _, kind := range Kinds() {
		for _, n := range []int{1_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/changes=%d", kind, n), func(b *testing.B) { measure(b, kind, large(n, 20), Options{}) })
		}
	}
	for _, kind := range []string{"text", "html", "json"} {
		for _, n := range []int{1_000, 1_000_000} {
			p := large(n, n)
			b.Run(fmt.Sprintf("%s-full/changes=%d", kind, n), func(b *testing.B) { measure(b, kind, p, Options{Text: view.Plan{Detail: view.Full}}) })
		}
	}
}

// measure reports the growth of the heap, as seen every millisecond, beside the time.
func measure(b *testing.B, kind string, p *plan.Plan, o Options) {
	runtime.GC()
	var start runtime.MemStats
	runtime.ReadMemStats(&start)
	peak, stop, done := start.HeapInuse, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				peak = max(peak, now.HeapInuse)
			}
		}
	}()
	b.ResetTimer()
	for b.Loop() {
		if err := Write(io.Discard, kind, p, o); err != nil {
			b.Fatal(err)
		}
	}
	close(stop)
	<-done
	b.ReportMetric(float64(peak-start.HeapInuse)/1e6, "peak-MB")
}
