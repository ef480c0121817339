package diff

import (
	"context"
	"fmt"
	"iter"
	"strings"
)

// Sample is one row of the comparison as a plan shows it. Fields stand in changes only; Detail is the field that a
// rejected row's value does not fit.
type Sample struct {
	Change
	Detail string
}

// Samples streams rows of some actions in the order given, and of each action in order of their keys, in one
// statement. A positive limit is for each action. The Sample and its Fields are valid until the next step.
func (d *Diff) Samples(ctx context.Context, actions []string, limit int) iter.Seq2[*Sample, error] {
	return func(yield func(*Sample, error) bool) {
		if len(actions) == 0 {
			return
		}
		rows, err := d.ws.Query(ctx, d.samples(actions, limit))
		if err != nil {
			yield(nil, err)
			return
		}
		defer rows.Close()
		s := &Sample{}
		fields := make([]Changed, len(d.q.Fields))
		var rank int64
		var key, reason, record, by, bad *string
		dest := []any{&rank, &s.Action, &key, &reason, &record, &by, &bad}
		for i := range fields {
			f := &fields[i]
			f.Field = i
			dest = append(dest, &f.Before, &f.After, &f.Written, &f.Drifted)
		}
		for rows.Next() {
			if err := rows.Scan(dest...); err != nil {
				yield(nil, err)
				return
			}
			s.Key, s.Reason, s.RecordID, s.By, s.Detail, s.Fields = deref(key), deref(reason), deref(record), deref(by), deref(bad), nil
			if changed(s.Action) {
				s.Fields = fields
			}
			if !yield(s, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// changed tells whether rows of an action are in the change table.
func changed(action string) bool {
	return action == "create" || action == "update" || action == "adopt" || action == "note"
}

func (d *Diff) samples(actions []string, limit int) string {
	null, no := "CAST(NULL AS "+d.q.Text+")", "1 = 0"
	var values, none []string
	for _, x := range d.q.Fields {
		values = append(values, x.B, x.N, x.W, x.D)
		none = append(none, null, null, no, no)
	}
	parts := make([]string, 0, len(actions))
	for rank, action := range actions {
		name := d.ws.Dialect().Literal(action)
		head := fmt.Sprintf("SELECT %d AS rank, %s AS action, key, reason, ", rank, name)
		from := head + "record_id, modified_by, " + null + " AS bad, " + strings.Join(values, ", ") + " FROM " + d.q.T["change"] + " WHERE action = " + name
		if !changed(action) {
			other := "key, reason, " + null + " AS bad FROM " + d.q.T["class"] + " WHERE class = " + name
			if action == "reject" && d.q.Rejects {
				other += " UNION ALL SELECT key, reason, bad FROM " + d.q.T["rejected"]
			}
			from = head + null + " AS record_id, " + null + " AS modified_by, bad, " + strings.Join(none, ", ") + " FROM (SELECT " + other + ") AS o"
		}
		from += " ORDER BY key, reason, bad"
		if limit > 0 {
			from += fmt.Sprintf(" LIMIT %d", limit)
		}
		parts = append(parts, "("+from+")")
	}
	return "SELECT * FROM (" + strings.Join(parts, "\nUNION ALL ") + ") AS s ORDER BY rank, key, reason, bad"
}
