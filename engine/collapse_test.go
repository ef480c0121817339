package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/engine/plan"
)

// crowd is n people, each with a city and a name of their own, or with those that are given.
func crowd(n int, city, name string) string {
	var b strings.Builder
	b.WriteByte('\n')
	for i := range n {
		c, l := city, name
		if c == "" {
			c = fmt.Sprintf("City %d", i)
		}
		if l == "" {
			l = fmt.Sprintf("Name %d", i)
		}
		tier := "Silver"
		if i%4 == 0 || city != "" {
			tier = "Gold"
		}
		fmt.Fprintf(&b, "%d,P%d,%s,%s,p%d@example.com,%d,%s\n", i, i, l, c, i, i, tier)
	}
	return b.String()
}

// TestCollapsingValuesAreSeen holds that a plan counts what different values become, and warns where many become few.
func TestCollapsingValuesAreSeen(t *testing.T) {
	p := people(t, crowd(40, "", ""))
	p.apply()
	p.rows(crowd(40, "Springfield", ""))
	doc := p.plan()
	fields := map[string]plan.FieldChange{}
	for _, f := range doc.Items[0].Fields {
		fields[f.Field] = f
	}
	city := fields["MailingCity"]
	if city.Changed != 40 || city.Distinct == nil || *city.Distinct != (plan.Distinct{Before: 40, After: 1}) || !city.Distinct.Collapses() {
		t.Errorf("the city: %+v %+v", city, city.Distinct)
	}
	tier := fields["Tier__c"]
	if len(tier.Transitions) != 1 || *tier.Transitions[0].From != "Silver" || *tier.Transitions[0].To != "Gold" || tier.Transitions[0].N != 30 {
		t.Errorf("the tier: %+v", tier)
	}
	warned := func(doc *plan.Plan) int {
		return slices.IndexFunc(doc.Diagnostics, func(d plan.Diagnostic) bool { return d.Code == "P112" })
	}
	i := warned(doc)
	if i < 0 || !strings.Contains(doc.Diagnostics[i].Detail, "changes MailingCity in 40 records. There it has 40 different values now, and only 1 afterwards.") || doc.Diagnostics[i].Range == nil {
		t.Errorf("the diagnostics are %+v", doc.Diagnostics)
	}
	// Where as many values come as go, nothing collapses.
	p.apply()
	p.rows(crowd(40, "Springfield", "") + "100,P100,New,Here,new@example.com,1,Gold\n")
	p.apply()
	p.rows(strings.ReplaceAll(crowd(40, "Springfield", ""), "Name ", "Surname "))
	if doc := p.plan(); warned(doc) >= 0 || doc.Items[0].Fields[0].Changed != 40 {
		t.Errorf("the fields are %+v, the diagnostics %+v", doc.Items[0].Fields, doc.Diagnostics)
	}
}
