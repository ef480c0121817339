package dml

import (
	"fmt"
	"slices"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// Conversion says what becomes of a lead; the zero value makes a new account and a new contact.
type Conversion struct {
	AccountID   string // an account to use, or "" for a new one
	ContactID   string // a contact to use, or "" for a new one
	Opportunity string // the name of a new opportunity, or "" for none
	Status      string // the lead's new status, or "" for Closed - Converted
}

// Converted are the records that a lead became.
type Converted struct {
	AccountID, ContactID, OpportunityID string
}

// Where a lead's values go (Salesforce Help, "Lead Conversion Field Mapping"). Custom fields have no mapping here.
var (
	leadToAccount = map[string]string{
		"Company": "Name", "Phone": "Phone", "Fax": "Fax", "Website": "Website", "Industry": "Industry", "AnnualRevenue": "AnnualRevenue",
		"NumberOfEmployees": "NumberOfEmployees", "Street": "BillingStreet", "City": "BillingCity", "State": "BillingState",
		"PostalCode": "BillingPostalCode", "Country": "BillingCountry",
	}
	leadToContact = map[string]string{
		"FirstName": "FirstName", "LastName": "LastName", "Salutation": "Salutation", "Title": "Title", "Email": "Email", "Phone": "Phone",
		"MobilePhone": "MobilePhone", "Fax": "Fax", "LeadSource": "LeadSource", "Description": "Description", "Street": "MailingStreet",
		"City": "MailingCity", "State": "MailingState", "PostalCode": "MailingPostalCode", "Country": "MailingCountry",
		"HasOptedOutOfEmail": "HasOptedOutOfEmail", "HasOptedOutOfFax": "HasOptedOutOfFax", "DoNotCall": "DoNotCall",
	}
)

// Convert turns a lead into an account, a contact and perhaps an opportunity. The lead stays, read-only, and points to them;
// its campaign memberships become the contact's too. REST has no such call; SOAP's convertLead() does this.
func (s *Session) Convert(lead string, v Conversion) (Converted, error) {
	var out Converted
	r, old, bad := s.live(lead)
	if bad != nil {
		return out, bad
	}
	if r.object.Name != "Lead" {
		return out, apierror.New("INVALID_ID_FIELD", "%s is not a lead", lead)
	}
	if err := readOnly(r.object, old); err != nil {
		return out, err
	}
	c := &change{object: r.object, old: old, row: slices.Clone(old)}
	var err error
	if out.AccountID, err = s.chosen("Account", v.AccountID, c, leadToAccount, nil); err != nil {
		return out, err
	}
	account := map[string]store.Value{"AccountId": store.String(out.AccountID)}
	if out.ContactID, err = s.chosen("Contact", v.ContactID, c, leadToContact, account); err != nil {
		return out, err
	}
	if v.Opportunity != "" {
		now := s.Now.UTC()
		quarter := time.Date(now.Year(), (now.Month()-1)/3*3+4, 0, 0, 0, 0, 0, time.UTC) // its last day
		account["Name"], account["StageName"] = store.String(v.Opportunity), store.String("Prospecting")
		account["CloseDate"] = store.Value{Kind: store.Date, Text: quarter.Format(time.DateOnly)}
		if out.OpportunityID, err = s.chosen("Opportunity", "", c, nil, account); err != nil {
			return out, err
		}
		c.set("ConvertedOpportunityId", store.String(out.OpportunityID))
	}
	if v.Status == "" {
		v.Status = "Closed - Converted"
	}
	c.set("Status", store.String(v.Status))
	c.set("IsConverted", store.Bool(true))
	c.set("ConvertedDate", store.Value{Kind: store.Date, Text: s.Now.UTC().Format(time.DateOnly)})
	c.set("ConvertedAccountId", store.String(out.AccountID))
	c.set("ConvertedContactId", store.String(out.ContactID))
	s.stamp(c)
	if err := s.Tx.Rows(r.object.Name).Update(r.seq, old, c.row); err != nil {
		return out, err
	}
	return out, s.follow(r, out.ContactID)
}

// chosen gives the record to use: the one that was named, or a new one with the lead's values and owner.
func (s *Session) chosen(object, id string, lead *change, from map[string]string, more map[string]store.Value) (string, error) {
	if id != "" {
		r, _, bad := s.live(id)
		if bad != nil {
			return "", bad
		}
		if r.object.Name != object {
			return "", apierror.New("INVALID_ID_FIELD", "%s is not a record of %s", id, object)
		}
		return r.id(), nil
	}
	values := map[string]store.Value{"OwnerId": store.String(s.User)}
	if owner := lead.get("OwnerId"); s.isUser(owner) {
		values["OwnerId"] = owner
	}
	for was, is := range from {
		if v := lead.get(was); v.Kind != store.Null {
			values[is] = v
		}
	}
	for name, v := range more {
		values[name] = v
	}
	id, err := s.Seed(object, values)
	if err != nil {
		return "", fmt.Errorf("converting a lead: %w", err)
	}
	return id, nil
}

// isUser reports whether an owner is a user and not a queue, which can own leads only.
func (s *Session) isUser(owner store.Value) bool {
	r, bad := s.locate(owner.Text)
	return bad == nil && r.object.Name == "User"
}

// follow gives a converted lead's campaign memberships the contact. They keep the lead.
func (s *Session) follow(lead record, contact string) error {
	o := s.Schema.Object("CampaignMember")
	t := s.Tx.Rows(o.Name)
	person, id := o.Field("ContactId"), store.String(contact)
	for _, seq := range t.Lookup(o.Field("LeadId").Col, store.String(lead.id()), 0) {
		raw, ok := t.Get(seq)
		if !ok {
			continue
		}
		old := raw.Row()
		if s.member(o, person, old, id) {
			continue
		}
		row := slices.Clone(old).Set(person.Col, id)
		if err := t.Update(seq, old, row); err != nil {
			return err
		}
		if err := s.tally(o, old, row); err != nil {
			return err
		}
	}
	return nil
}

// readOnly refuses to change a converted lead (code and text as real orgs give them).
func readOnly(o *schema.Object, row store.Row) *apierror.Error {
	if f := o.Field("IsConverted"); o.Name == "Lead" && f != nil && row.Get(f.Col).Kind == store.True {
		return apierror.New("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
	}
	return nil
}
