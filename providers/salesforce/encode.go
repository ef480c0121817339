package salesforce

import (
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
}

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
	parent, name, dotted := strings.Cut(f.Name, ".")
	if !dotted {
		before := []byte(`,"` + f.Name + `":`)
		return encodedField{before: before, null: append(before[:len(before):len(before)], "null"...), kind: kind}
	}
	before, clear := `,"`+parent+`":{`, parent
	if ref := reference(o, parent); ref != nil {
		clear = ref.Name
		// A reference to several objects has to say which one is meant.
		if ref.Polymorphic && len(f.ReferenceTo) == 1 {
			before += `"attributes":{"type":"` + f.ReferenceTo[0] + `"},`
		}
	}
	return encodedField{before: []byte(before + `"` + name + `":`), after: []byte(`}`), null: []byte(`,"` + clear + `":null`), kind: kind}
}

// reference is the field behind a relationship name.
func reference(o *providers.Object, relationship string) *providers.Field {
	for i := range o.Fields {
		if strings.EqualFold(o.Fields[i].RelationshipName, relationship) {
			return &o.Fields[i]
		}
	}
	return nil
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
		dst = append(dst, f.before...)
		var err error
		if dst, err = canon.AppendJSON(dst, v.Text, f.kind); err != nil {
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
