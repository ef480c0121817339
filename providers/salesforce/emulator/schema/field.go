package schema

import (
	"slices"
	"strings"
)

// fields reads the list of an object's fields: those the object has already are changed, others are added.
func (l *loader) fields(o *Object, list *node) error {
	if list.kind != '[' {
		return l.errorf(list.at, `write "fields": [{"name": "Code__c", "type": "string", "length": 20}]`, "fields is a list, not %s", list.what())
	}
	seen := map[string]bool{}
	for _, n := range list.items {
		if n.kind != '{' {
			return l.errorf(n.at, `write {"name": "Code__c", "type": "string", "length": 20}`, "a field is an object, not %s", n.what())
		}
		name := n.get("name")
		if name == nil || name.kind != '"' || name.text == "" {
			return l.errorf(n.at, `add "name": the field's API name`, "a field of %s has no name", o.Name)
		}
		if seen[strings.ToLower(name.text)] {
			return l.errorf(name.at, "keep one of the two", "field %s of %s is declared twice", name.text, o.Name)
		}
		seen[strings.ToLower(name.text)] = true
		if err := l.field(o, n, name); err != nil {
			return err
		}
	}
	o.index()
	return nil
}

func (l *loader) field(o *Object, n, name *node) error {
	old := o.Field(name.text)
	if err := l.fieldName(o, n, name, old); err != nil {
		return err
	}
	typ := n.get("type")
	switch {
	case typ == nil && old == nil:
		return l.errorf(n.at, `add "type": one of `+strings.Join(typeNames, ", "), "field %s has no type", name.text)
	case typ != nil:
		if _, ok := soapType(typ.text); !ok || typ.kind != '"' {
			return l.errorf(typ.at, didYouMean(typ.text, typeNames, "types are "+strings.Join(typeNames, ", ")), "unknown type %q of field %s", typ.text, name.text)
		}
	}
	var f *Field
	if old != nil && (typ == nil || typ.text == old.Type) {
		c := *old
		f = &c
		f.PicklistValues, f.ReferenceTo = slices.Clone(old.PicklistValues), slices.Clone(old.ReferenceTo)
	} else {
		f = usual(name.text, typ.text)
	}
	if l.props == nil {
		l.props = l.scratch.properties() // once for all fields: it is a long list
	}
	stated := map[string]bool{}
	l.scratch = *f
	if err := l.apply(n, l.props, "field "+name.text, stated); err != nil {
		return err
	}
	*f = l.scratch
	if old != nil {
		f.Name = old.Name
	}
	if err := l.special(f, n); err != nil {
		return err
	}
	if f.Type == "reference" && f.RelationshipName == "" && !stated["relationshipName"] {
		switch {
		case strings.HasSuffix(f.Name, "__c"):
			f.RelationshipName = strings.TrimSuffix(f.Name, "c") + "r"
		case !l.builtin:
			f.RelationshipName = strings.TrimSuffix(f.Name, "Id")
		}
	}
	if old != nil && f.Type == old.Type { // what was true before stays as it was unless it follows from something new
		for _, p := range []string{"filterable", "sortable", "groupable", "permissionable", "aggregatable", "searchPrefilterable"} {
			stated[p] = true
		}
	}
	f.settle(stated)
	if err := l.checkField(o, f, n); err != nil {
		return err
	}
	if old != nil {
		o.Fields[slices.Index(o.Fields, old)] = f
	} else {
		o.Fields = append(o.Fields, f)
	}
	return nil
}

// fieldName refuses names that Salesforce would not have: a field that is not built in is custom.
func (l *loader) fieldName(o *Object, n, name *node, old *Field) error {
	if old != nil {
		if old.Name != name.text {
			return l.errorf(name.at, "write "+old.Name, "the field of %s is spelled %s", o.Name, old.Name)
		}
		return nil
	}
	if !validName(name.text) {
		return l.errorf(name.at, "use letters, digits and single underscores, starting with a letter", "%q cannot be a field's name", name.text)
	}
	custom := n.get("custom")
	standard := l.builtin || !o.Custom && o.byName["id"] == nil || custom != nil && custom.kind == 'f'
	if !strings.HasSuffix(name.text, "__c") && !standard {
		var names []string
		for _, f := range o.Fields {
			names = append(names, f.Name)
		}
		hint := didYouMean(name.text, names, "the name of a custom field ends in __c")
		return l.errorf(name.at, hint, "%s is not a standard field of %s", name.text, o.Name)
	}
	return nil
}

// special reads the properties that are neither flag, number nor text.
func (l *loader) special(f *Field, n *node) error {
	if v := n.get("defaultValue"); v != nil {
		f.DefaultValue = string(v.raw)
		if v.kind == 'n' {
			f.DefaultValue = ""
		}
		if v.kind == '{' || v.kind == '[' {
			return l.errorf(v.at, "write a string, a number, true, false or null", "defaultValue of %s is %s", f.Name, v.what())
		}
	}
	if v := n.get("relationshipOrder"); v != nil && v.kind == '0' {
		if err := l.assign(property{name: "relationshipOrder", number: &f.RelationshipOrder}, v); err != nil {
			return err
		}
	}
	if v := n.get("referenceTo"); v != nil {
		if v.kind != '[' {
			return l.errorf(v.at, `write "referenceTo": ["Account"]`, "referenceTo of %s is a list of object names, not %s", f.Name, v.what())
		}
		f.ReferenceTo = nil
		for _, to := range v.items {
			if to.kind != '"' || to.text == "" {
				return l.errorf(to.at, `write an object's API name, such as "Account"`, "referenceTo of %s holds %s", f.Name, to.what())
			}
			f.ReferenceTo = append(f.ReferenceTo, to.text)
			if !l.builtin {
				l.refs = append(l.refs, reference{at: to.at, field: f, to: to.text})
			}
		}
	}
	v := n.get("picklistValues")
	if v == nil {
		return nil
	}
	if v.kind != '[' {
		return l.errorf(v.at, `write "picklistValues": ["Gold", "Silver"]`, "picklistValues of %s is a list, not %s", f.Name, v.what())
	}
	f.PicklistValues = nil
	for _, item := range v.items {
		p := PicklistValue{Active: true}
		switch item.kind {
		case '"':
			p.Value = item.text
		case '{':
			err := l.apply(item, []property{
				{name: "active", flag: &p.Active}, {name: "defaultValue", flag: &p.DefaultValue},
				{name: "label", text: &p.Label, null: true}, {name: "validFor", text: &p.ValidFor, null: true},
				{name: "value", text: &p.Value},
			}, "a picklist value", nil)
			if err != nil {
				return err
			}
		default:
			return l.errorf(item.at, `write "Gold" or {"value": "Gold", "label": "Gold tier"}`, "picklistValues of %s holds %s", f.Name, item.what())
		}
		if p.Value == "" {
			return l.errorf(item.at, `add "value"`, "a picklist entry of %s has no value", f.Name)
		}
		if p.Label == "" {
			p.Label = p.Value
		}
		f.PicklistValues = append(f.PicklistValues, p)
	}
	return nil
}

// checkField refuses fields that could not exist in Salesforce.
func (l *loader) checkField(o *Object, f *Field, n *node) error {
	at := func(prop string) int64 {
		if v := n.get(prop); v != nil {
			return v.at
		}
		return n.at
	}
	switch {
	case f.Type == "id" && f.Name != "Id":
		return l.errorf(at("type"), "use reference for a field that holds another record's id", "field %s of %s cannot have type id", f.Name, o.Name)
	case f.Type == "reference" && len(f.ReferenceTo) == 0 && !l.builtin && !l.lenient:
		return l.errorf(n.at, `add "referenceTo": ["Account"]`, "field %s is a reference to nothing", f.Name)
	case f.Text() && f.Length == 0 && !f.Calculated && f.Type != "anyType":
		return l.errorf(n.at, `add "length", the number of characters it may hold (a string of Salesforce: at most 255)`, "field %s has no length", f.Name)
	case f.Scale > f.Precision && f.Number():
		return l.errorf(at("scale"), "precision counts all digits, scale those after the point", "field %s has more decimals (%d) than digits (%d)", f.Name, f.Scale, f.Precision)
	case f.ExternalID && !slices.Contains([]string{"string", "email", "double"}, f.Type):
		return l.errorf(at("externalId"), "use type string, email or double", "field %s cannot be an external id: its type is %s", f.Name, f.Type)
	case f.Unique && !slices.Contains([]string{"string", "email", "double", "phone", "url", "int"}, f.Type):
		return l.errorf(at("unique"), "use type string, email or double", "field %s cannot be unique: its type is %s", f.Name, f.Type)
	case f.Type != "picklist" && f.Type != "multipicklist" && f.Type != "combobox" && len(f.PicklistValues) > 0:
		return l.errorf(at("picklistValues"), `use "type": "picklist"`, "field %s has picklist values, but its type is %s", f.Name, f.Type)
	}
	return nil
}
