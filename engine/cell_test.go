package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestEveryCellOfTheModes takes a row through every cell of the table of modes: plan, apply, a look at the org, and a plan
// that finds nothing more. The rows N, C and L are new and have no record; G, D and M find one, of Lagos. All say London.
// Then C and D say Leeds, and L and M have left.
func TestEveryCellOfTheModes(t *testing.T) {
	t.Parallel()
	const (
		set      = "  on_leave \"set\" {\n    MailingCity = \"Nowhere\"\n    DoNotCall   = true\n    Title       = null\n  }"
		upserts  = "N create new_in_model, G update adopted, C create new_in_model, D update adopted, L create new_in_model, M update adopted"
		upserted = "C update field_changed, D update field_changed, "
		updates  = "N skip no_match, G update adopted, C skip no_match, D update adopted, L skip no_match, M update adopted"
		updated  = "N skip no_match, C skip no_match, D update field_changed, "
	)
	for name, c := range map[string]struct {
		mode, args    string
		first, second string // what becomes of which row, and why
		cities        string // at last
	}{
		"upsert, ignore": {"upsert", "", upserts, upserted + "L leave left_model, M leave left_model", "N London, G London, C Leeds, D Leeds, L London, M London"},
		"upsert, clear":  {"upsert", `  on_leave = "clear"`, upserts, upserted + "L clear left_model, M clear left_model", "N London, G London, C Leeds, D Leeds, L -, M -"},
		"upsert, set":    {"upsert", set, upserts, upserted + "L clear left_model, M clear left_model", "N London, G London, C Leeds, D Leeds, L Nowhere, M Nowhere"},
		"upsert, delete": {"upsert", `  on_leave = "delete"`, upserts, upserted + "L remove left_model, M leave left_model", "N London, G London, C Leeds, D Leeds, M London"},
		"upsert, delete_adopted": {"upsert", "  on_leave = \"delete\"\n  delete_adopted = true", upserts, upserted + "L remove left_model, M remove left_model",
			"N London, G London, C Leeds, D Leeds"},
		"insert": {"insert", "", "N create new_in_model, G skip exists, C create new_in_model, D skip exists, L create new_in_model, M skip exists",
			"G skip exists, D skip exists", "N London, G Lagos, C London, D Lagos, L London, M Lagos"},
		"insert without match": {"insert", "", "N create new_in_model, G create new_in_model, C create new_in_model, D create new_in_model, L create new_in_model, M create new_in_model",
			"", "N London, G Lagos, G London, C London, D Lagos, D London, L London, M Lagos, M London"},
		"update, ignore": {"update", "", updates, updated + "M leave left_model", "G London, D Leeds, M London"},
		"update, clear":  {"update", `  on_leave = "clear"`, updates, updated + "M clear left_model", "G London, D Leeds, M -"},
		"update, set":    {"update", set, updates, updated + "M clear left_model", "G London, D Leeds, M Nowhere"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := people(t, "")
			p.edit("  mode    = \"upsert\"", "  mode    = \""+c.mode+"\"\n"+c.args)
			match := "Code__c"
			if strings.HasSuffix(name, "without match") {
				match = "FirstName" // which tells the records apart, and not the rows
				p.edit("  match       = \"Code__c\"\n", "")
				p.edit("    Code__c     = col.code\n", "    FirstName   = col.code\n")
			}
			rows := func(city func(row string) string) {
				var lines []string
				for _, row := range strings.Split("N G C D L M", " ") {
					if to := city(row); to != "" {
						lines = append(lines, row+","+row+",Okafor,"+to+",,,")
					}
				}
				p.rows(strings.Join(lines, "\n"))
			}
			rows(func(string) string { return "London" })
			p.byHand("hand@acme.example", func(h *hand) {
				for _, row := range []string{"G", "D", "M"} {
					h.call("POST", "/sobjects/Contact", map[string]any{match: row, "LastName": "Okafor", "MailingCity": "Lagos", "Title": "Dr"})
				}
			})
			fates := func(want string) {
				t.Helper()
				var got []string
				for _, s := range p.plan().Item("sync.people").Samples {
					got = append(got, s.Key+" "+s.Action+" "+s.Reason)
				}
				if strings.Join(sorted(got), ", ") != strings.Join(sorted(strings.Split(want, ", ")), ", ") {
					t.Errorf("the plan says %q, want %q", sorted(got), want)
				}
			}
			fates(c.first)
			p.apply()
			rows(func(row string) string {
				return map[string]string{"C": "Leeds", "D": "Leeds", "N": "London", "G": "London"}[row]
			})
			fates(c.second)
			p.apply()
			p.settled("after all")
			var cities []string
			p.byHand("", func(h *hand) {
				for _, rec := range h.find("SELECT " + match + ", MailingCity, LastName, DoNotCall, Title FROM Contact") {
					city, left := rec["MailingCity"], rec["MailingCity"] == "Nowhere"
					if city == nil {
						city = "-"
					}
					cities = append(cities, fmt.Sprint(rec[match], " ", city))
					if rec["LastName"] != "Okafor" || rec["DoNotCall"] != left || left && rec["Title"] != nil {
						t.Errorf("the record is %v", rec)
					}
				}
			})
			if strings.Join(sorted(cities), ", ") != strings.Join(sorted(strings.Split(c.cities, ", ")), ", ") {
				t.Errorf("the cities are %q, want %q", sorted(cities), c.cities)
			}
		})
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// TestRefusedCells are those of which the design says that there is no such thing.
func TestRefusedCells(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ mode, args, want string }{
		"mirror":            {"mirror", "", "audience"},
		"update and delete": {"update", `  on_leave = "delete"`, "delete"},
		"update and create": {"update", `  on_missing = "create"`, "creates no records"},
		"insert and leave":  {"insert", `  on_leave = "clear"`, "insert"},
		"insert and create": {"insert", `  on_missing = "create"`, "never finds one missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := people(t, onlyA)
			p.edit("  mode    = \"upsert\"", "  mode    = \""+c.mode+"\"\n"+c.args)
			if _, diags := p.tryLoad(); !diags.HasErrors() || !strings.Contains(diags.Error(), c.want) {
				t.Errorf("the diagnostics are %v", diags)
			}
		})
	}
}
