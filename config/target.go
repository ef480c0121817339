package config

import (
	"fmt"
	"regexp"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/schema"
)

// Target is one object of a destination and the match field by which its records are found.
type Target struct {
	Name        string
	Key         string // of for_each; "" where there is none
	Destination *Destination
	Object      Named // API name as written
	Match       Named // API name as written; empty where it is left out, which only syncs in mode insert may use

	// Assignment says what happens to new records: "off" (the default), "active" for the object's active assignment
	// rule, or the id of a rule, 15 or 18 characters as written. Updates never assign a record anew.
	Assignment string

	// Duplicates says what Salesforce's duplicate rules do: "block" (the default) lets them refuse a record, "allow"
	// saves it where a rule permits that.
	Duplicates string

	Range hcl.Range

	unmatched bool // match is given and could not be read
}

// Addr is the block's address.
func (t *Target) Addr() addr.Item { return addr.Item{Type: "target", Name: t.Name, Key: t.Key} }

func targetSchema() *schema.Block {
	return &schema.Block{Args: []schema.Arg{
		{Name: "destination", Ref: "destination", Required: true, Doc: "It is the org that the object is in."},
		{Name: "object", Type: cty.String, Required: true, Doc: "It is the API name of the object."},
		{Name: "match", Type: cty.String},
		{Name: "assignment", Type: cty.String, Doc: `It is "off", "active" or the id of an assignment rule.`},
		{Name: "duplicates", Type: cty.String, OneOf: []string{"block", "allow"}},
		forEach(),
	}}
}

func (l *loader) targets() { instances(l, "target", l.cfg.Targets, newTarget) }

func newTarget(d *decoder, item addr.Item, b *hclsyntax.Block) *Target {
	body := d.body(b, targetSchema())
	t := &Target{
		Name:        item.Name,
		Key:         item.Key,
		Destination: d.l.cfg.Destinations[body.Text("destination")],
		Object:      d.apiName(body, "object", "an object"),
		Match:       d.apiName(body, "match", "a field"),
		Assignment:  d.assignment(body),
		Duplicates:  d.word(body, "duplicates", "block"),
		Range:       b.DefRange(),
	}
	t.unmatched = t.Match.Name == "" && b.Body.Attributes["match"] != nil
	return t
}

// word reads an argument that the schema allows a few values; left out it is what is usual.
func (d *decoder) word(body *schema.Body, name, usual string) string {
	if s, ok := d.shown(body, name); ok {
		return s
	}
	return usual
}

// ruleID is what the id of an assignment rule looks like: the ids of that object begin with 01Q.
var ruleID = regexp.MustCompile(`^01Q[0-9A-Za-z]{12}([0-9A-Za-z]{3})?$`)

func (d *decoder) assignment(body *schema.Body) string {
	s := d.word(body, "assignment", "off")
	if s == "off" || s == "active" || ruleID.MatchString(s) {
		return s
	}
	d.fail("C112", body.At("assignment"), "no assignment rule", `assignment is "off", "active" (the rule that is active when a record is created), or the id of an assignment rule, which begins with 01Q and has 15 or 18 letters and digits. Setup shows it in the address of the rule's page.`,
		diag.DidYouMean(s, []string{"off", "active"})...)
	return "off"
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
