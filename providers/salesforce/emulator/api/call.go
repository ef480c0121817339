// Package api answers calls of Salesforce's REST API, whether they come by HTTP or inside a composite request: versions and
// limits, describe, rows, collections, composite, batch and tree requests, and queries.
//
// Sources are the REST API Developer Guide and recorded answers of real orgs; what is only likely says so.
package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/dml"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// API is the REST API of one org. Its methods may be called from many goroutines.
type API struct {
	Schema   *schema.Schema
	DB       *store.DB
	Now      func() time.Time
	Rewrite  func(object string, rec map[string]any) // nil, or a trigger that runs before each save
	Modified time.Time                               // when the metadata changed last
	Org      string                                  // 18 character id
	Usage    *Usage

	StrictLocks bool // requests that write children of one parent at the same time fail

	cursors cursors
	locks   locks
}

const (
	minVersion = 31 // 21.0 to 30.0 were retired in Summer '25
	maxVersion = 68
)

// Call is one request.
type Call struct {
	Method  string
	Version int      // 59
	Base    string   // "/services/data/v59.0"
	Path    []string // what follows it, unescaped
	Query   url.Values
	Header  http.Header
	Body    []byte
	User    string // 18 character id
	Host    string // "http://127.0.0.1:1234", as the client calls it

	tx        *store.Tx // the transaction of a composite request that happens all or none
	allOrNone bool      // such a request: what is inside fails as a whole too
}

// Reply is the answer to a call.
type Reply struct {
	Status int
	Body   []byte // nil is an empty answer
	Header map[string]string

	failed bool // an all-or-none collection was undone, although its status is 200
}

// Fail is the answer that consists of one error.
func Fail(err *apierror.Error) Reply {
	return Reply{Status: err.HTTPStatus(), Body: append(appendError([]byte{'['}, err, "errorCode"), ']')}
}

// broken is the answer when the org itself cannot go on, for instance because its disk is full.
func broken(err error) Reply {
	return Fail(apierror.At(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId if you contact support: %v", err))
}

func appendError(b []byte, err *apierror.Error, code string) []byte {
	b = append(b, '{')
	if err.Extra != "" {
		b = append(append(b, err.Extra...), ',')
	}
	b = append(b, `"message":`...)
	b = schema.Quote(b, err.Message)
	b = append(append(append(b, `,"`...), code...), `":`...)
	b = schema.Quote(b, err.Code)
	if code == "statusCode" || len(err.Fields) > 0 {
		b = append(b, `,"fields":[`...)
		for i, f := range err.Fields {
			if i > 0 {
				b = append(b, ',')
			}
			b = schema.Quote(b, f)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// Segments splits an escaped path. Empty segments are left out: real clients send double and trailing slashes.
func Segments(escaped string) ([]string, error) {
	var out []string
	for _, s := range strings.Split(escaped, "/") {
		if s == "" {
			continue
		}
		s, err := url.PathUnescape(s)
		if err != nil {
			return nil, fmt.Errorf("reading the path: %w", err)
		}
		out = append(out, s)
	}
	return out, nil
}

// ParseVersion reads "v59.0".
func ParseVersion(s string) (int, *apierror.Error) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(s, "v"), ".0"))
	switch {
	case err != nil || s != "v"+strconv.Itoa(n)+".0" || n > maxVersion || n < 1:
		return 0, apierror.NotFound()
	case n < minVersion: // likely: 410 is documented for retired resources
		return 0, apierror.At(410, "UNSUPPORTED_API_VERSION", "API version %d.0 is retired", n)
	}
	return n, nil
}

// Serve answers a call that has been counted.
func (a *API) Serve(c *Call) Reply {
	if len(c.Path) == 0 {
		return a.resources(c)
	}
	switch strings.ToLower(c.Path[0]) {
	case "sobjects":
		return a.sobjects(c)
	case "composite":
		return a.compositeFamily(c)
	case "query", "queryall":
		return a.queryResource(c)
	case "limits":
		return a.limits(c)
	}
	return Fail(apierror.NotFound())
}

func basePath(version int) string { return "/services/data/v" + strconv.Itoa(version) + ".0" }

// NewCall makes a call out of a request below /services/data/vXX.X.
func NewCall(r *http.Request, version int, path []string, body []byte) *Call {
	c := &Call{
		Method: r.Method, Version: version, Base: basePath(version), Path: path, Query: r.URL.Query(), Header: r.Header, Body: body,
		Host: "http://" + r.Host,
	}
	if m := c.Query.Get("_HttpMethod"); m != "" && c.Method == http.MethodPost {
		c.Method = strings.ToUpper(m)
	}
	if c.Method == http.MethodHead {
		c.Method = http.MethodGet
	}
	return c
}

// allow answers calls with a method that a resource does not have.
func allow(c *Call, methods ...string) (Reply, bool) {
	for _, m := range methods {
		if c.Method == m {
			return Reply{}, true
		}
	}
	return Fail(apierror.At(405, "METHOD_NOT_ALLOWED", "HTTP Method '%s' not allowed. Allowed are %s", c.Method, strings.Join(methods, ","))), false
}

// object finds an object by the name in a path.
func (a *API) object(name string) (*schema.Object, *apierror.Error) {
	if obj := a.Schema.Object(name); obj != nil {
		return obj, nil
	}
	return nil, apierror.NotFound()
}

// view runs fn in the call's transaction, or in a reading one of its own.
func (a *API) view(c *Call, fn func(*store.Tx) error) error {
	if c.tx != nil {
		return fn(c.tx)
	}
	return a.DB.View(fn)
}

// update runs fn in the call's transaction, or in a writing one of its own.
func (a *API) update(c *Call, fn func(*store.Tx) error) error {
	if c.tx != nil {
		return fn(c.tx)
	}
	return a.DB.Update(fn)
}

func (a *API) session(c *Call, tx *store.Tx) *dml.Session {
	return &dml.Session{
		Schema: a.Schema, Tx: tx, User: c.User, Now: a.Now(), Rewrite: a.Rewrite,
		Assign: c.Header.Get("Sforce-Auto-Assign"), AllowSave: allowSave(c.Header.Get("Sforce-Duplicate-Rule-Header")),
	}
}

// allowSave reads Sforce-Duplicate-Rule-Header: allowSave=true; includeRecordDetails=false.
func allowSave(header string) bool {
	for _, option := range strings.FieldsFunc(header, func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		if name, value, _ := strings.Cut(option, "="); strings.EqualFold(name, "allowSave") {
			return strings.EqualFold(value, "true")
		}
	}
	return false
}
