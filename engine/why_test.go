package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/engine/plan"
)

// asked plans with a question, and gives the one answer.
func (p *project) asked(key string) plan.Why {
	p.t.Helper()
	p.options.Why = key
	defer func() { p.options.Why = "" }()
	doc := p.plan()
	if len(doc.Why) != 1 {
		p.t.Fatalf("about %s the plan says %+v", key, doc.Why)
	}
	return doc.Why[0]
}

func TestWhyTellsWhatBecomesOfOneRow(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople+"3,C,Three,Bonn,,3,Gold\n4,D,Four,Bonn,,4,Gold\n5,E,Five,Bonn,,5,Gold\n")
	p.applied()
	p.rows(`
1,A,Okafor,Leeds,ada@example.com,1.5,Gold
2,B,Lindqvist,Malmö,bjorn@example.com,2,Silver
3,C,Three,Bonn,,3,Golden
4,D,Four,Bonn,,4,Gold
4,D2,Four,Bonn,,4,Gold
6,F,,Bonn,,6,Gold
7,G,Seven,Bonn,seven@example.com,7,Gold
8,H,Eight,Bonn,,many,Gold
9,A,Nine,Bonn,,9,Gold
10,,Ten,Bonn,,10,Gold
`)
	for key, want := range map[string]string{
		"1":  "reject match_duplicate held; 1 rows, created, unread; failed [match_duplicate Code__c]",
		"2":  "unchanged ; 1 rows, created, found; failed []",
		"3":  "reject bad_picklist Tier__c: not a value of the picklist held; 1 rows, created, unread; failed [bad_picklist Tier__c]",
		"4":  "reject key_duplicate 2 rows held; 2 rows, created, unread; failed [key_duplicate ]",
		"5":  "leave left_model; 0 rows, created, unread; failed []",
		"6":  "reject required_null LastName: no value, and Salesforce creates no record without one; 1 rows, none, none; failed [required_null LastName]",
		"7":  "create new_in_model; 1 rows, none, none; failed []",
		"8":  "reject bad_value Score__c: not a valid double; 1 rows, none, unread; failed [bad_value Score__c]",
		"9":  "reject match_duplicate; 1 rows, none, unread; failed [match_duplicate Code__c]",
		"10": "reject match_null; 1 rows, none, unread; failed [match_null Code__c]",
	} {
		y := p.asked(key)
		failed := []string{}
		for _, c := range y.Checks {
			if c.Result == "failed" {
				failed = append(failed, c.Reason+" "+c.Field)
			}
		}
		held := ""
		if y.Held {
			held = " held"
		}
		detail := y.Detail
		if detail != "" {
			detail = " " + detail
		}
		got := fmt.Sprintf("%s %s%s%s; %d rows, %s, %s; failed %v", y.Action, y.Reason, detail, held, y.Rows, y.Snapshot, y.Live, failed)
		if got != want {
			t.Errorf("row %s: %s\n\t\twant %s", key, got, want)
		}
		if y.Key != key || y.Addr != "sync.people" || (y.Rows > 0) != (len(y.Checks) > 0) || len(y.Fields) != 6 {
			t.Errorf("row %s: %+v", key, y)
		}
	}
	if f := p.asked("8").Fields[4]; f.Field != "Score__c" || f.Model == nil || *f.Model != "many" || f.Snapshot != nil {
		t.Errorf("the value that is no number is shown as %+v", f)
	}
	if f := p.asked("7").Fields; f[3].Field != "Email" || !f[3].Masked || strings.Contains(*f[3].Model, "@") || !f[1].Written || *f[1].Model != "Seven" {
		t.Errorf("the fields of a new row are %+v", f)
	}

	p.options.Why = "no such row"
	_, ds := p.engine.Plan(context.Background(), p.load(), p.options)
	p.refused(ds, "P111", "Neither a model nor a snapshot")
}

func TestWhyShowsModelSnapshotAndLiveSideBySideAndHidesThemInPublic(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.byHand("marketo@acme.example", func(h *hand) {
		h.call("PATCH", "/sobjects/Contact/"+h.id("SELECT Id FROM Contact WHERE Code__c = 'A'"), map[string]any{"MailingCity": "Cologne"})
	})
	p.rows(strings.Replace(twoPeople, "London", "Leeds", 1))
	p.options.Why = "1"
	doc := p.plan()
	y := doc.Why[0]
	f := y.Fields[2]
	if y.Action != "update" || y.Live != "found" || len(y.Record) != 18 || f.Field != "MailingCity" || *f.Model != "Leeds" || *f.Snapshot != "London" || *f.Live != "Cologne" || !f.Written {
		t.Errorf("the answer is %+v", y)
	}
	if p.options.Why = ""; p.plan().ID != doc.ID {
		t.Error("the question changed the plan's id")
	}
	public := doc.Public().Why[0]
	if !public.KeyMasked || public.Key == "1" || !public.Fields[2].Masked || *public.Fields[2].Live == "Cologne" || doc.Why[0].KeyMasked {
		t.Errorf("in public the answer is %+v", public)
	}
}
