package diff

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/providers"
)

// Refreshed tells whether live records were read.
func (d *Diff) Refreshed() bool { return d.spec.Refresh }

// Change is one row that is written, or of which something is to be remembered.
type Change struct {
	Key      string
	Action   string
	Reason   string
	RecordID string
	By       string // user id of whoever last changed a drifted record
	Fields   []Changed

	// ModifiedAt is when the record was last changed, as far as that was read.
	ModifiedAt time.Time
}

// Changed is one field of a change; nil is null.
type Changed struct {
	Field         int // index into Spec.All
	Before, After *string
	Written       bool
	Drifted       bool
}

// Changes streams the rows of one action in order of their keys, with what is to be written: After where Written; and, but for creates, with what was there before. The
// Change and its Fields are valid until the next step.
func (d *Diff) Changes(ctx context.Context, action string) iter.Seq2[*Change, error] {
	fields := slices.Concat(d.q.Fields, d.q.Aside)
	cols := []string{"key", "record_id", "modified_at"}
	for _, x := range fields {
		cols = append(cols, x.N)
	}
	if action != "create" { // which writes all that it has
		for _, x := range fields {
			cols = append(cols, x.W, x.B)
		}
	}
	query := "SELECT " + strings.Join(cols, ", ") + " FROM " + d.q.T["change"] + " WHERE action = ? ORDER BY key"
	return func(yield func(*Change, error) bool) {
		rows, err := d.ws.Query(ctx, query, action)
		if err != nil {
			yield(nil, err)
			return
		}
		defer rows.Close()
		c := &Change{Action: action, Fields: make([]Changed, len(fields))}
		var record *string
		var modified *time.Time
		dest := []any{&c.Key, &record, &modified}
		for i := range c.Fields {
			c.Fields[i].Field = i
			dest = append(dest, &c.Fields[i].After)
		}
		if action != "create" {
			for i := range c.Fields {
				dest = append(dest, &c.Fields[i].Written, &c.Fields[i].Before)
			}
		}
		for rows.Next() {
			if err := rows.Scan(dest...); err != nil {
				yield(nil, err)
				return
			}
			c.RecordID, c.ModifiedAt = deref(record), time.Time{}
			if modified != nil {
				c.ModifiedAt = *modified
			}
			if action == "create" {
				for i := range d.spec.Fields {
					c.Fields[i].Written = c.Fields[i].After != nil && !d.spec.Fields[i].ReadOnly
				}
			}
			if !yield(c, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// Outcomes fills the table of confirmed writes, which a commit reads: key, id, whether it was created, when, and
// whether it is in doubt.
func (d *Diff) Outcomes(ctx context.Context, rows iter.Seq2[[]any, error]) error {
	_, err := d.ws.Fill(ctx, d.q.T["outcome"], []providers.Column{
		{Name: "key", Type: providers.TypeText}, {Name: "id", Type: providers.TypeText},
		{Name: "created", Type: providers.TypeBool}, {Name: "confirmed_at", Type: providers.TypeInstant},
		{Name: "doubt", Type: providers.TypeBool},
	}, rows)
	return err
}

// Doubtful is a query of the keys of rows that were sent, and of which no answer came, where they can never be found
// again: "" where records have a match field.
func (d *Diff) Doubtful() (string, error) {
	if !d.q.Unmatched {
		return "", nil
	}
	return d.q.sql("doubtful")
}

// Commit gives the statements that bring a snapshot table up to date with the outcomes: confirmed rows and notes
// enter or change, rows that left the model go. Repeating them changes nothing.
func (d *Diff) Commit(ctx context.Context, table string, generation int64, run string) ([]providers.Statement, error) {
	q := d.q
	q.Generation, q.Run = generation, d.ws.Dialect().Literal(run)
	if err := d.create(ctx, "commit"); err != nil {
		return nil, err
	}
	var columns []string
	for _, c := range Fixed() {
		columns = append(columns, c.Name)
	}
	for _, f := range d.spec.Fields {
		columns = append(columns, ValueColumn(f.Name), EchoColumn(f.Name))
	}
	var out []providers.Statement
	for _, sql := range d.ws.Dialect().Replace(table, fmt.Sprintf("commit_%d", d.spec.N), []string{ColKey}, columns) {
		out = append(out, providers.Statement{SQL: sql})
	}
	return out, nil
}
