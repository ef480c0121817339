package emulator_test

import (
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// row sends one row of a collection and gives its result.
func (c *client) row(method, path, object string, fields map[string]any, headers ...string) map[string]any {
	c.t.Helper()
	return c.want(200, method, path, rows(object, false, fields), headers...).list(c.t)[0]
}

func TestANewRecordGetsTheDefaultRecordType(t *testing.T) {
	c := open(t, emulator.Options{Schema: []byte(`{"format":"1.0","objects":{
		"Contact":{"recordTypeInfos":[{"developerName":"Retail","name":"Retail customer","defaultRecordTypeMapping":true},
			{"developerName":"Trade"},{"developerName":"Hidden","available":false},{"developerName":"Old","active":false}]},
		"Account":{"recordTypeInfos":[{"developerName":"Trade"}]}}}`)})
	ids := map[string]string{}
	for _, r := range c.query("SELECT Id, DeveloperName, SobjectType FROM RecordType") {
		ids[str(r["SobjectType"])+"."+str(r["DeveloperName"])] = str(r["Id"])
	}
	if got := c.get("Contact", c.create("Contact", map[string]any{"LastName": "A"})); got["RecordTypeId"] != ids["Contact.Retail"] {
		t.Errorf("the default: %v", got["RecordTypeId"])
	}
	if got := c.get("Account", c.create("Account", map[string]any{"Name": "A"})); got["RecordTypeId"] != nil {
		t.Errorf("no default: %v", got["RecordTypeId"])
	}
	if r := c.row("POST", "composite/sobjects", "Contact", map[string]any{"LastName": "A", "RecordTypeId": ids["Contact.Trade"]}); r["success"] != true {
		t.Errorf("another one: %v", r)
	}
	for _, bad := range []string{ids["Contact.Hidden"], ids["Contact.Old"], ids["Account.Trade"], "012000000000000AAA"} {
		r := c.row("POST", "composite/sobjects", "Contact", map[string]any{"LastName": "A", "RecordTypeId": bad})
		if code(t, r) != "INVALID_CROSS_REFERENCE_KEY" {
			t.Errorf("%s: %v", bad, r)
		}
	}
	// Name is an idLookup field of RecordType: it finds the record type, unless two objects have one of that name.
	r := c.row("POST", "composite/sobjects", "Contact", map[string]any{"LastName": "A", "RecordType": map[string]any{"Name": "Retail customer"}})
	if r["success"] != true {
		t.Errorf("by name: %v", r)
	}
	r = c.row("POST", "composite/sobjects", "Contact", map[string]any{"LastName": "A", "RecordType": map[string]any{"Name": "Trade"}})
	if code(t, r) != "INVALID_FIELD" {
		t.Errorf("by a name of two: %v", r)
	}
}

func TestOwnersAreActiveUsersOrQueues(t *testing.T) {
	c := open(t, emulator.Options{})
	c.as("ada@example.com")
	c.as("gone@example.com")
	users := map[string]string{}
	for _, u := range c.query("SELECT Id, Username FROM User") {
		users[str(u["Username"])] = str(u["Id"])
	}
	c.want(204, "PATCH", "sobjects/User/"+users["gone@example.com"], map[string]any{"IsActive": false})
	if err := c.org.AddQueue("Inbound", "Inbound leads"); err != nil {
		t.Fatal(err)
	}
	queue := str(c.query("SELECT Id FROM Group WHERE Type = 'Queue'")[0]["Id"])
	public := c.create("Group", map[string]any{"Name": "All", "Type": "Regular"})
	by := func(typ, field, value string) map[string]any {
		return map[string]any{"attributes": map[string]any{"type": typ}, field: value}
	}
	for _, x := range []struct {
		name, object, field string
		value               any
		want                string // the owner, or a code
	}{
		{"a user by id", "Contact", "OwnerId", users["ada@example.com"], users["ada@example.com"]},
		{"a user by user name, in any case", "Contact", "Owner", map[string]any{"Username": "ADA@example.com"}, users["ada@example.com"]},
		{"a user where it may be a queue", "Lead", "Owner", by("User", "Username", "ada@example.com"), users["ada@example.com"]},
		{"a user without its type", "Lead", "Owner", map[string]any{"Username": "ada@example.com"}, "400 INVALID_FIELD"},
		{"an unknown user", "Lead", "Owner", by("User", "Username", "nobody@example.com"), "INVALID_FIELD"},
		{"an inactive user", "Contact", "OwnerId", users["gone@example.com"], "INACTIVE_OWNER_OR_USER"},
		{"an inactive user by name", "Lead", "Owner", by("User", "Username", "gone@example.com"), "INACTIVE_OWNER_OR_USER"},
		{"a queue", "Lead", "OwnerId", queue, queue},
		{"a queue where none may be", "Contact", "OwnerId", queue, "MALFORMED_ID"},
		{"a group that is no queue", "Lead", "OwnerId", public, "INVALID_CROSS_REFERENCE_KEY"},
	} {
		t.Run(x.name, func(t *testing.T) {
			rec := map[string]any{"LastName": "A", x.field: x.value}
			if x.object == "Lead" {
				rec["Company"] = "C"
			}
			a := c.send("POST", "composite/sobjects", rows(x.object, false, rec))
			r := a.list(t)[0]
			if a.status != 200 {
				if got := "400 " + code(t, r); got != x.want {
					t.Errorf("%s", a.body)
				}
				return
			}
			if r["success"] != true {
				if code(t, r) != x.want {
					t.Errorf("%s", a.body)
				}
				return
			}
			if got := c.get(x.object, str(r["id"])); got["OwnerId"] != x.want {
				t.Errorf("the owner is %v", got["OwnerId"])
			}
		})
	}
	r := c.row("POST", "composite/sobjects", "Contact", map[string]any{"LastName": "A", "OwnerId": users["gone@example.com"]})
	if message(r) != "operation performed with inactive user ["+users["gone@example.com"]+"] as owner of contact" {
		t.Errorf("%v", r)
	}
}

func TestAnOrgWithSeveralCurrencies(t *testing.T) {
	c := open(t, emulator.Options{Schema: []byte(`{"format":"1.0","currencies":["EUR","USD"],"objects":{"Deal__c":{"fields":[
		{"name":"Worth__c","type":"currency","precision":18,"scale":2}]}}}`)})
	types := c.query("SELECT IsoCode, IsActive, IsCorporate FROM CurrencyType ORDER BY IsoCode")
	if len(types) != 2 || types[0]["IsoCode"] != "EUR" || types[0]["IsCorporate"] != true || types[1]["IsCorporate"] != false || types[1]["IsActive"] != true {
		t.Errorf("currency types: %v", types)
	}
	for _, object := range []string{"Account", "Deal__c"} {
		if got := c.get(object, c.create(object, map[string]any{"Name": "A"})); got["CurrencyIsoCode"] != "EUR" {
			t.Errorf("%s without a currency: %v", object, got["CurrencyIsoCode"])
		}
		if got := c.get(object, c.create(object, map[string]any{"Name": "A", "CurrencyIsoCode": "USD"})); got["CurrencyIsoCode"] != "USD" {
			t.Errorf("%s in dollars: %v", object, got["CurrencyIsoCode"])
		}
		r := c.row("POST", "composite/sobjects", object, map[string]any{"Name": "A", "CurrencyIsoCode": "XXX"})
		if code(t, r) != "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST" {
			t.Errorf("%s in a currency that the org does not have: %v", object, r)
		}
	}
	plain := open(t, emulator.Options{})
	plain.want(400, "POST", "sobjects/Account", map[string]any{"Name": "A", "CurrencyIsoCode": "EUR"})
	plain.want(404, "GET", "sobjects/CurrencyType/describe", nil)
}

func TestPersonAccounts(t *testing.T) {
	c := open(t, emulator.Options{Schema: []byte(`{"format":"1.0","personAccounts":true,"objects":{"Contact":{"fields":[
		{"name":"Tier__c","type":"string","length":20}]}}}`)})
	types := map[string]string{}
	for _, r := range c.query("SELECT Id, DeveloperName FROM RecordType WHERE SobjectType = 'Account'") {
		types[str(r["DeveloperName"])] = str(r["Id"])
	}
	if got := c.query("SELECT DeveloperName FROM RecordType WHERE IsPersonType = true"); len(got) != 1 || got[0]["DeveloperName"] != "PersonAccount" {
		t.Errorf("person types: %v", got)
	}
	for name, rec := range map[string]map[string]any{
		"by its last name":   {"FirstName": "Ada", "LastName": "Lovelace", "PersonEmail": "ada@example.com", "Tier__pc": "Gold"},
		"by its record type": {"FirstName": "Ada", "LastName": "Lovelace", "PersonEmail": "ada@example.com", "Tier__pc": "Gold", "RecordTypeId": types["PersonAccount"]},
	} {
		id := c.create("Account", rec)
		a := c.get("Account", id)
		if a["IsPersonAccount"] != true || a["Name"] != "Ada Lovelace" || a["RecordTypeId"] != types["PersonAccount"] || a["PersonContactId"] == nil {
			t.Fatalf("%s: %v", name, a)
		}
		contact := str(a["PersonContactId"])
		p := c.get("Contact", contact)
		if p["IsPersonAccount"] != true || p["Name"] != "Ada Lovelace" || p["AccountId"] != id || p["Email"] != "ada@example.com" || p["Tier__c"] != "Gold" {
			t.Errorf("%s: its contact: %v", name, p)
		}
		c.want(204, "PATCH", "sobjects/Account/"+id, map[string]any{"LastName": "King", "PersonEmail": nil})
		if p := c.get("Contact", contact); p["Name"] != "Ada King" || p["Email"] != nil {
			t.Errorf("%s: its contact after a change: %v", name, p)
		}
		if a := c.get("Account", id); a["Name"] != "Ada King" {
			t.Errorf("%s: after a change: %v", name, a["Name"])
		}
		for _, x := range []map[string]any{
			c.row("PATCH", "composite/sobjects", "Contact", map[string]any{"id": contact, "LastName": "X"}),
			c.want(200, "DELETE", "composite/sobjects?ids="+contact, nil).list(t)[0],
		} {
			if code(t, x) != "INVALID_PERSON_ACCOUNT_OPERATION" {
				t.Errorf("%s: its contact by itself: %v", name, x)
			}
		}
		c.want(204, "DELETE", "sobjects/Account/"+id, nil)
		c.want(404, "GET", "sobjects/Contact/"+contact, nil)
	}
	business := c.create("Account", map[string]any{"Name": "Acme"})
	if a := c.get("Account", business); a["IsPersonAccount"] != false || a["PersonContactId"] != nil || a["RecordTypeId"] != types["Business_Account"] {
		t.Errorf("a business: %v", a)
	}
	for name, x := range map[string]struct {
		rec  map[string]any
		want string
	}{
		"a person with a name":          {map[string]any{"Name": "X", "LastName": "X"}, "Account: bad field names on insert/update call: Name"},
		"a business with a last name":   {map[string]any{"Name": "X", "LastName": "X", "RecordTypeId": types["Business_Account"]}, "Account: bad field names on insert/update call: LastName"},
		"a person without a last name":  {map[string]any{"FirstName": "X", "RecordTypeId": types["PersonAccount"]}, "Required fields are missing: [LastName]"},
		"a business without a name":     {map[string]any{"Phone": "1"}, "Required fields are missing: [Name]"},
		"a business with an email":      {map[string]any{"Name": "X", "PersonEmail": "a@example.com"}, "Account: bad field names on insert/update call: PersonEmail"},
		"a person whose email is wrong": {map[string]any{"LastName": "X", "PersonEmail": "a"}, "Email: invalid email address: a"},
	} {
		if r := c.row("POST", "composite/sobjects", "Account", x.rec); !strings.HasSuffix(message(r), x.want) {
			t.Errorf("%s: %v", name, r)
		}
	}
}

func TestDuplicateRulesWarnOrBlock(t *testing.T) {
	c := open(t, emulator.Options{Schema: []byte(`{"format":"1.0","duplicateRules":[
		{"developerName":"Same_Email","sobjectType":"Contact","matchFields":["Email"]},
		{"developerName":"Same_Name","sobjectType":"Contact","matchFields":["LastName","FirstName"],"action":"Block","onEdit":false}]}`)})
	const allow = "allowSave=true; includeRecordDetails=false; runAsCurrentUser=true"
	first := c.create("Contact", map[string]any{"LastName": "L", "FirstName": "A", "Email": "ada@example.com"})
	again := map[string]any{"LastName": "M", "Email": "ADA@example.com"}
	r := c.row("POST", "composite/sobjects", "Contact", again)
	if code(t, r) != "DUPLICATES_DETECTED" || message(r) != "Use one of these records?" {
		t.Errorf("a warning: %v", r)
	}
	a := c.want(400, "POST", "sobjects/Contact", again).list(t)[0]
	found, _ := a["duplicateResut"].(map[string]any)
	if code(t, a) != "DUPLICATES_DETECTED" || found["allowSave"] != true || found["duplicateRule"] != "Same_Email" || !strings.Contains(str(found["matchResults"]), first) {
		t.Errorf("one record: %v", a)
	}
	r = c.row("POST", "composite/sobjects", "Contact", again, "Sforce-Duplicate-Rule-Header", allow)
	if r["success"] != true {
		t.Errorf("a warning that is overruled: %v", r)
	}
	second := str(r["id"])
	r = c.row("POST", "composite/sobjects", "Contact", map[string]any{"LastName": "l", "FirstName": "a"}, "Sforce-Duplicate-Rule-Header", allow)
	if code(t, r) != "DUPLICATES_DETECTED" {
		t.Errorf("a rule that blocks: %v", r)
	}
	c.create("Contact", map[string]any{"LastName": "L"}) // nothing to compare in FirstName
	if r := c.row("PATCH", "composite/sobjects", "Contact", map[string]any{"id": second, "Phone": "1"}); r["success"] != true {
		t.Errorf("an update of something else: %v", r)
	}
	third := c.create("Contact", map[string]any{"LastName": "N", "FirstName": "A"})
	if r := c.row("PATCH", "composite/sobjects", "Contact", map[string]any{"id": third, "Email": "ada@example.com"}); code(t, r) != "DUPLICATES_DETECTED" {
		t.Errorf("an update: %v", r)
	}
	if r := c.row("PATCH", "composite/sobjects", "Contact", map[string]any{"id": third, "LastName": "L"}); r["success"] != true {
		t.Errorf("an update, which the rule leaves alone: %v", r)
	}
}

func TestAssignmentRulesGiveRecordsAnOwner(t *testing.T) {
	c := open(t, emulator.Options{Schema: []byte(`{"format":"1.0","assignmentRules":[
		{"name":"Inbound","sobjectType":"Lead","owner":"Inbound_Leads"},
		{"name":"Other","sobjectType":"Lead","active":false,"owner":"other@example.com"}]}`)})
	rules := map[string]string{}
	for _, r := range c.query("SELECT Id, Name FROM AssignmentRule WHERE SobjectType = 'Lead'") {
		rules[str(r["Name"])] = str(r["Id"])
	}
	queue := str(c.query("SELECT Id FROM Group WHERE DeveloperName = 'Inbound_Leads'")[0]["Id"])
	other := str(c.query("SELECT Id FROM User WHERE Username = 'other@example.com'")[0]["Id"])
	me := str(c.query("SELECT Id FROM User WHERE Username = '" + emulator.IntegrationUser + "'")[0]["Id"])
	lead := map[string]any{"LastName": "L", "Company": "C", "OwnerId": me}
	for _, x := range []struct{ header, want string }{
		{"", queue}, {"TRUE", queue}, {"FALSE", me}, {"false", me}, {rules["Other"], other}, {rules["Inbound"][:15], queue},
	} {
		var headers []string
		if x.header != "" {
			headers = []string{"Sforce-Auto-Assign", x.header}
		}
		r := c.row("POST", "composite/sobjects", "Lead", lead, headers...)
		if got := c.get("Lead", str(r["id"])); got["OwnerId"] != x.want {
			t.Errorf("with %q: %v, want %v", x.header, got["OwnerId"], x.want)
		}
	}
	if r := c.row("POST", "composite/sobjects", "Lead", lead, "Sforce-Auto-Assign", "01QEM0000009999"); code(t, r) != "INVALID_ASSIGNMENT_RULE" {
		t.Errorf("an unknown rule: %v", r)
	}
	id := c.create("Contact", map[string]any{"LastName": "L"})
	if got := c.get("Contact", id); got["OwnerId"] != me {
		t.Errorf("a contact: %v", got["OwnerId"])
	}
	// The rule acts on updates too, unless the request says otherwise.
	kept := str(c.row("POST", "composite/sobjects", "Lead", lead, "Sforce-Auto-Assign", "FALSE")["id"])
	c.row("PATCH", "composite/sobjects", "Lead", map[string]any{"id": kept, "City": "Paris"}, "Sforce-Auto-Assign", "FALSE")
	if got := c.get("Lead", kept); got["OwnerId"] != me {
		t.Errorf("an update without assignment: %v", got["OwnerId"])
	}
	c.row("PATCH", "composite/sobjects", "Lead", map[string]any{"id": kept, "City": "Rome"})
	if got := c.get("Lead", kept); got["OwnerId"] != queue {
		t.Errorf("an update with assignment: %v", got["OwnerId"])
	}
}
