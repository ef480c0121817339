package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/config/schema"
)

// Field is one mapped field. Name is as written: an API name, or relationship.field of a parent. A field of the short
// form has the policies that are usual.
type Field struct {
	Name  Named
	Value lang.Expr

	// OnNull says what a null of the model does: "ignore" (the default: null means no opinion), "clear" the field, or
	// "reject" the row.
	OnNull string

	// Overwrite says when a value is written: "always" (the default), "on_change" only when the model's value changed
	// since it was last written, "if_empty" only over an empty field, "on_create" only into a new record.
	Overwrite string

	// OnDrift says what happens where somebody changed the field in Salesforce: "correct" it, "report" it and leave it,
	// or "ignore" it. Left out it is "correct", but "ignore" with overwrite "on_change" and "on_create", which never
	// write over what somebody changed.
	OnDrift string

	// Consent marks an opt-out: it goes from true to false only in a sync with allow_opt_in. It is true for Salesforce's
	// own opt-out fields, whatever the block says.
	Consent bool

	// PII is what the block says, nil where it says nothing.
	PII *bool
}

// newField is a field of the short form.
func newField(name Named, value lang.Expr) *Field {
	return &Field{Name: name, Value: value, OnNull: "ignore", Overwrite: "always", OnDrift: "correct", Consent: isOptOut(name.Name)}
}

// isOptOut tells whether Salesforce has an opt-out field of this name, on Contact and Lead.
func isOptOut(name string) bool {
	return slices.ContainsFunc([]string{"HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall"}, func(n string) bool { return strings.EqualFold(n, name) })
}

func fieldSchema() *schema.Block {
	return &schema.Block{Args: []schema.Arg{
		{Name: "value", Raw: true, Required: true},
		{Name: "pii", Type: cty.Bool},
		{Name: "on_null", Type: cty.String, OneOf: []string{"ignore", "clear", "reject"}},
		{Name: "overwrite", Type: cty.String, OneOf: []string{"always", "on_change", "if_empty", "on_create"}},
		{Name: "on_drift", Type: cty.String, OneOf: []string{"correct", "report", "ignore"}},
		{Name: "consent", Type: cty.Bool},
	}}
}

// long reads field "NAME" { value = ... }.
func (m *Mapping) long(d *decoder, in schema.Inner) {
	if in.Type != "field" {
		return
	}
	f := newField(Named{Name: in.Label, Range: in.LabelRange}, nil)
	ok := d.fieldName(f.Name)
	if v, given := in.Body.Args["value"]; given {
		f.Value = d.value(v.Expr)
	}
	if pii, given := in.Body.Bool("pii"); given {
		f.PII = &pii
	}
	f.OnNull = d.word(in.Body, "on_null", f.OnNull)
	f.Overwrite = d.word(in.Body, "overwrite", f.Overwrite)
	if f.Overwrite == "on_change" || f.Overwrite == "on_create" {
		f.OnDrift = "ignore"
	}
	f.OnDrift = d.word(in.Body, "on_drift", f.OnDrift)
	consent, _ := in.Body.Bool("consent")
	f.Consent = f.Consent || consent
	f.policies(d, in.Body)
	f.match(d, in.Body, m.Target)
	if ok {
		m.Fields = append(m.Fields, f)
	}
}

// policies reports those that contradict each other.
func (f *Field) policies(d *decoder, body *schema.Body) {
	null, over := body.At("on_null"), body.At("overwrite")
	lit, constant := f.Value.(*lang.Literal)
	switch {
	case f.OnNull == "clear" && f.Overwrite == "if_empty":
		d.clash(null, "clears what is empty", `With overwrite = "if_empty" only an empty field is written, so a null never clears anything. Use overwrite = "always", or leave on_null out.`, over)
	case f.OnNull == "clear" && f.Overwrite == "on_create":
		d.clash(null, "clears what is new", `With overwrite = "on_create" only new records are written, and there is nothing in them to clear. Use another overwrite, or leave on_null out.`, over)
	case f.OnNull == "reject" && (f.Overwrite == "if_empty" || f.Overwrite == "on_create"):
		d.clash(null, "rejects rows that do not need the value", fmt.Sprintf(`With overwrite = %q most records are not written to, and on_null = "reject" would hold back all other fields of their rows for a value that nobody needs. Use another overwrite, or leave on_null out.`, f.Overwrite), over)
	case f.OnNull == "reject" && constant && lit.Value.IsNull():
		d.clash(null, "rejects every row", `The value is null for every row, so every row would be rejected. Give the field another value, or leave on_null out.`, body.At("value"))
	case f.OnNull == "clear" && f.Consent:
		d.clash(null, "takes back an opt-out", fmt.Sprintf(`%s holds an opt-out, and a null says nothing about one: clearing the field would opt people in. Leave on_null out, or use "reject".`, f.Name.Name))
	}
	if v, given := body.Args["on_drift"]; given && f.OnDrift == "correct" && (f.Overwrite == "on_change" || f.Overwrite == "on_create") {
		d.clash(v.Range, "is never written", fmt.Sprintf(`With overwrite = %q nothing is written over what somebody changed in Salesforce, so it cannot be corrected. Use on_drift = "report" or "ignore", or overwrite = "always".`, f.Overwrite), over)
	}
	if consent, given := body.Bool("consent"); given && !consent && isOptOut(f.Name.Name) {
		d.clash(body.At("consent"), "is one of Salesforce's own", fmt.Sprintf("%s is an opt-out field of Salesforce, and stays one. A sync that may take opt-outs back says so: allow_opt_in = true.", f.Name.Name))
	}
}

// match reports policies that the match field cannot have.
func (f *Field) match(d *decoder, body *schema.Body, t *Target) {
	if t == nil || t.Match.Name == "" || !strings.EqualFold(f.Name.Name, t.Match.Name) {
		return
	}
	if f.OnNull == "clear" {
		d.clash(body.At("on_null"), "the match field", fmt.Sprintf("%s is the match field of %s. A row without a match value finds no record, so it is rejected and clears nothing. Leave on_null out.", f.Name.Name, t.Addr()), t.Match.Range)
	}
	if f.Overwrite == "if_empty" {
		d.clash(body.At("overwrite"), "the match field", fmt.Sprintf(`%s is the match field of %s, and records that are found by it have a value in it. Leave overwrite out, or use "on_create", which never changes it.`, f.Name.Name, t.Addr()), t.Match.Range)
	}
}
