// Package rest is the HTTP side of a Salesforce org: it sends requests, repeats what is safe and useful to repeat,
// counts calls, and turns every kind of failure into a classified Fault.
package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/signalsmith/signalsmith/providers"
)

// Kind says what a request is counted as.
type Kind int

// The kinds. Free requests do not count against the org's allocation (GET /services/data).
const (
	Other Kind = iota
	Describe
	Query
	Write
	Free
)

// Options say which org a client talks to, and how.
type Options struct {
	Base    string // "https://acme.my.salesforce.com", without a slash at the end
	Version string // "v59.0"

	// Token gives the access token. refused is the token that the org has just turned down, "" for the first one;
	// the client asks once per request, and gives up when no other token comes.
	Token func(ctx context.Context, refused string) (string, error)

	Transport http.RoundTripper // nil takes a transport made for one org
	UserAgent string
	Now       func() time.Time                     // nil takes time.Now
	Throttled func(wait time.Duration, why string) // nil: nobody is told
	Pause     time.Duration                        // the first pause between tries, 0 takes a second; it doubles
	Patience  time.Duration                        // how long one request is tried in all, 0 takes five minutes
}

// Client sends requests to one org. It may be used by several goroutines.
type Client struct {
	o    Options
	http *http.Client

	ctx  context.Context // ends with Close
	stop context.CancelCauseFunc

	writers sync.Pool // of *gzip.Writer
	usage   usage
	met     atomic.Bool // the org has answered once
}

// ErrClosed is why requests end when the client is closed.
var ErrClosed = errors.New("the destination was closed")

// New makes a client. It sends nothing.
func New(o Options) *Client {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Throttled == nil {
		o.Throttled = func(time.Duration, string) {}
	}
	if o.Pause == 0 {
		o.Pause = time.Second
	}
	if o.Patience == 0 {
		o.Patience = 5 * time.Minute
	}
	if o.Transport == nil {
		o.Transport = transport()
	}
	c := &Client{o: o}
	c.ctx, c.stop = context.WithCancelCause(context.Background())
	c.http = &http.Client{
		Transport: o.Transport,
		// A redirect would carry the token to wherever it points.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.writers.New = func() any {
		w, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // the level is a valid constant
		return w
	}
	c.usage.left.Store(-1)
	return c
}

// Close ends the requests in flight.
func (c *Client) Close() {
	c.stop(ErrClosed)
	c.http.CloseIdleConnections()
}

// Path is the path of a resource of the client's API version, as in Path("/query").
func (c *Client) Path(resource string) string { return "/services/data/" + c.o.Version + resource }

// Pause is the first pause between tries.
func (c *Client) Pause() time.Duration { return c.o.Pause }

// Base is the org's address.
func (c *Client) Base() string { return c.o.Base }

// Request is one request, which must be safe to repeat: reads, updates by id, upserts by external id.
type Request struct {
	Method string
	Path   string // from the root, escaped, with its query: "/services/data/v59.0/query?q=..."
	Header map[string]string
	Body   []byte // JSON, sent compressed
	Kind   Kind

	// Once keeps a request that creates from being carried out twice: it is repeated only where the org certainly did
	// nothing.
	Once bool

	// Decode reads the answer. Its error means that the answer is cut off or not the org's: the request is
	// repeated.
	Decode func(*Reply) error
}

// Reply is an answer with status 2xx.
type Reply struct {
	Status int
	Body   []byte
	At     time.Time     // the server's time, to the second
	Took   time.Duration // of the last try
	Tries  int
}

// try sends the request once.
func (c *Client) try(ctx context.Context, r Request, token string) (*Reply, *Fault) {
	ctx, cancel := context.WithTimeout(ctx, timeout(r.Kind))
	defer cancel()

	var body io.Reader
	compressed := len(r.Body) > 512
	if r.Body != nil {
		b := r.Body
		if compressed {
			b = c.compress(b)
		}
		body = bytes.NewReader(b)
	}
	ctx, sent := watch(ctx)
	req, err := http.NewRequestWithContext(ctx, r.Method, c.o.Base+r.Path, body)
	if err != nil {
		return nil, ours(Unreachable, "the address cannot be used", false, err)
	}
	c.dress(req, r, token, compressed)

	began := time.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.lost(err, sent(), began)
	}
	defer resp.Body.Close()
	c.count(r.Kind, resp.Header)
	raw, err := read(resp)
	if err != nil {
		if ctx.Err() != nil {
			return nil, c.lost(err, true, began)
		}
		return nil, ours(HalfAnswer, "the answer was cut off", true, withoutURL(err))
	}
	c.met.Store(true)
	now := c.o.Now()
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400 && resp.StatusCode != http.StatusMultipleChoices:
		return nil, &Fault{
			Status: resp.StatusCode, Code: Redirected, Message: "the server answers with a redirect to " + place(resp.Header),
			Rule: Classify(Redirected, "", AtRequest),
		}
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		f := FaultOf(resp.StatusCode, resp.Header, raw, now)
		c.settle(f)
		return nil, f
	}
	reply := &Reply{Status: resp.StatusCode, Body: raw, At: serverTime(resp.Header, now), Took: time.Since(began)}
	if r.Decode != nil {
		if err := r.Decode(reply); err != nil {
			return nil, ours(HalfAnswer, notJSON(raw, err), true, nil)
		}
	}
	return reply, nil
}

// settle decides what a message in an unknown language leaves open: with calls left, a refusal was not the day's limit.
func (c *Client) settle(f *Fault) {
	if f.Code != "REQUEST_LIMIT_EXCEEDED" || strings.Contains(f.Message, "Concurrent") || strings.Contains(f.Message, "TotalRequests") {
		return
	}
	if left := c.usage.left.Load(); left > 0 {
		f.Rule = Classify(f.Code, "Concurrent", AtRequest)
	}
}

func (c *Client) dress(req *http.Request, r Request, token string, compressed bool) {
	h := req.Header
	h.Set("Accept", "application/json")
	h.Set("Accept-Encoding", "gzip")
	h.Set("User-Agent", c.o.UserAgent)
	h.Set("Sforce-Call-Options", "client=SignalSmith")
	if token != "" {
		h.Set("Authorization", "Bearer "+token)
	}
	if r.Body != nil {
		h.Set("Content-Type", "application/json; charset=UTF-8")
	}
	if compressed {
		h.Set("Content-Encoding", "gzip")
	}
	for k, v := range r.Header {
		h.Set(k, v)
	}
}

// compress packs a body at the fastest level: rows of one object compress well at any.
func (c *Client) compress(b []byte) []byte {
	var buf bytes.Buffer
	buf.Grow(len(b)/4 + 512)
	w := c.writers.Get().(*gzip.Writer)
	defer c.writers.Put(w)
	w.Reset(&buf)
	// A bytes.Buffer takes everything.
	_, _ = w.Write(b)
	_ = w.Close()
	return buf.Bytes()
}

// maxReply bounds what one answer may unpack to: 25 describes stay below 20 MB.
const maxReply = 256 << 20

func read(resp *http.Response) ([]byte, error) {
	in := io.Reader(resp.Body)
	if resp.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(resp.Body)
		if errors.Is(err, io.EOF) {
			return nil, nil // no body at all, as with 204
		}
		if err != nil {
			return nil, err
		}
		defer z.Close()
		in = z
	}
	var buf bytes.Buffer
	if resp.ContentLength > 0 {
		buf.Grow(int(min(resp.ContentLength*4, 8<<20)))
	}
	n, err := io.Copy(&buf, io.LimitReader(in, maxReply+1))
	if err == nil && n > maxReply {
		err = errors.New("the answer is larger than 256 MB")
	}
	return buf.Bytes(), err
}

func serverTime(h http.Header, now time.Time) time.Time {
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		return t.UTC()
	}
	return now.UTC().Truncate(time.Second)
}

// Usage tells the calls made and what the org has left.
func (c *Client) Usage() providers.Usage { return c.usage.read() }
