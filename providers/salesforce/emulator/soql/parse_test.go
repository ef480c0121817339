package soql_test

import (
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/soql"
)

func TestAQueryHasItsParts(t *testing.T) {
	q, err := soql.Parse("SELECT Id, Account.Name, COUNT(Id) n\nFROM Contact AS c WHERE (c.A__c = 'it\\'s' OR NOT B__c IN (1, -2.5, null)) AND C__c >= 2026-01-01T00:00:00Z " +
		"GROUP BY Id ORDER BY Id DESC NULLS LAST, Name LIMIT 10 OFFSET 5")
	if err != nil {
		t.Fatal(err)
	}
	if len(q.Select) != 3 || q.Select[1].Path.String() != "Account.Name" || q.Select[2].Func != "COUNT" || q.Select[2].Alias != "n" {
		t.Errorf("%+v", q.Select)
	}
	if q.From != "Contact" || q.Limit != 10 || q.Offset != 5 || len(q.OrderBy) != 2 || !q.OrderBy[0].Desc || !q.OrderBy[0].NullsLast {
		t.Errorf("%+v", q)
	}
	and, ok := q.Where.(*soql.Logic)
	if !ok || and.Or || len(and.Terms) != 2 {
		t.Fatalf("%+v", q.Where)
	}
	or, ok := and.Terms[0].(*soql.Logic)
	if !ok || !or.Or {
		t.Fatalf("%+v", and.Terms[0])
	}
	a, ok := or.Terms[0].(*soql.Compare)
	if !ok || a.Path.String() != "A__c" || a.Values[0].Text != "it's" {
		t.Errorf("%+v", or.Terms[0])
	}
	not, ok := or.Terms[1].(*soql.Not)
	if !ok {
		t.Fatalf("%+v", or.Terms[1])
	}
	in, ok := not.Term.(*soql.Compare)
	if !ok || in.Op != "IN" || len(in.Values) != 3 || in.Values[1].Text != "-2.5" || in.Values[2].Kind != soql.Null {
		t.Errorf("%+v", not.Term)
	}
}

func TestEscapesOfStrings(t *testing.T) {
	for in, want := range map[string]string{
		`a\nb\tc`:    "a\nb\tc",
		`\'\"\\`:     `'"\`,
		`\u00e9\_\%`: "é_%",
		`ünï`:        "ünï",
	} {
		q, err := soql.Parse("SELECT Id FROM A WHERE B = '" + in + "'")
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := q.Where.(*soql.Compare); !ok || c.Values[0].Text != want {
			t.Errorf("%s: %+v", in, q.Where)
		}
	}
}

func TestLikePatterns(t *testing.T) {
	for _, x := range []struct {
		pattern, text string
		want          bool
	}{
		{"a%", "ABC", true}, {"%c", "abc", true}, {"%b%", "abc", true}, {"a_c", "abc", true}, {"a_c", "ac", false},
		{"%", "", true}, {"", "", true}, {"", "a", false}, {"a%b%c", "aXbYc", true}, {"a%b%c", "acb", false},
		{`100\%`, "100%", true}, {`100\%`, "1000", false}, {`é%`, "École", true}, {"%a%a%a%", "aa", false},
	} {
		if got := soql.Like(x.pattern)(x.text); got != x.want {
			t.Errorf("%s on %s: %v", x.pattern, x.text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("SELECT Id, a.b FROM C WHERE d = 'x' AND (e > 1 OR NOT f LIKE 'g%') GROUP BY h ORDER BY i LIMIT 1")
	f.Add("SELECT COUNT() FROM A WHERE b IN (SELECT c FROM D) AND e = LAST_N_DAYS:3")
	f.Add("SELECT Id FROM A WHERE b = '\\u12")
	f.Fuzz(func(t *testing.T, text string) {
		q, err := soql.Parse(text)
		if err == nil && (q == nil || q.From == "" || len(q.Select) == 0) {
			t.Errorf("%+v", q)
		}
		if err != nil && (err.Code != "MALFORMED_QUERY" || strings.TrimSpace(err.Message) == "") {
			t.Errorf("%+v", err)
		}
	})
}
