// Package resolve ties the names of a configuration to what they stand for: columns of proven models, objects and
// fields as Describe shows them. It finds everything that can be known to go wrong before a row is read.
package resolve

import (
	"context"
	"fmt"
	"strings"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/providers"
)

// Sync is a sync with everything it names.
type Sync struct {
	*config.Sync
	Object  *providers.Object
	Spec    diff.Spec // without Snapshot, Refresh and N
	PII     []bool    // parallel to Spec.All
	PIIKey  bool
	Parents []string // objects that the mapping refers to by relationship
}

// Org is what is known of one destination.
type Org struct {
	Objects map[string]*providers.Object // by name as asked
	Names   []providers.ObjectName       // all of them, for suggestions
}

// Object finds a described object, whatever the case of its name; nil where there is none.
func (o Org) Object(name string) *providers.Object {
	for n, obj := range o.Objects {
		if strings.EqualFold(n, name) {
			return obj
		}
	}
	return nil
}

// Resolver resolves the syncs of one configuration.
type Resolver struct {
	Workspace providers.Workspace
	Diags     diag.Diagnostics

	object *providers.Object // of the current sync
	meant  map[string]bool   // fields that misspelled names of the current mapping probably mean, lower case
}

// Sync resolves one sync; nil where something it needs is missing. What it finds goes to r.Diags; Model and Target
// have been called before.
//
// computed gives, by their SQL, the columns that the source computes itself where the workspace cannot.
func (r *Resolver) Sync(ctx context.Context, s *config.Sync, rel providers.Relation, computed map[string]string, org Org) *Sync {
	before := len(r.Diags)
	defer func() { of(s, r.Diags[before:]) }()
	r.meant = map[string]bool{}
	t := s.Mapping.Target
	object := usable(org.Object(t.Object.Name), Needs(s))
	keys := keys(s.Model, rel)
	if object == nil {
		r.columns(s, rel)
		return nil
	}
	out := &Sync{Sync: s, Object: object}
	out.Spec = diff.Spec{Relation: rel, Zone: s.Model.Timezone, Keys: keys, Computed: computed}
	if f := s.Model.Freshness; f != nil {
		out.Spec.Loaded = rel.Column(f.Column.Name)
	}
	if out.Spec.Zone == "" {
		out.Spec.Zone = "UTC"
	}
	r.object = object
	match := r.match(s, object)
	out.Spec.Match = -1
	person := people(s, object) != nil
	for _, f := range s.Mapping.Fields {
		field, parent := r.field(s, f, object, org, match)
		if field == nil {
			_, _ = r.value(ctx, s, f, &out.Spec)
			continue
		}
		if parent != nil {
			out.Parents = append(out.Parents, parent.Object.Name)
		}
		if person && field.Name == "LastName" {
			last := *field
			last.Nillable, last.DefaultedOnCreate = false, false
			field = &last
		}
		raws, ok := r.value(ctx, s, f, &out.Spec)
		if !ok {
			continue
		}
		df := diff.Field{Field: *field, Value: f.Value, Raws: raws, ReadOnly: field.Type == "id", Policy: r.policy(s, f, field)}
		if r.fits(s, f, df, out.Spec) {
			r.constants(ctx, s, f.Value, field)
		}
		if match != nil && strings.EqualFold(field.Name, match.Name) {
			out.Spec.Match = len(out.Spec.Fields)
		}
		if parent != nil {
			parent.Field = len(out.Spec.Fields)
			out.Spec.Parents = append(out.Spec.Parents, *parent)
		}
		out.Spec.Fields = append(out.Spec.Fields, df)
		out.PII = append(out.PII, pii(f, field))
	}
	r.complete(s, object, match, person)
	r.twice(s, object)
	r.person(s, object)
	r.money(s, object)
	r.leave(ctx, s, object, org, match, out)
	r.types(s, object, out)
	if r.Diags[before:].HasErrors() {
		return nil
	}
	out.Spec.Creates = s.Mode != "update" && (match == nil || match.Type != "id")
	out.Spec.Inserts, out.Spec.Recreates = s.Mode == "insert", s.OnMissing == "create"
	out.PIIKey = piiKey(out)
	return out
}

// pii tells whether values of a field are masked: as the mapping says, else by type.
func pii(f *config.Field, d *providers.Field) bool {
	if f.PII != nil {
		return *f.PII
	}
	return d.Type == "email" || d.Type == "phone" || d.Type == "encryptedstring" || d.Encrypted
}

// piiKey tells whether the key is, or goes into, a field that is masked.
func piiKey(s *Sync) bool {
	for i, f := range s.Spec.Fields {
		if !s.PII[i] {
			continue
		}
		found := rawNames(f.Value, s.Spec.Keys)
		lang.Columns(f.Value, func(c *lang.Column) {
			for _, k := range s.Spec.Keys {
				found = found || k.Name == c.Name
			}
		})
		if found {
			return true
		}
	}
	return false
}

// rawNames tells whether SQL that was written in a mapping names a key column, as far as its words show.
func rawNames(e lang.Expr, keys []providers.Column) bool {
	found := false
	lang.Raws(e, func(raw *lang.Raw) {
		for _, k := range keys {
			found = found || strings.Contains(strings.ToLower(raw.SQL), strings.ToLower(k.Name))
		}
	})
	return found
}

func (r *Resolver) add(d diag.Diagnostic) { r.Diags = append(r.Diags, d) }

// Rights are what a sync does with an object, apart from reading it.
type Rights struct{ Create, Update, Delete bool }

// Needs are the rights that a sync takes.
func Needs(s *config.Sync) Rights {
	return Rights{
		Create: s.Mode != "update", Update: s.Mode != "insert",
		Delete: s.Leave.Action == "delete",
	}
}

// does says it in words.
func (n Rights) does() string {
	words := n.words("creates", "updates", "deletes")
	return strings.Join(words[:len(words)-1], ", ") + map[bool]string{true: " and "}[len(words) > 1] + words[len(words)-1] + " records"
}

func (n Rights) words(create, update, del string) (out []string) {
	for _, w := range []struct {
		on   bool
		word string
	}{{n.Create, create}, {n.Update, update}, {n.Delete, del}} {
		if w.on {
			out = append(out, w.word)
		}
	}
	return out
}

// usable is an object that a sync can write, nil for others.
func usable(o *providers.Object, n Rights) *providers.Object {
	if o == nil || missingRights(o, n) != "" {
		return nil
	}
	return o
}

// Target checks that a target's object is there and can be written by the syncs that use it.
func (r *Resolver) Target(t *config.Target, org Org, syncs []*config.Sync) {
	o := org.Object(t.Object.Name)
	if o == nil {
		r.noObject(t, org)
		return
	}
	seen := map[string]bool{}
	for _, s := range syncs {
		n := Needs(s)
		missing := missingRights(o, n)
		if s.Mapping.Target != t || missing == "" || seen[missing] {
			continue
		}
		seen[missing] = true
		r.add(diag.Diagnostic{
			Code: "R102", Severity: diag.Error, Subject: &t.Object.Range, Where: in("target", t.Name), Label: missing,
			Detail: fmt.Sprintf("%s in %s is %s for the user that signalsmith logs in as. %s, in mode %s, reads it and %s. "+
				"Give the user's permission set Read, %s on %s, or choose another object.", o.Name, place(t), missing, s.Addr(), s.Mode, n.does(),
				strings.Join(n.words("Create", "Edit", "Delete"), ", "), o.Name),
		})
	}
}

// noObject says that the object of a target is not there.
func (r *Resolver) noObject(t *config.Target, org Org) {
	names := make([]string, 0, 2*len(org.Names))
	byLabel := map[string]string{}
	for _, n := range org.Names {
		names = append(names, n.Name, n.Label)
		byLabel[n.Label] = n.Name
	}
	hints := diag.DidYouMean(t.Object.Name, names)
	for _, n := range org.Names {
		if strings.EqualFold(n.Label, t.Object.Name) {
			hints = []string{fmt.Sprintf("did you mean %q (label %q)?", n.Name, n.Label)}
		}
	}
	if near := diag.Nearest(t.Object.Name, names); near != "" && byLabel[near] != "" && byLabel[near] != near {
		hints = []string{fmt.Sprintf("did you mean %q (label %q)?", byLabel[near], near)}
	}
	r.add(diag.Diagnostic{
		Code: "R101", Severity: diag.Error, Subject: &t.Object.Range, Where: in("target", t.Name),
		Label: "no such object", Hints: hints,
		Detail: fmt.Sprintf("%s has no object %q that this user may see. Names of custom objects end in __c. "+
			"If the name is right, the user's permission set lacks Read on it.", place(t), t.Object.Name),
	})
}

func missingRights(o *providers.Object, n Rights) string {
	var not []string
	for _, c := range []struct {
		ok   bool
		name string
	}{{o.Queryable, "readable"}, {o.Createable || !n.Create, "createable"}, {o.Updateable || !n.Update, "updateable"}, {o.Deletable || !n.Delete, "deletable"}} {
		if !c.ok {
			not = append(not, "not "+c.name)
		}
	}
	return strings.Join(not, ", ")
}

// match finds the target's match field and says why it cannot serve.
func (r *Resolver) match(s *config.Sync, o *providers.Object) *providers.Field {
	t := s.Mapping.Target
	var able []string
	for _, f := range o.Fields {
		if f.Matchable() {
			able = append(able, f.Name)
		}
	}
	choices := "Fields of " + o.Name + " that can serve: " + strings.Join(able, ", ") + "."
	if t.Match.Name == "" && s.Mode == "insert" {
		return nil
	}
	if t.Match.Name == "" {
		r.add(diag.Diagnostic{
			Code: "R104", Severity: diag.Error, Subject: &t.Range, Where: in("target", t.Name), Label: "match is missing",
			Detail: fmt.Sprintf("A sync in mode %s finds records by a match field, and this target names none. %s", s.Mode, choices),
		})
		return nil
	}
	f := o.Field(t.Match.Name)
	switch {
	case f == nil:
		r.add(diag.Diagnostic{
			Code: "R201", Severity: diag.Error, Subject: &t.Match.Range, Where: in("target", t.Name), Label: fmt.Sprintf("%s has no field %q", o.Name, t.Match.Name),
			Detail: fmt.Sprintf("The match field must be a field of %s that this user may see. %s", o.Name, choices),
			Hints:  nearField(o, t.Match.Name),
		})
	case !f.Matchable():
		r.add(diag.Diagnostic{
			Code: "R103", Severity: diag.Error, Subject: &t.Match.Range, Where: in("target", t.Name), Label: "neither an external id nor idLookup",
			Detail: fmt.Sprintf("Salesforce finds records of %s only by fields that are marked as External ID or that Describe shows as idLookup. %s "+
				"To use %s, an admin marks it as External ID (and as Unique) in Setup.", o.Name, choices, f.Name),
		})
		return nil
	}
	return f
}

// Model checks that the primary key's columns are there.
func (r *Resolver) Model(m *config.Model, rel providers.Relation) {
	for _, k := range m.PrimaryKey {
		if rel.Column(k.Name) == nil {
			r.add(diag.Diagnostic{
				Code: "R302", Severity: diag.Error, Subject: &k.Range, Where: in("model", m.Name), Label: "not a column of the model",
				Detail: "The primary key names the columns that tell the model's rows apart. " + columnsOf(rel), Hints: nearColumn(rel, k.Name),
			})
		}
	}
	if m.Freshness != nil {
		r.loaded(m, rel)
	}
}

// loaded checks that the column which says when a row was loaded is there, and holds times.
func (r *Resolver) loaded(m *config.Model, rel providers.Relation) {
	name := m.Freshness.Column
	d := diag.Diagnostic{Code: "R303", Severity: diag.Error, Subject: &name.Range, Where: in("model", m.Name)}
	switch c := rel.Column(name.Name); {
	case c == nil:
		d.Label, d.Hints = "not a column of the model", nearColumn(rel, name.Name)
		d.Detail = "The freshness block names the column that says when a row was loaded. " + columnsOf(rel)
	case !diff.Dates(r.Workspace.Dialect(), c):
		d.Label = "holds no times"
		d.Detail = fmt.Sprintf("The freshness block names the column that says when a row was loaded, and %s is of type %s. Name one with timestamps, dates, or text of these.", c.Name, c.SQL)
	default:
		return
	}
	r.add(d)
}

// keys are the primary key's columns that are there.
func keys(m *config.Model, rel providers.Relation) []providers.Column {
	var out []providers.Column
	for _, k := range m.PrimaryKey {
		if c := rel.Column(k.Name); c != nil {
			out = append(out, *c)
		}
	}
	return out
}

func (r *Resolver) has(d diag.Diagnostic) bool {
	for _, e := range r.Diags {
		if e.Code == d.Code && e.Subject != nil && d.Subject != nil && *e.Subject == *d.Subject {
			return true
		}
	}
	return false
}

// columns checks what the mapping says of the model where the object is not known.
func (r *Resolver) columns(s *config.Sync, rel providers.Relation) {
	for _, f := range s.Mapping.Fields {
		r.unknownColumns(s, f, rel)
	}
}

// of says which of the syncs that one block stands for has the problems: they may share the mapping's lines.
func of(s *config.Sync, ds diag.Diagnostics) {
	for i := range ds {
		if s.Key == "" || ds[i].Addr != "" {
			continue
		}
		ds[i].Addr = s.Addr().String()
		if ds[i].Where != "" {
			ds[i].Where += " for " + ds[i].Addr
		}
	}
}

func in(block, name string) string { return fmt.Sprintf("in %s %q", block, name) }

func place(t *config.Target) string { return t.Destination.Kind + "." + t.Destination.Name }

func columnsOf(rel providers.Relation) string {
	names := columnNames(rel)
	if len(names) > 30 {
		return fmt.Sprintf("The model has %d columns, among them %s.", len(names), strings.Join(names[:30], ", "))
	}
	return "The model's columns are " + strings.Join(names, ", ") + "."
}

func columnNames(rel providers.Relation) []string {
	names := make([]string, 0, len(rel.Columns))
	for _, c := range rel.Columns {
		if !strings.HasPrefix(c.Name, "sql() ") { // computed for a mapping, not the model's own
			names = append(names, c.Name)
		}
	}
	return names
}

func nearColumn(rel providers.Relation, name string) []string {
	return diag.DidYouMean(name, columnNames(rel))
}
