package engine_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/providertest"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// valued is a field of the object Value__c: as Describe shows it, the column that it comes from, and values that are
// always among its own, each beside its canonical text. A cast makes the column one of another type.
type valued struct {
	name, describe string
	cast           string
	edges          [][2]string
}

// valuedFields has every Describe type whose values are written as one value, and those types again of which a model has
// columns of their own.
func valuedFields() []valued {
	same := func(values ...string) (out [][2]string) {
		for _, v := range values {
			out = append(out, [2]string{v, v})
		}
		return out
	}
	long := strings.Repeat("🙂", 127) + "a"
	dates := same("1700-01-01", "1899-12-31", "1970-01-01", "2024-02-29", "4000-12-31")
	instants := [][2]string{
		{"1899-12-31 23:59:59.999999+00:00", "1899-12-31T23:59:59Z"}, {"2024-02-29T12:34:56.789123+05:30", "2024-02-29T07:04:56Z"},
		{"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"}, {"2024-03-31 02:30:00", "2024-03-31T02:30:00Z"}, {"2024-01-01T00:00:00-11:00", "2024-01-01T11:00:00Z"},
	}
	return []valued{
		{"String__c", `"type": "string", "length": 255`, "", [][2]string{{"  both ends ", "both ends"}, {" \u00a0\u3000x\u2028", "x"}, {" ", ""}, {long, long}, {"𝒜👩🏽💛", "𝒜👩🏽💛"}, {"\u200d", "\u200d"}, {`"a,b"`, `"a,b"`}}},
		{"Textarea__c", `"type": "textarea", "length": 32768`, "", [][2]string{{"one\r\ntwo\r\n", "one\r\ntwo"}, {"a\nb", "a\nb"}, {"\ttabs\tinside\t", "tabs\tinside"}}},
		{"Encrypted__c", `"type": "encryptedstring", "length": 175`, "", nil},
		{"Email__c", `"type": "email"`, "", [][2]string{{" O'Neil+x@Mail.example.co.uk ", "O'Neil+x@Mail.example.co.uk"}}},
		{"Phone__c", `"type": "phone"`, "", same("+49 (0)221 / 47-11 ext. 3")},
		{"Url__c", `"type": "url"`, "", same("https://example.com/ä?q=a b&c=%20#x")},
		{"Pick__c", `"type": "picklist", "picklistValues": ["A", "B"]`, "", same("of its own")},
		{"Strict__c", `"type": "picklist", "restrictedPicklist": true, "picklistValues": ["Gold", "Ünïcode 🙂"]`, "", nil},
		{"Combo__c", `"type": "combobox", "picklistValues": ["A", "B"]`, "", nil},
		{"Multi__c", `"type": "multipicklist", "restrictedPicklist": true, "picklistValues": ["b", "A", "Z", "é", "a b", "10", "9"]`, "", [][2]string{{"b;A;b; Z ;A", "A;Z;b"}, {"9;10", "10;9"}, {";;", ""}}},
		{"Bool__c", `"type": "boolean"`, "", [][2]string{{"Yes", "true"}, {" f ", "false"}, {"1", "true"}}},
		{"Int__c", `"type": "int"`, "", [][2]string{{"-0", "0"}, {"+0007", "7"}, {"1e3", "1000"}, {"-99999999", "-99999999"}, {"0.5", "1"}}},
		{"Double__c", `"type": "double", "precision": 18, "scale": 3`, "", [][2]string{{"-0.0004", "0.000"}, {"1E-30", "0.000"}, {"999999999999.999", "999999999999.999"}, {"-.5", "-0.500"}, {"2.0005", "2.001"}}},
		{"Whole__c", `"type": "double", "precision": 18, "scale": 0`, "", [][2]string{{"999999999999999", "999999999999999"}, {"-2.5", "-3"}}},
		{"Currency__c", `"type": "currency", "precision": 18, "scale": 2`, "", [][2]string{{"1.005", "1.01"}, {"1e12", "1000000000000.00"}}},
		{"Percent__c", `"type": "percent", "precision": 5, "scale": 3`, "", [][2]string{{"-99.999", "-99.999"}}},
		{"Date__c", `"type": "date"`, "", dates},
		{"DateTime__c", `"type": "datetime"`, "", instants},
		{"Time__c", `"type": "time"`, "", [][2]string{{"00:00", "00:00:00.000Z"}, {"23:59:59.999", "23:59:59.999Z"}}},
		{"Ref__c", `"type": "reference", "referenceTo": ["Account"]`, "", nil},
		{"DayToo__c", `"type": "date"`, "DATE", dates},
		{"SeenToo__c", `"type": "datetime"`, "TIMESTAMPTZ", instants[:3]},
		{"NumberToo__c", `"type": "double", "precision": 18, "scale": 2`, "DECIMAL(20,2)", [][2]string{{"-0.01", "-0.01"}}},
		{"FloatToo__c", `"type": "currency", "precision": 18, "scale": 2`, "DOUBLE", [][2]string{{"0.1", "0.10"}, {"1e-7", "0.00"}}},
		{"CountToo__c", `"type": "int"`, "BIGINT", nil},
		{"BoolToo__c", `"type": "boolean"`, "BOOLEAN", nil},
	}
}

// valueOf draws a value of a field: its canonical text, and how the model spells it.
func valueOf(r *rand.Rand, f valued, d *providers.Field, account string, row int) (canon, spelled string) {
	switch {
	case row < len(f.edges):
		return f.edges[row][1], f.edges[row][0]
	case d.Type == "reference" && r.IntN(2) == 0:
		return account, account[:15+3*r.IntN(2)]
	case f.cast == "":
		canon = providertest.RandomText(r, d)
		return canon, providertest.Spell(r, d, canon)
	}
	canon = providertest.RandomText(r, d)
	return canon, canon
}

// TestValuesOfEveryTypeArePlannedAppliedAndThenInStep takes 10,000 rows of random and odd values of every type through plan
// and apply. The org then holds their canonical text; and no other spelling of them, in the model or in the org, is a change.
func TestValuesOfEveryTypeArePlannedAppliedAndThenInStep(t *testing.T) {
	t.Parallel()
	n, respelled := 10000, 600
	if testing.Short() {
		n = 1000
	}
	fields := valuedFields()
	describe := []string{`{"name": "Ext__c", "type": "string", "length": 40, "externalId": true, "unique": true}`}
	sel, lines := []string{"key"}, []string{"    Ext__c = col.key"}
	for _, f := range fields {
		describe = append(describe, fmt.Sprintf(`{"name": %q, %s}`, f.name, f.describe))
		column := f.name
		if f.cast != "" {
			column = fmt.Sprintf("CAST(%s AS %s) AS %[1]s", f.name, f.cast)
		}
		sel = append(sel, column)
		lines = append(lines, "    "+f.name+" = col."+f.name)
	}
	p, h := servedAs(t, `{"format": "1.0", "objects": {"Value__c": {"fields": [`+strings.Join(describe, ",\n")+`]}}}`, emulator.Options{})
	p.remote = h
	text := p.read("main.hcl")
	from := strings.Index(text, "mapping \"contact\"")
	columns := []string{"key: 'VARCHAR'"}
	for _, f := range fields {
		columns = append(columns, f.name+": 'VARCHAR'")
	}
	p.write("main.hcl", strings.NewReplacer(
		`"Contact"`, `"Value__c"`, `"Code__c"`, `"Ext__c"`, `["id"]`, `["key"]`,
		"select * from read_csv('people.csv', all_varchar = true, header = true)",
		"select "+strings.Join(sel, ", ")+" from read_json('values.json', format = 'newline_delimited', columns = {"+strings.Join(columns, ", ")+"})",
	).Replace(text[:from])+"mapping \"values\" {\n  target = target.contact\n  fields = {\n"+strings.Join(lines, "\n")+
		"\n  }\n}\nsync \"values\" {\n  model   = model.people\n  mapping = mapping.values\n  mode    = \"upsert\"\n}\n")

	var made struct{ ID string }
	if err := json.Unmarshal(h.call("POST", "/sobjects/Account", map[string]any{"Name": "Acme"}), &made); err != nil {
		t.Fatal(err)
	}
	account := h.id("SELECT Id FROM Account")
	object := described(t, h)

	r := rand.New(rand.NewPCG(27, 18))
	want, spelt := make([]map[string]string, n), make([]map[string]string, n)
	write := func(spell func(row int, f valued, d *providers.Field) string) {
		var b strings.Builder
		out := json.NewEncoder(&b)
		out.SetEscapeHTML(false)
		for i := range n {
			row := map[string]any{"key": fmt.Sprintf("K-%05d", i)}
			for _, f := range fields {
				row[f.name] = nil
				if s := spell(i, f, object.Field(f.name)); s != "" || f.cast == "" {
					row[f.name] = s
				}
			}
			if err := out.Encode(row); err != nil {
				t.Fatal(err)
			}
		}
		p.write("values.json", b.String())
	}
	write(func(i int, f valued, d *providers.Field) string {
		if want[i] == nil {
			want[i], spelt[i] = map[string]string{}, map[string]string{}
		}
		canon, spelled := valueOf(r, f, d, account, i)
		want[i][f.name], spelt[i][f.name] = canon, spelled
		return spelled
	})
	if run := p.applied(); run.Done.Create != int64(n) {
		t.Fatalf("the run did %+v", run.Done)
	}
	p.empty("with the values as they were written")
	held(t, h, fields, want, object)

	// The model spells most of them otherwise, somebody in the org some others, and some of the same.
	write(func(i int, f valued, d *providers.Field) string {
		if i < respelled/2 || f.cast != "" {
			return spelt[i][f.name]
		}
		return providertest.Spell(r, d, want[i][f.name])
	})
	eve := h.as("eve@acme.example")
	ids := map[string]any{}
	for _, rec := range h.find("SELECT Id, Ext__c FROM Value__c WHERE Ext__c < 'K-01000'") {
		ids[fmt.Sprint(rec["Ext__c"])] = rec["Id"]
	}
	for start := 0; start < respelled; start += 200 {
		var records []map[string]any
		for i := start; i < start+200; i++ {
			rec := map[string]any{"attributes": map[string]any{"type": "Value__c"}, "id": ids[fmt.Sprintf("K-%05d", i)]}
			for _, f := range fields {
				if v := want[i][f.name]; v != "" {
					rec[f.name] = providertest.Spell(r, object.Field(f.name), v)
				}
			}
			records = append(records, rec)
		}
		if out := string(eve.call("PATCH", "/composite/sobjects", map[string]any{"allOrNone": true, "records": records})); strings.Contains(out, `"success":false`) {
			t.Fatal(out)
		}
	}
	// Another value is one change, among all of these.
	h.call("PATCH", "/sobjects/Value__c/"+fmt.Sprint(ids["K-00007"]), map[string]any{"String__c": "another"})
	if doc := p.plan(); counts(&doc.Items[0]) != fmt.Sprintf("update 1, unchanged %d", n-1) {
		t.Errorf("the plan says %q", counts(&doc.Items[0]))
	}
}

// described is the object as Describe shows it.
func described(t *testing.T, h *hand) *providers.Object {
	t.Helper()
	var shown struct {
		Fields []struct {
			Name, Type                       string
			Length, Precision, Scale, Digits int
			PicklistValues                   []struct{ Value string }
		}
	}
	if err := json.Unmarshal(h.call("GET", "/sobjects/Value__c/describe", nil), &shown); err != nil {
		t.Fatal(err)
	}
	out := &providers.Object{Name: "Value__c"}
	for _, f := range shown.Fields {
		d := providers.Field{Name: f.Name, Type: f.Type, Length: f.Length, Precision: f.Precision, Scale: f.Scale, Digits: f.Digits}
		for _, v := range f.PicklistValues {
			d.Picklist = append(d.Picklist, providers.PicklistValue{Value: v.Value})
		}
		out.Fields = append(out.Fields, d)
	}
	return out
}

// held holds that the org has the values, as canonical text.
func held(t *testing.T, h *hand, fields []valued, want []map[string]string, object *providers.Object) {
	t.Helper()
	names := []string{"Ext__c"}
	for _, f := range fields {
		names = append(names, f.name)
	}
	bad := 0
	for start := 0; start < len(want); start += 1000 {
		found := h.find(fmt.Sprintf("SELECT %s FROM Value__c WHERE Ext__c >= 'K-%05d' AND Ext__c < 'K-%05d'", strings.Join(names, ", "), start, start+1000))
		if len(found) != min(1000, len(want)-start) {
			t.Fatalf("%d records are found from %d on", len(found), start)
		}
		for _, rec := range found {
			var i int
			_, _ = fmt.Sscanf(fmt.Sprint(rec["Ext__c"]), "K-%d", &i)
			for _, f := range fields {
				d := object.Field(f.name)
				expect := want[i][f.name]
				if d.Type == "boolean" && expect == "" {
					expect = "false"
				}
				if got := read(d, rec[f.name]); got != expect && bad < 10 {
					bad++
					t.Errorf("row %d: the org holds %s %q, want %q", i, f.name, got, expect)
				}
			}
		}
	}
}

// read is a value of JSON as canonical text.
func read(d *providers.Field, v any) string {
	c, _ := d.Canon()
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return fmt.Sprintf("%.*f", c.Scale, v)
	case string:
		switch c.Kind {
		case providers.CanonDateTime:
			return strings.Replace(v, ".000+0000", "Z", 1)
		case providers.CanonSet:
			return strings.Join(slices.Sorted(strings.SplitSeq(v, ";")), ";")
		}
		return v
	default:
		return fmt.Sprint(v)
	}
}
