package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/event"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// as is the same org in another person's hands.
func (h *hand) as(user string) *hand {
	h.t.Helper()
	if err := h.org.AddUser(user, user); err != nil {
		h.t.Fatal(err)
	}
	token, err := h.org.Token(user)
	if err != nil {
		h.t.Fatal(err)
	}
	return &hand{t: h.t, url: h.url, token: token, org: h.org}
}

func (h *hand) edit(code string, fields map[string]any) {
	h.t.Helper()
	h.call("PATCH", "/sobjects/Contact/"+h.id("SELECT Id FROM Contact WHERE Code__c = '"+code+"'"), fields)
}

// shout rewrites cities in capitals while on.
func shout(on *atomic.Bool) func(object string, rec map[string]any) {
	return func(object string, rec map[string]any) {
		if city, ok := rec["MailingCity"].(string); ok && object == "Contact" && on.Load() {
			rec["MailingCity"] = strings.ToUpper(city)
		}
	}
}

// TestKilledChild is the process that the next test kills.
func TestKilledChild(t *testing.T) {
	dir := os.Getenv("SIGNALSMITH_TEST_KILLED")
	if dir == "" {
		t.Skip("runs only as a child process")
	}
	p := people(t, twoPeople)
	p.dir = dir
	p.engine.Events = func(ev event.Event) {
		if _, ok := ev.(event.Stage); ok {
			os.Exit(9)
		}
	}
	p.apply()
}

func TestKillBeforeTheFirstRequestIsNoObstacleToTheNextApply(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	child := rerun(t, "TestKilledChild", "SIGNALSMITH_TEST_KILLED="+p.dir)
	if out, err := child.CombinedOutput(); err == nil {
		t.Fatalf("the child lived: %s", out)
	}
	p.applies("create 2")
	p.empty("after the kill and an apply")
}

func TestEditWhileTheQuestionIsOnScreenIsDriftNotAnEcho(t *testing.T) {
	t.Parallel()
	p, h := served(t, twoPeople, emulator.Options{})
	p.applied()
	p.rows(strings.Replace(twoPeople, "Okafor", "Okafor-Smith", 1))
	_, _, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{Confirm: confirm(func() {
		h.as("marketo@acme.example").edit("A", map[string]any{"MailingCity": "Cologne"})
	})})
	p.sound(diags)
	it := p.expect("update 1, unchanged 1", "drifted")
	if f := it.Samples[0].Fields[0]; f.Field != "MailingCity" || *f.Before != "Cologne" {
		t.Errorf("the sample is %+v", it.Samples[0])
	}
	p.applied()
	p.empty("after the correction")
}

func TestEchoOutlivesAnUpdateWithoutRefresh(t *testing.T) {
	t.Parallel()
	var on atomic.Bool
	on.Store(true)
	p, h := served(t, twoPeople, emulator.Options{Rewrite: shout(&on)})
	p.applied()
	p.applied() // remembers the echo
	p.rows(strings.Replace(twoPeople, "Okafor", "Okafor-Smith", 1))
	p.options.NoRefresh = true
	p.applied()
	p.options.NoRefresh = false
	p.empty("after an update without refresh")
	time.Sleep(1100 * time.Millisecond)
	h.as("marketo@acme.example").edit("A", map[string]any{"Title": "Dr"})
	p.empty("after somebody touched another field")
}

func TestOldEchoIsForgottenWhenLiveEqualsTheModelAgain(t *testing.T) {
	t.Parallel()
	var on atomic.Bool
	on.Store(true)
	p, h := served(t, twoPeople, emulator.Options{Rewrite: shout(&on)})
	p.applied()
	p.applied()
	on.Store(false)
	m := h.as("marketo@acme.example")
	m.edit("A", map[string]any{"MailingCity": "London"})
	if doc := p.plan(); !doc.Empty() {
		t.Fatalf("the plan says %s", counts(&doc.Items[0]))
	}
	p.apply()
	m.edit("A", map[string]any{"MailingCity": "LONDON"})
	p.expect("update 1, unchanged 1", "drifted")
}

func TestRowWhoseRecordIDChangesIsAboutTheOtherRecord(t *testing.T) {
	t.Parallel()
	p := people(t, "")
	var a, b string
	p.byHand("", func(h *hand) {
		h.call("POST", "/sobjects/Contact", map[string]any{"LastName": "Aa"})
		h.call("POST", "/sobjects/Contact", map[string]any{"LastName": "Bb"})
		a, b = h.id("SELECT Id FROM Contact WHERE LastName = 'Aa'"), h.id("SELECT Id FROM Contact WHERE LastName = 'Bb'")
	})
	p.write("main.hcl", strings.NewReplacer(`match       = "Code__c"`, `match       = "Id"`, "Code__c     = col.code", "Id          = col.code").
		Replace(peopleHCL(`emulator { schema = "org.schema.json" }`)))
	p.rows("1," + a + ",Aa,London,,,\n")
	p.applied()
	p.empty("after the adoption")
	p.rows("1," + b + ",NewB,Leeds,,,\n")
	p.applies("update 1", "adopted")
	p.empty("after the change")
	p.byHand("", func(h *hand) {
		got := h.find("SELECT LastName FROM Contact ORDER BY LastName")
		if got[0]["LastName"] != "Aa" || got[1]["LastName"] != "NewB" {
			t.Errorf("the org holds %v", got)
		}
	})
}

func TestHeldRowStillOwnsItsRecord(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	// Row 1 takes the key 7 while another row has none: row 1 may still be there.
	p.rows("7,A,Okafor,London,ada@example.com,1.5,Gold\n2,B,Lindqvist,Malmö,bjorn@example.com,2,Silver\n,X,Nobody,,,,\n")
	p.expect("held 1, reject 2, unchanged 1", "key_null", "match_duplicate")
}

func TestTwoSyncsMayNotWriteTheSameFieldOfTheSameRecord(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	second := func(model string) string {
		return `
model "others" {
  source      = source.duckdb.files
  primary_key = ["id"]
  sql         = "` + model + `"
}
mapping "short" {
  target = target.contact
  fields = {
    Code__c  = col.code
    LastName = col.name
  }
}
sync "second" {
  model   = model.others
  mapping = mapping.short
  mode    = "upsert"
}
`
	}
	p.write("second.hcl", second("select 9 as id, 'a' as code, 'Somebody' as name"))
	_, diags := p.engine.Plan(context.Background(), p.load(), p.options)
	if len(diags) != 1 || diags[0].Code != "P106" || !strings.Contains(diags[0].Detail, "LastName") {
		t.Fatalf("the diagnostics are %v", diags)
	}
	p.write("second.hcl", second("select 9 as id, 'Z' as code, 'Somebody' as name"))
	p.applied()
	p.empty("with records of their own")
}

func TestKeyInsideSQLOfAPersonalFieldIsMasked(t *testing.T) {
	t.Parallel()
	p := people(t, "1,A,Okafor,London,ada@example.com,1.5,Gold\n")
	p.write("main.hcl", strings.NewReplacer(`["id"]`, `["email"]`, "= col.email", `= sql("lower(email)")`).
		Replace(peopleHCL(`emulator { schema = "org.schema.json" }`)))
	if s := p.plan().Items[0].Samples[0]; !s.KeyMasked || strings.Contains(s.Key, "@") {
		t.Errorf("the sample is %+v", s)
	}
}

func TestEqualRejectedRowsCountInThePlanID(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.rows(twoPeople + "3,C,Three,,,,\n3,C,Three,,,,\n")
	first := p.plan().ID
	p.rows(twoPeople + "8,C,Three,,,,\n8,C,Three,,,,\n9,X,Three,,,,\n9,X,Three,,,,\n")
	if p.plan().ID == first {
		t.Error("other rejected rows, the same id")
	}
}

func TestTornRunRecordHidesNoOther(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	run := p.applied()
	p.rows(strings.Replace(twoPeople, "London", "Leeds", 1))
	p.applied()
	if err := os.WriteFile(filepath.Join(p.dir, ".signalsmith", "runs", run.Run, "run.json"), []byte(`{"form`), 0o600); err != nil {
		t.Fatal(err)
	}
	runs, err := engine.Runs(p.load())
	if err != nil || len(runs) != 2 || runs[1].Status != "unreadable" && runs[0].Status != "unreadable" {
		t.Errorf("the runs are %+v (%v)", runs, err)
	}
}

func TestConfirmedRowsAreKeptWhenTheRecordOfTheRunCannotBeWritten(t *testing.T) {
	t.Parallel()
	p := referring(t, "0,Z0,Bad,London,,1,Platinum\n"+twoPeople)
	p.engine.Events = func(ev event.Event) {
		if a, ok := ev.(event.Applying); ok {
			if err := os.Mkdir(filepath.Join(p.dir, ".signalsmith", "runs", a.Run, "failed.csv"), 0o700); err != nil {
				t.Error(err)
			}
		}
	}
	_, run, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{})
	if !diags.HasErrors() || run.Done.Create != 2 {
		t.Fatalf("the run did %+v, with %v", run.Done, diags)
	}
	p.engine.Events = nil
	p.rows(twoPeople)
	p.empty("after the row was mended")
}

func TestInterruptBeforeAnythingIsWrittenIsCalledOne(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	ctx, cancel := context.WithCancel(context.Background())
	_, run, _ := p.engine.Apply(ctx, p.load(), engine.ApplyOptions{Confirm: func(*plan.Plan) (bool, error) {
		cancel()
		return true, nil
	}})
	if run.Status != "interrupted" || run.Items[0].Stopped != "interrupted" {
		t.Errorf("the run is %+v", run)
	}
	p.applied()
	p.empty("after the next apply")
}

func TestTooManyFailuresStopTheItem(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for i := range 30000 {
		rows.WriteString(strings.Replace("#,K#,Name,City,,1,Platinum\n", "#", itoa(i), 2))
	}
	p := referring(t, rows.String())
	run := p.apply()
	if run.Status != "partial" || run.NotTried.Create == 0 || !strings.HasPrefix(run.Items[0].Stopped, "max_failures") {
		t.Errorf("the run is %+v", run.Items)
	}
}

func TestFingerprintsOfAnotherStampAreRecomputedFromTheStoredText(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.tamper(`UPDATE items SET contract = 'duckdb other version' || substr(contract, instr(contract, '|'))`, `UPDATE `+p.table()+` SET fp = 1`)
	p.empty("with fingerprints of another stamp")
	p.rows(strings.Replace(twoPeople, "London", "Leeds", 1))
	p.applies("update 1, unchanged 1", "field_changed")
	p.options.NoRefresh = true
	if doc := p.plan(); !doc.Empty() || doc.Items[0].Counts.Unchanged.N != 2 {
		t.Errorf("after a commit under the new stamp: %s", counts(&doc.Items[0]))
	}
}
