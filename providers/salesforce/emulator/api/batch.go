package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/dml"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// batchRequest answers /composite/batch: independent requests, one after the other, each of which counts.
func (a *API) batchRequest(c *Call) Reply {
	d := &dml.Decoder{Schema: a.Schema, Body: c.Body}
	if err := d.Check(); err != nil {
		return Fail(err)
	}
	raw, at := trimmed(c.Body)
	members, err := d.Members(raw, at)
	if err != nil {
		return Fail(err)
	}
	var items []dml.Member
	halt := false
	for _, m := range members {
		switch m.Name {
		case "haltOnError":
			halt = m.Value.Kind() == 't'
		case "batchRequests":
			if items, err = d.Items(m.Value, m.At); err != nil {
				return Fail(err)
			}
		}
	}
	if len(items) == 0 || len(items) > maxSubrequests {
		return Fail(apierror.New("LIMIT_EXCEEDED", "A batch request holds 1 to %d subrequests", maxSubrequests))
	}
	// The request itself was counted when it came in: it stands for the first of its subrequests.
	if !a.Usage.Add(a.Now(), len(items)-1) {
		return Fail(apierror.At(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."))
	}
	failed := false
	b := []byte(`,"results":[`)
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		rep := Fail(apierror.At(412, "BATCH_PROCESSING_HALTED", "Batch processing halted per request"))
		if !failed || !halt {
			rep = a.batched(c, d, item)
			failed = failed || rep.Status >= 400
		}
		b = append(b, `{"statusCode":`+strconv.Itoa(rep.Status)+`,"result":`...)
		if rep.Body == nil {
			b = append(b, "null"...)
		}
		b = append(append(b, rep.Body...), '}')
	}
	head := `{"hasErrors":` + strconv.FormatBool(failed)
	return Reply{Status: 200, Body: append([]byte(head), append(b, `]}`...)...)}
}

func (a *API) batched(c *Call, d *dml.Decoder, item dml.Member) Reply {
	members, err := d.Members(item.Value, item.At)
	if err != nil {
		return Fail(err)
	}
	method, url := "", ""
	var body []byte
	headers := http.Header{}
	for _, m := range members {
		switch m.Name {
		case "method":
			method = m.Text()
		case "url":
			url = m.Text()
		case "richInput":
			body = m.Value
		}
	}
	if h := c.Header.Get("If-Modified-Since"); h != "" { // describe inside a batch honours the outer header
		headers.Set("If-Modified-Since", h)
	}
	url = strings.TrimPrefix(url, "/")
	if !strings.HasPrefix(url, "services/data/") {
		url = "services/data/" + url
	}
	inner, err := a.sub(c, method, "/"+url, body, headers)
	if err != nil {
		return Fail(err)
	}
	if len(inner.Path) > 0 && strings.EqualFold(inner.Path[0], "composite") {
		return Fail(apierror.New("INVALID_INPUT", "A batch request cannot hold a composite one"))
	}
	return a.Serve(inner)
}

// leaf is one record of a tree request.
type leaf struct {
	ref    string
	input  dml.Input
	parent int // the index of the record above, -1 at the top
	field  *schema.Field
}

// tree answers /composite/tree/{O}: records with their children, all or nothing.
func (a *API) tree(c *Call) Reply {
	obj, err := a.object(c.Path[2])
	if err != nil {
		return Fail(err)
	}
	d := &dml.Decoder{Schema: a.Schema, Body: c.Body}
	if err := d.Check(); err != nil {
		return Fail(err)
	}
	raw, at := trimmed(c.Body)
	var leaves []leaf
	if err := a.leaves(d, dml.Member{Value: raw, At: at}, obj, -1, nil, 1, &leaves); err != nil {
		return Fail(err)
	}
	types := map[*schema.Object]bool{}
	for _, l := range leaves {
		types[l.input.Object] = true
	}
	if len(leaves) > maxCollection || len(types) > 5 {
		return Fail(apierror.New("EXCEEDED_ID_LIMIT", "A tree holds at most %d records of at most 5 types", maxCollection))
	}
	results := make([]dml.Result, len(leaves))
	failed := false
	bad := a.update(c, func(tx *store.Tx) error {
		s := a.session(c, tx)
		for i, l := range leaves {
			if l.parent >= 0 {
				if results[l.parent].Err != nil {
					continue // it cannot be said whether the child is right
				}
				l.input.Assign(l.field, store.String(results[l.parent].ID))
			}
			res, err := s.Create([]dml.Input{l.input})
			if err != nil {
				return err
			}
			results[i] = res[0]
			failed = failed || res[0].Err != nil
		}
		if failed && c.tx == nil {
			return errRollback
		}
		return nil
	})
	if bad != nil && !errors.Is(bad, errRollback) {
		return broken(bad)
	}
	b := []byte(`{"hasErrors":` + strconv.FormatBool(failed) + `,"results":[`)
	first := true
	for i, r := range results {
		if failed && r.Err == nil {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = schema.Quote(append(b, `{"referenceId":`...), leaves[i].ref)
		if r.Err != nil {
			b = append(b, `,"errors":[`...)
			b = append(appendError(b, r.Err, "statusCode"), `]}`...)
			continue
		}
		b = append(schema.Quote(append(b, `,"id":`...), r.ID), '}')
	}
	status := http.StatusCreated
	if failed {
		status = http.StatusBadRequest
	}
	return Reply{Status: status, Body: append(b, `]}`...)}
}

// leaves flattens {"records": [...]}, in which a record may hold its children by their relationship's name.
func (a *API) leaves(d *dml.Decoder, list dml.Member, obj *schema.Object, parent int, field *schema.Field, level int, out *[]leaf) *apierror.Error {
	if level > 5 {
		return apierror.New("INVALID_INPUT", "A tree is at most 5 levels deep")
	}
	members, err := d.Members(list.Value, list.At)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.Name != "records" {
			continue
		}
		items, err := d.Items(m.Value, m.At)
		if err != nil {
			return err
		}
		for _, item := range items {
			if err := a.leaf(d, item, obj, parent, field, level, out); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *API) leaf(d *dml.Decoder, item dml.Member, obj *schema.Object, parent int, field *schema.Field, level int, out *[]leaf) *apierror.Error {
	members, err := d.Members(item.Value, item.At)
	if err != nil {
		return err
	}
	l := leaf{parent: parent, field: field}
	var own, lists []dml.Member
	for _, m := range members {
		if m.Name == "attributes" {
			if l.ref, err = treeRef(d, m); err != nil {
				return err
			}
		}
		if _, _, ok := a.child(obj, m.Name); ok && m.Value.Kind() == '{' && obj.Relationship(m.Name) == nil {
			lists = append(lists, m)
			continue
		}
		own = append(own, m)
	}
	if typ, err := d.Type(own); err != nil {
		return err
	} else if typ != obj {
		return apierror.New("INVALID_INPUT", "Include an object type for each record: attributes.type must be %s", obj.Name)
	}
	if l.ref == "" {
		return apierror.New("INVALID_INPUT", "Include a reference ID for each record: attributes.referenceId")
	}
	if l.input, err = d.Record(obj, own); err != nil {
		return err
	}
	index := len(*out)
	*out = append(*out, l)
	for _, m := range lists {
		child, ref, _ := a.child(obj, m.Name)
		if err := a.leaves(d, m, child, index, ref, level+1, out); err != nil {
			return err
		}
	}
	return nil
}

// child finds a child relationship by its name.
func (a *API) child(obj *schema.Object, name string) (*schema.Object, *schema.Field, bool) {
	for _, ch := range obj.Children {
		if ch.RelationshipName != "" && strings.EqualFold(ch.RelationshipName, name) {
			child := a.Schema.Object(ch.Object)
			return child, child.Field(ch.Field), true
		}
	}
	return nil, nil, false
}

func treeRef(d *dml.Decoder, attributes dml.Member) (string, *apierror.Error) {
	members, err := d.Members(attributes.Value, attributes.At)
	if err != nil {
		return "", err
	}
	for _, m := range members {
		if m.Name == "referenceId" {
			return m.Text(), nil
		}
	}
	return "", nil
}
