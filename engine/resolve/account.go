package resolve

import (
	"fmt"
	"strings"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/engine/compile"
	"github.com/signalsmith/signalsmith/providers"
)

// people finds what makes the accounts of a mapping people: a field that only people have, or the record type that is given to
// all rows. Nil where they are businesses, or where the org has no person accounts.
func people(s *config.Sync, o *providers.Object) *config.Field {
	if !o.PersonAccounts() || o.Name != "Account" {
		return nil
	}
	for _, f := range s.Mapping.Fields {
		if d := o.Field(f.Name.Name); d != nil && d.Personal() {
			return f
		}
		e, ok := f.Value.(*lang.Literal)
		if ok && !e.Value.IsNull() && strings.EqualFold(f.Name.Name, byDeveloperName) && strings.EqualFold(compile.LiteralText(e), providers.PersonType) {
			return f
		}
	}
	return nil
}

// person says that a mapping of people sets the name of a business. Their Name is made of the parts of the name.
func (r *Resolver) person(s *config.Sync, o *providers.Object) {
	why := people(s, o)
	if why == nil {
		return
	}
	for _, f := range s.Mapping.Fields {
		if !strings.EqualFold(f.Name.Name, "Name") {
			continue
		}
		r.add(diag.Diagnostic{
			Code: "R213", Severity: diag.Error, Subject: &f.Name.Range, Where: in("mapping", s.Mapping.Name), Label: "the accounts are people",
			Detail: fmt.Sprintf("%s makes the accounts of this mapping people, and Salesforce makes the Name of a person of FirstName and LastName. Map these; businesses take a mapping of their own, with Name.",
				why.Name.Name),
			Related: []diag.Related{{Range: why.Name.Range, Label: "only people have it"}},
		})
	}
}

// required tells whether a create must set a field. A person needs LastName, not Name.
func required(f *providers.Field, person bool) bool {
	if person && (f.Name == "Name" || f.Name == "LastName") {
		return f.Name == "LastName"
	}
	return f.Required()
}

// money says that amounts are mapped without saying in which currency they are.
func (r *Resolver) money(s *config.Sync, o *providers.Object) {
	code := o.Field("CurrencyIsoCode")
	if code == nil || unwritable(code, Needs(s)) != "" {
		return // one currency; or the record's is its parent's
	}
	for _, f := range s.Mapping.Fields {
		if strings.EqualFold(f.Name.Name, code.Name) {
			return
		}
	}
	for _, f := range s.Mapping.Fields {
		d := o.Field(f.Name.Name)
		if d == nil || d.Type != "currency" {
			continue
		}
		var codes []string
		for _, p := range code.Picklist {
			if p.Active {
				codes = append(codes, p.Value)
			}
		}
		r.add(diag.Diagnostic{
			Code: "R212", Severity: diag.Error, Subject: &f.Name.Range, Where: in("mapping", s.Mapping.Name), Label: "an amount without a currency",
			Detail: fmt.Sprintf("The org has several currencies, so that a number in %s means another amount in another record. Map CurrencyIsoCode too; it takes: %s.", d.Name, list(codes)),
		})
	}
}
