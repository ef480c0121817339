package engine_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// seeds are those that a property test tries: the first few, or as many as SIGNALSMITH_TEST_SEEDS says, from
// SIGNALSMITH_TEST_SEED on.
func seeds(t *testing.T, few int) (from, to uint64) {
	t.Helper()
	number := func(name string, otherwise int) uint64 {
		n, err := strconv.Atoi(os.Getenv(name))
		if err != nil {
			n = otherwise
		}
		return uint64(n)
	}
	from = number("SIGNALSMITH_TEST_SEED", 0)
	return from, from + number("SIGNALSMITH_TEST_SEEDS", few)
}

// TestRandomPoliciesDoWhatTheReferenceDoes holds plans and applies of random syncs against the reference, row by row and
// record by record, while rows come, change and go, and people edit, delete, undelete, purge, merge, convert and make
// records.
func TestRandomPoliciesDoWhatTheReferenceDoes(t *testing.T) {
	t.Parallel()
	from, to := seeds(t, 3)
	for seed := from; seed < to; seed++ {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			l := newLife(t, rand.New(rand.NewPCG(seed, 11)))
			for step := range 6 {
				l.step = step
				l.turn()
			}
		})
	}
}

// life is a sync, its org and the reference of both, while time goes by.
type life struct {
	*project
	*reference
	rnd  *rand.Rand
	org  *hand // the integration user
	hand *hand // somebody else
	rows map[string]map[string]string
	step int
	log  []string // what has happened, for the reader of a failure
}

func newLife(t *testing.T, rnd *rand.Rand) *life {
	l := &life{reference: randomReference(rnd), rnd: rnd, rows: map[string]map[string]string{}}
	p, h := servedAs(t, strings.Replace(peopleSchema, `"Contact"`, `"`+l.object+`"`, 1), emulator.Options{})
	l.project, l.org, l.hand = p, h, h.as("hand@acme.example")
	text := p.read("main.hcl")
	from := strings.Index(text, "mapping \"contact\"")
	columns := "select * from read_csv('people.csv', header = true, auto_detect = false, columns = {" +
		"id: 'varchar', code: 'varchar', name: 'varchar', city: 'varchar', score: 'varchar', tier: 'varchar', stop: 'varchar'})"
	p.write("main.hcl", strings.NewReplacer(`"Contact"`, `"`+l.object+`"`, peopleSQL, columns).Replace(text[:from])+l.hcl())
	l.note("%s", l.hcl())
	p.options.Samples = -1
	return l
}

func (l *life) note(format string, args ...any) { l.log = append(l.log, fmt.Sprintf(format, args...)) }

func (l *life) failf(format string, args ...any) {
	l.t.Helper()
	l.t.Fatalf("step %d: %s\n%s", l.step, fmt.Sprintf(format, args...), strings.Join(l.log, "\n"))
}

func (r *reference) city() string {
	return map[string]string{"Contact": "MailingCity", "Lead": "City"}[r.object]
}

// randomReference is a sync of random settings.
func randomReference(rnd *rand.Rand) *reference {
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	r := &reference{object: pick("Contact", "Lead"), mode: pick("upsert", "upsert", "upsert", "update", "insert"), leave: "ignore", missing: "skip",
		optIn: rnd.IntN(2) == 0, known: map[string]*knownRow{}, code: "Code__c", name: "LastName", optor: "DoNotCall", set: map[string]string{}}
	usual := fieldPolicy{"ignore", "always", "correct"}
	r.policies = map[string]fieldPolicy{"Code__c": usual, "LastName": usual, "DoNotCall": usual}
	for _, f := range []string{r.city(), "Score__c", "Tier__c"} {
		p := fieldPolicy{null: "ignore", overwrite: pick("always", "always", "on_change", "if_empty", "on_create")}
		switch p.overwrite {
		case "always":
			p.null, p.drift = pick("ignore", "clear", "reject"), pick("correct", "report", "ignore")
		case "if_empty":
			p.drift = pick("correct", "ignore")
		case "on_change":
			p.null, p.drift = pick("ignore", "clear", "reject"), pick("report", "ignore")
		default:
			p.drift = pick("report", "ignore")
		}
		r.policies[f] = p
	}
	switch r.mode {
	case "insert":
		r.optIn = false // which would contradict it
	case "upsert":
		r.leave, r.missing = pick("ignore", "clear", "set", "delete", "delete"), pick("skip", "create")
	case "update":
		r.leave = pick("ignore", "clear", "set")
	}
	r.deleteAdopted = r.leave == "delete" && rnd.IntN(2) == 0
	if r.leave == "clear" && len(r.leaving()) == 0 {
		r.leave = "ignore" // which would clear nothing, and is refused
	}
	if r.leave == "set" {
		r.set["Title"] = "Left"
		for f, value := range map[string]string{r.city(): "Nowhere", "Tier__c": ""} {
			if r.policies[f].overwrite != "on_create" {
				r.set[f] = value
			}
		}
	}
	return r
}

func (r *reference) column(field string) string {
	return map[string]string{"Code__c": "code", "LastName": "name", "Score__c": "score", "Tier__c": "tier", "DoNotCall": "stop"}[field]
}

// hcl is the mapping and the sync.
func (r *reference) hcl() string {
	var b strings.Builder
	b.WriteString("mapping \"contact\" {\n  target = target.contact\n")
	for _, f := range r.fields() {
		column, p := r.column(f), r.policies[f]
		if column == "" {
			column = "city"
		}
		fmt.Fprintf(&b, "  field %q {\n    value     = col.%s\n", f, column)
		if p != (fieldPolicy{"ignore", "always", "correct"}) {
			fmt.Fprintf(&b, "    on_null   = %q\n    overwrite = %q\n    on_drift  = %q\n", p.null, p.overwrite, p.drift)
		}
		b.WriteString("  }\n")
	}
	if r.object == "Lead" {
		b.WriteString("  fields = { Company = \"Acme\" }\n")
	}
	fmt.Fprintf(&b, "}\nsync \"people\" {\n  model   = model.people\n  mapping = mapping.contact\n  mode    = %q\n", r.mode)
	if r.leave == "set" {
		b.WriteString("  on_leave \"set\" {\n")
		for f, value := range r.set {
			if value == "" {
				fmt.Fprintf(&b, "    %s = null\n", f)
			} else {
				fmt.Fprintf(&b, "    %s = %q\n", f, value)
			}
		}
		b.WriteString("  }\n")
	} else if r.leave != "ignore" {
		fmt.Fprintf(&b, "  on_leave = %q\n", r.leave)
	}
	if r.deleteAdopted {
		b.WriteString("  delete_adopted = true\n")
	}
	if r.missing == "create" {
		b.WriteString("  on_missing = \"create\"\n")
	}
	if r.optIn {
		b.WriteString("  allow_opt_in = true\n")
	}
	// What random lives lose is what they are for.
	b.WriteString("  guard {\n    max_remove  = 100000\n    max_missing = 100000\n    max_reject  = 100000\n    min_rows    = 0\n  }\n")
	b.WriteString("}\n")
	return b.String()
}

// turn lets rows and records change, and then holds plan, apply and the plan after it, until nothing is left to do.
func (l *life) turn() {
	l.churn()
	l.meddle()
	rows := l.table()
	fates, nulls := l.reference.plan(rows)
	for round := range 4 {
		doc := l.planned(rows, fates, nulls)
		none := doc.Counts.Writes()+doc.Counts.Notes() == 0
		l.note("  round %d: %s", round, l.counts(fates, nulls))
		var refused []string
		if !l.halted(fates) {
			refused = l.reference.apply(fates)
		}
		l.applied(refused)
		l.same()
		if none || l.halted(fates) || len(refused) > 0 && round > 0 {
			return
		}
		fates, nulls = l.reference.plan(rows)
	}
	l.failf("there is always something left to do")
}

// planned plans, and holds the plan against the reference.
func (l *life) planned(rows []modelRow, fates map[string]*fate, nulls int) *plan.Item {
	doc := l.project.plan()
	it := doc.Item("sync.people")
	got, want := map[string]string{}, map[string]string{}
	for _, s := range it.Samples {
		if s.Action != "kept" && s.Action != "held" && s.Key != "(null)" {
			got[s.Key] = strings.TrimSpace(s.Action + " " + s.Reason + " " + writes(s))
		}
	}
	var drifted, stays int64
	for key, f := range fates {
		if f.action != "unchanged" && f.action != "held" {
			want[key] = strings.TrimSpace(f.action + " " + f.reason + " " + f.wrote())
		}
		if f.drifted {
			drifted++
		}
		if f.stays {
			stays++
		}
	}
	if !maps.Equal(got, want) {
		l.failf("the plan says %v\n the reference %v", got, want)
	}
	if c := l.counts(fates, nulls); counts(it) != c {
		l.failf("the plan counts %q, the reference %q", counts(it), c)
	}
	if it.Reasons["drifted"] != drifted || it.Reasons["opted_out"] != stays {
		l.failf("the plan's reasons are %v, the reference has %d drifted and %d opted out", it.Reasons, drifted, stays)
	}
	if l.rnd.IntN(4) == 0 {
		l.write("people.csv", l.csv(rows))
		if again := l.project.plan(); again.ID != doc.ID {
			l.failf("the order of rows changes the plan")
		}
	}
	return it
}

// writes names the fields that a sample writes, with what.
func writes(s plan.Sample) string {
	if s.Action != "update" && s.Action != "clear" {
		return ""
	}
	var out []string
	for _, f := range s.Fields {
		out = append(out, f.Field+"="+deref(f.After))
	}
	slices.Sort(out)
	return strings.Join(out, ",")
}

func (f *fate) wrote() string {
	if f.action != "update" && f.action != "clear" {
		return ""
	}
	var out []string
	for name, v := range f.writes {
		out = append(out, name+"="+v)
	}
	slices.Sort(out)
	return strings.Join(out, ",")
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// applied applies. Rows that Salesforce refuses fail, and no others.
func (l *life) applied(refused []string) {
	_, run, diags := l.engine.Apply(context.Background(), l.load(), engine.ApplyOptions{PlanOptions: l.options, FirstRun: true})
	l.sound(diags)
	if run == nil {
		if len(refused) > 0 {
			l.failf("nothing was tried, the reference says that %v fail", refused)
		}
		return
	}
	if run.Failed.Total() != int64(len(refused)) || run.NotTried.Total() != 0 {
		l.failf("the run is %+v, the reference says that %v fail", run, refused)
	}
}

// same holds that the org has what the reference has.
func (l *life) same() {
	fields := append(l.fields(), "Title")
	got := map[string]string{}
	for _, rec := range l.org.find("SELECT Id, " + strings.Join(fields, ", ") + " FROM " + l.object) {
		values := map[string]string{}
		for _, f := range fields {
			values[f] = canonical(rec[f])
		}
		id := fmt.Sprint(rec["Id"])
		got[id] = fmt.Sprint(values)
		if ref := l.find(values[l.code]); ref != nil && ref.id == "" {
			ref.id = id
		}
	}
	want := map[string]string{}
	for _, rec := range l.records {
		if !rec.deleted {
			values := map[string]string{}
			for _, f := range fields {
				values[f] = rec.values[f]
			}
			want[rec.id] = fmt.Sprint(values)
		}
	}
	if !maps.Equal(got, want) {
		l.failf("the org holds %v\n the reference %v", got, want)
	}
}

func canonical(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return fmt.Sprint(v)
}
