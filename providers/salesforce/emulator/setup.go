package emulator

import (
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/dml"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

func userValues(username, name, profile string) map[string]store.Value {
	first, last, ok := strings.Cut(name, " ")
	if !ok {
		first, last = "", name
	}
	alias, _, _ := strings.Cut(username, "@")
	v := map[string]store.Value{
		"Username": store.String(username), "Email": store.String(username), "LastName": store.String(last),
		"Alias": store.String(alias[:min(len(alias), 8)]), "CommunityNickname": store.String(alias[:min(len(alias), 40)]),
		"IsActive": store.Bool(true), "ProfileId": store.String(profile), "TimeZoneSidKey": store.String("GMT"),
		"LocaleSidKey": store.String("en_US"), "EmailEncodingKey": store.String("UTF-8"), "LanguageLocaleKey": store.String("en_US"),
		"UserPermissionsMarketingUser": store.Bool(true),
	}
	if first != "" {
		v["FirstName"] = store.String(first)
	}
	return v
}

// recordTypes keeps the RecordType records in step with the schema, and tells the schema their ids.
func (o *Org) recordTypes(tx *store.Tx, s *dml.Session) error {
	rt := o.schema.Object("RecordType")
	key := func(object, name string) string { return strings.ToLower(object + "." + name) }
	known := map[string]string{}
	tx.Rows(rt.Name).Scan(0, func(seq uint64, raw store.Raw) bool {
		known[key(raw.Get(rt.Field("SobjectType").Col).Text, raw.Get(rt.Field("DeveloperName").Col).Text)] = sfid.Make(rt.KeyPrefix, seq)
		return true
	})
	for _, obj := range o.schema.Objects {
		for i := range obj.RecordTypes {
			r := &obj.RecordTypes[i]
			if r.ID = known[key(obj.Name, r.DeveloperName)]; r.ID != "" {
				continue
			}
			var err error
			r.ID, err = s.Seed(rt.Name, map[string]store.Value{
				"Name": store.String(r.Name), "DeveloperName": store.String(r.DeveloperName), "SobjectType": store.String(obj.Name),
				"IsActive": store.Bool(r.Active), "IsPersonType": store.Bool(obj.Name == "Account" && r.DeveloperName == schema.PersonType),
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// AddUser creates an active user, so that somebody else can edit records. name is "First Last". A user that exists already
// stays as it is.
func (o *Org) AddUser(username, name string) error {
	return o.edit(func(s *dml.Session) error { return o.addUser(s, username, name) })
}

func (o *Org) addUser(s *dml.Session, username, name string) error {
	u := o.schema.Object("User")
	if len(s.Find(u, u.Field("Username"), store.String(username))) > 0 {
		return nil
	}
	_, err := s.Seed("User", userValues(username, name, sfid.Make(o.schema.Object("Profile").KeyPrefix, 1)))
	return err
}

// findUser gives the id of an active user.
func (o *Org) findUser(tx *store.Tx, username string) (string, bool) {
	u := o.schema.Object("User")
	t := tx.Rows(u.Name)
	for _, seq := range t.Lookup(u.Field("Username").Col, store.String(username), 0) {
		if raw, ok := t.Get(seq); ok && raw.Get(u.Field("IsActive").Col).Kind == store.True {
			return sfid.Make(u.KeyPrefix, seq), true
		}
	}
	return "", false
}

// AddQueue creates a queue, which may own leads, cases and custom records. One that exists already stays as it is.
func (o *Org) AddQueue(developerName, name string) error {
	return o.edit(func(s *dml.Session) error { return addQueue(s, developerName, name) })
}

func addQueue(s *dml.Session, developerName, name string) error {
	g := s.Schema.Object("Group")
	there := false
	s.Tx.Rows(g.Name).Scan(0, func(_ uint64, raw store.Raw) bool {
		there = there || strings.EqualFold(raw.Get(g.Field("DeveloperName").Col).Text, developerName)
		return !there
	})
	if there {
		return nil
	}
	_, err := s.Seed(g.Name, map[string]store.Value{
		"Name": store.String(name), "DeveloperName": store.String(developerName), "Type": store.String("Queue"),
	})
	return err
}

// currencies keeps the CurrencyType records in step with the schema.
func (o *Org) currencies(tx *store.Tx, s *dml.Session) error {
	t := o.schema.Object("CurrencyType")
	if t == nil {
		return nil
	}
	known := map[string]bool{}
	tx.Rows(t.Name).Scan(0, func(_ uint64, raw store.Raw) bool {
		known[raw.Get(t.Field("IsoCode").Col).Text] = true
		return true
	})
	for i, code := range o.schema.Currencies {
		if known[code] {
			continue
		}
		_, err := s.Seed(t.Name, map[string]store.Value{
			"IsoCode": store.String(code), "IsActive": store.Bool(true), "IsCorporate": store.Bool(i == 0),
			"ConversionRate": {Kind: store.Number, Text: "1"}, "DecimalPlaces": {Kind: store.Number, Text: "2"},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// assignments keeps the AssignmentRule records in step with the schema, tells the schema their ids, and makes sure that the
// rules' owners exist: a name with an @ is a user's, another one a queue's.
func (o *Org) assignments(tx *store.Tx, s *dml.Session) error {
	t := o.schema.Object("AssignmentRule")
	key := func(object, name string) string { return strings.ToLower(object + "." + name) }
	known := map[string]string{}
	tx.Rows(t.Name).Scan(0, func(seq uint64, raw store.Raw) bool {
		known[key(raw.Get(t.Field("SobjectType").Col).Text, raw.Get(t.Field("Name").Col).Text)] = sfid.Make(t.KeyPrefix, seq)
		return true
	})
	for i := range o.schema.Assignments {
		r := &o.schema.Assignments[i]
		if r.ID = known[key(r.Object, r.Name)]; r.ID == "" {
			var err error
			r.ID, err = s.Seed(t.Name, map[string]store.Value{
				"Name": store.String(r.Name), "SobjectType": store.String(r.Object), "Active": store.Bool(r.Active),
			})
			if err != nil {
				return err
			}
		}
		if !strings.Contains(r.Owner, "@") {
			if err := addQueue(s, r.Owner, r.Owner); err != nil {
				return err
			}
			continue
		}
		if err := o.addUser(s, r.Owner, r.Owner); err != nil {
			return err
		}
	}
	return nil
}
