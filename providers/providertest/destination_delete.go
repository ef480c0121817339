package providertest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/signalsmith/signalsmith/providers"
)

// inserting are the values of a create without a match value.
func (s *suite) inserting(v values) values {
	out := maps.Clone(v)
	for n, x := range s.h.Require {
		if _, given := out[n]; !given {
			out[n] = x
		}
	}
	return out
}

func inserts(s *suite) {
	rows := []record{{key: "1", values: s.inserting(values{s.h.Text: "one"})}, {key: "2", values: s.inserting(values{s.h.Text: "two"})}}
	ids := map[string]bool{}
	for range 2 {
		for k, o := range s.write(providers.OpInsert, rows...) {
			if !o.OK || !o.Created || len(o.ID) != 18 || ids[o.ID] {
				s.t.Errorf("row %s: %+v", k, o)
			}
			ids[o.ID] = true
		}
	}
	got := s.read("Id", false, []string{s.h.Text, s.h.Match}, slices.Collect(maps.Keys(ids))...)
	count := map[string]int{}
	for _, r := range got {
		count[r.Values[0].String]++
		if r.Values[1].Valid {
			s.t.Errorf("record %s has the match value %q", r.ID, r.Values[1].String)
		}
	}
	if len(got) != 4 || count["one"] != 2 || count["two"] != 2 {
		s.t.Errorf("created %v", count)
	}
}

func insertTaken(s *suite) {
	ids := s.create(record{key: "I-1", values: values{s.h.Text: "first"}})
	out := s.write(providers.OpInsert,
		record{key: "taken", values: s.inserting(values{s.h.Match: "I-1", s.h.Text: "second"})},
		record{key: "free", values: s.inserting(values{s.h.Match: "I-2", s.h.Text: "second"})})
	if o := out["taken"]; o.OK || o.Code != "DUPLICATE_VALUE" || o.Class != providers.ClassRow {
		s.t.Errorf("the value that is taken: %+v", o)
	}
	if o := out["free"]; !o.OK || !o.Created {
		s.t.Errorf("the value that is free: %+v", o)
	}
	s.expect(map[string]values{"I-1": {"Id": ids["I-1"], s.h.Text: "first"}, "I-2": {s.h.Text: "second"}})
}

func deletes(s *suite) {
	ids := s.create(record{key: "L-1"}, record{key: "L-2"})
	out := s.write(providers.OpDelete, record{key: "row", id: ids["L-1"]})
	if o := out["row"]; !o.OK || o.Gone || o.Created || o.ID != ids["L-1"] || o.At.IsZero() {
		s.t.Errorf("outcome %+v", o)
	}
	s.expect(map[string]values{"L-2": {}})
	got := s.read("Id", true, nil, ids["L-1"], ids["L-2"])
	if !got[ids["L-1"]].Deleted || got[ids["L-1"]].MasterID != "" || got[ids["L-2"]].Deleted {
		s.t.Errorf("with the bin: %v", got)
	}
}

func deletesAgain(s *suite) {
	ids := s.create(record{key: "L-1"}, record{key: "L-2"})
	s.write(providers.OpDelete, record{key: "1", id: ids["L-1"]})
	unknown := ids["L-1"][:3] + "0000ZZZZZZZZ"
	out := s.write(providers.OpDelete, record{key: "1", id: ids["L-1"]}, record{key: "2", id: ids["L-2"]},
		record{key: "3", id: unknown}, record{key: "4", id: "nonsense"}, record{key: "5"})
	if o := out["1"]; !o.OK || !o.Gone || o.ID != ids["L-1"] || o.Code != "" {
		s.t.Errorf("deleted before: %+v", o)
	}
	if o := out["2"]; !o.OK || o.Gone {
		s.t.Errorf("deleted now: %+v", o)
	}
	if o := out["3"]; o.OK || o.Class != providers.ClassRow || o.Code != "INVALID_CROSS_REFERENCE_KEY" {
		s.t.Errorf("unknown: %+v", o)
	}
	for _, k := range []string{"4", "5"} {
		if o := out[k]; o.OK || o.Class != providers.ClassRow || o.Code != "MALFORMED_ID" {
			s.t.Errorf("no id: %+v", o)
		}
	}
}

func deletesMany(s *suite) {
	const n = 450
	rs := make([]record, n)
	for i := range rs {
		rs[i] = record{key: fmt.Sprintf("L-%04d", i)}
	}
	ids := s.create(rs...)
	for i := range rs {
		rs[i] = record{key: rs[i].key, id: ids[rs[i].key]}
	}
	for k, o := range s.write(providers.OpDelete, rs[1:]...) {
		if !o.OK || o.Gone || o.ID != ids[k] {
			s.t.Fatalf("row %s: %+v", k, o)
		}
	}
	if got := s.read("Id", false, nil, slices.Collect(maps.Values(ids))...); len(got) != 1 || got[ids["L-0000"]].ID == "" {
		s.t.Errorf("%d records are left", len(got))
	}
}

func cascades(s *suite) {
	if s.h.Parent == nil {
		s.t.Skip("the object has no parent")
	}
	above := s.describe(s.h.Parent.Object)
	along := slices.ContainsFunc(above.Children, func(c providers.Child) bool {
		return c.Object == s.h.Object && c.Field == s.h.Reference && c.CascadeDelete
	})
	ids := s.parents("P-1", "P-2", "P-3")
	s.create(record{key: "H-1", values: values{s.h.Reference: ids["P-1"]}}, record{key: "H-2", values: values{s.h.Reference: ids["P-1"]}},
		record{key: "H-3", values: values{s.h.Reference: ids["P-2"]}}, record{key: "H-4"})
	got, err := s.d.Cascades(s.t.Context(), above, []string{ids["P-1"], ids["P-3"]})
	if err != nil {
		s.t.Fatal(err)
	}
	want := map[string]int64{}
	if along {
		want[s.h.Object] = 2
	}
	if !maps.Equal(got, want) {
		s.t.Errorf("counted %v, want %v", got, want)
	}
	if got, err := s.d.Cascades(s.t.Context(), above, nil); err != nil || len(got) != 0 {
		s.t.Errorf("of nothing: %v, %v", got, err)
	}
	p := &suite{t: s.t, d: s.d, h: *s.h.Parent, object: above}
	if o := p.write(providers.OpDelete, record{key: "P-1", id: ids["P-1"]})["P-1"]; !o.OK {
		s.t.Fatalf("delete: %+v", o)
	}
	left := s.read(s.h.Match, false, nil, "H-1", "H-2", "H-3", "H-4")
	if gone := left["H-1"].ID == "" && left["H-2"].ID == ""; gone != along || left["H-3"].ID == "" || left["H-4"].ID == "" {
		s.t.Errorf("left are %v", slices.Sorted(maps.Keys(left)))
	}
}

func merged(s *suite) {
	if s.h.Merge == nil {
		s.t.Skip("nothing can be merged here")
	}
	ids := s.create(record{key: "G-1"}, record{key: "G-2"})
	if err := s.h.Merge(s.t.Context(), ids["G-1"], ids["G-2"]); err != nil {
		s.t.Fatal(err)
	}
	got := s.read("Id", true, []string{s.h.Match}, ids["G-1"], ids["G-2"])
	if r := got[ids["G-2"]]; !r.Deleted || r.MasterID != ids["G-1"] {
		s.t.Errorf("the merged record: %+v", r)
	}
	if r := got[ids["G-1"]]; r.Deleted || r.MasterID != "" {
		s.t.Errorf("its master: %+v", r)
	}
	out := s.write(providers.OpUpdate, record{key: "G-2", id: ids["G-2"], values: values{s.h.Text: "x"}})
	if o := out["G-2"]; o.OK || o.Code != "ENTITY_IS_DELETED" {
		s.t.Errorf("an update of the merged record: %+v", o)
	}
}

func purged(s *suite) {
	if s.h.Purge == nil {
		s.t.Skip("nothing can be purged here")
	}
	ids := s.create(record{key: "E-1"}, record{key: "E-2"})
	if err := s.h.Purge(s.t.Context(), ids["E-1"]); err != nil {
		s.t.Fatal(err)
	}
	got := s.read("Id", true, nil, ids["E-1"], ids["E-2"])
	if len(got) != 1 || got[ids["E-2"]].ID == "" {
		s.t.Errorf("found %v", got)
	}
	if o := s.write(providers.OpDelete, record{key: "E-1", id: ids["E-1"]})["E-1"]; o.OK || o.Code != "INVALID_CROSS_REFERENCE_KEY" {
		s.t.Errorf("a delete of the purged record: %+v", o)
	}
}

func recordTypes(s *suite) {
	masters := 0
	for _, rt := range s.object.RecordTypes {
		if rt.Master {
			masters++
		}
		if len(rt.ID) != 18 || rt.Name == "" || rt.DeveloperName == "" {
			s.t.Errorf("record type %+v", rt)
		}
	}
	if masters != 1 || s.object.RecordType("Master") != nil {
		s.t.Errorf("the record types are %+v", s.object.RecordTypes)
	}
}
