package dml

import (
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// person decides whether an account is one, and refuses the fields of the other kind. A new account is a person by its record
// type, or by having a last name while no record type is given (SOAP API Developer Guide, "Account", "Person Accounts").
func (s *Session) person(c *change) *apierror.Error {
	if !s.Schema.PersonAccounts {
		return nil
	}
	if c.object.Name == "Contact" && c.get("IsPersonAccount").Kind == store.True { // likely: the text is not recorded
		return apierror.New("INVALID_PERSON_ACCOUNT_OPERATION", "a person contact is changed through its account")
	}
	if c.object.Name != "Account" {
		return nil
	}
	is := c.get("IsPersonAccount").Kind == store.True
	if c.old == nil {
		is = personType(c.object, c.get("RecordTypeId").Text)
		if !is && !c.given("RecordTypeId") && c.get("LastName").Kind != store.Null {
			is = true
			for _, rt := range c.object.RecordTypes {
				if rt.DeveloperName == schema.PersonType {
					c.set("RecordTypeId", store.String(rt.ID))
				}
			}
		}
		c.set("IsPersonAccount", store.Bool(is))
	}
	var wrong []string
	for _, a := range c.input.Values {
		_, personal := schema.PersonField(a.Field.Name)
		if is && a.Field.Name == "Name" || !is && personal && a.Value.Kind != store.Null && a.Value.Kind != store.False {
			wrong = append(wrong, a.Field.Name)
		}
	}
	if len(wrong) > 0 {
		return apierror.New("INVALID_FIELD_FOR_INSERT_UPDATE", "Account: bad field names on insert/update call: %s", strings.Join(wrong, ", ")).On(wrong...)
	}
	if is && c.get("LastName").Kind == store.Null {
		return required([]string{"LastName"})
	}
	return nil
}

func personType(o *schema.Object, id string) bool {
	return slices.ContainsFunc(o.RecordTypes, func(r schema.RecordType) bool { return r.DeveloperName == schema.PersonType && r.ID == id })
}

// personContact keeps the contact that every person account has in step with it.
func (s *Session) personContact(c *change) error {
	if c.object.Name != "Account" || c.get("IsPersonAccount").Kind != store.True {
		return nil
	}
	values := map[string]store.Value{"AccountId": store.String(c.id), "OwnerId": c.get("OwnerId"), "IsPersonAccount": store.Bool(true)}
	for _, f := range c.object.Fields {
		if name, ok := schema.PersonField(f.Name); ok {
			values[name] = c.row.Get(f.Col)
		}
	}
	id := c.get("PersonContactId").Text
	if id == "" {
		id, err := s.Seed("Contact", values)
		if err != nil {
			return err
		}
		old := slices.Clone(c.row)
		c.set("PersonContactId", store.String(id))
		return s.Tx.Rows(c.object.Name).Update(c.seq, old, c.row)
	}
	r, old, bad := s.live(id)
	if bad != nil {
		return bad
	}
	p := &change{object: r.object, id: id, seq: r.seq, old: old, row: slices.Clone(old), input: &Input{Object: r.object}}
	for name, v := range values {
		p.set(name, v)
	}
	if bad := rule(s, p); bad != nil {
		return bad
	}
	s.stamp(p)
	return s.Tx.Rows(r.object.Name).Update(r.seq, old, p.row)
}
