package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"os"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/internal/session"
)

type workspace struct {
	db        *sql.DB
	dialect   dialect
	sources   map[string]*source
	functions functions
	taken     map[string]bool // names that no common table expression may have: the system's views
	write     bool
	stored    bool   // the state is a file
	dir       string // for what does not fit memory
	release   func()

	session session.Session
}

// Dialect gives DuckDB's SQL.
func (w *workspace) Dialect() providers.Dialect { return w.dialect }

// Tables lists the state's tables with the names of their columns.
func (w *workspace) Tables(ctx context.Context) (map[string][]string, error) {
	rows, err := w.Query(ctx, "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = ? AND schema_name = ? "+
		"ORDER BY table_name, column_index", stateCatalog, stateSchema)
	if err != nil {
		return nil, fmt.Errorf("listing the state's tables: %w", err)
	}
	defer func() { _ = rows.Close() }()
	tables := map[string][]string{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return nil, fmt.Errorf("listing the state's tables: %w", err)
		}
		tables[table] = append(tables[table], column)
	}
	return tables, rows.Err()
}

// Query runs one statement. Whole numbers come as Go integers, HUGEINT (what sum() of integers gives) among them only
// where the destination is a *big.Int: cast such sums.
func (w *workspace) Query(ctx context.Context, query string, args ...any) (providers.Rows, error) {
	ctx, leave, err := w.session.Enter(ctx)
	if err != nil {
		return nil, err
	}
	found, err := w.db.QueryContext(ctx, query, args...)
	if err != nil {
		err = wrap(ctx, err)
		leave()
		return nil, err
	}
	return session.NewRows(ctx, found, wrap, leave), nil
}

// Exec runs statements in one transaction. It may write tables of the state or Temp tables, not both: a transaction
// writes one file.
func (w *workspace) Exec(ctx context.Context, stmts ...providers.Statement) error {
	return w.transact(ctx, func(ctx context.Context, c *sql.Conn) error {
		for _, s := range stmts {
			if s.If != "" {
				holds := false
				if err := c.QueryRowContext(ctx, "SELECT "+s.If).Scan(&holds); err != nil {
					return err
				}
				if !holds {
					continue
				}
			}
			if _, err := c.ExecContext(ctx, s.SQL, s.Args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Fill makes a table and fills it through the engine's appender, in one transaction.
func (w *workspace) Fill(ctx context.Context, table string, columns []providers.Column, rows iter.Seq2[[]any, error]) (n int64, err error) {
	name, err := tableName(table)
	if err != nil {
		return 0, err
	}
	names, defs := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		names[i], defs[i] = c.Name, ident(c.Name)+" "+w.dialect.Type(c.Type)
	}
	err = w.transact(ctx, func(ctx context.Context, c *sql.Conn) error {
		if _, err := c.ExecContext(ctx, "CREATE OR REPLACE TABLE "+table+" ("+strings.Join(defs, ", ")+")"); err != nil {
			return err
		}
		return c.Raw(func(conn any) error {
			n, err = load(ctx, conn.(driver.Conn), name, names, rows)
			return err
		})
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

func load(ctx context.Context, conn driver.Conn, name [3]string, columns []string, rows iter.Seq2[[]any, error]) (n int64, err error) {
	a, err := duckdb.NewAppenderWithColumns(conn, name[0], name[1], name[2], columns)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, a.CloseWithCancel(ctx)) }()
	values := make([]driver.Value, len(columns))
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		if len(row) != len(columns) {
			return n, fmt.Errorf("loading %s: a row has %d values for %d columns", name[2], len(row), len(columns))
		}
		if n%1024 == 0 && ctx.Err() != nil {
			return n, context.Cause(ctx)
		}
		for i, v := range row {
			values[i] = v
		}
		if err := a.AppendRow(values...); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// tableName reads what State and Temp give; a bare name is a Temp table.
func tableName(table string) ([3]string, error) {
	parts, rest := identifiers(table)
	switch {
	case rest != "" || len(parts) == 0 || len(parts) > 3:
		return [3]string{}, fmt.Errorf("%q is not the name of a table", table)
	case len(parts) == 3:
		return [3]string(parts), nil
	case len(parts) == 2:
		return [3]string{parts[0], stateSchema, parts[1]}, nil
	}
	return [3]string{tempCatalog, tempSchema, parts[0]}, nil
}

// transact runs f in a transaction, which an error takes back.
func (w *workspace) transact(ctx context.Context, f func(context.Context, *sql.Conn) error) error {
	ctx, leave, err := w.session.Enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	c, err := w.db.Conn(ctx)
	if err != nil {
		return wrap(ctx, err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.ExecContext(ctx, "BEGIN TRANSACTION"); err != nil {
		return wrap(ctx, err)
	}
	// What ends the transaction must run although the context may have ended.
	after := context.WithoutCancel(ctx)
	if err := f(ctx, c); err != nil {
		err = wrap(ctx, err)
		if _, undo := c.ExecContext(after, "ROLLBACK"); undo != nil {
			// The connection is in an unknown state: drop it.
			_ = c.Raw(func(any) error { return driver.ErrBadConn })
		}
		return err
	}
	if err := ctx.Err(); err != nil {
		_, _ = c.ExecContext(after, "ROLLBACK")
		return context.Cause(ctx)
	}
	if _, err := c.ExecContext(after, "COMMIT"); err != nil {
		_, _ = c.ExecContext(after, "ROLLBACK")
		return wrap(after, err)
	}
	return nil
}

// Close ends what runs, writes the state's log into its file and removes what was materialised.
func (w *workspace) Close() error {
	if !w.session.Close() {
		return nil
	}
	var err error
	if w.write {
		ctx := context.Background()
		if _, e := w.db.ExecContext(ctx, "CHECKPOINT "+ident(stateCatalog)); e != nil {
			err = fmt.Errorf("writing the state file: %w", wrap(ctx, e))
		}
	}
	return errors.Join(err, w.shut())
}

// shut closes the instance and removes its directory.
func (w *workspace) shut() error {
	err := w.db.Close()
	if e := os.RemoveAll(w.dir); e != nil {
		err = errors.Join(err, fmt.Errorf("removing the temporary directory: %w", e))
	}
	if w.release != nil {
		w.release()
	}
	return err
}
