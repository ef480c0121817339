package emulator

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/dml"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

const (
	minVersion = 31 // 21.0 to 30.0 were retired in Summer '25
	maxVersion = 68
	maxURI     = 16384    // bytes, also of URI and headers together (App Limits Cheat Sheet)
	maxBody    = 50 << 20 // bytes, before and after decompression
)

// call is one request of the API, whether it came by HTTP or inside a composite one.
type call struct {
	method  string
	version int      // 59
	base    string   // "/services/data/v59.0"
	path    []string // what follows it, unescaped
	query   url.Values
	header  http.Header
	body    []byte
	user    string
	host    string // "http://127.0.0.1:1234", as the client calls it

	tx        *store.Tx // the transaction of a composite request that happens all or none
	allOrNone bool      // such a request: what is inside fails as a whole too
	inside    bool      // within another request
}

// reply is the answer to a call.
type reply struct {
	status int
	body   []byte // nil is an empty answer
	header map[string]string
	failed bool // an all-or-none collection was undone, although its status is 200
}

// fail is the answer that consists of one error.
func fail(err *apierror.Error) reply {
	return reply{status: err.HTTPStatus(), body: append(appendError([]byte{'['}, err, "errorCode"), ']')}
}

// broken is the answer when the org itself cannot go on, for instance because its disk is full.
func broken(err error) reply {
	return fail(apierror.At(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId if you contact support: %v", err))
}

func appendError(b []byte, err *apierror.Error, code string) []byte {
	b = append(b, `{"message":`...)
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

// serve answers one HTTP request.
func (o *Org) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", o.opts.Now().UTC().Format(http.TimeFormat))
	if len(r.RequestURI) > maxURI {
		o.write(w, r, reply{status: 414, body: []byte(`[{"errorCode":"URI_TOO_LONG","message":"URI Too Long"}]`)})
		return
	}
	size := len(r.RequestURI)
	for k, values := range r.Header {
		for _, v := range values {
			size += len(k) + len(v) + 4
		}
	}
	if size > maxURI {
		o.write(w, r, reply{status: 431, body: []byte(`[{"errorCode":"REQUEST_HEADER_FIELDS_TOO_LARGE","message":"Request Header Fields Too Large"}]`)})
		return
	}
	path, err := segments(r.URL.EscapedPath())
	if err != nil {
		o.write(w, r, fail(apierror.NotFound()))
		return
	}
	body, err := readBody(r)
	if err == nil && len(body) > maxBody {
		o.write(w, r, fail(apierror.New("EXCEEDED_MAX_SIZE_REQUEST", "the request is longer than %d bytes", maxBody)))
		return
	}
	if err != nil {
		o.write(w, r, fail(apierror.New("JSON_PARSER_ERROR", "the request's body cannot be read: %v", err)))
		return
	}
	switch {
	case len(path) >= 2 && path[0] == "services" && path[1] == "data":
		o.write(w, r, o.data(w, r, path[2:], body))
	case len(path) == 3 && path[0] == "services" && path[1] == "oauth2" && path[2] == "userinfo":
		o.userinfo(w, r)
	case len(path) == 3 && path[0] == "id":
		o.write(w, r, o.identity(r, path[1], path[2]))
	default:
		o.write(w, r, fail(apierror.NotFound()))
	}
}

// segments splits an escaped path. Empty segments are left out: real clients send double and trailing slashes.
func segments(escaped string) ([]string, error) {
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

func readBody(r *http.Request) ([]byte, error) {
	var in io.Reader = io.LimitReader(r.Body, maxBody+1)
	switch strings.ToLower(r.Header.Get("Content-Encoding")) {
	case "gzip":
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		in = io.LimitReader(z, maxBody+1)
	case "deflate":
		z, err := zlib.NewReader(in)
		if err != nil {
			return nil, err
		}
		in = io.LimitReader(z, maxBody+1)
	}
	var b bytes.Buffer
	if r.ContentLength > 0 && r.ContentLength < maxBody {
		b.Grow(int(r.ContentLength))
	}
	_, err := b.ReadFrom(in)
	return b.Bytes(), err
}

// data answers what is below /services/data.
func (o *Org) data(w http.ResponseWriter, r *http.Request, path []string, body []byte) reply {
	if len(path) == 0 {
		return o.versions(r.Method)
	}
	version, err := parseVersion(path[0])
	if err != nil {
		return fail(err)
	}
	user, err := o.authenticate(r)
	if err != nil {
		return fail(err)
	}
	c := &call{
		method: r.Method, version: version, base: "/services/data/v" + strconv.Itoa(version) + ".0", path: path[1:],
		query: r.URL.Query(), header: r.Header, body: body, user: user, host: baseURL(r),
	}
	if m := c.query.Get("_HttpMethod"); m != "" && c.method == http.MethodPost {
		c.method = strings.ToUpper(m)
	}
	if c.method == http.MethodHead {
		c.method = http.MethodGet
	}
	ok := o.usage.add(o.opts.Now(), 1)
	rep := fail(apierror.At(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."))
	if ok {
		rep = o.dispatch(c)
	}
	w.Header().Set("Sforce-Limit-Info", "api-usage="+strconv.Itoa(o.usage.used(o.opts.Now()))+"/"+strconv.Itoa(o.usage.max))
	return rep
}

// parseVersion reads "v59.0".
func parseVersion(s string) (int, *apierror.Error) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(s, "v"), ".0"))
	switch {
	case err != nil || s != "v"+strconv.Itoa(n)+".0" || n > maxVersion || n < 1:
		return 0, apierror.NotFound()
	case n < minVersion: // likely: 410 is documented for retired resources
		return 0, apierror.At(410, "UNSUPPORTED_API_VERSION", "API version %d.0 is retired", n)
	}
	return n, nil
}

// dispatch finds the resource that a call is for.
func (o *Org) dispatch(c *call) reply {
	if len(c.path) == 0 {
		return o.resources(c)
	}
	switch strings.ToLower(c.path[0]) {
	case "sobjects":
		return o.sobjects(c)
	case "composite":
		return o.compositeFamily(c)
	case "query", "queryall":
		return o.queryResource(c)
	case "limits":
		return o.limits(c)
	}
	return fail(apierror.NotFound())
}

// allow answers calls with a method that a resource does not have.
func allow(c *call, methods ...string) (reply, bool) {
	for _, m := range methods {
		if c.method == m {
			return reply{}, true
		}
	}
	return fail(apierror.At(405, "METHOD_NOT_ALLOWED", "HTTP Method '%s' not allowed. Allowed are %s", c.method, strings.Join(methods, ","))), false
}

// object finds an object by the name in a path.
func (o *Org) object(name string) (*schema.Object, *apierror.Error) {
	if obj := o.schema.Object(name); obj != nil {
		return obj, nil
	}
	return nil, apierror.NotFound()
}

// view runs fn in the call's transaction, or in a reading one of its own.
func (o *Org) view(c *call, fn func(*store.Tx) error) error {
	if c.tx != nil {
		return fn(c.tx)
	}
	return o.db.View(fn)
}

// update runs fn in the call's transaction, or in a writing one of its own.
func (o *Org) update(c *call, fn func(*store.Tx) error) error {
	if c.tx != nil {
		return fn(c.tx)
	}
	return o.db.Update(fn)
}

func (o *Org) session(c *call, tx *store.Tx) *dml.Session {
	return &dml.Session{Schema: o.schema, Tx: tx, User: c.user, Now: o.opts.Now(), Rewrite: o.opts.Rewrite}
}

// write sends a reply, compressed if it is worth it and asked for.
func (o *Org) write(w http.ResponseWriter, r *http.Request, rep reply) {
	h := w.Header()
	for k, v := range rep.header {
		h.Set(k, v)
	}
	if rep.body == nil {
		w.WriteHeader(rep.status)
		return
	}
	if p := r.Header.Get("X-PrettyPrint"); p == "1" || strings.EqualFold(p, "true") {
		v := jsontext.Value(rep.body)
		if err := v.Indent(jsontext.WithIndent("  ")); err == nil {
			rep.body = v
		}
	}
	h.Set("Content-Type", "application/json;charset=UTF-8")
	h.Set("Vary", "Accept-Encoding")
	if len(rep.body) < 1024 || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Length", strconv.Itoa(len(rep.body)))
		w.WriteHeader(rep.status)
		if r.Method != http.MethodHead {
			_, _ = w.Write(rep.body) // the client went away; there is nobody to tell
		}
		return
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(rep.status)
	if r.Method == http.MethodHead {
		return
	}
	z, ok := o.zips.Get().(*gzip.Writer)
	if !ok {
		return
	}
	z.Reset(w)
	_, _ = z.Write(rep.body)
	_ = z.Close()
	o.zips.Put(z)
}
