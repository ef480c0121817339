package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/eval"
	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/config/schema"
)

// Mapping says which model columns become which fields of a target.
type Mapping struct {
	Name   string
	Key    string // of for_each; "" where there is none
	Target *Target
	Fields []*Field // in the order written; no two of one name, whatever their case
	Range  hcl.Range
}

// Addr is the block's address.
func (m *Mapping) Addr() addr.Item { return addr.Item{Type: "mapping", Name: m.Name, Key: m.Key} }

func mappingSchema() *schema.Block {
	return &schema.Block{
		Args: []schema.Arg{
			{Name: "target", Ref: "target", Required: true, Doc: "It is the object whose fields are written."},
			{Name: "fields", Raw: true},
			forEach(),
		},
		Blocks: []schema.Nested{{Type: "field", Label: "field", Repeats: true, Block: fieldSchema()}},
	}
}

func (l *loader) mappings() { instances(l, "mapping", l.cfg.Mappings, newMapping) }

func newMapping(d *decoder, item addr.Item, b *hclsyntax.Block) *Mapping {
	body := d.body(b, mappingSchema())
	m := &Mapping{Name: item.Name, Key: item.Key, Target: d.l.cfg.Targets[body.Text("target")], Range: b.DefRange()}
	if v, ok := body.Args["fields"]; ok {
		m.short(d, v)
	}
	for _, in := range body.Blocks {
		m.long(d, in)
	}
	slices.SortStableFunc(m.Fields, func(a, b *Field) int { return a.Name.Range.Start.Byte - b.Name.Range.Start.Byte })
	m.distinct(d)
	if _, ok := b.Body.Attributes["fields"]; !ok && !slices.ContainsFunc(b.Body.Blocks, fieldsMeant) && !meantFields(b) {
		d.fail("C107", b.DefRange(), "no field", `A mapping names at least one field: fields = { LastName = col.last_name }, or field "LastName" { value = col.last_name }.`)
	}
	return m
}

// fieldsMeant tells whether a nested block is, or was meant to be, a field; what is wrong with it is reported.
func fieldsMeant(b *hclsyntax.Block) bool {
	return diag.Nearest(b.Type, []string{"field", "fields"}) != "" || b.Type == "field"
}

func meantFields(b *hclsyntax.Block) bool {
	for name := range b.Body.Attributes {
		if n := diag.Nearest(name, available(mappingSchema())); n == "fields" || name == "field" {
			return true
		}
	}
	return false
}

// short reads fields = { NAME = value }.
func (m *Mapping) short(d *decoder, v schema.Value) {
	obj, ok := v.Expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		d.fail("C111", v.Range, "not written out", "The fields of a mapping are written out, so that every field has a place in the file: fields = { LastName = col.last_name }.")
		return
	}
	if len(obj.Items) == 0 {
		d.fail("C107", v.Range, "no field", "A mapping names at least one field: fields = { LastName = col.last_name }.")
	}
	for _, item := range obj.Items {
		name, ok := d.fieldKey(item.KeyExpr)
		value := d.value(item.ValueExpr)
		if ok {
			m.Fields = append(m.Fields, newField(name, value))
		}
	}
}

// fieldKey reads the name of a field in the short form.
func (d *decoder) fieldKey(expr hcl.Expression) (Named, bool) {
	n := Named{Range: expr.Range()}
	if key, ok := expr.(*hclsyntax.ObjectConsKeyExpr); ok && !key.ForceNonLiteral {
		if t, hd := hcl.AbsTraversalForExpr(key.Wrapped); !hd.HasErrors() && len(t) > 1 {
			dotted := spell(t)
			d.fail("C110", n.Range, "quotes are missing", fmt.Sprintf("A name with a dot stands in double quotes: %q = ...", dotted))
			return n, false
		}
	}
	v, ds := eval.Value(expr, d.ctx)
	d.reportAll(ds)
	if len(ds) > 0 || !v.IsWhollyKnown() {
		return n, false
	}
	if v.IsMarked() || v.IsNull() || v.Type() != cty.String {
		d.fail("C110", n.Range, "not a name", "The name of a field is a text that is not sensitive.")
		return n, false
	}
	n.Name = v.AsString()
	return n, d.fieldName(n)
}

// fieldName checks a field's API name, or relationship.field.
func (d *decoder) fieldName(n Named) bool {
	parent, field, dotted := strings.Cut(n.Name, ".")
	parent, object, several := strings.Cut(parent, ":")
	if isAPIName(parent) && (!dotted && !several || dotted && isAPIName(field)) && (!several || isAPIName(object)) {
		return true
	}
	d.fail("C110", n.Range, "not an API name", `A field is named by its API name, as in LastName or Tier__c: letters, digits and _, starting with a letter. A parent is named by its external id: relationship, dot, field, as in "Account.Code__c"; where it may be of several objects, the object stands after the relationship, as in "Owner:User.Username".`)
	return false
}

func (d *decoder) value(expr hcl.Expression) lang.Expr {
	e, ds := lang.Compile(expr, d.ctx)
	d.reportAll(ds)
	return e
}

// distinct reports fields that are mapped twice and keeps the first of them; Salesforce's names ignore case.
func (m *Mapping) distinct(d *decoder) {
	seen := map[string]*Field{}
	m.Fields = slices.DeleteFunc(m.Fields, func(f *Field) bool {
		key := strings.ToLower(f.Name.Name)
		first := seen[key]
		if first == nil {
			seen[key] = f
			return false
		}
		at := f.Name.Range
		detail := fmt.Sprintf("The field %s is mapped twice, and a field can have one value. Remove one of the two.", f.Name.Name)
		if first.Name.Name != f.Name.Name {
			detail += " Salesforce does not tell upper from lower case in names."
		}
		d.report(diag.Diagnostic{
			Code: "C108", Subject: &at, Label: "again", Detail: detail,
			Related: []diag.Related{{Range: first.Name.Range, Label: "mapped here first"}},
		})
		return true
	})
}
