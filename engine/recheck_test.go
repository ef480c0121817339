package engine_test

import (
	"strings"
	"testing"
)

// TestRowThatIsWrittenAgainIsCheckedByTheRulesOfToday takes a value away from a picklist, and makes a field shorter, after
// both were written. Records that have such values are left alone until somebody changes one: then its row, which is the
// same as ever, is rejected for what Salesforce would say to the write.
func TestRowThatIsWrittenAgainIsCheckedByTheRulesOfToday(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople+"3,C,Rossi,Roma,chiara@example.com,3,Silver")
	p.applied()
	p.write("org.schema.json", strings.NewReplacer(`"Silver", "label": "Silver", "active": true`, `"Silver", "label": "Silver", "active": false`).Replace(peopleSchema))
	p.settled("with a value less")
	p.patch("B", map[string]any{"MailingCity": "Lund"})
	p.applies("update 1, unchanged 2", "drifted") // the value itself is not written
	p.settled("after another field was corrected")
	p.patch("B", map[string]any{"Tier__c": "Gold"})
	p.patch("C", map[string]any{"Tier__c": "Gold", "MailingCity": "Milano"})
	it := p.expect("held 2, reject 2, unchanged 1", "bad_picklist")
	if r := it.Rejects; len(r) != 1 || r[0].Field != "Tier__c" || r[0].N != 2 || r[0].Code != "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST" || len(r[0].Values) != 1 || r[0].Values[0].Value != "Silver" {
		t.Errorf("the rejects are %+v", r)
	}
	if it.Reasons["drifted"] != 0 {
		t.Errorf("the reasons are %v", it.Reasons)
	}
	if y := p.asked("2"); y.Action != "reject" || y.Reason != "bad_picklist" || y.Detail != "Tier__c: not a value of the picklist" {
		t.Errorf("asked why, the plan says %+v", y)
	}
	if p.apply() != nil {
		t.Error("something was tried")
	}
	p.holds("B", "Tier__c", "Gold")
	p.write("org.schema.json", peopleSchema)
	p.applies("update 2, unchanged 1", "drifted")
	p.settled("with the value back")
	p.holds("C", "Tier__c, MailingCity", "Silver", "Roma")
}
