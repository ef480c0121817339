package engine_test

import (
	"context"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// served is people with an org that runs as a server, and a login by access token.
func served(t *testing.T, rows string, o emulator.Options) (*project, *hand) {
	t.Helper()
	p, h := servedAs(t, peopleSchema, o)
	p.rows(rows)
	return p, h
}

// servedAs is served with another schema, and no rows.
func servedAs(t *testing.T, schema string, o emulator.Options) (*project, *hand) {
	t.Helper()
	o.Schema, o.SchemaName = []byte(schema), "org.schema.json"
	org, err := emulator.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := org.Close(); err != nil {
			t.Error(err)
		}
	})
	url, err := org.Start()
	if err != nil {
		t.Fatal(err)
	}
	token, err := org.Token("")
	if err != nil {
		t.Fatal(err)
	}
	p := newProject(t, map[string]string{
		"main.hcl": "variable \"token\" { sensitive = true }\n" +
			peopleHCL("instance_url = \""+url+"\"\n  auth \"access_token\" { token = var.token }"),
	})
	p.vars = []string{"token=" + token}
	return p, &hand{t: t, url: url, token: token, org: org}
}

func TestValueThatSalesforceRewritesIsRememberedAndReportedOnce(t *testing.T) {
	t.Parallel()
	shout := func(object string, rec map[string]any) {
		if city, ok := rec["MailingCity"].(string); ok && object == "Contact" {
			rec["MailingCity"] = strings.ToUpper(city)
		}
	}
	p, h := served(t, twoPeople, emulator.Options{Rewrite: shout})
	p.applied()
	doc := p.plan()
	if !doc.Empty() || doc.Items[0].Reasons["rewritten_by_salesforce"] != 2 {
		t.Fatalf("after the first apply: %s, reasons %v", counts(&doc.Items[0]), doc.Items[0].Reasons)
	}
	p.applied()
	p.empty("once the echo is remembered")

	time.Sleep(1100 * time.Millisecond) // Salesforce's times are to the second
	h.call("PATCH", "/sobjects/Contact/"+h.id("SELECT Id FROM Contact WHERE Code__c = 'A'"), map[string]any{"MailingCity": "Cologne"})
	it := p.expect("update 1, unchanged 1", "drifted")
	if *it.Samples[0].Fields[0].Before != "COLOGNE" {
		t.Errorf("the sample is %+v", it.Samples[0])
	}
	p.applied()
	if doc := p.plan(); !doc.Empty() {
		t.Errorf("after the correction: %s", counts(&doc.Items[0]))
	}
	p.apply()
	p.empty("after the correction")
	p.rows(strings.Replace(twoPeople, "London", "Leeds", 1))
	p.expect("update 1, unchanged 1", "field_changed")
}

func TestStopInTheMiddleKeepsWhatWasConfirmed(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for i := range 9000 {
		rows.WriteString(strings.Replace("#,K#,Name,City,,1,Gold\n", "#", itoa(i), 2))
	}
	stop := make(chan struct{})
	var calls atomic.Int64
	slow := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/composite") && calls.Add(1) == 3 {
				close(stop)
			}
			next.ServeHTTP(w, r)
		})
	}
	p, h := served(t, rows.String(), emulator.Options{Intercept: slow})
	calls.Store(-1000) // reading does not count
	_, run, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{
		Stop: stop, Confirm: confirm(func() { calls.Store(0) }),
	})
	p.sound(diags)
	if run.Status != "interrupted" || run.Done.Create == 0 || run.NotTried.Create == 0 || run.Failed.Total() != 0 {
		t.Fatalf("the run is %+v", run)
	}
	if n := int64(len(h.find("SELECT Id FROM Contact LIMIT 2000"))); n < min(run.Done.Create, 2000) {
		t.Errorf("%d contacts, %d confirmed", n, run.Done.Create)
	}
	p.applies("create " + itoa(int(run.NotTried.Create)) + ", unchanged " + itoa(int(run.Done.Create)))
	p.empty("after the second apply")
}

func TestQuotaStopsCleanlyAndKeepsWhatWasConfirmed(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for i := range 6000 {
		rows.WriteString(strings.Replace("#,K#,Name,City,,1,Gold\n", "#", itoa(i), 2))
	}
	p, h := served(t, rows.String(), emulator.Options{DailyAPIRequests: 60})
	_, run, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{Confirm: confirm(func() {
		for range 52 { // somebody else uses the org while the plan is read
			h.find("SELECT Id FROM Contact LIMIT 1")
		}
	})})
	if !diags.HasErrors() || run == nil || run.NotTried.Create+run.Done.Create+run.Failed.Create != 6000 {
		t.Fatalf("the run is %+v, with %v", run, diags)
	}
	if !strings.Contains(diags.Error(), "REQUEST_LIMIT_EXCEEDED") {
		t.Errorf("the diagnostics do not say why: %v", diags)
	}
}

func TestStateIsLeftAloneByPlans(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.plan()
	if _, err := os.Stat(p.load().Project.StatePath); !os.IsNotExist(err) {
		t.Errorf("a plan made the state file: %v", err)
	}
}
