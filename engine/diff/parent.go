package diff

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/providers"
)

// orphans looks up the parents that rows name, and counts the rows that name one which is not there.
func (d *Diff) orphans(ctx context.Context, live Reader) (n int64, err error) {
	query, err := d.q.sql("parent_counts")
	if err != nil {
		return 0, err
	}
	counts := make([]int64, len(d.q.Parents))
	dest := make([]any, len(counts))
	for i := range counts {
		dest[i] = &counts[i]
	}
	if err := d.row(ctx, query, dest...); err != nil {
		return 0, fmt.Errorf("comparing, step parent_counts: %w", err)
	}
	columns := []providers.Column{
		{Name: "i", Type: providers.TypeInt}, {Name: "value", Type: providers.TypeText}, {Name: "id", Type: providers.TypeText}, {Name: "inactive", Type: providers.TypeBool},
	}
	if _, err := d.ws.Fill(ctx, d.q.T["parents"], columns, d.parents(ctx, live, counts)); err != nil {
		return 0, err
	}
	if !slices.ContainsFunc(d.q.Parents, func(p parent) bool { return p.Named }) {
		return 0, nil
	}
	if err := d.create(ctx, "orphans"); err != nil {
		return 0, err
	}
	if err := d.row(ctx, "SELECT count(*) FROM "+d.q.T["orphans"], &n); err != nil {
		return 0, err
	}
	d.q.Orphans = n > 0
	return n, nil
}

// parents streams the live records that the rows name, of one parent after the other.
func (d *Diff) parents(ctx context.Context, live Reader, counts []int64) iter.Seq2[[]any, error] {
	stopped := errors.New("stopped")
	return func(yield func([]any, error) bool) {
		row := make([]any, 4)
		for i, p := range d.spec.Parents {
			if counts[i] == 0 {
				continue
			}
			v := d.q.Parents[i].V
			keys := d.texts(ctx, "SELECT DISTINCT "+v+" FROM "+d.q.T["desired"]+" WHERE "+v+" IS NOT NULL AND bad IS NULL")
			read := providers.Read{Object: p.Object, By: p.By, Keys: keys, Count: counts[i]}
			if active := p.Object.Field("IsActive"); p.Owner && active != nil {
				read.Fields = []providers.Field{*active}
			}
			err := live.Read(ctx, read, func(r providers.Record) error {
				off := len(r.Values) == 1 && r.Values[0].String == "false"
				row[0], row[1], row[2], row[3] = int64(i), textValue(r.Match), r.ID, off
				if off {
					d.q.Inactive[i] = true
				}
				if !yield(row, nil) {
					return stopped
				}
				return nil
			})
			if err == stopped {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
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
			var text string
			if err := rows.Scan(&text); err != nil {
				yield("", err)
				return
			}
			if !yield(text, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield("", err)
		}
	}
}

// Planned is a query of one column, value: what records will have in a field once the changes are written. ok is false
// where the field is not written.
func (d *Diff) Planned(name string) (query string, ok bool) {
	for i, f := range d.spec.Fields {
		if x := d.q.Fields[i]; strings.EqualFold(f.Name, name) && !f.ReadOnly {
			return "SELECT c." + x.N + " AS value FROM " + d.q.T["change"] + " AS c WHERE c." + x.N + " IS NOT NULL AND (c.action = 'create' OR c.action = 'update' AND c." + x.W + ")", true
		}
	}
	return "", false
}
