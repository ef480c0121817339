package salesforce_test

import (
	"iter"
	"maps"
	"testing"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

func listed(all []string) iter.Seq2[string, error] {
	return keys(len(all), func(i int) string { return all[i] })
}

// object describes one object, which has to be there.
func object(t testing.TB, d providers.Destination, name string) *providers.Object {
	t.Helper()
	found, err := d.Describe(t.Context(), name)
	if err != nil || found[name] == nil {
		t.Fatalf("describe %s: %v", name, err)
	}
	return found[name]
}

// write sends rows of named fields, and gives their outcomes in order. A dotted field is one of a parent.
func writeRows(t testing.TB, d providers.Destination, op providers.Op, name, match string, rows ...map[string]string) []providers.Outcome {
	t.Helper()
	o := object(t, d, name)
	w := providers.Write{Object: o, Op: op}
	index := map[string]int{}
	var list []providers.Row
	for i, values := range rows {
		r := providers.Row{Key: string(rune('a' + i)), ID: values["Id"]}
		for f, v := range values {
			if f == "Id" {
				continue
			}
			if _, ok := index[f]; !ok {
				index[f] = len(w.Fields)
				w.Fields = append(w.Fields, field(t, d, o, f))
			}
			r.Values = append(r.Values, providers.Value{Field: index[f], Text: providers.T(v)})
		}
		list = append(list, r)
	}
	if op == providers.OpUpsert {
		w.Match = o.Field(match)
	}
	got, err := send(t, d, w, func(yield func(providers.Row, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var out []providers.Outcome
	for _, r := range list {
		out = append(out, got[r.Key])
	}
	return out
}

// field finds a field, also one of a parent as Relationship.Field or Relationship:Object.Field.
func field(t testing.TB, d providers.Destination, o *providers.Object, name string) providers.Field {
	t.Helper()
	f := providers.Field{Name: name}
	rel, parent, last, dotted := f.Parent()
	if dotted {
		ref := o.Reference(rel)
		if ref == nil {
			t.Fatalf("%s has no relationship %s", o.Name, rel)
		}
		if parent == "" {
			parent = ref.ReferenceTo[0]
		}
		o = object(t, d, parent)
	}
	found := o.Field(last)
	if found == nil {
		t.Fatalf("%s has no field %s", o.Name, last)
	}
	f = *found
	f.Name = name
	return f
}

// readByID reads records, deleted ones too.
func readByID(t testing.TB, d providers.Destination, name string, fields []string, ids ...string) map[string]providers.Record {
	t.Helper()
	o := object(t, d, name)
	r := providers.Read{Object: o, By: *o.Field("Id"), Keys: listed(ids), Count: int64(len(ids)), Deleted: true}
	for _, f := range fields {
		r.Fields = append(r.Fields, field(t, d, o, f))
	}
	out := map[string]providers.Record{}
	if err := d.Read(t.Context(), r, func(rec providers.Record) error { out[rec.ID] = rec; return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAConvertedLeadSaysSoAndFailsAlone(t *testing.T) {
	o := openOrg(t, emulator.Options{})
	made := writeRows(t, o, providers.OpInsert, "Lead", "", map[string]string{"LastName": "A", "Company": "X"}, map[string]string{"LastName": "B", "Company": "Y"})
	got, err := o.emu.Convert(made[0].ID, emulator.Conversion{})
	if err != nil {
		t.Fatal(err)
	}
	read := readByID(t, o, "Lead", []string{"ConvertedContactId"}, made[0].ID, made[1].ID)
	if r := read[made[0].ID]; !r.Converted || r.Values[0].String != got.ContactID || r.Deleted {
		t.Errorf("the converted lead: %+v", r)
	}
	if r := read[made[1].ID]; r.Converted {
		t.Errorf("the other lead: %+v", r)
	}
	out := writeRows(t, o, providers.OpUpdate, "Lead", "", map[string]string{"Id": made[0].ID, "City": "Paris"}, map[string]string{"Id": made[1].ID, "City": "Paris"})
	if out[0].OK || out[0].Code != "CANNOT_UPDATE_CONVERTED_LEAD" || out[0].Class != providers.ClassRow || !out[1].OK {
		t.Errorf("outcomes %+v", out)
	}
}

func TestMergesAreFollowedStepByStep(t *testing.T) {
	o := openOrg(t, emulator.Options{})
	made := writeRows(t, o, providers.OpInsert, "Contact", "", map[string]string{"LastName": "A"}, map[string]string{"LastName": "B"}, map[string]string{"LastName": "C"})
	a, b, c := made[0].ID, made[1].ID, made[2].ID
	for _, m := range [][2]string{{b, a}, {c, b}} {
		if err := o.emu.Merge(m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	got := readByID(t, o, "Contact", nil, a, b, c)
	if got[a].MasterID != b || got[b].MasterID != c || got[c].MasterID != "" || !got[b].Deleted || got[c].Deleted {
		t.Errorf("read %+v", got)
	}
}

// cascadeSchema has children of children, one of them through a reference that may lead to several objects.
const cascadeSchema = `{"format": "1.0", "objects": {
  "Line__c": {"fields": [{"name": "Opportunity__c", "type": "reference", "referenceTo": ["Opportunity"], "cascadeDelete": true, "nillable": false}]},
  "Memo__c": {"fields": [{"name": "About__c", "type": "reference", "referenceTo": ["Account", "Contact"], "cascadeDelete": true}]}
}}`

func TestCascadesAreCountedThroughAllLevels(t *testing.T) {
	o := openOrg(t, emulator.Options{Schema: []byte(cascadeSchema)})
	one := func(object string, values map[string]string) string {
		out := writeRows(t, o, providers.OpInsert, object, "", values)[0]
		if !out.OK {
			t.Fatalf("%s: %+v", object, out)
		}
		return out.ID
	}
	acme := one("Account", map[string]string{"Name": "Acme"})
	other := one("Account", map[string]string{"Name": "Other"})
	ada := one("Contact", map[string]string{"LastName": "A", "AccountId": acme})
	one("Contact", map[string]string{"LastName": "B", "AccountId": other})
	deal := one("Opportunity", map[string]string{"Name": "D", "AccountId": acme, "StageName": "Prospecting", "CloseDate": "2026-01-01"})
	one("Line__c", map[string]string{"Opportunity__c": deal})
	one("Line__c", map[string]string{"Opportunity__c": deal})
	one("Memo__c", map[string]string{"About__c": acme})
	one("Memo__c", map[string]string{"About__c": ada})
	campaign := one("Campaign", map[string]string{"Name": "C"})
	one("CampaignMember", map[string]string{"CampaignId": campaign, "ContactId": ada})
	for name, c := range map[string]struct {
		object string
		ids    []string
		want   map[string]int64
	}{
		"an account":   {"Account", []string{acme}, map[string]int64{"Contact": 1, "Opportunity": 1, "Line__c": 2, "Memo__c": 2, "CampaignMember": 1}},
		"two accounts": {"Account", []string{acme, other, acme}, map[string]int64{"Contact": 2, "Opportunity": 1, "Line__c": 2, "Memo__c": 2, "CampaignMember": 1}},
		"a contact":    {"Contact", []string{ada}, map[string]int64{"Memo__c": 1, "CampaignMember": 1}},
		"a campaign":   {"Campaign", []string{campaign}, map[string]int64{"CampaignMember": 1}},
	} {
		got, err := o.Cascades(t.Context(), object(t, o, c.object), c.ids)
		if err != nil {
			t.Fatal(err)
		}
		delete(got, "CampaignMemberStatus") // Salesforce makes them with the campaign
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestManyIdsAreCountedInSeveralQueries(t *testing.T) {
	o := openOrg(t, emulator.Options{})
	const n = 1700
	accounts := make([]map[string]string, 0, n)
	for range n {
		accounts = append(accounts, map[string]string{"Name": "A"})
	}
	w := providers.Write{Object: object(t, o, "Account"), Op: providers.OpInsert}
	w.Fields = []providers.Field{*w.Object.Field("Name")}
	var ids []string
	err := o.Write(t.Context(), w, func(yield func(providers.Row, error) bool) {
		for range accounts {
			if !yield(providers.Row{Values: []providers.Value{{Text: providers.T("A")}}}, nil) {
				return
			}
		}
	}, func(os []providers.Outcome) error {
		for _, x := range os {
			ids = append(ids, x.ID)
		}
		return nil
	})
	if err != nil || len(ids) != n {
		t.Fatalf("%d accounts, %v", len(ids), err)
	}
	for _, id := range []string{ids[0], ids[n/2], ids[n-1]} {
		writeRows(t, o, providers.OpInsert, "Contact", "", map[string]string{"LastName": "A", "AccountId": id})
	}
	before := o.Usage()
	got, err := o.Cascades(t.Context(), w.Object, ids)
	if err != nil || got["Contact"] != 3 || len(got) != 1 {
		t.Errorf("counted %v, %v", got, err)
	}
	if calls := o.Usage().Query - before.Query; calls > 6 {
		t.Errorf("%d calls", calls)
	}
}
