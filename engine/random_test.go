package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestRandomHistoriesEndInStep holds the law of the product over random histories: after an apply the org holds what
// the model says wherever the model has an opinion, and the next plan finds nothing. Between the applies rows come,
// change and go, and people edit and delete records. The order of the model's rows does not matter.
func TestRandomHistoriesEndInStep(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 7))
			p := people(t, "")
			gone := map[string]bool{} // keys whose record was deleted by hand while the row was kept
			kept := map[string]bool{}
			for step := range 5 {
				rows := randomRows(rnd)
				p.rows(text(rows, rnd))
				id := p.plan().ID
				p.rows(text(rows, rnd))
				doc, run := p.carry()
				if doc.ID != id {
					t.Fatalf("step %d: the order of rows changes the plan", step)
				}
				if run != nil && run.Status != "applied" {
					t.Fatalf("step %d: the run is %+v", step, run)
				}
				p.empty(fmt.Sprintf("step %d", step))
				for k := range kept {
					if rows[k] == nil {
						delete(gone, k) // left the snapshot: a new row may create it again
					}
				}
				clear(kept)
				p.byHand("hand@acme.example", func(h *hand) {
					for k, r := range rows {
						kept[k] = true
						live := h.find("SELECT Id, LastName, MailingCity, Tier__c FROM Contact WHERE Code__c = '" + r["code"] + "'")
						if gone[k] {
							continue
						}
						if len(live) != 1 {
							t.Fatalf("step %d: row %s has %d records", step, k, len(live))
						}
						for col, field := range map[string]string{"name": "LastName", "city": "MailingCity", "tier": "Tier__c"} {
							if r[col] != "" && live[0][field] != r[col] {
								t.Errorf("step %d: row %s has %s %v, the model says %q", step, k, field, live[0][field], r[col])
							}
						}
						switch rnd.IntN(6) {
						case 0:
							h.call("DELETE", "/sobjects/Contact/"+fmt.Sprint(live[0]["Id"]), nil)
							gone[k] = true
						case 1:
							h.call("PATCH", "/sobjects/Contact/"+fmt.Sprint(live[0]["Id"]), map[string]any{"MailingCity": "By hand"})
						}
					}
				})
			}
		})
	}
}

func randomRows(rnd *rand.Rand) map[string]map[string]string {
	rows := map[string]map[string]string{}
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	for k := range 9 {
		if rnd.IntN(4) == 0 {
			continue
		}
		rows[itoa(k)] = map[string]string{
			"code": "C" + itoa(k), "name": pick("Ødegård", "O'Brien", "Nguyễn"), "city": pick("", "Köln", "Oslo"), "tier": pick("", "Gold", "Silver"),
		}
	}
	return rows
}

// text writes the rows in random order.
func text(rows map[string]map[string]string, rnd *rand.Rand) string {
	var lines []string
	for k, r := range rows {
		lines = append(lines, strings.Join([]string{k, r["code"], r["name"], r["city"], "", "", r["tier"]}, ","))
	}
	slices.Sort(lines)
	rnd.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return strings.Join(lines, "\n")
}
