package emulator_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

func TestRowsFailAloneUnlessAllOrNone(t *testing.T) {
	c := open(t, emulator.Options{})
	good, bad := map[string]any{"LastName": "A"}, map[string]any{"FirstName": "B"}
	a := c.want(200, "POST", "composite/sobjects/", rows("Contact", false, good, bad))
	res := a.list(t)
	if res[0]["success"] != true || code(t, res[1]) != "REQUIRED_FIELD_MISSING" {
		t.Fatalf("%s", a.body)
	}
	if _, has := res[1]["id"]; has || !strings.Contains(string(a.body), `{"success":false,"errors":[{"statusCode":"REQUIRED_FIELD_MISSING","message":"Required fields are missing: [LastName]","fields":["LastName"]}]}`) {
		t.Errorf("%s", a.body)
	}
	a = c.want(200, "POST", "composite/sobjects", rows("Contact", true, good, bad))
	res = a.list(t)
	if code(t, res[0]) != "ALL_OR_NONE_OPERATION_ROLLED_BACK" || code(t, res[1]) != "REQUIRED_FIELD_MISSING" {
		t.Errorf("%s", a.body)
	}
	if n := len(c.query("SELECT Id FROM Contact")); n != 1 {
		t.Errorf("%d contacts", n)
	}
}

// TestWhatBecomesOfAValue sends one value for one field, each in a collection of its own.
func TestWhatBecomesOfAValue(t *testing.T) {
	c := open(t, emulator.Options{})
	account := c.create("Account", map[string]any{"Name": "Acme", "Code__c": "A-1"})
	gone := c.create("Account", map[string]any{"Name": "Gone"})
	c.want(204, "DELETE", "sobjects/Account/"+gone, nil)
	user := str(c.query("SELECT Id FROM User")[0]["Id"])
	const unreadable = "JSON_PARSER_ERROR"
	for _, x := range []struct {
		name, field, value string
		want               string // the stored JSON, or an error code
	}{
		{"text is trimmed", "FirstName", `" Ada \t"`, `"Ada"`},
		{"text inside is kept", "FirstName", `"A  B"`, `"A  B"`},
		{"blank text is null", "FirstName", `"  "`, `null`},
		{"empty text is null", "FirstName", `""`, `null`},
		{"null clears", "FirstName", `null`, `null`},
		{"a number is no text", "FirstName", `5`, unreadable},
		{"true is no text", "FirstName", `true`, unreadable},
		{"an object is no text", "FirstName", `{}`, unreadable},
		{"text may be as long as the field", "FirstName", `"` + strings.Repeat("é", 40) + `"`, `"` + strings.Repeat("é", 40) + `"`},
		{"but not longer", "FirstName", `"` + strings.Repeat("é", 41) + `"`, "STRING_TOO_LONG"},
		{"an email address", "Email", `"a.b+c@example.co.uk"`, `"a.b+c@example.co.uk"`},
		{"an email address without a domain", "Email", `"a@b"`, "INVALID_EMAIL_ADDRESS"},
		{"an email address with a space", "Email", `"a b@example.com"`, "INVALID_EMAIL_ADDRESS"},
		{"a number is rounded half up", "Score__c", `1.005`, `1.01`},
		{"a negative number is rounded away from zero", "Score__c", `-1.005`, `-1.01`},
		{"rounding may carry", "Score__c", `9.995`, `10.0`},
		{"a number may be text", "Score__c", `"12.5"`, `12.5`},
		{"a number may have an exponent", "Score__c", `1.5e2`, `150.0`},
		{"a number has a range", "Score__c", `1000000`, "NUMBER_OUTSIDE_VALID_RANGE"},
		{"rounding may leave the range", "Score__c", `999999.999`, "NUMBER_OUTSIDE_VALID_RANGE"},
		{"a word is no number", "Score__c", `"many"`, unreadable},
		{"empty text is no number", "Score__c", `""`, unreadable},
		{"true is a boolean", "Vip__c", `true`, `true`},
		{"a boolean may be text", "Vip__c", `"TRUE"`, `true`},
		{"a boolean is never null", "Vip__c", `null`, "INVALID_TYPE_ON_FIELD_IN_RECORD"},
		{"1 is no boolean", "Vip__c", `1`, unreadable},
		{"yes is no boolean", "Vip__c", `"yes"`, unreadable},
		{"a datetime is kept to the second in UTC", "Seen__c", `"2022-03-17T18:21:26.987+02:00"`, `"2022-03-17T16:21:26.000+0000"`},
		{"an offset needs no colon", "Seen__c", `"2022-03-17T18:21:26+0200"`, `"2022-03-17T16:21:26.000+0000"`},
		{"a datetime needs an offset", "Seen__c", `"2022-03-17T16:21:26"`, unreadable},
		{"a datetime needs a T", "Seen__c", `"2017-10-17 00:00:00"`, unreadable},
		{"a date", "Birthdate", `"1815-12-10"`, `"1815-12-10"`},
		{"a date that does not exist", "Birthdate", `"1815-02-30"`, unreadable},
		{"an American date", "Birthdate", `"12/10/1815"`, unreadable},
		{"empty text is no date", "Birthdate", `""`, unreadable},
		{"a date before all dates", "Birthdate", `"1215-06-15"`, "INVALID_TYPE_ON_FIELD_IN_RECORD"},
		{"a value of a restricted picklist", "Tier__c", `"Gold"`, `"Gold"`},
		{"another value of a restricted picklist", "Tier__c", `"Lead"`, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"},
		{"an unrestricted picklist takes anything", "LeadSource", `"Warehouse"`, `"Warehouse"`},
		{"multi-select values come in the picklist's order", "Tags__c", `"Gamma;Other; Alpha;Gamma"`, `"Alpha;Gamma;Other"`},
		{"a reference of 15 characters", "AccountId", `"` + account[:15] + `"`, `"` + account + `"`},
		{"a reference whose case was lost", "AccountId", `"` + strings.ToLower(account) + `"`, `"` + account + `"`},
		{"a reference to another object", "AccountId", `"` + user + `"`, "MALFORMED_ID"},
		{"a reference that is no id", "AccountId", `"Acme"`, "MALFORMED_ID"},
		{"a reference to nothing", "AccountId", `"001EM0000000999AAA"`, "INVALID_CROSS_REFERENCE_KEY"},
		{"a reference to a deleted record", "AccountId", `"` + gone + `"`, "ENTITY_IS_DELETED"},
		{"a reference to an object the org does not have", "IndividualId", `"0PKEM0000000001AAA"`, "INVALID_CROSS_REFERENCE_KEY"},
		{"an empty reference is null", "AccountId", `""`, `null`},
		{"a compound field cannot be written", "MailingAddress", `{"city":"London"}`, "INVALID_FIELD_FOR_INSERT_UPDATE"},
		{"a system field cannot be written", "CreatedDate", `"2022-03-17T16:21:26Z"`, "INVALID_FIELD_FOR_INSERT_UPDATE"},
		{"an unknown field ends the request", "Nothing__c", `1`, "INVALID_FIELD"},
		{"the parent by external id", "Account", `{"Code__c":"a-1"}`, `"` + account + `"`},
		{"the parent by external id, typed", "Account", `{"attributes":{"type":"Account"},"Code__c":"A-1"}`, `"` + account + `"`},
		{"a parent that is not there", "Account", `{"Code__c":"A-2"}`, "INVALID_FIELD"},
		{"a parent by a field that is no key", "Account", `{"Name":"Acme"}`, "INVALID_FIELD"},
		{"no parent", "Account", `null`, `null`},
	} {
		t.Run(x.name, func(t *testing.T) {
			body := `{"records":[{"attributes":{"type":"Contact"},"LastName":"A","` + x.field + `":` + x.value + `}]}`
			a := c.send("POST", "composite/sobjects", body)
			if a.status == 400 {
				if got := code(t, a.list(t)[0]); got != x.want {
					t.Fatalf("%s", a.body)
				}
				return
			}
			res := a.list(t)[0]
			if res["success"] != true {
				if got := code(t, res); got != x.want {
					t.Fatalf("%s", a.body)
				}
				return
			}
			field := x.field
			if field == "Account" {
				field = "AccountId"
			}
			got := c.want(200, "GET", "sobjects/Contact/"+str(res["id"])+"?fields="+field, nil)
			if !strings.HasSuffix(string(got.body), `"`+field+`":`+x.want+`}`) {
				t.Errorf("stored %s, want %s", got.body, x.want)
			}
		})
	}
}

func TestMessagesOfRows(t *testing.T) {
	c := open(t, emulator.Options{})
	first := c.create("Contact", map[string]any{"LastName": "A", "Customer_Id__c": "C-1"})
	for _, x := range []struct{ name, fields, want string }{
		{"a missing parent", `"Account":{"Code__c":"A-9"}`, "Foreign key external ID: A-9 not found for field Code__c in entity Account"},
		{"a unique value that is taken", `"Customer_Id__c":"c-1"`, "duplicate value found: Customer_Id__c duplicates value on record with id: " + first[:15]},
		{"a wrong id", `"AccountId":"` + first + `"`, "Account ID: id value of incorrect type: " + first},
		{"a bad picklist value", `"CleanStatus":"X"`, "Clean Status: bad value for restricted picklist field: X"},
		{"a bad address", `"Email":"x"`, "Email: invalid email address: x"},
		{"an owner without a type", `"Owner":{"Username":"integration@emulator.example"}`, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			res := c.want(200, "POST", "composite/sobjects", `{"records":[{"attributes":{"type":"Contact"},"LastName":"A",`+x.fields+`}]}`).list(t)[0]
			if message(res) != x.want {
				t.Errorf("%v", res)
			}
		})
	}
	polymorphic := `{"records":[{"attributes":{"type":"Lead"},"LastName":"A","Company":"B","Owner":{%s"Username":"integration@emulator.example"}}]}`
	c.want(400, "POST", "composite/sobjects", fmt.Sprintf(polymorphic, ""))
	if res := c.want(200, "POST", "composite/sobjects", fmt.Sprintf(polymorphic, `"attributes":{"type":"User"},`)).list(t)[0]; res["success"] != true {
		t.Errorf("%v", res)
	}
}

func TestUpsertOfACollection(t *testing.T) {
	c := open(t, emulator.Options{})
	path := "composite/sobjects/Contact/Customer_Id__c"
	a := c.want(200, "PATCH", path, rows("Contact", false,
		map[string]any{"Customer_Id__c": "C-1", "LastName": "A"},
		map[string]any{"Customer_Id__c": "C-2", "LastName": "B"},
		map[string]any{"Customer_Id__c": "c-1", "LastName": "C"},
		map[string]any{"LastName": "D"}))
	res := a.list(t)
	for _, i := range []int{0, 2} {
		if code(t, res[i]) != "DUPLICATE_VALUE" || !strings.HasPrefix(message(res[i]), "Duplicate external id specified: ") {
			t.Errorf("row %d: %v", i, res[i])
		}
	}
	if res[1]["created"] != true || code(t, res[3]) != "MISSING_ARGUMENT" {
		t.Errorf("%s", a.body)
	}
	if n := len(c.query("SELECT Id FROM Contact")); n != 1 {
		t.Errorf("%d contacts", n)
	}
	for _, l := range []string{"same", "same"} {
		c.create("Contact", map[string]any{"LastName": "L", "Legacy__c": l})
	}
	res = c.want(200, "PATCH", "composite/sobjects/Contact/Legacy__c", rows("Contact", false, map[string]any{"Legacy__c": "same", "LastName": "A"})).list(t)
	if code(t, res[0]) != "DUPLICATE_EXTERNAL_ID" || !strings.Contains(message(res[0]), "more than one record found for external id field: [003") {
		t.Errorf("%v", res)
	}
	c.want(400, "PATCH", "composite/sobjects/Contact/Phone", rows("Contact", false, map[string]any{"LastName": "A"}))
	c.want(400, "PATCH", path, rows("Account", false, map[string]any{"Name": "A"}))
	c.want(404, "PATCH", "/services/data/v45.0/"+path, rows("Contact", false))
}

func TestUpsertByIdMixesCreatesAndUpdates(t *testing.T) {
	c := open(t, emulator.Options{})
	id := c.create("Contact", map[string]any{"LastName": "A"})
	res := c.want(200, "PATCH", "composite/sobjects/Contact/Id", rows("Contact", false,
		map[string]any{"Id": nil, "LastName": "B"}, map[string]any{"Id": id, "LastName": "C"},
		map[string]any{"Id": "003EM00000000Zz", "LastName": "D"}, map[string]any{"Id": "x", "LastName": "E"})).list(t)
	if res[0]["created"] != true || res[1]["created"] != false || res[1]["id"] != id || code(t, res[2]) != "INVALID_CROSS_REFERENCE_KEY" || code(t, res[3]) != "MALFORMED_ID" {
		t.Errorf("%v", res)
	}
}

func TestUpdateOfACollection(t *testing.T) {
	c := open(t, emulator.Options{})
	one, two := c.create("Contact", map[string]any{"LastName": "A"}), c.create("Contact", map[string]any{"LastName": "B"})
	gone := c.create("Contact", map[string]any{"LastName": "C"})
	c.want(204, "DELETE", "sobjects/Contact/"+gone, nil)
	account := c.create("Account", map[string]any{"Name": "A"})
	res := c.want(200, "PATCH", "composite/sobjects", rows("Contact", false,
		map[string]any{"id": one, "Phone": "1"}, map[string]any{"Id": two[:15], "LastName": nil},
		map[string]any{"id": gone, "Phone": "1"}, map[string]any{"id": account, "Phone": "1"},
		map[string]any{"Phone": "1"}, map[string]any{"id": "003EM00000000Zz", "Phone": "1"})).list(t)
	for i, want := range []string{"", "REQUIRED_FIELD_MISSING", "ENTITY_IS_DELETED", "MALFORMED_ID", "MISSING_ARGUMENT", "INVALID_CROSS_REFERENCE_KEY"} {
		if got := code(t, res[i]); got != want {
			t.Errorf("row %d: %v, want %q", i, res[i], want)
		}
	}
	res = c.want(200, "PATCH", "composite/sobjects", rows("Contact", false, map[string]any{"id": one, "Phone": "2"}, map[string]any{"id": one, "Phone": "3"})).list(t)
	if code(t, res[0]) != "DUPLICATE_VALUE" || code(t, res[1]) != "DUPLICATE_VALUE" {
		t.Errorf("%v", res)
	}
}

func TestLimitsOfCollections(t *testing.T) {
	c := open(t, emulator.Options{})
	var many []map[string]any
	for i := range 201 {
		many = append(many, map[string]any{"LastName": fmt.Sprint(i)})
	}
	a := c.want(400, "POST", "composite/sobjects", rows("Contact", false, many...))
	if string(a.body) != `[{"message":"record limit reached. cannot submit more than 200 records into this call","errorCode":"EXCEEDED_ID_LIMIT"}]` {
		t.Errorf("%s", a.body)
	}
	c.want(200, "POST", "composite/sobjects", rows("Contact", false, many[:200]...))
	mixed := func(n int) map[string]any {
		var list []any
		for i := range n {
			if i%2 == 0 {
				list = append(list, map[string]any{"attributes": map[string]any{"type": "Account"}, "Name": "A"})
			} else {
				list = append(list, map[string]any{"attributes": map[string]any{"type": "Contact"}, "LastName": "A"})
			}
		}
		return map[string]any{"records": list}
	}
	c.want(200, "POST", "composite/sobjects", mixed(10))
	c.want(400, "POST", "composite/sobjects", mixed(11))
	c.want(400, "POST", "composite/sobjects", `{"records":[{"LastName":"A"}]}`)
	c.want(400, "POST", "composite/sobjects", `{"records":[{"attributes":{"type":"Nothing"},"LastName":"A"}]}`)
	c.want(400, "DELETE", "composite/sobjects?ids="+strings.Repeat("003EM0000000001,", 201), nil)
	c.want(400, "DELETE", "composite/sobjects", nil)
}

func TestOneUnreadableValueSinksTheCollection(t *testing.T) {
	c := open(t, emulator.Options{})
	c.want(400, "POST", "composite/sobjects", rows("Contact", false, map[string]any{"LastName": "A"}, map[string]any{"LastName": "B", "Score__c": "x"}))
	if n := len(c.query("SELECT Id FROM Contact")); n != 0 {
		t.Errorf("%d contacts", n)
	}
}

func TestRowsOfOneCollectionAreNoParentsOfEachOther(t *testing.T) {
	c := open(t, emulator.Options{})
	body := map[string]any{"records": []any{
		map[string]any{"attributes": map[string]any{"type": "Account"}, "Name": "A", "Code__c": "A-1"},
		map[string]any{"attributes": map[string]any{"type": "Account"}, "Name": "B", "Parent": map[string]any{"Code__c": "A-1"}},
		map[string]any{"attributes": map[string]any{"type": "Contact"}, "LastName": "C", "Account": map[string]any{"Code__c": "A-1"}},
	}}
	res := c.want(200, "POST", "composite/sobjects", body).list(t)
	if res[0]["success"] != true || code(t, res[1]) != "INVALID_FIELD" || res[2]["success"] != true {
		t.Errorf("the second chunk sees the first, a chunk does not see itself: %v", res)
	}
}

func TestRetrieveGivesNullForWhatIsNotThere(t *testing.T) {
	c := open(t, emulator.Options{})
	one := c.create("Contact", map[string]any{"LastName": "A"})
	two := c.create("Contact", map[string]any{"LastName": "B"})
	c.want(204, "DELETE", "sobjects/Contact/"+two, nil)
	want := `[{"attributes":{"type":"Contact","url":"/services/data/v59.0/sobjects/Contact/` + one + `"},"LastName":"A","Account":null},null,null]`
	want = strings.Replace(want, `,"Account":null`, "", 1)
	if a := c.want(200, "GET", "composite/sobjects/Contact?ids="+one+","+two+",x&fields=lastname", nil); string(a.body) != want {
		t.Errorf("%s", a.body)
	}
	if a := c.want(200, "POST", "composite/sobjects/Contact/", map[string]any{"ids": []string{one, two, "x"}, "fields": []string{"LastName"}}); string(a.body) != want {
		t.Errorf("%s", a.body)
	}
	c.want(400, "GET", "composite/sobjects/Contact?ids="+one+"&fields=Nothing", nil)
	c.want(400, "POST", "composite/sobjects/Contact", map[string]any{"ids": make([]string, 2001), "fields": []string{"Id"}})
	c.want(200, "POST", "composite/sobjects/Contact", map[string]any{"ids": make([]string, 2000), "fields": []string{"Id"}})
}

func TestDeletedRowsBlockNothingAndAreStillThere(t *testing.T) {
	c := open(t, emulator.Options{})
	id := c.create("Contact", map[string]any{"LastName": "A", "Customer_Id__c": "C-1"})
	res := c.want(200, "DELETE", "composite/sobjects?ids="+id+","+id+",003EM00000000Zz,x,"+str(c.query("SELECT Id FROM User")[0]["Id"])+"&allOrNone=false", nil).list(t)
	for i, want := range []string{"", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID", "INSUFFICIENT_ACCESS_OR_READONLY"} {
		if got := code(t, res[i]); got != want {
			t.Errorf("row %d: %v, want %q", i, res[i], want)
		}
	}
	again := c.want(201, "PATCH", "sobjects/Contact/Customer_Id__c/C-1", map[string]any{"LastName": "B"}).obj(t)["id"]
	if again == id {
		t.Error("the deleted record came back")
	}
	if n := len(c.query("SELECT Id FROM Contact")); n != 1 {
		t.Errorf("%d live contacts", n)
	}
	q := c.want(200, "GET", "queryAll?q="+url.QueryEscape("SELECT Id, IsDeleted, LastName FROM Contact WHERE Customer_Id__c = 'C-1'"), nil).obj(t)
	recs := q["records"].([]any)
	if len(recs) != 2 || recs[1].(map[string]any)["IsDeleted"] != true || recs[1].(map[string]any)["Id"] != id {
		t.Errorf("%v", q)
	}
	if q := c.want(200, "GET", "queryAll?q="+url.QueryEscape("SELECT Id FROM Contact WHERE Id = '"+id+"' AND IsDeleted = true"), nil).obj(t); q["totalSize"] != 1.0 {
		t.Errorf("%v", q)
	}
	res = c.want(200, "DELETE", "composite/sobjects?ids="+str(again)+",x&allOrNone=true", nil).list(t)
	if code(t, res[0]) != "ALL_OR_NONE_OPERATION_ROLLED_BACK" || len(c.query("SELECT Id FROM Contact")) != 1 {
		t.Errorf("%v", res)
	}
}

func TestDeletionsTakeChildrenAlongOrAreRefused(t *testing.T) {
	c := open(t, emulator.Options{})
	account := c.create("Account", map[string]any{"Name": "Acme"})
	contact := c.create("Contact", map[string]any{"LastName": "A", "AccountId": account})
	boss := c.create("Contact", map[string]any{"LastName": "B"})
	c.want(204, "PATCH", "sobjects/Contact/"+contact, map[string]any{"ReportsToId": boss})
	ticket := c.create("Ticket__c", map[string]any{"Number__c": "T", "Contact__c": contact})
	c.create("Opportunity", map[string]any{"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-01-01", "AccountId": account})
	c.want(204, "DELETE", "sobjects/Contact/"+boss, nil)
	if got := c.get("Contact", contact); got["ReportsToId"] != nil {
		t.Errorf("a plain lookup is cleared: %v", got["ReportsToId"])
	}
	cas := c.create("Case", map[string]any{"Subject": "S", "ContactId": contact})
	a := c.want(400, "DELETE", "sobjects/Account/"+account, nil)
	if e := a.list(t)[0]; code(t, e) != "DELETE_FAILED" || message(e) != "Your attempt to delete A could not be completed because it is associated with the following cases.: 00000001\n" {
		t.Errorf("%s", a.body)
	}
	c.want(204, "DELETE", "sobjects/Case/"+cas, nil)
	c.want(204, "DELETE", "sobjects/Account/"+account, nil)
	for _, object := range []string{"Account", "Contact", "Opportunity"} {
		if n := len(c.query("SELECT Id FROM " + object)); n != 0 {
			t.Errorf("%d of %s are left", n, object)
		}
	}
	if got := c.get("Ticket__c", ticket); got["Contact__c"] != nil {
		t.Errorf("%v", got["Contact__c"])
	}
}
