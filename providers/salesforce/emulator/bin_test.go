package emulator_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// all queries deleted records too, by id.
func (c *client) all(soql string) map[string]map[string]any {
	c.t.Helper()
	q := c.want(200, "GET", "queryAll?q="+url.QueryEscape(soql), nil).obj(c.t)
	out := map[string]map[string]any{}
	records, _ := q["records"].([]any)
	for _, r := range records {
		rec, _ := r.(map[string]any)
		out[str(rec["Id"])] = rec
	}
	return out
}

func fails(t *testing.T, err error, code string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), code+":") {
		t.Errorf("%v, want %s", err, code)
	}
}

// cascadeSchema has a detail of accounts, and a lookup that holds its record: what Describe calls cascadeDelete and
// restrictedDelete.
const cascadeSchema = `{"format": "1.0", "objects": {
  "Contact": {"fields": [{"name": "Code__c", "type": "string", "length": 20, "externalId": true, "unique": true}]},
  "Line__c": {"fields": [
    {"name": "Account__c", "type": "reference", "referenceTo": ["Account"], "cascadeDelete": true, "nillable": false}]},
  "Seal__c": {"fields": [
    {"name": "Contact__c", "type": "reference", "referenceTo": ["Contact"], "restrictedDelete": true},
    {"name": "Friend__c", "type": "reference", "referenceTo": ["Contact"]}]}
}}`

func TestAnUndeleteBringsBackWhatWentAlong(t *testing.T) {
	c := open(t, emulator.Options{Schema: []byte(cascadeSchema)})
	acme := c.create("Account", map[string]any{"Name": "Acme"})
	ada := c.create("Contact", map[string]any{"LastName": "A", "AccountId": acme, "Code__c": "C-1"})
	before := c.create("Contact", map[string]any{"LastName": "B", "AccountId": acme})
	line := c.create("Line__c", map[string]any{"Account__c": acme})
	seal := c.create("Seal__c", map[string]any{"Friend__c": ada})
	c.want(204, "DELETE", "sobjects/Contact/"+before, nil)
	c.want(204, "DELETE", "sobjects/Account/"+acme, nil)
	if got := c.all("SELECT Id, IsDeleted FROM Contact"); got[ada]["IsDeleted"] != true || got[before]["IsDeleted"] != true {
		t.Fatalf("contacts: %v", got)
	}
	if got := c.all("SELECT Id, IsDeleted FROM Line__c"); got[line]["IsDeleted"] != true {
		t.Fatalf("details: %v", got)
	}
	if got := c.get("Seal__c", seal); got["Friend__c"] != nil {
		t.Errorf("a lookup to a deleted record: %v", got["Friend__c"])
	}
	fails(t, c.org.Undelete(ada), "UNDELETE_FAILED") // it comes back with its account only
	if err := c.org.Undelete(acme); err != nil {
		t.Fatal(err)
	}
	if got := c.query("SELECT Id, AccountId FROM Contact WHERE Code__c = 'C-1'"); len(got) != 1 || got[0]["AccountId"] != acme {
		t.Errorf("the contact came back as %v", got)
	}
	c.get("Line__c", line)
	c.want(404, "GET", "sobjects/Contact/"+before, nil) // it was deleted on its own
	if err := c.org.Undelete(before); err != nil {
		t.Error(err)
	}
	fails(t, c.org.Undelete(before), "UNDELETE_FAILED")
}

func TestAnUndeleteDoesNotDoubleAUniqueValue(t *testing.T) {
	c := open(t, emulator.Options{Schema: []byte(cascadeSchema)})
	ada := c.create("Contact", map[string]any{"LastName": "A", "Code__c": "C-1"})
	c.want(204, "DELETE", "sobjects/Contact/"+ada, nil)
	other := c.create("Contact", map[string]any{"LastName": "B", "Code__c": "c-1"})
	fails(t, c.org.Undelete(ada), "DUPLICATE_VALUE")
	if got := c.query("SELECT Id FROM Contact"); len(got) != 1 || got[0]["Id"] != other {
		t.Errorf("%v", got)
	}
}

func TestAPurgedRecordIsGone(t *testing.T) {
	c := open(t, emulator.Options{Schema: []byte(cascadeSchema)})
	acme := c.create("Account", map[string]any{"Name": "Acme"})
	ada := c.create("Contact", map[string]any{"LastName": "A", "AccountId": acme})
	other := c.create("Contact", map[string]any{"LastName": "B"})
	c.want(204, "DELETE", "sobjects/Account/"+acme, nil)
	if err := c.org.Purge(acme, other); err != nil { // the one from the bin, the other live
		t.Fatal(err)
	}
	if got := c.all("SELECT Id FROM Contact"); len(got) != 0 {
		t.Errorf("queryAll shows %v, the children of %s went too (%s)", got, acme, ada)
	}
	if got := c.all("SELECT Id FROM Account WHERE Id = '" + acme + "'"); len(got) != 0 {
		t.Errorf("queryAll shows %v", got)
	}
	fails(t, c.org.Purge(acme), "INVALID_CROSS_REFERENCE_KEY")
	fails(t, c.org.Undelete(acme), "UNDELETE_FAILED")
	res := c.want(200, "DELETE", "composite/sobjects?ids="+acme, nil).list(t)
	if code(t, res[0]) != "INVALID_CROSS_REFERENCE_KEY" {
		t.Errorf("a delete of a purged record: %v", res)
	}
	if a := c.want(404, "GET", "sobjects/Account/"+acme, nil); code(t, a.list(t)[0]) != "NOT_FOUND" {
		t.Errorf("%s", a.body)
	}
}

func TestARestrictedLookupHoldsItsRecord(t *testing.T) {
	c := open(t, emulator.Options{Schema: []byte(cascadeSchema)})
	acme := c.create("Account", map[string]any{"Name": "Acme"})
	ada := c.create("Contact", map[string]any{"LastName": "A", "AccountId": acme})
	seal := c.create("Seal__c", map[string]any{"Name": "Wax", "Contact__c": ada})
	for _, id := range []string{ada, acme} { // also where it would go along
		res := c.want(200, "DELETE", "composite/sobjects?ids="+id, nil).list(t)
		if code(t, res[0]) != "DELETE_FAILED" || !strings.Contains(message(res[0]), "Wax") {
			t.Errorf("%v", res)
		}
	}
	c.get("Contact", ada)
	c.want(204, "DELETE", "sobjects/Seal__c/"+seal, nil)
	c.want(204, "DELETE", "sobjects/Account/"+acme, nil)
}

func TestAMergeMovesTheChildren(t *testing.T) {
	at := &clock{time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}
	c := open(t, emulator.Options{Schema: []byte(cascadeSchema), Now: at.now})
	acme := c.create("Account", map[string]any{"Name": "Acme"})
	twin := c.create("Account", map[string]any{"Name": "ACME", "ParentId": acme})
	third := c.create("Account", map[string]any{"Name": "Acme Ltd"})
	c.want(204, "PATCH", "sobjects/Account/"+acme, map[string]any{"ParentId": third})
	ada := c.create("Contact", map[string]any{"LastName": "A", "AccountId": twin, "Code__c": "C-1"})
	ticket := c.create("Case", map[string]any{"AccountId": third}) // a delete would be refused for it
	line := c.create("Line__c", map[string]any{"Account__c": twin})
	at.at = at.at.Add(time.Hour)
	if err := c.org.Merge(acme, twin, third); err != nil {
		t.Fatal(err)
	}
	got := c.all("SELECT Id, IsDeleted, MasterRecordId FROM Account")
	for _, id := range []string{twin, third} {
		if got[id]["IsDeleted"] != true || got[id]["MasterRecordId"] != acme {
			t.Errorf("the merged record %v", got[id])
		}
	}
	if got[acme]["IsDeleted"] != false || got[acme]["MasterRecordId"] != nil {
		t.Errorf("the master %v", got[acme])
	}
	for object, id := range map[string]string{"Contact": ada, "Case": ticket} {
		if r := c.get(object, id); r["AccountId"] != acme || r["LastModifiedDate"] != "2026-03-01T10:00:00.000+0000" {
			t.Errorf("%s: %v", object, r)
		}
	}
	if r := c.get("Line__c", line); r["Account__c"] != acme {
		t.Errorf("the detail: %v", r)
	}
	if r := c.get("Account", acme); r["ParentId"] != nil || r["LastModifiedDate"] != "2026-03-01T11:00:00.000+0000" {
		t.Errorf("the master %v", r)
	}
	res := c.want(200, "PATCH", "composite/sobjects", rows("Account", false, map[string]any{"id": twin, "Name": "x"})).list(t)
	if code(t, res[0]) != "ENTITY_IS_DELETED" {
		t.Errorf("an update of a merged record: %v", res)
	}
	if err := c.org.Undelete(twin); err != nil {
		t.Fatal(err)
	}
	if r := c.get("Account", twin); r["MasterRecordId"] != nil {
		t.Errorf("the merged record that came back: %v", r)
	}
}

func TestMergesThatCannotBe(t *testing.T) {
	c := open(t, emulator.Options{Schema: []byte(cascadeSchema)})
	var ids []string
	for range 4 {
		ids = append(ids, c.create("Contact", map[string]any{"LastName": "A"}))
	}
	acme := c.create("Account", map[string]any{"Name": "Acme"})
	deal := c.create("Case", map[string]any{})
	c.want(204, "DELETE", "sobjects/Contact/"+ids[3], nil)
	fails(t, c.org.Merge(ids[0]), "NUMBER_OUTSIDE_VALID_RANGE")
	fails(t, c.org.Merge(ids[0], ids[1], ids[2], ids[1]), "NUMBER_OUTSIDE_VALID_RANGE")
	fails(t, c.org.Merge(ids[0], ids[0]), "INVALID_ID_FIELD")
	fails(t, c.org.Merge(ids[0], acme), "INVALID_ID_FIELD")
	fails(t, c.org.Merge(ids[0], ids[3]), "ENTITY_IS_DELETED")
	fails(t, c.org.Merge(ids[3], ids[0]), "ENTITY_IS_DELETED")
	fails(t, c.org.Merge(ids[0], ids[1], "003EM0000009999"), "INVALID_CROSS_REFERENCE_KEY")
	fails(t, c.org.Merge(deal, ids[1]), "INVALID_TYPE_FOR_OPERATION")
	if got := c.query("SELECT Id FROM Contact"); len(got) != 3 {
		t.Errorf("a merge that failed left %d contacts", len(got))
	}
}

func TestAConvertedLeadIsReadOnlyAndPointsOn(t *testing.T) {
	c := open(t, emulator.Options{})
	lead := c.create("Lead", map[string]any{"LastName": "Lovelace", "FirstName": "Ada", "Company": "Analytical", "Email": "ada@example.com", "City": "London", "HasOptedOutOfEmail": true})
	got, err := c.org.Convert(lead, emulator.Conversion{Opportunity: "Engine"})
	if err != nil {
		t.Fatal(err)
	}
	l := c.get("Lead", lead)
	if l["IsConverted"] != true || l["ConvertedContactId"] != got.ContactID || l["ConvertedAccountId"] != got.AccountID ||
		l["ConvertedOpportunityId"] != got.OpportunityID || l["Status"] != "Closed - Converted" || l["ConvertedDate"] == nil {
		t.Errorf("the lead: %v", l)
	}
	if p := c.get("Contact", got.ContactID); p["Name"] != "Ada Lovelace" || p["AccountId"] != got.AccountID || p["MailingCity"] != "London" || p["HasOptedOutOfEmail"] != true {
		t.Errorf("the contact: %v", p)
	}
	if a := c.get("Account", got.AccountID); a["Name"] != "Analytical" || a["BillingCity"] != "London" {
		t.Errorf("the account: %v", a)
	}
	if o := c.get("Opportunity", got.OpportunityID); o["Name"] != "Engine" || o["AccountId"] != got.AccountID || o["CloseDate"] == nil {
		t.Errorf("the opportunity: %v", o)
	}
	a := c.want(400, "PATCH", "sobjects/Lead/"+lead, map[string]any{"City": "Paris"})
	if string(a.body) != `[{"message":"cannot reference converted lead","errorCode":"CANNOT_UPDATE_CONVERTED_LEAD"}]` {
		t.Errorf("%s", a.body)
	}
	_, err = c.org.Convert(lead, emulator.Conversion{})
	fails(t, err, "CANNOT_UPDATE_CONVERTED_LEAD")
	fails(t, c.org.Merge(c.create("Lead", map[string]any{"LastName": "B", "Company": "B"}), lead), "CANNOT_UPDATE_CONVERTED_LEAD")
	c.want(204, "DELETE", "sobjects/Lead/"+lead, nil)
}

func TestALeadMayBecomeSomebodyWhoIsThere(t *testing.T) {
	c := open(t, emulator.Options{})
	acme := c.create("Account", map[string]any{"Name": "Acme"})
	ada := c.create("Contact", map[string]any{"LastName": "Lovelace", "AccountId": acme})
	lead := c.create("Lead", map[string]any{"LastName": "L", "Company": "C"})
	got, err := c.org.Convert(lead, emulator.Conversion{AccountID: acme, ContactID: ada, Status: "Closed - Not Converted"})
	if err != nil || got != (emulator.Converted{AccountID: acme, ContactID: ada}) {
		t.Fatalf("%+v, %v", got, err)
	}
	if n := len(c.query("SELECT Id FROM Contact")) + len(c.query("SELECT Id FROM Account")); n != 2 {
		t.Errorf("%d records", n)
	}
	_, err = c.org.Convert(ada, emulator.Conversion{})
	fails(t, err, "INVALID_ID_FIELD")
	_, err = c.org.Convert(c.create("Lead", map[string]any{"LastName": "L", "Company": "C"}), emulator.Conversion{AccountID: ada})
	fails(t, err, "INVALID_ID_FIELD")
}
