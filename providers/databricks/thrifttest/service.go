package thrifttest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
)

// Status codes and operation states of the service.
const (
	statusSuccess = 0
	statusError   = 3

	stateRunning  = 1
	stateFinished = 2
	stateCanceled = 3
	stateError    = 5
	stateTimedOut = 8

	fetchPrior = 1
)

// call is one request while it is served.
type call struct {
	*Server
	args  structure
	req   Request
	fault Fault
}

// session is a client's session.
type session struct {
	id        string
	conf      map[string]string
	namespace Namespace
}

// operation is a statement from its execution until it is closed.
type operation struct {
	id, session string
	fault       Fault
	shape       shape
	cancel      context.CancelFunc

	done chan struct{} // closed when res, err and state stand
	res  Result
	err  error
	end  int // state

	// under Server.mu
	running    int   // status calls that still say RUNNING
	last, next int64 // first row of the last page, and of the next one
}

// describe fills in what the log and faults see.
func (c *call) describe() {
	r := &c.req
	switch r.Method {
	case OpenSession:
		r.Conf = c.args.texts(4)
		n := c.args.sub(1284)
		r.Namespace = Namespace{Catalog: n.text(1), Schema: n.text(2)}
	case CloseSession:
		r.Session = guid(c.args.sub(1))
	case ExecuteStatement:
		r.Session = guid(c.args.sub(1))
		r.Statement = c.args.text(2)
		r.Overlay = c.args.texts(3)
		for _, v := range c.args[1288].items {
			p := Param{Name: v.fields.text(2), Type: v.fields.text(3), Null: !v.fields.has(4)}
			p.Value = v.fields.sub(4).text(1)
			r.Params = append(r.Params, p)
		}
	default:
		r.Operation = guid(c.args.sub(1))
		c.mu.Lock()
		if op := c.operations[r.Operation]; op != nil {
			r.Session = op.session
		}
		c.mu.Unlock()
	}
}

// guid reads the id of a session's or an operation's handle.
func guid(handle structure) string { return hex.EncodeToString([]byte(handle.sub(1).text(1))) }

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func identifier(id string) value {
	b, _ := hex.DecodeString(id)
	return structOf(structure{1: bytesOf(b), 2: bytesOf(b)})
}

func (c *call) serve(ctx context.Context) (structure, error) {
	if e := c.fault.Err; e != nil && c.req.Method != ExecuteStatement {
		return structure{1: failed(e)}, nil
	}
	switch c.req.Method {
	case OpenSession:
		return c.openSession(), nil
	case CloseSession:
		if !c.endSession(c.req.Session) {
			return nil, &goneError{"SessionHandle", c.req.Session}
		}
		return structure{1: success()}, nil
	case ExecuteStatement:
		return c.execute()
	}
	c.mu.Lock()
	op := c.operations[c.req.Operation]
	c.mu.Unlock()
	if op == nil {
		return nil, &goneError{"OperationHandle", c.req.Operation}
	}
	switch c.req.Method {
	case GetOperationStatus:
		return c.status(op), nil
	case GetResultSetMetadata:
		if err := op.wait(ctx); err != nil {
			return structure{1: failed(err)}, nil
		}
		return op.metadata(), nil
	case FetchResults:
		if err := op.wait(ctx); err != nil {
			return structure{1: failed(err)}, nil
		}
		page, _, err := c.page(op, c.args.num(3), c.args.num(2) == fetchPrior)
		if err != nil {
			return structure{1: failed(err)}, nil
		}
		if c.args.yes(1283) {
			page[1281] = structOf(op.metadata())
		}
		return page, nil
	case CancelOperation:
		op.cancel()
		return structure{1: success()}, nil
	case CloseOperation:
		c.endOperation(op)
		return structure{1: success()}, nil
	}
	return nil, fmt.Errorf("unknown method %s", c.req.Method)
}

func success() value { return structOf(structure{1: i32Of(statusSuccess)}) }

func failed(err error) value {
	e := sqlError(err)
	return structOf(structure{1: i32Of(statusError), 3: textOf(e.State), 4: i32Of(int(e.Code)), 5: textOf(e.Message),
		6: textOf(e.Message)})
}

func sqlError(err error) *SQLError {
	var e *SQLError
	if errors.As(err, &e) {
		return e
	}
	return &SQLError{State: "HY000", Message: err.Error()}
}

func (c *call) openSession() structure {
	s := &session{id: newID(), conf: c.req.Conf, namespace: c.req.Namespace}
	c.mu.Lock()
	c.sessions[s.id] = s
	c.mu.Unlock()
	version := c.o.Protocol
	if asked := int(c.args.num(1282)); asked != 0 {
		version = min(version, asked)
	}
	return structure{1: success(), 2: i32Of(version), 3: structOf(structure{1: identifier(s.id)})}
}

// endSession forgets a session with its operations.
func (s *Server) endSession(id string) bool {
	s.mu.Lock()
	_, ok := s.sessions[id]
	delete(s.sessions, id)
	var ops []*operation
	for _, op := range s.operations {
		if op.session == id {
			ops = append(ops, op)
		}
	}
	s.mu.Unlock()
	for _, op := range ops {
		s.endOperation(op)
	}
	return ok
}

func (s *Server) endOperation(op *operation) {
	op.cancel()
	s.mu.Lock()
	delete(s.operations, op.id)
	s.mu.Unlock()
}

func (c *call) execute() (structure, error) {
	c.mu.Lock()
	s := c.sessions[c.req.Session]
	c.mu.Unlock()
	if s == nil {
		return nil, &goneError{"SessionHandle", c.req.Session}
	}
	op := &operation{id: newID(), session: s.id, fault: c.fault, shape: c.shape(), done: make(chan struct{}),
		running: c.fault.Running}

	// The statement outlives the request: a client that stops waiting has not cancelled it.
	life := time.Duration(c.args.num(5)) * time.Second
	if life == 0 {
		life = 24 * time.Hour
	}
	ctx, cancel := context.WithTimeout(WithNamespace(c.ctx, s.namespace), life)
	op.cancel = cancel
	c.mu.Lock()
	c.operations[op.id] = op
	c.mu.Unlock()
	c.work.Add(1)
	go func() {
		defer c.work.Done()
		defer close(op.done)
		op.run(ctx, c.backend, c.req)
	}()

	direct := c.args.has(1281)
	wait := c.o.DirectWait
	if c.fault.Drop == DropAfter {
		<-op.done
	} else if op.running == 0 && wait > 0 && direct {
		select {
		case <-op.done:
		case <-time.After(wait):
		}
	}
	handle := structOf(structure{1: identifier(op.id), 2: i32Of(0), 3: boolOf(true)})
	res := structure{1: success(), 2: handle}
	if !direct {
		return res, nil
	}
	status := c.status(op)
	results := structure{1: structOf(status)}
	switch status.num(2) {
	case stateFinished:
		results[2] = structOf(op.metadata())
		more := false
		if len(op.res.Columns) > 0 {
			page, m, err := c.page(op, c.args.sub(1281).num(1), false)
			if err != nil {
				return structure{1: failed(err)}, nil
			}
			results[3], more = structOf(page), m
		}
		if !more {
			results[4] = structOf(structure{1: success()})
			c.endOperation(op)
		}
	case stateRunning:
	default:
		results[4] = structOf(structure{1: success()})
		c.endOperation(op)
	}
	res[1281] = structOf(results)
	return res, nil
}

// run executes the statement; it returns when the operation's end is known.
func (op *operation) run(ctx context.Context, b Backend, r Request) {
	op.end = stateError
	if op.fault.Slow > 0 {
		select {
		case <-ctx.Done():
		case <-time.After(op.fault.Slow):
		}
	}
	switch {
	case ctx.Err() != nil:
		op.err = ctx.Err()
	case op.fault.Err != nil:
		op.err = op.fault.Err
	default:
		if op.res, op.err = b.Execute(ctx, r.Statement, r.Params); op.err == nil {
			op.end = stateFinished
			return
		}
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		op.end = stateTimedOut
		op.err = &SQLError{State: "57KD0", Message: "the statement was timed out"}
	case ctx.Err() != nil:
		op.end = stateCanceled
		op.err = &SQLError{State: "HY008", Message: "the statement was cancelled"}
	}
}

// wait waits for the statement's end and gives its error.
func (op *operation) wait(ctx context.Context) error {
	select {
	case <-op.done:
		return op.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// status is the answer to GetOperationStatus.
func (s *Server) status(op *operation) structure {
	s.mu.Lock()
	running := op.running > 0
	if running {
		op.running--
	}
	s.mu.Unlock()
	select {
	case <-op.done:
	default:
		running = true
	}
	// A statement that was cancelled has no reason to go on saying that it runs.
	if running && !(op.finished() && op.end == stateCanceled) {
		return structure{1: success(), 2: i32Of(stateRunning), 9: boolOf(true)}
	}
	st := structure{1: success(), 2: i32Of(op.end), 9: boolOf(true)}
	if op.err != nil {
		e := sqlError(op.err)
		st[3], st[4], st[5] = textOf(e.State), i32Of(int(e.Code)), textOf(e.Message)
		st[1281] = textOf(e.Message)
		st[1282] = textOf("org.apache.hive.service.cli.HiveSQLException: " + e.Message)
	} else {
		st[11] = i64Of(op.res.Modified)
	}
	return st
}

func (op *operation) finished() bool {
	select {
	case <-op.done:
		return true
	default:
		return false
	}
}

// page is the answer to FetchResults: the next rows, as many as the client and the server allow; or those before the
// last page, which a client asks for that sees it has missed one.
func (s *Server) page(op *operation, most int64, prior bool) (page structure, more bool, err error) {
	if n := int64(s.o.PageRows); n > 0 && (most <= 0 || most > n) {
		most = n
	}
	total := op.res.rows()
	if n := op.fault.Truncate; n > 0 {
		total = min(total, n)
	}
	s.mu.Lock()
	from, to := op.next, total
	if prior {
		from = max(0, op.last-max(most, 0))
	}
	if most > 0 {
		to = min(total, from+most)
	}
	op.last, op.next = from, to
	s.mu.Unlock()

	set := structure{1: i64Of(from), 2: listOf(thrift.STRUCT)}
	if op.shape.arrow {
		set[1281], err = op.batches(from, to, int64(s.o.BatchRows))
	} else {
		set[3], err = op.columns(from, to)
	}
	if err != nil {
		return nil, false, err
	}
	return structure{1: success(), 2: boolOf(to < total), 3: structOf(set)}, to < total, nil
}
