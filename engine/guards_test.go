package engine_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/duckdb"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// several are rows of people with these numbers.
func several(from, to int) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		fmt.Fprintf(&b, "%d,C%d,Name %d,Leeds,,%d,Gold\n", i, i, i, i%7)
	}
	return b.String()
}

// removing is people of which those who leave are cleared, and so many were applied.
func removing(t *testing.T, n int, line string) *project {
	t.Helper()
	p := people(t, several(1, n))
	p.arg("  on_leave = \"clear\"\n" + line)
	p.applied()
	return p
}

// clock sets the clock of the engine and of what follows.
func (p *project) clock(now time.Time) { p.engine.Now = func() time.Time { return now } }

// rule finds the one verdict of a rule on people.
func rule(t *testing.T, doc *plan.Plan, name string) plan.Guard {
	t.Helper()
	var found []plan.Guard
	for _, g := range doc.Guards {
		if g.Rule == name && g.Addr == "sync.people" {
			found = append(found, g)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d verdicts of %s: %+v", len(found), name, doc.Guards)
	}
	return found[0]
}

// allowing applies with guards that are allowed by name.
func (p *project) allowing(reason string, allows ...engine.Allow) (*plan.Plan, *plan.Run) {
	p.t.Helper()
	doc, run, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{PlanOptions: engine.PlanOptions{Allow: allows, Reason: reason}})
	p.sound(diags)
	return doc, run
}

func TestRemovalsAreBlockedByDefaultUntilSomebodyAllowsThemByName(t *testing.T) {
	t.Parallel()
	p := removing(t, 60, "")
	p.rows(several(21, 60))
	if g := rule(t, p.plan(), "max_remove"); g.Blocked || g.Where != "default" {
		t.Errorf("twenty are let through by default: %+v", g)
	}
	p.rows(several(23, 60))
	p.blocked("max_remove", "10 %", "22 of 60  36.7 %")
	if _, diags := p.engine.Plan(context.Background(), p.load(), engine.PlanOptions{Allow: []engine.Allow{{Rule: "max_remove", Addr: "sync.*"}}}); !diags.HasErrors() || diags[0].Code != "P117" {
		t.Errorf("a pattern names: %v", diags)
	}
	doc, run := p.allowing("the branch is closed", engine.Allow{Rule: "max_create", Addr: "sync.people"})
	if run != nil || len(doc.Blocked()) != 1 {
		t.Errorf("another rule was allowed, and the run is %+v", run)
	}
	before, planned := p.plan().ID, p.engine
	doc, diags := planned.Plan(context.Background(), p.load(), engine.PlanOptions{Allow: []engine.Allow{{Rule: "max_remove", Addr: "sync.people"}}})
	p.sound(diags)
	if g := rule(t, doc, "max_remove"); !g.Overridden || g.By != "--allow" || doc.ID != before || len(doc.Blocked()) != 0 {
		t.Errorf("the plan %s (%s before) says %+v", doc.ID, before, g)
	}
	_, run = p.allowing("the branch is closed", engine.Allow{Rule: "max_remove", Addr: "sync.people"})
	if run == nil || run.Done.Clear != 22 || len(run.Allowed) != 1 || run.Allowed[0].Reason != "the branch is closed" || run.Allowed[0].By != "--allow" {
		t.Fatalf("the run is %+v", run)
	}
	if kept := p.recorded(run.Run); len(kept.Allowed) != 1 || kept.Allowed[0].Rule != "max_remove" || kept.Allowed[0].N != 22 {
		t.Errorf("the record of the run is %+v", kept)
	}
	p.settled("after what was allowed")
	// What was allowed does not count again.
	p.rows(several(24, 60))
	if g := rule(t, p.plan(), "max_remove"); g.Blocked || g.Got != "1 of 38  2.7 %" || g.Note != "" {
		t.Errorf("one more is %+v", g)
	}
}

func TestRemovalsAddUpOverADay(t *testing.T) {
	t.Parallel()
	p := people(t, several(1, 10))
	start := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	p.clock(start)
	p.arg("  on_leave = \"clear\"\n  guard { max_remove = 3 }")
	p.applied()
	p.rows(several(3, 10))
	p.applies("clear 2, unchanged 8")
	p.clock(start.Add(23 * time.Hour))
	p.rows(several(5, 10))
	g := p.blocked("max_remove", "3", "4 of 10  40.0 %")
	if g.Note != "2 of these were removed in the last 24 hours" || g.N != 4 {
		t.Errorf("the guard is %+v", g)
	}
	p.rows(several(4, 10))
	p.applies("clear 1, unchanged 7")
	p.clock(start.Add(24*time.Hour + time.Minute))
	p.rows(several(6, 10))
	if doc := p.plan(); len(doc.Blocked()) != 0 || rule(t, doc, "max_remove").Got != "3 of 8  37.5 %" {
		t.Errorf("a day later: %+v", doc.Guards)
	}
	p.applied()
	p.settled("a day later")
}

func TestRemovalsThatARunDidNotGetToDoNotCount(t *testing.T) {
	t.Parallel()
	p, h := served(t, several(1, 6), emulator.Options{})
	p.remote = h
	p.applied()
	p.arg("  on_leave = \"clear\"\n  guard { max_remove = 3 }")
	p.rows(several(4, 6))
	run := p.applyAfter(func() {
		p.patch("C1", map[string]any{"MailingCity": "Lagos"})
		p.patch("C2", map[string]any{"MailingCity": "Lagos"})
	})
	if run.Done.Clear != 1 || run.NotTried.Clear != 2 {
		t.Fatalf("the run is %+v", run)
	}
	g := rule(t, p.plan(), "max_remove")
	if g.Blocked || g.N != 3 || g.Note != "1 of these were removed in the last 24 hours" {
		t.Errorf("the guard is %+v", g)
	}
}

func TestAllowBlocksLetSoMuchPass(t *testing.T) {
	t.Parallel()
	p := removing(t, 6, "  guard { max_remove = 1 }")
	p.clock(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
	allow := func(upTo int) {
		p.write("allow.hcl", fmt.Sprintf("allow {\n  rule   = \"max_remove\"\n  item   = sync.people\n  up_to  = %d\n  until  = \"2099-12-01\"\n  reason = \"The branch is closed.\"\n}\n", upTo))
	}
	p.rows(several(4, 6))
	allow(2)
	if g := p.blocked("max_remove", "1", "3 of 6  50.0 %"); g.Note != "allow.hcl:1 allows up to 2" {
		t.Errorf("the guard is %+v", g)
	}
	allow(3)
	run := p.applied()
	if run.Done.Clear != 3 || len(run.Allowed) != 1 || run.Allowed[0].By != "allow.hcl:1" || run.Allowed[0].Reason != "The branch is closed." {
		t.Errorf("the run is %+v", run)
	}
}

func TestEveryRuleBlocksAPlan(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		line, rows string
		byHand     func(p *project)
		limit, got string
	}{
		"max_create":  {"  guard { max_create = 1 }", several(1, 6), nil, "1", "2 of 6  33.4 %"},
		"max_update":  {"  guard { max_update = \"25%\" }", strings.ReplaceAll(several(1, 4), "Leeds", "York"), nil, "25 %", "4 of 4  100.0 %"},
		"max_missing": {"  guard { max_missing = 0 }", several(1, 4), func(p *project) { p.drop("C2") }, "0", "1 of 4  25.0 %"},
		"max_drift":   {"  guard { max_drift = 0 }", several(1, 4), func(p *project) { p.patch("C2", map[string]any{"MailingCity": "Lagos"}) }, "0", "1 of 4  25.0 %"},
		"max_shrink":  {"  guard { max_shrink = \"20%\" }", several(1, 3), nil, "20 %", "1 of 4  25.0 %"},
		"min_rows":    {"", "", nil, "1", "0 rows"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := people(t, several(1, 4))
			p.applied()
			if x.line != "" {
				p.arg(x.line)
			}
			if x.byHand != nil {
				x.byHand(p)
			}
			p.rows(x.rows)
			p.blocked(name, x.limit, x.got)
			if doc, run := p.allowing("", engine.Allow{Rule: name, Addr: "sync.people"}); len(doc.Blocked()) > 0 || run == nil && name != "max_missing" {
				t.Errorf("allowed, the run is %+v", run)
			}
		})
	}
}

func TestModelsThatAreTooOldAreBlocked(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for name, x := range map[string]struct {
		column  string // SQL
		zone    string
		blocked bool
		got     string
	}{
		"a timestamp":                 {"timestamp '2026-11-22 10:30:00'", "", false, "age 25 h 30 min"},
		"a timestamp of another zone": {"timestamp '2026-11-22 10:30:00'", "Europe/Berlin", true, "age 26 h 30 min"},
		"an instant":                  {"timestamptz '2026-11-22 10:30:00+02'", "", true, "age 27 h 30 min"},
		"a date":                      {"date '2026-11-23'", "", false, "age 12 h"},
		"text":                        {"'2026-11-22T09:00:00Z'", "", true, "age 27 h"},
		"text that is no time":        {"'yesterday'", "", true, "age unknown"},
		"nothing":                     {"cast(null as timestamp)", "", true, "age unknown"},
		"the newest row counts":       {"case when id = '1' then timestamp '2020-01-01' else timestamp '2026-11-23 11:00:00' end", "", false, "age 1 h"},
		"a day that has not come":     {"date '2030-01-01'", "", true, "age unknown"},
		"a time without end":          {"timestamp 'infinity'", "", true, "age unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := people(t, twoPeople)
			p.clock(now)
			zone := ""
			if x.zone != "" {
				zone = "  timezone = \"" + x.zone + "\"\n"
			}
			p.edit(peopleSQL+"\"\n", strings.Replace(peopleSQL, "select *", "select *, "+x.column+" as loaded", 1)+"\"\n"+zone+"  freshness {\n    column  = \"loaded\"\n    max_age = \"26h\"\n  }\n")
			doc := p.plan()
			if g := rule(t, doc, "freshness"); g.Blocked != x.blocked || g.Got != x.got || g.Limit != "26 h" || !strings.HasPrefix(g.Where, "main.hcl:") {
				t.Errorf("the guard is %+v (newest %v)", g, doc.Items[0].Source.Newest)
			}
			if run := p.apply(); (run == nil) != x.blocked {
				t.Errorf("the run is %+v", run)
			}
		})
	}
}

// TestFreshnessInAWarehouse asks the age of a model where its rows are, and of one whose rows are streamed, and takes no
// statement for it.
func TestFreshnessInAWarehouse(t *testing.T) {
	t.Parallel()
	for name, warehouse := range map[string]bool{"state in the warehouse": true, "state in a file": false} {
		t.Run(name, func(t *testing.T) {
			l := newLake(t)
			l.clock(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
			l.home(warehouse, twoPeople)
			l.write("people.sql", strings.Replace(l.read("people.sql"), "select *", "select *, timestamp '2026-11-22 09:30:00' as loaded", 1))
			l.edit(`  primary_key = ["id"]`, "  primary_key = [\"id\"]\n  freshness {\n    column  = \"loaded\"\n    max_age = \"26h\"\n  }")
			l.blocked("freshness", "26 h", "age 26 h 30 min")
			l.clock(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
			l.applied()
			l.server.Forget()
			l.empty("while it is fresh")
			var work []string
			for _, r := range l.server.Statements() {
				if !strings.HasPrefix(r.Statement, "DROP TABLE") {
					work = append(work, r.Statement)
				}
			}
			if len(work) > 8 {
				t.Errorf("the plan takes %d statements", len(work))
			}
		})
	}
}

func TestBlockedItemsAreLeftOutWithWhatDependsOnThem(t *testing.T) {
	t.Parallel()
	p := newProject(t, map[string]string{"main.hcl": firmsHCL, "org.schema.json": firmsSchema})
	p.edit("sync \"b_firms\" {\n", "sync \"b_firms\" {\n  guard { max_create = 1 }\n")
	p.write("leads.hcl", `
model "leads" {
  source      = source.duckdb.files
  primary_key = ["id"]
  sql         = "select 1 as id, 'Ada' as name, 'ada@example.com' as mail"
}
target "lead" {
  destination = destination.salesforce.crm
  object      = "Lead"
  match       = "Email"
}
mapping "lead" {
  target = target.lead
  fields = {
    Email    = col.mail
    LastName = col.name
    Company  = "Acme"
  }
}
sync "c_leads" {
  model   = model.leads
  mapping = mapping.lead
  mode    = "upsert"
}
`)
	if doc, run := p.carry(); run != nil || len(doc.Blocked()) != 1 {
		t.Fatalf("the run is %+v", run)
	}
	var asked *plan.Plan
	doc, run, diags := p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{
		PlanOptions: engine.PlanOptions{SkipBlocked: true},
		Confirm:     func(p *plan.Plan) (bool, error) { asked = p; return true, nil },
	})
	p.sound(diags)
	if got := asked.Sum().Create.N; got != 1 || doc.Cost.Needed.Rest != 1 {
		t.Errorf("who is asked sees %d creates, and %d calls", got, doc.Cost.Needed.Rest)
	}
	said := map[string]string{}
	for _, it := range doc.LeftOut() {
		said[it.Addr] = it.Skipped
	}
	if len(said) != 2 || said["sync.b_firms"] != "blocked by max_create" || said["sync.a_people"] != "depends on sync.b_firms, which is left out" {
		t.Errorf("left out are %v", said)
	}
	if run == nil || run.Status != "partial" || run.Done.Create != 1 || run.NotTried.Create != 5 {
		t.Fatalf("the run is %+v", run)
	}
	for _, it := range run.Items {
		if left := it.Addr != "sync.c_leads"; it.Skipped != left || left && it.Stopped != said[it.Addr] {
			t.Errorf("the run says %+v", it)
		}
	}
	p.byHand("", func(h *hand) {
		if n := len(h.find("SELECT Id FROM Account")) + len(h.find("SELECT Id FROM Contact")); n != 0 {
			t.Errorf("%d records of what was left out", n)
		}
	})
	// What is left is blocked: there is nothing to do.
	doc, run, diags = p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{PlanOptions: engine.PlanOptions{SkipBlocked: true}})
	p.sound(diags)
	if run != nil || len(doc.LeftOut()) != 2 {
		t.Errorf("the second run is %+v", run)
	}
	if past := doc.Item("sync.b_firms").History; len(past) != 0 {
		t.Errorf("a run that left it out is in its history: %+v", past)
	}
	p.edit("  guard { max_create = 1 }\n", "")
	p.applied()
	p.empty("after the limit is gone")
}

// leaky is a workspace that loses one row of what is put into it.
type leaky struct {
	providers.WorkspaceFactory
	providers.Workspace
}

func (l leaky) Open(ctx context.Context, s providers.WorkspaceSpec) (providers.Workspace, error) {
	ws, err := l.WorkspaceFactory.Open(ctx, s)
	return leaky{Workspace: ws}, err
}

func (l leaky) Fill(ctx context.Context, table string, columns []providers.Column, rows iter.Seq2[[]any, error]) (int64, error) {
	lost := int64(0)
	n, err := l.Workspace.Fill(ctx, table, columns, func(yield func([]any, error) bool) {
		for row, err := range rows {
			if lost == 0 && err == nil && strings.Contains(table, "model_") {
				lost = 1
				continue
			}
			if !yield(row, err) {
				return
			}
		}
	})
	return n + lost, err
}

func TestRowsThatGetLostOnTheWayAreNoPlan(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	l.home(false, twoPeople)
	l.applied()
	l.engine.Registry.Workspaces = []providers.WorkspaceFactory{leaky{WorkspaceFactory: duckdb.Factory()}}
	if doc, diags := l.engine.Plan(context.Background(), l.load(), l.options); doc != nil || len(diags) != 1 || diags[0].Code != "P119" || !strings.Contains(diags[0].Detail, "sent 2 rows, and 1 were compared") {
		t.Errorf("the plan is %v, with %v", doc, diags)
	}
}

// TestRemovalsAddUpInAWarehouse holds that they are on record where the state is, and go with it into a file.
func TestRemovalsAddUpInAWarehouse(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	configure := func(warehouse bool, from int) {
		l.home(warehouse, several(from, 6))
		l.arg("  on_leave = \"clear\"\n  guard { max_remove = 2 }")
	}
	configure(true, 1)
	l.applied()
	configure(true, 3)
	l.applied()
	configure(true, 4)
	if g := l.blocked("max_remove", "2", "3 of 6  50.0 %"); g.Note != "2 of these were removed in the last 24 hours" {
		t.Errorf("the guard is %+v", g)
	}
	if _, diags := l.pull(".signalsmith/state.db"); diags.HasErrors() {
		t.Fatal(diags)
	}
	configure(false, 4)
	l.blocked("max_remove", "2", "3 of 6  50.0 %")
}
