// Package providertest holds the conformance suites that every provider passes.
package providertest

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers"
)

// Handle says what a suite may use in the org behind a destination.
type Handle struct {
	// Object may be created and updated freely, and each case makes its own records. Match is a unique text external
	// id of it that ignores case, and has room for 60 characters.
	Object string
	Match  string

	// Require are the values that a create needs, as in LastName: "Conformance".
	Require map[string]string

	// Text, Number (scale 2), Bool, Date, DateTime and Set name one nillable field of each kind; Set takes the values
	// A, B and C. Short is a text field of 40 characters, or less.
	Text, Number, Bool, Date, DateTime, Set, Short string

	// Parent is an object that Object refers to by the field Reference, whose relationship is Relationship.
	Parent       *Handle
	Reference    string
	Relationship string

	// Delete moves records to the recycle bin behind the destination's back, Purge removes them for good, and Merge
	// merges one into another. A nil one leaves its cases out.
	Delete func(ctx context.Context, ids ...string) error
	Purge  func(ctx context.Context, ids ...string) error
	Merge  func(ctx context.Context, master, loser string) error
}

// Destination runs the suite. open makes a destination of an org that holds no records of the handle's objects; the
// suite closes it.
func Destination(t *testing.T, open func(t *testing.T) (providers.Destination, Handle)) {
	for _, c := range destinationCases {
		t.Run(c.name, func(t *testing.T) {
			d, h := open(t)
			t.Cleanup(func() {
				if err := d.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			s := &suite{t: t, d: d, h: h}
			s.object = s.describe(h.Object)
			c.run(s)
		})
	}
}

// suite is one case's view of the org.
type suite struct {
	t      *testing.T
	d      providers.Destination
	h      Handle
	object *providers.Object
}

func (s *suite) describe(name string) *providers.Object {
	s.t.Helper()
	found, err := s.d.Describe(s.t.Context(), name)
	if err != nil {
		s.t.Fatalf("describe %s: %v", name, err)
	}
	if found[name] == nil {
		s.t.Fatalf("describe %s: the object is absent", name)
	}
	return found[name]
}

// field finds a field of the object, also one of its parent as Relationship.Field.
func (s *suite) field(name string) providers.Field {
	s.t.Helper()
	o, last := s.object, name
	if rel, rest, dotted := strings.Cut(name, "."); dotted {
		if !strings.EqualFold(rel, s.h.Relationship) {
			s.t.Fatalf("no relationship %s", rel)
		}
		o, last = s.describe(s.h.Parent.Object), rest
	}
	f := o.Field(last)
	if f == nil {
		s.t.Fatalf("%s has no field %s", o.Name, last)
	}
	out := *f
	out.Name = name
	return out
}

// values are canonical texts by field; "" clears.
type values map[string]string

// record is one row by its match value, or by its id.
type record struct {
	key    string
	id     string
	values values
}

func (s *suite) rows(op providers.Op, object *providers.Object, match string, records []record) (providers.Write, iter.Seq2[providers.Row, error]) {
	names := map[string]bool{}
	for _, r := range records {
		for n := range r.values {
			names[n] = true
		}
	}
	w := providers.Write{Object: object, Op: op}
	index := map[string]int{}
	for _, n := range slices.Sorted(maps.Keys(names)) {
		index[n] = len(w.Fields)
		if f := object.Field(n); f != nil {
			w.Fields = append(w.Fields, *f)
		} else {
			w.Fields = append(w.Fields, s.field(n))
		}
	}
	if op == providers.OpUpsert {
		w.Match = object.Field(match)
	}
	return w, func(yield func(providers.Row, error) bool) {
		for _, r := range records {
			row := providers.Row{Key: r.key, ID: r.id}
			for _, n := range slices.Sorted(maps.Keys(r.values)) {
				row.Values = append(row.Values, providers.Value{Field: index[n], Text: providers.T(r.values[n])})
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// write sends rows and gives the outcomes by key; each key has to have exactly one.
func (s *suite) write(op providers.Op, records ...record) map[string]providers.Outcome {
	s.t.Helper()
	w, rows := s.rows(op, s.object, s.h.Match, records)
	return s.send(w, rows, len(records))
}

func (s *suite) send(w providers.Write, rows iter.Seq2[providers.Row, error], n int) map[string]providers.Outcome {
	s.t.Helper()
	out := map[string]providers.Outcome{}
	err := s.d.Write(s.t.Context(), w, rows, func(os []providers.Outcome) error {
		for _, o := range os {
			if _, twice := out[o.Key]; twice {
				s.t.Errorf("row %q has two outcomes", o.Key)
			}
			out[o.Key] = o
		}
		return nil
	})
	if err != nil {
		s.t.Fatalf("write: %v", err)
	}
	if len(out) != n {
		s.t.Fatalf("%d rows have %d outcomes", n, len(out))
	}
	return out
}

// create upserts records by match value, which is also their key, and expects success.
func (s *suite) create(records ...record) map[string]string {
	s.t.Helper()
	for i := range records {
		v := maps.Clone(records[i].values)
		if v == nil {
			v = values{}
		}
		for n, x := range s.h.Require {
			if _, given := v[n]; !given {
				v[n] = x
			}
		}
		v[s.h.Match] = records[i].key
		records[i].values = v
	}
	ids := map[string]string{}
	for k, o := range s.write(providers.OpUpsert, records...) {
		if !o.OK {
			s.t.Fatalf("row %q: %s %s", k, o.Code, o.Message)
		}
		ids[k] = o.ID
	}
	return ids
}

// parents creates records of the parent object and gives their ids.
func (s *suite) parents(keys ...string) map[string]string {
	s.t.Helper()
	p := &suite{t: s.t, d: s.d, h: *s.h.Parent, object: s.describe(s.h.Parent.Object)}
	var rs []record
	for _, k := range keys {
		rs = append(rs, record{key: k})
	}
	return p.create(rs...)
}

// read finds records by keys and gives them by match value.
func (s *suite) read(by string, deleted bool, fields []string, keys ...string) map[string]providers.Record {
	s.t.Helper()
	r := providers.Read{Object: s.object, By: s.field(by), Count: int64(len(keys)), Keys: list(keys), Deleted: deleted}
	for _, f := range fields {
		r.Fields = append(r.Fields, s.field(f))
	}
	out := map[string]providers.Record{}
	busy := false
	err := s.d.Read(s.t.Context(), r, func(rec providers.Record) error {
		if busy {
			s.t.Error("yield was called concurrently")
		}
		busy = true
		defer func() { busy = false }()
		if len(rec.Values) != len(fields) {
			s.t.Errorf("%d values for %d fields", len(rec.Values), len(fields))
		}
		out[rec.Match.String] = rec
		return nil
	})
	if err != nil {
		s.t.Fatalf("read: %v", err)
	}
	return out
}

func list(keys []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, k := range keys {
			if !yield(k, nil) {
				return
			}
		}
	}
}

// expect reads records again and compares what was written.
func (s *suite) expect(want map[string]values) {
	s.t.Helper()
	names := map[string]bool{}
	for _, v := range want {
		for n := range v {
			names[n] = true
		}
	}
	fields := slices.Sorted(maps.Keys(names))
	got := s.read(s.h.Match, false, fields, slices.Sorted(maps.Keys(want))...)
	if len(got) != len(want) {
		s.t.Errorf("%d records found, want %d", len(got), len(want))
	}
	for key, v := range want {
		rec, ok := got[key]
		if !ok {
			s.t.Errorf("record %q was not found", key)
			continue
		}
		for i, f := range fields {
			text, given := v[f]
			if given && rec.Values[i] != providers.T(text) {
				s.t.Errorf("record %q: %s is %s, want %s", key, f, show(rec.Values[i]), show(providers.T(text)))
			}
		}
	}
}

func show(t providers.Text) string {
	if !t.Valid {
		return "null"
	}
	return fmt.Sprintf("%q", t.String)
}
