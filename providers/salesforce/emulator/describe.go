package emulator

import (
	"net/http"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
)

// unchanged answers a conditional request for metadata, which changes only when the org is opened with another schema.
func (o *Org) unchanged(c *call) (reply, bool) {
	if since := c.header.Get("If-Modified-Since"); since != "" {
		if t, err := http.ParseTime(since); err == nil && !o.modified.After(t) {
			return reply{status: http.StatusNotModified}, true
		}
	}
	return reply{}, false
}

func (o *Org) metadata(body []byte) reply {
	return reply{status: 200, body: body, header: map[string]string{"Last-Modified": o.modified.Format(http.TimeFormat)}}
}

// describeGlobal answers /sobjects.
func (o *Org) describeGlobal(c *call) reply {
	if r, ok := allow(c, "GET"); !ok {
		return r
	}
	if r, ok := o.unchanged(c); ok {
		return r
	}
	b := []byte(`{"encoding":"UTF-8","maxBatchSize":200,"sobjects":[`)
	for i, obj := range o.schema.Objects {
		if i > 0 {
			b = append(b, ',')
		}
		b = obj.AppendGlobal(b, c.base)
	}
	return o.metadata(append(b, `]}`...))
}

// describe answers /sobjects/{O}/describe.
func (o *Org) describe(c *call, obj *schema.Object) reply {
	if r, ok := allow(c, "GET"); !ok {
		return r
	}
	if r, ok := o.unchanged(c); ok {
		return r
	}
	return o.metadata(obj.AppendDescribe(nil, c.base))
}

// basic answers GET /sobjects/{O}. The emulator keeps no list of recent items.
func (o *Org) basic(c *call, obj *schema.Object) reply {
	if r, ok := o.unchanged(c); ok {
		return r
	}
	b := obj.AppendGlobal([]byte(`{"objectDescribe":`), c.base)
	return o.metadata(append(b, `,"recentItems":[]}`...))
}

// sobjects answers everything below /sobjects.
func (o *Org) sobjects(c *call) reply {
	if len(c.path) == 1 {
		return o.describeGlobal(c)
	}
	obj, err := o.object(c.path[1])
	if err != nil {
		return fail(err)
	}
	switch len(c.path) {
	case 2:
		if r, ok := allow(c, "GET", "POST"); !ok {
			return r
		}
		if c.method == http.MethodGet {
			return o.basic(c, obj)
		}
		return o.createRow(c, obj)
	case 3:
		if c.path[2] == "describe" {
			return o.describe(c, obj)
		}
		if c.method == http.MethodPost && (c.path[2] == "Id" || c.path[2] == "id") {
			return o.createRow(c, obj)
		}
		return o.row(c, obj, c.path[2])
	case 4:
		return o.keyedRow(c, obj, c.path[2], c.path[3])
	}
	return fail(apierror.NotFound())
}
