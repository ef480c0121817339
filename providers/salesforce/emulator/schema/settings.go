package schema

import (
	"regexp"
	"slices"
	"strings"
)

// DuplicateRule finds records that are alike: those whose match fields all have the same values, without regard to case.
type DuplicateRule struct {
	Name   string // developer name
	Object string
	Fields []string
	Block  bool // refuses, whatever the request says; otherwise it warns, which allowSave overrules
	Edits  bool // acts on updates too
}

// AssignmentRule gives new records an owner.
type AssignmentRule struct {
	Name   string
	Object string // Lead or Case
	Active bool
	Owner  string // a user name, or the developer name of a queue
	ID     string // set by the org
}

// stated is an object or a field that a setting names, and where.
type stated struct {
	at     int64
	object string
	fields []string
	of     string
}

var isoCode = regexp.MustCompile(`^[A-Z]{3}$`)

// settings reads what a schema file says of the org as a whole.
func (l *loader) settings(root *node) error {
	if v := root.get("currencies"); v != nil {
		hint := `write "currencies": ["USD", "EUR"]; the first one is the company's own`
		if v.kind != '[' || len(v.items) == 0 {
			return l.errorf(v.at, hint, "currencies is a list of ISO codes, not %s", v.what())
		}
		for _, c := range v.items {
			if c.kind != '"' || !isoCode.MatchString(c.text) || slices.Contains(l.schema.Currencies, c.text) {
				return l.errorf(c.at, hint, "currencies holds %s, which is no ISO code or there twice", c.what())
			}
			l.schema.Currencies = append(l.schema.Currencies, c.text)
		}
		if err := l.schema.include("optional/CurrencyType.json"); err != nil {
			return err
		}
	}
	if v := root.get("personAccounts"); v != nil {
		if err := l.assign(property{name: "personAccounts", flag: &l.schema.PersonAccounts}, v); err != nil {
			return err
		}
		if l.schema.PersonAccounts {
			l.schema.personAccounts()
		}
	}
	if err := l.duplicateRules(root.get("duplicateRules")); err != nil {
		return err
	}
	return l.assignmentRules(root.get("assignmentRules"))
}

// each reads a list of objects, each with the same properties.
func (l *loader) each(list *node, of, example string, read func(*node) error) error {
	if list == nil {
		return nil
	}
	if list.kind != '[' {
		return l.errorf(list.at, "write "+example, "a list of %ss is a list, not %s", of, list.what())
	}
	for _, n := range list.items {
		if n.kind != '{' {
			return l.errorf(n.at, "write "+example, "a %s is an object, not %s", of, n.what())
		}
		if err := read(n); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) duplicateRules(list *node) error {
	const example = `"duplicateRules": [{"developerName": "Same_Email", "sobjectType": "Contact", "matchFields": ["Email"], "action": "Alert"}]`
	return l.each(list, "duplicate rule", example, func(n *node) error {
		r := DuplicateRule{Edits: true}
		action := "Alert"
		err := l.apply(n, []property{
			{name: "developerName", text: &r.Name}, {name: "sobjectType", text: &r.Object}, {name: "matchFields", special: true},
			{name: "action", text: &action}, {name: "onEdit", flag: &r.Edits},
		}, "a duplicate rule", nil)
		if err != nil {
			return err
		}
		fields := n.get("matchFields")
		if fields == nil || fields.kind != '[' || len(fields.items) == 0 || r.Name == "" || r.Object == "" {
			return l.errorf(n.at, "write "+example, "a duplicate rule needs developerName, sobjectType and matchFields")
		}
		if action != "Alert" && action != "Block" {
			return l.errorf(n.get("action").at, `write "Alert" or "Block"`, "the action of a duplicate rule is %q", action)
		}
		for _, f := range fields.items {
			r.Fields = append(r.Fields, f.text)
		}
		r.Block = action == "Block"
		l.schema.Duplicates = append(l.schema.Duplicates, r)
		l.rules = append(l.rules, stated{at: n.at, object: r.Object, fields: r.Fields, of: "duplicate rule " + r.Name})
		return nil
	})
}

func (l *loader) assignmentRules(list *node) error {
	const example = `"assignmentRules": [{"name": "Inbound", "sobjectType": "Lead", "active": true, "owner": "user@example.com"}]`
	return l.each(list, "assignment rule", example, func(n *node) error {
		r := AssignmentRule{Active: true}
		err := l.apply(n, []property{
			{name: "name", text: &r.Name}, {name: "sobjectType", text: &r.Object}, {name: "active", flag: &r.Active}, {name: "owner", text: &r.Owner},
		}, "an assignment rule", nil)
		switch {
		case err != nil:
			return err
		case r.Name == "" || r.Owner == "":
			return l.errorf(n.at, "write "+example, "an assignment rule needs name, sobjectType and owner")
		case r.Object != "Lead" && r.Object != "Case":
			return l.errorf(n.at, "write "+example, "assignment rules are of Lead or Case, not of %q", r.Object)
		}
		if r.Active && slices.ContainsFunc(l.schema.Assignments, func(x AssignmentRule) bool { return x.Active && x.Object == r.Object }) {
			return l.errorf(n.at, `add "active": false to all but one`, "%s has two active assignment rules", r.Object)
		}
		l.schema.Assignments = append(l.schema.Assignments, r)
		return nil
	})
}

// checkRules makes sure that what the settings name exists, once every object is known.
func (l *loader) checkRules() error {
	for _, r := range l.rules {
		o := l.schema.Object(r.object)
		if o == nil {
			return l.errorf(r.at, didYouMean(r.object, l.names(), "declare the object in this file"), "%s is of %s, which is not an object of this org", r.of, r.object)
		}
		for _, name := range r.fields {
			if f := o.Field(name); f == nil || f.Computed() {
				return l.errorf(r.at, "name stored fields of "+o.Name, "%s compares %s, which %s does not have", r.of, name, o.Name)
			}
		}
	}
	return nil
}

// multiCurrency gives every object the field that an org with several currencies has (Object Reference, "CurrencyIsoCode"),
// and the object CurrencyType.
func (s *Schema) multiCurrency() {
	if len(s.Currencies) == 0 {
		return
	}
	var values []PicklistValue
	for _, c := range s.Currencies {
		values = append(values, PicklistValue{Active: true, Label: c, Value: c})
	}
	for _, o := range s.Objects {
		switch o.Name {
		case "Organization", "Profile", "RecordType", "Group", "CampaignMemberStatus", "CurrencyType", "AssignmentRule", "QueueSobject":
			continue
		}
		if o.Field("CurrencyIsoCode") != nil {
			continue
		}
		f := usual("CurrencyIsoCode", "picklist")
		f.Label, f.Length, f.RestrictedPicklist, f.DefaultedOnCreate = "Currency ISO Code", 3, true, true
		f.PicklistValues = slices.Clone(values)
		f.PicklistValues[0].DefaultValue = true
		f.settle(nil)
		o.Fields = append(o.Fields, f)
		o.index()
	}
}

// personAccounts gives Account and Contact the fields of an org with person accounts (Salesforce Help, "Person Accounts"): an
// account may be a person, which has a contact of its own.
func (s *Schema) personAccounts() {
	a, c := s.Object("Account"), s.Object("Contact")
	add := func(o *Object, name, label, typ string, set func(*Field)) *Field {
		f := usual(name, typ)
		f.Label = label
		if set != nil {
			set(f)
		}
		f.settle(nil)
		o.Fields = append(o.Fields, f)
		return f
	}
	fixed := func(f *Field) { f.Createable, f.Updateable = false, false }
	add(a, "IsPersonAccount", "Is Person Account", "boolean", fixed)
	add(a, "PersonContactId", "Contact ID", "reference", func(f *Field) {
		fixed(f)
		f.ReferenceTo, f.RelationshipName = []string{"Contact"}, "PersonContact"
	})
	for _, name := range []string{"LastName", "FirstName", "Salutation"} {
		f := *c.Field(name)
		f.Nillable, f.CompoundFieldName, f.PicklistValues = true, "", slices.Clone(f.PicklistValues)
		a.Fields = append(a.Fields, &f)
	}
	for _, name := range personFields {
		f := *c.Field(name)
		f.Name, f.CompoundFieldName, f.IDLookup = "Person"+name, "", false
		f.PicklistValues = slices.Clone(f.PicklistValues)
		a.Fields = append(a.Fields, &f)
	}
	add(c, "IsPersonAccount", "Is Person Account", "boolean", fixed)
	rt := s.Object("RecordType")
	add(rt, "IsPersonType", "Is Person Type", "boolean", fixed)
	for _, o := range []*Object{a, c, rt} {
		o.index()
	}
}

// personFields are the fields of Contact that an account has too when it is a person, each with Person before its name.
var personFields = []string{
	"Email", "MobilePhone", "HomePhone", "OtherPhone", "AssistantPhone", "AssistantName", "Title", "Department", "Birthdate", "LeadSource",
	"MailingStreet", "MailingCity", "MailingState", "MailingPostalCode", "MailingCountry",
	"HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall",
}

// PersonType is the developer name of the record type that makes an account a person.
const PersonType = "PersonAccount"

// personTypes gives Account what depends on the fields and record types of the schema file: the record type of people, and
// Contact's custom fields.
func (s *Schema) personTypes() {
	a, c := s.Object("Account"), s.Object("Contact")
	s.PersonAccounts = s.PersonAccounts || a.Field("IsPersonAccount") != nil
	if !s.PersonAccounts {
		return
	}
	if !slices.ContainsFunc(a.RecordTypes, func(r RecordType) bool { return r.DeveloperName == PersonType }) {
		if len(a.RecordTypes) == 0 {
			a.RecordTypes = append(a.RecordTypes, RecordType{
				Active: true, Available: true, Default: true, DeveloperName: "Business_Account", Name: "Business Account",
			})
		}
		a.RecordTypes = append(a.RecordTypes, RecordType{Active: true, Available: true, DeveloperName: PersonType, Name: "Person Account"})
	}
	for _, f := range c.Fields {
		name := strings.TrimSuffix(f.Name, "__c") + "__pc"
		if !f.Custom || f.Type == "reference" || a.Field(name) != nil {
			continue
		}
		p := *f
		p.Name, p.ExternalID, p.IDLookup, p.Unique, p.AutoNumber = name, false, false, false, false
		p.PicklistValues = slices.Clone(f.PicklistValues)
		a.Fields = append(a.Fields, &p)
	}
	a.index()
}

// PersonField gives the field of Contact that a field of a person account stands for; ok is false for the account's own.
// Custom fields of Contact stand on the account with __pc in the place of __c.
func PersonField(name string) (contact string, ok bool) {
	switch name {
	case "LastName", "FirstName", "Salutation":
		return name, true
	}
	if base, ok := strings.CutSuffix(name, "__pc"); ok {
		return base + "__c", true
	}
	if rest, ok := strings.CutPrefix(name, "Person"); ok && slices.Contains(personFields, rest) {
		return rest, true
	}
	return "", false
}
