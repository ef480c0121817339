package salesforce

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/canon"
	"github.com/signalsmith/signalsmith/providers/salesforce/rest"
)

// Objects lists the names of all objects that the user sees.
func (d *destination) Objects(ctx context.Context) ([]providers.ObjectName, error) {
	c, err := d.client(ctx)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Objects []struct {
			Name  string `json:"name"`
			Label string `json:"label"`
		} `json:"sobjects"`
	}
	if _, err := c.Do(ctx, rest.Request{Method: "GET", Path: c.Path("/sobjects"), Kind: rest.Describe, Decode: into(&answer)}); err != nil {
		return nil, d.explained("listing the objects", err)
	}
	out := make([]providers.ObjectName, len(answer.Objects))
	for i, o := range answer.Objects {
		out[i] = providers.ObjectName{Name: o.Name, Label: o.Label}
	}
	return out, nil
}

// apiName is what API names look like; nothing else is put into an address.
var apiName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,79}$`)

// Describe describes up to 25 objects a call.
func (d *destination) Describe(ctx context.Context, names ...string) (map[string]*providers.Object, error) {
	c, err := d.client(ctx)
	if err != nil {
		return nil, err
	}
	var ask []string
	asked := map[string]bool{}
	for _, n := range names {
		if k := strings.ToLower(n); apiName.MatchString(n) && !asked[k] {
			asked[k] = true
			ask = append(ask, n)
		}
	}
	found := make([]*providers.Object, len(ask))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for from := 0; from < len(ask); from += maxSubs {
		to := min(from+maxSubs, len(ask))
		g.Go(func() error { return describe(ctx, c, ask[from:to], found[from:to]) })
	}
	if err := g.Wait(); err != nil {
		return nil, d.explained("describing "+strings.Join(first(ask, 5), ", "), err)
	}
	byName := map[string]*providers.Object{}
	for i, n := range ask {
		byName[strings.ToLower(n)] = found[i]
	}
	out := map[string]*providers.Object{}
	for _, n := range names {
		if o := byName[strings.ToLower(n)]; o != nil {
			out[n] = o
		}
	}
	return out, nil
}

func first(s []string, n int) []string { return s[:min(n, len(s))] }

// describe fills found with the objects that exist.
func describe(ctx context.Context, c *rest.Client, names []string, found []*providers.Object) error {
	subs := make([]sub, len(names))
	for i, n := range names {
		subs[i] = sub{Method: http.MethodGet, Path: c.Path("/sobjects/" + n + "/describe"), Ref: ref("d", i)}
	}
	parts, _, err := composite(ctx, c, rest.Describe, subs)
	if err != nil {
		return err
	}
	for i := range parts {
		if f := parts[i].fault(); f != nil && (f.Code == "NOT_FOUND" || f.Code == "INVALID_TYPE") {
			continue
		}
		var o describedObject
		if err := parts[i].decode(&o); err != nil {
			return err
		}
		found[i] = o.object()
	}
	return nil
}

// describedObject is the part of a describe answer that is used.
type describedObject struct {
	Name       string           `json:"name"`
	Label      string           `json:"label"`
	KeyPrefix  string           `json:"keyPrefix"`
	Createable bool             `json:"createable"`
	Updateable bool             `json:"updateable"`
	Deletable  bool             `json:"deletable"`
	Queryable  bool             `json:"queryable"`
	Mergeable  bool             `json:"mergeable"`
	Custom     bool             `json:"custom"`
	Fields     []describedField `json:"fields"`
	Children   []struct {
		Object           string `json:"childSObject"`
		Field            string `json:"field"`
		Relationship     string `json:"relationshipName"`
		CascadeDelete    bool   `json:"cascadeDelete"`
		RestrictedDelete bool   `json:"restrictedDelete"`
	} `json:"childRelationships"`
	RecordTypes []struct {
		ID            string `json:"recordTypeId"`
		Name          string `json:"name"`
		DeveloperName string `json:"developerName"`
		Active        bool   `json:"active"`
		Available     bool   `json:"available"`
		Default       bool   `json:"defaultRecordTypeMapping"`
		Master        bool   `json:"master"`
	} `json:"recordTypeInfos"`
}

type describedField struct {
	Name               string   `json:"name"`
	Label              string   `json:"label"`
	Type               string   `json:"type"`
	Length             int      `json:"length"`
	Precision          int      `json:"precision"`
	Scale              int      `json:"scale"`
	Digits             int      `json:"digits"`
	Nillable           bool     `json:"nillable"`
	Createable         bool     `json:"createable"`
	Updateable         bool     `json:"updateable"`
	DefaultedOnCreate  bool     `json:"defaultedOnCreate"`
	ExternalID         bool     `json:"externalId"`
	IDLookup           bool     `json:"idLookup"`
	Unique             bool     `json:"unique"`
	CaseSensitive      bool     `json:"caseSensitive"`
	Calculated         bool     `json:"calculated"`
	AutoNumber         bool     `json:"autoNumber"`
	NameField          bool     `json:"nameField"`
	RestrictedPicklist bool     `json:"restrictedPicklist"`
	Encrypted          bool     `json:"encrypted"`
	Filterable         bool     `json:"filterable"`
	Polymorphic        bool     `json:"polymorphicForeignKey"`
	RelationshipName   string   `json:"relationshipName"`
	ReferenceTo        []string `json:"referenceTo"`
	CompoundField      string   `json:"compoundFieldName"`
	DependentPicklist  bool     `json:"dependentPicklist"`
	Controller         string   `json:"controllerName"`
	Picklist           []struct {
		Value    string `json:"value"`
		Label    string `json:"label"`
		Active   bool   `json:"active"`
		Default  bool   `json:"defaultValue"`
		ValidFor string `json:"validFor"`
	} `json:"picklistValues"`
}

func (o *describedObject) object() *providers.Object {
	out := &providers.Object{
		Name: o.Name, Label: o.Label, KeyPrefix: o.KeyPrefix, Createable: o.Createable, Updateable: o.Updateable,
		Deletable: o.Deletable, Queryable: o.Queryable, Mergeable: o.Mergeable, Custom: o.Custom,
		Fields: make([]providers.Field, len(o.Fields)),
	}
	for i := range o.Fields {
		out.Fields[i] = o.Fields[i].field()
	}
	for _, c := range o.Children {
		if c.Field != "" {
			out.Children = append(out.Children, providers.Child(c))
		}
	}
	for _, rt := range o.RecordTypes {
		id, ok := canon.ID(rt.ID)
		if !ok {
			id = rt.ID
		}
		out.RecordTypes = append(out.RecordTypes, providers.RecordType{
			ID: id, Name: rt.Name, DeveloperName: rt.DeveloperName, Active: rt.Active, Available: rt.Available, Default: rt.Default, Master: rt.Master,
		})
	}
	return out
}

func (f *describedField) field() providers.Field {
	out := providers.Field{
		Name: f.Name, Label: f.Label, Type: f.Type, Length: f.Length, Precision: f.Precision, Scale: f.Scale, Digits: f.Digits,
		Nillable: f.Nillable, Createable: f.Createable, Updateable: f.Updateable, DefaultedOnCreate: f.DefaultedOnCreate,
		ExternalID: f.ExternalID, IDLookup: f.IDLookup, Unique: f.Unique, CaseSensitive: f.CaseSensitive,
		Calculated: f.Calculated, AutoNumber: f.AutoNumber, NameField: f.NameField, RestrictedPicklist: f.RestrictedPicklist,
		Encrypted: f.Encrypted, Filterable: f.Filterable, Polymorphic: f.Polymorphic,
		RelationshipName: f.RelationshipName, ReferenceTo: f.ReferenceTo, CompoundField: f.CompoundField,
		DependentPicklist: f.DependentPicklist, Controller: f.Controller,
	}
	for _, p := range f.Picklist {
		out.Picklist = append(out.Picklist, providers.PicklistValue(p))
	}
	return out
}
