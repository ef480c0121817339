package engine_test

import (
	"strings"
	"testing"
)

func TestRecordsThatExistAreAdoptedAndOnlyDifferencesAreWritten(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.byHand("", func(h *hand) {
		h.call("POST", "/sobjects/Contact", map[string]any{"Code__c": "a", "LastName": "Okafor", "MailingCity": "London", "Email": "ada@example.com", "Score__c": 1.5, "Tier__c": "Gold"})
		h.call("POST", "/sobjects/Contact", map[string]any{"Code__c": "B", "LastName": "Lindqvist", "MailingCity": "Lund", "Email": "bjorn@example.com", "Score__c": 2, "Tier__c": "Silver"})
	})
	// The external id is unique and not case-sensitive, so "a" is the record of row A, and its spelling is drift of
	// nothing: the value differs, and is written.
	it := p.expect("update 2", "adopted")
	if it.Fields[0].Changed != 1 || len(it.Fields) != 2 {
		t.Errorf("the fields are %+v", it.Fields)
	}
	p.applied()
	p.empty("after the adoption")
}

func TestRecordEqualToTheModelIsAdoptedWithoutAWrite(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.byHand("", func(h *hand) {
		h.call("POST", "/sobjects/Contact", map[string]any{"Code__c": "A", "LastName": "Okafor", "MailingCity": "London", "Email": "ada@example.com", "Score__c": 1.5, "Tier__c": "Gold"})
	})
	p.expect("create 1, adopt 1", "adopted")
	if run := p.applied(); run.Done.Update != 0 || run.Done.Note != 1 {
		t.Errorf("the run did %+v", run.Done)
	}
	p.empty("after the adoption")
}

func TestChangedMatchValueIsAChangeOfTheSameRecord(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.rows(strings.Replace(twoPeople, "1,A,", "1,Z,", 1))
	p.applies("update 1, unchanged 1", "match_changed")
	p.empty("after the change")
	p.byHand("", func(h *hand) {
		if n := len(h.find("SELECT Id FROM Contact")); n != 2 {
			t.Errorf("there are %d contacts", n)
		}
	})
}

func TestRecordThatAnotherRowKeepsIsNotClaimedTwice(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	// Row 1 moves to the value Z, and a new row claims A before it is free.
	p.rows(strings.Replace(twoPeople, "1,A,", "1,Z,", 1) + "9,A,New,,,,\n")
	p.applies("update 1, reject 1, unchanged 1", "match_duplicate")
	p.applies("create 1, unchanged 2")
	p.empty("after both")
}

func TestNewKeyWithTheSameMatchTakesTheRecordOver(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.rows(strings.Replace(twoPeople, "1,A,", "7,A,", 1))
	p.applies("adopt 1, leave 1, unchanged 1")
	p.empty("after the take-over")
}

func TestSharedMatchValuesAreAmbiguous(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.write("main.hcl", strings.Replace(peopleHCL(`emulator { schema = "org.schema.json" }`), `match       = "Code__c"`, `match       = "Email"`, 1))
	p.byHand("", func(h *hand) {
		for range 2 {
			h.call("POST", "/sobjects/Contact", map[string]any{"LastName": "Twin", "Email": "ada@example.com"})
		}
		h.call("POST", "/sobjects/Contact", map[string]any{"LastName": "Case", "Email": "BJORN@example.com"})
	})
	it := p.expect("reject 2", "match_ambiguous")
	if it.Reasons["match_ambiguous"] != 2 {
		t.Errorf("reasons %v", it.Reasons)
	}
}
