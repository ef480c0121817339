package resolve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/engine/compile"
	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/providers"
)

// isType tells whether a field names a record's type.
func isType(f *providers.Field) bool { return f.Name == byDeveloperName || f.Name == "RecordTypeId" }

// recordType says what is wrong with a constant that names a record type.
func recordType(o *providers.Object, f *providers.Field, value string, bad func(diag.Code, string, string, ...string)) {
	var names, ids, labels []string
	for i := range o.RecordTypes {
		rt := &o.RecordTypes[i]
		named := f.Name == byDeveloperName && strings.EqualFold(rt.DeveloperName, value) || f.Name != byDeveloperName && rt.ID == value
		switch {
		case rt.Master:
		case rt.Usable() && named:
			return
		case rt.Usable():
			names, ids = append(names, rt.DeveloperName), append(ids, fmt.Sprintf("%s (%s)", rt.ID, rt.DeveloperName))
			if rt.Name == value {
				labels = append(labels, fmt.Sprintf("%q is the label; its DeveloperName is %q", rt.Name, rt.DeveloperName))
			}
		case named && !rt.Active:
			bad("R211", "not active", fmt.Sprintf("The record type %s of %s is not active, so records cannot be given it.", rt.DeveloperName, o.Name))
			return
		case named:
			bad("R211", "not available to this user", fmt.Sprintf("The record type %s of %s is there, but the user that signalsmith logs in as may not give it to records. "+
				"Assign it to the user's profile or permission set.", rt.DeveloperName, o.Name))
			return
		}
	}
	hints, have := labels, list(names)
	if f.Name != byDeveloperName {
		have = list(ids)
	} else if len(hints) == 0 {
		hints = diag.DidYouMean(value, names)
	}
	if have == "" {
		have = "none"
	}
	bad("R211", "no such record type", fmt.Sprintf("%s has no record type %q that this user may give to records. There is: %s.", o.Name, value, have), hints...)
}

// Picklists tells whether a sync has to know which values the object's picklists have by record type: there are record types,
// and the mapping writes a restricted picklist.
func Picklists(s *config.Sync, o *providers.Object) bool {
	if o == nil || !slices.ContainsFunc(o.RecordTypes, func(rt providers.RecordType) bool { return !rt.Master }) {
		return false
	}
	return slices.ContainsFunc(s.Mapping.Fields, func(f *config.Field) bool {
		d := o.Field(f.Name.Name)
		return d != nil && restricted(d)
	})
}

func restricted(d *providers.Field) bool {
	return d.RestrictedPicklist && (d.Type == "picklist" || d.Type == "multipicklist")
}

// types says what the object's record types have to do with a sync, once its fields are known.
func (r *Resolver) types(s *config.Sync, o *providers.Object, out *Sync) {
	t := &diff.Types{Field: -1, All: o.RecordTypes, Created: created(o, out, true)}
	if len(o.RecordTypes) == 0 {
		return // nothing is known of them
	}
	for i, f := range out.Spec.Fields {
		if isType(&f.Field) {
			t.Field, t.ByID = i, f.Name != byDeveloperName
			out.Spec.Types = t
		}
	}
	varied := false // a picklist that is mapped has not all values in every record
	for _, f := range out.Spec.Fields {
		for i := range o.RecordTypes {
			_, told := o.RecordTypes[i].Values[f.Name]
			varied = varied || told && restricted(&f.Field)
		}
	}
	id := o.Field("RecordTypeId")
	switch {
	case t.Field >= 0 && !t.ByID:
		t.Created = created(o, out, false)
	case t.Field >= 0:
	case varied && id != nil:
		// Nobody maps it, so it is read.
		t.Field, t.ByID = len(out.Spec.Fields)+len(out.Spec.Aside), true
		for i, a := range out.Spec.Aside {
			if a.Name == id.Name {
				t.Field = len(out.Spec.Fields) + i
			}
		}
		if t.Field == len(out.Spec.Fields)+len(out.Spec.Aside) {
			out.Spec.Aside = append(out.Spec.Aside, *id)
			out.PII = append(out.PII, false)
		}
		out.Spec.Types = t
	}
	if varied {
		r.offered(s, o, out)
	}
}

// created is the type that a record gets which is created without one, as its id or in lower case; "" where it gets none.
func created(o *providers.Object, out *Sync, byID bool) string {
	people := o.PersonAccounts() && slices.ContainsFunc(out.Spec.Fields, func(f diff.Field) bool { return f.Personal() })
	for i := range o.RecordTypes {
		rt := &o.RecordTypes[i]
		if rt.Master || !people && !rt.Default || people && rt.DeveloperName != providers.PersonType {
			continue
		}
		if byID {
			return rt.ID
		}
		return strings.ToLower(rt.DeveloperName)
	}
	return ""
}

// offered says which constants of picklists the record type does not have that all rows are given.
func (r *Resolver) offered(s *config.Sync, o *providers.Object, out *Sync) {
	var rt *providers.RecordType
	text := func(i int) (string, bool) {
		e, ok := out.Spec.Fields[i].Value.(*lang.Literal)
		if !ok || e.Value.IsNull() || e.Value.IsMarked() {
			return "", false
		}
		return strings.TrimSpace(compile.LiteralText(e)), true
	}
	t := out.Spec.Types
	if t == nil || t.Field >= len(out.Spec.Fields) {
		return
	}
	if name, ok := text(t.Field); ok {
		if rt = o.RecordType(name); t.ByID {
			at := slices.IndexFunc(o.RecordTypes, func(x providers.RecordType) bool { return x.ID == name })
			if rt = nil; at >= 0 {
				rt = &o.RecordTypes[at]
			}
		}
	}
	if rt == nil {
		return
	}
	for i, f := range out.Spec.Fields {
		values, told := rt.Values[f.Name]
		value, ok := text(i)
		if !told || !ok || !restricted(&f.Field) {
			continue
		}
		for v := range strings.SplitSeq(value, ";") {
			if v = strings.TrimSpace(v); f.Type == "picklist" {
				v = value
			}
			if slices.Contains(values, v) || !slices.ContainsFunc(f.Picklist, func(p providers.PicklistValue) bool { return p.Active && p.Value == v }) {
				continue // one that no record may have is reported already
			}
			rng := f.Value.Range()
			r.add(diag.Diagnostic{
				Code: "R206", Severity: diag.Error, Subject: &rng, Where: in("mapping", s.Mapping.Name), Label: "not a value of record type " + rt.DeveloperName,
				Detail: fmt.Sprintf("%s is a restricted picklist, and every row is given the record type %s. In such records it takes: %s.", f.Name, rt.DeveloperName, list(values)),
				Hints:  diag.DidYouMean(v, values),
			})
		}
	}
}
