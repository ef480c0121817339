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

const (
	maxCollection = 200  // records of one collection request
	maxRetrieve   = 2000 // ids of one retrieve by POST
	maxChunks     = 10   // runs of one type in a collection
)

// collections answers /composite/sobjects and what is below it.
func (o *Org) collections(c *call) reply {
	path := c.path[2:]
	switch len(path) {
	case 0:
		if r, ok := allow(c, "POST", "PATCH", "DELETE"); !ok {
			return r
		}
		if c.method == http.MethodDelete {
			return o.deleteCollection(c)
		}
		return o.saveCollection(c, nil, nil)
	case 1, 2:
		obj, err := o.object(path[0])
		if err != nil {
			return fail(err)
		}
		if len(path) == 1 {
			if r, ok := allow(c, "GET", "POST"); !ok {
				return r
			}
			return o.retrieve(c, obj)
		}
		if r, ok := allow(c, "PATCH"); !ok {
			return r
		}
		key := obj.Field(path[1])
		if key == nil || !key.Key() {
			return fail(apierror.New("INVALID_FIELD", "Field name provided, %s is not an External ID or indexed field for %s", path[1], obj.Name))
		}
		if c.version < 46 {
			return fail(apierror.NotFound())
		}
		return o.saveCollection(c, obj, key)
	}
	return fail(apierror.NotFound())
}

// batch is the body of a collection request.
type batch struct {
	allOrNone bool
	records   []dml.Input
	chunks    []int // where each run of one type ends
}

// batch reads a collection's body. With an object, every record must be of it.
func (o *Org) batch(c *call, only *schema.Object) (batch, *apierror.Error) {
	d := &dml.Decoder{Schema: o.schema, Body: c.body}
	var out batch
	if err := d.Check(); err != nil {
		return out, err
	}
	raw, at := trimmed(c.body)
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
func (o *Org) saveCollection(c *call, obj *schema.Object, key *schema.Field) reply {
	in, bad := o.batch(c, obj)
	if bad != nil {
		return fail(bad)
	}
	return o.collect(c, in.allOrNone, key != nil, func(s *dml.Session) ([]dml.Result, error) {
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
			case c.method == http.MethodPost:
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
func (o *Org) collect(c *call, allOrNone, upsert bool, fn func(*dml.Session) ([]dml.Result, error)) reply {
	allOrNone = allOrNone || c.allOrNone
	var results []dml.Result
	failed := false
	err := o.update(c, func(tx *store.Tx) error {
		var err error
		if results, err = fn(o.session(c, tx)); err != nil {
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
	rep := reply{status: 200, body: append(b, ']')}
	if failed && allOrNone {
		rep.failed = true
	}
	return rep
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

func (o *Org) deleteCollection(c *call) reply {
	var ids []string
	if list := c.query.Get("ids"); list != "" {
		ids = strings.Split(list, ",")
	}
	if len(ids) > maxCollection {
		return fail(apierror.New("EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than 200 records into this call"))
	}
	if len(ids) == 0 {
		return fail(apierror.New("INVALID_INPUT", "The ids parameter is missing"))
	}
	allOrNone := strings.EqualFold(c.query.Get("allOrNone"), "true")
	return o.collect(c, allOrNone, false, func(s *dml.Session) ([]dml.Result, error) { return s.Delete(ids) })
}

// retrieve answers GET and POST /composite/sobjects/{O}. An id that names no record gives null.
func (o *Org) retrieve(c *call, obj *schema.Object) reply {
	ids, names, bad := o.wanted(c)
	if bad != nil {
		return fail(bad)
	}
	if len(names) == 0 {
		return fail(apierror.New("INVALID_INPUT", "The fields parameter is missing"))
	}
	if len(ids) > maxRetrieve {
		return fail(apierror.New("EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than %d records into this call", maxRetrieve))
	}
	list, bad := fields(obj, names)
	if bad != nil {
		return fail(bad)
	}
	var unique []*schema.Field
	for _, f := range list {
		if len(unique) == 0 || !containsField(unique, f) {
			unique = append(unique, f)
		}
	}
	plan := query.Select(o.schema, obj, unique)
	b := []byte{'['}
	err := o.view(c, func(tx *store.Tx) error {
		for i, id := range ids {
			if i > 0 {
				b = append(b, ',')
			}
			full, ok := sfid.Full(strings.TrimSpace(id))
			seq, known := sfid.Seq(full)
			if ok && known && sfid.Prefix(full) == obj.KeyPrefix {
				if b, ok = plan.Append(b, tx, seq, c.base); ok {
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
	return reply{status: 200, body: append(b, ']')}
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
func (o *Org) wanted(c *call) (ids, names []string, err *apierror.Error) {
	if c.method == http.MethodGet {
		split := func(s string) []string {
			if s == "" {
				return nil
			}
			return strings.Split(s, ",")
		}
		return split(c.query.Get("ids")), split(c.query.Get("fields")), nil
	}
	d := &dml.Decoder{Schema: o.schema, Body: c.body}
	if err := d.Check(); err != nil {
		return nil, nil, err
	}
	raw, at := trimmed(c.body)
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
