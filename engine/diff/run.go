package diff

import (
	"context"
	"fmt"
	"iter"

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
	Rejected int64 // model rows that take no part, apart from those that Salesforce's records rule out
	NullKeys int64
	Live     int64 // records that are known or were found by a match value
	Shared   int64 // match values found on several records
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
	if err := d.read(ctx, model); err != nil {
		return nil, err
	}
	if s.Refresh {
		if err := d.refresh(ctx, object, live, records); err != nil {
			return nil, err
		}
	}
	if err := d.classify(ctx); err != nil {
		return nil, err
	}
	return d, d.create(ctx, "change")
}

// read materialises keys and fingerprints. Rows without key, without match value or with a bad value make it look
// for all rows that take no part.
func (d *Diff) read(ctx context.Context, watch Watch) error {
	if err := d.create(ctx, "keys"); err != nil {
		return err
	}
	var unmatched, bad int64
	err := d.row(ctx, "SELECT count(*), count(*) - count(key), count(*) - count(match_key), count(bad) FROM "+d.q.T["keys"],
		&d.Rows, &d.NullKeys, &unmatched, &bad)
	if err != nil {
		return err
	}
	if watch != nil {
		watch(d.Rows, true)
	}
	d.q.NullKeys = d.NullKeys > 0
	if d.NullKeys+unmatched+bad > 0 {
		return d.reject(ctx)
	}
	return nil
}

// reject finds the rows that take no part.
func (d *Diff) reject(ctx context.Context) error {
	for _, step := range []string{"double_keys", "double_matches", "rejected"} {
		if err := d.create(ctx, step); err != nil {
			return err
		}
	}
	d.q.Rejects = true
	return d.row(ctx, "SELECT count(*) FROM "+d.q.T["rejected"], &d.Rejected)
}

// classify says what becomes of every row. Keys and match values are nearly always unique, and proving it by grouping
// all rows costs as much as comparing them. So rows are compared as if they were unique, and whether they are follows
// from the result; where it does not, the doubles are looked for and the comparison is made again.
func (d *Diff) classify(ctx context.Context) error {
	if err := d.create(ctx, "class"); err != nil || d.q.Rejects {
		return err
	}
	unique, err := d.unique(ctx)
	if err != nil || unique {
		return err
	}
	if err := d.reject(ctx); err != nil {
		return err
	}
	if err := d.ws.Exec(ctx, providers.Statement{SQL: "DROP TABLE " + d.q.T["class"]}); err != nil {
		return err
	}
	return d.create(ctx, "class")
}

// unique tells whether no key and no match value stood in two rows. Every row of the model is either new or paired with
// a snapshot row; where keys are unique there are as many pairs as snapshot rows that did not leave. Rows that are
// unchanged have the match values that were unique when they were committed, so only those of the other rows can clash.
func (d *Diff) unique(ctx context.Context) (bool, error) {
	class, snapshot := d.q.T["class"], "0"
	if d.spec.Snapshot.Table != "" {
		snapshot = "(SELECT count(*) FROM " + d.spec.Snapshot.Table + ")"
	}
	clashes, err := d.q.sql("clashes")
	if err != nil {
		return false, err
	}
	var fresh, left, doubles, kept, shared int64
	err = d.row(ctx, "SELECT count(CASE WHEN NOT known THEN 1 END), count(CASE WHEN class IN ('leave', 'held') THEN 1 END), "+
		"(SELECT count(*) FROM (SELECT key FROM "+class+" WHERE NOT known GROUP BY key HAVING count(*) > 1) AS x), "+snapshot+", ("+clashes+") FROM "+class,
		&fresh, &left, &doubles, &kept, &shared)
	return err == nil && doubles+shared == 0 && d.Rows-fresh == kept-left, err
}

// refresh loads the live records of known rows by id, and those of new rows by match value.
func (d *Diff) refresh(ctx context.Context, object *providers.Object, live Reader, watch Watch) error {
	columns, err := d.q.sql("live_columns")
	if err != nil {
		return err
	}
	if err := d.ws.Exec(ctx, providers.Statement{SQL: "CREATE TABLE " + d.q.T["live"] + " (" + columns + ")"}); err != nil {
		return err
	}
	id := object.Field("Id")
	if id == nil {
		return fmt.Errorf("object %s shows no field Id", object.Name)
	}
	if d.spec.Snapshot.Table != "" {
		if err := d.load(ctx, object, *id, "known_ids", false, live, watch); err != nil {
			return err
		}
	}
	if err := d.load(ctx, object, d.spec.Fields[d.spec.Match].Field, "new_matches", true, live, watch); err != nil {
		return err
	}
	if err := d.create(ctx, "found"); err != nil {
		return err
	}
	err = d.row(ctx, "SELECT CAST(COALESCE(sum(n), 0) AS "+d.q.Int+") + (SELECT count(*) FROM "+d.q.T["live"]+
		" WHERE NOT by_match), count(CASE WHEN n > 1 THEN 1 END) FROM "+d.q.T["found"], &d.Live, &d.Shared)
	if err == nil && watch != nil {
		watch(d.Live, true)
	}
	return err
}

func (d *Diff) load(ctx context.Context, object *providers.Object, by providers.Field, keys string, byMatch bool, live Reader, watch Watch) error {
	query, err := d.q.sql(keys)
	if err != nil {
		return err
	}
	var n int64
	if err := d.row(ctx, "SELECT count(*) FROM ("+query+") AS k", &n); err != nil {
		return err
	}
	if n == 0 {
		return nil
	}
	read := providers.Read{Object: object, By: by, Count: n, Keys: d.texts(ctx, query)}
	columns := []string{"id", "by_match", "match_value", "deleted", "modified_at", "modified_by"}
	for _, f := range d.spec.Fields {
		read.Fields = append(read.Fields, f.Field)
		columns = append(columns, ValueColumn(f.Name))
	}
	read.Deleted = !byMatch

	rows := func(yield func([]any, error) bool) {
		stopped := fmt.Errorf("stopped")
		row := make([]any, len(columns))
		n = 0
		err := live.Read(ctx, read, func(r providers.Record) error {
			row[0], row[1], row[2], row[3], row[4], row[5] = r.ID, byMatch, textValue(r.Match), r.Deleted, r.ModifiedAt, r.ModifiedBy
			for i, v := range r.Values {
				row[6+i] = textValue(v)
			}
			if n++; watch != nil && n%1000 == 0 {
				watch(n, false)
			}
			if !yield(row, nil) {
				return stopped
			}
			return nil
		})
		if err != nil && err != stopped {
			yield(nil, err)
		}
	}
	_, err = d.ws.Load(ctx, d.q.T["live"], columns, rows)
	return err
}

func textValue(t providers.Text) any {
	if !t.Valid {
		return nil
	}
	return t.String
}

// texts streams the one text column of a query.
func (d *Diff) texts(ctx context.Context, query string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		rows, err := d.ws.Query(ctx, query)
		if err != nil {
			yield("", err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				yield("", err)
				return
			}
			if !yield(s, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield("", err)
		}
	}
}

// steady checks that the rows which were hydrated are the rows that were compared.
func steady(compared, hydrated, moved int64) error {
	if compared == hydrated && moved == 0 {
		return nil
	}
	return diag.Diagnostics{{Code: "P102", Severity: diag.Error, Detail: fmt.Sprintf(
		"The model gave different rows when it was read twice: %d of %d rows that change came back, %d of them with other values. "+
			"A plan of it could not be trusted. Look for now(), random(), LIMIT without ORDER BY, or row_number() over an order that is not unique.",
		hydrated, compared, moved)}}
}

// create materialises one step.
func (d *Diff) create(ctx context.Context, step string) error {
	query, err := d.q.sql(step)
	if err != nil {
		return err
	}
	if err := d.ws.Exec(ctx, providers.Statement{SQL: d.ws.Dialect().CreateTemp(fmt.Sprintf("%s_%d", step, d.spec.N), query)}); err != nil {
		return fmt.Errorf("comparing, step %s: %w", step, err)
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
