package engine_test

import (
	"strings"
	"testing"
)

// TestPolicies holds every policy of a field in every situation that it speaks of: each step plans, applies, looks at
// the org, and plans again to nothing. The field is MailingCity of the row A; its row of the model says London.
func TestPolicies(t *testing.T) {
	t.Parallel()
	type step struct {
		do     string // "hand X": somebody writes X; "model X": the model says X; "-" is null
		plan   string
		reason string
		holds  any // afterwards
	}
	const write, leave = "update 1", "unchanged 1"
	for name, c := range map[string]struct {
		policy string
		given  any // what the record has that exists before, "" where there is none
		steps  []step
	}{
		"a null is no opinion": {"on_null = \"ignore\"", "", []step{
			{"model -", leave, "", "London"}, {"model Leeds", write, "field_changed", "Leeds"},
		}},
		"a null clears": {"on_null = \"clear\"", "", []step{
			{"model -", write, "field_changed", nil}, {"hand Lagos", write, "drifted", nil}, {"model Leeds", write, "field_changed", "Leeds"},
		}},
		"a null clears what is adopted": {"on_null = \"clear\"", "Lagos", []step{
			{"model -", write, "field_changed", nil},
		}},
		"a null rejects": {"on_null = \"reject\"", "", []step{
			{"model -", "held 1, reject 1", "required_null", "London"}, {"model Leeds", write, "field_changed", "Leeds"},
		}},
		"always writes whatever differs": {"overwrite = \"always\"", "Lagos", []step{
			{"hand Oslo", write, "drifted", "London"}, {"model Leeds", write, "field_changed", "Leeds"},
		}},
		"on_change writes what the model changed": {"overwrite = \"on_change\"", "Lagos", []step{
			{"hand Oslo", leave, "", "Oslo"}, {"model Leeds", write, "field_changed", "Leeds"}, {"hand Oslo", leave, "", "Oslo"},
			{"model -", leave, "", "Oslo"}, {"model Leeds", write, "field_changed", "Leeds"},
		}},
		"on_change can report": {"overwrite = \"on_change\"\n    on_drift  = \"report\"", "", []step{
			{"hand Oslo", leave, "drifted", "Oslo"}, {"model Leeds", write, "field_changed", "Leeds"},
		}},
		"if_empty fills": {"overwrite = \"if_empty\"", "Lagos", []step{
			{"model Leeds", leave, "", "Lagos"}, {"hand -", write, "drifted", "Leeds"}, {"hand Oslo", leave, "", "Oslo"},
		}},
		"if_empty can leave empty": {"overwrite = \"if_empty\"\n    on_drift  = \"ignore\"", "", []step{
			{"hand -", leave, "", nil}, {"model Leeds", write, "field_changed", "Leeds"},
		}},
		"on_create writes once": {"overwrite = \"on_create\"", "", []step{
			{"model Leeds", leave, "", "London"}, {"hand Oslo", leave, "", "Oslo"}, {"hand -", leave, "", nil},
		}},
		"on_create leaves what is adopted": {"overwrite = \"on_create\"", "Lagos", []step{
			{"model Leeds", leave, "", "Lagos"},
		}},
		"on_create can report, but not what was there": {"overwrite = \"on_create\"\n    on_drift  = \"report\"", "Lagos", []step{
			{"model London", leave, "", "Lagos"}, {"hand Oslo", leave, "drifted", "Oslo"},
		}},
		"drift is reported": {"on_drift = \"report\"", "Lagos", []step{
			{"hand Oslo", leave, "drifted", "Oslo"}, {"model Leeds", write, "field_changed", "Leeds"}, {"hand -", leave, "drifted", nil},
		}},
		"drift is ignored": {"on_drift = \"ignore\"", "Lagos", []step{
			{"hand Oslo", leave, "", "Oslo"}, {"model Leeds", write, "field_changed", "Leeds"}, {"hand Leeds", leave, "", "Leeds"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := func(city string) string {
				return "1,A,Okafor," + strings.TrimPrefix(city, "-") + ",ada@example.com,1.5,Gold"
			}
			p := people(t, row("London"))
			p.field("MailingCity", "col.city", c.policy)
			if c.given != "" {
				p.given(map[string]any{"Code__c": "A", "LastName": "Okafor", "MailingCity": c.given, "Email": "ada@example.com", "Score__c": 1.5})
			}
			p.applied()
			p.settled("first")
			for _, s := range c.steps {
				what, value, _ := strings.Cut(s.do, " ")
				switch {
				case what == "model":
					p.rows(row(value))
				case value == "-":
					p.patch("A", map[string]any{"MailingCity": nil})
				default:
					p.patch("A", map[string]any{"MailingCity": value})
				}
				doc, _ := p.carry()
				it := p.says(doc, s.plan)
				if s.reason != "" && it.Reasons[s.reason] != 1 || s.reason == "" && it.Reasons["drifted"] != 0 {
					t.Errorf("%s: the reasons are %v", s.do, it.Reasons)
				}
				if !strings.Contains(s.plan, "reject") {
					p.settled(s.do)
				}
				p.holds("A", "MailingCity", s.holds)
			}
		})
	}
}

// settled holds that nothing is written and nothing noted by another apply.
func (p *project) settled(when string) {
	p.t.Helper()
	doc, run := p.carry()
	p.nothing(doc, when)
	if run != nil {
		p.t.Errorf("%s: another apply did %+v", when, run.Done)
	}
}

func TestReportedDriftSaysWhoAndWhat(t *testing.T) {
	t.Parallel()
	p := people(t, twoPeople)
	p.field("MailingCity", "col.city", `on_drift = "report"`)
	p.applied()
	p.patch("A", map[string]any{"MailingCity": "Oslo", "LastName": "Other"})
	it := p.expect("update 1, unchanged 1", "drifted")
	if len(it.Fields) != 1 || it.Fields[0].Field != "LastName" {
		t.Errorf("the fields are %+v", it.Fields)
	}
	p.applied()
	it = p.expect("unchanged 2", "drifted")
	if s := it.Samples[0]; s.Action != "kept" || s.Fields[0].Field != "MailingCity" || *s.Fields[0].Before != "Oslo" || *s.Fields[0].After != "London" {
		t.Errorf("the samples are %+v", it.Samples)
	}
}

func TestOptOutsAreNeverTakenBackUnlessTheSyncSaysSo(t *testing.T) {
	t.Parallel()
	p := people(t, "1,A,Okafor,London,ada@example.com,1,Gold\n2,B,Lindqvist,Malmö,bjorn@example.com,0,Silver")
	p.edit("    Score__c    = col.score\n", "    DoNotCall   = sql(\"score = '1'\")\n")
	p.applied()
	p.empty("after the first apply")
	p.holds("A", "DoNotCall", true)
	p.patch("B", map[string]any{"DoNotCall": true})
	p.rows("1,A,Okafor,Leeds,ada@example.com,0,Gold\n2,B,Lindqvist,Malmö,bjorn@example.com,0,Silver")
	it := p.expect("update 1, unchanged 1", "opted_out")
	if it.Reasons["opted_out"] != 2 || it.OptIns != 0 {
		t.Errorf("the reasons are %v", it.Reasons)
	}
	p.applied()
	p.empty("after the change")
	it = p.expect("unchanged 2", "opted_out")
	if it.Reasons["opted_out"] != 2 {
		t.Errorf("the reasons are %v", it.Reasons)
	}
	p.holds("A", "DoNotCall, MailingCity", true, "Leeds")
	p.holds("B", "DoNotCall", true)
	p.rows("1,A,Okafor,Leeds,ada@example.com,1,Gold\n2,B,Lindqvist,Malmö,bjorn@example.com,1,Silver")
	p.applies("adopt 2")
	p.empty("where both agree")
	p.arg("  allow_opt_in = true")
	p.rows("1,A,Okafor,Leeds,ada@example.com,0,Gold\n2,B,Lindqvist,Malmö,bjorn@example.com,1,Silver")
	if it := p.expect("update 1, unchanged 1", "field_changed"); it.OptIns != 1 {
		t.Errorf("%d opt-outs are taken back", it.OptIns)
	}
	p.applied()
	p.empty("after the opt-in")
	p.holds("A", "DoNotCall", false)
}

func TestNewPolicyWritesWhatItWasSilentAbout(t *testing.T) {
	t.Parallel()
	p := people(t, "1,A,Okafor,,ada@example.com,1,Gold")
	p.applied()
	p.patch("A", map[string]any{"MailingCity": "Lagos"})
	p.empty("where null is no opinion")
	p.field("MailingCity", "col.city", `on_null = "clear"`)
	p.applies("update 1", "field_changed")
	p.empty("after it was cleared")
	p.holds("A", "MailingCity", nil)
	p.field("MailingCity", "col.city", `on_null = "reject"`)
	p.expect("held 1, reject 1", "required_null")
	p.field("MailingCity", "col.city", `on_null = "ignore"`)
	p.apply()
	p.empty("where null is no opinion again")
}
