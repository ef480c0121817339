package engine_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// reference is what design says of modes, policies, leaving and identity, for one object and a handful of rows: written
// down as plainly as possible, so that the SQL can be held against it. Values are canonical text, "" is null.
type reference struct {
	object, mode      string
	leave, missing    string
	deleteAdopted     bool
	set               map[string]string // of on_leave "set", by field
	optIn             bool
	policies          map[string]fieldPolicy
	known             map[string]*knownRow // the snapshot, by key
	records           []*orgRecord
	code, name, optor string // fields: the match field, the required one, the opt-out
}

type fieldPolicy struct{ null, overwrite, drift string }

// knownRow is a row of the snapshot: what the model said, of which record.
type knownRow struct {
	values  map[string]string
	record  *orgRecord
	created bool
	was     map[string]string // of fields that only tell of drift, what was there before
}

// orgRecord is a record, whatever became of it.
type orgRecord struct {
	id        string
	values    map[string]string
	deleted   bool
	purged    bool
	converted bool
	master    *orgRecord // that it was merged into
}

// modelRow is a row of the model; no key is a null.
type modelRow struct {
	key    string
	values map[string]string
}

// fate is what becomes of a row.
type fate struct {
	action, reason string
	record         *orgRecord
	writes         map[string]string
	wants          map[string]string
	was            map[string]string
	drifted, stays bool // somebody changed it; an opt-out stays
	merged         bool
	rows           int
}

func (r *reference) fields() []string { return slices.Sorted(maps.Keys(r.policies)) }

// find gives the live record of a match value.
func (r *reference) find(code string) *orgRecord {
	for _, rec := range r.records {
		if !rec.deleted && code != "" && strings.EqualFold(rec.values[r.code], code) {
			return rec
		}
	}
	return nil
}

// end follows merges to the record that is there, nil where there is none.
func (rec *orgRecord) end() *orgRecord {
	for rec != nil && rec.deleted {
		if rec.purged {
			return nil
		}
		rec = rec.master
	}
	return rec
}

// plan gives the fate of every key.
func (r *reference) plan(rows []modelRow) (fates map[string]*fate, nulls int) {
	fates = map[string]*fate{}
	count, claims := map[string]int{}, map[string][]modelRow{}
	var single []modelRow
	for _, row := range rows {
		if row.key == "" {
			nulls++
		}
		count[row.key]++
	}
	for _, row := range rows {
		if row.key != "" && count[row.key] == 1 {
			single = append(single, row)
			if r.ignores(row.key) {
				continue
			}
			code := strings.ToLower(row.values[r.code])
			claims[code] = append(claims[code], row)
		}
	}
	for key, n := range count {
		if key != "" && n > 1 {
			fates[key] = &fate{action: "reject", reason: "key_duplicate", rows: n}
		}
	}
	// Who has a record: rows that stay, by their record and by the one that it was merged into.
	owned := map[*orgRecord][]string{}
	for key, row := range r.known {
		if count[key] > 0 || nulls > 0 {
			owned[row.record] = append(owned[row.record], key)
			if end := row.record.end(); end != nil && end != row.record {
				owned[end] = append(owned[end], key)
			}
		}
	}
	others := func(key string, rec *orgRecord) bool {
		return slices.ContainsFunc(owned[rec], func(k string) bool { return k != key })
	}
	taken := map[*orgRecord]bool{}
	for _, row := range single {
		if r.ignores(row.key) {
			fates[row.key] = &fate{action: "unchanged", rows: 1}
			continue
		}
		reason := r.bad(row)
		if reason == "" && row.values[r.code] == "" {
			reason = "match_null"
		}
		if reason == "" && len(claims[strings.ToLower(row.values[r.code])]) > 1 {
			reason = "match_duplicate"
		}
		if reason != "" {
			fates[row.key] = &fate{action: "reject", reason: reason, rows: 1}
			continue
		}
		f := r.judge(row, others)
		f.rows = 1
		fates[row.key] = f
		if f.reason == "adopted" && !r.owns(row.key, f.record) {
			taken[f.record] = true
		}
	}
	for key, row := range r.known {
		if count[key] == 0 && r.mode != "insert" {
			fates[key] = r.left(row, nulls > 0, taken[row.record] || len(owned[row.record]) > 0)
		}
	}
	return fates, nulls
}

// ignores tells whether a row is never looked at again.
func (r *reference) ignores(key string) bool { return r.mode == "insert" && r.known[key] != nil }

func (r *reference) owns(key string, rec *orgRecord) bool {
	return r.known[key] != nil && r.known[key].record == rec
}

// bad gives the reason for which a row's values are refused.
func (r *reference) bad(row modelRow) string {
	for _, f := range r.fields() {
		switch {
		case row.values[f] == "" && r.policies[f].null == "reject":
			return "required_null"
		case f == "Tier__c" && row.values[f] == "Lead":
			return "bad_picklist"
		}
	}
	return ""
}

// judge finds a row's record, and what becomes of it.
func (r *reference) judge(row modelRow, others func(string, *orgRecord) bool) *fate {
	known := r.known[row.key]
	no := func(action, reason string) *fate { return &fate{action: action, reason: reason} }
	found := r.find(row.values[r.code])
	fresh := func(reason string) *fate {
		if row.values[r.name] == "" {
			return no("reject", "required_null")
		}
		return &fate{action: "create", reason: reason, wants: row.values}
	}
	adopt := func() *fate {
		switch {
		case others(row.key, found):
			return no("reject", "match_duplicate")
		case found.converted:
			return no("skip", "converted")
		}
		return r.compare(row, nil, found)
	}
	switch {
	case known == nil && found == nil && r.mode == "update":
		return no("skip", "no_match")
	case known == nil && found == nil:
		return fresh("new_in_model")
	case known == nil && r.mode == "insert":
		return no("skip", "exists")
	case known == nil:
		return adopt()
	}
	end := known.record.end()
	switch {
	case end == nil && r.missing == "skip":
		return no("skip", "missing_in_salesforce")
	case end == nil && found == nil:
		return fresh("missing_in_salesforce")
	case end == nil:
		return adopt()
	case end.converted:
		return no("skip", "converted")
	case end != known.record && others(row.key, end):
		return no("reject", "match_duplicate")
	case found != nil && found != end && !strings.EqualFold(known.values[r.code], row.values[r.code]):
		return no("reject", "match_duplicate") // another record has the new match value
	}
	return r.compare(row, known, end)
}

// compare tells what is written into a record. known is nil where it is adopted.
func (r *reference) compare(row modelRow, known *knownRow, rec *orgRecord) *fate {
	f := &fate{record: rec, writes: map[string]string{}, wants: row.values, was: map[string]string{}, merged: known != nil && known.record != rec}
	changed, agrees, reported := false, false, false
	for _, name := range r.fields() {
		p, want, live := r.policies[name], row.values[name], rec.values[name]
		steady := known != nil && known.values[name] == want
		was, told := "", false
		if known != nil {
			was, told = known.was[name]
		}
		if p.overwrite == "on_create" && p.drift == "report" && want != live {
			switch {
			case !steady || !f.merged && told && was == live:
				f.was[name] = live
			case told:
				f.was[name] = was
			}
		}
		if want != "" && !steady && want == live {
			agrees = true
		}
		if want == live || want == "" && p.null != "clear" {
			continue
		}
		f.stays = f.stays || name == r.optor && live == "true" && !r.optIn
		switch {
		case p.overwrite == "if_empty" && live != "":
		case p.drift == "report" && steady:
			reported = reported || f.merged || !told || was != live
		case p.overwrite == "on_create", steady && (p.overwrite == "on_change" || p.drift == "ignore"):
		case name == r.optor && want == "false" && !r.optIn:
		default:
			f.writes[name] = want
			changed = changed || !steady
			f.drifted = f.drifted || steady
		}
	}
	f.drifted = (f.drifted || reported) && !f.merged
	switch {
	case len(f.writes) > 0:
		f.action = "update"
	case known == nil || f.merged || agrees:
		f.action = "adopt"
	default:
		f.action = "unchanged"
	}
	_, code := f.writes[r.code]
	switch {
	case f.merged:
		f.reason = "merged"
	case known == nil:
		f.reason = "adopted"
	case code && known.values[r.code] != row.values[r.code]:
		f.reason = "match_changed"
	case changed:
		f.reason = "field_changed"
	case len(f.writes) > 0:
		f.reason = "drifted"
	case f.action == "adopt":
		f.reason = "adopted"
	}
	return f
}

// left tells what becomes of a row that left the model.
func (r *reference) left(row *knownRow, nulls, taken bool) *fate {
	note := &fate{action: "leave", reason: "left_model"}
	rec := row.record
	switch {
	case nulls:
		return &fate{action: "held", reason: "held"}
	case r.leave == "ignore", rec.deleted, taken:
		return note
	case rec.converted:
		return &fate{action: "leave", reason: "converted"}
	case r.leave == "delete" && (row.created || r.deleteAdopted):
		return &fate{action: "remove", reason: "left_model", record: rec}
	case r.leave == "delete":
		return note
	}
	f := &fate{action: "clear", reason: "left_model", record: rec, writes: map[string]string{}}
	for name, value := range r.leaving() {
		if rec.values[name] != value {
			f.writes[name] = value
		}
	}
	if len(f.writes) == 0 {
		return note
	}
	return f
}

// leaving is what the record of a row that left gets.
func (r *reference) leaving() map[string]string {
	if r.leave == "set" {
		return r.set
	}
	out := map[string]string{}
	for name, p := range r.policies {
		if name != r.code && name != r.name && name != r.optor && p.overwrite != "on_create" {
			out[name] = ""
		}
	}
	return out
}

// apply does what a plan says, and gives the keys of rows that Salesforce refuses.
func (r *reference) apply(fates map[string]*fate) (refused []string) {
	for _, action := range []string{"create", "update", "clear", "remove", "adopt", "unchanged", "leave"} {
		for _, key := range slices.Sorted(maps.Keys(fates)) {
			f := fates[key]
			if f.action != action {
				continue
			}
			if code := f.writes[r.code]; code != "" && r.find(code) != nil && r.find(code) != f.record {
				refused = append(refused, key)
				continue
			}
			r.do(key, f)
		}
	}
	return refused
}

func (r *reference) do(key string, f *fate) {
	if f.record != nil {
		maps.Copy(f.record.values, f.writes)
	}
	switch f.action {
	case "create":
		rec := &orgRecord{values: maps.Clone(f.wants)}
		if rec.values[r.optor] == "" {
			rec.values[r.optor] = "false"
		}
		rec.values["Title"] = ""
		r.records = append(r.records, rec)
		r.known[key] = &knownRow{values: f.wants, record: rec, created: true}
	case "remove":
		f.record.deleted = true
		delete(r.known, key)
	case "clear", "leave":
		delete(r.known, key)
	default:
		if f.record == nil {
			return // in mode insert, which never looks back
		}
		known := r.known[key]
		created := known != nil && known.created && (f.merged || known.record == f.record)
		r.known[key] = &knownRow{values: f.wants, record: f.record, created: created, was: f.was}
	}
}

// halted tells whether nothing is done: somebody left, and nobody knows who.
func (r *reference) halted(fates map[string]*fate) bool {
	held := slices.ContainsFunc(slices.Collect(maps.Values(fates)), func(f *fate) bool { return f.action == "held" })
	return r.leave != "ignore" && held
}

// counts says what a plan of the fates counts, as counts does.
func (r *reference) counts(fates map[string]*fate, nulls int) string {
	n := map[string]int{"reject": nulls}
	for key, f := range fates {
		n[f.action] += max(f.rows, 1)
		if f.action == "reject" && r.known[key] != nil {
			n["held"]++
		}
	}
	var out []string
	for _, action := range []string{"create", "update", "remove", "clear", "adopt", "skip", "leave", "held", "reject", "unchanged"} {
		if n[action] > 0 {
			out = append(out, action+" "+strconv.Itoa(n[action]))
		}
	}
	return strings.Join(out, ", ")
}
