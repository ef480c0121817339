package diff

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
)

// Reader streams the live records that a comparison asks for. Read is Destination's method of that name.
type Reader interface {
	Read(ctx context.Context, r providers.Read, yield func(providers.Record) error) error
}

// Diff is a finished comparison. Its tables live as long as the workspace.
type Diff struct {
	spec *Spec
	ws   providers.Workspace
	q    *data

	Rows     int64 // of the model
	NullKeys int64
	Missing  int64 // rows of the snapshot that the model does not have
	Snapshot int64 // rows of the snapshot

	// Newest is when the newest row of the model was loaded, where Spec.Loaded says so; nil where no row says when.
	Newest *time.Time

	// Unchecked counts the rows that name parents, where it was not asked whether these are there.
	Unchecked int64

	compared int64 // rows whose values were read
}

// Watch is told how many rows were read so far; nil where nobody listens.
type Watch func(rows int64, done bool)

// Run compares. It writes temporary tables only.
func Run(ctx context.Context, ws providers.Workspace, s *Spec, object *providers.Object, live Reader, model, records Watch) (*Diff, error) {
	q, err := s.fill(ws.Dialect())
	if err != nil {
		return nil, err
	}
	d := &Diff{spec: s, ws: ws, q: q}
	if err := d.create(ctx, "delta", "desired"); err != nil {
		return nil, err
	}
	if err := d.look(ctx, object, live, model, records); err != nil {
		return nil, err
	}
	if q.Stepwise && s.Refresh {
		err = d.create(ctx, "class", "change")
	} else {
		err = d.create(ctx, "change")
	}
	return d, err
}

// measures are what the first step counts, in the order of the template.
type measures struct {
	rows, nulls, fresh, gone   int64
	delta, desired             int64
	unmatched, bad, parents    int64
	doubles, clashes, snapshot int64
	mixed, twice               int64

	newest *time.Time
}

// names are the columns of the template, to the numbers they fill.
func (m *measures) names() ([]string, []any) {
	return []string{"n_rows", "n_null", "n_new", "n_gone", "n_delta", "n_desired", "n_unmatched", "n_bad", "n_parents", "n_double", "n_clash", "n_snap", "n_mixed", "n_twice"},
		[]any{&m.rows, &m.nulls, &m.fresh, &m.gone, &m.delta, &m.desired, &m.unmatched, &m.bad, &m.parents, &m.doubles, &m.clashes, &m.snapshot, &m.mixed, &m.twice}
}

// unique tells whether no key stands in two rows. Every row of the model is either new or paired with a row of the
// snapshot; where keys are unique there are as many pairs as snapshot rows that did not leave. A key that has a row which is
// in the snapshot as it is, and another one which is not, looks new.
func (m *measures) unique() bool {
	return m.doubles == 0 && m.twice == 0 && m.rows-m.nulls-m.fresh == m.snapshot-m.gone
}

// look counts, finds the rows that take no part, and loads the live records of the others: those of known rows by id,
// those of new rows by match value.
func (d *Diff) look(ctx context.Context, object *providers.Object, live Reader, model, records Watch) error {
	l, err := d.lookup(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }() // the one that is open then
	m, err := l.measures()
	if err != nil {
		return err
	}
	if m.mixed > 0 {
		// Two rows have one fingerprint: this time, keys are joined.
		d.q.ByKey = true
		if err := errors.Join(l.Close(), d.create(ctx, "delta", "desired")); err != nil {
			return err
		}
		return d.look(ctx, object, live, model, records)
	}
	d.Rows, d.NullKeys, d.Missing, d.compared = m.rows, m.nulls, m.gone, m.desired
	d.Snapshot, d.Newest = m.snapshot, m.newest
	if m.unique() && m.desired != m.delta {
		return unsteady(m.delta, max(m.delta-m.desired, m.desired-m.delta))
	}
	if model != nil {
		model(d.Rows, true)
	}
	if d.q.Unmatched {
		m.unmatched = 0
	}
	d.q.Measured, d.q.NullKeys = true, m.nulls > 0
	d.q.Crossed = m.gone > 0 && m.delta > m.fresh
	d.q.DoubleKeys, d.q.DoubleMatches = !m.unique(), m.clashes > 0
	orphans := int64(0)
	switch {
	case m.parents == 0:
	case !d.spec.Refresh:
		d.Unchecked = m.parents
	default:
		if err := l.Close(); err != nil {
			return err
		}
		if orphans, err = d.orphans(ctx, live); err != nil {
			return err
		}
	}
	if d.q.NullKeys || d.q.DoubleKeys || d.q.DoubleMatches || m.unmatched+m.bad+orphans > 0 {
		if err := l.Close(); err != nil {
			return err
		}
		if err := d.reject(ctx); err != nil {
			return err
		}
	}
	if !d.spec.Refresh {
		return nil
	}
	if l.rows == nil {
		again, err := d.lookup(ctx)
		if err != nil {
			return err
		}
		l = again
	}
	return d.refresh(ctx, l, m, object, live, records)
}

// reject finds the rows that take no part.
func (d *Diff) reject(ctx context.Context) error {
	if d.q.DoubleKeys {
		if err := d.create(ctx, "double_keys"); err != nil {
			return err
		}
	}
	if d.q.DoubleMatches {
		if err := d.create(ctx, "double_matches"); err != nil {
			return err
		}
	}
	d.q.Rejects = true
	return d.create(ctx, "rejected")
}

// unsteady is the error of a model that gave other rows when it was read again.
func unsteady(compared, moved int64) error {
	return diag.Diagnostics{{Code: "P102", Severity: diag.Error, Detail: fmt.Sprintf(
		"The model gave different rows when it was read twice: of %d rows that differ from the snapshot, %d came back with other values or not at all. "+
			"A plan of it could not be trusted. Look for now(), random(), LIMIT without ORDER BY, or row_number() over an order that is not unique.",
		compared, moved)}}
}

// create materialises steps.
func (d *Diff) create(ctx context.Context, steps ...string) error {
	for _, step := range steps {
		query, err := d.q.sql(step)
		if err != nil {
			return err
		}
		if err := d.ws.Exec(ctx, providers.Statement{SQL: d.ws.Dialect().CreateTemp(fmt.Sprintf("%s_%d", step, d.spec.N), query)}); err != nil {
			return fmt.Errorf("comparing, step %s: %w", step, err)
		}
	}
	return nil
}

// row scans the one row of a query.
func (d *Diff) row(ctx context.Context, query string, dest ...any) error {
	return scanOne(ctx, d.ws, query, dest...)
}

func scanOne(ctx context.Context, ws providers.Workspace, query string, dest ...any) error {
	rows, err := ws.Query(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return fmt.Errorf("a query that always has a row gave none")
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return rows.Err()
}
