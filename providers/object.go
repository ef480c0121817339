package providers

import "strings"

// Object is a Salesforce object as Describe shows it to the user who writes. Fields that the user may not see are
// absent. Names are Describe's, so that an error can be looked up in Salesforce's documentation.
type Object struct {
	Name       string
	Label      string
	KeyPrefix  string
	Createable bool
	Updateable bool
	Deletable  bool
	Queryable  bool
	Mergeable  bool
	Custom     bool
	Fields     []Field
	Children   []Child

	RecordTypes []RecordType // also the master one, which every object has and no record can be given
}

// RecordType is a record type of an object, as it is for the user who writes.
type RecordType struct {
	ID            string // 18 characters
	Name          string
	DeveloperName string
	Active        bool
	Available     bool // the user may give it to records
	Default       bool // what a record gets that is created without one
	Master        bool

	// Values are the values that picklists of such a record take, by the field's API name, once
	// Destination.RecordTypePicklists has been asked. A picklist that is not in it takes all its active values, as far as
	// is known.
	Values map[string][]string
}

// Usable tells whether records can be given the type by the user who writes.
func (r *RecordType) Usable() bool { return r.Active && r.Available && !r.Master }

// Field is one field of an object.
type Field struct {
	Name               string
	Label              string
	Type               string // "string", "picklist", "reference", ...
	Length             int
	Precision          int
	Scale              int
	Digits             int
	Nillable           bool
	Createable         bool
	Updateable         bool
	DefaultedOnCreate  bool
	ExternalID         bool
	IDLookup           bool
	Unique             bool
	CaseSensitive      bool
	Calculated         bool
	AutoNumber         bool
	NameField          bool
	RestrictedPicklist bool
	Encrypted          bool
	Filterable         bool
	Polymorphic        bool
	RelationshipName   string
	ReferenceTo        []string
	CompoundField      string
	DependentPicklist  bool
	Controller         string // the field that decides which values of a dependent picklist are valid
	Picklist           []PicklistValue
}

// PicklistValue is one entry of a picklist.
type PicklistValue struct {
	Value   string
	Label   string
	Active  bool
	Default bool

	// ValidFor says for which values of the controlling field this one is valid, as Describe does: a bitmap in base64,
	// bit i of it (the highest bit first) for the controlling field's value i. Empty where the picklist depends on none.
	ValidFor string
}

// Child is a relationship from another object to this one.
type Child struct {
	Object           string
	Field            string
	Relationship     string // "" where the children cannot be queried through the parent
	CascadeDelete    bool
	RestrictedDelete bool
}

// Field finds a field by API name; Salesforce's names ignore case. Nil where there is none.
func (o *Object) Field(name string) *Field {
	for i := range o.Fields {
		if strings.EqualFold(o.Fields[i].Name, name) {
			return &o.Fields[i]
		}
	}
	return nil
}

// RecordType finds a record type that records can be given, by developer name in any case. Nil where there is none.
func (o *Object) RecordType(developerName string) *RecordType {
	for i := range o.RecordTypes {
		if r := &o.RecordTypes[i]; !r.Master && strings.EqualFold(r.DeveloperName, developerName) {
			return r
		}
	}
	return nil
}

// PersonType is the developer name that Salesforce gives the record type of people; an admin can add others. Describe does
// not tell them apart.
const PersonType = "PersonAccount"

// PersonAccounts tells whether the org has person accounts: then accounts may be people, with LastName in the place of
// Name, and their contacts are written through the account.
func (o *Object) PersonAccounts() bool { return o.Field("IsPersonAccount") != nil }

// Personal tells whether a field of Account is one that only people have: the parts of their name, and the fields of their
// contact, which begin with Person or, where they are custom, end in __pc.
func (f *Field) Personal() bool {
	switch f.Name {
	case "LastName", "FirstName", "MiddleName", "Salutation", "Suffix":
		return true
	}
	return strings.HasSuffix(f.Name, "__pc") || strings.HasPrefix(f.Name, "Person") && !strings.HasSuffix(f.Name, "__c")
}

// MultiCurrency tells whether the org has several currencies, so that records say in which their amounts are.
func (o *Object) MultiCurrency() bool { return o.Field("CurrencyIsoCode") != nil }

// Parent splits the path to a field of a parent: "Account.Code__c", or "Owner:User.Username" where the reference leads
// to several objects. ok is false for fields of the object itself.
func (f *Field) Parent() (relationship, object, field string, ok bool) {
	relationship, field, ok = strings.Cut(f.Name, ".")
	if !ok {
		return "", "", f.Name, false
	}
	relationship, object, _ = strings.Cut(relationship, ":")
	return relationship, object, field, true
}

// Reference finds the reference field with a relationship name, in any case. Nil where there is none.
func (o *Object) Reference(relationship string) *Field {
	for i := range o.Fields {
		if f := &o.Fields[i]; f.RelationshipName != "" && strings.EqualFold(f.RelationshipName, relationship) {
			return f
		}
	}
	return nil
}

// Required tells whether a create must set the field.
func (f *Field) Required() bool { return f.Createable && !f.Nillable && !f.DefaultedOnCreate }

// Matchable tells whether records can be found by the field.
func (f *Field) Matchable() bool { return f.ExternalID || f.IDLookup || f.Type == "id" }

// FoldsCase tells whether match values that differ only in case are one value: Describe says unique and not
// caseSensitive. Record ids are always exact.
func (f *Field) FoldsCase() bool { return f.Type != "id" && f.Unique && !f.CaseSensitive }

// Canon says how the field's values are made canonical; ok is false for types whose values cannot be written as
// one value: address, location, base64, anyType, complexvalue.
func (f *Field) Canon() (c Canon, ok bool) {
	switch f.Type {
	case "string", "textarea", "email", "phone", "url", "picklist", "combobox", "encryptedstring":
		return Canon{Kind: CanonText, Length: f.Length}, true
	case "int", "long":
		return Canon{Kind: CanonNumber}, true
	case "double", "currency", "percent":
		return Canon{Kind: CanonNumber, Scale: f.Scale}, true
	case "boolean":
		return Canon{Kind: CanonBool}, true
	case "date":
		return Canon{Kind: CanonDate}, true
	case "datetime":
		return Canon{Kind: CanonDateTime}, true
	case "time":
		return Canon{Kind: CanonTime}, true
	case "multipicklist":
		return Canon{Kind: CanonSet}, true
	case "id", "reference":
		return Canon{Kind: CanonID}, true
	}
	return Canon{}, false
}
