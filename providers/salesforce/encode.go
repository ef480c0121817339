package salesforce

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/canon"
)

// encoder writes rows of one Write as records of a collections request.
type encoder struct {
	head   []byte // {"attributes":{"type":"Contact"}
	fields []encodedField
	match  int // index of the match field, -1 for updates
}

// encodedField is what stands around a field's value: "Account":{"Code__c":VALUE} has a parent's name in front.
// Clearing a parent means to clear the reference itself.
type encodedField struct {
	before, after, null []byte
	kind                providers.Canon
	types               *providers.Object // the value is the developer name of one of its record types, which becomes an id
}

// errRecordType says that a row names a record type that the object does not have, or that the user may not use.
var errRecordType = errors.New("the object has no such record type, or the user may not use it")

// newEncoder prepares the fields of a write. Its error says which field cannot be written.
func newEncoder(w providers.Write) (*encoder, error) {
	e := &encoder{head: []byte(`{"attributes":{"type":"` + w.Object.Name + `"}`), match: -1}
	for i := range w.Fields {
		f := &w.Fields[i]
		kind, ok := f.Canon()
		if !ok {
			return nil, fmt.Errorf("field %s of type %s has no single value", f.Name, f.Type)
		}
		e.fields = append(e.fields, encodeField(w.Object, f, kind))
		if w.Op == providers.OpUpsert && w.Match != nil && strings.EqualFold(f.Name, w.Match.Name) {
			e.match = i
		}
	}
	if w.Op == providers.OpUpsert && e.match < 0 {
		return nil, fmt.Errorf("an upsert of %s has no match field among its fields", w.Object.Name)
	}
	return e, nil
}

func encodeField(o *providers.Object, f *providers.Field, kind providers.Canon) encodedField {
	parent, object, name, dotted := f.Parent()
	if !dotted {
		return single(f.Name, kind)
	}
	ref := o.Reference(parent)
	if strings.EqualFold(parent, "RecordType") && strings.EqualFold(name, "DeveloperName") && len(o.RecordTypes) > 0 {
		// Describe knows the ids. Salesforce itself finds record types by Name alone, over all objects at once, and fails
		// where two of them share one.
		out := single("RecordTypeId", kind)
		out.types = o
		return out
	}
	before, clear := `,"`+parent+`":{`, parent
	if ref != nil {
		clear = ref.Name
		// A reference to several objects has to say which one is meant.
		if object == "" && ref.Polymorphic && len(f.ReferenceTo) == 1 {
			object = f.ReferenceTo[0]
		}
	}
	if object != "" {
		before += `"attributes":{"type":"` + object + `"},`
	}
	return encodedField{before: []byte(before + `"` + name + `":`), after: []byte(`}`), null: []byte(`,"` + clear + `":null`), kind: kind}
}

// single encodes a field of the object itself.
func single(name string, kind providers.Canon) encodedField {
	before := []byte(`,"` + name + `":`)
	return encodedField{before: before, null: append(before[:len(before):len(before)], "null"...), kind: kind}
}

// row appends one record; its error is about this row's data alone.
func (e *encoder) row(dst []byte, r providers.Row, id string) ([]byte, error) {
	from := len(dst)
	dst = append(dst, e.head...)
	if id != "" {
		dst = append(dst, `,"id":"`...)
		dst = append(dst, id...)
		dst = append(dst, '"')
	}
	matched := e.match < 0
	for _, v := range r.Values {
		f := &e.fields[v.Field]
		if !v.Text.Valid {
			dst = append(dst, f.null...)
			continue
		}
		matched = matched || v.Field == e.match
		text := v.Text
		if f.types != nil {
			rt := f.types.RecordType(text.String)
			if rt == nil || !rt.Usable() {
				return dst[:from], errRecordType
			}
			text = providers.T(rt.ID)
		}
		dst = append(dst, f.before...)
		var err error
		if dst, err = canon.AppendJSON(dst, text, f.kind); err != nil {
			return dst[:from], err
		}
		dst = append(dst, f.after...)
	}
	if !matched {
		return dst[:from], fmt.Errorf("the row has no match value")
	}
	return append(dst, '}'), nil
}

// result is one row's answer in a collections reply.
type result struct {
	ID      string        `json:"id"`
	Success bool          `json:"success"`
	Created bool          `json:"created"`
	Errors  []resultError `json:"errors"`
}

type resultError struct {
	Code    string   `json:"statusCode"`
	Message string   `json:"message"`
	Fields  []string `json:"fields"`
}

// looseJSON skips the search for names that stand twice, which Salesforce does not send.
var looseJSON = jsontext.AllowDuplicateNames(true)
