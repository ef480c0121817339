// Package schema holds what the org knows about its objects and fields: Salesforce's Describe as Go values, the built-in
// objects, and the schema file that extends them.
//
// Names and meanings are those of Salesforce's Describe results (describeGlobal, describeSObject); in a schema file every
// property has the name Describe gives it.
package schema

import (
	"slices"
	"strings"
)

// Schema is every object of an org.
type Schema struct {
	Objects []*Object

	Currencies     []string // of an org with several; the first one is the company's own
	PersonAccounts bool
	Duplicates     []DuplicateRule
	Assignments    []AssignmentRule

	byName map[string]*Object
}

// Object finds an object by its API name, in any case. It is nil for an object the org does not have.
func (s *Schema) Object(name string) *Object { return s.byName[strings.ToLower(name)] }

// ByPrefix finds the object whose record ids start with prefix, or nil.
func (s *Schema) ByPrefix(prefix string) *Object {
	for _, o := range s.Objects {
		if o.KeyPrefix == prefix {
			return o
		}
	}
	return nil
}

func (s *Schema) add(o *Object) {
	s.Objects = append(s.Objects, o)
	s.byName[strings.ToLower(o.Name)] = o
}

// Object is one sObject type.
type Object struct {
	Name        string
	Label       string
	LabelPlural string
	KeyPrefix   string // three characters; "" until the org gives a custom object its own
	Flags
	Fields      []*Field
	RecordTypes []RecordType // without the master record type, which every object has
	Children    []Child      // in the order of the children's names

	DeletedWith int // the store's column that says along with which record a deleted one went, set by the org

	own    []Child // child relationships as they were stated
	byName map[string]*Field
	byRel  map[string]*Field
}

// Flags are the yes/no properties of an object, named as in describeGlobal.
type Flags struct {
	Activateable, CompactLayoutable, Createable, Custom, CustomSetting, DeepCloneable, Deletable      bool
	DeprecatedAndHidden, FeedEnabled, HasSubtypes, IsInterface, IsSubtype, Layoutable, ListViewable   bool
	LookupLayoutable, Mergeable, MruEnabled, Queryable, Replicateable, Retrieveable, SearchLayoutable bool
	Searchable, Triggerable, Undeletable, Updateable                                                  bool
}

// Field finds a field by its API name, in any case. It is nil for a field the object does not have.
func (o *Object) Field(name string) *Field {
	if f, ok := o.byName[name]; ok {
		return f
	}
	return o.byName[strings.ToLower(name)]
}

// Relationship finds the reference field whose relationshipName is name, in any case, or nil.
func (o *Object) Relationship(name string) *Field { return o.byRel[strings.ToLower(name)] }

// NameField is the field that names a record, or nil for an object whose records have no name.
func (o *Object) NameField() *Field {
	for _, f := range o.Fields {
		if f.NameField {
			return f
		}
	}
	return nil
}

func (o *Object) index() {
	o.byName = make(map[string]*Field, 2*len(o.Fields))
	o.byRel = map[string]*Field{}
	for _, f := range o.Fields {
		o.byName[strings.ToLower(f.Name)] = f
		if f.RelationshipName != "" {
			o.byRel[strings.ToLower(f.RelationshipName)] = f
		}
	}
	for _, f := range o.Fields {
		o.byName[f.Name] = f // the exact name needs no folding
	}
}

// Field is one field of an object: the 57 properties that Describe gives since version 52.
type Field struct {
	Aggregatable, AIPredictionField, AutoNumber, Calculated, CascadeDelete, CaseSensitive, Createable bool
	Custom, DefaultedOnCreate, DependentPicklist, DeprecatedAndHidden, DisplayLocationInDecimal       bool
	Encrypted, ExternalID, Filterable, FormulaTreatNullNumberAsZero, Groupable, HighScaleNumber       bool
	HTMLFormatted, IDLookup, NameField, NamePointing, Nillable, Permissionable, PolymorphicForeignKey bool
	QueryByDistance, RestrictedDelete, RestrictedPicklist, SearchPrefilterable, Sortable, Unique      bool
	Updateable, WriteRequiresMasterRead                                                               bool
	ByteLength, Digits, Length, Precision, RelationshipOrder, Scale                                   int
	CalculatedFormula, CompoundFieldName, ControllerName, DefaultValueFormula, ExtraTypeInfo          string
	FilteredLookupInfo, InlineHelpText, Label, Mask, MaskType, Name, ReferenceTargetField             string
	RelationshipName, SoapType, Type                                                                  string
	DefaultValue                                                                                      string // JSON, "" for null
	PicklistValues                                                                                    []PicklistValue
	ReferenceTo                                                                                       []string

	Col int // the field's column in the store, set by the org
}

// PicklistValue is one entry of a picklist.
type PicklistValue struct {
	Active       bool
	DefaultValue bool
	Label        string
	ValidFor     string // base64 bitmap over the controlling field's values, "" for null
	Value        string
}

// RecordType is a record type of an object, other than its master.
type RecordType struct {
	Active, Available, Default bool
	DeveloperName, Name, ID    string

	// Picklists are the values that picklists of such a record have, by the field's API name as it is spelled in the
	// object. A picklist that is not in it has all its active values.
	Picklists map[string][]string
}

// Child is a relationship from another object's reference field to this object.
type Child struct {
	Object, Field, RelationshipName string
	Cascade, Restricted             bool
}

// Text reports whether values of the field are kept as strings with a length limit.
func (f *Field) Text() bool { return isText(f.Type) }

// Number reports whether values of the field are numbers.
func (f *Field) Number() bool {
	switch f.Type {
	case "int", "long", "double", "currency", "percent":
		return true
	}
	return false
}

// Computed reports whether the org works the value out when it is read, so that nothing is stored for it.
func (f *Field) Computed() bool {
	return f.Type == "address" || f.Type == "location" || f.Name == "Id" || f.Name == "IsDeleted"
}

// Required reports whether a record cannot be created without a value.
func (f *Field) Required() bool { return f.Createable && !f.Nillable && !f.DefaultedOnCreate }

// Key reports whether records can be found by the field's values: it is an external id or an idLookup field.
func (f *Field) Key() bool { return f.ExternalID || f.IDLookup }

// Indexed reports whether the org keeps an index for the field.
func (f *Field) Indexed() bool {
	if f.Computed() {
		return false
	}
	if f.Type == "reference" {
		switch f.Name {
		case "CreatedById", "LastModifiedById", "OwnerId":
			return false // few values for many records, and nothing is deleted through them
		}
		return true
	}
	return f.Key() || f.Unique
}

// Folded reports whether the field's values are compared without regard to case.
func (f *Field) Folded() bool {
	return !f.CaseSensitive && isText(f.Type)
}

// Default is the picklist value that a new record gets, or "".
func (f *Field) Default() string {
	for _, v := range f.PicklistValues {
		if v.DefaultValue && v.Active {
			return v.Value
		}
	}
	return ""
}

// Offers reports whether records of a type may have a value in a restricted picklist. Salesforce holds records to the values
// of their record type whoever writes them, but only in restricted picklists (Salesforce Stack Exchange 9322).
func (r *RecordType) Offers(f *Field, value string) bool {
	values, ok := r.Picklists[f.Name]
	return !ok || slices.Contains(values, value)
}

// Picklist gives the position of an active value, or -1.
func (f *Field) Picklist(value string) int {
	return slices.IndexFunc(f.PicklistValues, func(v PicklistValue) bool { return v.Active && v.Value == value })
}

func isText(t string) bool {
	switch t {
	case "string", "textarea", "phone", "email", "url", "picklist", "multipicklist", "combobox", "encryptedstring", "anyType":
		return true
	}
	return false
}
