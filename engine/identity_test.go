package engine_test

import (
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

func (p *project) ids(codes ...string) []string {
	p.t.Helper()
	var out []string
	p.byHand("", func(h *hand) {
		for _, c := range codes {
			out = append(out, h.id("SELECT Id FROM Contact WHERE Code__c = '"+c+"'"))
		}
	})
	return out
}

// org does what people do in the user interface.
func (p *project) org(do func(o *emulator.Org) error) {
	p.t.Helper()
	p.byHand("", func(h *hand) {
		if err := do(h.org); err != nil {
			p.t.Fatal(err)
		}
	})
}

func TestMergedRecordIsFollowedToItsMaster(t *testing.T) {
	t.Parallel()
	p := people(t, onlyA)
	p.applied()
	p.given(map[string]any{"LastName": "Master", "MailingCity": "Lagos"})
	a := p.ids("A")[0]
	var master string
	p.byHand("", func(h *hand) { master = h.id("SELECT Id FROM Contact WHERE LastName = 'Master'") })
	p.org(func(o *emulator.Org) error { return o.Merge(master, a) })
	it := p.expect("update 1", "merged")
	if it.Reasons["drifted"] != 0 || it.Reasons["missing_in_salesforce"] != 0 {
		t.Errorf("the reasons are %v", it.Reasons)
	}
	p.applied()
	p.settled("after the merge")
	p.holds("A", "LastName, MailingCity", "Okafor", "London")
	p.people(1)
	// The master is merged in turn, twice before anybody looks.
	for _, name := range []string{"Second", "Third"} {
		p.given(map[string]any{"LastName": name})
		p.byHand("", func(h *hand) {
			next := h.id("SELECT Id FROM Contact WHERE LastName = '" + name + "'")
			if err := h.org.Merge(next, master); err != nil {
				t.Fatal(err)
			}
			master = next
		})
	}
	p.applies("update 1", "merged")
	p.settled("after two merges")
	p.people(1)
	p.org(func(o *emulator.Org) error { return o.Delete(master) })
	p.expect("skip 1", "missing_in_salesforce")
	p.org(func(o *emulator.Org) error { return o.Purge(master) })
	p.expect("skip 1", "missing_in_salesforce")
}

func TestTwoRowsWhoseRecordsWereMergedAreDuplicates(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.arg(`  on_leave = "delete"`)
	p.applied()
	ids := p.ids("A", "B")
	p.org(func(o *emulator.Org) error { return o.Merge(ids[0], ids[1]) })
	p.expect("held 1, reject 1, unchanged 1", "match_duplicate")
	if p.apply() != nil {
		t.Error("something was done")
	}
	// Once one of the rows is gone, the record is the other's: it is not deleted with the row that left.
	p.rows(onlyA)
	p.applies("leave 1, unchanged 1", "left_model")
	p.settled("after the row left")
	p.people(1)
	p.holds("A", "LastName", "Okafor")
}

func TestMatchValueThatAnotherRecordHoldsIsSeenInThePlan(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.applied()
	p.given(map[string]any{"Code__c": "Z", "LastName": "Somebody"})
	p.rows(strings.Replace(twoPeople, "1,A,", "1,Z,", 1))
	p.expect("held 1, reject 1, unchanged 1", "match_duplicate")
	if p.apply() != nil {
		t.Error("something was tried")
	}
	p.drop("Z")
	p.applies("update 1, unchanged 1", "match_changed")
	p.settled("after the value was free")
	// Another spelling of its own value is nobody else's.
	p.rows(strings.Replace(twoPeople, "1,A,", "1,z,", 1))
	p.applies("update 1, unchanged 1", "match_changed")
	p.settled("after the new spelling")
}

func TestConvertedLeadIsReadOnly(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.write("main.hcl", strings.NewReplacer(`"Contact"`, `"Lead"`, "    MailingCity = col.city\n", "    City = col.city\n    Company = col.name\n").Replace(p.read("main.hcl")))
	p.write("org.schema.json", strings.Replace(peopleSchema, `"Contact"`, `"Lead"`, 1))
	p.arg("  on_leave = \"clear\"")
	p.applied()
	p.empty("after the first apply")
	convert := func(code string) {
		p.byHand("", func(h *hand) {
			if _, err := h.org.Convert(h.id("SELECT Id FROM Lead WHERE Code__c = '"+code+"'"), emulator.Conversion{}); err != nil {
				t.Fatal(err)
			}
		})
	}
	convert("A")
	p.rows(strings.Replace(twoPeople, "London", "Leeds", 1))
	p.expect("skip 1, unchanged 1", "converted")
	if p.apply() != nil {
		t.Error("something was done")
	}
	p.edit("sync \"people\" {\n", "sync \"people\" {\n  guard { min_rows = 0 }\n")
	p.rows("")
	convert("B")
	p.applies("leave 2", "converted")
	p.settled("after both left")
	// A new row that finds a converted lead does not write it either.
	p.rows(twoPeople)
	p.expect("skip 2", "converted")
}
