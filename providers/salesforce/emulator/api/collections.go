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

const (
	maxCollection = 200  // records of one collection request
	maxRetrieve   = 2000 // ids of one retrieve by POST
	maxChunks     = 10   // runs of one type in a collection
)

// collections answers /composite/sobjects and what is below it.
func (a *API) collections(c *Call) Reply {
	path := c.Path[2:]
	switch len(path) {
	case 0:
		if r, ok := allow(c, "POST", "PATCH", "DELETE"); !ok {
			return r
		}
		if c.Method == http.MethodDelete {
			return a.deleteCollection(c)
		}
		return a.saveCollection(c, nil, nil)
	case 1, 2:
		obj, err := a.object(path[0])
		if err != nil {
			return Fail(err)
		}
		if len(path) == 1 {
			if r, ok := allow(c, "GET", "POST"); !ok {
				return r
			}
			return a.retrieve(c, obj)
		}
		if r, ok := allow(c, "PATCH"); !ok {
			return r
		}
		key := obj.Field(path[1])
		if key == nil || !key.Key() {
			return Fail(apierror.New("INVALID_FIELD", "Field name provided, %s is not an External ID or indexed field for %s", path[1], obj.Name))
		}
		if c.Version < 46 {
			return Fail(apierror.NotFound())
		}
		return a.saveCollection(c, obj, key)
	}
	return Fail(apierror.NotFound())
}

// batch is the body of a collection request.
type batch struct {
	allOrNone bool
	records   []dml.Input
	chunks    []int // where each run of one type ends
}

// batch reads a collection's body. With an object, every record must be of it.
func (a *API) batch(c *Call, only *schema.Object) (batch, *apierror.Error) {
	d := &dml.Decoder{Schema: a.Schema, Body: c.Body}
	var out batch
	if err := d.Check(); err != nil {
		return out, err
	}
	raw, at := trimmed(c.Body)
	members, err := d.Members(raw, at)
	if err != nil {
		return out, err
	}
	var items []dml.Member
	for _, m := range members {
		switch m.Name {
		case "allOrNone":
			out.allOrNone = m.Value.Kind() == 't'
		case "records":
			if items, err = d.Items(m.Value, m.At); err != nil {
				return out, err
			}
		default:
			return out, apierror.New("JSON_PARSER_ERROR", "Unrecognized field \"%s\" at [line:1, column:%d]", m.Name, m.At)
		}
	}
	if len(items) > maxCollection {
		return out, apierror.New("EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than 200 records into this call")
	}
	out.records = make([]dml.Input, 0, len(items))
	for i, item := range items {
		fields, err := d.Members(item.Value, item.At)
		if err != nil {
			return out, err
		}
		obj, err := d.Type(fields)
		switch {
		case err != nil:
			return out, err
		case obj == nil:
			return out, apierror.New("INVALID_INPUT", "Include an object type for each record: attributes.type")
		case only != nil && obj != only:
			return out, apierror.New("INVALID_INPUT", "The object type %s of a record is not that of the request: %s", obj.Name, only.Name)
		}
		in, err := d.Record(obj, fields)
		if err != nil {
			return out, err
		}
		if i > 0 && out.records[i-1].Object != obj {
			out.chunks = append(out.chunks, i)
		}
		out.records = append(out.records, in)
	}
	out.chunks = append(out.chunks, len(out.records))
	if len(out.chunks) > maxChunks { // likely: the limit is documented, its code is not
		return out, apierror.New("LIMIT_EXCEEDED", "The collection has more than %d chunks of records of one type", maxChunks)
	}
	return out, nil
}

// saveCollection creates or updates records, or upserts them where a key is given.
func (a *API) saveCollection(c *Call, obj *schema.Object, key *schema.Field) Reply {
	in, bad := a.batch(c, obj)
	if bad != nil {
		return Fail(bad)
	}
	release, locked, err := a.hold(c, in.records, nil)
	if err != nil {
		return broken(err)
	}
	defer release()
	if locked != nil {
		return failAll(len(in.records), locked, in.allOrNone || c.allOrNone)
	}
	return a.collect(c, in.allOrNone, key != nil, func(s *dml.Session) ([]dml.Result, error) {
		results := make([]dml.Result, 0, len(in.records))
		start := 0
		for _, end := range in.chunks {
			rows := in.records[start:end]
			start = end
			var res []dml.Result
			var err error
			switch {
			case key != nil:
				res, err = s.Upsert(key, rows, false)
			case c.Method == http.MethodPost:
				res, err = s.Create(rows)
			default:
				res, err = s.Update(rows)
			}
			if err != nil {
				return nil, err
			}
			results = append(results, res...)
		}
		return results, nil
	})
}

// collect runs a collection's change and writes its results. All or none means that one failure undoes everything.
func (a *API) collect(c *Call, allOrNone, upsert bool, fn func(*dml.Session) ([]dml.Result, error)) Reply {
	allOrNone = allOrNone || c.allOrNone
	var results []dml.Result
	failed := false
	err := a.update(c, func(tx *store.Tx) error {
		var err error
		if results, err = fn(a.session(c, tx)); err != nil {
			return err
		}
		for _, r := range results {
			failed = failed || r.Err != nil
		}
		if failed && allOrNone && c.tx == nil {
			return errRollback
		}
		return nil
	})
	if err != nil && !errors.Is(err, errRollback) {
		return broken(err)
	}
	rolledBack := apierror.New("ALL_OR_NONE_OPERATION_ROLLED_BACK",
		"Record rolled back because not all records were valid and the request was using AllOrNone header")
	b := []byte{'['}
	for i, r := range results {
		if i > 0 {
			b = append(b, ',')
		}
		switch {
		case r.Err != nil:
			b = appendFailure(b, "", r.Err)
		case failed && allOrNone:
			b = appendFailure(b, r.ID, rolledBack)
		default:
			b = schema.Quote(append(b, `{"id":`...), r.ID)
			b = append(b, `,"success":true,"errors":[]`...)
			if upsert {
				b = strconv.AppendBool(append(b, `,"created":`...), r.Created)
			}
			b = append(b, '}')
		}
	}
	rep := Reply{Status: 200, Body: append(b, ']')}
	if failed && allOrNone {
		rep.failed = true
	}
	return rep
}

// failAll is the answer to a collection whose rows all fail alike.
func failAll(n int, err *apierror.Error, allOrNone bool) Reply {
	b := []byte{'['}
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendFailure(b, "", err)
	}
	return Reply{Status: 200, Body: append(b, ']'), failed: allOrNone}
}

// appendFailure appends the result of a row that failed. A row that was rolled back may still carry the id it would have had.
func appendFailure(b []byte, id string, err *apierror.Error) []byte {
	b = append(b, '{')
	if id != "" {
		b = append(schema.Quote(append(b, `"id":`...), id), ',')
	}
	b = append(b, `"success":false,"errors":[{"statusCode":`...)
	b = schema.Quote(b, err.Code)
	b = append(b, `,"message":`...)
	b = schema.Quote(b, err.Message)
	b = append(b, `,"fields":[`...)
	for i, f := range err.Fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = schema.Quote(b, f)
	}
	return append(b, `]}]}`...)
}

func (a *API) deleteCollection(c *Call) Reply {
	var ids []string
	if list := c.Query.Get("ids"); list != "" {
		ids = strings.Split(list, ",")
	}
	if len(ids) > maxCollection {
		return Fail(apierror.New("EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than 200 records into this call"))
	}
	if len(ids) == 0 {
		return Fail(apierror.New("INVALID_INPUT", "The ids parameter is missing"))
	}
	allOrNone := strings.EqualFold(c.Query.Get("allOrNone"), "true")
	release, locked, err := a.hold(c, nil, ids)
	if err != nil {
		return broken(err)
	}
	defer release()
	if locked != nil {
		return failAll(len(ids), locked, allOrNone || c.allOrNone)
	}
	return a.collect(c, allOrNone, false, func(s *dml.Session) ([]dml.Result, error) { return s.Delete(ids) })
}

// retrieve answers GET and POST /composite/sobjects/{O}. An id that names no record gives null.
func (a *API) retrieve(c *Call, obj *schema.Object) Reply {
	ids, names, bad := a.wanted(c)
	if bad != nil {
		return Fail(bad)
	}
	if len(names) == 0 {
		return Fail(apierror.New("INVALID_INPUT", "The fields parameter is missing"))
	}
	if len(ids) > maxRetrieve {
		return Fail(apierror.New("EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than %d records into this call", maxRetrieve))
	}
	list, bad := fields(obj, names)
	if bad != nil {
		return Fail(bad)
	}
	var unique []*schema.Field
	for _, f := range list {
		if len(unique) == 0 || !containsField(unique, f) {
			unique = append(unique, f)
		}
	}
	plan := query.Select(a.Schema, obj, unique)
	b := []byte{'['}
	err := a.view(c, func(tx *store.Tx) error {
		for i, id := range ids {
			if i > 0 {
				b = append(b, ',')
			}
			full, ok := sfid.Full(strings.TrimSpace(id))
			seq, known := sfid.Seq(full)
			if ok && known && sfid.Prefix(full) == obj.KeyPrefix {
				if b, ok = plan.Append(b, tx, seq, c.Base); ok {
					continue
				}
			}
			b = append(b, "null"...)
		}
		return nil
	})
	if err != nil {
		return broken(err)
	}
	return Reply{Status: 200, Body: append(b, ']')}
}

func containsField(list []*schema.Field, f *schema.Field) bool {
	for _, x := range list {
		if x == f {
			return true
		}
	}
	return false
}

// wanted reads ids and fields from the query of a GET or the body of a POST.
func (a *API) wanted(c *Call) (ids, names []string, err *apierror.Error) {
	if c.Method == http.MethodGet {
		split := func(s string) []string {
			if s == "" {
				return nil
			}
			return strings.Split(s, ",")
		}
		return split(c.Query.Get("ids")), split(c.Query.Get("fields")), nil
	}
	d := &dml.Decoder{Schema: a.Schema, Body: c.Body}
	if err := d.Check(); err != nil {
		return nil, nil, err
	}
	raw, at := trimmed(c.Body)
	members, err := d.Members(raw, at)
	if err != nil {
		return nil, nil, err
	}
	for _, m := range members {
		items, err := d.Items(m.Value, m.At)
		if err != nil {
			return nil, nil, err
		}
		var list []string
		for _, i := range items {
			list = append(list, i.Text())
		}
		switch m.Name {
		case "ids":
			ids = list
		case "fields":
			names = list
		}
	}
	return ids, names, nil
}
