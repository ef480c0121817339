package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/schema"
)

// Target is one object of a destination and the match field by which its records are found.
type Target struct {
	Name        string
	Key         string // of for_each; "" where there is none
	Destination *Destination
	Object      Named // API name as written
	Match       Named // API name as written; empty where it is left out
	Range       hcl.Range
}

// Addr is the block's address.
func (t *Target) Addr() addr.Item { return addr.Item{Type: "target", Name: t.Name, Key: t.Key} }

func targetSchema() *schema.Block {
	return &schema.Block{Args: []schema.Arg{
		{Name: "destination", Ref: "destination", Required: true, Doc: "It is the org that the object is in."},
		{Name: "object", Type: cty.String, Required: true, Doc: "It is the API name of the object."},
		{Name: "match", Type: cty.String},
		{Name: "assignment", Type: cty.String, Later: "remove it; records are written without assignment rules"},
		{Name: "duplicates", Type: cty.String, Later: "remove it; Salesforce's duplicate rules hold as they are"},
		forEach(),
	}}
}

func (l *loader) targets() { instances(l, "target", l.cfg.Targets, newTarget) }

func newTarget(d *decoder, item addr.Item, b *hclsyntax.Block) *Target {
	body := d.body(b, targetSchema())
	return &Target{
		Name:        item.Name,
		Key:         item.Key,
		Destination: d.l.cfg.Destinations[body.Text("destination")],
		Object:      d.apiName(body, "object", "an object"),
		Match:       d.apiName(body, "match", "a field"),
		Range:       b.DefRange(),
	}
}

// apiName reads an argument that holds an API name.
func (d *decoder) apiName(body *schema.Body, arg, what string) Named {
	s, ok := d.shown(body, arg)
	if !ok {
		return Named{}
	}
	n := Named{Name: s, Range: body.At(arg)}
	if !isAPIName(s) {
		d.fail("C110", n.Range, "not an API name", fmt.Sprintf("The API name of %s has letters, digits and _ only, and starts with a letter, as in Contact or Customer_Id__c. It is not the label that people see.", what))
		return Named{}
	}
	return n
}

// isAPIName tells whether Salesforce could have an object or a field of this name.
func isAPIName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return s != "" && len(s) <= 120
}
