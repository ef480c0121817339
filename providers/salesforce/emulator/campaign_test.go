package emulator_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// campaign makes a campaign, and gives its id and its statuses by label.
func (c *client) campaign(name string) (id string, statuses map[string]string) {
	c.t.Helper()
	id = c.create("Campaign", map[string]any{"Name": name})
	statuses = map[string]string{}
	for _, s := range c.query("SELECT Id, Label FROM CampaignMemberStatus WHERE CampaignId = '" + id + "'") {
		statuses[str(s["Label"])] = str(s["Id"])
	}
	return id, statuses
}

func (c *client) join(campaign string, fields map[string]any) map[string]any {
	c.t.Helper()
	rec := map[string]any{"CampaignId": campaign}
	for k, v := range fields {
		rec[k] = v
	}
	return c.row("POST", "composite/sobjects", "CampaignMember", rec)
}

func TestACampaignBeginsWithTwoStatuses(t *testing.T) {
	c := open(t, emulator.Options{})
	id, _ := c.campaign("VIP")
	got := c.query("SELECT Label, SortOrder, IsDefault, HasResponded FROM CampaignMemberStatus WHERE CampaignId = '" + id + "' ORDER BY SortOrder")
	if len(got) != 2 || got[0]["Label"] != "Sent" || got[0]["IsDefault"] != true || got[0]["HasResponded"] != false ||
		got[1]["Label"] != "Responded" || got[1]["IsDefault"] != false || got[1]["HasResponded"] != true {
		t.Errorf("%v", got)
	}
}

func TestMembershipsAreOfOnePersonOnce(t *testing.T) {
	c := open(t, emulator.Options{})
	id, _ := c.campaign("VIP")
	other, _ := c.campaign("Other")
	ada := c.create("Contact", map[string]any{"LastName": "A"})
	lead := c.create("Lead", map[string]any{"LastName": "L", "Company": "C"})
	first := c.join(id, map[string]any{"ContactId": ada})
	if first["success"] != true {
		t.Fatalf("%v", first)
	}
	again := c.join(id, map[string]any{"ContactId": ada, "Status": "Responded"})
	if code(t, again) != "DUPLICATE_VALUE" || message(again) != "Already a campaign member." {
		t.Errorf("again: %v", again)
	}
	if m := c.get("CampaignMember", str(first["id"])); m["Status"] != "Sent" {
		t.Errorf("a second insert changed the first: %v", m)
	}
	twice := c.want(200, "POST", "composite/sobjects", rows("CampaignMember", false,
		map[string]any{"CampaignId": other, "ContactId": ada}, map[string]any{"CampaignId": other, "ContactId": ada})).list(t)
	if twice[0]["success"] != true || message(twice[1]) != "Already a campaign member." {
		t.Errorf("twice in one call: %v", twice)
	}
	// Both a contact and a lead: only the contact is stored.
	bob := c.create("Contact", map[string]any{"LastName": "B"})
	both := c.join(id, map[string]any{"ContactId": bob, "LeadId": lead})
	if m := c.get("CampaignMember", str(both["id"])); m["ContactId"] != bob || m["LeadId"] != nil {
		t.Errorf("both: %v", m)
	}
	if r := c.join(id, map[string]any{"LeadId": lead}); r["success"] != true {
		t.Errorf("a lead: %v", r)
	}
	if r := c.join(id, nil); r["success"] != false {
		t.Errorf("nobody: %v", r)
	}
	for _, field := range []string{"CampaignId", "ContactId", "LeadId"} {
		r := c.row("PATCH", "composite/sobjects", "CampaignMember", map[string]any{"id": first["id"], field: nil})
		if code(t, r) != "INVALID_FIELD_FOR_INSERT_UPDATE" {
			t.Errorf("an update of %s: %v", field, r)
		}
	}
	counts := c.get("Campaign", id)
	if counts["NumberOfContacts"] != 2.0 || counts["NumberOfLeads"] != 1.0 || counts["NumberOfResponses"] != 0.0 {
		t.Errorf("counts: %v %v %v", counts["NumberOfContacts"], counts["NumberOfLeads"], counts["NumberOfResponses"])
	}
	c.want(204, "DELETE", "sobjects/Contact/"+ada, nil)
	if n := c.get("Campaign", id)["NumberOfContacts"]; n != 1.0 {
		t.Errorf("%v contacts after one was deleted", n)
	}
	if err := c.org.Undelete(ada); err != nil {
		t.Fatal(err)
	}
	if n := c.get("Campaign", id)["NumberOfContacts"]; n != 2.0 {
		t.Errorf("%v contacts after it came back", n)
	}
	c.want(204, "DELETE", "sobjects/Campaign/"+id, nil)
	c.get("Contact", ada) // the person stays
	if err := c.org.Undelete(id); err != nil {
		t.Fatal(err)
	}
	if got := c.get("Campaign", id); got["NumberOfContacts"] != 2.0 || got["NumberOfLeads"] != 1.0 {
		t.Errorf("the campaign that came back: %v %v", got["NumberOfContacts"], got["NumberOfLeads"])
	}
}

func TestAnUnknownStatusIsReplacedWithoutAWord(t *testing.T) {
	c := open(t, emulator.Options{Now: (&clock{time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}).now})
	id, statuses := c.campaign("VIP")
	member := func(status any) (string, map[string]any) {
		fields := map[string]any{"ContactId": c.create("Contact", map[string]any{"LastName": "A"})}
		if status != nil {
			fields["Status"] = status
		}
		r := c.join(id, fields)
		if r["success"] != true {
			t.Fatalf("%v: %v", status, r)
		}
		return str(r["id"]), c.get("CampaignMember", str(r["id"]))
	}
	check := func(name string, m map[string]any, status string, responded bool) {
		t.Helper()
		if m["Status"] != status || m["HasResponded"] != responded || (m["FirstRespondedDate"] != nil) != responded {
			t.Errorf("%s: %v, %v, %v", name, m["Status"], m["HasResponded"], m["FirstRespondedDate"])
		}
	}
	_, m := member(nil)
	check("none", m, "Sent", false)
	_, m = member("responded")
	check("in another case", m, "Responded", true)
	if m["FirstRespondedDate"] != "2026-03-01" {
		t.Errorf("first responded %v", m["FirstRespondedDate"])
	}
	_, m = member("Attended")
	check("unknown", m, "Sent", false)

	c.create("CampaignMemberStatus", map[string]any{"CampaignId": id, "Label": "Attended", "IsDefault": true, "HasResponded": true})
	if got := c.query("SELECT Label FROM CampaignMemberStatus WHERE IsDefault = true"); len(got) != 1 || got[0]["Label"] != "Attended" {
		t.Errorf("the default: %v", got)
	}
	kept, m := member("Nonsense")
	check("unknown, with a default that responded", m, "Attended", true)
	c.row("PATCH", "composite/sobjects", "CampaignMember", map[string]any{"id": kept, "Status": "Sent"})
	m = c.get("CampaignMember", kept)
	if m["Status"] != "Sent" || m["HasResponded"] != false || m["FirstRespondedDate"] == nil {
		t.Errorf("back again: %v", m)
	}
	if n := c.get("Campaign", id)["NumberOfResponses"]; n != 1.0 {
		t.Errorf("%v responses", n)
	}
	for _, s := range statuses {
		c.want(204, "PATCH", "sobjects/CampaignMemberStatus/"+s, map[string]any{"IsDefault": false})
	}
	c.want(204, "PATCH", "sobjects/CampaignMemberStatus/"+str(c.query("SELECT Id FROM CampaignMemberStatus WHERE IsDefault = true")[0]["Id"]), map[string]any{"IsDefault": false})
	_, m = member("Anything")
	check("unknown, without a default", m, "Anything", false)
}

func TestMembersShowTheirPerson(t *testing.T) {
	c := open(t, emulator.Options{})
	id, _ := c.campaign("VIP")
	acme := c.create("Account", map[string]any{"Name": "Acme"})
	ada := c.create("Contact", map[string]any{"FirstName": "Ada", "LastName": "L", "Email": "ada@example.com", "AccountId": acme, "MailingCity": "London"})
	lead := c.create("Lead", map[string]any{"LastName": "B", "Company": "Bee", "City": "Paris", "HasOptedOutOfEmail": true})
	a, b := str(c.join(id, map[string]any{"ContactId": ada})["id"]), str(c.join(id, map[string]any{"LeadId": lead})["id"])
	m := c.get("CampaignMember", a)
	if m["Name"] != "Ada L" || m["Email"] != "ada@example.com" || m["CompanyOrAccount"] != "Acme" || m["City"] != "London" || m["Type"] != "Contact" || m["LeadOrContactId"] != ada {
		t.Errorf("a contact: %v", m)
	}
	m = c.get("CampaignMember", b)
	if m["LastName"] != "B" || m["CompanyOrAccount"] != "Bee" || m["City"] != "Paris" || m["Type"] != "Lead" || m["HasOptedOutOfEmail"] != true {
		t.Errorf("a lead: %v", m)
	}
	c.want(204, "PATCH", "sobjects/Contact/"+ada, map[string]any{"Email": "new@example.com"})
	if m := c.get("CampaignMember", a); m["Email"] != "new@example.com" {
		t.Errorf("after a change of the contact: %v", m["Email"])
	}
	r := c.row("PATCH", "composite/sobjects", "CampaignMember", map[string]any{"id": a, "Email": "x@example.com"})
	if code(t, r) != "INVALID_FIELD_FOR_INSERT_UPDATE" {
		t.Errorf("an update of what is the contact's: %v", r)
	}
}

func TestMembershipsFollowMergesAndConversions(t *testing.T) {
	c := open(t, emulator.Options{})
	id, _ := c.campaign("VIP")
	other, _ := c.campaign("Other")
	ada, twin := c.create("Contact", map[string]any{"LastName": "A"}), c.create("Contact", map[string]any{"LastName": "A2"})
	c.join(id, map[string]any{"ContactId": ada})
	c.join(id, map[string]any{"ContactId": twin})
	moved := str(c.join(other, map[string]any{"ContactId": twin})["id"])
	if err := c.org.Merge(ada, twin); err != nil {
		t.Fatal(err)
	}
	if got := c.query("SELECT ContactId FROM CampaignMember WHERE CampaignId = '" + id + "'"); len(got) != 1 || got[0]["ContactId"] != ada {
		t.Errorf("members of a campaign that both were in: %v", got)
	}
	if m := c.get("CampaignMember", moved); m["ContactId"] != ada || m["LastName"] != "A" {
		t.Errorf("the membership that moved: %v", m)
	}
	if n := c.get("Campaign", id)["NumberOfContacts"]; n != 1.0 {
		t.Errorf("%v contacts", n)
	}

	lead := c.create("Lead", map[string]any{"LastName": "L", "Company": "C"})
	m := str(c.join(id, map[string]any{"LeadId": lead})["id"])
	got, err := c.org.Convert(lead, emulator.Conversion{})
	if err != nil {
		t.Fatal(err)
	}
	if m := c.get("CampaignMember", m); m["LeadId"] != lead || m["ContactId"] != got.ContactID {
		t.Errorf("the membership of a converted lead: %v", m)
	}
	if r := c.join(id, map[string]any{"ContactId": got.ContactID}); message(r) != "Already a campaign member." {
		t.Errorf("its contact again: %v", r)
	}
	if r := c.join(other, map[string]any{"LeadId": lead}); code(t, r) != "CANNOT_UPDATE_CONVERTED_LEAD" {
		t.Errorf("a converted lead in another campaign: %v", r)
	}
	c.want(204, "DELETE", "sobjects/CampaignMember/"+m, nil) // but it can be taken out
}

func TestCampaignsMayShareAName(t *testing.T) {
	c := open(t, emulator.Options{})
	one, _ := c.campaign("VIP")
	two, _ := c.campaign("VIP")
	ada := c.create("Contact", map[string]any{"LastName": "A"})
	if got := c.query("SELECT Id FROM Campaign WHERE Name = 'vip'"); len(got) != 2 {
		t.Errorf("found %v", got)
	}
	a := c.want(300, "GET", "sobjects/Campaign/Name/"+url.PathEscape("VIP"), nil)
	if !strings.Contains(string(a.body), one) || !strings.Contains(string(a.body), two) {
		t.Errorf("%s", a.body)
	}
	r := c.row("POST", "composite/sobjects", "CampaignMember", map[string]any{"Campaign": map[string]any{"Name": "VIP"}, "ContactId": ada})
	if code(t, r) != "INVALID_FIELD" {
		t.Errorf("a member of one of two: %v", r)
	}
}

// TestTwoRequestsOnOneCampaign keeps a first request in the org, by a trigger that waits, while others come.
func TestTwoRequestsOnOneCampaign(t *testing.T) {
	entered, leave := make(chan bool), make(chan bool)
	c := open(t, emulator.Options{StrictLocks: true, Rewrite: func(object string, rec map[string]any) {
		if object == "CampaignMember" && rec["LastName"] == "Slow" {
			entered <- true
			<-leave
		}
	}})
	id, _ := c.campaign("VIP")
	other, _ := c.campaign("Other")
	slow := c.create("Contact", map[string]any{"LastName": "Slow"})
	ada := c.create("Contact", map[string]any{"LastName": "Ada"})
	member := str(c.join(id, map[string]any{"ContactId": ada})["id"])
	elsewhere := str(c.join(other, map[string]any{"ContactId": ada})["id"])
	first := make(chan map[string]any)
	go func() { first <- c.join(id, map[string]any{"ContactId": slow}) }()
	<-entered
	bob := "003EM0000009999AAA"
	for name, r := range map[string]map[string]any{
		"a member more": c.join(id, map[string]any{"ContactId": bob}),
		"by its name":   c.row("POST", "composite/sobjects", "CampaignMember", map[string]any{"Campaign": map[string]any{"Name": "VIP"}, "ContactId": bob}),
		"an update":     c.row("PATCH", "composite/sobjects", "CampaignMember", map[string]any{"id": member, "Status": "Responded"}),
		"a delete":      c.want(200, "DELETE", "composite/sobjects?ids="+member+","+elsewhere, nil).list(t)[1],
	} {
		if code(t, r) != "UNABLE_TO_LOCK_ROW" || !strings.Contains(message(r), id) {
			t.Errorf("%s: %v", name, r)
		}
	}
	close(leave)
	if r := <-first; r["success"] != true {
		t.Errorf("the first: %v", r)
	}
	if r := c.row("PATCH", "composite/sobjects", "CampaignMember", map[string]any{"id": member, "Status": "Responded"}); r["success"] != true {
		t.Errorf("afterwards: %v", r)
	}
	if n := fmt.Sprint(c.get("Campaign", id)["NumberOfContacts"]); n != "2" {
		t.Errorf("%s contacts", n)
	}
}
