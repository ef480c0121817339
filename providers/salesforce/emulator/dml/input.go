// Package dml changes records: it checks values the way Salesforce does, resolves parents, keeps values unique, and maintains
// the fields that belong to the system.
package dml

import (
	"bytes"
	"errors"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// Input is one record of a request.
type Input struct {
	Object  *schema.Object
	ID      string // as it was sent
	HasID   bool   // an id was sent, if only null
	Values  []Assign
	Parents []Parent
	Err     *apierror.Error // what makes this row fail whatever is done with it
}

// Assign gives a field a value. Bad says why the value cannot be stored.
type Assign struct {
	Field *schema.Field
	Value store.Value
	Bad   *apierror.Error
}

// Parent gives a reference field the record that an external id names.
type Parent struct {
	Field  *schema.Field  // the reference
	Object *schema.Object // the parent's object
	Key    *schema.Field  // the parent's field
	Value  store.Value
}

// Value finds the value that the input gives a field.
func (in *Input) Value(f *schema.Field) (store.Value, bool) {
	for _, a := range in.Values {
		if a.Field == f {
			return a.Value, true
		}
	}
	return store.Value{}, false
}

// Assign adds a value, which it normalises.
func (in *Input) Assign(f *schema.Field, v store.Value) {
	v, bad := normalise(f, v)
	for i := range in.Values {
		if in.Values[i].Field == f { // the last one of a name counts, as in Salesforce's parser
			in.Values[i] = Assign{Field: f, Value: v, Bad: bad}
			return
		}
	}
	in.Values = append(in.Values, Assign{Field: f, Value: v, Bad: bad})
}

// Decoder reads records out of a JSON body.
type Decoder struct {
	Schema *schema.Schema
	Body   []byte // the whole body, for positions in messages
}

// Member is one member of a JSON object.
type Member struct {
	Name  string
	Value jsontext.Value
	At    int // where the value starts in the body
}

// Members splits the JSON object that starts at offset at of the body.
func (d *Decoder) Members(raw jsontext.Value, at int) ([]Member, *apierror.Error) {
	dec := jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if dec.PeekKind() != '{' {
		return nil, d.cannot("object", raw, at)
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, d.Syntax(err, at)
	}
	members := make([]Member, 0, 16)
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, d.Syntax(err, at)
		}
		m := Member{Name: name.String()}
		value, err := dec.ReadValue()
		if err != nil {
			return nil, d.Syntax(err, at)
		}
		end := int(dec.InputOffset())
		m.At = at + end - len(value)
		m.Value = raw[end-len(value) : end]
		members = append(members, m)
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, d.Syntax(err, at)
	}
	return members, nil
}

// Items splits the JSON array that starts at offset at of the body. The members have no names.
func (d *Decoder) Items(raw jsontext.Value, at int) ([]Member, *apierror.Error) {
	dec := jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if dec.PeekKind() != '[' {
		return nil, d.cannot("list", raw, at)
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, d.Syntax(err, at)
	}
	var items []Member
	for dec.PeekKind() != ']' {
		value, err := dec.ReadValue()
		if err != nil {
			return nil, d.Syntax(err, at)
		}
		end := int(dec.InputOffset())
		items = append(items, Member{Value: raw[end-len(value) : end], At: at + end - len(value)})
	}
	return items, nil
}

// Check makes sure that the body is one JSON value.
func (d *Decoder) Check() *apierror.Error {
	if len(bytes.TrimSpace(d.Body)) == 0 {
		return apierror.New("JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body.")
	}
	dec := jsontext.NewDecoder(bytes.NewReader(d.Body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if err := dec.SkipValue(); err != nil {
		return d.Syntax(err, 0)
	}
	return nil
}

// Syntax is the answer to a body that is not JSON.
func (d *Decoder) Syntax(err error, at int) *apierror.Error {
	var s *jsontext.SyntacticError
	msg := "Unexpected end-of-input"
	pos := len(d.Body)
	if errors.As(err, &s) && s.Err != nil && !strings.Contains(s.Err.Error(), "unexpected EOF") {
		msg, pos = "Unexpected character: "+strings.TrimPrefix(s.Err.Error(), "jsontext: "), at+int(s.ByteOffset)
	}
	line, col := d.position(pos)
	return apierror.New("JSON_PARSER_ERROR", "%s at [line:%d, column:%d]", msg, line, col)
}

func (d *Decoder) position(at int) (line, col int) {
	at = min(max(at, 0), len(d.Body))
	before := d.Body[:at]
	return 1 + bytes.Count(before, []byte("\n")), at - bytes.LastIndexByte(before, '\n')
}

// cannot is the answer to a value that does not fit its field's type: it ends the whole request.
func (d *Decoder) cannot(typ string, raw jsontext.Value, at int) *apierror.Error {
	kind, text := "VALUE_STRING", string(raw)
	switch raw.Kind() {
	case '"':
		text = unquote(raw)
	case '0':
		kind = "VALUE_NUMBER_INT"
		if bytes.ContainsAny(raw, ".eE") {
			kind = "VALUE_NUMBER_FLOAT"
		}
	case 't':
		kind = "VALUE_TRUE"
	case 'f':
		kind = "VALUE_FALSE"
	case 'n':
		kind = "VALUE_NULL"
	case '{':
		kind, text = "START_OBJECT", "{"
	case '[':
		kind, text = "START_ARRAY", "["
	}
	line, col := d.position(at)
	return apierror.New("JSON_PARSER_ERROR",
		"Cannot deserialize instance of %s from %s value %s or request may be missing a required field at [line:%d, column:%d]",
		typ, kind, text, line, col)
}

func unquote(raw jsontext.Value) string {
	b, err := jsontext.AppendUnquote(nil, raw)
	if err != nil && b == nil {
		return string(raw)
	}
	return string(b)
}

// Type finds the object that the record's attributes name.
func (d *Decoder) Type(members []Member) (*schema.Object, *apierror.Error) {
	for _, m := range members {
		if m.Name != "attributes" || m.Value.Kind() != '{' {
			continue
		}
		attrs, err := d.Members(m.Value, m.At)
		if err != nil {
			return nil, err
		}
		for _, a := range attrs {
			if a.Name != "type" || a.Value.Kind() != '"' {
				continue
			}
			name := unquote(a.Value)
			if o := d.Schema.Object(name); o != nil {
				return o, nil
			}
			return nil, apierror.New("INVALID_TYPE", "sObject type '%s' is not supported.", name)
		}
	}
	return nil, nil
}

// Record reads a record's members as values of the object's fields. An error ends the whole request.
func (d *Decoder) Record(o *schema.Object, members []Member) (Input, *apierror.Error) {
	in := Input{Object: o, Values: make([]Assign, 0, len(members))}
	for _, m := range members {
		if m.Name == "attributes" {
			continue
		}
		f := o.Field(m.Name)
		switch {
		case f != nil && f.Name == "Id":
			in.HasID = true
			switch m.Value.Kind() {
			case '"':
				in.ID = trim(unquote(m.Value))
			case 'n':
			default:
				return in, d.cannot("id", m.Value, m.At)
			}
		case f != nil:
			v, err := d.value(f, m.Value, m.At)
			if err != nil {
				return in, err
			}
			in.Assign(f, v)
		default:
			if f = o.Relationship(m.Name); f == nil {
				return in, apierror.New("INVALID_FIELD", "No such column '%s' on sobject of type %s", m.Name, o.Name)
			}
			if err := d.parent(&in, f, m); err != nil {
				return in, err
			}
		}
	}
	return in, nil
}

// Value reads one JSON value as a value of the field, as it would be stored. The key of an upsert by URL is read the same way.
func (d *Decoder) value(f *schema.Field, raw jsontext.Value, at int) (store.Value, *apierror.Error) {
	kind := raw.Kind()
	if kind == 'n' {
		return store.Value{}, nil
	}
	if kind == '"' {
		v, ok := ParseText(f, unquote(raw))
		if !ok {
			return v, d.cannot(f.Type, raw, at)
		}
		return v, nil
	}
	switch {
	case f.Type == "boolean" && (kind == 't' || kind == 'f'):
		return store.Bool(kind == 't'), nil
	case f.Number() && kind == '0':
		if (f.Type == "int" || f.Type == "long") && !wholeNumber(string(raw)) {
			return store.Value{}, d.cannot(f.Type, raw, at)
		}
		return store.Value{Kind: store.Number, Text: string(raw)}, nil
	case (f.Type == "address" || f.Type == "location") && kind == '{':
		return store.String("{}"), nil // never writable: the row says so
	}
	return store.Value{}, d.cannot(f.Type, raw, at)
}

func wholeNumber(s string) bool {
	text, _, ok := decimal(s, 20)
	return ok && !strings.Contains(text, ".")
}

// ParseText reads text as a value of the field. It reports false for text that is no value of the field's type.
func ParseText(f *schema.Field, s string) (store.Value, bool) {
	switch f.Type {
	case "boolean":
		switch strings.ToLower(s) {
		case "true":
			return store.Bool(true), true
		case "false":
			return store.Bool(false), true
		}
		return store.Value{}, false
	case "int", "long":
		return store.Value{Kind: store.Number, Text: s}, wholeNumber(s)
	case "double", "currency", "percent":
		_, _, ok := decimal(s, 18)
		return store.Value{Kind: store.Number, Text: s}, ok
	case "date":
		return store.Value{Kind: store.Date, Text: s}, parseDate(s)
	case "datetime":
		unix, ok := parseTime(s)
		return store.At(unix), ok
	case "time":
		s, ok := parseClock(s)
		return store.String(s), ok
	}
	return store.String(s), true
}

// parent reads "Account": {"Ext__c": "A-1"}.
func (d *Decoder) parent(in *Input, f *schema.Field, m Member) *apierror.Error {
	if m.Value.Kind() == 'n' {
		in.Assign(f, store.Value{})
		return nil
	}
	members, err := d.Members(m.Value, m.At)
	if err != nil {
		return err
	}
	object, err := d.Type(members)
	if err != nil {
		return err
	}
	if object == nil && len(f.ReferenceTo) == 1 {
		object = d.Schema.Object(f.ReferenceTo[0])
	}
	if object == nil {
		return apierror.New("INVALID_FIELD", "The relationship %s of %s is polymorphic: attributes.type must name the parent's type", m.Name, in.Object.Name)
	}
	var keys []Member
	for _, k := range members {
		if k.Name != "attributes" {
			keys = append(keys, k)
		}
	}
	if len(keys) != 1 {
		return apierror.New("INVALID_FIELD", "The external foreign key reference %s must hold exactly one external id field", m.Name)
	}
	key := object.Field(keys[0].Name)
	if key == nil {
		return apierror.New("INVALID_FIELD", "No such column '%s' on sobject of type %s", keys[0].Name, object.Name)
	}
	if !key.Key() {
		return apierror.New("INVALID_FIELD", "%s on %s is not an External ID or indexed field", key.Name, object.Name)
	}
	v, err := d.value(key, keys[0].Value, keys[0].At)
	if err != nil {
		return err
	}
	v, bad := normalise(key, v)
	if bad != nil && in.Err == nil {
		in.Err = bad
	}
	in.Parents = append(in.Parents, Parent{Field: f, Object: object, Key: key, Value: v})
	return nil
}

// Text is the member's value if it is a string, and its JSON otherwise.
func (m Member) Text() string {
	if m.Value.Kind() == '"' {
		return unquote(m.Value)
	}
	return string(m.Value)
}
