package diff

import (
	"context"
	"fmt"
	"strings"
)

// Why is all that a comparison knows of one key. Values are parallel to Spec.Fields; nil is null.
type Why struct {
	Rows  int64 // of the model that have the key; Model and Failed are of one of them
	Model []*string

	// Failed tells, by the index of a check, whether the row fails it. Checks of parents are not among these: they are
	// in Refused where they failed.
	Failed []bool

	Known    bool // the snapshot has it
	RecordID string
	Origin   string // "created" or "adopted", of a known one
	Snapshot []*string

	// Live is the record in Salesforce: the known one, or the one that the match value found. Found is false where there
	// is none, or it was not read.
	Found bool
	Live  []*string

	// Action and Reason are as in Summary, "" for a row that is unchanged. A held row that is rejected has the reason
	// for which it is, with the check that it failed (see Diff.Check; 0 for none).
	Action, Reason string
	Held           bool
	Check          int64
	Value          *string
	Fields         []Changed // of a change
}

// Why tells all of one key, nil where neither the model nor the snapshot has it.
func (d *Diff) Why(ctx context.Context, key string) (*Why, error) {
	w := &Why{}
	literal := d.ws.Dialect().Literal(key)
	for _, step := range []func(context.Context, string, *Why) error{d.whyModel, d.whySnapshot, d.whyChange, d.whyRefused, d.whyLive} {
		if err := step(ctx, literal, w); err != nil {
			return nil, fmt.Errorf("asking why: %w", err)
		}
	}
	if w.Rows == 0 && !w.Known {
		return nil, nil
	}
	return w, nil
}

// Checks lists what is checked of fields.
func (d *Diff) Checks() []Check { return d.q.Checks }

// values are the columns of all fields, and the places to scan them into.
func (d *Diff) values(column func(field) string) (columns string, values []*string, dest []any) {
	names := make([]string, len(d.q.Fields))
	values = make([]*string, len(d.q.Fields))
	for i, x := range d.q.Fields {
		names[i] = column(x)
		dest = append(dest, &values[i])
	}
	return strings.Join(names, ", "), values, dest
}

func (d *Diff) whyModel(ctx context.Context, key string, w *Why) error {
	columns, values, dest := d.values(func(x field) string { return x.V })
	failed := make([]int64, len(d.q.Checks))
	for i, c := range d.q.Checks {
		columns += ", " + failing(c)
		dest = append(dest, &failed[i])
	}
	q := *d.q
	q.Only = key
	from, err := q.sql("values")
	if err != nil {
		return err
	}
	return d.each(ctx, "SELECT "+columns+" FROM ("+from+") AS d", func() {
		w.Rows++
		w.Model = values
		w.Failed = make([]bool, len(failed))
		for i, f := range failed {
			w.Failed[i] = f == 1
		}
	}, dest...)
}

// failing is 1 where a row fails a check, 0 where not.
func failing(c Check) string {
	if c.fails == "" {
		return "0"
	}
	return "CASE WHEN " + c.fails + " THEN 1 ELSE 0 END"
}

func (d *Diff) whySnapshot(ctx context.Context, key string, w *Why) error {
	if d.q.Snapshot == "" {
		return nil
	}
	columns, values, dest := d.values(func(x field) string { return x.V })
	from, err := d.q.sql("snap")
	if err != nil {
		return err
	}
	var record, origin *string
	return d.each(ctx, "SELECT record_id, origin, "+columns+" FROM ("+from+") AS s WHERE key = "+key, func() {
		w.Known, w.RecordID, w.Origin, w.Snapshot = true, deref(record), deref(origin), values
	}, append([]any{&record, &origin}, dest...)...)
}

func (d *Diff) whyChange(ctx context.Context, key string, w *Why) error {
	fields := make([]Changed, len(d.q.Fields))
	var columns []string
	var record, reason *string
	dest := []any{&w.Action, &reason, &record}
	for i, x := range d.q.Fields {
		fields[i].Field = i
		columns = append(columns, x.B, x.N, x.W, x.D)
		dest = append(dest, &fields[i].Before, &fields[i].After, &fields[i].Written, &fields[i].Drifted)
	}
	return d.each(ctx, "SELECT action, reason, record_id, "+strings.Join(columns, ", ")+" FROM "+d.q.T["change"]+" WHERE key = "+key, func() {
		w.Reason, w.Held = deref(reason), w.Action == "held" || w.Action == "reject" && w.Known
		if record != nil {
			w.RecordID = *record
		}
		if changes(w.Action) {
			w.Fields = fields
		}
	}, dest...)
}

func (d *Diff) whyRefused(ctx context.Context, key string, w *Why) error {
	var n int64
	return d.each(ctx, "SELECT reason, COALESCE(bad, 0), value, n FROM ("+d.q.must("refused")+") AS r WHERE key = "+key, func() {
		w.Action = "reject"
	}, &w.Reason, &w.Check, &w.Value, &n)
}

func (d *Diff) whyLive(ctx context.Context, _ string, w *Why) error {
	if !d.spec.Refresh || w.RecordID == "" {
		return nil
	}
	columns, values, dest := d.values(func(x field) string { return x.V })
	return d.each(ctx, "SELECT DISTINCT "+columns+" FROM "+d.q.T["live"]+" WHERE NOT deleted AND id = "+d.ws.Dialect().Literal(w.RecordID), func() {
		w.Found, w.Live = true, values
	}, dest...)
}

// each scans the rows of a query one by one.
func (d *Diff) each(ctx context.Context, query string, do func(), dest ...any) error {
	rows, err := d.ws.Query(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		do()
	}
	return rows.Err()
}
