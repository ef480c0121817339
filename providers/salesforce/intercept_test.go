package salesforce_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/signalsmith/signalsmith/providers"
)

// fault answers call n (from 1) of the requests that write, or passes it on; composite is the decoded body.
type fault func(n int, c composite, w http.ResponseWriter, r *http.Request, next http.Handler)

type composite struct {
	Requests []struct {
		URL  string `json:"url"`
		Ref  string `json:"referenceId"`
		Body struct {
			Records []map[string]any `json:"records"`
		} `json:"body"`
		Headers map[string]string `json:"httpHeaders"`
	} `json:"compositeRequest"`
}

func (c composite) writes() bool {
	return len(c.Requests) > 0 && strings.Contains(c.Requests[0].URL, "/composite/sobjects")
}

// plain is a request's body without its compression.
func plain(r *http.Request) io.Reader {
	if r.Header.Get("Content-Encoding") == "gzip" {
		if z, err := gzip.NewReader(r.Body); err == nil {
			return z
		}
	}
	return r.Body
}

func onWrites(f fault) func(http.Handler) http.Handler {
	var calls atomic.Int64
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			raw, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(raw))
			if r.Header.Get("Content-Encoding") == "gzip" {
				if z, err := gzip.NewReader(bytes.NewReader(raw)); err == nil {
					raw, _ = io.ReadAll(z)
				}
			}
			var c composite
			if !strings.HasSuffix(r.URL.Path, "/composite") || json.Unmarshal(raw, &c) != nil || !c.writes() {
				next.ServeHTTP(w, r)
				return
			}
			f(int(calls.Add(1)), c, w, r, next)
		})
	}
}

// drop closes the connection without an answer.
func drop(w http.ResponseWriter) {
	if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
		_ = c.Close()
	}
}

// done carries a request out and keeps its answer.
func done(r *http.Request, next http.Handler) *httptest.ResponseRecorder {
	r.Header.Del("Accept-Encoding")
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	return rec
}

func say(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// answer fails rows of every subrequest as each says, without carrying anything out; "" succeeds.
func answer(c composite, f func(sub, row int, rec map[string]any) string) string {
	var parts []string
	for i, q := range c.Requests {
		var rows []string
		for j, rec := range q.Body.Records {
			rows = append(rows, f(i, j, rec))
		}
		parts = append(parts, fmt.Sprintf(`{"referenceId":%q,"httpStatusCode":200,"httpHeaders":{},"body":[%s]}`, q.Ref, strings.Join(rows, ",")))
	}
	return `{"compositeResponse":[` + strings.Join(parts, ",") + `]}`
}

func failed(code, message string) string {
	return fmt.Sprintf(`{"success":false,"errors":[{"statusCode":%q,"message":%q,"fields":[]}]}`, code, message)
}

// contacts are n rows to upsert by Ext__c.
func contacts(n int, change func(i int, r *providers.Row)) iter.Seq2[providers.Row, error] {
	return func(yield func(providers.Row, error) bool) {
		for i := range n {
			r := providers.Row{Key: fmt.Sprint(i), Values: []providers.Value{
				{Field: 0, Text: providers.T(fmt.Sprintf("E-%05d", i))}, {Field: 1, Text: providers.T(fmt.Sprint("Name ", i))},
			}}
			if change != nil {
				change(i, &r)
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// upsert describes what contacts writes; further fields follow.
func upsert(t testing.TB, d providers.Destination, fields ...string) providers.Write {
	t.Helper()
	found, err := d.Describe(t.Context(), "Contact")
	if err != nil {
		t.Fatal(err)
	}
	o := found["Contact"]
	w := providers.Write{Object: o, Op: providers.OpUpsert, Match: o.Field("Ext__c")}
	for _, f := range append([]string{"Ext__c", "LastName"}, fields...) {
		w.Fields = append(w.Fields, *o.Field(f))
	}
	return w
}

type outcomes map[string]providers.Outcome

func send(t testing.TB, d providers.Destination, w providers.Write, rows iter.Seq2[providers.Row, error]) (outcomes, error) {
	t.Helper()
	out := outcomes{}
	err := d.Write(t.Context(), w, rows, func(os []providers.Outcome) error {
		for _, o := range os {
			if _, twice := out[o.Key]; twice {
				t.Errorf("row %s has two outcomes", o.Key)
			}
			out[o.Key] = o
		}
		return nil
	})
	return out, err
}

func (o outcomes) classes() map[providers.Class]int {
	n := map[providers.Class]int{}
	for _, x := range o {
		if x.OK {
			n["ok"]++
		} else {
			n[x.Class]++
		}
	}
	return n
}

// held reads back which of n rows the org holds.
func held(t testing.TB, d providers.Destination, n int) map[string]providers.Record {
	t.Helper()
	found, err := d.Describe(t.Context(), "Contact")
	if err != nil {
		t.Fatal(err)
	}
	o := found["Contact"]
	out := map[string]providers.Record{}
	err = d.Read(t.Context(), providers.Read{
		Object: o, By: *o.Field("Ext__c"), Fields: []providers.Field{*o.Field("LastName")}, Count: int64(n),
		Keys: func(yield func(string, error) bool) {
			for i := range n {
				if !yield(fmt.Sprintf("E-%05d", i), nil) {
					return
				}
			}
		},
	}, func(r providers.Record) error {
		if _, twice := out[r.Match.String]; twice {
			t.Errorf("%s came twice", r.Match.String)
		}
		out[r.Match.String] = r
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
