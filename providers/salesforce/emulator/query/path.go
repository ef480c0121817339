// Package query runs SOQL over the store and writes records as REST answers hold them.
package query

import (
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/soql"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// record is one stored record while it is being looked at.
type record struct {
	object  *schema.Object
	seq     uint64
	raw     store.Raw
	deleted bool
}

func (r record) id() string { return sfid.Make(r.object.KeyPrefix, r.seq) }

// value reads a field, also one that is worked out.
func (r record) value(f *schema.Field) store.Value {
	switch f.Name {
	case "Id":
		return store.String(r.id())
	case "IsDeleted":
		return store.Bool(r.deleted)
	}
	if f.Computed() {
		return store.Value{}
	}
	return r.raw.Get(f.Col)
}

// parent follows a reference.
func (e *env) parent(r record, ref *schema.Field) (record, bool) {
	id := r.value(ref)
	if id.Kind != store.Text {
		return record{}, false
	}
	o := e.schema.ByPrefix(sfid.Prefix(id.Text))
	seq, ok := sfid.Seq(id.Text)
	if o == nil || !ok {
		return record{}, false
	}
	t := e.tx.Rows(o.Name)
	if raw, ok := t.Get(seq); ok {
		return record{o, seq, raw, false}, true
	}
	if raw, ok := t.Deleted(seq); ok {
		return record{o, seq, raw, true}, true
	}
	return record{}, false
}

// env is what a running query works in.
type env struct {
	schema *schema.Schema
	tx     *store.Tx
}

// path is a field, reached through references. A path through a polymorphic reference knows its last field by name only.
type path struct {
	owners []*schema.Object // owners[i] has refs[i]
	refs   []*schema.Field
	field  *schema.Field // of the last object; of any of them where poly
	poly   bool
	only   *schema.Object // of TYPEOF: the field is shown where the record has this object; else nil
}

// last reads the path's value and tells which field it came from.
func (p *path) last(e *env, r record) store.Value {
	for _, ref := range p.refs {
		next, ok := e.parent(r, ref)
		if !ok {
			return store.Value{}
		}
		r = next
	}
	f := p.field
	if p.poly {
		if f = r.object.Field(f.Name); f == nil {
			return store.Value{}
		}
	}
	return r.value(f)
}

// nameFields are the fields that the parent of a polymorphic reference has, whatever it is (object Name).
var nameFields = []string{"Id", "Name", "FirstName", "LastName", "Username", "Email", "Type", "IsActive", "Title", "Phone", "Alias", "ProfileId", "UserRoleId"}

const appendC = " If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names."

// resolve finds a path's field. The message for one that does not exist is Salesforce's.
func (c *compiler) resolve(p soql.Path) (*path, *apierror.Error) {
	out := &path{}
	o := c.object
	var targets []string
	for i, name := range p.Names {
		if i == len(p.Names)-1 {
			return out, c.leaf(out, o, targets, name, p.Pos)
		}
		if o == nil {
			return nil, soql.Errorf("INVALID_FIELD", c.q.Text, p.Pos, "Didn't understand relationship '%s' in field path.", name)
		}
		ref := o.Relationship(name)
		if ref == nil {
			return nil, soql.Errorf("INVALID_FIELD", c.q.Text, p.Pos, "Didn't understand relationship '%s' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.", name)
		}
		if i == 5 {
			return nil, soql.Errorf("INVALID_FIELD", c.q.Text, p.Pos, "SOQL relationship path of more than 5 levels: %s", p)
		}
		out.owners, out.refs = append(out.owners, o), append(out.refs, ref)
		o, targets = nil, ref.ReferenceTo
		if len(targets) == 1 {
			o = c.schema.Object(targets[0])
			if o == nil {
				return nil, soql.Errorf("INVALID_FIELD", c.q.Text, p.Pos, "Didn't understand relationship '%s' in field path.", name)
			}
		}
	}
	return out, nil
}

func (c *compiler) leaf(out *path, o *schema.Object, targets []string, name string, pos int) *apierror.Error {
	if o != nil {
		if out.field = o.Field(name); out.field == nil {
			return soql.Errorf("INVALID_FIELD", c.q.Text, pos, "No such column '%s' on entity '%s'.%s", name, o.Name, appendC)
		}
		return nil
	}
	out.poly = true
	if slices.ContainsFunc(nameFields, func(n string) bool { return strings.EqualFold(n, name) }) {
		for _, t := range targets {
			if to := c.schema.Object(t); to != nil && to.Field(name) != nil {
				out.field = to.Field(name)
				return nil
			}
		}
	}
	return soql.Errorf("INVALID_FIELD", c.q.Text, pos, "No such column '%s' on entity 'Name'.%s", name, appendC)
}
