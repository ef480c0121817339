package emulator

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/api"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
)

const (
	maxURI  = 16384    // bytes, also of URI and headers together (App Limits Cheat Sheet)
	maxBody = 50 << 20 // bytes, before and after decompression
)

// serve answers one HTTP request.
func (o *Org) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", o.opts.Now().UTC().Format(http.TimeFormat))
	if len(r.RequestURI) > maxURI {
		o.write(w, r, api.Reply{Status: 414, Body: []byte(`[{"errorCode":"URI_TOO_LONG","message":"URI Too Long"}]`)})
		return
	}
	size := len(r.RequestURI)
	for k, values := range r.Header {
		for _, v := range values {
			size += len(k) + len(v) + 4
		}
	}
	if size > maxURI {
		o.write(w, r, api.Reply{Status: 431, Body: []byte(`[{"errorCode":"REQUEST_HEADER_FIELDS_TOO_LARGE","message":"Request Header Fields Too Large"}]`)})
		return
	}
	path, err := api.Segments(r.URL.EscapedPath())
	if err != nil {
		o.write(w, r, api.Fail(apierror.NotFound()))
		return
	}
	body, err := readBody(r)
	if err == nil && len(body) > maxBody {
		o.write(w, r, api.Fail(apierror.New("EXCEEDED_MAX_SIZE_REQUEST", "the request is longer than %d bytes", maxBody)))
		return
	}
	if err != nil {
		o.write(w, r, api.Fail(apierror.New("JSON_PARSER_ERROR", "the request's body cannot be read: %v", err)))
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
		o.write(w, r, api.Fail(apierror.NotFound()))
	}
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
func (o *Org) data(w http.ResponseWriter, r *http.Request, path []string, body []byte) api.Reply {
	if len(path) == 0 {
		return o.api.Versions(r.Method)
	}
	version, err := api.ParseVersion(path[0])
	if err != nil {
		return api.Fail(err)
	}
	c := api.NewCall(r, version, path[1:], body)
	if c.User, err = o.authenticate(r); err != nil {
		return api.Fail(err)
	}
	rep := api.Fail(apierror.At(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."))
	if o.api.Usage.Add(o.opts.Now(), 1) {
		rep = o.api.Serve(c)
	}
	w.Header().Set("Sforce-Limit-Info", "api-usage="+strconv.Itoa(o.api.Usage.Used(o.opts.Now()))+"/"+strconv.Itoa(o.api.Usage.Max))
	return rep
}

// write sends a reply, compressed if it is worth it and asked for.
func (o *Org) write(w http.ResponseWriter, r *http.Request, rep api.Reply) {
	h := w.Header()
	for k, v := range rep.Header {
		h.Set(k, v)
	}
	if rep.Body == nil {
		w.WriteHeader(rep.Status)
		return
	}
	if p := r.Header.Get("X-PrettyPrint"); p == "1" || strings.EqualFold(p, "true") {
		v := jsontext.Value(rep.Body)
		if err := v.Indent(jsontext.WithIndent("  ")); err == nil {
			rep.Body = v
		}
	}
	h.Set("Content-Type", "application/json;charset=UTF-8")
	h.Set("Vary", "Accept-Encoding")
	if len(rep.Body) < 1024 || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Length", strconv.Itoa(len(rep.Body)))
		w.WriteHeader(rep.Status)
		if r.Method != http.MethodHead {
			_, _ = w.Write(rep.Body) // the client went away; there is nobody to tell
		}
		return
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(rep.Status)
	if r.Method == http.MethodHead {
		return
	}
	z, ok := o.zips.Get().(*gzip.Writer)
	if !ok {
		return
	}
	z.Reset(w)
	_, _ = z.Write(rep.Body)
	_ = z.Close()
	o.zips.Put(z)
}
