package resolve

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/providers"
)

// policy is what a mapped field says of nulls, overwriting and drift, and says where the field cannot follow.
func (r *Resolver) policy(s *config.Sync, f *config.Field, d *providers.Field) diff.Policy {
	p := diff.Policy{OnNull: f.OnNull, Overwrite: f.Overwrite, OnDrift: f.OnDrift, Consent: f.Consent}
	p.OptOut = f.Consent && !s.AllowOptIn
	where := in("mapping", s.Mapping.Name)
	if f.OnNull == "clear" {
		if why := uncleared(d); why != "" {
			r.misfit(f.Name.Range, where, why, fmt.Sprintf(`on_null = "clear" writes a null into %s, which Salesforce does not take: %s. Leave on_null out, or use "reject".`, d.Name, why))
		}
	}
	if f.Consent && d.Type != "boolean" {
		r.misfit(f.Name.Range, where, "not a checkbox", fmt.Sprintf("consent = true keeps an opt-out from being taken back, and an opt-out is a checkbox; %s is a %s field. Leave consent out.", d.Name, d.Type))
	}
	return p
}

// uncleared says why a field cannot become null, "" where it can.
func uncleared(d *providers.Field) string {
	switch {
	case d.Type == "boolean":
		return "a checkbox is true or false"
	case !d.Nillable:
		return "the field is required"
	}
	return ""
}

func (r *Resolver) misfit(at hcl.Range, where, label, detail string) {
	r.add(diag.Diagnostic{Code: "R210", Severity: diag.Error, Subject: &at, Where: where, Label: label, Detail: detail})
}

// leave says what is written into the records of rows that left the model.
func (r *Resolver) leave(ctx context.Context, s *config.Sync, o *providers.Object, org Org, match *providers.Field, out *Sync) {
	l := diff.Leave{Action: s.Leave.Action, Adopted: s.Leave.DeleteAdopted, Values: map[string]string{}}
	switch s.Leave.Action {
	case "clear":
		for i, f := range out.Spec.Fields {
			if i != out.Spec.Match && !f.ReadOnly && f.Policy.Overwrite != "on_create" && uncleared(&f.Field) == "" {
				l.Values[strings.ToLower(f.Name)] = ""
			}
		}
		if len(l.Values) == 0 && len(out.Spec.Fields) > 0 {
			r.misfit(s.Leave.Range, in("sync", s.Name), "clears nothing", fmt.Sprintf(`on_leave = "clear" leaves alone the match field, checkboxes, required fields, and fields with overwrite = "on_create"; %s has no others. Use a block on_leave "set", or leave on_leave out.`, s.Mapping.Addr()))
		}
	case "set":
		for _, f := range s.Leave.Set {
			r.set(ctx, s, f, o, org, match, &l, out)
		}
	}
	out.Spec.Leave = l
}

// set resolves one field of on_leave "set".
func (r *Resolver) set(ctx context.Context, s *config.Sync, f *config.Field, o *providers.Object, org Org, match *providers.Field, l *diff.Leave, out *Sync) {
	d, _ := r.field(s, f, o, org, match)
	lit, ok := f.Value.(*lang.Literal)
	if d == nil || !ok {
		return
	}
	where := in("sync", s.Name)
	if d.Required() {
		r.misfit(f.Name.Range, where, "a required field", fmt.Sprintf(`%s is required, so every record has a value of its own in it, and on_leave "set" does not touch it. Take it out of the block.`, d.Name))
		return
	}
	value := ""
	if !lit.Value.IsNull() {
		text, fits := r.literal(ctx, s, lit, d)
		if !fits {
			return
		}
		value = text
	}
	if why := uncleared(d); value == "" && why != "" {
		r.misfit(f.Name.Range, where, why, fmt.Sprintf("%s cannot become null: %s.", d.Name, why))
		return
	}
	l.Values[strings.ToLower(d.Name)] = value
	for _, m := range out.Spec.Fields {
		if strings.EqualFold(m.Name, d.Name) {
			return
		}
	}
	out.Spec.Aside = append(out.Spec.Aside, *d)
	out.PII = append(out.PII, pii(f, d))
}
