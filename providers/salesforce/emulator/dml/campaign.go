package dml

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// joining checks a membership that is about to be made: it is of one person, and the only one of that person in its campaign.
func (s *Session) joining(c *change) *apierror.Error {
	if c.object.Name != "CampaignMember" || c.old != nil {
		return nil
	}
	for _, name := range []string{"ContactId", "LeadId"} {
		person := c.get(name)
		if person.Kind == store.Null {
			continue
		}
		if s.member(c.object, c.object.Field(name), c.row, person) {
			return apierror.New("DUPLICATE_VALUE", "Already a campaign member.")
		}
		return nil
	}
	return apierror.New("FIELD_INTEGRITY_EXCEPTION", "a campaign member needs a contact or a lead") // likely: the text is not recorded
}

// campaignMember derives what follows from a membership's person and status (Object Reference, "CampaignMember"): of a contact
// and a lead only the contact counts, and a status that the campaign does not have becomes its default without a word.
func campaignMember(s *Session, c *change) {
	if c.old == nil && c.get("ContactId").Kind != store.Null {
		c.set("LeadId", store.Value{})
	}
	label, responded := s.status(c.get("CampaignId"), c.get("Status").Text)
	c.set("Status", store.String(label))
	if label == "" {
		c.set("Status", store.Value{})
	}
	c.set("HasResponded", store.Bool(responded))
	if responded && c.get("FirstRespondedDate").Kind == store.Null {
		c.set("FirstRespondedDate", store.Value{Kind: store.Date, Text: s.Now.UTC().Format(time.DateOnly)})
	}
	s.mirror(c)
}

// status finds a campaign's member status by its label, or the campaign's default one. A campaign without a default takes any.
func (s *Session) status(campaign store.Value, want string) (label string, responded bool) {
	o := s.Schema.Object("CampaignMemberStatus")
	t := s.Tx.Rows(o.Name)
	label = want
	for _, seq := range t.Lookup(o.Field("CampaignId").Col, campaign, 0) {
		raw, ok := t.Get(seq)
		if !ok {
			continue
		}
		name, yes := raw.Get(o.Field("Label").Col).Text, raw.Get(o.Field("HasResponded").Col).Kind == store.True
		if strings.EqualFold(name, want) {
			return name, yes
		}
		if raw.Get(o.Field("IsDefault").Col).Kind == store.True {
			label, responded = name, yes
		}
	}
	return label, responded
}

// mirror copies the person's values, which a membership shows but does not own.
func (s *Session) mirror(c *change) {
	person, typ, street := c.get("ContactId"), "Contact", "Mailing"
	if person.Kind == store.Null {
		person, typ, street = c.get("LeadId"), "Lead", ""
	}
	r, row, bad := s.live(person.Text)
	if bad != nil {
		return
	}
	value := func(name string) store.Value {
		if f := r.object.Field(name); f != nil && !f.Computed() {
			return row.Get(f.Col)
		}
		return store.Value{}
	}
	for _, name := range []string{
		"Salutation", "Name", "FirstName", "LastName", "Title", "Email", "Phone", "Fax", "MobilePhone", "Description", "DoNotCall",
		"HasOptedOutOfEmail", "HasOptedOutOfFax", "LeadSource",
	} {
		c.set(name, value(name))
	}
	for _, name := range []string{"Street", "City", "State", "PostalCode", "Country"} {
		c.set(name, value(street+name))
	}
	company := value("Company")
	if _, account, bad := s.live(value("AccountId").Text); typ == "Contact" && bad == nil {
		company = account.Get(s.Schema.Object("Account").Field("Name").Col)
	}
	c.set("CompanyOrAccount", company)
	c.set("Type", store.String(typ))
	c.set("LeadOrContactId", person)
	c.set("LeadOrContactOwnerId", value("OwnerId"))
}

// remember brings the memberships of a person up to date, after the person was saved. Nobody changed them: their dates stay.
func (s *Session) remember(c *change) error {
	if c.old == nil || c.object.Name != "Contact" && c.object.Name != "Lead" {
		return nil
	}
	o := s.Schema.Object("CampaignMember")
	t := s.Tx.Rows(o.Name)
	for _, seq := range t.Lookup(o.Field(c.object.Name+"Id").Col, store.String(c.id), 0) {
		raw, ok := t.Get(seq)
		if !ok {
			continue
		}
		old := raw.Row()
		m := &change{object: o, seq: seq, old: old, row: slices.Clone(old)}
		s.mirror(m)
		if err := t.Update(seq, old, m.row); err != nil {
			return err
		}
	}
	return nil
}

// statuses gives a new campaign the two that every one begins with.
func (s *Session) statuses(c *change) error {
	if c.object.Name != "Campaign" || c.old != nil {
		return nil
	}
	for i, label := range []string{"Sent", "Responded"} {
		_, err := s.Seed("CampaignMemberStatus", map[string]store.Value{
			"CampaignId": store.String(c.id), "Label": store.String(label), "SortOrder": {Kind: store.Number, Text: strconv.Itoa(i + 1)},
			"IsDefault": store.Bool(i == 0), "HasResponded": store.Bool(i == 1),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// oneDefault takes the default away from the campaign's other statuses when one becomes it.
func (s *Session) oneDefault(c *change) error {
	if c.object.Name != "CampaignMemberStatus" || c.get("IsDefault").Kind != store.True {
		return nil
	}
	t := s.Tx.Rows(c.object.Name)
	col := c.object.Field("IsDefault").Col
	for _, seq := range t.Lookup(c.object.Field("CampaignId").Col, c.get("CampaignId"), 0) {
		raw, ok := t.Get(seq)
		if !ok || seq == c.seq || raw.Get(col).Kind != store.True {
			continue
		}
		old := raw.Row()
		if err := t.Update(seq, old, slices.Clone(old).Set(col, store.Bool(false))); err != nil {
			return err
		}
	}
	return nil
}

// tally keeps the campaign's counts in step with a membership that was old and is row; nil where there was or is none.
func (s *Session) tally(o *schema.Object, old, row store.Row) error {
	if o.Name != "CampaignMember" {
		return nil
	}
	delta := map[string]int{}
	count := func(r store.Row, n int) {
		if r == nil {
			return
		}
		if r.Get(o.Field("ContactId").Col).Kind != store.Null {
			delta["NumberOfContacts"] += n
		} else {
			delta["NumberOfLeads"] += n
		}
		if r.Get(o.Field("LeadId").Col).Kind != store.Null && r.Get(o.Field("ContactId").Col).Kind != store.Null {
			delta["NumberOfConvertedLeads"] += n
		}
		if r.Get(o.Field("HasResponded").Col).Kind == store.True {
			delta["NumberOfResponses"] += n
		}
	}
	count(old, -1)
	count(row, 1)
	id := row
	if id == nil {
		id = old
	}
	r, campaign, bad := s.live(id.Get(o.Field("CampaignId").Col).Text)
	if bad != nil {
		return nil // it is going too
	}
	next := slices.Clone(campaign)
	for name, n := range delta {
		f := r.object.Field(name)
		if f == nil || n == 0 {
			continue
		}
		was, _ := strconv.Atoi(next.Get(f.Col).Text) // null counts from nothing
		next = next.Set(f.Col, store.Value{Kind: store.Number, Text: strconv.Itoa(was + n)})
	}
	return s.Tx.Rows(r.object.Name).Update(r.seq, campaign, next)
}
