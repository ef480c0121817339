package engine_test

import (
	"strings"
	"testing"
)

// TestPoliciesInAWarehouse holds what the template says of policies in the other dialect: each cell that has SQL of its
// own, with the state in the warehouse.
func TestPoliciesInAWarehouse(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	const rows = twoPeople + "3,C,Rossi,Roma,chiara@example.com,3,Gold\n4,D,Novák,Brno,dana@example.com,4,Silver"
	l.home(true, rows)
	configure := func(rows string) {
		l.home(true, rows)
		l.field("MailingCity", "col.city", "on_null  = \"clear\"\n    on_drift = \"report\"")
		l.field("Email", "col.email", `overwrite = "on_change"`)
		l.field("Score__c", "col.score", "overwrite = \"on_create\"\n    on_drift  = \"report\"")
		l.field("Tier__c", "col.tier", `overwrite = "if_empty"`)
		l.field("DoNotCall", "sql(\"tier = 'Gold'\")", `consent = true`)
		l.arg("  on_missing = \"create\"\n  on_leave \"set\" {\n    MailingCity = null\n    Title       = \"Left\"\n  }")
	}
	configure(rows)
	l.given(map[string]any{"Code__c": "B", "LastName": "Other", "Score__c": 7, "Tier__c": "Gold"})
	l.applies("create 3, update 1", "adopted")
	l.settled("after the first apply")
	l.holds("B", "LastName, Score__c, Tier__c, MailingCity", "Lindqvist", 7.0, "Gold", "Malmö")
	l.patch("A", map[string]any{"MailingCity": "By hand", "Email": "hand@example.com"})
	l.patch("B", map[string]any{"Tier__c": nil, "Score__c": 8})
	l.drop("C")
	// D leaves; A loses its city and its opt-out by the model.
	configure(strings.NewReplacer("London", "", ",Gold", ",Silver").Replace(twoPeople) + "3,C,Rossi,Roma,chiara@example.com,3,Gold")
	it := l.expect("create 1, update 2, clear 1", "missing_in_salesforce", "left_model", "field_changed", "opted_out", "drifted")
	if it.Reasons["opted_out"] != 1 {
		t.Errorf("the reasons are %v", it.Reasons)
	}
	l.applied()
	l.settled("after the second apply")
	l.holds("A", "MailingCity, Email, DoNotCall, Tier__c", nil, "hand@example.com", true, "Gold")
	l.holds("B", "Tier__c, Score__c", "Silver", 8.0)
	l.holds("C", "LastName", "Rossi")
	l.holds("D", "LastName, MailingCity, Title", "Novák", nil, "Left")
	l.expect("unchanged 3", "drifted", "opted_out")
}

// TestModesInAWarehouse deletes, merges and inserts with the state in the warehouse.
func TestModesInAWarehouse(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	l.home(true, twoPeople)
	l.arg(`  on_leave = "delete"`)
	l.applied()
	l.given(map[string]any{"LastName": "Master"})
	l.byHand("", func(h *hand) {
		if err := h.org.Merge(h.id("SELECT Id FROM Contact WHERE LastName = 'Master'"), h.id("SELECT Id FROM Contact WHERE Code__c = 'A'")); err != nil {
			t.Fatal(err)
		}
	})
	l.home(true, onlyA)
	l.arg(`  on_leave = "delete"`)
	l.applies("update 1, remove 1", "merged", "left_model")
	l.settled("after the delete")
	l.people(1)
	l.home(true, twoPeople)
	l.unmatched()
	l.expect("create 2")
	l.home(true, strings.ReplaceAll(strings.ReplaceAll(twoPeople, ",A,", ",,"), ",B,", ",,"))
	l.unmatched()
	l.applied()
	l.settled("after an insert without match")
	l.people(3)
}
