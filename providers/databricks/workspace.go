package databricks

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/signalsmith/signalsmith/providers"
)

// errClosed is what running statements end with when the workspace is closed.
var errClosed = errors.New("the workspace is closed")

// workspace keeps the state in a schema of the warehouse.
type workspace struct {
	*prover
	dialect dialect
	write   bool
	lock    *lock // nil where the workspace was opened for reading
	prefix  string

	mu      sync.Mutex
	temps   map[string]bool // tables that were made, by their quoted names
	loads   int
	closed  bool
	end     context.Context
	cancel  context.CancelCauseFunc
	running sync.WaitGroup
}

// Dialect gives Databricks' SQL.
func (w *workspace) Dialect() providers.Dialect { return w.dialect }

// Model proves a model and prepares it, with one statement. What comes back is the model's own text.
func (w *workspace) Model(ctx context.Context, m providers.ModelSpec) (providers.Relation, error) {
	ctx, leave, err := w.enter(ctx)
	if err != nil {
		return providers.Relation{}, err
	}
	defer leave()
	return w.model(ctx, m)
}

// Check proves an expression over the columns of a relation, with one statement.
func (w *workspace) Check(ctx context.Context, r providers.Relation, expr string) (providers.Column, error) {
	ctx, leave, err := w.enter(ctx)
	if err != nil {
		return providers.Column{}, err
	}
	defer leave()
	return w.check(ctx, r, expr)
}

// enter joins a statement's context with the workspace's; leave is called when the statement is over.
func (w *workspace) enter(ctx context.Context) (joined context.Context, leave func(), err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, nil, errClosed
	}
	w.running.Add(1)
	joined, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(w.end, func() { cancel(errClosed) })
	var once sync.Once
	return joined, func() {
		once.Do(func() {
			stop()
			cancel(nil)
			w.running.Done()
		})
	}, nil
}

// Tables lists the state's tables with the names of their columns, in one statement.
func (w *workspace) Tables(ctx context.Context) (map[string][]string, error) {
	ctx, leave, err := w.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	tables := map[string][]string{}
	catalog, schema := w.dialect.schema[0], w.dialect.schema[1]
	err = w.each(ctx, "SELECT table_name, column_name FROM "+path(catalog, "information_schema", "columns")+
		" WHERE lower(table_schema) = lower(?) ORDER BY table_name, ordinal_position", []any{schema}, func(scan func(...any) error) error {
		var table, column string
		if err := scan(&table, &column); err != nil {
			return err
		}
		if !strings.HasPrefix(table, "_") {
			tables[table] = append(tables[table], column)
		}
		return nil
	})
	var e *Error
	if errors.As(err, &e) && e.of("SCHEMA_NOT_FOUND") {
		return tables, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing the state's tables: %w", w.rights(ctx, err))
	}
	return tables, nil
}

// Query runs one statement. Decimals come as text.
func (w *workspace) Query(ctx context.Context, query string, args ...any) (providers.Rows, error) {
	ctx, leave, err := w.enter(ctx)
	if err != nil {
		return nil, err
	}
	found, err := w.query(ctx, query, args...)
	if err != nil {
		leave()
		return nil, err
	}
	// Rows that nobody closes end with the context, so that the workspace can be closed.
	context.AfterFunc(ctx, func() {
		_ = found.Close()
		leave()
	})
	return &result{Rows: found, ctx: ctx, pool: w.pool, leave: leave}, nil
}

// query runs a statement that only reads, so it is sent again where no answer came.
func (p *pool) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	for try := 1; ; try++ {
		found, err := p.QueryContext(ctx, query, args...)
		if err == nil {
			return found, nil
		}
		var d *doubt
		if ctx.Err() == nil && try < p.transport.pace.tries && (errors.As(err, &d) || errors.Is(err, driver.ErrBadConn)) {
			if err := p.pause(ctx, try); err != nil {
				return nil, err
			}
			continue
		}
		return nil, p.wrap(ctx, err)
	}
}

// pause waits between two attempts.
func (p *pool) pause(ctx context.Context, try int) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(min(p.transport.pace.least<<min(try-1, 10), p.transport.pace.most)):
		return nil
	}
}

// result is rows that free the workspace when they are closed.
type result struct {
	*sql.Rows
	ctx    context.Context
	pool   *pool
	err    error
	closed bool
	leave  func()
}

// Err tells whether all rows came.
func (r *result) Err() error {
	if r.err == nil && !r.closed {
		r.err = r.pool.wrap(r.ctx, r.Rows.Err())
	}
	return r.err
}

// Close ends the query.
func (r *result) Close() error {
	_ = r.Err()
	r.closed = true
	err := r.Rows.Close()
	r.leave()
	return err
}

// Close ends what runs, drops this plan's temporary tables and gives the lock back.
func (w *workspace) Close() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	w.mu.Unlock()
	w.cancel(errClosed)
	w.running.Wait()
	w.pool.transport.wait(20 * time.Second)

	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	err := w.dropAll(ctx)
	if w.lock != nil {
		err = errors.Join(err, w.lock.release(ctx))
	}
	return errors.Join(err, w.pool.Close())
}

// dropAll drops the temporary tables, several at a time: each drop takes a second.
func (w *workspace) dropAll(ctx context.Context) error {
	w.mu.Lock()
	names := make([]string, 0, len(w.temps))
	for n := range w.temps {
		names = append(names, n)
	}
	w.mu.Unlock()
	return w.drop(ctx, names)
}

func (w *workspace) drop(ctx context.Context, names []string) error {
	var all sync.WaitGroup
	errs := make([]error, len(names))
	slots := make(chan struct{}, 4)
	for i, n := range names {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if errs[i] = w.repeat(ctx, job{sql: "DROP TABLE IF EXISTS " + n}); errs[i] == nil {
				w.mu.Lock()
				delete(w.temps, n)
				w.mu.Unlock()
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("dropping temporary tables: %w", err)
	}
	return nil
}
