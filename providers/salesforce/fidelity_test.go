package salesforce_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/providertest"
	"github.com/signalsmith/signalsmith/providers/salesforce/canon"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// fidelitySchema has a field of every Describe type whose values can be written as one value, and of several sizes.
const fidelitySchema = `{"format": "1.0", "objects": {"Value__c": {"fields": [
  {"name": "Ext__c", "type": "string", "length": 40, "externalId": true, "unique": true},
  {"name": "Short__c", "type": "string", "length": 7},
  {"name": "String__c", "type": "string", "length": 255},
  {"name": "Textarea__c", "type": "textarea", "length": 32768},
  {"name": "Encrypted__c", "type": "encryptedstring", "length": 175},
  {"name": "Email__c", "type": "email"},
  {"name": "Phone__c", "type": "phone"},
  {"name": "Url__c", "type": "url"},
  {"name": "Combo__c", "type": "combobox", "picklistValues": ["A", "B"]},
  {"name": "Pick__c", "type": "picklist", "picklistValues": ["A", "B"]},
  {"name": "Strict__c", "type": "picklist", "restrictedPicklist": true, "picklistValues": ["Gold", "Silver", "Ünïcode 🙂"]},
  {"name": "Multi__c", "type": "multipicklist", "restrictedPicklist": true, "picklistValues": ["b", "A", "Z", "é", "a b", "10", "9"]},
  {"name": "Bool__c", "type": "boolean"},
  {"name": "Int__c", "type": "int"},
  {"name": "Long__c", "type": "long"},
  {"name": "Whole__c", "type": "double", "precision": 18, "scale": 0},
  {"name": "Double__c", "type": "double", "precision": 18, "scale": 2},
  {"name": "Fine__c", "type": "double", "precision": 16, "scale": 15},
  {"name": "Currency__c", "type": "currency", "precision": 18, "scale": 2},
  {"name": "Percent__c", "type": "percent", "precision": 5, "scale": 3},
  {"name": "Date__c", "type": "date"},
  {"name": "DateTime__c", "type": "datetime"},
  {"name": "Time__c", "type": "time"},
  {"name": "Ref__c", "type": "reference", "referenceTo": ["Account"]}]}}}`

// values of one type are drawn so often; each is written in canonical form, and once more in a form that has to be made
// canonical by the org.
const perType = 10000

func TestAnyValueOfEveryTypeComesBackAsItsCanonicalText(t *testing.T) {
	n := perType
	if testing.Short() {
		n = 500
	}
	o := openOrg(t, emulator.Options{Schema: []byte(fidelitySchema)})
	account := writeRows(t, o, providers.OpInsert, "Account", "", map[string]string{"Name": "A"})[0].ID
	obj := object(t, o, "Value__c")
	var fields []providers.Field
	for _, f := range obj.Fields {
		if strings.HasSuffix(f.Name, "__c") && f.Name != "Ext__c" {
			fields = append(fields, f)
		}
	}
	r := rand.New(rand.NewPCG(3, 14))
	want := make(map[string][]providers.Text, 2*n)
	raw := make(map[string][]string, n)
	for i := range n {
		values, loose := make([]providers.Text, len(fields)), make([]string, len(fields))
		for j := range fields {
			s := providertest.RandomText(r, &fields[j])
			if fields[j].Type == "reference" && r.IntN(2) == 0 {
				s = account
			}
			values[j] = providers.T(s)
			loose[j] = providertest.Spell(r, &fields[j], s)
			c, _ := fields[j].Canon()
			if back, ok := canon.Text(loose[j], c); !ok || back != values[j] {
				t.Fatalf("%s: %q is made %q, not %q", fields[j].Name, loose[j], back.String, s)
			}
		}
		want[fmt.Sprintf("C-%d", i)], want[fmt.Sprintf("R-%d", i)] = values, values
		raw[fmt.Sprintf("R-%d", i)] = loose
	}

	w := providers.Write{Object: obj, Op: providers.OpUpsert, Match: obj.Field("Ext__c"), Fields: append([]providers.Field{*obj.Field("Ext__c")}, fields...)}
	asText := w // sends values as text, without making them canonical
	asText.Fields = append([]providers.Field{}, w.Fields...)
	for j := range asText.Fields {
		asText.Fields[j].Type = "string"
	}
	for name, c := range map[string]struct {
		w      providers.Write
		values func(key string) []providers.Text
		prefix string
	}{
		"canonical": {w, func(key string) []providers.Text { return want[key] }, "C"},
		"raw": {asText, func(key string) []providers.Text {
			var out []providers.Text
			for _, s := range raw[key] {
				out = append(out, providers.Text{String: s, Valid: s != ""})
			}
			return out
		}, "R"},
	} {
		out, err := send(t, o, c.w, func(yield func(providers.Row, error) bool) {
			for i := range n {
				key := fmt.Sprintf("%s-%d", c.prefix, i)
				row := providers.Row{Key: key, Values: []providers.Value{{Field: 0, Text: providers.T(key)}}}
				for j, v := range c.values(key) {
					row.Values = append(row.Values, providers.Value{Field: j + 1, Text: v})
				}
				if !yield(row, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(name, err)
		}
		for key, x := range out {
			if !x.OK {
				t.Fatalf("%s %s: %s %s", name, key, x.Code, x.Message)
			}
		}
	}
	got := 0
	err := o.Read(t.Context(), providers.Read{
		Object: obj, By: *obj.Field("Ext__c"), Fields: fields, Count: int64(len(want)),
		Keys: func(yield func(string, error) bool) {
			for key := range want {
				if !yield(key, nil) {
					return
				}
			}
		},
	}, func(rec providers.Record) error {
		got++
		for j, v := range rec.Values {
			if w := want[rec.Match.String][j]; v != w {
				return fmt.Errorf("%s of %s is %q, want %q", fields[j].Name, rec.Match.String, v.String, w.String)
			}
		}
		return nil
	})
	if err != nil || got != len(want) {
		t.Errorf("%d of %d came: %v", got, len(want), err)
	}
}

// TestNumbersWithMoreDigitsThanADoubleSettle holds numbers that no JSON client gets back whole: what is read is the nearest
// double, and writing that changes nothing more.
func TestNumbersWithMoreDigitsThanADoubleSettle(t *testing.T) {
	o := openOrg(t, emulator.Options{Schema: []byte(fidelitySchema)})
	r := rand.New(rand.NewPCG(2, 71))
	const n = 1000
	written := make([]string, n)
	for i := range written {
		written[i] = fmt.Sprintf("%d.%02d", 1e15+r.Int64N(9e15), r.IntN(100))
		if i%2 == 0 {
			written[i] = "-" + written[i]
		}
	}
	round := func(values []string) []string {
		obj := object(t, o, "Value__c")
		w := providers.Write{Object: obj, Op: providers.OpUpsert, Match: obj.Field("Ext__c"), Fields: []providers.Field{*obj.Field("Ext__c"), *obj.Field("Double__c")}}
		out, err := send(t, o, w, func(yield func(providers.Row, error) bool) {
			for i, v := range values {
				key := fmt.Sprint(i)
				if !yield(providers.Row{Key: key, Values: []providers.Value{{Field: 0, Text: providers.T(key)}, {Field: 1, Text: providers.T(v)}}}, nil) {
					return
				}
			}
		})
		if err != nil || out.classes()["ok"] != n {
			t.Fatalf("%v, %v", out.classes(), err)
		}
		back := make([]string, n)
		keys := make([]string, n)
		for i := range keys {
			keys[i] = fmt.Sprint(i)
		}
		for key, rec := range readBy(t, o, "Value__c", "Ext__c", []string{"Double__c"}, keys...) {
			var i int
			if _, err := fmt.Sscan(key, &i); err != nil {
				t.Fatal(err)
			}
			back[i] = rec.Values[0].String
		}
		return back
	}
	once := round(written)
	for i, v := range once {
		var a, b float64
		if _, err := fmt.Sscan(written[i]+" "+v, &a, &b); err != nil || a != b {
			t.Fatalf("%s comes back as %s, another double", written[i], v)
		}
	}
	for i, v := range round(once) {
		if v != once[i] {
			t.Fatalf("%s became %s, and that %s", written[i], once[i], v)
		}
	}
}

// TestWhatDoesNotFitIsRefusedByItsCode holds the row checks' predictions: the first value that does not fit a field any more.
func TestWhatDoesNotFitIsRefusedByItsCode(t *testing.T) {
	o := openOrg(t, emulator.Options{Schema: []byte(fidelitySchema)})
	units := func(s string) int { return len(utf16.Encode([]rune(s))) }
	for name, c := range map[string]struct{ field, fits, not, code string }{
		"text":                        {"Short__c", "1234567", "12345678", "STRING_TOO_LONG"},
		"text beyond the first plane": {"Short__c", "🙂🙂🙂a", "🙂🙂🙂🙂", "STRING_TOO_LONG"},
		"combining marks":             {"Short__c", "e\u0301e\u0301e\u0301e", "e\u0301e\u0301e\u0301e\u0301", "STRING_TOO_LONG"},
		"a long text":                 {"Textarea__c", strings.Repeat("é", 32768), strings.Repeat("é", 32769), "STRING_TOO_LONG"},
		"a phone":                     {"Phone__c", strings.Repeat("1", 40), strings.Repeat("1", 41), "STRING_TOO_LONG"},
		"a url":                       {"Url__c", strings.Repeat("u", 255), strings.Repeat("u", 256), "STRING_TOO_LONG"},
		"an email's length":           {"Email__c", strings.Repeat("a", 64) + "@" + strings.Repeat("b", 12) + ".cc", strings.Repeat("a", 64) + "@" + strings.Repeat("b", 13) + ".cc", "STRING_TOO_LONG"},
		"an email's form":             {"Email__c", "a@b.cc", "a@b", "INVALID_EMAIL_ADDRESS"},
		"an email with white space":   {"Email__c", "a.b@c.dd", "a b@c.dd", "INVALID_EMAIL_ADDRESS"},
		"a restricted picklist":       {"Strict__c", "Ünïcode 🙂", "gold", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"},
		"a restricted set":            {"Multi__c", "A;Z", "A;Y", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"},
		"a free picklist's length":    {"Pick__c", strings.Repeat("p", 255), strings.Repeat("p", 256), "STRING_TOO_LONG"},
		"an int":                      {"Int__c", "-999999999", "1000000000", "NUMBER_OUTSIDE_VALID_RANGE"},
		"a long":                      {"Long__c", "999999999999999999", "-1000000000000000000", "NUMBER_OUTSIDE_VALID_RANGE"},
		"a double":                    {"Double__c", "9999999999999.99", "10000000000000000.00", "NUMBER_OUTSIDE_VALID_RANGE"},
		"a percent":                   {"Percent__c", "-99.999", "100.000", "NUMBER_OUTSIDE_VALID_RANGE"},
		"a date before all":           {"Date__c", "1700-01-01", "1699-12-31", "INVALID_TYPE_ON_FIELD_IN_RECORD"},
		"a date after all":            {"Date__c", "4000-12-31", "4001-01-01", "INVALID_TYPE_ON_FIELD_IN_RECORD"},
		"a date-time after all":       {"DateTime__c", "4000-12-31T23:59:59Z", "4001-01-01T00:00:00Z", "INVALID_TYPE_ON_FIELD_IN_RECORD"},
		"a reference":                 {"Ref__c", "", "001EM0000009999", "INVALID_CROSS_REFERENCE_KEY"},
		"a reference to another":      {"Ref__c", "", "003EM0000000001", "MALFORMED_ID"},
		"a unique value":              {"Ext__c", "only", "ONLY", "DUPLICATE_VALUE"},
	} {
		t.Run(name, func(t *testing.T) {
			rows := []map[string]string{{"Name": "a", c.field: c.fits}, {"Name": "b", c.field: c.not}}
			out := writeRows(t, o, providers.OpInsert, "Value__c", "", rows...)
			if !out[0].OK {
				t.Errorf("%d units: %+v", units(c.fits), out[0])
			}
			if out[1].OK || out[1].Code != c.code || out[1].Class != providers.ClassRow {
				t.Errorf("%d units: %+v", units(c.not), out[1])
			}
			if len(out[1].Fields) != 1 || out[1].Fields[0] != c.field {
				if c.code != "DUPLICATE_VALUE" {
					t.Errorf("the fields are %v", out[1].Fields)
				}
			}
			if !out[0].OK || c.fits == "" {
				return
			}
			back := readByID(t, o, "Value__c", []string{c.field}, out[0].ID)[out[0].ID].Values[0]
			if back.String != c.fits {
				t.Errorf("it came back as %q", back.String)
			}
		})
	}
}
