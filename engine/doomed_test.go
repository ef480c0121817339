package engine_test

import (
	"slices"
	"strings"
	"testing"
)

// before is what the org and the state hold when the run starts that is going to die: two people are known, one of them
// changes, two are new and one left.
const before = `
1,A,Okafor,London,ada@example.com,1.5,Gold
2,B,Lindqvist,Malmö,bjorn@example.com,2,Silver
3,C,Rossi,Roma,chiara@example.com,3,Gold
`

const after = `
1,A,Okafor,Leeds,ada@example.com,1.5,Gold
2,B,Lindqvist,Malmö,bjorn@example.com,2,Silver
4,D,Novák,Brno,dana@example.com,4,Silver
5,E,Dubois,Lyon,emile@example.com,5,Gold
6,F,Adopted,Oslo,frida@example.com,6,Gold
`

// doomed is a project in which an apply has to create, update, adopt and forget.
func doomed(t *testing.T) *project {
	t.Helper()
	p := people(t, before)
	p.applied()
	p.byHand("", func(h *hand) {
		h.call("POST", "/sobjects/Contact", map[string]any{"Code__c": "F", "LastName": "Other", "MailingCity": "Oslo"})
	})
	p.rows(after)
	return p
}

// lost is a project whose last apply died after everything was sent, and before anything of the updates was heard.
func lost(t *testing.T) *project {
	t.Helper()
	p := doomed(t)
	saved := p.snapshotDir()
	steps, _ := p.rehearse(saved)
	p.die(1 + slices.Index(steps, "hear of update"))
	return p
}

// whole holds that the next apply puts everything right: each record once, origins as if nothing had happened, nothing
// left to do.
func (p *project) whole(name string) {
	p.t.Helper()
	if run := p.apply(); run != nil && run.Status != "applied" {
		p.t.Fatalf("%s: the run ended as %+v", name, run)
	}
	p.empty(name)
	p.byHand("", func(h *hand) {
		found := map[any]int{}
		for _, r := range h.find("SELECT Code__c FROM Contact") {
			found[r["Code__c"]]++
		}
		for _, code := range []string{"A", "B", "C", "D", "E", "F"} {
			if found[code] != 1 {
				p.t.Errorf("%s: the org holds %v", name, found)
			}
		}
	})
	want := "1 created|2 created|4 created|5 created|6 adopted"
	// Beside the records, nothing is left of the run: no stage, no intent, one row an item.
	got := strings.Join(p.texts("SELECT key || ' ' || origin AS t FROM RECORDS UNION ALL SELECT 'stage of ' || run FROM STATE.stages UNION ALL "+
		"SELECT table_name FROM duckdb_tables() WHERE database_name = 'state' AND table_name LIKE 'intent%' UNION ALL "+
		"SELECT 'twice ' || addr FROM STATE.items GROUP BY addr HAVING count(*) > 1 ORDER BY t"), "|")
	if got != want {
		p.t.Errorf("%s: the state holds %q, want %q", name, got, want)
	}
}
