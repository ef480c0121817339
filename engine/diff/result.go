package diff

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/signalsmith/signalsmith/providers"
)

// Tally counts rows by class or action, and by reason. A row that is unchanged is in neither, except for what is to
// be remembered of it.
type Tally struct {
	ByAction map[string]int64 // create update adopt note same skip open leave held reject
	ByReason map[string]int64
}

// Tally counts the comparison's rows.
func (d *Diff) Tally(ctx context.Context) (Tally, error) {
	t := Tally{ByAction: map[string]int64{}, ByReason: map[string]int64{}}
	count := func(query string) error {
		rows, err := d.ws.Query(ctx, query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var action string
			var reason *string
			var n, drifted, rewritten int64
			if err := rows.Scan(&action, &reason, &n, &drifted, &rewritten); err != nil {
				return err
			}
			t.ByAction[action] += n
			if reason != nil {
				t.ByReason[*reason] += n
			}
			if reason == nil || *reason != "drifted" {
				add(t.ByReason, "drifted", drifted)
			}
			if reason == nil || *reason != "rewritten_by_salesforce" {
				add(t.ByReason, "rewritten_by_salesforce", rewritten)
			}
		}
		return rows.Err()
	}
	err := count("SELECT action, reason, count(*), count(CASE WHEN drifted THEN 1 END), count(CASE WHEN rewritten THEN 1 END) FROM " +
		d.q.T["change"] + " GROUP BY action, reason")
	if err != nil {
		return t, err
	}
	err = count("SELECT class, reason, count(*), 0, 0 FROM " + d.q.T["class"] +
		" WHERE class NOT IN ('compare', 'create') GROUP BY class, reason")
	if err != nil {
		return t, err
	}
	if d.q.Rejects {
		err = count("SELECT 'reject', reason, count(*), 0, 0 FROM " + d.q.T["rejected"] + " GROUP BY reason")
	}
	return t, err
}

func add(m map[string]int64, key string, n int64) {
	if n > 0 {
		m[key] += n
	}
}

// Refreshed tells whether live records were read.
func (d *Diff) Refreshed() bool { return d.spec.Refresh }

// FieldCount tells in how many updates a field is written, and in how many of these it has drifted.
type FieldCount struct {
	Field            string
	Written, Drifted int64
}

// FieldCounts counts the fields of updates, in the mapping's order.
func (d *Diff) FieldCounts(ctx context.Context) ([]FieldCount, error) {
	out := make([]FieldCount, len(d.spec.Fields))
	cols := make([]string, 0, 2*len(out))
	dest := make([]any, 0, 2*len(out))
	for i, x := range d.q.Fields {
		out[i].Field = d.spec.Fields[i].Name
		cols = append(cols, "count(CASE WHEN "+x.W+" THEN 1 END)", "count(CASE WHEN "+x.D+" THEN 1 END)")
		dest = append(dest, &out[i].Written, &out[i].Drifted)
	}
	err := d.row(ctx, "SELECT "+strings.Join(cols, ", ")+" FROM "+d.q.T["change"]+" WHERE action = 'update'", dest...)
	return out, err
}

// Transition counts updates of a field from one value to another; nil is null.
type Transition struct {
	From, To *string
	N        int64
}

// Transitions counts the updates of one field by old and new value, where there are least or more.
func (d *Diff) Transitions(ctx context.Context, i int, least int64) ([]Transition, error) {
	x := d.q.Fields[i]
	rows, err := d.ws.Query(ctx, fmt.Sprintf(
		"SELECT %s, %s, count(*) AS n FROM %s WHERE action = 'update' AND %s GROUP BY %s, %s HAVING count(*) >= %d ORDER BY n DESC, %s, %s",
		x.B, x.N, d.q.T["change"], x.W, x.B, x.N, least, x.B, x.N))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Transition
	for rows.Next() {
		var t Transition
		if err := rows.Scan(&t.From, &t.To, &t.N); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// Change is one row that is written, or of which something is to be remembered.
type Change struct {
	Key      string
	Action   string
	Reason   string
	RecordID string
	By       string // user id of whoever last changed a drifted record
	Fields   []Changed
}

// Changed is one field of a change; nil is null.
type Changed struct {
	Field         int // index into Spec.Fields
	Before, After *string
	Written       bool
	Drifted       bool
}

// Changes streams the rows of one action in order of their keys; a positive limit ends the stream early.
// The Change and its Fields are valid until the next step.
func (d *Diff) Changes(ctx context.Context, action string, limit int) iter.Seq2[*Change, error] {
	cols := []string{"key", "action", "reason", "record_id", "modified_by"}
	for _, x := range d.q.Fields {
		cols = append(cols, x.B, x.N, x.W, x.D)
	}
	query := "SELECT " + strings.Join(cols, ", ") + " FROM " + d.q.T["change"] + " WHERE action = ? ORDER BY key"
	if limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", limit)
	}
	return func(yield func(*Change, error) bool) {
		rows, err := d.ws.Query(ctx, query, action)
		if err != nil {
			yield(nil, err)
			return
		}
		defer rows.Close()
		n := len(d.q.Fields)
		c := &Change{Fields: make([]Changed, n)}
		var reason, record, by *string
		dest := []any{&c.Key, &c.Action, &reason, &record, &by}
		for i := range c.Fields {
			f := &c.Fields[i]
			f.Field = i
			dest = append(dest, &f.Before, &f.After, &f.Written, &f.Drifted)
		}
		for rows.Next() {
			if err := rows.Scan(dest...); err != nil {
				yield(nil, err)
				return
			}
			c.Reason, c.RecordID, c.By = deref(reason), deref(record), deref(by)
			if !yield(c, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Other is a row that nothing is written for, with the reason.
type Other struct {
	Key, Action, Reason, Detail string
}

// Others lists the rows of one class (skip, open, leave, held, reject) in order of their keys.
func (d *Diff) Others(ctx context.Context, class string, limit int) ([]Other, error) {
	query := "SELECT key, reason, CAST(NULL AS " + d.q.Text + ") AS bad FROM " + d.q.T["class"] + " WHERE class = " + d.ws.Dialect().Literal(class)
	if class == "reject" && d.q.Rejects {
		query += " UNION ALL SELECT key, reason, bad FROM " + d.q.T["rejected"]
	}
	query = "SELECT key, reason, bad FROM (" + query + ") AS o ORDER BY key, reason, bad"
	if limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", limit)
	}
	rows, err := d.ws.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Other
	for rows.Next() {
		var key, reason, bad *string
		if err := rows.Scan(&key, &reason, &bad); err != nil {
			return nil, err
		}
		out = append(out, Other{Key: deref(key), Action: class, Reason: deref(reason), Detail: deref(bad)})
	}
	return out, rows.Err()
}

// Digest is a number over every row of the comparison, whatever their order: the same rows with the same values and
// fates give the same number.
func (d *Diff) Digest(ctx context.Context) (string, error) {
	dialect := d.ws.Dialect()
	// A sum, not an exclusive or: in that, two equal rows would be none.
	sum := func(cols []string) string {
		return "CAST(sum(CAST(" + dialect.Fingerprint(cols) + " AS DECIMAL(38,0))) AS " + d.q.Text + ")"
	}
	yes := func(e string) string { return "CASE WHEN " + e + " THEN '1' END" }
	change := []string{"key", "action", "reason", "record_id"}
	for _, x := range d.q.Fields {
		change = append(change, x.B, x.N, yes(x.W), x.E)
	}
	parts := []string{
		"(SELECT " + sum(change) + " FROM " + d.q.T["change"] + ")",
		"(SELECT " + sum([]string{"key", "class", "reason", "record_id"}) + " FROM " + d.q.T["class"] + ")",
		"CAST(NULL AS " + d.q.Text + ")",
	}
	if d.q.Rejects {
		parts[2] = "(SELECT " + sum([]string{"key", "reason", "match_value"}) + " FROM " + d.q.T["rejected"] + ")"
	}
	var a, b, c *string
	if err := d.row(ctx, "SELECT "+strings.Join(parts, ", "), &a, &b, &c); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d.%d.%d.%s.%s.%s", d.Rows, d.Rejected, d.NullKeys, deref(a), deref(b), deref(c)), nil
}

// Outcomes is the table that confirmed writes are loaded into before a commit.
func (d *Diff) Outcomes(ctx context.Context) (table string, columns []string, err error) {
	ddl := fmt.Sprintf("CREATE TABLE %s (key %s, id %s, created %s, confirmed_at %s)", d.q.T["outcome"], d.q.Text, d.q.Text, d.q.Bool, d.q.Instant)
	return d.q.T["outcome"], []string{"key", "id", "created", "confirmed_at"}, d.ws.Exec(ctx, providers.Statement{SQL: ddl})
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

// Drop removes the comparison's tables.
func (d *Diff) Drop(ctx context.Context) error {
	var drops []providers.Statement
	for _, t := range tables {
		drops = append(drops, providers.Statement{SQL: "DROP TABLE IF EXISTS " + d.q.T[t]})
	}
	return d.ws.Exec(ctx, drops...)
}
