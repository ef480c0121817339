package databricks

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// pace is how patiently requests are repeated.
type pace struct {
	least, most time.Duration // between two attempts, where the server does not say
	throttled   time.Duration // how long a server may go on refusing: a warehouse takes minutes to start
	tries       int           // attempts where no answer comes
}

func usual() pace {
	return pace{least: time.Second, most: 30 * time.Second, throttled: 10 * time.Minute, tries: 4}
}

// transport carries the driver's requests to one warehouse, and nothing else anywhere: telemetry and feature flags
// are answered here, redirects are not followed, so that the token reaches one host only.
//
// It repeats what is safe to repeat. A request that the server refused (429, 503) or that never left this machine was
// not executed. A statement whose answer is lost is not repeated here: it ends with a doubt. A page of a result may be:
// where the server has gone on to the next one meanwhile, the driver sees it by the page's first row, and goes back.
type transport struct {
	base  http.RoundTripper
	to    address
	agent string
	login login
	pace  pace

	late sync.WaitGroup // answers to statements that nobody waits for any more
}

// doubt is the error of a statement that was sent, and whose answer did not come: whether it was executed is not known.
type doubt struct{ err error }

func (d *doubt) Error() string {
	return "the statement was sent, but no answer came, so it may have been executed: " + d.err.Error()
}

func (d *doubt) Unwrap() error { return d.err }

// unreachable is the error of a request that never reached the server.
type unreachable struct{ err error }

func (u *unreachable) Error() string { return "no connection to the warehouse: " + u.err.Error() }

func (u *unreachable) Unwrap() error { return u.err }

// refusal is an answer with another status than 200. Nothing was executed.
type refusal struct {
	status int
	reason string
	waited time.Duration
}

func (r *refusal) Error() string {
	s := fmt.Sprintf("the warehouse answered %d %s", r.status, http.StatusText(r.status))
	if r.reason != "" {
		s += ": " + r.reason
	}
	return s
}

// watch follows one statement through the driver. It travels with the context.
type watch struct {
	ctx context.Context // the caller's; the driver fetches results with a context that does not end with it

	mu    sync.Mutex
	pages map[int64]int64 // rows that the server said it sent, by the number of the page's first row
	last  int64           // first row of the last page
	more  bool            // after the last page
	err   error           // of a page that could not be had, which the driver reports as the end of the result
}

type watchKey struct{}

func watching(ctx context.Context, w *watch) context.Context {
	return context.WithValue(ctx, watchKey{}, w)
}

func (w *watch) saw(r reply) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !r.page {
		return
	}
	if w.pages == nil {
		w.pages = map[int64]int64{}
	}
	w.pages[r.start] = r.rows
	if r.start >= w.last {
		w.last, w.more = r.start, r.more
	}
}

// rows is how many rows the server said it sent.
func (w *watch) rows() (n int64) {
	for _, rows := range w.pages {
		n += rows
	}
	return n
}

func (w *watch) failed(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
}

// RoundTrip sends one request.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Hostname() != t.to.host || req.Method != http.MethodPost || "/"+strings.TrimPrefix(req.URL.Path, "/") != t.pathOnly() {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, errForeign
	}
	var body []byte
	if req.Body != nil {
		var err error
		body, err = io.ReadAll(req.Body)
		_ = req.Body.Close()
		if err != nil {
			return nil, fmt.Errorf("reading a request: %w", err)
		}
	}
	ctx := req.Context()
	w, _ := ctx.Value(watchKey{}).(*watch)
	name := method(body)
	if w != nil && name == "FetchResults" {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(w.ctx, cancel)()
	}
	answer, err := t.send(ctx, req, name, body)
	if w != nil {
		if err != nil && name == "FetchResults" {
			w.failed(err)
		} else if err == nil {
			w.saw(readReply(answer))
		}
	}
	if err == nil && name == "CloseSession" {
		err = errOver
	}
	if err != nil {
		return nil, err
	}
	return respond(req, http.StatusOK, answer), nil
}

// errForeign answers what is not for the warehouse. An answer with a status would leave a goroutine behind, too.
var errForeign = errors.New("only statements are sent to the warehouse")

// errOver answers the end of a session: nobody closes the body of a session's last answer, and the HTTP client would
// keep a goroutine for it.
var errOver = errors.New("the session is closed")

func (t *transport) pathOnly() string {
	p, _, _ := strings.Cut(t.to.path, "?")
	return p
}

func respond(req *http.Request, status int, body []byte) *http.Response {
	return &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/x-thrift"}}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: req,
	}
}

// send sends until there is an answer, or none can be had.
func (t *transport) send(ctx context.Context, req *http.Request, name string, body []byte) ([]byte, error) {
	start, renewed := time.Now(), false
	for try := 1; ; try++ {
		answer, sent, after, err := t.attempt(ctx, req, name, body)
		if err == nil {
			return answer, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		var no *refusal
		switch refused := errors.As(err, &no); {
		case refused && (no.status == http.StatusUnauthorized || no.status == http.StatusForbidden):
			if renewed || !t.login.renew() {
				return nil, err
			}
			renewed = true
			if err := t.login.Authenticate(req); err != nil {
				return nil, err
			}
			continue
		case refused && (no.status == http.StatusTooManyRequests || no.status == http.StatusServiceUnavailable):
			if no.waited = time.Since(start); no.waited > t.pace.throttled {
				return nil, err
			}
		case refused && no.status < 500:
			return nil, err
		case name == "ExecuteStatement" && sent:
			return nil, &doubt{err}
		case try >= t.pace.tries:
			if !sent {
				return nil, &unreachable{err}
			}
			return nil, err
		}
		if after == 0 {
			after = min(t.pace.least<<min(try-1, 10), t.pace.most)
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(after):
		}
	}
}

// attempt sends once. sent tells whether the server may have seen the request; after is when it wants the next one.
func (t *transport) attempt(ctx context.Context, req *http.Request, name string, body []byte) (answer []byte, sent bool, after time.Duration, err error) {
	if name != "ExecuteStatement" {
		var written atomic.Bool
		answer, after, err = t.once(ctx, req, body, &written)
		return answer, written.Load(), after, err
	}
	// A statement whose answer nobody hears goes on running, and its handle stands in the answer. So the answer is
	// always awaited, by somebody.
	type end struct {
		answer []byte
		after  time.Duration
		err    error
	}
	var written atomic.Bool
	done := make(chan end, 1)
	alone, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Minute)
	t.late.Add(1)
	go func() {
		defer t.late.Done()
		defer cancel()
		a, after, err := t.once(alone, req, body, &written)
		if err == nil && ctx.Err() != nil {
			t.abandon(req, a)
		}
		done <- end{a, after, err}
	}()
	select {
	case e := <-done:
		return e.answer, written.Load(), e.after, e.err
	case <-ctx.Done():
		if !written.Load() {
			cancel()
		}
		return nil, true, 0, context.Cause(ctx)
	}
}

// abandon cancels a statement whose caller has gone.
func (t *transport) abandon(req *http.Request, answer []byte) {
	r := readReply(answer)
	if r.handle == nil || r.closed {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(req.Context()), 30*time.Second)
	defer cancel()
	for _, name := range []string{"CancelOperation", "CloseOperation"} {
		var written atomic.Bool
		_, _, _ = t.once(ctx, req, operationCall(name, r.handle), &written)
	}
}

// once makes one HTTP request and reads the whole answer.
func (t *transport) once(ctx context.Context, req *http.Request, body []byte, written *atomic.Bool) ([]byte, time.Duration, error) {
	out := req.Clone(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { written.Store(true) }}))
	out.Body, out.ContentLength, out.GetBody = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	if t.agent != "" {
		out.Header.Set("User-Agent", t.agent)
	}
	res, err := t.base.RoundTrip(out)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		no := &refusal{status: res.StatusCode, reason: res.Header.Get("X-Thriftserver-Error-Message")}
		if no.reason == "" {
			no.reason = res.Header.Get("X-Databricks-Reason-Phrase")
		}
		_, _ = io.CopyN(io.Discard, res.Body, 64<<10)
		return nil, retryAfter(res.Header), no
	}
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, 0, fmt.Errorf("reading the answer: %w", err)
	}
	return answer, 0, nil
}

// retryAfter reads the header of that name, in seconds or as a date; at most ten minutes.
func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if n, err := strconv.Atoi(v); err == nil && n > 0 {
		return min(time.Duration(n)*time.Second, 10*time.Minute)
	}
	if at, err := http.ParseTime(v); err == nil {
		return min(max(time.Until(at), 0), 10*time.Minute)
	}
	return 0
}

// wait waits for late answers, but not for long.
func (t *transport) wait(most time.Duration) {
	done := make(chan struct{})
	go func() {
		t.late.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(most):
	}
}
