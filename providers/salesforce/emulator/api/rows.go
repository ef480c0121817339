package api

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
func (a *API) input(c *Call, obj *schema.Object) (dml.Input, *apierror.Error) {
	d := &dml.Decoder{Schema: a.Schema, Body: c.Body}
	if err := d.Check(); err != nil {
		return dml.Input{}, err
	}
	raw, at := trimmed(c.Body)
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
func (a *API) single(c *Call, fn func(s *dml.Session) ([]dml.Result, error)) (dml.Result, error) {
	var res dml.Result
	err := a.update(c, func(tx *store.Tx) error {
		results, err := fn(a.session(c, tx))
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
func rowError(err *apierror.Error) Reply {
	e := *err
	if e.Code == "INVALID_CROSS_REFERENCE_KEY" && e.Status == 404 {
		return Fail(apierror.NotFound())
	}
	if e.Code == "INSUFFICIENT_ACCESS_OR_READONLY" {
		e.Status = 403
	}
	return Fail(&e)
}

func saved(id string, created *bool) []byte {
	b := schema.Quote([]byte(`{"id":`), id)
	b = append(b, `,"success":true,"errors":[]`...)
	if created != nil {
		b = strconv.AppendBool(append(b, `,"created":`...), *created)
	}
	return append(b, '}')
}

func (a *API) createRow(c *Call, obj *schema.Object) Reply {
	in, bad := a.input(c, obj)
	if bad != nil {
		return Fail(bad)
	}
	res, err := a.single(c, func(s *dml.Session) ([]dml.Result, error) { return s.Create([]dml.Input{in}) })
	switch {
	case err != nil:
		return broken(err)
	case res.Err != nil:
		return rowError(res.Err)
	}
	return Reply{
		Status: 201, Body: saved(res.ID, nil),
		Header: map[string]string{"Location": c.Base + "/sobjects/" + obj.Name + "/" + res.ID},
	}
}

// row answers /sobjects/{O}/{id}.
func (a *API) row(c *Call, obj *schema.Object, id string) Reply {
	if r, ok := allow(c, "GET", "PATCH", "DELETE"); !ok {
		return r
	}
	full, ok := sfid.Full(id)
	if !ok || sfid.Prefix(full) != obj.KeyPrefix {
		return Fail(apierror.At(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: %s", id))
	}
	switch c.Method {
	case http.MethodGet:
		return a.readRow(c, obj, full)
	case http.MethodDelete:
		return a.deleteRow(c, full)
	}
	in, bad := a.input(c, obj)
	if bad != nil {
		return Fail(bad)
	}
	if in.HasID {
		return Fail(apierror.New("INVALID_FIELD", "The Id field should not be specified in the sobject data."))
	}
	in.ID = full
	res, err := a.single(c, func(s *dml.Session) ([]dml.Result, error) { return s.Update([]dml.Input{in}) })
	switch {
	case err != nil:
		return broken(err)
	case res.Err != nil:
		return rowError(res.Err)
	}
	return Reply{Status: 204}
}

func (a *API) deleteRow(c *Call, id string) Reply {
	res, err := a.single(c, func(s *dml.Session) ([]dml.Result, error) { return s.Delete([]string{id}) })
	switch {
	case err != nil:
		return broken(err)
	case res.Err != nil:
		return rowError(res.Err)
	}
	return Reply{Status: 204}
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

func (a *API) readRow(c *Call, obj *schema.Object, id string) Reply {
	var names []string
	if f := c.Query.Get("fields"); f != "" {
		names = strings.Split(f, ",")
	}
	list, bad := fields(obj, names)
	if bad != nil {
		return Fail(bad)
	}
	rep := Fail(apierror.NotFound())
	err := a.view(c, func(tx *store.Tx) error {
		seq, ok := sfid.Seq(id)
		if !ok {
			return nil
		}
		if b, ok := query.Select(a.Schema, obj, list).Append(nil, tx, seq, c.Base); ok {
			rep = Reply{Status: 200, Body: b}
		} else if _, gone := tx.Rows(obj.Name).Deleted(seq); gone {
			rep = Fail(apierror.At(404, "ENTITY_IS_DELETED", "entity is deleted"))
		}
		return nil
	})
	if err != nil {
		return broken(err)
	}
	return rep
}

// keyedRow answers /sobjects/{O}/{field}/{value}: a record found by an external id.
func (a *API) keyedRow(c *Call, obj *schema.Object, field, text string) Reply {
	if r, ok := allow(c, "GET", "PATCH", "DELETE"); !ok {
		return r
	}
	key := obj.Field(field)
	if key == nil || !key.Key() {
		return Fail(apierror.At(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: %s", field))
	}
	if key.Name == "Id" {
		return a.row(c, obj, text)
	}
	var probe dml.Input
	v, ok := dml.ParseText(key, text)
	if !ok {
		return Fail(apierror.New("INVALID_FIELD", "invalid value for field %s: %s", key.Name, text))
	}
	probe.Assign(key, v)
	if probe.Values[0].Bad != nil {
		return Fail(probe.Values[0].Bad)
	}
	v = probe.Values[0].Value
	if v.Kind == store.Null {
		return Fail(apierror.NotFound())
	}
	if c.Method == http.MethodPatch {
		return a.upsertRow(c, obj, key, v)
	}
	found, err := a.find(c, obj, key, v)
	switch {
	case err != nil:
		return broken(err)
	case len(found) == 0:
		return Fail(apierror.NotFound())
	case len(found) > 1:
		return choices(c, obj, found)
	case c.Method == http.MethodDelete:
		return a.deleteRow(c, found[0])
	}
	return a.readRow(c, obj, found[0])
}

func (a *API) find(c *Call, obj *schema.Object, key *schema.Field, v store.Value) (found []string, err error) {
	err = a.view(c, func(tx *store.Tx) error {
		found = a.session(c, tx).Find(obj, key, v)
		return nil
	})
	return found, err
}

// choices is the answer where a key names several records: their URLs.
func choices(c *Call, obj *schema.Object, found []string) Reply {
	b := []byte{'['}
	for i, id := range found {
		if i > 0 {
			b = append(b, ',')
		}
		b = schema.Quote(b, c.Base+"/sobjects/"+obj.Name+"/"+id)
	}
	return Reply{Status: http.StatusMultipleChoices, Body: append(b, ']')}
}

func (a *API) upsertRow(c *Call, obj *schema.Object, key *schema.Field, v store.Value) Reply {
	in, bad := a.input(c, obj)
	if bad != nil {
		return Fail(bad)
	}
	if in.HasID {
		return Fail(apierror.New("INVALID_FIELD", "The Id field should not be specified in the sobject data."))
	}
	if _, ok := in.Value(key); ok {
		return Fail(apierror.New("INVALID_FIELD", "The %s field should not be specified in the sobject data.", key.Name))
	}
	found, err := a.find(c, obj, key, v)
	switch {
	case err != nil:
		return broken(err)
	case len(found) > 1:
		return choices(c, obj, found)
	}
	in.Assign(key, v)
	only := strings.EqualFold(c.Query.Get("updateOnly"), "true")
	res, err := a.single(c, func(s *dml.Session) ([]dml.Result, error) { return s.Upsert(key, []dml.Input{in}, only) })
	switch {
	case err != nil:
		return broken(err)
	case res.Err != nil:
		return rowError(res.Err)
	case !res.Created && c.Version < 46:
		return Reply{Status: 204}
	}
	created := &res.Created
	if c.Version < 46 {
		created = nil
	}
	if !res.Created {
		return Reply{Status: 200, Body: saved(res.ID, created)}
	}
	return Reply{
		Status: 201, Body: saved(res.ID, created),
		Header: map[string]string{"Location": c.Base + "/sobjects/" + obj.Name + "/" + res.ID},
	}
}
