package engine_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

func (l *life) pick(of ...string) string { return of[l.rnd.IntN(len(of))] }

// rare is true once in n times.
func (l *life) rare(n int) bool { return l.rnd.IntN(n) == 0 }

// value is a random value of a field, canonical; a row may have values that no record can have.
func (l *life) value(field string, row bool) string {
	switch field {
	case l.city():
		return l.pick("", "Oslo", "Roma", "Köln")
	case "Score__c":
		return l.pick("", "1.00", "2.50", "-0.10")
	case "Tier__c":
		if row && l.rare(8) {
			return "Lead"
		}
		return l.pick("", "Gold", "Silver")
	case "DoNotCall":
		if row {
			return l.pick("", "true", "false")
		}
		return l.pick("true", "false")
	case "LastName":
		if row && l.rare(6) {
			return ""
		}
		return l.pick("Okafor", "Nguyễn", "O'Brien")
	}
	if row && l.rare(12) {
		return ""
	}
	return l.pick("A", "B", "C", "D", "E", "F", "G", "a", "b", "c")
}

// churn changes the model's rows.
func (l *life) churn() {
	for k := range 7 {
		key := itoa(k)
		row := l.rows[key]
		switch {
		case row == nil && l.rare(2):
			row = map[string]string{}
			for _, f := range l.fields() {
				row[f] = l.value(f, true)
			}
			row[l.code] = string(rune('A' + k))
			l.rows[key] = row
		case row != nil && l.rare(5):
			delete(l.rows, key)
			continue
		}
		for _, f := range l.fields() {
			if often := map[bool]int{true: 9, false: 4}[f == l.code]; row != nil && l.rare(often) {
				row[f] = l.value(f, true)
			}
		}
	}
}

// table is the model's rows as they are read this time, and writes them to the model's file. Some have the key of another
// one or none, and come and go at once.
func (l *life) table() []modelRow {
	var out []modelRow
	for _, key := range slices.Sorted(maps.Keys(l.rows)) {
		out = append(out, modelRow{key, maps.Clone(l.rows[key])})
	}
	if len(out) > 0 && l.rare(6) {
		out = append(out, modelRow{out[l.rnd.IntN(len(out))].key, out[0].values})
	}
	if len(out) > 0 && l.rare(8) {
		out[l.rnd.IntN(len(out))].key = ""
	}
	l.note("step %d: model", l.step)
	for _, row := range out {
		l.note("  %s %v", row.key, row.values)
	}
	l.write("people.csv", l.csv(out))
	return out
}

// csv spells the rows, in random order.
func (l *life) csv(rows []modelRow) string {
	lines := []string{}
	for _, row := range rows {
		v := func(f string) string { return row.values[f] }
		city, score := v(l.city()), v("Score__c")
		if city != "" && l.rare(4) {
			city = "  " + city + " "
		}
		if score != "" && l.rare(2) {
			score = strings.TrimSuffix(score, "0")
		}
		lines = append(lines, strings.Join([]string{row.key, v(l.code), v("LastName"), city, score, v("Tier__c"), v("DoNotCall")}, ","))
	}
	l.rnd.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return "id,code,name,city,score,tier,stop\n" + strings.Join(lines, "\n") + "\n"
}

// meddle lets people do things in the org.
func (l *life) meddle() {
	for range l.rnd.IntN(4) {
		if l.rare(4) || len(l.records) == 0 {
			l.make()
			continue
		}
		rec := l.records[l.rnd.IntN(len(l.records))]
		switch {
		case rec.converted || rec.purged:
		case rec.deleted:
			l.undelete(rec)
		default:
			l.touch(rec)
		}
	}
}

func (l *life) make() {
	rec := &orgRecord{values: map[string]string{"Title": ""}}
	body := map[string]any{}
	if l.object == "Lead" {
		body["Company"] = "Acme"
	}
	for _, f := range l.fields() {
		rec.values[f] = l.value(f, false)
		if v := rec.values[f]; v != "" {
			body[f] = v
		}
	}
	if l.find(rec.values[l.code]) != nil {
		delete(body, l.code)
		rec.values[l.code] = ""
	}
	var out struct{ ID string }
	if err := json.Unmarshal(l.hand.call("POST", "/sobjects/"+l.object, l.typed(body)), &out); err != nil {
		l.t.Fatal(err)
	}
	rec.id = out.ID
	l.records = append(l.records, rec)
	l.note("hand makes %s %v", rec.id, rec.values)
}

// typed is a body with numbers and truth values.
func (l *life) typed(body map[string]any) map[string]any {
	for f, v := range body {
		switch s, _ := v.(string); {
		case s == "" && v != nil:
			body[f] = nil
		case f == "Score__c" && v != nil:
			body[f] = json.Number(s)
		case f == "DoNotCall":
			body[f] = s == "true"
		}
	}
	return body
}

func (l *life) change(rec *orgRecord, body map[string]any) {
	l.hand.call("PATCH", "/sobjects/"+l.object+"/"+rec.id, l.typed(body))
}

func (l *life) did(err error) {
	if err != nil {
		l.t.Fatal(err)
	}
}

// signed makes somebody else the one who changed the record last: what the integration user does by hand is not told from
// what it writes.
func (l *life) signed(rec *orgRecord) { l.change(rec, map[string]any{"FirstName": fmt.Sprint(l.step)}) }

func (l *life) undelete(rec *orgRecord) {
	if l.find(rec.values[l.code]) != nil || !l.rare(2) {
		return
	}
	l.did(l.org.org.Undelete(rec.id))
	rec.deleted, rec.master = false, nil
	l.signed(rec)
	l.note("hand undeletes %s %v", rec.id, rec.values)
}

func (l *life) touch(rec *orgRecord) {
	switch n := l.rnd.IntN(10); {
	case n < 5:
		f := l.fields()[l.rnd.IntN(len(l.fields()))]
		v := l.value(f, false)
		if f == l.code && l.find(v) != nil || f == l.code && l.rare(2) {
			return
		}
		l.change(rec, map[string]any{f: v})
		rec.values[f] = v
		l.note("hand sets %s of %s to %q", f, rec.id, v)
	case n < 7:
		l.hand.call("DELETE", "/sobjects/"+l.object+"/"+rec.id, nil)
		rec.deleted = true
		l.note("hand deletes %s", rec.id)
	case n == 7 && l.rare(2):
		l.did(l.org.org.Purge(rec.id))
		rec.deleted, rec.purged = true, true
		l.note("hand purges %s", rec.id)
	case n == 8 && l.object == "Lead" && l.rare(2):
		_, err := l.org.org.Convert(rec.id, emulator.Conversion{})
		l.did(err)
		rec.converted = true
		l.note("hand converts %s", rec.id)
	default:
		master := l.records[l.rnd.IntN(len(l.records))]
		if master == rec || master.deleted || master.converted {
			return
		}
		l.did(l.org.org.Merge(master.id, rec.id))
		rec.deleted, rec.master = true, master
		l.signed(master)
		l.note("hand merges %s into %s", rec.id, master.id)
	}
}
