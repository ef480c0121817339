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
	"github.com/signalsmith/signalsmith/providers/internal/session"
)

// workspace keeps the state in a schema of the warehouse.
type workspace struct {
	*prover
	dialect dialect
	write   bool
	lock    *lock // nil where the workspace was opened for reading
	prefix  string

	session session.Session

	mu    sync.Mutex
	temps map[string]bool // tables that were made, by their quoted names
	loads int
}

// Dialect gives Databricks' SQL.
func (w *workspace) Dialect() providers.Dialect { return w.dialect }

// Model proves a model and prepares it, with one statement. What comes back is the model's own text.
func (w *workspace) Model(ctx context.Context, m providers.ModelSpec) (providers.Relation, error) {
	ctx, leave, err := w.session.Enter(ctx)
	if err != nil {
		return providers.Relation{}, err
	}
	defer leave()
	return w.model(ctx, m)
}

// Check proves an expression over the columns of a relation, with one statement.
func (w *workspace) Check(ctx context.Context, r providers.Relation, expr string) (providers.Column, error) {
	ctx, leave, err := w.session.Enter(ctx)
	if err != nil {
		return providers.Column{}, err
	}
	defer leave()
	return w.check(ctx, r, expr)
}

// Tables lists the state's tables with the names of their columns, in one statement.
func (w *workspace) Tables(ctx context.Context) (map[string][]string, error) {
	ctx, leave, err := w.session.Enter(ctx)
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
	ctx, leave, err := w.session.Enter(ctx)
	if err != nil {
		return nil, err
	}
	found, err := w.query(ctx, query, args...)
	if err != nil {
		leave()
		return nil, err
	}
	return session.NewRows(ctx, found, w.wrap, leave), nil
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

// Close ends what runs, drops this plan's temporary tables and gives the lock back.
func (w *workspace) Close() error {
	if !w.session.Close() {
		return nil
	}
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
