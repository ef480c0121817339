package engine_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers"
)

// checkedColumns are the columns of checked.csv, and the fields that they become.
var checkedColumns = []struct{ column, field string }{
	{"code", "Code__c"}, {"name", "LastName"}, {"short", "Short__c"}, {"mail", "Email"}, {"tier", "Tier__c"}, {"tags", "Tags__c"},
	{"score", "Score__c"}, {"visits", "Visits__c"}, {"day", "Birthdate"}, {"seen", "Seen__c"}, {"active", "Active__c"}, {"firm", "Account.Code__c"}, {"words", "Words__c"},
}

const checkedSchema = `{"format": "1.0", "objects": {
  "Account": {"fields": [{"name": "Code__c", "type": "string", "length": 20, "externalId": true, "unique": true}]},
  "Contact": {"fields": [
    {"name": "Code__c", "type": "string", "length": 20, "externalId": true, "unique": true},
    {"name": "Short__c", "type": "string", "length": 7},
    {"name": "Tier__c", "type": "picklist", "length": 255, "restrictedPicklist": true, "picklistValues": [
      {"value": "Gold", "label": "Gold", "active": true}, {"value": "Old", "label": "Old", "active": false}]},
    {"name": "Tags__c", "type": "multipicklist", "length": 4099, "restrictedPicklist": true, "picklistValues": [
      {"value": "red", "label": "Red", "active": true}, {"value": "it's", "label": "It", "active": true}]},
    {"name": "Words__c", "type": "multipicklist", "length": 4099, "picklistValues": [{"value": "w100", "label": "W", "active": true}]},
    {"name": "Score__c", "type": "double", "precision": 5, "scale": 2},
    {"name": "Visits__c", "type": "int", "digits": 9},
    {"name": "Seen__c", "type": "datetime"},
    {"name": "Active__c", "type": "boolean"}]}}}`

func checkedHCL() string {
	var fields strings.Builder
	for _, c := range checkedColumns {
		name := c.field
		if strings.Contains(name, ".") {
			name = fmt.Sprintf("%q", name)
		}
		fmt.Fprintf(&fields, "    %s = col.%s\n", name, c.column)
	}
	text := peopleHCL("emulator { schema = \"org.schema.json\" }")
	from, to := strings.Index(text, "    Code__c"), strings.Index(text, "    Tier__c     = col.tier\n")+len("    Tier__c     = col.tier\n")
	return text[:from] + fields.String() + anyRejects(text[to:])
}

// anyRejects lets a configuration's sync reject all of its rows.
func anyRejects(text string) string {
	return strings.Replace(text, "  mode    = \"upsert\"\n", "  mode    = \"upsert\"\n  guard { max_reject = \"100%\" }\n", 1)
}

// checked is a row of the table: a value of one column, and what becomes of the row. The rest of the row is sound.
type checked struct {
	column, value string
	reason        string // "" for a row that is created
	cause         string
	code          string // what Salesforce answers where the row is sent all the same
}

// checkCases has every check, each with the last value that passes and the first that does not.
func checkCases() map[string]checked {
	const text, set, email, number = "STRING_TOO_LONG", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "INVALID_EMAIL_ADDRESS", "NUMBER_OUTSIDE_VALID_RANGE"
	const date, parser = "INVALID_TYPE_ON_FIELD_IN_RECORD", "JSON_PARSER_ERROR"
	words := func(n int) string {
		var out []string
		for i := range n {
			out = append(out, fmt.Sprintf("w%03d", i))
		}
		return strings.Join(out, "; ")
	}
	email64 := strings.Repeat("a", 64) + "@b.cc"
	return map[string]checked{
		"a text as long as it may be":          {column: "short", value: "1234567"},
		"a text that is longer":                {"short", "12345678", "too_long", "longer than 7 characters", text},
		"three and a half wide characters":     {column: "short", value: "🙂🙂🙂a"},
		"four wide characters":                 {"short", "🙂🙂🙂🙂", "too_long", "longer than 7 characters", text},
		"white space around a text":            {column: "short", value: "   1234567   "},
		"no required value":                    {"name", "", "required_null", "no value", "REQUIRED_FIELD_MISSING"},
		"an address":                           {column: "mail", value: "o'neil+x@mail.example.co.uk"},
		"a long address":                       {column: "mail", value: email64},
		"an address with a longer name":        {"mail", "a" + email64, "bad_value", "not an e-mail address", email},
		"an address without a domain's end":    {"mail", "a@b", "bad_value", "not an e-mail address", email},
		"an address with a space":              {"mail", "a b@c.dd", "bad_value", "not an e-mail address", email},
		"an address with two signs":            {"mail", "a@b@c.dd", "bad_value", "not an e-mail address", email},
		"a value of the picklist":              {column: "tier", value: " Gold "},
		"another value":                        {"tier", "Golden", "bad_picklist", "not a value of the picklist", set},
		"a value in another case":              {"tier", "gold", "bad_picklist", "not a value of the picklist", set},
		"a value that is not active":           {"tier", "Old", "bad_picklist", "not a value of the picklist", set},
		"values of the picklist":               {column: "tags", value: "red;it's;red"},
		"one value that is none of them":       {"tags", "red;blue", "bad_picklist", "not all values of the picklist", set},
		"as many values as there may be":       {column: "words", value: words(100)},
		"one value more":                       {"words", words(101), "bad_value", "more than 100 values", "TOO_MANY_ENUM_VALUE"},
		"a value that begins like one":         {"tags", "redder", "bad_picklist", "not all values of the picklist", set},
		"a number as large as it may be":       {column: "score", value: "-999.994"},
		"a number that is rounded to more":     {"score", "999.995", "bad_value", "out of range: more than 3 digits before the point", number},
		"no number":                            {"score", "many", "bad_value", "not a valid double", parser},
		"a whole number as large as it may be": {column: "visits", value: "-999999999"},
		"a whole number that is larger":        {"visits", "1000000000", "bad_value", "out of range: more than 9 digits before the point", number},
		"the first day":                        {column: "day", value: "1700-01-01"},
		"the day before":                       {"day", "1699-12-31", "bad_value", "out of range: not from 1700 to 4000", date},
		"the last day":                         {column: "day", value: "4000-12-31"},
		"the day after":                        {"day", "4001-01-01", "bad_value", "out of range: not from 1700 to 4000", date},
		"no day":                               {"day", "2026-02-30", "bad_value", "not a valid date", parser},
		"the last second":                      {column: "seen", value: "4000-12-31T23:59:59Z"},
		"the second after":                     {"seen", "4001-01-01T00:00:00Z", "bad_value", "out of range: not from 1700 to 4000", date},
		"no truth value":                       {"active", "maybe", "bad_value", "not a valid boolean", parser},
		"a parent that is there":               {column: "firm", value: "f1"},
		"a parent that is not there":           {"firm", "F9", "unknown_parent", "no Account has this Code__c", "INVALID_FIELD"},
	}
}

// checkedRows writes checked.csv: one row for each case, in the order of their names, with its place as the key.
func checkedRows(p *project, cases map[string]checked) (names []string) {
	p.t.Helper()
	names = slices.Sorted(maps.Keys(cases))
	var b strings.Builder
	w := csv.NewWriter(&b)
	head := []string{"id"}
	for _, c := range checkedColumns {
		head = append(head, c.column)
	}
	rows := [][]string{head}
	for i, name := range names {
		rows = append(rows, append([]string{itoa(100 + i)}, rowOf(i, cases[name])...))
	}
	if err := w.WriteAll(rows); err != nil {
		p.t.Fatal(err)
	}
	p.write("people.csv", b.String())
	return names
}

// rowOf is a row's values in the order of the columns.
func rowOf(i int, c checked) []string {
	var out []string
	for _, col := range checkedColumns {
		v := map[string]string{"code": "C" + itoa(i), "name": "Okafor"}[col.column]
		if col.column == c.column {
			v = c.value
		}
		out = append(out, v)
	}
	return out
}

// firm is an account that rows may name.
func firm(p *project) {
	p.byHand("", func(h *hand) {
		h.call("POST", "/sobjects/Account", map[string]any{"Name": "Acme", "Code__c": "F1"})
	})
}

// rejectsOf holds that a plan rejects exactly the rows that the table says, each with its reason, field and cause.
func rejectsOf(t *testing.T, it *plan.Item, names []string, cases map[string]checked) {
	t.Helper()
	got := map[string]plan.Sample{}
	for _, s := range it.Samples {
		if s.Action == "reject" {
			got[s.Key] = s
		}
	}
	want := int64(0)
	for i, name := range names {
		c, s := cases[name], got[itoa(100+i)]
		if c.reason != "" {
			want++
		}
		field := ""
		if len(s.Fields) == 1 {
			field = s.Fields[0].Field
		}
		if s.Reason != c.reason || !strings.HasPrefix(s.Detail, c.cause) || c.reason != "" && field != fieldOf(c.column) {
			t.Errorf("%s: rejected as %q, %s %q; want %q, %s %q", name, s.Reason, field, s.Detail, c.reason, fieldOf(c.column), c.cause)
		}
	}
	if it.Counts.Reject.N != want || int64(len(got)) != want {
		t.Errorf("%d rows are rejected, %d of them shown; want %d", it.Counts.Reject.N, len(got), want)
	}
	sum, codes := int64(0), map[string]string{}
	for _, r := range it.Rejects {
		sum += r.N
		codes[r.Reason+" "+r.Field+" "+r.Cause] = r.Code
	}
	if sum != want {
		t.Errorf("the reasons add up to %d rows, not %d: %+v", sum, want, it.Rejects)
	}
	for i, name := range names {
		if c := cases[name]; c.reason != "" {
			if code := codes[c.reason+" "+fieldOf(c.column)+" "+got[itoa(100+i)].Detail]; code != c.code {
				t.Errorf("%s: the check predicts %q, want %q", name, code, c.code)
			}
		}
	}
}

func fieldOf(column string) string {
	for _, c := range checkedColumns {
		if c.column == column {
			return c.field
		}
	}
	return ""
}

func TestEveryRowThatSalesforceWouldRefuseIsRejectedForWhatItWouldSay(t *testing.T) {
	t.Parallel()
	cases := checkCases()
	p := newProject(t, map[string]string{"main.hcl": checkedHCL(), "org.schema.json": checkedSchema})
	p.options.Rejects = true
	p.engine.Now = time.Now
	firm(p)
	names := checkedRows(p, cases)
	it := p.plan().Item("sync.people")
	rejectsOf(t, it, names, cases)
	bad := it.Counts.Reject.N
	good := int64(len(cases)) - bad
	if it.Counts.Create.N != good {
		t.Errorf("%d rows are created; want %d", it.Counts.Create.N, good)
	}
	refused(t, p, names, cases)
	if run := p.applied(); run.Done.Create != good || run.Failed.Total() != 0 {
		t.Errorf("the run did %+v and failed %+v", run.Done, run.Failed)
	}
	p.applied() // remembers that the org spells the parent of one row F1
	p.empty("after the sound rows were created")
	it = p.plan().Item("sync.people")
	rejectsOf(t, it, names, cases)
	if it.Counts.Unchanged.N != good || it.Counts.Held.N != 0 {
		t.Errorf("the second plan says %s", counts(it))
	}
}

// refused sends the rows to the org as they are, past every check, and holds what it answers against the table.
func refused(t *testing.T, p *project, names []string, cases map[string]checked) {
	t.Helper()
	ctx := context.Background()
	d := p.load().Destinations["destination.salesforce.crm"]
	org, err := p.engine.Registry.Destination("salesforce").Open(ctx, providers.DestinationSpec{Name: d.Name, Dir: p.dir, Body: d.Body, Now: time.Now, UserAgent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = org.Close() }()
	objects, err := org.Describe(ctx, "Contact", "Account")
	if err != nil {
		t.Fatal(err)
	}
	contact := objects["Contact"]
	w := providers.Write{Object: contact, Op: providers.OpUpsert, Match: contact.Field("Code__c")}
	for _, c := range checkedColumns {
		f := providers.Field{Name: c.field, Type: "string"} // sends text as it is
		w.Fields = append(w.Fields, f)
	}
	got := map[string]providers.Outcome{}
	err = org.Write(ctx, w, func(yield func(providers.Row, error) bool) {
		for i, name := range names {
			c := cases[name]
			if c.reason == "" {
				continue
			}
			row := providers.Row{Key: name}
			for j, v := range rowOf(1000+i, c) {
				if v != "" {
					row.Values = append(row.Values, providers.Value{Field: j, Text: providers.T(v)})
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}, func(out []providers.Outcome) error {
		for _, o := range out {
			got[o.Key] = o
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range cases {
		if o := got[name]; c.reason != "" && (o.OK || o.Code != c.code) {
			t.Errorf("%s: Salesforce says %q %q, the check %q", name, o.Code, o.Message, c.code)
		}
	}
}

func TestEveryCheckInAWarehouse(t *testing.T) {
	t.Parallel()
	cases := checkCases()
	l := newLake(t)
	l.options.Rejects = true
	l.home(true, twoPeople)
	raw, err := os.ReadFile(filepath.Join(l.dir, "main.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	from, to := strings.Index(text, "    Code__c"), strings.Index(text, "    Tier__c     = col.tier\n")+len("    Tier__c     = col.tier\n")
	fields := checkedHCL()
	l.write("main.hcl", text[:from]+fields[strings.Index(fields, "    Code__c"):strings.Index(fields, "  }\n}\nsync")]+anyRejects(text[to:]))
	l.write("org.schema.json", checkedSchema)
	firm(l.project)
	names := slices.Sorted(maps.Keys(cases))
	var values []string
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	for i, name := range names {
		row := []string{itoa(100 + i)}
		for _, v := range rowOf(i, cases[name]) {
			if v = "'" + quote.Replace(v) + "'"; v == "''" {
				v = "cast(null as string)"
			}
			row = append(row, v)
		}
		values = append(values, "("+strings.Join(row, ", ")+")")
	}
	columns := []string{"id"}
	for _, c := range checkedColumns {
		columns = append(columns, c.column)
	}
	l.write("people.sql", "select * from (values "+strings.Join(values, ", ")+") as t("+strings.Join(columns, ", ")+")")
	it := l.plan().Item("sync.people")
	rejectsOf(t, it, names, cases)
	for i, name := range names {
		if c := cases[name]; c.reason == "unknown_parent" || c.reason == "required_null" {
			if y := l.asked(itoa(100 + i)); y.Action != "reject" || y.Reason != c.reason {
				t.Errorf("%s: asked why, the plan says %+v", name, y)
			}
		}
	}
	good := int64(len(cases)) - it.Counts.Reject.N
	if run := l.applied(); run.Done.Create != good || run.Failed.Total() != 0 {
		t.Errorf("the run did %+v and failed %+v", run.Done, run.Failed)
	}
	l.applied() // remembers that the org spells the parent of one row F1
	l.empty("after the sound rows were created")
	rejectsOf(t, l.plan().Item("sync.people"), names, cases)
}

func TestRowsThatFindNoOneRecordAreRejectedForWhatSalesforceWouldSay(t *testing.T) {
	t.Parallel()
	p := newProject(t, map[string]string{"main.hcl": checkedHCL(), "org.schema.json": strings.Replace(checkedSchema, `"length": 20, "externalId": true, "unique": true},
    {"name": "Short__c"`, `"length": 20, "externalId": true},
    {"name": "Short__c"`, 1)})
	for range 2 {
		p.byHand("", func(h *hand) {
			h.call("POST", "/sobjects/Contact", map[string]any{"LastName": "Twin", "Code__c": "TWIN"})
		})
	}
	p.write("people.csv", "id,code,name,short,mail,tier,tags,score,visits,day,seen,active,firm,words\n"+
		"1,TWIN,Ambiguous,,,,,,,,,,,\n2,SAME,Two,,,,,,,,,,,\n3,SAME,Three,,,,,,,,,,,\n4,,Four,,,,,,,,,,,\n5,A,Five,,,,,,,,,,,\n5,B,Five,,,,,,,,,,,\n,C,Nobody,,,,,,,,,,,\n")
	it := p.plan().Item("sync.people")
	got := map[string]string{}
	for _, r := range it.Rejects {
		got[r.Reason] = fmt.Sprintf("%d %s", r.N, r.Code)
	}
	want := map[string]string{
		"match_ambiguous": "1 DUPLICATE_EXTERNAL_ID", "match_duplicate": "2 DUPLICATE_VALUE", "match_null": "1 ", "key_duplicate": "2 ", "key_null": "1 ",
	}
	if !maps.Equal(got, want) {
		t.Errorf("the rejects are %v; want %v", got, want)
	}
	refused(t, p, []string{"twin", "same", "again"}, map[string]checked{
		"twin":  {"code", "TWIN", "match_ambiguous", "", "DUPLICATE_EXTERNAL_ID"},
		"same":  {"code", "SAME", "match_duplicate", "", "DUPLICATE_VALUE"},
		"again": {"code", "SAME", "match_duplicate", "", "DUPLICATE_VALUE"},
	})
	if p.apply() != nil {
		t.Error("a rejected row began a run")
	}
}
