package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/dml"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

const (
	maxSubrequests = 25 // of one composite or batch request
	maxHeavy       = 5  // of them collections or queries
)

// compositeFamily answers /composite and what is below it.
func (a *API) compositeFamily(c *Call) Reply {
	if len(c.Path) == 1 {
		if r, ok := allow(c, "POST"); !ok {
			return r
		}
		return a.composite(c)
	}
	switch strings.ToLower(c.Path[1]) {
	case "sobjects":
		return a.collections(c)
	case "batch":
		if r, ok := allow(c, "POST"); !ok {
			return r
		}
		if len(c.Path) == 2 {
			return a.batchRequest(c)
		}
	case "tree":
		if r, ok := allow(c, "POST"); !ok {
			return r
		}
		if len(c.Path) == 3 {
			return a.tree(c)
		}
	}
	return Fail(apierror.NotFound())
}

// subrequest is one entry of compositeRequest.
type subrequest struct {
	method, url, ref string
	body             []byte
	headers          http.Header
}

var (
	refName    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_]*$`)
	refPattern = regexp.MustCompile(`@\{([A-Za-z0-9_]+)((?:\.[A-Za-z0-9_]+|\[[0-9]+\])*)\}`)
)

// compositeBody reads and checks a composite request. What is wrong with it makes the whole request fail; the texts of these
// errors are likely, not recorded.
func (a *API) compositeBody(c *Call) (allOrNone bool, subs []subrequest, err *apierror.Error) {
	d := &dml.Decoder{Schema: a.Schema, Body: c.Body}
	if err := d.Check(); err != nil {
		return false, nil, err
	}
	raw, at := trimmed(c.Body)
	members, err := d.Members(raw, at)
	if err != nil {
		return false, nil, err
	}
	var items []dml.Member
	for _, m := range members {
		switch m.Name {
		case "allOrNone":
			allOrNone = m.Value.Kind() == 't'
		case "collateSubrequests":
		case "compositeRequest":
			if items, err = d.Items(m.Value, m.At); err != nil {
				return false, nil, err
			}
		default:
			return false, nil, apierror.New("JSON_PARSER_ERROR", "Unrecognized field \"%s\" at [line:1, column:%d]", m.Name, m.At)
		}
	}
	if len(items) == 0 {
		return false, nil, apierror.New("INVALID_INPUT", "compositeRequest must hold at least one subrequest")
	}
	if len(items) > maxSubrequests {
		return false, nil, apierror.New("LIMIT_EXCEEDED", "A composite request can hold at most %d subrequests", maxSubrequests)
	}
	seen, heavy := map[string]bool{}, 0
	for _, item := range items {
		s, err := readSubrequest(d, item)
		if err != nil {
			return false, nil, err
		}
		if !refName.MatchString(s.ref) {
			return false, nil, apierror.New("INVALID_INPUT", "Provided reference ID ('%s') must start with a letter or a number, and it can contain only letters, numbers, and underscores ('_').", s.ref)
		}
		if seen[s.ref] {
			return false, nil, apierror.New("INVALID_INPUT", "Reference ID '%s' is used more than once", s.ref)
		}
		seen[s.ref] = true
		if isHeavy(s.url) {
			heavy++
		}
		subs = append(subs, s)
	}
	if heavy > maxHeavy {
		return false, nil, apierror.New("LIMIT_EXCEEDED", "A composite request can hold at most %d sObject Collections and query subrequests", maxHeavy)
	}
	return allOrNone, subs, nil
}

func readSubrequest(d *dml.Decoder, item dml.Member) (subrequest, *apierror.Error) {
	s := subrequest{headers: http.Header{}}
	members, err := d.Members(item.Value, item.At)
	if err != nil {
		return s, err
	}
	for _, m := range members {
		switch m.Name {
		case "method":
			s.method = m.Text()
		case "url":
			s.url = m.Text()
		case "referenceId":
			s.ref = m.Text()
		case "body":
			s.body = m.Value
		case "httpHeaders":
			if m.Value.Kind() == 'n' {
				continue
			}
			headers, err := d.Members(m.Value, m.At)
			if err != nil {
				return s, err
			}
			for _, h := range headers {
				switch strings.ToLower(h.Name) {
				case "accept", "authorization", "content-type":
					return s, apierror.New("INVALID_INPUT", "The header %s is not allowed in a subrequest", h.Name)
				}
				s.headers.Set(h.Name, h.Text())
			}
		default:
			return s, apierror.New("JSON_PARSER_ERROR", "Unrecognized field \"%s\" in a subrequest", m.Name)
		}
	}
	if !strings.HasPrefix(s.url, "/services/data/v") {
		return s, apierror.New("INVALID_INPUT", "The url of a subrequest must start with /services/data/vXX.X/: %s", s.url)
	}
	switch s.method {
	case "GET", "POST", "PUT", "PATCH", "DELETE":
		return s, nil
	}
	return s, apierror.New("INVALID_INPUT", "Invalid method of a subrequest: %s", s.method)
}

// isHeavy reports whether a subrequest is one of those of which there may be five: collections and queries.
func isHeavy(u string) bool {
	path, _, _ := strings.Cut(u, "?")
	parts := strings.Split(strings.ToLower(strings.Trim(path, "/")), "/")
	if len(parts) < 4 {
		return false
	}
	return parts[3] == "query" || parts[3] == "queryall" || parts[3] == "composite" && len(parts) > 4 && parts[4] == "sobjects"
}

// sub makes a call of a subrequest. Its version may differ from the outer one.
func (a *API) sub(c *Call, method, rawURL string, body []byte, headers http.Header) (*Call, *apierror.Error) {
	path, rawQuery, _ := strings.Cut(rawURL, "?")
	parts, err := Segments(path)
	if err != nil || len(parts) < 3 {
		return nil, apierror.NotFound()
	}
	version, bad := ParseVersion(parts[2])
	if bad != nil {
		return nil, bad
	}
	q, err := url.ParseQuery(rawQuery)
	if err != nil {
		return nil, apierror.New("INVALID_INPUT", "The query of a subrequest's url cannot be read: %s", rawQuery)
	}
	for _, name := range []string{"Sforce-Auto-Assign", "Sforce-Duplicate-Rule-Header"} { // likely: a part has them from the whole
		if v := c.Header.Get(name); v != "" && headers.Get(name) == "" {
			headers.Set(name, v)
		}
	}
	return &Call{
		Method: method, Version: version, Base: basePath(version), Path: parts[3:], Query: q,
		Header: headers, Body: body, User: c.User, Host: c.Host, tx: c.tx, allOrNone: c.allOrNone,
	}, nil
}

// outcome is what became of a subrequest.
type outcome struct {
	Reply
	failed bool
	halted bool
}

// composite answers /composite, which counts as one call whatever it holds.
func (a *API) composite(c *Call) Reply {
	allOrNone, subs, bad := a.compositeBody(c)
	if bad != nil {
		return Fail(bad)
	}
	var out []outcome
	if !allOrNone {
		out = a.run(c, subs, false)
	} else {
		err := a.DB.Update(func(tx *store.Tx) error {
			inner := *c
			inner.tx, inner.allOrNone = tx, true
			out = a.run(&inner, subs, true)
			for _, x := range out {
				if x.failed {
					return errRollback
				}
			}
			return nil
		})
		switch {
		case errors.Is(err, errRollback):
			undo(out)
		case err != nil:
			return broken(err)
		}
	}
	b := []byte(`{"compositeResponse":[`)
	for i, x := range out {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"body":`...)
		if x.Body == nil {
			b = append(b, "null"...)
		} else {
			b = append(b, x.Body...)
		}
		b = append(b, `,"httpHeaders":{`...)
		first := true
		for _, k := range []string{"Last-Modified", "Location"} {
			if v, ok := x.Header[k]; ok {
				if !first {
					b = append(b, ',')
				}
				first = false
				b = append(schema.Quote(b, k), ':')
				b = schema.Quote(b, v)
			}
		}
		b = append(b, `},"httpStatusCode":`...)
		b = strconv.AppendInt(b, int64(x.Status), 10)
		b = append(b, `,"referenceId":`...)
		b = append(schema.Quote(b, subs[i].ref), '}')
	}
	return Reply{Status: 200, Body: append(b, `]}`...)}
}

// undo rewrites the outcomes of an all-or-none request that failed: whatever did not fail itself was rolled back.
func undo(out []outcome) {
	for i := range out {
		if !out[i].failed || out[i].halted {
			out[i].Reply = Fail(apierror.New("PROCESSING_HALTED",
				"The transaction was rolled back since another operation in the same transaction failed."))
		}
	}
}

// run executes subrequests one after the other. One that needs the result of a failed one is not run.
func (a *API) run(c *Call, subs []subrequest, stop bool) []outcome {
	out := make([]outcome, len(subs))
	done := map[string]*outcome{}
	stopped := false
	for i, s := range subs {
		x := &out[i]
		done[s.ref] = x
		if stopped {
			*x = outcome{failed: true, halted: true}
			continue
		}
		u, body, err := expand(s, done)
		if err != nil {
			*x = outcome{Reply: Fail(err), failed: true}
		} else if inner, err := a.sub(c, s.method, u, body, s.headers); err != nil {
			*x = outcome{Reply: Fail(err), failed: true}
		} else if len(inner.Path) > 1 && strings.EqualFold(inner.Path[0], "composite") && !strings.EqualFold(inner.Path[1], "sobjects") ||
			len(inner.Path) == 1 && strings.EqualFold(inner.Path[0], "composite") {
			*x = outcome{Reply: Fail(apierror.New("INVALID_INPUT", "A composite request cannot hold another one")), failed: true}
		} else {
			x.Reply = a.Serve(inner)
			x.failed = x.Status >= 400 || x.Reply.failed || x.Status == http.StatusMultipleChoices
		}
		stopped = stop && x.failed
	}
	return out
}

// expand puts the results of earlier subrequests where this one refers to them.
func expand(s subrequest, done map[string]*outcome) (u string, body []byte, err *apierror.Error) {
	replace := func(text string, quote func(string) string) string {
		return refPattern.ReplaceAllStringFunc(text, func(m string) string {
			parts := refPattern.FindStringSubmatch(m)
			x, known := done[parts[1]]
			if !known || parts[1] == s.ref {
				err = halted(m, parts[1], "")
				return m
			}
			value, ok := lookup(x.Body, parts[2])
			if !ok || x.failed {
				err = halted(m, parts[1], fmt.Sprintf(" The HTTP status code for %s was %d", parts[1], x.Status))
				return m
			}
			return quote(value)
		})
	}
	u = s.url
	if strings.Contains(u, "@{") {
		u = replace(u, url.QueryEscape)
	}
	body = s.body
	if bytes.Contains(body, []byte("@{")) {
		body = []byte(replace(string(body), func(v string) string {
			q := schema.Quote(nil, v)
			return string(q[1 : len(q)-1])
		}))
	}
	return u, body, err
}

func halted(ref, name, more string) *apierror.Error {
	return apierror.New("PROCESSING_HALTED", "Invalid reference specified. No value for %s found in %s.%s",
		strings.TrimSuffix(strings.TrimPrefix(ref, "@{"), "}"), name, more)
}

// lookup follows a path such as .records[0].Id into an answer. Names are case-sensitive.
func lookup(body []byte, path string) (string, bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return "", false
	}
	for path != "" {
		if path[0] == '[' {
			text, rest, _ := strings.Cut(path[1:], "]")
			n, err := strconv.Atoi(text)
			list, ok := v.([]any)
			if err != nil || !ok || n >= len(list) {
				return "", false
			}
			v, path = list[n], rest
			continue
		}
		end := strings.IndexAny(path[1:], ".[") + 1
		if end == 0 {
			end = len(path)
		}
		obj, ok := v.(map[string]any)
		if !ok {
			return "", false
		}
		if v, ok = obj[path[1:end]]; !ok {
			return "", false
		}
		path = path[end:]
	}
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}
