package engine_test

import (
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// leads makes people leads, of the company Acme.
func (p *project) leads() {
	p.write("main.hcl", strings.NewReplacer(`"Contact"`, `"Lead"`, "    MailingCity = col.city\n", "    City = col.city\n    Company = \"Acme\"\n").Replace(p.read("main.hcl")))
	p.write("org.schema.json", strings.Replace(peopleSchema, `"Contact"`, `"Lead"`, 1))
}

func TestKeyThatStandsTwiceHoldsItsRowOnce(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.rows(twoPeople + "2,X,Other,Lund,,1,Gold")
	p.expect("held 1, reject 2, unchanged 1", "key_duplicate")
	p.rows(strings.Replace(twoPeople, "Malmö", "Lund", 1) + "2,X,Other,Lund,,1,Gold\n2,Y,Third,Lund,,1,Gold")
	p.expect("held 1, reject 3, unchanged 1", "key_duplicate")
	if p.apply() != nil {
		t.Error("something was done")
	}
}

func TestRowThatWasInsertedIsNotCheckedAgain(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.mode("insert")
	p.applied()
	for name, row := range map[string]string{
		"a value that is refused": "1,A,Okafor,London,ada@example.com,many,Golden", "no match value": "1,,Okafor,London,,1,Gold",
		"another row's match value": "1,B,Okafor,London,,1,Gold",
	} {
		p.rows(row + "\n2,B,Lindqvist,Malmö,bjorn@example.com,2,Silver")
		p.settled(name)
		p.expect("unchanged 2")
	}
	// Its match value can be another row's by now: that one finds the record, or makes one where there is none.
	p.rows("1,Q,Okafor,London,,1,Gold\n7,A,Rossi,Roma,,1,Gold\n8,B,Rossi,Roma,,1,Gold\n2,B,Lindqvist,Malmö,bjorn@example.com,2,Silver")
	p.expect("skip 2, unchanged 2", "exists")
	p.drop("A")
	p.expect("create 1, skip 1, unchanged 2", "exists", "new_in_model")
	p.applied()
	p.expect("skip 1, unchanged 3", "exists")
	p.people(2)
}

func TestMergedRecordWhoseNewMatchValueIsTakenIsADuplicate(t *testing.T) {
	t.Parallel()
	p := people(t, onlyA)
	p.applied()
	p.given(map[string]any{"LastName": "Master", "Code__c": "M"})
	p.given(map[string]any{"LastName": "Somebody", "Code__c": "Z"})
	ids := p.ids("M", "A")
	p.org(func(o *emulator.Org) error { return o.Merge(ids[0], ids[1]) })
	p.rows(strings.Replace(onlyA, "1,A,", "1,Z,", 1))
	p.expect("held 1, reject 1", "match_duplicate")
	p.drop("Z")
	p.expect("update 1", "merged")
	p.applied()
	p.settled("after the value was free")
	p.holds("Z", "LastName", "Okafor")
	p.people(1)
}

func TestLeadThatWasMergedIntoAConvertedOneIsReadOnly(t *testing.T) {
	t.Parallel()
	p := people(t, onlyA)
	p.leads()
	p.applied()
	p.byHand("", func(h *hand) {
		h.call("POST", "/sobjects/Lead", map[string]any{"LastName": "Master", "Company": "Acme"})
		master := h.id("SELECT Id FROM Lead WHERE LastName = 'Master'")
		if err := h.org.Merge(master, h.id("SELECT Id FROM Lead WHERE Code__c = 'A'")); err != nil {
			t.Fatal(err)
		}
		if _, err := h.org.Convert(master, emulator.Conversion{}); err != nil {
			t.Fatal(err)
		}
	})
	p.expect("skip 1", "converted")
	if p.apply() != nil {
		t.Error("something was done")
	}
}

func TestRecordThatIsCreatedAgainNeedsItsRequiredValues(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.arg("  on_missing = \"create\"\n  guard { max_reject = \"100%\" }")
	p.given(map[string]any{"Code__c": "B", "LastName": "Lindqvist"})
	none := strings.NewReplacer("Okafor", "", "Lindqvist", "").Replace(twoPeople)
	p.rows(strings.Replace(twoPeople, "Lindqvist", "", 1))
	p.applied()
	p.settled("with a null that is no opinion")
	p.drop("A")
	p.drop("B")
	p.rows(none) // the one changed, the other did not
	it := p.expect("held 2, reject 2", "required_null")
	if len(it.Rejects) != 1 || it.Rejects[0].Field != "LastName" || it.Rejects[0].N != 2 || it.Rejects[0].Code != "REQUIRED_FIELD_MISSING" {
		t.Errorf("the rejects are %+v", it.Rejects)
	}
	if p.apply() != nil {
		t.Error("something was tried")
	}
	p.rows(twoPeople)
	p.expect("create 2", "missing_in_salesforce")
	p.applied()
	p.settled("with names")
	p.people(2)
}

// TestLeavingRecordGoesAlthoughAnotherRowWantsItsMatchValue has a row that may only have the value once the record is gone,
// and one that takes the record over.
func TestLeavingRecordGoesAlthoughAnotherRowWantsItsMatchValue(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.arg(`  on_leave = "delete"`)
	p.applied()
	p.rows("1,B,Okafor,London,ada@example.com,1.5,Gold")
	p.expect("remove 1, held 1, reject 1", "match_duplicate", "left_model")
	p.applied()
	p.expect("update 1", "match_changed")
	p.applied()
	p.settled("after the value was free")
	p.people(1)
	p.holds("B", "LastName", "Okafor")
	// A row whose own record is gone does take it over.
	p.arg(`  on_missing = "create"`)
	p.rows(strings.Replace(twoPeople, "2,B,", "2,C,", 1) + "1,B,Okafor,London,ada@example.com,1.5,Gold")
	p.rows("1,B,Okafor,London,ada@example.com,1.5,Gold\n2,C,Lindqvist,Malmö,bjorn@example.com,2,Silver")
	p.applied()
	p.drop("C")
	p.rows("2,B,Lindqvist,Malmö,bjorn@example.com,2,Silver")
	p.expect("update 1, leave 1", "adopted", "left_model")
	p.applied()
	p.settled("after it was taken over")
	p.people(1)
	p.holds("B", "LastName", "Lindqvist")
}

func TestWhyIsToldOfASyncWithoutAMatchField(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.unmatched()
	if y := p.asked("1"); y.Action != "create" || len(y.Checks) == 0 || y.Checks[0].Reason != "key_duplicate" {
		t.Errorf("the answer is %+v", y)
	}
	p.applied()
	if y := p.asked("1"); y.Action != "unchanged" {
		t.Errorf("the answer is %+v", y)
	}
}

func TestLeavingRecordStaysWhereAnotherRowHasItByAMerge(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.arg(`  on_leave = "delete"`)
	p.applied()
	ids := p.ids("A", "B")
	p.org(func(o *emulator.Org) error { return o.Merge(ids[1], ids[0]) })
	p.rows(strings.Replace(onlyA, "Gold", "Golden", 1)) // it is held, and has the record all the same
	p.expect("leave 1, held 1, reject 1", "bad_picklist", "left_model")
	p.rows(onlyA)
	p.expect("update 1, leave 1", "merged", "left_model")
	p.applied()
	p.settled("after the row left")
	p.holds("A", "LastName", "Okafor")
	p.people(1)
}

func TestMatchValueThatIsGoneToAnotherRecordIsRefusedAndTriedAgain(t *testing.T) {
	t.Parallel()
	p := people(t, onlyA)
	p.applied()
	p.patch("A", map[string]any{"Code__c": "Z"})
	p.given(map[string]any{"Code__c": "A", "LastName": "Somebody"})
	p.expect("update 1", "drifted")
	if run := p.apply(); run.Failed.Update != 1 || run.Failures[0].Code != "DUPLICATE_VALUE" {
		t.Errorf("the run is %+v", run)
	}
	p.expect("update 1", "drifted")
	p.drop("A")
	p.applied()
	p.settled("after the value was free")
	p.holds("A", "LastName", "Okafor")
}
