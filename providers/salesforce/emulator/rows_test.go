package emulator_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

func TestARecordIsCreatedReadChangedAndDeleted(t *testing.T) {
	c := open(t, emulator.Options{})
	a := c.want(201, "POST", "sobjects/account", map[string]any{"name": "Acme", "AnnualRevenue": 350000000, "NumberOfEmployees": 12})
	id := str(a.obj(t)["id"])
	if len(id) != 18 || !strings.HasPrefix(id, "001") || a.header.Get("Location") != "/services/data/v59.0/sobjects/Account/"+id {
		t.Fatalf("%s %s", id, a.header.Get("Location"))
	}
	if string(a.body) != `{"id":"`+id+`","success":true,"errors":[]}` {
		t.Errorf("%s", a.body)
	}
	read := c.want(200, "GET", "sobjects/Account/"+id[:15]+"?fields=Name,AnnualRevenue,NumberOfEmployees,BillingAddress", nil)
	want := `{"attributes":{"type":"Account","url":"/services/data/v59.0/sobjects/Account/` + id + `"},"Name":"Acme","AnnualRevenue":3.5E8,"NumberOfEmployees":12,"BillingAddress":null}`
	if string(read.body) != want {
		t.Errorf("%s", read.body)
	}
	if a := c.want(204, "PATCH", "sobjects/Account/"+id, map[string]any{"BillingCity": "London", "Name": "  Acme Ltd\n"}); len(a.body) != 0 {
		t.Errorf("204 with a body: %s", a.body)
	}
	got := c.get("Account", id)
	if got["Name"] != "Acme Ltd" || got["BillingAddress"].(map[string]any)["city"] != "London" || got["IsDeleted"] != false {
		t.Errorf("%v", got)
	}
	c.want(400, "GET", "sobjects/Account/"+id+"?fields=Nothing", nil)
	c.want(204, "DELETE", "sobjects/Account/"+id, nil)
	for _, m := range []string{"GET", "DELETE", "PATCH"} {
		if a := c.want(404, m, "sobjects/Account/"+id, `{"Name":"x"}`); code(t, a.list(t)[0]) != "ENTITY_IS_DELETED" {
			t.Errorf("%s of a deleted record: %s", m, a.body)
		}
	}
	if a := c.want(404, "GET", "sobjects/Account/001EM0000000099AAA", nil); code(t, a.list(t)[0]) != "NOT_FOUND" {
		t.Errorf("%s", a.body)
	}
	c.want(404, "GET", "sobjects/Account/003EM00000000AA", nil)
}

func TestUpsertByExternalID(t *testing.T) {
	c := open(t, emulator.Options{})
	path := "sobjects/Contact/Customer_Id__c/"
	a := c.want(201, "PATCH", path+"C-1", map[string]any{"LastName": "A"})
	id := str(a.obj(t)["id"])
	if a.obj(t)["created"] != true || a.header.Get("Location") == "" {
		t.Errorf("%s", a.body)
	}
	if a := c.want(200, "PATCH", path+"c-1", map[string]any{"LastName": "B"}); a.obj(t)["created"] != false || a.obj(t)["id"] != id {
		t.Errorf("the key's case matters: %s", a.body)
	}
	if a := c.want(204, "PATCH", "/services/data/v45.0/sobjects/Contact/Customer_Id__c/C-1", map[string]any{"LastName": "C"}); len(a.body) != 0 {
		t.Errorf("%s", a.body)
	}
	if a := c.want(201, "PATCH", "/services/data/v45.0/sobjects/Contact/Customer_Id__c/C-2", map[string]any{"LastName": "C"}); a.obj(t)["created"] != nil {
		t.Errorf("%s", a.body)
	}
	c.want(404, "PATCH", path+"C-3?updateOnly=true", map[string]any{"LastName": "C"})
	c.want(200, "PATCH", path+"C-2?updateOnly=true", map[string]any{"LastName": "C"})
	for _, body := range []string{`{"LastName":"A","Customer_Id__c":"C-1"}`, `{"LastName":"A","Id":"` + id + `"}`} {
		c.want(400, "PATCH", path+"C-1", body)
	}
	c.want(404, "PATCH", "sobjects/Contact/Nothing__c/1", `{"LastName":"A"}`)
	c.want(404, "PATCH", "sobjects/Contact/Phone/1", `{"LastName":"A"}`)
	if got := c.want(200, "GET", path+"C-1", nil).obj(t); got["LastName"] != "C" {
		t.Errorf("%v", got)
	}
	c.want(204, "DELETE", path+"C-1", nil)
	c.want(404, "GET", path+"C-1", nil)
	c.want(201, "PATCH", path+"C-1", map[string]any{"LastName": "again"})
}

func TestAKeyInThePathMayHoldASlash(t *testing.T) {
	c := open(t, emulator.Options{})
	c.want(201, "PATCH", "sobjects/Contact/Customer_Id__c/a%2Fb%20c", map[string]any{"LastName": "A"})
	if got := c.query("SELECT Customer_Id__c FROM Contact"); got[0]["Customer_Id__c"] != "a/b c" {
		t.Errorf("%v", got)
	}
}

func TestAKeyThatNamesSeveralRecordsIsAnsweredWithTheirURLs(t *testing.T) {
	c := open(t, emulator.Options{})
	one := c.create("Contact", map[string]any{"LastName": "A", "Email": "a@example.com"})
	two := c.create("Contact", map[string]any{"LastName": "B", "Email": "A@example.com"})
	want := `["/services/data/v59.0/sobjects/Contact/` + one + `","/services/data/v59.0/sobjects/Contact/` + two + `"]`
	for _, m := range []string{"GET", "PATCH", "DELETE"} {
		if a := c.want(300, m, "sobjects/Contact/Email/a@example.com", `{"LastName":"C"}`); string(a.body) != want {
			t.Errorf("%s: %s", m, a.body)
		}
	}
}

func TestKeysThatAreNotUniqueMatchExactly(t *testing.T) {
	c := open(t, emulator.Options{})
	c.create("Contact", map[string]any{"LastName": "A", "Legacy__c": "abc", "Exact__c": "abc"})
	c.want(200, "PATCH", "sobjects/Contact/Legacy__c/abc", map[string]any{"LastName": "B"})
	c.want(201, "PATCH", "sobjects/Contact/Legacy__c/ABC", map[string]any{"LastName": "C"})
	c.want(201, "PATCH", "sobjects/Contact/Exact__c/ABC", map[string]any{"LastName": "D"})
	if got := c.query("SELECT Id FROM Contact WHERE Exact__c = 'ABC'"); len(got) != 1 {
		t.Errorf("a case-sensitive field compares exactly: %v", got)
	}
	if got := c.query("SELECT Id FROM Contact WHERE Legacy__c = 'aBc'"); len(got) != 2 {
		t.Errorf("others do not: %v", got)
	}
}

func TestInsertThroughTheUpsertResource(t *testing.T) {
	c := open(t, emulator.Options{})
	c.want(201, "POST", "sobjects/Account/Id", map[string]any{"Name": "A"})
	id := c.create("Account", map[string]any{"Name": "B"})
	c.want(204, "POST", "sobjects/Account/"+id+"?_HttpMethod=PATCH", map[string]any{"Name": "C"})
	if got := c.get("Account", id); got["Name"] != "C" {
		t.Errorf("%v", got)
	}
}

func TestErrorsOfASingleRecordAreAList(t *testing.T) {
	c := open(t, emulator.Options{})
	for name, x := range map[string]struct{ body, code, message, fields string }{
		"a required field is missing": {`{"FirstName":"A"}`, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", "[LastName]"},
		"a read-only field is set": {`{"LastName":"A","Name":"B"}`, "INVALID_FIELD_FOR_INSERT_UPDATE",
			"Unable to create/update fields: Name. Please check the security settings of this field and verify that it is read/write for your profile or permission set.", "[Name]"},
		"a text is too long": {`{"LastName":"A","FirstName":"` + strings.Repeat("x", 41) + `"}`, "STRING_TOO_LONG",
			"First Name: data value too large: " + strings.Repeat("x", 41) + " (max length=40)", "[FirstName]"},
		"a field is unknown": {`{"LastName":"A","Foo__c":1}`, "INVALID_FIELD", "No such column 'Foo__c' on sobject of type Contact", "<nil>"},
		"a datetime cannot be read": {`{"LastName":"A","Seen__c":"2017-10-17 00:00:00"}`, "JSON_PARSER_ERROR",
			"Cannot deserialize instance of datetime from VALUE_STRING value 2017-10-17 00:00:00 or request may be missing a required field at [line:1, column:27]", "<nil>"},
		"the body is empty": {``, "JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body.", "<nil>"},
	} {
		t.Run(name, func(t *testing.T) {
			e := c.want(400, "POST", "sobjects/Contact", x.body).list(t)[0]
			if e["errorCode"] != x.code || e["message"] != x.message || str(e["fields"]) != x.fields {
				t.Errorf("%v", e)
			}
		})
	}
	a := c.want(400, "POST", "sobjects/Contact", `{"LastName":`)
	if code(t, a.list(t)[0]) != "JSON_PARSER_ERROR" {
		t.Errorf("%s", a.body)
	}
}

func TestDefaultsAndDerivedValues(t *testing.T) {
	c := open(t, emulator.Options{})
	lead := c.get("Lead", c.create("Lead", map[string]any{"LastName": "L", "FirstName": "A", "Company": "Acme"}))
	me := c.query("SELECT Id FROM User")[0]["Id"]
	if lead["Status"] != "Open - Not Contacted" || lead["Name"] != "A L" || lead["HasOptedOutOfEmail"] != false || lead["OwnerId"] != me {
		t.Errorf("lead: %v", lead)
	}
	opp := c.get("Opportunity", c.create("Opportunity", map[string]any{"Name": "O", "StageName": "Closed Won", "CloseDate": "2026-05-04", "Amount": 10}))
	if opp["IsWon"] != true || opp["IsClosed"] != true || opp["Probability"] != 100.0 || opp["FiscalQuarter"] != 2.0 || opp["ExpectedRevenue"] != 10.0 {
		t.Errorf("opportunity: %v", opp)
	}
	ticket := c.get("Ticket__c", c.create("Ticket__c", map[string]any{"Number__c": "1"}))
	if ticket["Name"] != ticket["Id"] || !strings.HasPrefix(str(ticket["Id"]), "a02") {
		t.Errorf("ticket: %v", ticket)
	}
	cas := c.get("Case", c.create("Case", map[string]any{"Subject": "S"}))
	if cas["CaseNumber"] != "00000001" || cas["Status"] != "New" {
		t.Errorf("case: %v", cas)
	}
	if q := c.want(200, "GET", "query?q="+url.QueryEscape("SELECT Name FROM Ticket__c"), nil); !strings.Contains(string(q.body), `"totalSize":1,"done":true`) {
		t.Errorf("%s", q.body)
	}
}
