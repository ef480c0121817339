package emulator_test

import (
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strings"
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

func TestFieldsOfAParentByItsObject(t *testing.T) {
	c := open(t, emulator.Options{Schema: []byte(`{"format":"1.0","objects":{"Memo__c":{"fields":[
		{"name":"About__c","type":"reference","referenceTo":["Account","Contact"],"relationshipName":"About__r"}]}}}`)})
	firm := c.create("Account", map[string]any{"Name": "Acme", "Site": "HQ"})
	who := c.create("Contact", map[string]any{"LastName": "L", "Title": "Dr"})
	for _, about := range []any{firm, who, nil} {
		c.create("Memo__c", map[string]any{"About__c": about})
	}
	got := c.query("SELECT Id, TYPEOF About__r WHEN Account THEN Name, Site WHEN contact THEN Title END FROM Memo__c ORDER BY CreatedDate, Name")
	var parents []string
	for _, r := range got {
		p, ok := r["About__r"].(map[string]any)
		if !ok {
			parents = append(parents, "none")
			continue
		}
		delete(p, "attributes")
		raw, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		parents = append(parents, string(raw))
	}
	slices.Sort(parents)
	if want := []string{"none", `{"Name":"Acme","Site":"HQ"}`, `{"Title":"Dr"}`}; !slices.Equal(parents, want) {
		t.Errorf("the parents are %v, want %v", parents, want)
	}
	for q, want := range map[string]string{
		"SELECT TYPEOF About__r WHEN Lead THEN Name END FROM Memo__c":                                             "INVALID_TYPE",
		"SELECT TYPEOF About__r WHEN Account THEN Nothing END FROM Memo__c":                                       "INVALID_FIELD",
		"SELECT TYPEOF Owner__r WHEN Account THEN Name END FROM Memo__c":                                          "INVALID_FIELD",
		"SELECT TYPEOF CreatedBy WHEN User THEN Name END FROM Memo__c":                                            "INVALID_FIELD",
		"SELECT TYPEOF About__r END FROM Memo__c":                                                                 "MALFORMED_QUERY",
		"SELECT TYPEOF About__r WHEN Account THEN Name ELSE Name END FROM Memo__c":                                "MALFORMED_QUERY",
		"SELECT TYPEOF About__r WHEN Account Name END FROM Memo__c":                                               "MALFORMED_QUERY",
		"SELECT TYPEOF About__r WHEN Account THEN Name, Name END FROM Memo__c":                                    "MALFORMED_QUERY",
		"SELECT Name, TYPEOF About__r WHEN Account THEN Name END FROM Memo__c GROUP BY Name":                      "MALFORMED_QUERY",
		"SELECT Name FROM Memo__c ORDER BY TYPEOF About__r WHEN Account THEN Name END":                            "MALFORMED_QUERY",
		"SELECT Id FROM Memo__c WHERE About__c IN (SELECT TYPEOF About__r WHEN Account THEN Id END FROM Memo__c)": "MALFORMED_QUERY",
	} {
		if got := code(t, c.want(400, "GET", "query?q="+url.QueryEscape(q), nil).list(t)[0]); got != want {
			t.Errorf("%s: %s, want %s", q, got, want)
		}
	}
}

// TestTheSchemaFileOfTheDocumentation opens an org with the example of docs/embedded-org.md.
func TestTheSchemaFileOfTheDocumentation(t *testing.T) {
	raw, err := os.ReadFile("../../../docs/embedded-org.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, ok := strings.Cut(string(raw), "```json\n")
	example, _, end := strings.Cut(example, "```")
	if !ok || !end {
		t.Fatal("there is no example")
	}
	c := open(t, emulator.Options{Schema: []byte(example)})
	person := c.get("Account", c.create("Account", map[string]any{"LastName": "Okafor", "PersonEmail": "ada@example.com"}))
	if person["CurrencyIsoCode"] != "EUR" || person["IsPersonAccount"] != true {
		t.Errorf("a person: %v", person)
	}
	queue := str(c.query("SELECT Id FROM Group WHERE DeveloperName = 'Inbound_Leads'")[0]["Id"])
	if lead := c.get("Lead", c.create("Lead", map[string]any{"LastName": "L", "Company": "C"})); lead["OwnerId"] != queue {
		t.Errorf("a lead: %v", lead["OwnerId"])
	}
	c.create("Contact", map[string]any{"LastName": "L", "Email": "bo@example.com", "Tier__c": "Silver"})
	for want, rec := range map[string]map[string]any{
		"DUPLICATES_DETECTED":                     {"LastName": "L", "Email": "bo@example.com"},
		"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": {"LastName": "L", "Tier__c": "Gold"},
	} {
		if r := c.row("POST", "composite/sobjects", "Contact", rec); code(t, r) != want {
			t.Errorf("%v: %v, want %s", rec, r, want)
		}
	}
}
