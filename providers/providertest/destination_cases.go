package providertest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/providers"
)

// destinationCases are sentences that hold for every destination. Those that write read again.
var destinationCases = []struct {
	name string
	run  func(*suite)
}{
	{"the org has an identity that does not change", identity},
	{"objects are listed and described by names of any case", describes},
	{"an upsert creates, and the records are found by match value and by id", creates},
	{"values of every kind come back as they were written", kinds},
	{"any value that a field takes comes back as it was written", randomValues},
	{"an update changes the named fields and nothing else", updates},
	{"null clears a field", clears},
	{"match values may hold anything that text can hold", oddKeys},
	{"match values are found whatever their case", folded},
	{"a record that does not exist is absent, and so is a malformed id", absent},
	{"many rows have one outcome each, and a second time nothing is created", many},
	{"rows of one write may have different fields", mixed},
	{"a bad row fails alone", badRow},
	{"a parent is set by its external id, read through its path, and cleared", parent},
	{"a row whose parent is unknown fails alone", unknownParent},
	{"a record in the recycle bin is found only when asked for", deleted},
	{"an update of a deleted record fails with its own code", updateDeleted},
	{"an insert creates, whatever there is already", inserts},
	{"an insert of a value that is taken fails alone", insertTaken},
	{"a delete moves records to the recycle bin", deletes},
	{"a record that is deleted already is gone, and an unknown one fails alone", deletesAgain},
	{"many rows are deleted with one outcome each", deletesMany},
	{"what a delete takes along is counted before", cascades},
	{"a merged record leads to its master", merged},
	{"a purged record is absent", purged},
	{"record types are described, and one of them is the master", recordTypes},
	{"users have names", users},
	{"what yield returns comes back", yieldError},
	{"what done returns comes back", doneError},
	{"an error among the rows comes back", rowError},
	{"no rows and no keys are no work", nothing},
	{"a cancelled context ends at once", cancelled},
	{"calls are counted by kind", usage},
}

func identity(s *suite) {
	a, err := s.d.Org(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	if len(a.ID) != 18 || !strings.HasPrefix(a.ID, "00D") || len(a.UserID) != 18 || a.User == "" || a.Name == "" {
		s.t.Errorf("the identity is incomplete: %+v", a)
	}
	if b, err := s.d.Org(s.t.Context()); err != nil || a != b {
		s.t.Errorf("a second time it is %+v, %v", b, err)
	}
}

func describes(s *suite) {
	lower := strings.ToLower(s.h.Object)
	found, err := s.d.Describe(s.t.Context(), lower, s.h.Object, "No_Such_Object__c", "no'name")
	if err != nil {
		s.t.Fatal(err)
	}
	if len(found) != 2 || found[lower] == nil || found[lower].Name != s.h.Object {
		s.t.Errorf("found %v", slices.Sorted(maps.Keys(found)))
	}
	if f := s.object.Field(s.h.Match); f == nil || !f.ExternalID || !f.Unique || f.CaseSensitive || f.Type != "string" {
		s.t.Errorf("the match field is %+v", f)
	}
	names, err := s.d.Objects(s.t.Context())
	if err != nil || !slices.ContainsFunc(names, func(n providers.ObjectName) bool { return n.Name == s.h.Object && n.Label != "" }) {
		s.t.Errorf("the object is not listed: %v", err)
	}
}

func creates(s *suite) {
	ids := s.create(record{key: "C-1"}, record{key: "C-2"})
	byID := s.read("Id", false, []string{s.h.Match}, ids["C-1"], ids["C-2"])
	for key, id := range ids {
		rec := byID[id]
		if rec.ID != id || rec.Values[0] != providers.T(key) {
			s.t.Errorf("by id %s: %+v", id, rec)
		}
		if rec.ModifiedAt.IsZero() || len(rec.ModifiedBy) != 18 {
			s.t.Errorf("record %s does not say when and by whom it was modified", key)
		}
	}
	s.expect(map[string]values{"C-1": {"Id": ids["C-1"]}, "C-2": {"Id": ids["C-2"]}})
}

func kinds(s *suite) {
	v := values{
		s.h.Text: "Jürgen \"Jo\" O'Neil\\ 日本 <&> %_", s.h.Number: "-1234567.05", s.h.Bool: "true", s.h.Date: "2024-02-29",
		s.h.DateTime: "2023-12-31T23:59:59Z", s.h.Set: "A;C",
	}
	delete(v, "")
	s.create(record{key: "K-1", values: v})
	s.expect(map[string]values{"K-1": v})
}

func randomValues(s *suite) {
	r := rand.New(rand.NewPCG(1, 2))
	var rs []record
	want := map[string]values{}
	for i := range 500 {
		v := values{}
		for _, name := range []string{s.h.Text, s.h.Number, s.h.Bool, s.h.Date, s.h.DateTime, s.h.Set, s.h.Short} {
			if name != "" {
				f := s.field(name)
				v[name] = RandomText(r, &f)
			}
		}
		key := fmt.Sprintf("W-%04d", i)
		want[key] = v
		rs = append(rs, record{key: key, values: v})
	}
	s.create(rs...)
	s.expect(want)
}

func updates(s *suite) {
	ids := s.create(record{key: "U-1", values: values{s.h.Text: "before", s.h.Number: "1.00"}})
	out := s.write(providers.OpUpdate, record{key: "row 1", id: ids["U-1"], values: values{s.h.Text: "after"}})
	if o := out["row 1"]; !o.OK || o.Created || o.ID != ids["U-1"] || o.At.IsZero() {
		s.t.Errorf("outcome %+v", o)
	}
	s.expect(map[string]values{"U-1": {s.h.Text: "after", s.h.Number: "1.00"}})
}

func clears(s *suite) {
	ids := s.create(record{key: "N-1", values: values{s.h.Text: "x", s.h.Number: "1.00", s.h.Date: "2024-01-01"}})
	none := values{s.h.Text: "", s.h.Number: "", s.h.Date: ""}
	s.write(providers.OpUpdate, record{key: "N-1", id: ids["N-1"], values: none})
	s.expect(map[string]values{"N-1": none})
}

func oddKeys(s *suite) {
	keys := []string{
		"O'Neil", `back\slash`, `quo"ted`, "Zoë 日本語", "100% _x", "two\nlines", "tab\there", "a,b;c", "(x)", "a+b&c=d#e?f", "a/b", "emoji 🙂",
		`\'`, "NULL",
	}
	var rs []record
	want := map[string]values{}
	for _, k := range keys {
		rs = append(rs, record{key: k, values: values{s.h.Text: "of " + k}})
		want[k] = values{s.h.Text: "of " + k}
	}
	s.create(rs...)
	s.expect(want)
}

func folded(s *suite) {
	s.create(record{key: "Fold-1"})
	if got := s.read(s.h.Match, false, nil, "FOLD-1"); got["Fold-1"].ID == "" {
		s.t.Errorf("found %v", got)
	}
	out := s.write(providers.OpUpsert, record{key: "x", values: values{s.h.Match: "fold-1", s.h.Text: "again"}})
	if o := out["x"]; !o.OK || o.Created {
		s.t.Errorf("an upsert in another case: %+v", o)
	}
}

func absent(s *suite) {
	ids := s.create(record{key: "A-1"})
	if got := s.read(s.h.Match, false, nil, "A-1", "A-2", "' OR Id != '"); len(got) != 1 {
		s.t.Errorf("found %v", got)
	}
	unknown := ids["A-1"][:3] + "0000ZZZZZZZZ"
	if got := s.read("Id", false, nil, ids["A-1"], unknown, "nonsense", "'"); len(got) != 1 {
		s.t.Errorf("found %v", got)
	}
}

func many(s *suite) {
	const n = 1203
	rs := make([]record, n)
	for i := range rs {
		rs[i] = record{key: fmt.Sprintf("M-%05d", i), values: values{s.h.Text: fmt.Sprint("value ", i)}}
	}
	s.create(rs...)
	want := map[string]values{}
	for i, r := range rs {
		want[r.key] = values{s.h.Text: fmt.Sprint("value ", i)}
	}
	s.expect(want)
	for k, o := range s.write(providers.OpUpsert, rs...) {
		if !o.OK || o.Created {
			s.t.Fatalf("row %q a second time: %+v", k, o)
		}
	}
	s.expect(want)
}

func mixed(s *suite) {
	ids := s.create(record{key: "X-1", values: values{s.h.Text: "one", s.h.Number: "1.00"}}, record{key: "X-2", values: values{s.h.Text: "two", s.h.Number: "2.00"}})
	s.write(providers.OpUpdate, record{key: "X-1", id: ids["X-1"], values: values{s.h.Text: "uno"}}, record{key: "X-2", id: ids["X-2"], values: values{s.h.Number: ""}})
	s.expect(map[string]values{"X-1": {s.h.Text: "uno", s.h.Number: "1.00"}, "X-2": {s.h.Text: "two", s.h.Number: ""}})
}

func badRow(s *suite) {
	var rs []record
	want := map[string]values{}
	for i := range 30 {
		key := fmt.Sprintf("B-%02d", i)
		v := values{s.h.Match: key, s.h.Short: "fits"}
		maps.Copy(v, s.h.Require)
		if i == 17 {
			v[s.h.Short] = strings.Repeat("long ", 12)
		} else {
			want[key] = values{s.h.Short: "fits"}
		}
		rs = append(rs, record{key: key, values: v})
	}
	for k, o := range s.write(providers.OpUpsert, rs...) {
		switch {
		case k == "B-17" && (o.OK || o.Class != providers.ClassRow || o.Code != "STRING_TOO_LONG" || o.Message == ""):
			s.t.Errorf("the bad row: %+v", o)
		case k != "B-17" && !o.OK:
			s.t.Errorf("row %s: %+v", k, o)
		}
	}
	s.expect(want)
}

func parent(s *suite) {
	if s.h.Parent == nil {
		s.t.Skip("the object has no parent")
	}
	above := s.parents("P-1", "P-2")
	path := s.h.Relationship + "." + s.h.Parent.Match
	ids := s.create(record{key: "R-1", values: values{path: "P-1"}}, record{key: "R-2", values: values{s.h.Reference: above["P-2"]}})
	s.expect(map[string]values{"R-1": {path: "P-1", s.h.Reference: above["P-1"]}, "R-2": {path: "P-2", s.h.Reference: above["P-2"]}})
	s.write(providers.OpUpdate, record{key: "R-1", id: ids["R-1"], values: values{path: ""}})
	s.expect(map[string]values{"R-1": {path: "", s.h.Reference: ""}})
}

func unknownParent(s *suite) {
	if s.h.Parent == nil {
		s.t.Skip("the object has no parent")
	}
	s.parents("P-1")
	path := s.h.Relationship + "." + s.h.Parent.Match
	ids := s.create(record{key: "R-1"}, record{key: "R-2"})
	out := s.write(providers.OpUpdate,
		record{key: "R-1", id: ids["R-1"], values: values{path: "nobody"}}, record{key: "R-2", id: ids["R-2"], values: values{path: "P-1"}})
	if o := out["R-1"]; o.OK || o.Class != providers.ClassRow || o.Code != "INVALID_FIELD" {
		s.t.Errorf("the row without a parent: %+v", o)
	}
	s.expect(map[string]values{"R-1": {path: ""}, "R-2": {path: "P-1"}})
}

func deleted(s *suite) {
	if s.h.Delete == nil {
		s.t.Skip("nothing can be deleted here")
	}
	ids := s.create(record{key: "D-1"}, record{key: "D-2"})
	if err := s.h.Delete(s.t.Context(), ids["D-1"]); err != nil {
		s.t.Fatal(err)
	}
	if got := s.read("Id", false, nil, ids["D-1"], ids["D-2"]); len(got) != 1 {
		s.t.Errorf("without the bin: %v", got)
	}
	got := s.read("Id", true, []string{s.h.Match}, ids["D-1"], ids["D-2"])
	if !got[ids["D-1"]].Deleted || got[ids["D-2"]].Deleted || got[ids["D-1"]].Values[0] != providers.T("D-1") {
		s.t.Errorf("with the bin: %v", got)
	}
}

func updateDeleted(s *suite) {
	if s.h.Delete == nil {
		s.t.Skip("nothing can be deleted here")
	}
	ids := s.create(record{key: "D-1"}, record{key: "D-2"})
	if err := s.h.Delete(s.t.Context(), ids["D-1"]); err != nil {
		s.t.Fatal(err)
	}
	out := s.write(providers.OpUpdate,
		record{key: "D-1", id: ids["D-1"], values: values{s.h.Text: "x"}}, record{key: "D-2", id: ids["D-2"], values: values{s.h.Text: "x"}})
	if o := out["D-1"]; o.OK || o.Code != "ENTITY_IS_DELETED" || o.Class != providers.ClassRow {
		s.t.Errorf("the deleted row: %+v", o)
	}
	s.expect(map[string]values{"D-2": {s.h.Text: "x"}})
}

func users(s *suite) {
	org, err := s.d.Org(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	names, err := s.d.Users(s.t.Context(), []string{org.UserID, org.UserID, "005000000000999AAA"})
	if err != nil || len(names) != 1 || names[org.UserID] != org.User {
		s.t.Errorf("users: %v, %v", names, err)
	}
}

var errCaller = errors.New("the caller has had enough")

func yieldError(s *suite) {
	s.create(record{key: "Y-1"}, record{key: "Y-2"})
	calls := 0
	err := s.d.Read(s.t.Context(), providers.Read{Object: s.object, By: s.field(s.h.Match), Count: 2, Keys: list([]string{"Y-1", "Y-2"})},
		func(providers.Record) error {
			calls++
			return errCaller
		})
	if err != errCaller || calls != 1 {
		s.t.Errorf("after %d records: %v", calls, err)
	}
}

func doneError(s *suite) {
	ids := s.create(record{key: "Z-1"})
	w, rows := s.rows(providers.OpUpdate, s.object, "", []record{{key: "Z-1", id: ids["Z-1"], values: values{s.h.Text: "x"}}})
	if err := s.d.Write(s.t.Context(), w, rows, func([]providers.Outcome) error { return errCaller }); err != errCaller {
		s.t.Errorf("write: %v", err)
	}
}

func rowError(s *suite) {
	w, _ := s.rows(providers.OpUpdate, s.object, "", []record{{values: values{s.h.Text: "x"}}})
	err := s.d.Write(s.t.Context(), w, func(yield func(providers.Row, error) bool) { yield(providers.Row{}, errCaller) },
		func([]providers.Outcome) error { return nil })
	if !errors.Is(err, errCaller) {
		s.t.Errorf("write: %v", err)
	}
	err = s.d.Read(s.t.Context(), providers.Read{
		Object: s.object, By: s.field("Id"), Count: 1, Keys: func(yield func(string, error) bool) { yield("", errCaller) },
	}, func(providers.Record) error { return nil })
	if !errors.Is(err, errCaller) {
		s.t.Errorf("read: %v", err)
	}
}

func nothing(s *suite) {
	before := s.d.Usage().Calls
	s.read(s.h.Match, false, nil)
	s.write(providers.OpUpdate)
	if got, err := s.d.Users(s.t.Context(), nil); err != nil || len(got) != 0 {
		s.t.Errorf("users: %v, %v", got, err)
	}
	if after := s.d.Usage().Calls; after != before {
		s.t.Errorf("%d calls were made", after-before)
	}
}

func cancelled(s *suite) {
	ctx, cancel := context.WithCancel(s.t.Context())
	cancel()
	ids := s.create(record{key: "C-1"})
	w, rows := s.rows(providers.OpUpdate, s.object, "", []record{{key: "C-1", id: ids["C-1"], values: values{s.h.Text: "x"}}})
	if err := s.d.Write(ctx, w, rows, func([]providers.Outcome) error { return nil }); !errors.Is(err, context.Canceled) {
		s.t.Errorf("write: %v", err)
	}
	err := s.d.Read(ctx, providers.Read{Object: s.object, By: s.field("Id"), Count: 1, Keys: list([]string{ids["C-1"]})},
		func(providers.Record) error { return nil })
	if !errors.Is(err, context.Canceled) {
		s.t.Errorf("read: %v", err)
	}
}

func usage(s *suite) {
	before := s.d.Usage()
	s.create(record{key: "V-1"})
	s.read(s.h.Match, false, nil, "V-1")
	s.describe(s.h.Object)
	after := s.d.Usage()
	if after.Write != before.Write+1 || after.Query != before.Query+1 || after.Describe != before.Describe+1 || after.Calls < before.Calls+3 {
		s.t.Errorf("usage went from %+v to %+v", before, after)
	}
	if after.Left <= 0 || after.Max < after.Left {
		s.t.Errorf("the org has %d of %d left", after.Left, after.Max)
	}
}
