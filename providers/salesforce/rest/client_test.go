package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/providers"
)

func TestErrorBodiesOfEveryShapeAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		status        int
		body          string
		code, message string
		class         providers.Class
		doubt         bool
	}{
		"an array":          {400, `[{"message":"No such column 'X'","errorCode":"INVALID_FIELD","fields":["X"]}]`, "INVALID_FIELD", "No such column 'X'", config, false},
		"several":           {400, `[{"message":"a","errorCode":"INVALID_TYPE"},{"message":"b","errorCode":"NOT_FOUND"}]`, "INVALID_TYPE", "a; NOT_FOUND: b", config, false},
		"an object":         {400, `{"error":"invalid_grant","error_description":"expired"}`, "invalid_grant", "expired", config, false},
		"a duplicate":       {400, `[{"duplicateResut":{"allowSave":true},"message":"Use one of these records?","errorCode":"DUPLICATES_DETECTED"}]`, "DUPLICATES_DETECTED", "Use one of these records?", row, false},
		"a page":            {502, "<!DOCTYPE html><html><head><TITLE>\n Bad\u0007 gateway </TITLE>", "HTTP_502", `HTTP 502 (Bad Gateway) with a web page titled "Bad  gateway"`, retry, true},
		"a page, no title":  {403, "<html>no", "HTTP_403", "HTTP 403 (Forbidden) with a web page", config, false},
		"nothing":           {503, "", "HTTP_503", "HTTP 503 (Service Unavailable) with an empty answer", retry, false},
		"half an array":     {500, `[{"message":"An unexp`, "HTTP_500", "HTTP 500 (Internal Server Error) with an answer that is not Salesforce's", retry, true},
		"an empty array":    {400, `[]`, "HTTP_400", "HTTP 400 (Bad Request) with an answer that is not Salesforce's", config, false},
		"text":              {403, "Bad_OAuth_Token", "HTTP_403", "HTTP 403 (Forbidden): Bad_OAuth_Token", config, false},
		"no route":          {420, "", "HTTP_420", "HTTP 420 (an unusual status) with an empty answer", retry, false},
		"a code that ended": {500, `[{"errorCode":"UNKNOWN_EXCEPTION","message":"An unexpected error occurred."}]`, "UNKNOWN_EXCEPTION", "An unexpected error occurred.", retry, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := FaultOf(c.status, http.Header{}, []byte(c.body), time.Now())
			if f.Code != c.code || f.Message != c.message || f.Rule.Class != c.class || f.Doubt != c.doubt {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for v, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, "-1": 0, "soon": 0, "Fri, 02 Jan 2026 03:05:05 GMT": time.Minute, "Fri, 02 Jan 2026 03:00:05 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {v}}, now); got != want {
			t.Errorf("%q is %s, want %s", v, got, want)
		}
	}
}

func TestLimitInfoIsRead(t *testing.T) {
	for v, want := range map[string][2]int64{
		"api-usage=10018/100000": {10018, 100000},
		"api-usage=5/10, per-app-api-usage=17/250(appName=sample-app)": {5, 10},
		"per-app-api-usage=17/250(appName=x), api-usage=6/10":          {6, 10},
	} {
		if used, most, ok := limitInfo(v); !ok || used != want[0] || most != want[1] {
			t.Errorf("%q is %d of %d, %t", v, used, most, ok)
		}
	}
	for _, v := range []string{"", "api-usage=", "api-usage=a/b", "xapi-usage=1/2"} {
		if _, _, ok := limitInfo(v); ok {
			t.Errorf("%q is read", v)
		}
	}
}

func serve(t *testing.T, o Options, h http.HandlerFunc) *Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	o.Base, o.Version = srv.URL, "v59.0"
	if o.Pause == 0 {
		o.Pause = time.Millisecond
	}
	c := New(o)
	t.Cleanup(c.Close)
	return c
}

func get(t *testing.T, c *Client) (*Reply, error) {
	t.Helper()
	return c.Do(t.Context(), Request{Method: http.MethodGet, Path: c.Path("/limits")})
}

func TestARefusedSessionIsRenewedOnce(t *testing.T) {
	var calls, renewed atomic.Int64
	c := serve(t, Options{Token: func(_ context.Context, refused string) (string, error) {
		if refused == "old" {
			renewed.Add(1)
			return "new", nil
		}
		return "old", nil
	}}, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		if r.Header.Get("Authorization") != "Bearer new" {
			w.WriteHeader(401)
			_, _ = io.WriteString(w, `[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]`)
		}
	})
	if _, err := get(t, c); err != nil || calls.Load() != 2 || renewed.Load() != 1 {
		t.Errorf("%d calls, %d renewals, %v", calls.Load(), renewed.Load(), err)
	}
}

func TestARefusalInAnotherLanguageIsJudgedByWhatIsLeft(t *testing.T) {
	for usage, want := range map[string]providers.Class{"api-usage=100/100": quota, "api-usage=7/100": retry, "": quota} {
		c := serve(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Sforce-Limit-Info", usage)
			w.WriteHeader(403)
			_, _ = io.WriteString(w, `[{"message":"Limit überschritten.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]`)
		})
		_, err := get(t, c)
		var f *Fault
		if !errors.As(err, &f) || f.Class() != want {
			t.Errorf("with %q: %v", usage, err)
		}
	}
}

func TestAnAnswerThatCameAfterALostOneIsStillTheAnswer(t *testing.T) {
	var n atomic.Int64
	c := serve(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		switch n.Add(1) {
		case 1:
			conn, _, _ := w.(http.Hijacker).Hijack()
			_ = conn.Close()
		default:
			w.WriteHeader(503)
		}
	})
	_, err := get(t, c)
	var f *Fault
	if !errors.As(err, &f) || f.Class() != providers.ClassDoubt || f.Status != 503 {
		t.Errorf("a lost answer and then refusals: %v", err)
	}
	if n.Load() != 6 {
		t.Errorf("%d tries", n.Load())
	}
}

func TestWaitingLongerThanPatienceIsNotDone(t *testing.T) {
	c := serve(t, Options{Patience: time.Second}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(429)
	})
	began := time.Now()
	if _, err := get(t, c); err == nil || time.Since(began) > time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
}

func TestRequestsCarryTheirHeadersAndBodiesAreCompressed(t *testing.T) {
	var head http.Header
	var size int64
	c := serve(t, Options{UserAgent: "signalsmith/1", Token: func(context.Context, string) (string, error) { return "t", nil }}, func(w http.ResponseWriter, r *http.Request) {
		head, size = r.Header, r.ContentLength
		w.Header().Set("Date", "Fri, 02 Jan 2026 03:04:05 GMT")
	})
	r, err := c.Do(t.Context(), Request{Method: http.MethodPost, Path: c.Path("/composite"), Body: []byte(strings.Repeat("{}", 5000)), Kind: Write})
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range map[string]string{
		"Authorization": "Bearer t", "User-Agent": "signalsmith/1", "Sforce-Call-Options": "client=SignalSmith", "Content-Encoding": "gzip",
		"Accept-Encoding": "gzip", "Content-Type": "application/json; charset=UTF-8",
	} {
		if head.Get(k) != v {
			t.Errorf("%s is %q", k, head.Get(k))
		}
	}
	if size <= 0 || size > 500 {
		t.Errorf("%d bytes were sent", size)
	}
	if !r.At.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) || r.Tries != 1 {
		t.Errorf("the reply is %+v", r)
	}
	if u := c.Usage(); u.Calls != 1 || u.Write != 1 || u.Left != -1 {
		t.Errorf("usage %+v", u)
	}
}
