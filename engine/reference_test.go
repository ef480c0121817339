package engine_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// reference is what design says of modes and policies, for one field and a handful of rows: written down as plainly as
// possible, so that the SQL can be held against it.
type reference struct {
	mode, leave, missing     string
	null, overwrite, onDrift string

	known map[string]knownRow // the snapshot, by key
	live  map[string]*string  // the city of the record of a key; "" is an empty one, nil is no record
}

type knownRow struct {
	city    string
	created bool
	record  int // which record it is: one that was deleted and made anew is another one
}

// write gives the city after an apply.
func (r *reference) write(want string, row knownRow, known bool, live string) string {
	steady := known && want == row.city
	switch {
	case want == "" && r.null == "ignore", r.overwrite == "on_create", r.overwrite == "if_empty" && live != "",
		steady && (r.overwrite == "on_change" || r.onDrift != "correct"):
		return live
	}
	return want
}

// apply brings one row up to date. ids are the records that there are, by key; a new one gets the next number.
func (r *reference) apply(key string, want string, wanted bool, ids map[string]int, next *int) {
	row, known := r.known[key]
	live := r.live[key]
	there := live != nil && known && ids[key] == row.record
	create := func() {
		*next++
		city := want
		r.live[key], ids[key] = &city, *next
		r.known[key] = knownRow{want, true, *next}
	}
	adopt := func() {
		city := r.write(want, row, false, *live)
		r.live[key] = &city
		r.known[key] = knownRow{want, false, ids[key]}
	}
	switch {
	case !wanted && (!known || r.mode == "insert"):
	case !wanted:
		delete(r.known, key)
		switch {
		case there && r.leave == "clear" && r.overwrite != "on_create":
			empty := ""
			r.live[key] = &empty
		case there && r.leave == "delete" && row.created:
			delete(r.live, key)
		}
	case known && r.mode == "insert", want == "" && r.null == "reject":
	case there:
		city := r.write(want, row, true, *live)
		r.live[key] = &city
		row.city = want
		r.known[key] = row
	case known && r.missing == "skip":
	case live != nil && r.mode == "insert":
	case live != nil:
		adopt()
	case r.mode != "update":
		create()
	}
}

func randomReference(rnd *rand.Rand) *reference {
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	r := &reference{mode: pick("upsert", "upsert", "update", "insert"), leave: "ignore", missing: "skip", null: "ignore", overwrite: pick("always", "on_change", "if_empty", "on_create"),
		known: map[string]knownRow{}, live: map[string]*string{}}
	switch r.overwrite {
	case "always":
		r.null, r.onDrift = pick("ignore", "clear", "reject"), pick("correct", "report", "ignore")
	case "if_empty":
		r.onDrift = pick("correct", "ignore")
	case "on_change":
		r.null, r.onDrift = pick("ignore", "clear", "reject"), pick("report", "ignore")
	default:
		r.onDrift = pick("report", "ignore")
	}
	switch r.mode {
	case "upsert":
		r.leave, r.missing = pick("ignore", "clear", "delete"), pick("skip", "create")
	case "update":
		r.leave = pick("ignore", "clear")
	}
	if r.leave == "clear" && r.overwrite == "on_create" {
		r.leave = "ignore" // which would clear nothing, and is refused
	}
	return r
}

// TestRandomPoliciesDoWhatTheReferenceDoes holds plans and applies of random policies against the reference, while rows
// come, change and go, and people edit, delete and make records.
func TestRandomPoliciesDoWhatTheReferenceDoes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		rnd := rand.New(rand.NewPCG(seed, 11))
		r := randomReference(rnd)
		name := fmt.Sprintf("seed %d: %s, on_leave %s, on_missing %s, on_null %s, overwrite %s, on_drift %s", seed, r.mode, r.leave, r.missing, r.null, r.overwrite, r.onDrift)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := people(t, "")
			p.mode(r.mode)
			args := "  on_leave = \"" + r.leave + "\"\n"
			if r.missing == "create" {
				args += "  on_missing = \"create\"\n"
			}
			p.edit("  mapping = mapping.contact\n  mode", "  mapping = mapping.contact\n"+args+"  mode")
			for _, f := range []string{"Email", "Score__c", "Tier__c"} {
				p.field(f, "col."+strings.ToLower(strings.TrimSuffix(f, "__c")), `overwrite = "on_create"`)
			}
			p.field("MailingCity", "col.city", fmt.Sprintf("on_null   = %q\n    overwrite = %q\n    on_drift  = %q", r.null, r.overwrite, r.onDrift))
			ids, next := map[string]int{}, 0
			for step := range 5 {
				rows := map[string]string{}
				var lines []string
				for k := range 7 {
					if rnd.IntN(4) > 0 {
						city := []string{"", "Oslo", "Roma"}[rnd.IntN(3)]
						rows[itoa(k)] = city
						lines = append(lines, fmt.Sprintf("%d,C%d,Name,%s,,,", k, k, city))
					}
				}
				p.rows(strings.Join(lines, "\n"))
				p.byHand("hand@acme.example", func(h *hand) {
					for k := range 7 {
						key, city := itoa(k), []string{"", "Oslo", "By hand"}[rnd.IntN(3)]
						values := map[string]any{"MailingCity": nil}
						if city != "" {
							values["MailingCity"] = city
						}
						find := "SELECT Id FROM Contact WHERE Code__c = 'C" + key + "'"
						switch exists := r.live[key] != nil; {
						case exists && rnd.IntN(3) == 0:
							h.call("PATCH", "/sobjects/Contact/"+h.id(find), values)
							r.live[key] = &city
						case exists && rnd.IntN(4) == 0:
							h.call("DELETE", "/sobjects/Contact/"+h.id(find), nil)
							delete(r.live, key)
						case !exists && rnd.IntN(4) == 0:
							values["Code__c"], values["LastName"] = "C"+key, "Name"
							h.call("POST", "/sobjects/Contact", values)
							next++
							r.live[key], ids[key] = &city, next
						}
					}
				})
				for k := range 7 {
					want, wanted := rows[itoa(k)]
					r.apply(itoa(k), want, wanted, ids, &next)
				}
				if run := p.apply(); run != nil && run.Status != "applied" {
					t.Fatalf("step %d: the run is %+v", step, run)
				}
				if doc := p.plan(); !doc.Empty() || doc.Notes() > 0 {
					t.Errorf("step %d: the plan after the apply says %s, %v", step, counts(&doc.Items[0]), doc.Items[0].Reasons)
				}
				want, got := map[string]string{}, map[string]string{}
				for k, city := range r.live {
					if city != nil {
						want["C"+k] = *city
					}
				}
				p.byHand("", func(h *hand) {
					for _, rec := range h.find("SELECT Code__c, MailingCity FROM Contact") {
						city, _ := rec["MailingCity"].(string)
						got[fmt.Sprint(rec["Code__c"])] = city
					}
				})
				if !maps.Equal(got, want) {
					t.Fatalf("step %d: the org holds %v, the reference %v (model %v, known %v)", step, got, want, rows, slices.Sorted(maps.Keys(r.known)))
				}
			}
		})
	}
}
