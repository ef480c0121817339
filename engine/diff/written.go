package diff

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers"
)

// Types says what the record types of an object have to do with a sync's rows.
type Types struct {
	// Field is the index into Spec.All of the field that tells a record's type: one that is mapped, or one aside that
	// is only read.
	Field int
	ByID  bool // it holds ids, not developer names
	All   []providers.RecordType

	// Created is the type, as the field holds it, of a record that is created without one; "" where it gets none, or
	// where that is not known.
	Created string
}

// name is how the field names a type.
func (t *Types) name(rt *providers.RecordType) string {
	if t.ByID {
		return rt.ID
	}
	return strings.ToLower(rt.DeveloperName)
}

// inactive is the code of a row that gives a record to a user who is not active.
const inactive = "INACTIVE_OWNER_OR_USER"

// written are the checks of values that depend on what is there: they are asked of rows that create a record, or that change
// the field. Salesforce does not look at what is not written.
func (s *Spec) written(d providers.Dialect, fields []field) []Check {
	var out []Check
	add := func(c Check) {
		c.Written, c.late = true, "c."+fields[c.Field].W+" AND "+c.late
		out = append(out, c)
	}
	for i, p := range s.Parents {
		if p.Owner {
			add(Check{
				Reason: "bad_value", Field: p.Field, Cause: "the user is not active", Code: inactive,
				late: fmt.Sprintf("u%d.value IS NOT NULL", i), owner: i + 1,
			})
		}
	}
	if s.Types == nil {
		return out
	}
	if t := s.Types; t.Field < len(s.Fields) {
		var able, names []string
		for i := range t.All {
			if rt := &t.All[i]; rt.Usable() {
				able, names = append(able, t.name(rt)), append(names, rt.DeveloperName)
			}
		}
		cause := "there is no such record type that the user may give to records"
		if len(names) > 0 {
			cause = "not a record type that the user may give to records: " + some(names)
		}
		if len(able) > 0 { // ids and developer names alike
			add(Check{Reason: "unknown_parent", Field: t.Field, Cause: cause, Code: "INVALID_CROSS_REFERENCE_KEY",
				late: s.typeOf(t, "c."+fields[t.Field].N) + " NOT IN (" + strings.Join(quoted(d, able), ", ") + ")"})
		} else {
			add(Check{Reason: "unknown_parent", Field: t.Field, Cause: cause, Code: "INVALID_CROSS_REFERENCE_KEY", late: "1 = 1"})
		}
	}
	for i := range s.Fields {
		for _, c := range s.offers(d, i, fields) {
			add(c)
		}
	}
	return out
}

// some lists the first few names.
func some(names []string) string {
	if len(names) > 10 {
		return strings.Join(names[:10], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}

// typeOf makes equal what names one record type.
func (s *Spec) typeOf(t *Types, e string) string {
	if t.ByID {
		return e
	}
	return "lower(" + e + ")"
}

// offers are the checks of a restricted picklist that has fewer values in records of some types: one for each list of values.
func (s *Spec) offers(d providers.Dialect, i int, fields []field) []Check {
	f, t := &s.Fields[i], s.Types
	active := f.active()
	if !f.RestrictedPicklist || len(active) == 0 || f.Type != "picklist" && f.Type != "multipicklist" {
		return nil
	}
	lists, types, names := map[string][]string{}, map[string][]string{}, map[string][]string{}
	for j := range t.All {
		rt := &t.All[j]
		values, ok := rt.Values[f.Name]
		if !ok || rt.Master || !slices.ContainsFunc(active, func(v string) bool { return !slices.Contains(values, v) }) {
			continue
		}
		key := strings.Join(slices.Sorted(slices.Values(values)), "\x00")
		lists[key] = values
		types[key] = append(types[key], t.name(rt))
		names[key] = append(names[key], rt.DeveloperName)
	}
	var out []Check
	for _, key := range slices.Sorted(maps.Keys(lists)) {
		v, not := "c."+fields[i].N, "1 = 1"
		switch {
		case len(lists[key]) == 0:
		case f.Type == "multipicklist":
			not = "NOT (" + d.Within(v, lists[key]) + ")"
		default:
			not = v + " NOT IN (" + strings.Join(quoted(d, lists[key]), ", ") + ")"
		}
		out = append(out, Check{
			Reason: "bad_picklist", Field: i, Cause: "not a value of the picklist in records of type " + some(names[key]), Code: badPicklist,
			late: s.recordType(d, fields) + " IN (" + strings.Join(quoted(d, types[key]), ", ") + ") AND " + v + " IS NOT NULL AND " + not,
		})
	}
	return out
}

// recordType is the type that a row's record will have; null where it has none, or where that was not read.
func (s *Spec) recordType(d providers.Dialect, fields []field) string {
	t := s.Types
	created := "CAST(NULL AS " + d.Type(providers.TypeText) + ")"
	if t.Created != "" {
		created = d.Literal(t.Created)
	}
	if t.Field >= len(s.Fields) {
		b := names(d, s.Aside[t.Field-len(s.Fields)].Name).B
		return s.typeOf(t, "CASE WHEN c.class = 'create' THEN "+created+" ELSE c."+b+" END")
	}
	x := fields[t.Field]
	return s.typeOf(t, "CASE WHEN c.class = 'create' THEN COALESCE(c."+x.N+", "+created+") WHEN c."+x.W+" THEN c."+x.N+" ELSE c."+x.B+" END")
}

// late is the number of the check that a row fails once it is known what it writes, over the alias c of the step compared;
// "" where none is asked.
func (q *data) late() string {
	none := true
	e := q.cases("", q.Int, func(n int, c *Check) (string, string) {
		if c.late == "" || c.owner > 0 && !q.Inactive[c.owner-1] {
			return "", ""
		}
		none = false
		return c.late, strconv.Itoa(n)
	})
	if none {
		return ""
	}
	return "CASE WHEN c.class IN ('create', 'compare') THEN " + e + " END"
}

// lateReason is the reason of a row that fails such a check, lateValue the value that is wrong.
func (q *data) lateReason() string {
	return q.cases(" late", q.Text, func(n int, c *Check) (string, string) {
		if c.late == "" {
			return "", ""
		}
		return strconv.Itoa(n), "'" + c.Reason + "'"
	})
}

func (q *data) lateValue() string {
	return q.cases(" c.late", q.Text, func(n int, c *Check) (string, string) {
		if c.late == "" {
			return "", ""
		}
		return strconv.Itoa(n), "c." + q.Fields[c.Field].N
	})
}

// labelsOf gives, where labels of a picklist differ from its values and are none themselves, the value that each stands for.
func labelsOf(f *providers.Field) (labels []string, value map[string]string) {
	value = map[string]string{}
	values := map[string]bool{}
	for _, p := range f.Picklist {
		values[p.Value] = true
	}
	for _, p := range f.Picklist {
		if p.Active && p.Label != "" && !values[p.Label] && value[p.Label] == "" {
			labels = append(labels, p.Label)
			value[p.Label] = p.Value
		}
	}
	return labels, value
}
