package schema

import (
	"embed"
	"slices"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
)

//go:embed builtin/*.json optional/*.json
var builtin embed.FS

// Builtin is the schema of an org without a schema file: the standard objects, in the order of their names.
func Builtin() (*Schema, error) { return Load("", nil) }

// Load reads a schema file on top of the built-in objects. No data gives the built-in objects alone. Problems are of type
// [*Error]; the first one in the file is returned.
func Load(name string, data []byte) (*Schema, error) {
	s := &Schema{byName: map[string]*Object{}}
	entries, err := builtin.ReadDir("builtin")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if err := s.include("builtin/" + e.Name()); err != nil {
			return nil, err
		}
	}
	l := loader{file: file{name: name, data: data}, schema: s}
	if len(data) > 0 {
		if err := l.load(); err != nil {
			return nil, err
		}
	}
	s.multiCurrency()
	s.personTypes()
	if err := l.link(); err != nil {
		return nil, err
	}
	if err := l.checkRules(); err != nil {
		return nil, err
	}
	return s, nil
}

// include loads one of the files that come with the program.
func (s *Schema) include(name string) error {
	b, err := builtin.ReadFile(name)
	if err != nil {
		return err
	}
	l := loader{file: file{name: name, data: b}, schema: s, builtin: true}
	return l.load()
}

// loader reads one file into a schema.
type loader struct {
	file
	schema  *Schema
	builtin bool
	lenient bool // the file was pulled from an org: it may refer to objects it does not hold
	refs    []reference
	rules   []stated
	scratch Field // the field being read
	props   []property
}

type reference struct {
	at    int64
	field *Field
	to    string
}

// topLevel are the properties of the file itself. Those after objects belong to a lockfile and say nothing about the org.
var topLevel = []string{
	"format", "objects", "currencies", "personAccounts", "duplicateRules", "assignmentRules", "models", "org", "pulled", "apiVersion", "$schema",
}

func (l *loader) load() error {
	root, err := l.parse()
	if err != nil {
		return err
	}
	if root.kind != '{' {
		return l.errorf(root.at, `start with {"format": "1.0", "objects": {...}}`, "a schema file is an object, not %s", root.what())
	}
	if err := l.known(root, topLevel, "a schema file"); err != nil {
		return err
	}
	if f := root.get("format"); f == nil {
		return l.errorf(root.at, `add "format": "1.0"`, "the schema has no format")
	} else if !strings.HasPrefix(f.text, "1.") {
		return l.errorf(f.at, `this version reads format "1.0"`, "unknown format %q", f.text)
	}
	l.lenient = root.get("org") != nil || root.get("pulled") != nil
	if err := l.settings(root); err != nil {
		return err
	}
	objects := root.get("objects")
	if objects == nil {
		return nil
	}
	if objects.kind != '{' {
		return l.errorf(objects.at, `write "objects": {"Account": {...}}`, "objects is an object keyed by API name, not %s", objects.what())
	}
	seen := map[string]bool{}
	for _, m := range objects.members {
		if seen[strings.ToLower(m.name)] {
			return l.errorf(m.at, "keep one of the two and move its fields there", "object %s is declared twice", m.name)
		}
		seen[strings.ToLower(m.name)] = true
		if err := l.object(m); err != nil {
			return err
		}
	}
	return nil
}

// known checks that every property of n is in names and that none is there twice.
func (l *loader) known(n *node, names []string, of string) error {
	seen := map[string]bool{}
	for _, m := range n.members {
		if seen[m.name] {
			return l.errorf(m.at, "keep one of the two", "property %q is there twice", m.name)
		}
		seen[m.name] = true
		if !slices.Contains(names, m.name) {
			return l.errorf(m.at, didYouMean(m.name, names, "properties are named as in Salesforce's Describe"),
				"unknown property %q of %s", m.name, of)
		}
	}
	return nil
}

func (l *loader) object(m member) error {
	if m.value.kind != '{' {
		return l.errorf(m.value.at, `write {"fields": [...]}`, "object %s is described by an object, not %s", m.name, m.value.what())
	}
	o := l.schema.Object(m.name)
	if o == nil {
		custom := strings.HasSuffix(m.name, "__c")
		if prefix := m.value.get("keyPrefix"); !custom && !l.builtin && prefix == nil {
			return l.errorf(m.at, didYouMean(m.name, l.names(), "the name of a custom object ends in __c")+
				"; a standard object that is not built in needs its keyPrefix and all its fields",
				"%s is not a built-in object", m.name)
		}
		if !validName(m.name) {
			return l.errorf(m.at, "use letters, digits and single underscores, starting with a letter", "%q cannot be an object's name", m.name)
		}
		o = &Object{Name: m.name, Label: label(m.name), Flags: usualFlags(custom)}
		o.LabelPlural = o.Label + "s"
		l.schema.add(o)
	}
	names := []string{"fields", "recordTypeInfos", "childRelationships"}
	props := o.properties()
	for _, p := range props {
		names = append(names, p.name)
	}
	if err := l.known(m.value, append(names, objectConstants...), "object "+m.name); err != nil {
		return err
	}
	name := o.Name
	for _, p := range props {
		v := m.value.get(p.name)
		if v == nil {
			continue
		}
		if err := l.assign(p, v); err != nil {
			return err
		}
	}
	o.Name = name
	if len(o.Fields) == 0 && o.Custom {
		o.Fields = systemFields(o, !l.isDetail(m.value))
	}
	o.index()
	if fields := m.value.get("fields"); fields != nil {
		if err := l.fields(o, fields); err != nil {
			return err
		}
	}
	if v := m.value.get("recordTypeInfos"); v != nil {
		if err := l.recordTypes(o, v); err != nil {
			return err
		}
	}
	if v := m.value.get("childRelationships"); v != nil {
		return l.children(o, v)
	}
	return nil
}

// isDetail reports whether a new custom object is the detail of a master: such an object has no owner of its own.
func (l *loader) isDetail(n *node) bool {
	fields := n.get("fields")
	if fields == nil {
		return false
	}
	for _, f := range fields.items {
		if v := f.get("cascadeDelete"); v != nil && v.kind == 't' && f.get("type") != nil && f.get("type").text == "reference" {
			return true
		}
	}
	return false
}

func (l *loader) names() []string {
	var names []string
	for _, o := range l.schema.Objects {
		names = append(names, o.Name)
	}
	return names
}

// assign writes a JSON value to a property of the matching type.
func (l *loader) assign(p property, v *node) error {
	switch {
	case p.flag != nil && (v.kind == 't' || v.kind == 'f'):
		*p.flag = v.kind == 't'
	case p.number != nil && v.kind == '0':
		n, err := strconv.Atoi(v.text)
		if err != nil || n < 0 {
			return l.errorf(v.at, "write a whole number that is not negative", "%s is %s", p.name, v.text)
		}
		*p.number = n
	case p.text != nil && v.kind == '"':
		*p.text = v.text
	case v.kind == 'n' && (p.null || p.number != nil):
	case p.special:
	default:
		want := map[bool]string{true: "true or false"}[p.flag != nil]
		switch {
		case p.number != nil:
			want = "a number"
		case p.text != nil:
			want = "a string"
		}
		return l.errorf(v.at, "write "+want, "%s is %s, not %s", p.name, want, v.what())
	}
	return nil
}

func (l *loader) recordTypes(o *Object, v *node) error {
	if v.kind != '[' {
		return l.errorf(v.at, `write "recordTypeInfos": [{"developerName": "Retail", "name": "Retail"}]`, "recordTypeInfos is a list, not %s", v.what())
	}
	o.RecordTypes = nil
	for _, n := range v.items {
		if n.kind != '{' {
			return l.errorf(n.at, "write an object", "a record type is an object, not %s", n.what())
		}
		rt := RecordType{Active: true, Available: true}
		master := false
		props := []property{
			{name: "active", flag: &rt.Active}, {name: "available", flag: &rt.Available}, {name: "master", flag: &master},
			{name: "defaultRecordTypeMapping", flag: &rt.Default}, {name: "developerName", text: &rt.DeveloperName},
			{name: "name", text: &rt.Name}, {name: "recordTypeId", special: true}, {name: "urls", special: true},
			{name: "picklistsForRecordType", special: true},
		}
		if err := l.apply(n, props, "a record type", nil); err != nil {
			return err
		}
		if err := l.offers(o, &rt, n.get("picklistsForRecordType")); err != nil {
			return err
		}
		if master || rt.DeveloperName == "Master" {
			continue
		}
		if rt.DeveloperName == "" {
			return l.errorf(n.at, "add developerName", "a record type has no developerName")
		}
		if rt.Name == "" {
			rt.Name = label(rt.DeveloperName)
		}
		o.RecordTypes = append(o.RecordTypes, rt)
	}
	if len(o.RecordTypes) > 0 && o.Field("RecordTypeId") == nil {
		f := usual("RecordTypeId", "reference")
		f.Label, f.ReferenceTo, f.RelationshipName = "Record Type ID", []string{"RecordType"}, "RecordType"
		f.settle(nil)
		o.Fields = append(o.Fields, f)
		o.index()
	}
	return nil
}

// offers reads which values of the object's picklists a record type has.
func (l *loader) offers(o *Object, rt *RecordType, list *node) error {
	const example = `"picklistsForRecordType": [{"picklistName": "Tier__c", "picklistValues": ["Gold"]}]`
	if list != nil && list.kind == 'n' {
		return nil
	}
	return l.each(list, "picklist of a record type", example, func(n *node) error {
		var name string
		err := l.apply(n, []property{{name: "picklistName", text: &name}, {name: "picklistValues", special: true}}, "a picklist of a record type", nil)
		if err != nil {
			return err
		}
		f, values := o.Field(name), n.get("picklistValues")
		if f == nil || len(f.PicklistValues) == 0 {
			return l.errorf(n.at, "name a picklist of "+o.Name, "record type %s has values of %q, which is no picklist of %s", rt.DeveloperName, name, o.Name)
		}
		if values == nil || values.kind != '[' {
			return l.errorf(n.at, "write "+example, "a picklist of record type %s has no list of values", rt.DeveloperName)
		}
		if rt.Picklists == nil {
			rt.Picklists = map[string][]string{}
		}
		rt.Picklists[f.Name] = []string{}
		for _, item := range values.items {
			value := item.text
			if item.kind == '{' { // as Describe has it
				if v := item.get("value"); v != nil {
					value = v.text
				}
			}
			if !slices.ContainsFunc(f.PicklistValues, func(p PicklistValue) bool { return p.Value == value }) {
				return l.errorf(item.at, "add it to the field's picklistValues", "record type %s has the value %q, which %s does not have", rt.DeveloperName, value, f.Name)
			}
			rt.Picklists[f.Name] = append(rt.Picklists[f.Name], value)
		}
		return nil
	})
}

func (l *loader) children(o *Object, v *node) error {
	if v.kind != '[' {
		return l.errorf(v.at, `write "childRelationships": [{"childSObject": "Contact", "field": "AccountId"}]`, "childRelationships is a list, not %s", v.what())
	}
	for _, n := range v.items {
		if n.kind != '{' {
			return l.errorf(n.at, "write an object", "a child relationship is an object, not %s", n.what())
		}
		var c Child
		props := []property{
			{name: "childSObject", text: &c.Object}, {name: "field", text: &c.Field},
			{name: "relationshipName", text: &c.RelationshipName, null: true}, {name: "cascadeDelete", flag: &c.Cascade},
			{name: "restrictedDelete", flag: &c.Restricted}, {name: "deprecatedAndHidden", special: true},
			{name: "junctionIdListNames", special: true}, {name: "junctionReferenceTo", special: true},
		}
		if err := l.apply(n, props, "a child relationship", nil); err != nil {
			return err
		}
		o.own = slices.DeleteFunc(o.own, func(x Child) bool { return x.Object == c.Object && x.Field == c.Field })
		o.own = append(o.own, c)
	}
	return nil
}

// apply reads every property of n, which may have no others.
func (l *loader) apply(n *node, props []property, of string, stated map[string]bool) error {
	for i, m := range n.members {
		at := slices.IndexFunc(props, func(p property) bool { return p.name == m.name })
		if at < 0 || slices.ContainsFunc(n.members[:i], func(x member) bool { return x.name == m.name }) {
			var names []string
			for _, p := range props {
				names = append(names, p.name)
			}
			return l.known(n, names, of)
		}
		if err := l.assign(props[at], m.value); err != nil {
			return err
		}
		if stated != nil {
			stated[m.name] = true
		}
	}
	return nil
}

// link checks references between objects and derives child relationships, once every object is known.
func (l *loader) link() error {
	for _, r := range l.refs {
		if l.schema.Object(r.to) == nil && !l.lenient {
			return l.errorf(r.at, didYouMean(r.to, l.names(), "declare the object in this file, or leave the field out"),
				"field %s refers to %s, which is not an object of this org", r.field.Name, r.to)
		}
	}
	for _, o := range l.schema.Objects {
		o.Children = nil
	}
	for _, child := range l.schema.Objects {
		for _, f := range child.Fields {
			for _, to := range f.ReferenceTo {
				parent := l.schema.Object(to)
				if parent == nil {
					continue
				}
				c := Child{Object: child.Name, Field: f.Name, Cascade: f.CascadeDelete, Restricted: f.RestrictedDelete}
				for _, own := range parent.own {
					if strings.EqualFold(own.Object, child.Name) && strings.EqualFold(own.Field, f.Name) {
						c.RelationshipName = own.RelationshipName
						c.Cascade, c.Restricted = c.Cascade || own.Cascade, c.Restricted || own.Restricted
					}
				}
				parent.Children = append(parent.Children, c)
			}
		}
	}
	for _, o := range l.schema.Objects {
		slices.SortStableFunc(o.Children, func(a, b Child) int { return strings.Compare(a.Object, b.Object) })
	}
	return nil
}

func validName(name string) bool {
	base := strings.TrimSuffix(name, "__c")
	if base == "" || strings.HasSuffix(base, "_") {
		return false
	}
	for i, r := range base {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return true
}

func didYouMean(name string, names []string, otherwise string) string {
	best, distance := "", 1+max(2, len(name)/3)
	for _, n := range names {
		if d := levenshtein.Distance(strings.ToLower(name), strings.ToLower(n), nil); d < distance {
			best, distance = n, d
		}
	}
	if best == "" {
		return otherwise
	}
	return "did you mean " + best + "?"
}
