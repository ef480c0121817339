package emulator_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

const offersSchema = `{"format":"1.0","objects":{"Contact":{
  "fields":[
    {"name":"Tier__c","type":"picklist","restrictedPicklist":true,"picklistValues":["Gold","Silver",{"value":"Old","active":false}]},
    {"name":"Tags__c","type":"multipicklist","restrictedPicklist":true,"picklistValues":["red","blue"]},
    {"name":"Free__c","type":"picklist","picklistValues":["a","b"]}],
  "recordTypeInfos":[
    {"developerName":"Retail","defaultRecordTypeMapping":true,"picklistsForRecordType":[
      {"picklistName":"tier__c","picklistValues":["Silver"]},
      {"picklistName":"Tags__c","picklistValues":[{"value":"red","label":"Red"}]},
      {"picklistName":"Free__c","picklistValues":["a"]}]},
    {"developerName":"Trade"}]}}}`

func TestRestrictedPicklistsTakeTheValuesOfTheRecordType(t *testing.T) {
	c := open(t, emulator.Options{Schema: []byte(offersSchema)})
	types := map[string]string{}
	for _, r := range c.query("SELECT Id, DeveloperName FROM RecordType WHERE SobjectType = 'Contact'") {
		types[str(r["DeveloperName"])] = str(r["Id"])
	}
	const refused = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
	for name, x := range map[string]struct {
		rec  map[string]any
		want string
	}{
		"a value of the default type":         {map[string]any{"Tier__c": "Silver"}, ""},
		"another value, of the default type":  {map[string]any{"Tier__c": "Gold"}, refused},
		"another value, of its own type":      {map[string]any{"Tier__c": "Gold", "RecordTypeId": types["Trade"]}, ""},
		"one of several values":               {map[string]any{"Tags__c": "red;blue"}, refused},
		"a value where anything is allowed":   {map[string]any{"Free__c": "b"}, ""},
		"no record type":                      {map[string]any{"Tier__c": "Gold", "RecordTypeId": nil}, ""},
		"a value that the field has no more":  {map[string]any{"Tier__c": "Old", "RecordTypeId": types["Trade"]}, refused},
		"all values, of a type that has them": {map[string]any{"Tags__c": "blue;red", "RecordTypeId": types["Trade"]}, ""},
	} {
		x.rec["LastName"] = "A"
		r := c.row("POST", "composite/sobjects", "Contact", x.rec)
		if x.want == "" && r["success"] != true || x.want != "" && code(t, r) != x.want {
			t.Errorf("%s: %v", name, r)
		}
	}
	// What is not written is not looked at: not even when the record type changes.
	id := c.create("Contact", map[string]any{"LastName": "A", "Tier__c": "Gold", "RecordTypeId": types["Trade"]})
	c.want(204, "PATCH", "sobjects/Contact/"+id, map[string]any{"RecordTypeId": types["Retail"], "Phone": "1"})
	c.want(204, "PATCH", "sobjects/Contact/"+id, map[string]any{"Phone": "2"})
	if r := c.row("PATCH", "composite/sobjects", "Contact", map[string]any{"id": id, "Tier__c": "Gold"}); code(t, r) != refused {
		t.Errorf("an update: %v", r)
	}

	var layouts struct {
		Mappings []struct {
			Developer string `json:"developerName"`
			Master    bool   `json:"master"`
			Picklists []struct {
				Name   string                   `json:"picklistName"`
				Values []struct{ Value string } `json:"picklistValues"`
			} `json:"picklistsForRecordType"`
		} `json:"recordTypeMappings"`
	}
	body := c.want(200, "GET", "sobjects/contact/describe/layouts", nil).body
	if err := json.Unmarshal([]byte(body), &layouts); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, m := range layouts.Mappings {
		for _, p := range m.Picklists {
			for _, v := range p.Values {
				got[m.Developer+" "+p.Name] = append(got[m.Developer+" "+p.Name], v.Value)
			}
		}
	}
	for key, want := range map[string][]string{
		"Retail Tier__c": {"Silver"}, "Retail Tags__c": {"red"}, "Retail Free__c": {"a"}, "Trade Tier__c": {"Gold", "Silver"}, "Master Tags__c": {"red", "blue"},
	} {
		if !slices.Equal(got[key], want) {
			t.Errorf("the layouts say of %s %v, want %v", key, got[key], want)
		}
	}
}
