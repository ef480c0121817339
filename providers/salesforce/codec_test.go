package salesforce

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/signalsmith/signalsmith/providers"
)

func TestLiteralsKeepTheirTextAndNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.String().Draw(t, "key")
		soql, ok := literal(key, providers.Canon{Kind: providers.CanonText})
		if blank := strings.TrimSpace(key) == ""; ok == (blank || strings.Contains(key, "\x00")) {
			t.Fatalf("%q: ok is %t", key, ok)
		}
		if !ok {
			return
		}
		back, err := url.QueryUnescape(escape(soql))
		if err != nil || back != soql {
			t.Fatalf("%q is escaped to %q: %v", soql, escape(soql), err)
		}
		if got := unquote(t, soql); got != strings.TrimSpace(key) {
			t.Fatalf("%q becomes %s, which is %q", key, soql, got)
		}
	})
}

// unquote reads a literal by the rules of the SOQL reference, and fails where it ends early.
func unquote(t *rapid.T, s string) string {
	var b strings.Builder
	inner := s[1 : len(s)-1]
	for i := 0; i < len(inner); i++ {
		switch inner[i] {
		case '\'':
			t.Fatalf("%s ends at %d", s, i)
		case '\\':
			i++
			switch inner[i] {
			case 'n':
				b.WriteByte('\n')
			case 'r':
				b.WriteByte('\r')
			case 't':
				b.WriteByte('\t')
			case 'b':
				b.WriteByte('\b')
			case 'f':
				b.WriteByte('\f')
			default:
				b.WriteByte(inner[i])
			}
		default:
			b.WriteByte(inner[i])
		}
	}
	return b.String()
}

func TestKeysThatNoRecordCanHaveAreNotAskedFor(t *testing.T) {
	for key, c := range map[string]providers.CanonKind{
		"1) OR (Id != null": providers.CanonNumber, "' OR Name != '": providers.CanonID, "": providers.CanonText, "\xff": providers.CanonText, "soon": providers.CanonDate,
	} {
		if soql, ok := literal(key, providers.Canon{Kind: c}); ok {
			t.Errorf("%q becomes %s", key, soql)
		}
	}
	if soql, ok := literal("007", providers.Canon{Kind: providers.CanonNumber, Scale: 1}); !ok || soql != "7.0" {
		t.Errorf("a number becomes %s", soql)
	}
}

func TestRowsAreWrittenAsRecords(t *testing.T) {
	o := &providers.Object{Name: "Task", Fields: []providers.Field{
		{Name: "Subject", Type: "string"}, {Name: "Score__c", Type: "double", Scale: 2}, {Name: "Done__c", Type: "boolean"},
		{Name: "AccountId", Type: "reference", RelationshipName: "Account", ReferenceTo: []string{"Account"}},
		{Name: "WhoId", Type: "reference", RelationshipName: "Who", ReferenceTo: []string{"Contact", "Lead"}, Polymorphic: true},
		{Name: "Ext__c", Type: "string", ExternalID: true},
	}}
	fields := []providers.Field{
		o.Fields[0], o.Fields[1], o.Fields[2], {Name: "Account.Code__c", Type: "string"},
		{Name: "Who.Email", Type: "email", ReferenceTo: []string{"Lead"}}, o.Fields[5],
	}
	v := func(i int, s string) providers.Value { return providers.Value{Field: i, Text: providers.T(s)} }
	for name, c := range map[string]struct {
		op     providers.Op
		values []providers.Value
		want   string
	}{
		"values": {providers.OpUpdate, []providers.Value{v(0, `a "b" \`), v(1, "1.50"), v(2, "true")},
			`{"attributes":{"type":"Task"},"id":"X","Subject":"a \"b\" \\","Score__c":1.50,"Done__c":true}`},
		"a parent":             {providers.OpUpdate, []providers.Value{v(3, "A-1")}, `{"attributes":{"type":"Task"},"id":"X","Account":{"Code__c":"A-1"}}`},
		"no parent":            {providers.OpUpdate, []providers.Value{v(3, "")}, `{"attributes":{"type":"Task"},"id":"X","AccountId":null}`},
		"one of many parents":  {providers.OpUpdate, []providers.Value{v(4, "a@b.c")}, `{"attributes":{"type":"Task"},"id":"X","Who":{"attributes":{"type":"Lead"},"Email":"a@b.c"}}`},
		"nulls":                {providers.OpUpdate, []providers.Value{v(0, ""), v(1, ""), v(2, "")}, `{"attributes":{"type":"Task"},"id":"X","Subject":null,"Score__c":null,"Done__c":null}`},
		"an upsert":            {providers.OpUpsert, []providers.Value{v(5, "E"), v(0, "s")}, `{"attributes":{"type":"Task"},"Ext__c":"E","Subject":"s"}`},
		"an upsert of nobody":  {providers.OpUpsert, []providers.Value{v(0, "s")}, ""},
		"a number that is not": {providers.OpUpdate, []providers.Value{v(1, `1,"Subject":"x"`)}, ""},
		"a text that is not":   {providers.OpUpdate, []providers.Value{v(0, "\xff")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := providers.Write{Object: o, Op: c.op, Fields: fields}
			id := "X"
			if c.op == providers.OpUpsert {
				w.Match, id = &o.Fields[5], ""
			}
			e, err := newEncoder(w)
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.row([]byte("before"), providers.Row{Values: c.values}, id)
			if string(got) != "before"+c.want || (err == nil) != (c.want != "") {
				t.Errorf("%s, %v", got, err)
			}
		})
	}
	for name, w := range map[string]providers.Write{
		"a field without a single value": {Object: o, Op: providers.OpUpdate, Fields: []providers.Field{{Name: "MailingAddress", Type: "address"}}},
		"an upsert without its field":    {Object: o, Op: providers.OpUpsert, Match: &o.Fields[5], Fields: fields[:1]},
	} {
		if _, err := newEncoder(w); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func samplePage(n int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `{"totalSize":%d,"done":true,"records":[`, n)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"attributes":{"type":"Contact","url":"/services/data/v59.0/sobjects/Contact/003000000%06dAAA"},"Id":"003000000%06dAAA",`+
			`"Ext__c":"C-%07d","LastName":"Müller \"%d\"","Email":"p%d@example.com","Number__c":%d.5,"HasOptedOutOfEmail":false,`+
			`"Account":{"attributes":{"type":"Account","url":"/x"},"Code__c":"A-%d"},"LastModifiedDate":"2026-01-02T03:04:05.000+0000","LastModifiedById":"005000000000001AAA"}`, i, i, i, i, i, i, i)
	}
	return []byte(b.String() + "]}")
}

func sampleRead() providers.Read {
	o := &providers.Object{Name: "Contact", Fields: []providers.Field{{Name: "LastModifiedDate", Type: "datetime"}, {Name: "LastModifiedById", Type: "reference"}}}
	return providers.Read{Object: o, By: providers.Field{Name: "Ext__c", Type: "string"}, Fields: []providers.Field{
		{Name: "LastName", Type: "string"}, {Name: "Email", Type: "email"}, {Name: "Number__c", Type: "double", Scale: 2},
		{Name: "HasOptedOutOfEmail", Type: "boolean"}, {Name: "Account.Code__c", Type: "string"},
	}}
}

func TestAPageIsReadInOnePass(t *testing.T) {
	s, err := newSelection(sampleRead())
	if err != nil {
		t.Fatal(err)
	}
	want := "SELECT Id,Ext__c,LastName,Email,Number__c,HasOptedOutOfEmail,Account.Code__c,LastModifiedDate,LastModifiedById FROM Contact"
	if s.soql() != want {
		t.Errorf("the query is %s", s.soql())
	}
	p, err := s.page(samplePage(3))
	if err != nil || len(p.records) != 3 {
		t.Fatal(p, err)
	}
	r := p.records[1]
	if r.ID != "003000000000001AAA" || r.Match.String != "C-0000001" || r.ModifiedAt.Hour() != 3 || r.ModifiedBy != "005000000000001AAA" {
		t.Errorf("%+v", r)
	}
	for i, v := range []string{`Müller "1"`, "p1@example.com", "1.50", "false", "A-1"} {
		if r.Values[i] != providers.T(v) {
			t.Errorf("value %d is %+v", i, r.Values[i])
		}
	}
	// A parent that is not there, names in another case, and nothing at all.
	p, err = s.page([]byte(`{"records":[{"id":"003000000000001AAA","EXT__C":"x","Account":null}],"done":true,"totalSize":1}`))
	if err != nil || p.records[0].Match != providers.T("x") || p.records[0].Values[4].Valid {
		t.Errorf("%+v, %v", p, err)
	}
	for _, bad := range []string{``, `[]`, `{}`, `{"totalSize":1,"done":false,"records":[]}`, `{"totalSize":1,"done":true,"records":{}}`, `{"totalSize":1,"done":true,"records":[`} {
		if _, err := s.page([]byte(bad)); err == nil {
			t.Errorf("%s is a page", bad)
		}
	}
}

func FuzzPage(f *testing.F) {
	f.Add(samplePage(2))
	f.Add([]byte(`{"records":[{"Account":{"Account":{}}}]}`))
	s, err := newSelection(sampleRead())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := s.page(raw)
		for _, r := range p.records {
			if err == nil && len(r.Values) != 5 {
				t.Errorf("%d values", len(r.Values))
			}
			for _, v := range r.Values {
				if !utf8.ValidString(v.String) {
					t.Errorf("%q", v.String)
				}
			}
		}
	})
}

func BenchmarkPage(b *testing.B) {
	raw := samplePage(2000)
	s, err := newSelection(sampleRead())
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if p, err := s.page(raw); err != nil || len(p.records) != 2000 {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	o := &providers.Object{Name: "Contact"}
	fields := []providers.Field{{Name: "Ext__c", Type: "string"}, {Name: "LastName", Type: "string"}, {Name: "Number__c", Type: "double", Scale: 2}, {Name: "Birthdate", Type: "date"}}
	e, err := newEncoder(providers.Write{Object: o, Op: providers.OpUpdate, Fields: fields})
	if err != nil {
		b.Fatal(err)
	}
	row := providers.Row{Values: []providers.Value{
		{Field: 0, Text: providers.T("C-0000001")}, {Field: 1, Text: providers.T("Müller")}, {Field: 2, Text: providers.T("12.50")}, {Field: 3, Text: providers.T("1990-01-31")},
	}}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		if buf, err = e.row(buf[:0], row, "003000000000001AAA"); err != nil {
			b.Fatal(err)
		}
	}
}
