package schema_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
)

// TestProblemsOfASchemaFileHaveAPlaceAndAHint marks the place where the problem is found with §.
func TestProblemsOfASchemaFileHaveAPlaceAndAHint(t *testing.T) {
	object := func(fields string) string {
		return "{\"format\": \"1.0\",\n \"objects\": {\"Contact\": {\"fields\": [\n  " + fields + "]}}}"
	}
	for _, x := range []struct{ name, text, msg, hint string }{
		{"bad JSON", "{\"format\": \"1.0\",\n \"objects\": §x}", "not JSON", "write the schema as JSON"},
		{"a comma too many", `{"format": "1.0"§,}`, "not JSON", "none after the last"},
		{"the end is missing", "{\"format\": \"1.0\"§", "the file ends too early", "write the schema as JSON"},
		{"text behind", `{"format": "1.0"} §{}`, "text after the end of the schema", "remove what follows"},
		{"not an object", `§[]`, "a schema file is an object, not a list", "start with"},
		{"no format", `§{"objects": {}}`, "the schema has no format", `add "format"`},
		{"another format", `{"format": §"2.0"}`, `unknown format "2.0"`, `reads format "1.0"`},
		{"unknown property at the top", `{"format": "1.0", §"object": {}}`, `unknown property "object"`, "did you mean objects?"},
		{"unknown property of an object", `{"format": "1.0", "objects": {"Contact": {§"field": []}}}`, `unknown property "field"`, "did you mean fields?"},
		{"objects is a list", `{"format": "1.0", "objects": §[]}`, "objects is an object keyed by API name", `"objects": {"Account"`},
		{"an object twice", `{"format": "1.0", "objects": {"Contact": {}, §"contact": {}}}`, "object contact is declared twice", "keep one"},
		{"an object that is not custom", `{"format": "1.0", "objects": {§"Ticket": {}}}`, "Ticket is not a built-in object", "ends in __c"},
		{"an object that is nearly built in", `{"format": "1.0", "objects": {§"Acount": {}}}`, "Acount is not a built-in object", "did you mean Account?"},
		{"an object's name with a dash", `{"format": "1.0", "objects": {§"My-Object__c": {}}}`, "cannot be an object's name", "letters, digits"},
		{"a label that is a number", `{"format": "1.0", "objects": {"T__c": {"label": §1}}}`, "label is a string, not a number", "write a string"},
		{"fields is an object", `{"format": "1.0", "objects": {"Contact": {"fields": §{}}}}`, "fields is a list, not an object", `"fields": [`},
		{"a field without a name", object(`§{"type": "string"}`), "a field of Contact has no name", `add "name"`},
		{"a field twice", object(`{"name": "A__c", "type": "date"}, {"name": §"a__c", "type": "date"}`), "field a__c of Contact is declared twice", "keep one"},
		{"a field without __c", object(`{"name": §"Symbol", "type": "string", "length": 10}`), "Symbol is not a standard field of Contact", "ends in __c"},
		{"a standard field with a typo", object(`{"name": §"Emial", "type": "email"}`), "Emial is not a standard field", "did you mean Email?"},
		{"a standard field in the wrong case", object(`{"name": §"email", "type": "email"}`), "is spelled Email", "write Email"},
		{"a field's name with two underscores", object(`{"name": §"A b__c", "type": "date"}`), "cannot be a field's name", "letters, digits"},
		{"currencies is text", `{"format": "1.0", "currencies": §"EUR"}`, "currencies is a list of ISO codes", `["USD", "EUR"]`},
		{"no currency", `{"format": "1.0", "currencies": §[]}`, "currencies is a list of ISO codes", `["USD", "EUR"]`},
		{"a currency twice", `{"format": "1.0", "currencies": ["EUR", §"EUR"]}`, "no ISO code or there twice", `["USD", "EUR"]`},
		{"a currency by its name", `{"format": "1.0", "currencies": [§"Euro"]}`, "no ISO code or there twice", `["USD", "EUR"]`},
		{"person accounts are text", `{"format": "1.0", "personAccounts": §"on"}`, "personAccounts is true or false", "write true or false"},
		{"duplicate rules are an object", `{"format": "1.0", "duplicateRules": §{}}`, "is a list, not an object", `"matchFields"`},
		{"a duplicate rule that compares nothing", `{"format": "1.0", "duplicateRules": [§{"developerName": "A", "sobjectType": "Contact"}]}`, "needs developerName, sobjectType and matchFields", `"matchFields"`},
		{"a duplicate rule that asks", `{"format": "1.0", "duplicateRules": [{"developerName": "A", "sobjectType": "Contact", "matchFields": ["Email"], "action": §"Ask"}]}`, `the action of a duplicate rule is "Ask"`, `"Block"`},
		{"a duplicate rule of nothing", `{"format": "1.0", "duplicateRules": [§{"developerName": "A", "sobjectType": "Contct", "matchFields": ["Email"]}]}`, "duplicate rule A is of Contct", "did you mean Contact?"},
		{"a duplicate rule of no field", `{"format": "1.0", "duplicateRules": [§{"developerName": "A", "sobjectType": "Contact", "matchFields": ["Mail"]}]}`, "compares Mail, which Contact does not have", "stored fields of Contact"},
		{"an assignment rule without an owner", `{"format": "1.0", "assignmentRules": [§{"name": "A", "sobjectType": "Lead"}]}`, "needs name, sobjectType and owner", `"owner"`},
		{"an assignment rule of contacts", `{"format": "1.0", "assignmentRules": [§{"name": "A", "sobjectType": "Contact", "owner": "Q"}]}`, `of Lead or Case, not of "Contact"`, `"owner"`},
		{"two active assignment rules", `{"format": "1.0", "assignmentRules": [{"name": "A", "sobjectType": "Lead", "owner": "Q"}, §{"name": "B", "sobjectType": "Lead", "owner": "Q"}]}`, "Lead has two active assignment rules", `"active": false`},
		{"no type", object(`§{"name": "A__c"}`), "field A__c has no type", "one of address"},
		{"an unknown type", object(`{"name": "A__c", "type": §"sting"}`), `unknown type "sting"`, "did you mean string?"},
		{"an unknown property of a field", object(`{"name": "A__c", "type": "date", §"creatable": true}`), `unknown property "creatable"`, "did you mean createable?"},
		{"a flag that is text", object(`{"name": "A__c", "type": "date", "unique": §"yes"}`), "unique is true or false, not a string", "write true or false"},
		{"a negative length", object(`{"name": "A__c", "type": "string", "length": §-1}`), "length is -1", "not negative"},
		{"no length", object(`§{"name": "A__c", "type": "string"}`), "field A__c has no length", `add "length"`},
		{"a reference to nothing", object(`§{"name": "A__c", "type": "reference"}`), "field A__c is a reference to nothing", `add "referenceTo"`},
		{"a reference to an unknown object", object(`{"name": "A__c", "type": "reference", "referenceTo": [§"Acount"]}`), "refers to Acount", "did you mean Account?"},
		{"referenceTo is text", object(`{"name": "A__c", "type": "reference", "referenceTo": §"Account"}`), "referenceTo of A__c is a list", `["Account"]`},
		{"more decimals than digits", object(`{"name": "A__c", "type": "double", "precision": 2, "scale": §3}`), "more decimals (3) than digits (2)", "precision counts all digits"},
		{"an external id that is a date", object(`{"name": "A__c", "type": "date", "externalId": §true}`), "cannot be an external id", "use type string"},
		{"a unique checkbox", object(`{"name": "A__c", "type": "boolean", "unique": §true}`), "cannot be unique", "use type string"},
		{"picklist values of a string", object(`{"name": "A__c", "type": "string", "length": 9, "picklistValues": §["A"]}`), "its type is string", `"type": "picklist"`},
		{"a picklist value that is a number", object(`{"name": "A__c", "type": "picklist", "picklistValues": [§1]}`), "holds a number", `write "Gold"`},
		{"a picklist entry without a value", object(`{"name": "A__c", "type": "picklist", "picklistValues": [§{"label": "A"}]}`), "has no value", `add "value"`},
		{"a record type without a name", `{"format": "1.0", "objects": {"Contact": {"recordTypeInfos": [§{"name": "A"}]}}}`, "no developerName", "add developerName"},
	} {
		t.Run(x.name, func(t *testing.T) {
			before, after, ok := strings.Cut(x.text, "§")
			if !ok {
				t.Fatal("no mark")
			}
			line := 1 + strings.Count(before, "\n")
			col := len(before) - strings.LastIndexByte(before, '\n')
			_, err := schema.Load("org.json", []byte(before+after))
			var e *schema.Error
			if !errors.As(err, &e) {
				t.Fatalf("%v", err)
			}
			if e.Line != line || e.Col != col || e.Name != "org.json" {
				t.Errorf("at %s:%d:%d, want %d:%d: %s", e.Name, e.Line, e.Col, line, col, e.Msg)
			}
			if !strings.Contains(e.Msg, x.msg) || !strings.Contains(e.Hint, x.hint) {
				t.Errorf("%s; %s", e.Msg, e.Hint)
			}
		})
	}
}

func TestTheBuiltInObjectsAreThere(t *testing.T) {
	s, err := schema.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for name, prefix := range map[string]string{
		"Account": "001", "Contact": "003", "Lead": "00Q", "Opportunity": "006", "Campaign": "701", "CampaignMember": "00v",
		"CampaignMemberStatus": "01Y", "Case": "500", "User": "005", "Organization": "00D", "Profile": "00e", "Group": "00G", "RecordType": "012",
	} {
		if o := s.Object(strings.ToUpper(name)); o == nil || o.KeyPrefix != prefix || s.ByPrefix(prefix) != o {
			t.Errorf("%s: %v", name, o)
		}
	}
	for path, want := range map[string]string{
		"Contact.HasOptedOutOfEmail": "boolean createable defaultedOnCreate",
		"Contact.DoNotCall":          "boolean createable defaultedOnCreate",
		"Contact.LastName":           "string createable required",
		"Contact.Email":              "email createable key",
		"Contact.Name":               "string",
		"Account.Name":               "string createable required",
		"Lead.Company":               "string createable required",
		"Lead.Status":                "picklist createable defaultedOnCreate",
		"Opportunity.CloseDate":      "date createable required",
		"Campaign.Name":              "string createable required key",
		"User.Username":              "string createable required key",
		"CampaignMember.CampaignId":  "reference createable required",
	} {
		object, field, _ := strings.Cut(path, ".")
		f := s.Object(object).Field(strings.ToLower(field))
		got := f.Type
		for name, on := range map[string]bool{"1createable": f.Createable, "2defaultedOnCreate": f.DefaultedOnCreate, "3required": f.Required(), "4key": f.Key()} {
			if on {
				got += " " + name
			}
		}
		words := strings.Fields(got)
		slices.Sort(words[1:])
		for i := range words[1:] {
			words[i+1] = words[i+1][1:]
		}
		if got = strings.Join(words, " "); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestDeletionsFollowDescribe(t *testing.T) {
	s, err := schema.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"Account Contact.AccountId":        "Contacts cascade",
		"Account Opportunity.AccountId":    "Opportunities cascade",
		"Account Case.AccountId":           "Cases restricted",
		"Contact CampaignMember.ContactId": "CampaignMembers cascade",
		"Contact Case.ContactId":           "Cases restricted",
		"Lead CampaignMember.LeadId":       "CampaignMembers cascade",
	} {
		parent, child, _ := strings.Cut(path, " ")
		for _, c := range s.Object(parent).Children {
			if c.Object+"."+c.Field != child {
				continue
			}
			got := c.RelationshipName
			if c.Cascade {
				got += " cascade"
			}
			if c.Restricted {
				got += " restricted"
			}
			if got != want {
				t.Errorf("%s: %s, want %s", path, got, want)
			}
		}
	}
}

func TestAFileExtendsAndOverrides(t *testing.T) {
	s, err := schema.Load("x", []byte(`{"format": "1.0", "objects": {
		"Contact": {"label": "Person", "fields": [
			{"name": "Email", "length": 100, "unique": true},
			{"name": "Code__c", "type": "string", "length": 10, "externalId": true, "inlineHelpText": "as in the warehouse"}]},
		"Order__c": {"fields": [{"name": "Name", "autoNumber": true}, {"name": "Account__c", "type": "reference", "referenceTo": ["Account"], "cascadeDelete": true}]}
	}}`))
	if err != nil {
		t.Fatal(err)
	}
	c := s.Object("Contact")
	if e := c.Field("Email"); c.Label != "Person" || e.Length != 100 || e.ByteLength != 300 || !e.Unique || !e.IDLookup || e.Type != "email" {
		t.Errorf("%+v", e)
	}
	if f := c.Field("code__c"); !f.IDLookup || !f.Custom || f.Label != "Code" || f.ByteLength != 30 || !f.Nillable || f.SoapType != "xsd:string" {
		t.Errorf("%+v", f)
	}
	o := s.Object("Order__c")
	if o.Label != "Order" || o.LabelPlural != "Orders" || !o.Custom || o.Field("OwnerId") != nil || o.Field("Name").Createable || o.Field("Account__c").RelationshipName != "Account__r" {
		t.Errorf("%+v", o)
	}
	if !slices.ContainsFunc(s.Object("Account").Children, func(c schema.Child) bool { return c.Object == "Order__c" && c.Cascade }) {
		t.Error("the account does not know its orders")
	}
}

// TestADescribedObjectIsASchema writes the describe of an object and reads it as a schema file: nothing may change.
func TestADescribedObjectIsASchema(t *testing.T) {
	s, err := schema.Load("x", []byte(`{"format": "1.0", "objects": {"Order__c": {"keyPrefix": "a0B", "fields": [
		{"name": "Tier__c", "type": "picklist", "picklistValues": ["A", {"value": "B", "defaultValue": true}]},
		{"name": "N__c", "type": "double", "precision": 8, "scale": 3, "defaultValue": 1.5}]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	const base = "/services/data/v59.0"
	file := `{"format": "1.0", "pulled": {}, "objects": {`
	for i, o := range s.Objects {
		if i > 0 {
			file += ","
		}
		file += fmt.Sprintf("%q: %s", o.Name, o.AppendDescribe(nil, base))
	}
	again, err := schema.Load("described", []byte(file+"}}"))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range s.Objects {
		described, got := o.AppendDescribe(nil, base), again.Object(o.Name).AppendDescribe(nil, base)
		if string(got) != string(described) {
			t.Errorf("%s changed:\n%s\n%s", o.Name, described, got)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(`{"format": "1.0", "objects": {"Contact": {"fields": [{"name": "A__c", "type": "string", "length": 10}]}}}`)
	f.Add(`{"format": "1.0", "objects": {"T__c": {"recordTypeInfos": [{"developerName": "A"}], "childRelationships": [{}]}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		_, err := schema.Load("x", []byte(text))
		var e *schema.Error
		if errors.As(err, &e) && (e.Line < 1 || e.Line > 1+strings.Count(text, "\n") || e.Col < 1 || e.Hint == "" || e.Msg == "") {
			t.Errorf("%+v", e)
		}
	})
}
