package salesforce_test

import (
	"slices"
	"testing"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

const parentSchema = `{"format": "1.0", "currencies": ["EUR", "USD"], "personAccounts": true,
  "duplicateRules": [{"developerName": "Same_Phone", "sobjectType": "Contact", "matchFields": ["Phone"]}],
  "assignmentRules": [{"name": "Inbound", "sobjectType": "Lead", "owner": "Inbound_Leads"}],
  "objects": {
    "Account": {"fields": [{"name": "Code__c", "type": "string", "length": 60, "externalId": true, "unique": true}],
      "recordTypeInfos": [{"developerName": "Retail", "name": "Shop"}]},
    "Contact": {"fields": [{"name": "Ext__c", "type": "string", "length": 60, "externalId": true, "unique": true}],
      "recordTypeInfos": [{"developerName": "Retail", "name": "Shop", "defaultRecordTypeMapping": true}, {"developerName": "Trade"}, {"developerName": "Old", "active": false}]},
    "Lead": {"fields": [{"name": "Ext__c", "type": "string", "length": 60, "externalId": true, "unique": true}]},
    "Deal__c": {"fields": [{"name": "Stage__c", "type": "picklist", "controllerName": "Kind__c", "picklistValues": [{"value": "A", "validFor": "gAAA"}]},
      {"name": "Kind__c", "type": "picklist", "picklistValues": ["X", "Y"]}]}}}`

func TestDescribeShowsWhatAnOrgHas(t *testing.T) {
	o := openOrg(t, emulator.Options{Schema: []byte(parentSchema)})
	c := object(t, o, "Contact")
	if !c.PersonAccounts() || !c.MultiCurrency() || len(c.RecordTypes) != 4 {
		t.Errorf("contact: %+v", c.RecordTypes)
	}
	if rt := c.RecordType("retail"); rt == nil || !rt.Default || !rt.Active || !rt.Available || rt.Name != "Shop" || len(rt.ID) != 18 {
		t.Errorf("the default record type: %+v", rt)
	}
	if rt := c.RecordType("Old"); rt == nil || rt.Active {
		t.Errorf("an old record type: %+v", rt)
	}
	a := object(t, o, "Account")
	if !slices.Contains(a.Children, providers.Child{Object: "Contact", Field: "AccountId", Relationship: "Contacts", CascadeDelete: true}) ||
		!slices.Contains(a.Children, providers.Child{Object: "Case", Field: "AccountId", Relationship: "Cases", RestrictedDelete: true}) {
		t.Errorf("children of Account: %+v", a.Children)
	}
	d := object(t, o, "Deal__c")
	if f := d.Field("Stage__c"); f == nil || !f.DependentPicklist || f.Controller != "Kind__c" || f.Picklist[0].ValidFor != "gAAA" {
		t.Errorf("a dependent picklist: %+v", f)
	}
	if plain := object(t, openOrg(t, emulator.Options{}), "Account"); plain.PersonAccounts() || plain.MultiCurrency() {
		t.Error("an org without them has person accounts or several currencies")
	}
}

func TestParentsOfEveryKindAreSetByWhatNamesThem(t *testing.T) {
	o := openOrg(t, emulator.Options{Schema: []byte(parentSchema)})
	if err := o.emu.AddUser("ada@example.com", "Ada Lovelace"); err != nil {
		t.Fatal(err)
	}
	if err := o.emu.AddUser("gone@example.com", "Gone"); err != nil {
		t.Fatal(err)
	}
	users := readBy(t, o, "User", "Username", []string{"IsActive"}, "ADA@example.com", "gone@example.com", "nobody@example.com")
	if len(users) != 2 || users["ada@example.com"].Values[0].String != "true" {
		t.Fatalf("users: %v", users)
	}
	if out := writeRows(t, o, providers.OpUpdate, "User", "", map[string]string{"Id": users["gone@example.com"].ID, "IsActive": "false"}); !out[0].OK {
		t.Fatalf("%+v", out)
	}
	ada := users["ada@example.com"].ID
	c := object(t, o, "Contact")

	made := writeRows(t, o, providers.OpUpsert, "Contact", "Ext__c",
		map[string]string{"Ext__c": "C-1", "LastName": "A", "Owner.Username": "ada@example.com", "RecordType.DeveloperName": "trade"},
		map[string]string{"Ext__c": "C-2", "LastName": "A", "Owner.Username": "nobody@example.com"},
		map[string]string{"Ext__c": "C-3", "LastName": "A", "Owner.Username": "gone@example.com"},
		map[string]string{"Ext__c": "C-4", "LastName": "A", "RecordType.DeveloperName": "Old"},
		map[string]string{"Ext__c": "C-5", "LastName": "A", "RecordType.DeveloperName": "Nothing"},
		map[string]string{"Ext__c": "C-6", "LastName": "A"})
	for i, want := range []string{"", "INVALID_FIELD", "INACTIVE_OWNER_OR_USER", "INVALID_CROSS_REFERENCE_KEY", "INVALID_CROSS_REFERENCE_KEY", ""} {
		if made[i].Code != want || made[i].OK != (want == "") || want != "" && made[i].Class != providers.ClassRow {
			t.Errorf("row %d: %+v", i, made[i])
		}
	}
	fields := []string{"OwnerId", "Owner.Username", "RecordType.DeveloperName", "RecordTypeId"}
	got := readByID(t, o, "Contact", fields, made[0].ID, made[5].ID)
	want := []providers.Text{providers.T(ada), providers.T("ada@example.com"), providers.T("Trade"), providers.T(c.RecordType("Trade").ID)}
	if !slices.Equal(got[made[0].ID].Values, want) {
		t.Errorf("read %v, want %v", got[made[0].ID].Values, want)
	}
	if v := got[made[5].ID].Values; v[2] != providers.T("Retail") {
		t.Errorf("the default record type: %v", v)
	}
	if out := writeRows(t, o, providers.OpUpdate, "Contact", "", map[string]string{"Id": made[0].ID, "RecordType.DeveloperName": ""}); !out[0].OK {
		t.Errorf("clearing the record type: %+v", out)
	}
	if v := readByID(t, o, "Contact", fields, made[0].ID)[made[0].ID].Values; v[2].Valid || v[3].Valid {
		t.Errorf("the cleared record type: %v", v)
	}

	// The owner of a lead may be a queue, so the row says that it means a user.
	leads := writeRows(t, o, providers.OpUpsert, "Lead", "Ext__c",
		map[string]string{"Ext__c": "L-1", "LastName": "A", "Company": "C", "Owner:User.Username": "ada@example.com"})
	if !leads[0].OK {
		t.Fatalf("%+v", leads)
	}
	lead := readByID(t, o, "Lead", []string{"OwnerId", "Owner:User.Username"}, leads[0].ID)[leads[0].ID]
	if !slices.Equal(lead.Values, []providers.Text{providers.T(ada), providers.T("ada@example.com")}) {
		t.Errorf("the lead's owner: %v", lead.Values)
	}
}

// readBy reads records by a field, and gives them by its value.
func readBy(t testing.TB, d providers.Destination, name, by string, fields []string, keys ...string) map[string]providers.Record {
	t.Helper()
	o := object(t, d, name)
	r := providers.Read{Object: o, By: *o.Field(by), Keys: listed(keys), Count: int64(len(keys))}
	for _, f := range fields {
		r.Fields = append(r.Fields, field(t, d, o, f))
	}
	out := map[string]providers.Record{}
	if err := d.Read(t.Context(), r, func(rec providers.Record) error { out[rec.Match.String] = rec; return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRulesOfTheOrgActOnWrites(t *testing.T) {
	o := openOrg(t, emulator.Options{Schema: []byte(parentSchema)})
	me, err := o.Org(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	one := func(op providers.Op, name, match, assignment string, allow bool, values map[string]string) providers.Outcome {
		w := providers.Write{Object: object(t, o, name), Op: op, Assignment: assignment, AllowDuplicates: allow}
		var row providers.Row
		for f, v := range values {
			if f == "Id" {
				row.ID = v
				continue
			}
			row.Values = append(row.Values, providers.Value{Field: len(w.Fields), Text: providers.T(v)})
			w.Fields = append(w.Fields, *w.Object.Field(f))
		}
		w.Match = w.Object.Field(match)
		out, err := send(t, o, w, func(yield func(providers.Row, error) bool) { yield(row, nil) })
		if err != nil {
			t.Fatal(err)
		}
		return out[""]
	}
	owner := func(id string) string { return readByID(t, o, "Lead", []string{"OwnerId"}, id)[id].Values[0].String }
	lead := map[string]string{"LastName": "A", "Company": "C"}
	mine := one(providers.OpInsert, "Lead", "", providers.AssignOff, false, lead)
	queued := one(providers.OpInsert, "Lead", "", providers.AssignActive, false, lead)
	if owner(mine.ID) != me.UserID || owner(queued.ID) == me.UserID {
		t.Errorf("owners: %s without a rule, %s with one", owner(mine.ID), owner(queued.ID))
	}
	one(providers.OpUpdate, "Lead", "", providers.AssignActive, false, map[string]string{"Id": mine.ID, "City": "Paris"})
	if owner(mine.ID) != me.UserID {
		t.Error("an update was reassigned")
	}

	first := map[string]string{"Ext__c": "C-1", "LastName": "A", "Phone": "1"}
	second := map[string]string{"Ext__c": "C-2", "LastName": "B", "Phone": "1"}
	if x := one(providers.OpUpsert, "Contact", "Ext__c", "", false, first); !x.OK {
		t.Fatalf("%+v", x)
	}
	if x := one(providers.OpUpsert, "Contact", "Ext__c", "", false, second); x.OK || x.Code != "DUPLICATES_DETECTED" || x.Class != providers.ClassRow {
		t.Errorf("a duplicate: %+v", x)
	}
	if x := one(providers.OpUpsert, "Contact", "Ext__c", "", true, second); !x.OK || !x.Created {
		t.Errorf("a duplicate that is allowed: %+v", x)
	}
}

func TestPicklistsByRecordType(t *testing.T) {
	o := openOrg(t, emulator.Options{Schema: []byte(`{"format": "1.0", "objects": {
	  "Contact": {"fields": [{"name": "Tier__c", "type": "picklist", "restrictedPicklist": true, "picklistValues": ["Gold", "Silver", {"value": "Old", "active": false}]}],
	    "recordTypeInfos": [{"developerName": "Retail", "picklistsForRecordType": [{"picklistName": "Tier__c", "picklistValues": ["Silver", "Old"]}]}, {"developerName": "Trade"}]},
	  "Lead": {"recordTypeInfos": [{"developerName": "Web"}]}}}`)})
	contact, lead := object(t, o, "Contact"), object(t, o, "Lead")
	before := o.Usage().Calls
	if err := o.RecordTypePicklists(t.Context(), contact, lead); err != nil {
		t.Fatal(err)
	}
	if calls := o.Usage().Calls - before; calls != 1 {
		t.Errorf("two objects took %d calls", calls)
	}
	for name, want := range map[string][]string{"Retail": {"Silver"}, "Trade": {"Gold", "Silver"}} {
		if got := contact.RecordType(name).Values["Tier__c"]; !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", name, got, want)
		}
	}
	if len(lead.RecordType("Web").Values["LeadSource"]) == 0 {
		t.Errorf("a lead has %v", lead.RecordType("Web").Values)
	}
	// An object that is not there tells nothing.
	gone := &providers.Object{Name: "Gone__c", RecordTypes: []providers.RecordType{{ID: "012000000000001AAA"}}}
	if err := o.RecordTypePicklists(t.Context(), gone); err != nil || gone.RecordTypes[0].Values != nil {
		t.Errorf("an object that is not there: %v %v", gone.RecordTypes, err)
	}
}
