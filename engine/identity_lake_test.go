package engine_test

import (
	"strings"
	"testing"
)

// TestRecordTypesAndOwnersInAWarehouse holds the checks of what is written in the other dialect, with the state in the
// warehouse.
func TestRecordTypesAndOwnersInAWarehouse(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	home := func(rows string) {
		l.home(true, rows)
		l.edit("    MailingCity = col.city\n", "    \"RecordType.DeveloperName\" = col.city\n")
		l.edit("    Email       = col.email\n", "    \"Owner.Username\" = col.email\n")
		l.edit("    Score__c    = col.score\n", "")
		l.write("main.hcl", anyRejects(l.read("main.hcl")))
	}
	l.write("org.schema.json", typedSchema)
	l.live()
	l.byHand("", func(h *hand) {
		for _, u := range []string{"ada@acme.example", "gone@acme.example"} {
			if err := h.org.AddUser(u, u); err != nil {
				t.Fatal(err)
			}
		}
	})
	l.active("gone@acme.example", false)
	home("1,A,Okafor,Trade,ADA@acme.example,1,Gold\n2,B,Lindqvist,Retail,ada@acme.example,1,Gold\n3,C,Haddad,Retial,,1,Silver\n" +
		"4,D,Moreau,Trade,gone@acme.example,1,Silver\n5,E,Ito,,nobody@acme.example,1,Silver\n6,F,Sato,,,1,Silver tier\n7,G,Vega,,,1,Bronze")
	rejects := map[string]string{
		"2": notRetail, "3": noType, "4": "bad_value Owner.Username" + notActive, "5": "unknown_parent Owner.Username: no User has this Username",
		"6": `bad_picklist Tier__c: a label where the API value belongs: "Silver tier" is "Silver"`,
	}
	it := l.rejected(rejects)
	if it.Counts.Create.N != 2 {
		t.Fatalf("the plan says %s", counts(it))
	}
	for key := range rejects {
		if y := l.asked(key); y.Action != "reject" || !strings.HasPrefix(rejects[key], y.Reason) {
			t.Errorf("asked why of %s, the plan says %+v", key, y)
		}
	}
	l.applied()
	l.applied() // remembers how the org spells the user name
	if it := l.plan().Item("sync.people"); counts(it) != "reject 5, unchanged 2" {
		t.Errorf("after the apply the plan says %s", counts(it))
	}
	l.owner("Contact", "A", "ada@acme.example")
	// The record's type is read where nobody maps it.
	home("1,A,Okafor,Trade,ada@acme.example,1,Silver\n7,G,Vega,,,1,Gold")
	l.edit("    \"RecordType.DeveloperName\" = col.city\n", "")
	it = l.rejected(map[string]string{"7": notRetail})
	if it.Counts.Update.N != 1 {
		t.Errorf("the plan says %s", counts(it))
	}
	l.applied()
	l.holds("A", "Tier__c", "Silver")
	l.holds("G", "Tier__c", "Bronze")
}
