package engine_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
)

func TestNewRowsAreCreatedAndThenNothingIsLeft(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.expect("create 2", "new_in_model")
	id := p.plan().ID
	if doc, run := p.carry(); doc.ID != id || run == nil || run.Status != "applied" {
		t.Fatalf("the plan %s was shown, %s was applied: %+v", id, doc.ID, run)
	}
	p.empty("after the first apply")
	p.byHand("", func(h *hand) {
		got := h.find("SELECT LastName, MailingCity, Email, Score__c, Tier__c FROM Contact WHERE Code__c = 'B'")
		if len(got) != 1 || got[0]["LastName"] != "Lindqvist" || got[0]["MailingCity"] != "Malmö" || got[0]["Score__c"] != 2.0 || got[0]["Tier__c"] != "Silver" {
			t.Errorf("the org holds %v", got)
		}
	})
	if p.apply() != nil {
		t.Error("an apply with nothing to do began a run")
	}
}

func TestOneChangedValueIsShownAsOneFieldWithBothValues(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.rows(strings.Replace(twoPeople, "London", "Leeds", 1))
	it := p.expect("update 1, unchanged 1", "field_changed")
	s := it.Samples[0]
	if len(it.Samples) != 1 || s.Key != "1" || len(s.Fields) != 1 || s.Fields[0].Field != "MailingCity" ||
		*s.Fields[0].Before != "London" || *s.Fields[0].After != "Leeds" {
		t.Errorf("the sample is %+v", s)
	}
	p.applied()
	p.empty("after the update")
}

func TestPersonalDataIsMaskedAndPublicDocumentsHoldTokensOnly(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.rows(strings.NewReplacer("ada@", "ada.o@", "London", "Leeds").Replace(twoPeople))
	doc := p.plan()
	for _, f := range doc.Items[0].Samples[0].Fields {
		if f.Masked != (f.Field == "Email") {
			t.Errorf("%s masked: %t", f.Field, f.Masked)
		}
	}
	for _, s := range doc.Public().Items[0].Samples {
		for _, f := range s.Fields {
			if !s.KeyMasked || !f.Masked || *f.After == "Leeds" {
				t.Errorf("a public document shows %+v", s)
			}
		}
	}
	if doc.Items[0].Samples[0].Key != "1" {
		t.Error("making a document public changed the document itself")
	}
}

func TestRecordDeletedByHandIsMissingAndSkipped(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.byHand("", func(h *hand) {
		h.call("DELETE", "/sobjects/Contact/"+h.id("SELECT Id FROM Contact WHERE Code__c = 'A'"), nil)
	})
	p.expect("skip 1, unchanged 1", "missing_in_salesforce")
	if p.apply() != nil {
		t.Error("a skipped row began a run")
	}
	p.expect("skip 1, unchanged 1", "missing_in_salesforce")
}

func TestDriftIsCorrectedAndNamesWhoChangedTheRecord(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.byHand("marketo@acme.example", func(h *hand) {
		h.call("PATCH", "/sobjects/Contact/"+h.id("SELECT Id FROM Contact WHERE Code__c = 'A'"), map[string]any{"MailingCity": "Cologne"})
	})
	it := p.expect("update 1, unchanged 1", "drifted")
	s := it.Samples[0]
	if s.Detail != "changed by marketo@acme.example" || *s.Fields[0].Before != "Cologne" || *s.Fields[0].After != "London" {
		t.Errorf("the sample is %+v", s)
	}
	if it.Fields[0].Drifted != 1 {
		t.Errorf("the fields are %+v", it.Fields)
	}
	p.applied()
	p.empty("after the correction")
}

func TestChangesOfFieldsThatAreNotMappedAreNobodysBusiness(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.byHand("marketo@acme.example", func(h *hand) {
		h.call("PATCH", "/sobjects/Contact/"+h.id("SELECT Id FROM Contact WHERE Code__c = 'A'"), map[string]any{"Title": "Dr"})
	})
	p.empty("after a change of another field")
}

func TestNullIsNoOpinion(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.rows(strings.Replace(twoPeople, "London", "", 1))
	p.expect("unchanged 2")
	p.apply() // remembers that the model has no opinion
	p.empty("after the null was noted")
	p.byHand("", func(h *hand) {
		if got := h.find("SELECT MailingCity FROM Contact WHERE Code__c = 'A'"); got[0]["MailingCity"] != "London" {
			t.Errorf("a null was written: %v", got)
		}
	})
	p.rows(twoPeople)
	p.expect("adopt 1, unchanged 1")
	p.applied()
	p.empty("after the value came back")
}

func TestRowsWithoutAUsableKeyOrMatchAreRejectedWithAReason(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.rows(`
1,A,Okafor,London,ada@example.com,1.5,Gold
2,,Lindqvist,Malmö,bjorn@example.com,2,Silver
3,C,Three,,,,
3,D,Three again,,,,
,E,Nobody,,,,
4,F,Four,,,,
5,f,Five,,,,
6,G,Six,,,many,
`)
	it := p.expect("held 1, reject 7, unchanged 1")
	for reason, n := range map[string]int64{"match_null": 1, "key_duplicate": 2, "key_null": 1, "match_duplicate": 2, "bad_value": 1} {
		if it.Reasons[reason] != n {
			t.Errorf("%s: %d, want %d (%v)", reason, it.Reasons[reason], n, it.Reasons)
		}
	}
}

func TestNobodyLeavesWhileAKeyIsNull(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.rows("1,A,Okafor,London,ada@example.com,1.5,Gold\n,B,Lindqvist,Malmö,bjorn@example.com,2,Silver")
	p.expect("held 1, reject 1, unchanged 1", "key_null")
}

func TestLeavingTheModelIsANoteOnce(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.rows("1,A,Okafor,London,ada@example.com,1.5,Gold")
	p.expect("leave 1, unchanged 1", "left_model")
	if run := p.applied(); run.Done.Note != 1 || run.Calls == 0 && run.Done.Update != 0 {
		t.Errorf("the run did %+v", run)
	}
	p.empty("after the leave was noted")
	p.byHand("", func(h *hand) { h.id("SELECT Id FROM Contact WHERE Code__c = 'B'") })
	p.rows(twoPeople)
	p.expect("adopt 1, unchanged 1")
	p.applied()
	p.empty("after the return")
}

func TestAddedFieldChangesOnlyThatFieldAndARemovedOneNothing(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	full := peopleHCL(`emulator { schema = "org.schema.json" }`)
	p.write("main.hcl", strings.Replace(full, "    Tier__c     = col.tier\n", "", 1))
	p.applied()
	p.empty("without the field")
	p.write("main.hcl", full)
	it := p.expect("update 2", "field_changed")
	if len(it.Fields) != 1 || it.Fields[0].Field != "Tier__c" || it.Fields[0].Drifted != 0 {
		t.Errorf("the fields are %+v", it.Fields)
	}
	p.applied()
	p.empty("with the field")
	p.write("main.hcl", strings.Replace(full, "    Tier__c     = col.tier\n", "", 1))
	p.empty("without the field again")
}

func TestFailedRowsAreReportedKeptOutOfTheSnapshotAndTriedAgain(t *testing.T) {
	t.Parallel()
	p := referring(t, strings.Replace(twoPeople, "Silver", "Platinum", 1))
	run := p.apply()
	if run.Status != "partial" || run.Done.Create != 1 || run.Failed.Create != 1 || len(run.Failures) != 1 {
		t.Fatalf("the run is %+v", run)
	}
	f := run.Failures[0]
	if f.Code != "INVALID_CROSS_REFERENCE_KEY" || f.N != 1 || f.Keys[0] != "2" || f.Hint == "" {
		t.Errorf("the failure is %+v", f)
	}
	file, err := os.Open(filepath.Join(p.dir, filepath.FromSlash(run.FailedFile)))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil || len(lines) != 2 || lines[1][1] != "2" {
		t.Errorf("failed.csv holds %v (%v)", lines, err)
	}
	if runs, err := engine.Runs(p.load()); err != nil || len(runs) != 1 || runs[0].Run != run.Run || runs[0].Failed.Create != 1 {
		t.Errorf("the runs on record are %+v (%v)", runs, err)
	}
	p.expect("create 1, unchanged 1")
	p.rows(twoPeople)
	p.applied()
	p.empty("after the row was mended")
}

func TestWithoutRefreshWhatNeedsLiveIsUnknownAndNotWritten(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.options.NoRefresh = true
	if doc := p.plan(); !doc.Empty() || doc.Items[0].Counts.Unchanged.Known || doc.Items[0].Counts.Skip.Known {
		t.Errorf("without refresh the plan says %s", counts(&doc.Items[0]))
	}
	p.rows(strings.Replace(twoPeople, "London", "Leeds", 1) + "3,C,Three,,,,\n")
	it := p.expect("create ?, update 1, adopt ?, skip ?, reject ?, unchanged ?")
	if s := it.Samples[0]; *s.Fields[0].Before != "London" || *s.Fields[0].After != "Leeds" {
		t.Errorf("the sample is %+v", s)
	}
	if run := p.applied(); run.Done.Update != 1 || run.Done.Create != 0 {
		t.Errorf("the run did %+v", run.Done)
	}
	p.options.NoRefresh = false
	p.expect("create 1, unchanged 2")
	p.applied()
	p.empty("with refresh")
}

func TestAnotherSpellingOfTheSameValueIsNoChange(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.rows(strings.NewReplacer("1.5", " 1.50 ", "Malmö", "  Malmö  ").Replace(twoPeople))
	p.empty("after other spellings")
}

func TestEmptyModelLeavesAndAnEmptyStartIsNothing(t *testing.T) {
	t.Parallel()
	p := people(t, "")
	p.empty("with no rows at all")
	p.rows(twoPeople)
	p.applied()
	p.rows("")
	p.expect("leave 2", "left_model")
}

func TestManyRowsGoInChunksAndEveryRowHasItsOutcome(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 3456 {
		fmt.Fprintf(&b, "%d,K%05d,Name %d,City %d,p%d@example.com,%d.25,Gold\n", i, i, i, i%7, i, i)
	}
	p := people(t, b.String())
	run := p.applied()
	if run.Done.Create != 3456 {
		t.Fatalf("the run did %+v", run.Done)
	}
	if run.Calls > 8 {
		t.Errorf("%d calls for 3,456 records", run.Calls)
	}
	p.empty("after the first apply")
	p.rows(strings.ReplaceAll(b.String(), "City 3", "City three"))
	want := int64(3456 / 7)
	if it := p.plan().Item("sync.people"); it.Counts.Update.N < want || it.Fields[0].Field != "MailingCity" {
		t.Fatalf("the plan counts %+v", it.Counts)
	}
	p.applied()
	p.empty("after the update")
}

func TestStopBeforeTheFirstRequestDoesNothing(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	stop := make(chan struct{})
	close(stop)
	p.stop = stop
	run := p.apply()
	if run.Status != "interrupted" || run.Done.Total() != 0 || run.NotTried.Create != 2 {
		t.Fatalf("the run is %+v", run)
	}
	p.stop = nil
	p.applied()
	p.empty("after the second apply")
}

func TestRefusedPlanChangesNothing(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	asked := 0
	_, run, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{Confirm: func(*plan.Plan) (bool, error) {
		asked++
		return false, nil
	}})
	p.sound(diags)
	if run != nil || asked != 1 {
		t.Fatalf("run %+v after %d questions", run, asked)
	}
	p.expect("create 2")
}

func TestSamePlanHasTheSameID(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	first, second := p.plan(), p.plan()
	if first.ID != second.ID {
		t.Errorf("%s and %s", first.ID, second.ID)
	}
	p.rows(strings.Replace(twoPeople, "London", "Leeds", 1))
	if third := p.plan(); third.ID == first.ID {
		t.Error("another value, the same id")
	}
}
