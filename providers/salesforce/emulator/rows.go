package emulator

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/dml"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/query"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// errRollback ends a transaction whose changes are not to be kept, after its outcome has been noted.
var errRollback = errors.New("rolled back")

// input reads the body of a request for a single record.
func (o *Org) input(c *call, obj *schema.Object) (dml.Input, *apierror.Error) {
	d := &dml.Decoder{Schema: o.schema, Body: c.body}
	if err := d.Check(); err != nil {
		return dml.Input{}, err
	}
	raw, at := trimmed(c.body)
	members, err := d.Members(raw, at)
	if err != nil {
		return dml.Input{}, err
	}
	return d.Record(obj, members)
}

// trimmed is a body without the white space around it, and where it starts.
func trimmed(body []byte) ([]byte, int) {
	at := len(body) - len(strings.TrimLeft(string(body), " \t\r\n"))
	return []byte(strings.TrimRight(string(body[at:]), " \t\r\n")), at
}

// single runs the change of one record and gives its result.
func (o *Org) single(c *call, fn func(s *dml.Session) ([]dml.Result, error)) (dml.Result, error) {
	var res dml.Result
	err := o.update(c, func(tx *store.Tx) error {
		results, err := fn(o.session(c, tx))
		if err != nil {
			return err
		}
		if res = results[0]; res.Err != nil && c.tx == nil {
			return errRollback
		}
		return nil
	})
	if errors.Is(err, errRollback) {
		err = nil
	}
	return res, err
}

// rowError turns the error of a row into that of a request.
func rowError(err *apierror.Error) reply {
	e := *err
	if e.Code == "INVALID_CROSS_REFERENCE_KEY" && e.Status == 404 {
		return fail(apierror.NotFound())
	}
	if e.Code == "INSUFFICIENT_ACCESS_OR_READONLY" {
		e.Status = 403
	}
	return fail(&e)
}

func saved(id string, created *bool) []byte {
	b := schema.Quote([]byte(`{"id":`), id)
	b = append(b, `,"success":true,"errors":[]`...)
	if created != nil {
		b = strconv.AppendBool(append(b, `,"created":`...), *created)
	}
	return append(b, '}')
}

func (o *Org) createRow(c *call, obj *schema.Object) reply {
	in, bad := o.input(c, obj)
	if bad != nil {
		return fail(bad)
	}
	res, err := o.single(c, func(s *dml.Session) ([]dml.Result, error) { return s.Create([]dml.Input{in}) })
	switch {
	case err != nil:
		return broken(err)
	case res.Err != nil:
		return rowError(res.Err)
	}
	return reply{
		status: 201, body: saved(res.ID, nil),
		header: map[string]string{"Location": c.base + "/sobjects/" + obj.Name + "/" + res.ID},
	}
}

// row answers /sobjects/{O}/{id}.
func (o *Org) row(c *call, obj *schema.Object, id string) reply {
	if r, ok := allow(c, "GET", "PATCH", "DELETE"); !ok {
		return r
	}
	full, ok := sfid.Full(id)
	if !ok || sfid.Prefix(full) != obj.KeyPrefix {
		return fail(apierror.At(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: %s", id))
	}
	switch c.method {
	case http.MethodGet:
		return o.readRow(c, obj, full)
	case http.MethodDelete:
		return o.deleteRow(c, full)
	}
	in, bad := o.input(c, obj)
	if bad != nil {
		return fail(bad)
	}
	if in.HasID {
		return fail(apierror.New("INVALID_FIELD", "The Id field should not be specified in the sobject data."))
	}
	in.ID = full
	res, err := o.single(c, func(s *dml.Session) ([]dml.Result, error) { return s.Update([]dml.Input{in}) })
	switch {
	case err != nil:
		return broken(err)
	case res.Err != nil:
		return rowError(res.Err)
	}
	return reply{status: 204}
}

func (o *Org) deleteRow(c *call, id string) reply {
	res, err := o.single(c, func(s *dml.Session) ([]dml.Result, error) { return s.Delete([]string{id}) })
	switch {
	case err != nil:
		return broken(err)
	case res.Err != nil:
		return rowError(res.Err)
	}
	return reply{status: 204}
}

// fields reads a list of field names; an empty one is every field.
func fields(obj *schema.Object, names []string) ([]*schema.Field, *apierror.Error) {
	if len(names) == 0 {
		return obj.Fields, nil
	}
	var out []*schema.Field
	for _, n := range names {
		f := obj.Field(strings.TrimSpace(n))
		if f == nil {
			return nil, apierror.New("INVALID_FIELD", "No such column '%s' on sobject of type %s", strings.TrimSpace(n), obj.Name)
		}
		out = append(out, f)
	}
	return out, nil
}

func (o *Org) readRow(c *call, obj *schema.Object, id string) reply {
	var names []string
	if f := c.query.Get("fields"); f != "" {
		names = strings.Split(f, ",")
	}
	list, bad := fields(obj, names)
	if bad != nil {
		return fail(bad)
	}
	rep := fail(apierror.NotFound())
	err := o.view(c, func(tx *store.Tx) error {
		seq, ok := sfid.Seq(id)
		if !ok {
			return nil
		}
		if b, ok := query.Select(o.schema, obj, list).Append(nil, tx, seq, c.base); ok {
			rep = reply{status: 200, body: b}
		} else if _, gone := tx.Rows(obj.Name).Deleted(seq); gone {
			rep = fail(apierror.At(404, "ENTITY_IS_DELETED", "entity is deleted"))
		}
		return nil
	})
	if err != nil {
		return broken(err)
	}
	return rep
}

// keyedRow answers /sobjects/{O}/{field}/{value}: a record found by an external id.
func (o *Org) keyedRow(c *call, obj *schema.Object, field, text string) reply {
	if r, ok := allow(c, "GET", "PATCH", "DELETE"); !ok {
		return r
	}
	key := obj.Field(field)
	if key == nil || !key.Key() {
		return fail(apierror.At(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: %s", field))
	}
	if key.Name == "Id" {
		return o.row(c, obj, text)
	}
	var probe dml.Input
	v, ok := dml.ParseText(key, text)
	if !ok {
		return fail(apierror.New("INVALID_FIELD", "invalid value for field %s: %s", key.Name, text))
	}
	probe.Assign(key, v)
	if probe.Values[0].Bad != nil {
		return fail(probe.Values[0].Bad)
	}
	v = probe.Values[0].Value
	if v.Kind == store.Null {
		return fail(apierror.NotFound())
	}
	if c.method == http.MethodPatch {
		return o.upsertRow(c, obj, key, v)
	}
	found, err := o.find(c, obj, key, v)
	switch {
	case err != nil:
		return broken(err)
	case len(found) == 0:
		return fail(apierror.NotFound())
	case len(found) > 1:
		return choices(c, obj, found)
	case c.method == http.MethodDelete:
		return o.deleteRow(c, found[0])
	}
	return o.readRow(c, obj, found[0])
}

func (o *Org) find(c *call, obj *schema.Object, key *schema.Field, v store.Value) (found []string, err error) {
	err = o.view(c, func(tx *store.Tx) error {
		found = o.session(c, tx).Find(obj, key, v)
		return nil
	})
	return found, err
}

// choices is the answer where a key names several records: their URLs.
func choices(c *call, obj *schema.Object, found []string) reply {
	b := []byte{'['}
	for i, id := range found {
		if i > 0 {
			b = append(b, ',')
		}
		b = schema.Quote(b, c.base+"/sobjects/"+obj.Name+"/"+id)
	}
	return reply{status: http.StatusMultipleChoices, body: append(b, ']')}
}

func (o *Org) upsertRow(c *call, obj *schema.Object, key *schema.Field, v store.Value) reply {
	in, bad := o.input(c, obj)
	if bad != nil {
		return fail(bad)
	}
	if in.HasID {
		return fail(apierror.New("INVALID_FIELD", "The Id field should not be specified in the sobject data."))
	}
	if _, ok := in.Value(key); ok {
		return fail(apierror.New("INVALID_FIELD", "The %s field should not be specified in the sobject data.", key.Name))
	}
	found, err := o.find(c, obj, key, v)
	switch {
	case err != nil:
		return broken(err)
	case len(found) > 1:
		return choices(c, obj, found)
	}
	in.Assign(key, v)
	only := strings.EqualFold(c.query.Get("updateOnly"), "true")
	res, err := o.single(c, func(s *dml.Session) ([]dml.Result, error) { return s.Upsert(key, []dml.Input{in}, only) })
	switch {
	case err != nil:
		return broken(err)
	case res.Err != nil:
		return rowError(res.Err)
	case !res.Created && c.version < 46:
		return reply{status: 204}
	}
	created := &res.Created
	if c.version < 46 {
		created = nil
	}
	if !res.Created {
		return reply{status: 200, body: saved(res.ID, created)}
	}
	return reply{
		status: 201, body: saved(res.ID, created),
		header: map[string]string{"Location": c.base + "/sobjects/" + obj.Name + "/" + res.ID},
	}
}
