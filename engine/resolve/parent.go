package resolve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/providers"
)

// byDeveloperName is the field that names a record type.
const byDeveloperName = "RecordType.DeveloperName"

// parent resolves relationship.field, or relationship:object.field where the relationship leads to several objects.
func (r *Resolver) parent(s *config.Sync, f *config.Field, o *providers.Object, org Org) (*providers.Field, *diff.Parent) {
	bad := func(label, detail string, hints []string) (*providers.Field, *diff.Parent) {
		r.add(diag.Diagnostic{
			Code: "R207", Severity: diag.Error, Subject: &f.Name.Range, Where: in("mapping", s.Mapping.Name),
			Label: label, Detail: detail, Hints: hints,
		})
		return nil, nil
	}
	rel, object, name, _ := (&providers.Field{Name: f.Name.Name}).Parent()
	ref := o.Reference(rel)
	if ref == nil {
		names := relationships(o)
		return bad(fmt.Sprintf("%s has no relationship %q", o.Name, rel),
			fmt.Sprintf("A dot leads from a record to its parent by relationship name: Account.Code__c, Owner__r.Email. Relationships of %s: %s.",
				o.Name, strings.Join(names, ", ")), diag.DidYouMean(rel, names))
	}
	several := len(ref.ReferenceTo) > 1 || ref.Polymorphic
	switch {
	case object == "" && several:
		return bad("leads to several objects", fmt.Sprintf("%s.%s can point to %s. Name the object after the relationship: %s.",
			o.Name, ref.RelationshipName, list(ref.ReferenceTo), list(prefixed(ref, name, org))), nil)
	case object == "" && len(ref.ReferenceTo) == 1:
		object = ref.ReferenceTo[0]
	}
	at := slices.IndexFunc(ref.ReferenceTo, func(to string) bool { return strings.EqualFold(to, object) })
	if at < 0 {
		return bad("does not lead to "+object, fmt.Sprintf("%s.%s can point to %s, and not to %s.", o.Name, ref.RelationshipName, list(ref.ReferenceTo), object),
			diag.DidYouMean(object, ref.ReferenceTo))
	}
	object = ref.ReferenceTo[at]
	if why := unwritable(ref, needs(s, f)); why != "" {
		return bad(ref.Name+" is "+why, fmt.Sprintf("The relationship %s is the field %s.%s, which is %s.", ref.RelationshipName, o.Name, ref.Name, why), nil)
	}
	if object == "RecordType" && ref.Name == "RecordTypeId" {
		if !strings.EqualFold(name, "DeveloperName") {
			return bad("not by DeveloperName", fmt.Sprintf("A record type of %s is named by its DeveloperName, which is unique within the object; %s is not.", o.Name, name),
				[]string{fmt.Sprintf("did you mean %q?", byDeveloperName)})
		}
		out := *ref
		out.Name, out.Type, out.Length, out.ReferenceTo, out.RelationshipName = byDeveloperName, "string", 80, nil, ""
		return &out, nil
	}
	p := org.Object(object)
	if p == nil {
		return bad("its object is not visible", fmt.Sprintf("The relationship %s leads to %s, which this user may not see.", ref.RelationshipName, object), nil)
	}
	pf := p.Field(name)
	if pf == nil {
		return bad(fmt.Sprintf("%s has no field %q", p.Name, name), fmt.Sprintf("%s leads to %s, which shows no field of this name to this user.", ref.RelationshipName, p.Name), nearField(p, name))
	}
	if !pf.ExternalID && !pf.IDLookup || pf.Type == "id" {
		return bad("not an external id", fmt.Sprintf("A parent is found by an external id or idLookup field of %s; %s is neither. To set the parent by record id, map %s.",
			p.Name, pf.Name, ref.Name), nil)
	}
	out := *pf
	out.Name = ref.RelationshipName + "." + pf.Name
	if several {
		out.Name = ref.RelationshipName + ":" + p.Name + "." + pf.Name
	}
	out.Label = ref.Label + ": " + pf.Label
	out.Nillable, out.DefaultedOnCreate = ref.Nillable, ref.DefaultedOnCreate
	out.Createable, out.Updateable = true, true
	return &out, &diff.Parent{Object: p, By: *pf, Owner: owns(ref) && p.Name == "User"}
}

// relationships lists the relationship names of an object.
func relationships(o *providers.Object) []string {
	var names []string
	for i := range o.Fields {
		if n := o.Fields[i].RelationshipName; n != "" {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

// prefixed lists what a path through a reference to several objects can be: those whose object has the field as a key, or all
// of them where none has.
func prefixed(ref *providers.Field, name string, org Org) []string {
	var keys, all []string
	for _, to := range ref.ReferenceTo {
		path := fmt.Sprintf("%q", ref.RelationshipName+":"+to+"."+name)
		all = append(all, path)
		if p := org.Object(to); p != nil {
			if f := p.Field(name); f != nil && (f.ExternalID || f.IDLookup) && f.Type != "id" {
				keys = append(keys, path)
			}
		}
	}
	if len(keys) > 0 {
		return keys
	}
	return all
}

// list joins words as in "Group, Lead or User".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// refers is the reference field that a mapped field sets, nil where it sets none.
func refers(o *providers.Object, f *config.Field) *providers.Field {
	if rel, _, _, dotted := (&providers.Field{Name: f.Name.Name}).Parent(); dotted {
		return o.Reference(rel)
	}
	if d := o.Field(f.Name.Name); d != nil && d.Type == "reference" {
		return d
	}
	return nil
}

// twice says that two fields of a mapping set the same reference.
func (r *Resolver) twice(s *config.Sync, o *providers.Object) {
	first := map[string]*config.Field{}
	for _, f := range s.Mapping.Fields {
		ref := refers(o, f)
		if ref == nil {
			continue
		}
		was := first[ref.Name]
		if was == nil {
			first[ref.Name] = f
			continue
		}
		r.add(diag.Diagnostic{
			Code: "R214", Severity: diag.Error, Subject: &f.Name.Range, Where: in("mapping", s.Mapping.Name), Label: "sets " + ref.Name + " too",
			Detail:  fmt.Sprintf("%s and %s both set %s.%s, and a record has one parent there. Remove one of the two.", was.Name.Name, f.Name.Name, o.Name, ref.Name),
			Related: []diag.Related{{Range: was.Name.Range, Label: "set here first"}},
		})
	}
}
