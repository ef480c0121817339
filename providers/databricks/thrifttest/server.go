package thrifttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
)

// Protocol versions of the service: each one adds a feature that a client uses only from there on.
const (
	ProtocolHive       = 9      // nothing of Databricks
	ProtocolDirect     = 0xA501 // results with the answer to ExecuteStatement
	ProtocolArrow      = 0xA505
	ProtocolLZ4        = 0xA506
	ProtocolParameters = 0xA508
)

// Options say what a server is like. The zero value is a current warehouse that lets everyone in.
type Options struct {
	// HTTPPath is where the warehouse answers; "" is /sql/1.0/warehouses/test.
	HTTPPath string

	// Token is a personal access token that opens the door; ClientID and ClientSecret are a service principal's, for
	// which /oidc/v1/token makes tokens. Where all are empty nobody is asked.
	Token        string
	ClientID     string
	ClientSecret string

	// TokenLife is how long a made token is good for; 0 is an hour.
	TokenLife time.Duration

	// Protocol is the version that the server announces; 0 is ProtocolParameters.
	Protocol int

	// PageRows is the most rows that one answer carries, whatever the client asks for; 0 is as many as it asks for.
	PageRows int

	// BatchRows is the most rows of one Arrow batch; a page has as many batches as it takes. 0 is no limit.
	BatchRows int

	// DirectWait is how long ExecuteStatement waits for the statement to end; 0 is five seconds, less than 0 not at
	// all.
	DirectWait time.Duration

	// Fault is asked about every request before it is served. It is called by several goroutines.
	Fault func(Request) Fault
}

// Server is a running warehouse.
type Server struct {
	backend Backend
	o       Options
	log     journal
	tokens  tokens

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup // statements that run
	http   *http.Server
	addr   *net.TCPAddr

	mu         sync.Mutex
	sessions   map[string]*session
	operations map[string]*operation
}

// New makes a server over a backend, which Close closes.
func New(b Backend, o Options) *Server {
	if o.HTTPPath == "" {
		o.HTTPPath = "/sql/1.0/warehouses/test"
	}
	if o.Protocol == 0 {
		o.Protocol = ProtocolParameters
	}
	if o.DirectWait == 0 {
		o.DirectWait = 5 * time.Second
	}
	if o.TokenLife == 0 {
		o.TokenLife = time.Hour
	}
	s := &Server{backend: b, o: o, sessions: map[string]*session{}, operations: map[string]*operation{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Start listens on a free port of the loopback interface and gives the server's URL, without the path.
func (s *Server) Start() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listening: %w", err)
	}
	s.addr = l.Addr().(*net.TCPAddr)
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.http.Serve(l) }()
	return s.URL(), nil
}

// URL is the server's address, without the path.
func (s *Server) URL() string { return "http://" + s.addr.String() }

// Host is the server's address as the driver's WithServerHostname takes it: with the scheme and without the port.
func (s *Server) Host() string { return "http://" + s.addr.IP.String() }

// Port is the port that the server listens on.
func (s *Server) Port() int { return s.addr.Port }

// HTTPPath is the path of the warehouse.
func (s *Server) HTTPPath() string { return s.o.HTTPPath }

// Requests are the requests so far, in the order in which they came in.
func (s *Server) Requests() []Request { return s.log.requests() }

// Statements are the requests that asked for a statement to be executed.
func (s *Server) Statements() []Request {
	var out []Request
	for _, r := range s.log.requests() {
		if r.Method == ExecuteStatement {
			out = append(out, r)
		}
	}
	return out
}

// Forget empties the log, and counts from 1 again.
func (s *Server) Forget() { s.log.reset() }

// Sessions is the number of open sessions.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions)
}

// Operations is the number of statements that run or whose results nobody has closed.
func (s *Server) Operations() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.operations)
}

// Transport gives a round tripper that sends every request to this server, whatever host it names: a client that
// insists on an https address of Databricks can be tested with it.
func (s *Server) Transport() http.RoundTripper { return rewrite{s.addr.String(), &http.Transport{}} }

type rewrite struct {
	addr string
	base http.RoundTripper
}

func (t rewrite) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", t.addr
	return t.base.RoundTrip(r)
}

// Close cancels running statements, breaks all connections and closes the backend.
func (s *Server) Close() error {
	s.cancel()
	var err error
	if s.http != nil {
		err = s.http.Close()
	}
	s.work.Wait()
	return errors.Join(err, s.backend.Close())
}

// ServeHTTP serves the warehouse and the endpoints for logging in.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && r.URL.Path == s.o.HTTPPath {
		s.serveThrift(w, r)
		return
	}
	req := Request{Method: r.Method + " " + r.URL.Path, Header: header(r)}
	s.log.add(&req)
	if f := s.fault(req); s.refuse(w, f) {
		return
	}
	switch {
	case s.serveLogin(w, r):
	case strings.HasPrefix(r.URL.Path, "/api/2.0/connector-service/feature-flags/"): // none: no telemetry
		reply(w, http.StatusOK, map[string]any{"flags": []any{}, "ttl_seconds": 900})
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) fault(r Request) Fault {
	if s.o.Fault == nil {
		return Fault{}
	}
	return s.o.Fault(r)
}

// refuse answers for a fault that leaves nothing to serve.
func (s *Server) refuse(w http.ResponseWriter, f Fault) bool {
	switch {
	case f.Drop == DropBefore:
		hangUp(w)
	case f.Status != 0:
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds())))
		}
		if f.Reason != "" {
			w.Header().Set("X-Databricks-Reason-Phrase", f.Reason)
		}
		w.WriteHeader(f.Status)
	default:
		return false
	}
	return true
}

// hangUp breaks the connection without an answer.
func hangUp(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if c, _, err := h.Hijack(); err == nil {
			if t, ok := c.(*net.TCPConn); ok {
				_ = t.SetLinger(0)
			}
			_ = c.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}

func header(r *http.Request) http.Header {
	h := r.Header.Clone()
	h.Del("Authorization")
	return h
}

func (s *Server) serveThrift(w http.ResponseWriter, r *http.Request) {
	if status, reason := s.admit(r); status != 0 {
		w.Header().Set("X-Databricks-Reason-Phrase", reason)
		w.WriteHeader(status)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "reading the request: "+err.Error(), http.StatusBadRequest)
		return
	}
	ctx := r.Context()
	in := protocol(bytes.NewBuffer(body))
	name, _, seq, err := in.ReadMessageBegin(ctx)
	if err != nil {
		http.Error(w, "reading the message: "+err.Error(), http.StatusBadRequest)
		return
	}
	args, err := readStruct(ctx, in)
	if err != nil {
		http.Error(w, "reading "+name+": "+err.Error(), http.StatusBadRequest)
		return
	}
	c := call{Server: s, args: args.sub(1), req: Request{Method: name, Header: header(r)}}
	c.describe()
	s.log.add(&c.req)
	c.fault = s.fault(c.req)
	if s.refuse(w, c.fault) {
		return
	}
	if c.fault.Expire {
		s.endSession(c.req.Session)
	}

	res, err := c.serve(ctx)
	if c.fault.Drop == DropAfter {
		hangUp(w)
		return
	}
	var gone *goneError
	if errors.As(err, &gone) {
		w.Header().Set("X-Thriftserver-Error-Message", gone.Error())
		w.WriteHeader(http.StatusNotFound)
		return
	}

	var out bytes.Buffer
	p := protocol(&out)
	if err != nil {
		e := thrift.NewTApplicationException(thrift.UNKNOWN_METHOD, err.Error())
		_ = p.WriteMessageBegin(ctx, name, thrift.EXCEPTION, seq)
		err = e.Write(ctx, p)
	} else {
		_ = p.WriteMessageBegin(ctx, name, thrift.REPLY, seq)
		err = writeStruct(ctx, p, structure{0: structOf(res)})
	}
	if err != nil {
		http.Error(w, "writing the answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	_ = p.WriteMessageEnd(ctx)
	_ = p.Flush(ctx)
	w.Header().Set("Content-Type", "application/x-thrift")
	w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	_, _ = w.Write(out.Bytes())
}

func protocol(b *bytes.Buffer) thrift.TProtocol {
	return thrift.NewTBinaryProtocolConf(thrift.NewStreamTransportRW(b), &thrift.TConfiguration{})
}

// goneError says that a handle is not known, the way the service does: outside of Thrift, in a header.
type goneError struct{ kind, id string }

func (e *goneError) Error() string {
	return fmt.Sprintf("Invalid %s: %s", e.kind, e.id)
}

func bearer(r *http.Request) string {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return ""
	}
	return token
}
