package api

import (
	"net/http"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
)

// unchanged answers a conditional request for metadata, which changes only when the org is opened with another schema.
func (a *API) unchanged(c *Call) (Reply, bool) {
	if since := c.Header.Get("If-Modified-Since"); since != "" {
		if t, err := http.ParseTime(since); err == nil && !a.Modified.After(t) {
			return Reply{Status: http.StatusNotModified}, true
		}
	}
	return Reply{}, false
}

func (a *API) metadata(body []byte) Reply {
	return Reply{Status: 200, Body: body, Header: map[string]string{"Last-Modified": a.Modified.Format(http.TimeFormat)}}
}

// describeGlobal answers /sobjects.
func (a *API) describeGlobal(c *Call) Reply {
	if r, ok := allow(c, "GET"); !ok {
		return r
	}
	if r, ok := a.unchanged(c); ok {
		return r
	}
	b := []byte(`{"encoding":"UTF-8","maxBatchSize":200,"sobjects":[`)
	for i, obj := range a.Schema.Objects {
		if i > 0 {
			b = append(b, ',')
		}
		b = obj.AppendGlobal(b, c.Base)
	}
	return a.metadata(append(b, `]}`...))
}

// describe answers /sobjects/{O}/describe.
func (a *API) describe(c *Call, obj *schema.Object) Reply {
	if r, ok := allow(c, "GET"); !ok {
		return r
	}
	if r, ok := a.unchanged(c); ok {
		return r
	}
	return a.metadata(obj.AppendDescribe(nil, c.Base))
}

// layouts answers /sobjects/{O}/describe/layouts.
func (a *API) layouts(c *Call, obj *schema.Object) Reply {
	if r, ok := allow(c, "GET"); !ok {
		return r
	}
	if r, ok := a.unchanged(c); ok {
		return r
	}
	return a.metadata(obj.AppendLayouts(nil, c.Base))
}

// basic answers GET /sobjects/{O}. The emulator keeps no list of recent items.
func (a *API) basic(c *Call, obj *schema.Object) Reply {
	if r, ok := a.unchanged(c); ok {
		return r
	}
	b := obj.AppendGlobal([]byte(`{"objectDescribe":`), c.Base)
	return a.metadata(append(b, `,"recentItems":[]}`...))
}

// sobjects answers everything below /sobjects.
func (a *API) sobjects(c *Call) Reply {
	if len(c.Path) == 1 {
		return a.describeGlobal(c)
	}
	obj, err := a.object(c.Path[1])
	if err != nil {
		return Fail(err)
	}
	switch len(c.Path) {
	case 2:
		if r, ok := allow(c, "GET", "POST"); !ok {
			return r
		}
		if c.Method == http.MethodGet {
			return a.basic(c, obj)
		}
		return a.createRow(c, obj)
	case 3:
		if c.Path[2] == "describe" {
			return a.describe(c, obj)
		}
		if c.Method == http.MethodPost && (c.Path[2] == "Id" || c.Path[2] == "id") {
			return a.createRow(c, obj)
		}
		return a.row(c, obj, c.Path[2])
	case 4:
		if c.Path[2] == "describe" && c.Path[3] == "layouts" {
			return a.layouts(c, obj)
		}
		return a.keyedRow(c, obj, c.Path[2], c.Path[3])
	}
	return Fail(apierror.NotFound())
}
