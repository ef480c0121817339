package engine_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

const onlyA = "1,A,Okafor,London,ada@example.com,1.5,Gold"

func TestLeavingRecordIsClearedOfWhatMayBeCleared(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.edit("    Score__c    = col.score\n", "    DoNotCall   = sql(\"true\")\n")
	p.field("Tier__c", "col.tier", `overwrite = "on_create"`)
	p.arg(`  on_leave = "clear"`)
	p.applied()
	p.empty("after the first apply")
	p.rows(onlyA)
	it := p.expect("clear 1, unchanged 1", "left_model")
	if s := it.Samples[0]; s.Action != "clear" || s.Key != "2" || len(s.Fields) != 2 {
		t.Errorf("the sample is %+v", s)
	}
	if run := p.applied(); run.Done.Clear != 1 {
		t.Errorf("the run did %+v", run.Done)
	}
	p.settled("after the leave")
	p.holds("B", "LastName, MailingCity, Email, DoNotCall, Tier__c", "Lindqvist", nil, nil, true, "Silver")
	p.rows(twoPeople)
	p.applies("update 1, unchanged 1", "adopted")
	p.empty("after the return")
	p.holds("B", "MailingCity", "Malmö")
}

func TestLeavingRecordIsSetAlsoInFieldsThatAreNotMapped(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.arg("  on_leave \"set\" {\n    Tier__c     = null\n    Title       = \"Left\"\n    MailingCity = \"Nowhere\"\n  }")
	p.applied()
	p.patch("B", map[string]any{"Title": "Dr"})
	p.empty("whatever else the record holds")
	p.rows(onlyA)
	it := p.expect("clear 1, unchanged 1", "left_model")
	fields := map[string]string{}
	for _, f := range it.Samples[0].Fields {
		fields[f.Field] = shown(f.Before) + " -> " + shown(f.After)
	}
	if len(fields) != 3 || fields["Title"] != "Dr -> Left" || fields["Tier__c"] != "Silver -> null" {
		t.Errorf("the sample is %v", fields)
	}
	p.applied()
	p.settled("after the leave")
	p.holds("B", "LastName, MailingCity, Title, Tier__c", "Lindqvist", "Nowhere", "Left", nil)
	p.holds("A", "Title", nil)
	// Where all of it is there already, leaving is a note.
	p.edit("sync \"people\" {\n", "sync \"people\" {\n  guard { min_rows = 0 }\n")
	p.rows("")
	p.patch("A", map[string]any{"MailingCity": "Nowhere", "Title": "Left", "Tier__c": nil})
	p.applies("leave 1", "left_model")
	p.settled("after all left")
}

func shown(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}

func TestOnlyRecordsThatWeCreatedAreDeletedUnlessTheSyncSaysSo(t *testing.T) {
	t.Parallel()
	for adopted, want := range map[string]string{"false": "remove 1, leave 1", "true": "remove 2"} {
		t.Run("delete_adopted = "+adopted, func(t *testing.T) {
			t.Parallel()
			p := people(t, twoPeople+"3,C,Rossi,Roma,chiara@example.com,3,Gold")
			p.arg("  on_leave = \"delete\"\n  delete_adopted = " + adopted)
			p.given(map[string]any{"Code__c": "B", "LastName": "Lindqvist"})
			p.applied()
			p.rows("3,C,Rossi,Roma,chiara@example.com,3,Gold")
			p.expect(want+", unchanged 1", "left_model")
			if run := p.applied(); run.Done.Remove+run.Done.Note != 2 {
				t.Errorf("the run did %+v", run.Done)
			}
			p.settled("after the deletes")
			p.people(map[string]int{"false": 2, "true": 1}[adopted])
			p.rows(twoPeople + "3,C,Rossi,Roma,chiara@example.com,3,Gold")
			p.applied()
			p.empty("after both came back")
			p.people(3)
		})
	}
}

func TestLeavingRecordThatIsGoneOrAnotherRowsIsLeftAlone(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.arg(`  on_leave = "delete"`)
	p.applied()
	p.drop("B")
	p.rows("7,A,Okafor,London,ada@example.com,1.5,Gold")
	p.applies("adopt 1, leave 2", "left_model")
	p.settled("after the take-over")
	p.people(1)
}

func TestNothingIsDeletedWhatLiveRecordsAreNotRead(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.arg(`  on_leave = "delete"`)
	p.applied()
	p.rows(onlyA)
	p.options.NoRefresh = true
	it := p.plan().Item("sync.people")
	if it.Counts.Remove.Known || it.Counts.Remove.N != 1 || it.Counts.Leave.Known {
		t.Errorf("the counts are %+v", it.Counts)
	}
	if p.apply() != nil {
		t.Error("something was done")
	}
	p.options.NoRefresh = false
	p.expect("remove 1, unchanged 1")
	p.rows("1,A,Okafor,London,ada@example.com,1.5,Gold\n,B,Lindqvist,Malmö,bjorn@example.com,2,Silver")
	p.expect("held 1, reject 1, unchanged 1", "key_null")
}

// TestRecordThatMovedSinceThePlanIsLeftOut changes records between the plan and the apply that would take something
// away from them, or fill what is not empty any more.
func TestRecordThatMovedSinceThePlanIsLeftOut(t *testing.T) {
	t.Parallel()
	const rows = twoPeople + "3,C,Rossi,Roma,chiara@example.com,3,Gold\n4,D,Novák,Brno,dana@example.com,4,Silver"
	for action, c := range map[string]struct{ arg, plan, after string }{
		"clear":  {`  on_leave = "clear"`, "clear 2, unchanged 2", "clear 1, unchanged 2"},
		"remove": {`  on_leave = "delete"`, "remove 2, unchanged 2", "remove 1, unchanged 2"},
	} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			p, h := served(t, rows, emulator.Options{})
			p.remote = h
			p.applied()
			p.arg(c.arg)
			p.rows(twoPeople)
			p.expect(c.plan)
			run := p.applyAfter(func() {
				p.patch("C", map[string]any{"MailingCity": "Milano"})
			})
			if run.Status != "partial" || run.Done.Clear+run.Done.Remove != 1 || run.NotTried.Total() != 1 || run.Failed.Total() != 0 ||
				len(run.Failures) != 1 || run.Failures[0].Code != "moved_since_plan" || run.Failures[0].Keys[0] != "3" {
				t.Errorf("the run is %+v", run)
			}
			p.holds("C", "MailingCity", "Milano")
			p.applies(c.after)
			p.settled("after the second apply")
		})
	}
	t.Run("if_empty", func(t *testing.T) {
		t.Parallel()
		p, h := served(t, "1,A,Okafor,,ada@example.com,1.5,Gold\n2,B,Lindqvist,,bjorn@example.com,2,Silver", emulator.Options{})
		p.remote = h
		p.field("MailingCity", "col.city", `overwrite = "if_empty"`)
		p.applied()
		p.rows(twoPeople)
		p.expect("update 2")
		run := p.applyAfter(func() { p.patch("A", map[string]any{"MailingCity": "Lagos"}) })
		if run.Done.Update != 1 || run.NotTried.Update != 1 {
			t.Errorf("the run is %+v", run)
		}
		p.holds("A", "MailingCity", "Lagos")
		p.holds("B", "MailingCity", "Malmö")
		p.expect("unchanged 2")
		p.apply()
		p.settled("after the second apply")
	})
}

// applyAfter applies, and does something between the plan and the first write.
func (p *project) applyAfter(do func()) *plan.Run {
	p.t.Helper()
	_, run, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{PlanOptions: p.options, Confirm: confirm(do)})
	p.sound(diags)
	if run == nil {
		p.t.Fatal("nothing was begun")
	}
	return run
}

func TestSyncThatClearsNothingAtAllIsRefused(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.arg("  on_leave \"set\" { LastName = \"Gone\" }")
	if ds := p.engine.Validate(context.Background(), p.load()); !ds.HasErrors() || !strings.Contains(ds.Error(), "LastName is required") {
		t.Errorf("got %v", ds)
	}
}

func TestChildrenThatAreDeletedAlongAreCountedAndNeedAWord(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.arg(`  on_leave = "delete"`)
	p.applied()
	p.byHand("", func(h *hand) {
		id := h.id("SELECT Id FROM Contact WHERE Code__c = 'B'")
		var campaign struct{ ID string }
		if err := json.Unmarshal(h.call("POST", "/sobjects/Campaign", map[string]any{"Name": "Autumn"}), &campaign); err != nil {
			t.Fatal(err)
		}
		h.call("POST", "/sobjects/CampaignMember", map[string]any{"CampaignId": campaign.ID, "ContactId": id})
	})
	p.rows(onlyA)
	doc := p.plan()
	it := doc.Item("sync.people")
	if it.Cascades["CampaignMember"] != 1 || len(doc.Blocked()) != 1 || doc.Blocked()[0].Got != "1 CampaignMember" {
		t.Fatalf("the plan counts %v, guards %+v", it.Cascades, doc.Guards)
	}
	if p.apply() != nil {
		t.Fatal("a blocked plan was applied")
	}
	p.people(2)
	p.edit(`  on_leave = "delete"`, "  on_leave = \"delete\"\n  cascade  = true")
	if doc := p.plan(); len(doc.Blocked()) != 0 || len(doc.Guards) != 2 || doc.Guards[1].Got != "2 of 2  100.0 %" {
		t.Errorf("the guards are %+v", doc.Guards)
	}
	p.applied()
	p.settled("after the delete")
	p.people(1)
	p.byHand("", func(h *hand) {
		if n := len(h.find("SELECT Id FROM CampaignMember")); n != 0 {
			t.Errorf("%d members are left", n)
		}
	})
}
