package dml

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// change is a record on its way into the store.
type change struct {
	object *schema.Object
	id     string
	seq    uint64
	old    store.Row // nil for a new record
	row    store.Row
	input  *Input
}

func (c *change) get(field string) store.Value {
	f := c.object.Field(field)
	if f == nil {
		return store.Value{}
	}
	return c.row.Get(f.Col)
}

// set gives a field a value that the system decides. A field the object does not have is left alone.
func (c *change) set(field string, v store.Value) {
	if f := c.object.Field(field); f != nil && !f.Computed() {
		c.row = c.row.Set(f.Col, v)
	}
}

func (c *change) given(field string) bool {
	f := c.object.Field(field)
	if f == nil {
		return false
	}
	_, ok := c.input.Value(f)
	return ok
}

func (s *Session) create(in *Input, r *Result) error {
	o := in.Object
	if !o.Createable {
		r.Err = apierror.New("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "entity type cannot be inserted: %s", o.Name)
		return nil
	}
	if r.Err = s.check(in, true); r.Err != nil {
		return nil
	}
	t := s.Tx.Rows(o.Name)
	c := &change{object: o, row: make(store.Row, len(o.Fields)+4), input: in}
	for _, f := range o.Fields {
		if v := s.initial(o, f); v.Kind != store.Null {
			c.row = c.row.Set(f.Col, v)
		}
	}
	for _, a := range in.Values {
		c.row = c.row.Set(a.Field.Col, a.Value)
	}
	if r.Err = s.before(c); r.Err != nil {
		return nil
	}
	var missing []string
	for _, f := range o.Fields {
		if f.Required() && c.row.Get(f.Col).Kind == store.Null {
			missing = append(missing, f.Name)
		}
	}
	if r.Err = required(missing); r.Err != nil {
		return nil
	}
	if r.Err = s.unique(c); r.Err != nil {
		return nil
	}
	if r.Err = s.alike(c); r.Err != nil {
		return nil
	}
	var err error
	if c.seq, err = t.Next(); err != nil {
		return err
	}
	c.id = sfid.Make(o.KeyPrefix, c.seq)
	s.number(c)
	now, user := store.At(s.Now.Unix()), store.String(s.User)
	c.set("CreatedDate", now)
	c.set("CreatedById", user)
	s.stamp(c)
	r.ID = c.id
	if err := t.Insert(c.seq, c.row); err != nil {
		return err
	}
	return s.after(c)
}

func (s *Session) update(in *Input, id string, r *Result) error {
	o := in.Object
	rec, old, bad := s.live(id)
	if bad != nil {
		r.Err = bad
		return nil
	}
	seq, t := rec.seq, s.Tx.Rows(o.Name)
	if r.Err = readOnly(o, old); r.Err != nil {
		return nil
	}
	if !o.Updateable {
		r.Err = apierror.New("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "entity type cannot be updated: %s", o.Name)
		return nil
	}
	if r.Err = s.check(in, false); r.Err != nil {
		return nil
	}
	c := &change{object: o, id: sfid.Make(o.KeyPrefix, seq), seq: seq, old: old, row: slices.Clone(old), input: in}
	var missing []string
	for _, a := range in.Values {
		c.row = c.row.Set(a.Field.Col, a.Value)
		if a.Value.Kind == store.Null && !a.Field.Nillable {
			missing = append(missing, a.Field.Name)
		}
	}
	if r.Err = required(missing); r.Err != nil {
		return nil
	}
	if r.Err = s.before(c); r.Err != nil {
		return nil
	}
	if r.Err = s.unique(c); r.Err != nil {
		return nil
	}
	if r.Err = s.alike(c); r.Err != nil {
		return nil
	}
	s.stamp(c)
	r.ID = c.id
	if err := t.Update(seq, old, c.row); err != nil {
		return err
	}
	return s.after(c)
}

// before is what happens to a record whose values are known, before it is stored.
func (s *Session) before(c *change) *apierror.Error {
	if err := s.person(c); err != nil {
		return err
	}
	if err := offered(c); err != nil {
		return err
	}
	if err := s.assign(c); err != nil {
		return err
	}
	if err := s.settle(c); err != nil {
		return err
	}
	return s.joining(c)
}

// offered refuses values of restricted picklists that records of the record's type do not have. What is not written is not
// looked at.
func offered(c *change) *apierror.Error {
	id := c.get("RecordTypeId").Text
	at := slices.IndexFunc(c.object.RecordTypes, func(rt schema.RecordType) bool { return rt.ID == id })
	if at < 0 {
		return nil
	}
	for _, a := range c.input.Values {
		if !a.Field.RestrictedPicklist || a.Value.Kind != store.Text {
			continue
		}
		values := []string{a.Value.Text}
		if a.Field.Type == "multipicklist" {
			values = strings.Split(a.Value.Text, ";")
		}
		for _, v := range values {
			if !c.object.RecordTypes[at].Offers(a.Field, v) {
				return badPicklist(a.Field, v)
			}
		}
	}
	return nil
}

// after is what a stored record takes along.
func (s *Session) after(c *change) error {
	for _, step := range []func(*change) error{s.personContact, s.statuses, s.oneDefault, s.remember} {
		if err := step(c); err != nil {
			return err
		}
	}
	return s.tally(c.object, c.old, c.row)
}

// stamp notes who changed the record and when. A change that changes nothing counts too.
func (s *Session) stamp(c *change) {
	now := store.At(s.Now.Unix())
	c.set("LastModifiedDate", now)
	c.set("LastModifiedById", store.String(s.User))
	c.set("SystemModstamp", now)
}

func required(missing []string) *apierror.Error {
	if len(missing) == 0 {
		return nil
	}
	return apierror.New("REQUIRED_FIELD_MISSING", "Required fields are missing: [%s]", strings.Join(missing, ", ")).On(missing...)
}

// check looks at the values alone: may they be written, can they be stored, do their references exist.
func (s *Session) check(in *Input, create bool) *apierror.Error {
	var locked []string
	for _, a := range in.Values {
		if create && !a.Field.Createable || !create && !a.Field.Updateable {
			locked = append(locked, a.Field.Name)
		}
	}
	if len(locked) > 0 {
		return apierror.New("INVALID_FIELD_FOR_INSERT_UPDATE",
			"Unable to create/update fields: %s. Please check the security settings of this field and verify that it is read/write for your profile or permission set.",
			strings.Join(locked, ", ")).On(locked...)
	}
	for _, a := range in.Values {
		if a.Bad != nil {
			return a.Bad
		}
	}
	for _, a := range in.Values {
		if a.Field.Type == "reference" && a.Value.Kind == store.Text {
			if err := s.reference(in.Object, a.Field, a.Value.Text); err != nil {
				return err
			}
		}
	}
	return nil
}

// initial is the value that a new record has in a field without being told.
func (s *Session) initial(o *schema.Object, f *schema.Field) store.Value {
	switch {
	case f.Computed():
	case f.Type == "boolean":
		return store.Bool(f.DefaultValue == "true")
	case f.Name == "OwnerId":
		return store.String(s.User)
	case f.Name == "RecordTypeId":
		for _, rt := range o.RecordTypes {
			if rt.Default && rt.Active && rt.Available {
				return store.String(rt.ID)
			}
		}
	case f.Type == "picklist":
		if d := f.Default(); d != "" {
			return store.String(d)
		}
		fallthrough
	case f.DefaultValue != "":
		text := f.DefaultValue
		if unquoted, err := strconv.Unquote(text); err == nil {
			text = unquoted
		}
		if v, ok := ParseText(f, text); ok && text != "" {
			if v, bad := normalise(f, v); bad == nil {
				return v
			}
		}
	case f.Number() && !f.Nillable && !f.Createable:
		return store.Value{Kind: store.Number, Text: "0"}
	}
	return store.Value{}
}

// settle lets the trigger and the object's own rules work on a record whose values are known.
func (s *Session) settle(c *change) *apierror.Error {
	if err := rule(s, c); err != nil {
		return err
	}
	if s.Rewrite == nil {
		return nil
	}
	rec := make(map[string]any, len(c.object.Fields))
	for _, f := range c.object.Fields {
		if !f.Computed() {
			rec[f.Name] = plain(f, c.row.Get(f.Col))
		}
	}
	s.Rewrite(c.object.Name, rec)
	for _, f := range c.object.Fields {
		if f.Computed() {
			continue
		}
		v, ok := rec[f.Name]
		if now := plain(f, c.row.Get(f.Col)); !ok || v == now {
			continue
		}
		value, err := fromPlain(f, v)
		if err != nil {
			return err
		}
		c.row = c.row.Set(f.Col, value)
	}
	return rule(s, c)
}

// plain is a value as JSON would decode it.
func plain(f *schema.Field, v store.Value) any {
	switch v.Kind {
	case store.Null:
		return nil
	case store.True, store.False:
		return v.Kind == store.True
	case store.Number:
		n, err := strconv.ParseFloat(v.Text, 64)
		if err != nil {
			return v.Text
		}
		return n
	case store.Time:
		return time.Unix(v.Unix, 0).UTC().Format(TimeLayout)
	}
	return v.Text
}

func fromPlain(f *schema.Field, v any) (store.Value, *apierror.Error) {
	var text string
	switch v := v.(type) {
	case nil:
		return normalise(f, store.Value{})
	case string:
		text = v
	case json.Number:
		text = v.String()
	case float64:
		text = strconv.FormatFloat(v, 'g', -1, 64)
	default:
		text = fmt.Sprint(v)
	}
	value, ok := ParseText(f, text)
	if !ok {
		return value, apierror.New("INVALID_TYPE_ON_FIELD_IN_RECORD", "%s: value not of required type: %s", f.Label, text).On(f.Name)
	}
	return normalise(f, value)
}

// unique refuses values that another live record has in a unique field.
func (s *Session) unique(c *change) *apierror.Error {
	t := s.Tx.Rows(c.object.Name)
	for _, f := range c.object.Fields {
		if !f.Unique {
			continue
		}
		v := c.row.Get(f.Col)
		if v.Kind == store.Null || v == c.old.Get(f.Col) {
			continue
		}
		for _, seq := range t.Lookup(f.Col, v, 2) {
			if c.old == nil || seq != c.seq {
				return apierror.New("DUPLICATE_VALUE", "duplicate value found: %s duplicates value on record with id: %s",
					f.Name, sfid.Short(sfid.Make(c.object.KeyPrefix, seq)))
			}
		}
	}
	return nil
}

// number fills the fields that need the record's number: automatic numbers, and the name of a custom record without one.
func (s *Session) number(c *change) {
	for _, f := range c.object.Fields {
		switch {
		case f.AutoNumber:
			c.row = c.row.Set(f.Col, store.String(fmt.Sprintf("%08d", c.seq)))
		case f.NameField && c.object.Custom && c.row.Get(f.Col).Kind == store.Null:
			c.row = c.row.Set(f.Col, store.String(c.id))
		}
	}
}
