package resolve

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/providers"
)

// field finds a mapped field and says why it cannot be written. parent is what a relationship leads to.
func (r *Resolver) field(s *config.Sync, f *config.Field, o *providers.Object, org Org, match *providers.Field) (out *providers.Field, parent *diff.Parent) {
	if strings.Contains(f.Name.Name, ".") {
		return r.parent(s, f, o, org)
	}
	d := o.Field(f.Name.Name)
	if d == nil {
		r.meant[strings.ToLower(probable(o, f.Name.Name))] = true
		r.add(diag.Diagnostic{
			Code: "R201", Severity: diag.Error, Subject: &f.Name.Range, Where: in("mapping", s.Mapping.Name),
			Label: fmt.Sprintf("%s has no field %q", o.Name, f.Name.Name),
			Detail: fmt.Sprintf("%s in %s shows no such field to this user. Custom fields end in __c. If the name is right, "+
				"the user's permission set does not let it see the field.", o.Name, place(s.Mapping.Target)),
			Hints: nearField(o, f.Name.Name), Related: []diag.Related{{Range: s.Mapping.Target.Range, Label: o.Name + " in " + place(s.Mapping.Target)}},
		})
		return nil, nil
	}
	if match != nil && d.Type == "id" && strings.EqualFold(d.Name, match.Name) {
		return d, nil
	}
	if why := unwritable(d, needs(s, f)); why != "" {
		r.add(diag.Diagnostic{
			Code: "R202", Severity: diag.Error, Subject: &f.Name.Range, Where: in("mapping", s.Mapping.Name), Label: why,
			Detail: fmt.Sprintf("%s.%s (%s) cannot be written in mode %s, which %s: it is %s. %s",
				o.Name, d.Name, d.Type, s.Mode, Needs(s).does(), why, insteadOf(o, d)),
		})
		return nil, nil
	}
	if users := org.Object("User"); owns(d) && users != nil && users.Field("Id") != nil {
		return d, &diff.Parent{Object: users, By: *users.Field("Id"), Owner: true}
	}
	return d, nil
}

// owns tells whether a field says who owns a record, where that may be a user.
func owns(d *providers.Field) bool {
	return d.Name == "OwnerId" && slices.Contains(d.ReferenceTo, "User")
}

// needs is what a sync does with a field: one with overwrite "on_create" is written into new records only.
func needs(s *config.Sync, f *config.Field) Rights {
	n := Needs(s)
	if f.Overwrite == "on_create" {
		n.Update = false
	}
	return n
}

// unwritable says why a field cannot be written, "" where it can.
func unwritable(d *providers.Field, n Rights) string {
	_, plain := d.Canon()
	switch {
	case d.Calculated:
		return "a formula or roll-up, calculated by Salesforce"
	case d.AutoNumber:
		return "an auto number"
	case d.Type == "id":
		return "the record id"
	case !plain:
		return "a compound or binary value (" + d.Type + ")"
	case !d.Createable && !d.Updateable:
		return "read-only for this user"
	case n.Create && !d.Createable:
		return "not createable for this user"
	case n.Update && !d.Updateable:
		return "not updateable"
	}
	return ""
}

// insteadOf names the parts of a compound field.
func insteadOf(o *providers.Object, d *providers.Field) string {
	var parts []string
	for _, f := range o.Fields {
		if strings.EqualFold(f.CompoundField, d.Name) && !strings.EqualFold(f.Name, d.Name) && f.Createable {
			parts = append(parts, f.Name)
		}
	}
	if len(parts) > 0 {
		return "Map its parts instead: " + strings.Join(parts, ", ") + "."
	}
	return "Take it out of the mapping, or, if it is an ordinary field, let the user's permission set edit it."
}

// probable is the API name of the field that a misspelled name probably means, "" where nothing is near.
func probable(o *providers.Object, name string) string {
	names, labels := make([]string, 0, len(o.Fields)), make([]string, 0, len(o.Fields))
	for _, f := range o.Fields {
		if strings.EqualFold(f.Label, name) {
			return f.Name
		}
		names, labels = append(names, f.Name), append(labels, f.Label)
	}
	if near := diag.Nearest(name, names); near != "" {
		return near
	}
	if near := diag.Nearest(name, labels); near != "" {
		return o.Fields[slices.Index(labels, near)].Name
	}
	return ""
}

// nearField suggests a field by name or label, with what helps to choose.
func nearField(o *providers.Object, name string) []string {
	f := o.Field(probable(o, name))
	switch {
	case f == nil:
		return nil
	case diag.Nearest(name, []string{f.Name}) == "":
		return []string{fmt.Sprintf("did you mean %q (label %q)?", f.Name, f.Label)}
	}
	return []string{fmt.Sprintf("did you mean %q (%s)?", f.Name, about(f))}
}

// about describes a field in a few words.
func about(f *providers.Field) string {
	if len(f.Picklist) == 0 {
		return f.Type
	}
	var values []string
	for _, v := range f.Picklist {
		if v.Active && len(values) < 5 {
			values = append(values, v.Value)
		}
	}
	if len(values) < len(f.Picklist) {
		values = append(values, "...")
	}
	return f.Type + ": " + strings.Join(values, ", ")
}

// value checks the columns, the SQL and the types of an expression; raws are the types of the sql() in it.
func (r *Resolver) value(ctx context.Context, s *config.Sync, f *config.Field, spec *diff.Spec) (raws map[string]providers.Column, ok bool) {
	if r.unknownColumns(s, f, spec.Relation) {
		return nil, false
	}
	ok = true
	where := func(ds diag.Diagnostics, at *hcl.Range) {
		for _, d := range ds {
			ok = false
			if at != nil {
				d.Subject = at
			}
			d.Where = in("mapping", s.Mapping.Name)
			if !r.has(d) {
				r.add(d)
			}
		}
	}
	raws = map[string]providers.Column{}
	lang.Raws(f.Value, func(e *lang.Raw) {
		if spec.Relation.Column(spec.Computed[e.SQL]) != nil {
			return
		}
		raw, err := r.Workspace.Check(ctx, spec.Relation, e.SQL)
		if err != nil {
			where(diag.From(err), &e.Rng)
		}
		raws[e.SQL] = raw
	})
	if ok {
		_, ds := lang.Check(f.Value, spec.Scope(r.Workspace.Dialect(), raws).Types(), "R209")
		where(ds, nil)
	}
	return raws, ok
}

func (r *Resolver) unknownColumns(s *config.Sync, f *config.Field, rel providers.Relation) (bad bool) {
	lang.Columns(f.Value, func(c *lang.Column) {
		if rel.Column(c.Name) != nil {
			return
		}
		bad = true
		rng := c.Range()
		d := diag.Diagnostic{
			Code: "R301", Severity: diag.Error, Subject: &rng, Where: in("mapping", s.Mapping.Name),
			Label:  fmt.Sprintf("%s has no column %q", s.Model.Addr(), c.Name),
			Detail: columnsOf(rel), Hints: nearColumn(rel, c.Name),
		}
		if !r.has(d) {
			r.add(d)
		}
	})
	return bad
}

// fits checks that the expression's type can become the field's.
func (r *Resolver) fits(s *config.Sync, f *config.Field, df diff.Field, spec diff.Spec) bool {
	if spec.Fits(r.Workspace.Dialect(), df) {
		return true
	}
	what := "the expression"
	switch e := f.Value.(type) {
	case *lang.Column:
		what = fmt.Sprintf("column %s is %s", e.Name, spec.Relation.Column(e.Name).SQL)
	case *lang.Raw:
		what = "the SQL gives " + df.Raws[e.SQL].SQL
	case *lang.Call:
		what = "the expression gives " + article(f.Value, spec.Scope(r.Workspace.Dialect(), df.Raws).Types())
	}
	rng := f.Value.Range()
	r.add(diag.Diagnostic{
		Code: "R208", Severity: diag.Error, Subject: &rng, Where: in("mapping", s.Mapping.Name),
		Label:  fmt.Sprintf("%s, the field is %s", what, df.Type),
		Detail: fmt.Sprintf("No value of this type can become a %s. Convert it in the model's SQL, for example with CAST, or map another column to %s.", df.Type, df.Name),
	})
	return false
}

// article names an expression's type.
func article(e lang.Expr, s lang.Scope) string {
	t, _ := lang.Check(e, s, "R209")
	return t.Article()
}
