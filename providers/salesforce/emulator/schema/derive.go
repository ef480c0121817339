package schema

import (
	"strings"
	"unicode"
)

// types maps every field type that a schema file may use to its SOAP type (Describe's values of type and soapType).
func soapType(t string) (string, bool) {
	switch t {
	case "id", "reference":
		return "tns:ID", true
	case "string", "textarea", "phone", "email", "url", "picklist", "multipicklist", "combobox", "encryptedstring", "anyType":
		return "xsd:string", true
	case "boolean":
		return "xsd:boolean", true
	case "int":
		return "xsd:int", true
	case "long":
		return "xsd:long", true
	case "double", "currency", "percent":
		return "xsd:double", true
	case "date":
		return "xsd:date", true
	case "datetime":
		return "xsd:dateTime", true
	case "time":
		return "xsd:time", true
	case "address":
		return "urn:address", true
	case "location":
		return "urn:location", true
	case "base64":
		return "xsd:base64Binary", true
	}
	return "", false
}

var typeNames = []string{
	"address", "anyType", "base64", "boolean", "combobox", "currency", "date", "datetime", "double", "email", "encryptedstring",
	"id", "int", "location", "long", "multipicklist", "percent", "phone", "picklist", "reference", "string", "textarea", "time", "url",
}

// usual gives a field the values that Describe usually has for its type. Whatever is stated afterwards wins.
func usual(name, t string) *Field {
	f := &Field{Name: name, Type: t, Nillable: true, Createable: true, Updateable: true}
	f.Custom = strings.HasSuffix(name, "__c")
	f.SoapType, _ = soapType(t)
	f.Label = label(name)
	switch t {
	case "id":
		f.Nillable, f.Createable, f.Updateable, f.IDLookup, f.DefaultedOnCreate = false, false, false, true, true
		f.Length, f.ByteLength = 18, 18
	case "reference":
		f.Length, f.ByteLength = 18, 18
	case "boolean":
		f.Nillable, f.DefaultedOnCreate, f.DefaultValue = false, true, "false"
	case "phone":
		f.Length = 40
	case "email":
		f.Length = 80
	case "url", "picklist", "combobox":
		f.Length = 255
	case "multipicklist":
		f.Length = 4099
	case "int":
		f.Digits = 9
	case "long":
		f.Digits = 18
	case "double":
		f.Precision = 18
	case "currency", "percent":
		f.Precision, f.Scale = 18, 2
	case "address", "location", "base64":
		f.Createable, f.Updateable = t == "base64", t == "base64"
	}
	return f
}

// settle fills in what follows from other properties, where stated does not hold the property.
func (f *Field) settle(stated map[string]bool) {
	set := func(name string, p *bool, v bool) {
		if !stated[name] {
			*p = v
		}
	}
	if f.Calculated || f.AutoNumber {
		set("createable", &f.Createable, false)
		set("updateable", &f.Updateable, false)
	}
	if f.AutoNumber {
		set("nillable", &f.Nillable, false)
		set("defaultedOnCreate", &f.DefaultedOnCreate, true)
	}
	if f.ExternalID || f.Type == "id" {
		set("idLookup", &f.IDLookup, true)
	}
	if f.Type == "reference" && len(f.ReferenceTo) > 1 {
		set("polymorphicForeignKey", &f.PolymorphicForeignKey, true)
		set("namePointing", &f.NamePointing, true)
	}
	if f.ControllerName != "" {
		set("dependentPicklist", &f.DependentPicklist, true)
	}
	if !stated["byteLength"] && isText(f.Type) {
		f.ByteLength = 3 * f.Length // UTF-8, as every described org counts
	}
	long := f.Type == "textarea" && f.Length > 255 || f.Type == "base64" || f.Type == "encryptedstring"
	set("filterable", &f.Filterable, !long)
	set("sortable", &f.Sortable, !long && f.Type != "address" && f.Type != "location" && f.Type != "multipicklist")
	groupable := f.Sortable && !f.Number() && f.Type != "datetime" || f.Type == "int"
	set("groupable", &f.Groupable, groupable)
	set("aggregatable", &f.Aggregatable, f.Sortable && f.Type != "boolean")
	set("permissionable", &f.Permissionable, f.Nillable && (f.Createable || f.Custom))
	set("searchPrefilterable", &f.SearchPrefilterable, f.Type == "reference" && f.Custom)
}

// usualFlags are the flags of an object whose schema does not state them.
func usualFlags(custom bool) Flags {
	return Flags{
		CompactLayoutable: true, Createable: true, Custom: custom, Deletable: true, Layoutable: true, MruEnabled: true,
		Queryable: true, Replicateable: true, Retrieveable: true, SearchLayoutable: true, Searchable: true, Triggerable: true,
		Undeletable: true, Updateable: true,
	}
}

// label makes a label of an API name: "First_Score__c" is "First Score", "AccountNumber" is "Account Number".
func label(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, "__c"), "__r")
	var b strings.Builder
	var last rune
	for _, r := range name {
		switch {
		case r == '_':
			r = ' '
		case unicode.IsUpper(r) && unicode.IsLower(last):
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// systemFields are the fields that every custom object has without saying so, in Describe's order.
func systemFields(o *Object, owned bool) []*Field {
	system := func(f *Field) *Field {
		f.Nillable, f.Createable, f.Updateable, f.DefaultedOnCreate = false, false, false, true
		return f
	}
	ref := func(name, to string) *Field {
		f := usual(name, "reference")
		f.ReferenceTo, f.RelationshipName = []string{to}, strings.TrimSuffix(name, "Id")
		f.Label = label(name[:len(name)-2]) + " ID"
		return f
	}
	id := usual("Id", "id")
	id.Label = "Record ID"
	owner := ref("OwnerId", "User")
	owner.ReferenceTo, owner.Nillable, owner.DefaultedOnCreate = []string{"Group", "User"}, false, true
	deleted := system(usual("IsDeleted", "boolean"))
	deleted.Label = "Deleted"
	name := usual("Name", "string")
	name.Label, name.Length, name.NameField, name.IDLookup = o.Label+" Name", 80, true, true
	all := []*Field{id}
	if owned {
		all = append(all, owner)
	}
	all = append(all, deleted, name,
		system(usual("CreatedDate", "datetime")), system(ref("CreatedById", "User")),
		system(usual("LastModifiedDate", "datetime")), system(ref("LastModifiedById", "User")),
		system(usual("SystemModstamp", "datetime")))
	for _, f := range all {
		f.settle(map[string]bool{"permissionable": true})
	}
	return all
}
