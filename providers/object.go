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
}

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
	Picklist           []PicklistValue
}

// PicklistValue is one entry of a picklist.
type PicklistValue struct {
	Value   string
	Label   string
	Active  bool
	Default bool
}

// Child is a relationship from another object to this one.
type Child struct {
	Object           string
	Field            string
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
