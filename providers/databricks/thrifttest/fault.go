package thrifttest

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Method names of the service, as they stand in Request.
const (
	OpenSession          = "OpenSession"
	CloseSession         = "CloseSession"
	ExecuteStatement     = "ExecuteStatement"
	GetOperationStatus   = "GetOperationStatus"
	GetResultSetMetadata = "GetResultSetMetadata"
	FetchResults         = "FetchResults"
	CloseOperation       = "CloseOperation"
	CancelOperation      = "CancelOperation"
)

// Request is one call as it came in. What a method does not have is empty.
type Request struct {
	// N counts the requests of this method from 1, those included that a fault refused.
	N      int
	Method string // a method of the service, or "GET /path" for other requests

	Session   string // the session's id, in hexadecimal
	Operation string // the operation's id, in hexadecimal

	Statement string
	Params    []Param
	Overlay   map[string]string // the statement's own settings; query tags are under query_tags

	Conf      map[string]string // the session's settings, with OpenSession
	Namespace Namespace         // with OpenSession

	Header http.Header // of the HTTP request, without the token
}

// UserAgent is the driver's user agent.
func (r Request) UserAgent() string { return r.Header.Get("User-Agent") }

// Drop is a moment at which the connection breaks.
type Drop int

// Moments at which a connection breaks.
const (
	DropNever  Drop = iota
	DropBefore      // nothing was executed
	DropAfter       // the call had its effect, and nobody hears of it
)

// Fault is what goes wrong with one request. The zero value is nothing.
type Fault struct {
	// Status refuses the request with an HTTP status: 429 and 503 are throttling, and RetryAfter their header.
	Status     int
	RetryAfter time.Duration // in whole seconds; 0 sends no header
	Reason     string        // X-Databricks-Reason-Phrase

	Drop Drop

	// Expire ends the session of this request before it is served, as an idle session ends.
	Expire bool

	// Err fails the statement (with ExecuteStatement), or any other call, with this state and message.
	Err *SQLError

	// Running makes the statement answer RUNNING that many times before its end is told, the first time at once.
	Running int

	// Slow is how long the statement waits before the backend sees it. Cancelling ends the wait and the statement.
	Slow time.Duration

	// Truncate, with ExecuteStatement, ends the result after that many rows as if there were no more of them.
	Truncate int64

	// Short, with ExecuteStatement, leaves the last row out of every page while the page's row count still has it.
	Short bool
}

// journal keeps the requests and counts them.
type journal struct {
	mu    sync.Mutex
	all   []Request
	count map[string]int
}

func (j *journal) add(r *Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.count == nil {
		j.count = map[string]int{}
	}
	j.count[r.Method]++
	r.N = j.count[r.Method]
	j.all = append(j.all, *r)
}

func (j *journal) requests() []Request {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.all)
}

func (j *journal) reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.all, j.count = nil, nil
}
