// Package session is what workspaces over database/sql have in common: statements that end when the workspace is closed.
package session

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// ErrClosed is what running statements end with when the session is closed.
var ErrClosed = errors.New("the workspace is closed")

// Session counts the statements that run. The zero value is open.
type Session struct {
	mu      sync.Mutex
	closed  bool
	last    int
	ends    map[int]context.CancelCauseFunc // of running statements
	running sync.WaitGroup
}

// Enter joins a statement's context with the session's; leave is called when the statement is over, and may be called
// again.
func (s *Session) Enter(ctx context.Context) (joined context.Context, leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, ErrClosed
	}
	joined, cancel := context.WithCancelCause(ctx)
	if s.ends == nil {
		s.ends = map[int]context.CancelCauseFunc{}
	}
	s.last++
	number := s.last
	s.ends[number] = cancel
	s.running.Add(1)
	var once sync.Once
	return joined, func() {
		once.Do(func() {
			s.mu.Lock()
			delete(s.ends, number)
			s.mu.Unlock()
			cancel(nil)
			s.running.Done()
		})
	}, nil
}

// Close ends what runs and waits for it; first is false where the session was closed before.
func (s *Session) Close() (first bool) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return false
	}
	s.closed = true
	for _, cancel := range s.ends {
		cancel(ErrClosed)
	}
	s.mu.Unlock()
	s.running.Wait()
	return true
}

// Rows are the rows of a query, which leaves the session when they are closed, or when its context ends: rows that
// nobody closes do not keep the session open.
type Rows struct {
	*sql.Rows
	ctx    context.Context
	wrap   func(context.Context, error) error
	err    error
	closed bool
	leave  func()
}

// NewRows takes over what Enter gave. wrap explains the engine's errors.
func NewRows(ctx context.Context, found *sql.Rows, wrap func(context.Context, error) error, leave func()) *Rows {
	context.AfterFunc(ctx, func() {
		_ = found.Close()
		leave()
	})
	return &Rows{Rows: found, ctx: ctx, wrap: wrap, leave: leave}
}

// Err tells whether all rows came.
func (r *Rows) Err() error {
	if r.err == nil && !r.closed {
		r.err = r.wrap(r.ctx, r.Rows.Err())
	}
	return r.err
}

// Close ends the query.
func (r *Rows) Close() error {
	_ = r.Err()
	r.closed = true
	err := r.Rows.Close()
	r.leave()
	return err
}
