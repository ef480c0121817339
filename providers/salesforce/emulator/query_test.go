package emulator_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// people fills an org with three contacts, two of them at Acme.
func people(t testing.TB) *client {
	at := &clock{time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)}
	c := open(t, emulator.Options{Now: at.now})
	acme := c.create("Account", map[string]any{"Name": "Acme", "Code__c": "A-1"})
	c.create("Contact", map[string]any{"LastName": "Lovelace", "FirstName": "Ada", "Customer_Id__c": "C-1", "AccountId": acme, "Score__c": 10,
		"Vip__c": true, "Birthdate": "1815-12-10", "Tags__c": "Alpha;Beta", "LeadSource": "Web", "Exact__c": "x"})
	at.at = at.at.Add(24 * time.Hour)
	c.create("Contact", map[string]any{"LastName": "Hopper", "FirstName": "Grace", "Customer_Id__c": "C-2", "AccountId": acme, "Score__c": 2.5,
		"Birthdate": "1906-12-09", "Tags__c": "Gamma", "LeadSource": "web", "Description": "long"})
	at.at = at.at.Add(24 * time.Hour)
	c.create("Contact", map[string]any{"LastName": "O'Neil_100%\\", "Customer_Id__c": "C-3", "Exact__c": "X"})
	return c
}

func TestConditions(t *testing.T) {
	c := people(t)
	for _, x := range []struct{ where, want string }{
		{`LastName = 'lovelace'`, "C-1"},
		{`LastName != 'lovelace'`, "C-2 C-3"},
		{`LastName <> 'lovelace'`, "C-2 C-3"},
		{`FirstName != 'Ada'`, "C-2 C-3"}, // null is different too
		{`FirstName = null`, "C-3"},
		{`FirstName = ''`, "C-3"},
		{`FirstName != null`, "C-1 C-2"},
		{`FirstName NOT IN ('Ada')`, "C-2 C-3"},
		{`FirstName IN ('Ada', null)`, "C-1 C-3"},
		{`NOT FirstName = 'Ada'`, "C-2 C-3"},
		{`NOT (FirstName = 'Ada' OR FirstName = 'Grace')`, "C-3"},
		{`Customer_Id__c IN ('c-1','C-3','C-9')`, "C-1 C-3"},
		{`Customer_Id__c IN ('C-1','C-3') AND Score__c > 1`, "C-1"},
		{`Customer_Id__c = 'C-1' OR Customer_Id__c = 'C-2'`, "C-1 C-2"},
		{`Exact__c = 'x'`, "C-1"},
		{`Exact__c IN ('X')`, "C-3"},
		{`Score__c = 10`, "C-1"},
		{`Score__c >= 2.5`, "C-1 C-2"},
		{`Score__c < 10.0`, "C-2"},
		{`Score__c IN (10.00, 3)`, "C-1"},
		{`Score__c = null`, "C-3"},
		{`Vip__c = true`, "C-1"},
		{`Vip__c != TRUE`, "C-2 C-3"},
		{`Birthdate = 1815-12-10`, "C-1"},
		{`Birthdate > 1815-12-10`, "C-2"},
		{`CreatedDate = 2026-03-10T12:00:00Z`, "C-1"},
		{`CreatedDate > 2026-03-10T13:00:00.000+01:00`, "C-2 C-3"},
		{`CreatedDate = TODAY`, "C-3"},
		{`CreatedDate = YESTERDAY`, "C-2"},
		{`CreatedDate < YESTERDAY`, "C-1"},
		{`CreatedDate <= YESTERDAY`, "C-1 C-2"},
		{`CreatedDate > YESTERDAY`, "C-3"},
		{`CreatedDate >= LAST_N_DAYS:1`, "C-2 C-3"},
		{`CreatedDate = THIS_MONTH`, "C-1 C-2 C-3"},
		{`CreatedDate = LAST_YEAR`, ""},
		{`LastName LIKE 'LO%'`, "C-1"},
		{`LastName LIKE '%o%'`, "C-1 C-2 C-3"},
		{`LastName LIKE '_opper'`, "C-2"},
		{`LastName LIKE '%\_100\%%'`, "C-3"},
		{`LastName LIKE '%x_100%'`, ""},
		{`LastName = 'O\'Neil_100%\\'`, "C-3"},
		{`Tags__c INCLUDES ('Alpha')`, "C-1"},
		{`Tags__c INCLUDES ('Alpha;Beta', 'Gamma')`, "C-1 C-2"},
		{`Tags__c INCLUDES ('Alpha;Gamma')`, ""},
		{`Tags__c EXCLUDES ('Alpha')`, "C-2 C-3"},
		{`Account.Name = 'acme'`, "C-1 C-2"},
		{`Account.Code__c = 'A-1'`, "C-1 C-2"},
		{`Account.Code__c IN ('A-1') AND Contact.FirstName = 'Grace'`, "C-2"},
		{`Account.Name = null`, "C-3"},
		{`AccountId = null`, "C-3"},
		{`AccountId IN (SELECT Id FROM Account WHERE Code__c = 'A-1')`, "C-1 C-2"},
		{`AccountId NOT IN (SELECT Id FROM Account)`, "C-3"},
		{`LastModifiedBy.Username = 'integration@emulator.example'`, "C-1 C-2 C-3"},
		{`Owner.Name = 'Integration User'`, "C-1 C-2 C-3"},
		{`Id = '003EM0000000001'`, "C-1"},
		{`Id IN ('003EM0000000001YAA', '003EM0000000002')`, "C-1 C-2"},
		{`Id > '003EM0000000001YAA'`, "C-2 C-3"},
		{`Id != null`, "C-1 C-2 C-3"},
		{`IsDeleted = false`, "C-1 C-2 C-3"},
		{`LeadSource = 'WEB'`, "C-1 C-2"},
	} {
		t.Run(x.where, func(t *testing.T) {
			// Denied twice, a condition means the same, but no index can be asked.
			for _, where := range []string{x.where, "NOT (NOT (" + x.where + "))"} {
				var got []string
				for _, r := range c.query("select Customer_Id__c from contact where " + where) {
					got = append(got, str(r["Customer_Id__c"]))
				}
				if strings.Join(got, " ") != x.want {
					t.Errorf("%s: got %v, want %s", where, got, x.want)
				}
			}
		})
	}
}

func TestOrderAndWindow(t *testing.T) {
	c := people(t)
	for _, x := range []struct{ tail, want string }{
		{"ORDER BY LastName", "C-2 C-1 C-3"},
		{"ORDER BY LastName DESC", "C-3 C-1 C-2"},
		{"ORDER BY Score__c", "C-3 C-2 C-1"},
		{"ORDER BY Score__c ASC NULLS LAST", "C-2 C-1 C-3"},
		{"ORDER BY Score__c DESC NULLS LAST", "C-1 C-2 C-3"},
		{"ORDER BY Account.Name, CreatedDate DESC", "C-3 C-2 C-1"},
		{"ORDER BY Id LIMIT 2", "C-1 C-2"},
		{"LIMIT 1 OFFSET 1", "C-2"},
		{"ORDER BY Id DESC LIMIT 1 OFFSET 1", "C-2"},
		{"LIMIT 0", ""},
		{"OFFSET 9", ""},
		{"ORDER BY LastName OFFSET 9", ""},
		{"WHERE Id > '003EM0000000001YAA' ORDER BY Id LIMIT 1", "C-2"},
		{"c WHERE c.LastName = 'Hopper' ORDER BY c.Id", "C-2"},
		{"FOR VIEW", "C-1 C-2 C-3"},
	} {
		t.Run(x.tail, func(t *testing.T) {
			var got []string
			for _, r := range c.query("SELECT Customer_Id__c FROM Contact " + x.tail) {
				got = append(got, str(r["Customer_Id__c"]))
			}
			if strings.Join(got, " ") != x.want {
				t.Errorf("got %v, want %s", got, x.want)
			}
		})
	}
}

func TestAggregates(t *testing.T) {
	c := people(t)
	for _, x := range []struct{ soql, want string }{
		{"SELECT COUNT() FROM Contact", `{"totalSize":3,"done":true,"records":[]}`},
		{"SELECT count() FROM Contact WHERE Score__c > 1", `{"totalSize":2,"done":true,"records":[]}`},
		{"SELECT COUNT(Id), COUNT(FirstName) n, MAX(Score__c), MIN(CreatedDate) FROM Contact",
			`{"totalSize":1,"done":true,"records":[{"attributes":{"type":"AggregateResult"},"expr0":3,"n":2,"expr1":10.0,"expr2":"2026-03-10T12:00:00.000+0000"}]}`},
		{"SELECT LeadSource, COUNT(Id) n, SUM(Score__c), AVG(Score__c) FROM Contact GROUP BY LeadSource ORDER BY COUNT(Id) DESC",
			`{"totalSize":2,"done":true,"records":[{"attributes":{"type":"AggregateResult"},"LeadSource":"Web","n":2,"expr0":12.5,"expr1":6.25},{"attributes":{"type":"AggregateResult"},"LeadSource":null,"n":1,"expr0":null,"expr1":null}]}`},
		{"SELECT Account.Name, COUNT_DISTINCT(LastName) FROM Contact GROUP BY Account.Name LIMIT 1 OFFSET 1",
			`{"totalSize":1,"done":true,"records":[{"attributes":{"type":"AggregateResult"},"Name":"Acme","expr0":2}]}`},
		{"SELECT COUNT(Id) FROM Ticket__c", `{"totalSize":1,"done":true,"records":[{"attributes":{"type":"AggregateResult"},"expr0":0}]}`},
	} {
		t.Run(x.soql, func(t *testing.T) {
			if a := c.want(200, "GET", "query?q="+url.QueryEscape(x.soql), nil); string(a.body) != x.want {
				t.Errorf("%s", a.body)
			}
		})
	}
}

func TestRecordsHaveTheSelectedFieldsInOrder(t *testing.T) {
	c := people(t)
	a := c.want(200, "GET", "query/?q="+url.QueryEscape("SELECT id, Account.Name, Score__c, account.code__c, account.owner.username, MailingAddress FROM Contact WHERE Customer_Id__c = 'C-2'"), nil)
	want := `{"totalSize":1,"done":true,"records":[{"attributes":{"type":"Contact","url":"/services/data/v59.0/sobjects/Contact/003EM0000000002YAA"},` +
		`"Id":"003EM0000000002YAA","Account":{"attributes":{"type":"Account","url":"/services/data/v59.0/sobjects/Account/001EM0000000001YAA"},"Name":"Acme","Code__c":"A-1",` +
		`"Owner":{"attributes":{"type":"User","url":"/services/data/v59.0/sobjects/User/005EM0000000001YAA"},"Username":"integration@emulator.example"}},"Score__c":2.5,"MailingAddress":null}]}`
	if string(a.body) != want {
		t.Errorf("\n%s\n%s", a.body, want)
	}
	if got := c.query("SELECT FIELDS(ALL) FROM Contact LIMIT 1"); len(got[0]) != 73 {
		t.Errorf("%d fields", len(got[0]))
	}
	if got := c.query("SELECT FIELDS(CUSTOM) FROM Contact LIMIT 1"); len(got[0]) != 9 {
		t.Errorf("%d fields", len(got[0]))
	}
}

func TestQueriesThatAreWrong(t *testing.T) {
	c := people(t)
	for _, x := range []struct{ name, soql, code, want string }{
		{"an unknown object", "select count() from XYZZY", "INVALID_TYPE",
			"\nselect count() from XYZZY\n                    ^\nERROR at Row:1:Column:21\nsObject type 'XYZZY' is not supported. If you are attempting to use a custom object, be sure to append the '__c'"},
		{"an unknown field", "SELECT Id, x FROM Contact", "INVALID_FIELD", "\nSELECT Id, x FROM Contact\n           ^\nERROR at Row:1:Column:12\nNo such column 'x' on entity 'Contact'. If you"},
		{"an unknown field on the second line", "SELECT Id\nFROM Contact WHERE y = 1", "INVALID_FIELD", "ERROR at Row:2:Column:20\nNo such column 'y' on entity 'Contact'."},
		{"an unknown relationship", "SELECT Foo__r.Name FROM Contact", "INVALID_FIELD", "Didn't understand relationship 'Foo__r' in field path."},
		{"an unknown field of a parent", "SELECT Account.Foo FROM Contact", "INVALID_FIELD", "No such column 'Foo' on entity 'Account'."},
		{"no FROM", "SELECT Id", "MALFORMED_QUERY", "unexpected token: '<EOF>'"},
		{"something else", "DELETE FROM Contact", "MALFORMED_QUERY", "unexpected token: 'DELETE'"},
		{"text behind", "SELECT Id FROM Contact LIMIT 1 x", "MALFORMED_QUERY", "unexpected token: 'x'"},
		{"AND and OR without parentheses", "SELECT Id FROM Contact WHERE Vip__c = true AND Id != null OR Id = null", "MALFORMED_QUERY", "unexpected token: 'OR'"},
		{"a string that does not end", "SELECT Id FROM Contact WHERE LastName = 'x", "MALFORMED_QUERY", "no viable alternative"},
		{"an escape that is none", `SELECT Id FROM Contact WHERE LastName = 'a\x'`, "MALFORMED_QUERY", "Illegal character sequence '\\x'"},
		{"quotes around a boolean", "SELECT Id FROM Contact WHERE Vip__c = 'true'", "INVALID_FIELD", "value of filter criterion for field 'Vip__c' must be of type boolean and should not be enclosed in quotes"},
		{"no quotes around a text", "SELECT Id FROM Contact WHERE LastName = 5", "INVALID_FIELD", "must be of type string and should be enclosed in quotes"},
		{"a date for a datetime", "SELECT Id FROM Contact WHERE CreatedDate > 2026-01-01", "INVALID_FIELD", "must be of type dateTime"},
		{"a text for a number", "SELECT Id FROM Contact WHERE Score__c = '5'", "INVALID_FIELD", "must be of type double"},
		{"an id that is none", "SELECT Id FROM Contact WHERE AccountId = 'Acme'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: Acme"},
		{"a field that cannot be filtered", "SELECT Id FROM Contact WHERE Description = 'x'", "INVALID_FIELD", "field 'Description' can not be filtered in a query call"},
		{"LIKE on a number", "SELECT Id FROM Contact WHERE Score__c LIKE '1%'", "INVALID_FIELD", "invalid operator on double field"},
		{"a field twice", "SELECT Id, ID FROM Contact", "MALFORMED_QUERY", "duplicate field selected: ID"},
		{"a field that is not grouped", "SELECT LastName, COUNT(Id) FROM Contact GROUP BY LeadSource", "MALFORMED_QUERY", "Field must be grouped or aggregated: LastName"},
		{"an offset that is too large", "SELECT Id FROM Contact LIMIT 1 OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000"},
		{"all fields without a limit", "SELECT FIELDS(ALL) FROM Contact", "MALFORMED_QUERY", "The SOQL FIELDS function must have a LIMIT of at most 200"},
		{"a nested query", "SELECT Id, (SELECT Id FROM Contacts) FROM Account", "MALFORMED_QUERY", "nested queries are not understood here"},
		{"a literal that is too long", "SELECT Id FROM Contact WHERE LastName = '" + strings.Repeat("x", 4001) + "'", "MALFORMED_QUERY", "string literal exceeds the maximum length of 4000 characters"},
		{"no query", "", "MALFORMED_QUERY", "A query string has to be specified"},
	} {
		t.Run(x.name, func(t *testing.T) {
			e := c.want(400, "GET", "query?q="+url.QueryEscape(x.soql), nil).list(t)[0]
			if code(t, e) != x.code || !strings.Contains(message(e), x.want) {
				t.Errorf("%v", e)
			}
		})
	}
	long := "SELECT Id FROM Contact WHERE LastName IN ('" + strings.Repeat("x','", 25000) + "')"
	res := c.composite(false, sub("GET", "query?q="+url.QueryEscape(long), "a", nil))
	if e := res[0]["body"].([]any)[0].(map[string]any); e["errorCode"] != "MALFORMED_QUERY" {
		t.Errorf("%v", e)
	}
}

func TestResultsComeInPages(t *testing.T) {
	c := open(t, emulator.Options{})
	c.load(0, 450, "x")
	ids := map[string]bool{}
	next, pages := "query?q="+url.QueryEscape("SELECT Id FROM Contact"), 0
	for next != "" {
		var opts []string
		if pages == 0 {
			opts = []string{"Sforce-Query-Options", "batchSize=200"}
		}
		page := c.want(200, "GET", next, nil, opts...).obj(t)
		if page["totalSize"] != 450.0 {
			t.Fatalf("totalSize %v", page["totalSize"])
		}
		for _, r := range page["records"].([]any) {
			ids[str(r.(map[string]any)["Id"])] = true
		}
		if pages++; page["done"] == true {
			break
		}
		next = str(page["nextRecordsUrl"])
		if !strings.HasPrefix(next, "/services/data/v59.0/query/01g") || !strings.HasSuffix(next, fmt.Sprintf("-%d", pages*200)) {
			t.Fatalf("nextRecordsUrl %s", next)
		}
		if pages == 1 { // what happens between two pages changes no other row
			c.want(204, "DELETE", "sobjects/Contact/Customer_Id__c/C-449", nil)
			c.load(450, 460, "x")
		}
	}
	if len(ids) != 449 || pages != 3 {
		t.Errorf("%d records on %d pages", len(ids), pages)
	}
	for _, path := range []string{"query/01gEM0000000099AAA-200", "query/x", strings.Replace(next, "-400", "-4000", 1)} {
		if e := c.want(400, "GET", path, nil).list(t)[0]; code(t, e) != "INVALID_QUERY_LOCATOR" {
			t.Errorf("%s: %v", path, e)
		}
	}
	c.as("marketo@acme.example").want(400, "GET", next, nil)
	for range 10 {
		c.want(200, "GET", "query?q="+url.QueryEscape("SELECT Id FROM Contact"), nil, "Sforce-Query-Options", "batchSize=200")
	}
	c.want(400, "GET", next, nil)
}

func TestTheColumnsOfAQueryCanBeAskedFor(t *testing.T) {
	c := people(t)
	a := c.want(200, "GET", "query?columns=true&q="+url.QueryEscape("SELECT Id, Account.Name FROM Contact"), nil)
	got := a.obj(t)
	cols := got["columnMetadata"].([]any)
	if got["entityName"] != "Contact" || got["idSelected"] != true || got["keyPrefix"] != "003" || len(cols) != 2 {
		t.Errorf("%s", a.body)
	}
	if !strings.Contains(string(a.body), `{"aggregate":false,"apexType":"Id","booleanType":false,"columnName":"Id","custom":false,"displayName":"Id","foreignKeyName":null,"insertable":false,"joinColumns":[],"numberType":false,"textType":false,"updatable":false}`) {
		t.Errorf("%s", a.body)
	}
	if j := cols[1].(map[string]any)["joinColumns"].([]any); j[0].(map[string]any)["columnName"] != "Name" {
		t.Errorf("%v", cols[1])
	}
}

func TestLongListsAreFineInsideAComposite(t *testing.T) {
	c := open(t, emulator.Options{})
	c.load(0, 1000, "x")
	var keys []string
	for i := range 1000 {
		keys = append(keys, fmt.Sprintf("'C-%d'", i))
	}
	res := c.composite(false, sub("GET", "query?q="+url.QueryEscape("SELECT Id FROM Contact WHERE Customer_Id__c IN ("+strings.Join(keys, ",")+")"), "a", nil))
	if n := res[0]["body"].(map[string]any)["totalSize"]; n != 1000.0 {
		t.Errorf("%v records", n)
	}
}
