package diff

import (
	"context"
	"fmt"
	"strings"
)

// Summary is what a plan tells of a comparison, apart from samples. It is read in one statement: on a distributed
// engine a statement costs more than what it computes.
type Summary struct {
	ByAction map[string]int64 // create update adopt note same skip open leave held reject
	ByReason map[string]int64

	Fields      []FieldCount         // in the mapping's order
	Transitions map[int][]Transition // by index of the field

	// Digest is a number over every row of the comparison, whatever their order: the same rows with the same values
	// and fates give the same number.
	Digest string
}

// FieldCount tells in how many updates a field is written, and in how many of these it has drifted.
type FieldCount struct {
	Field            string
	Written, Drifted int64
}

// Transition counts updates of a field from one value to another; nil is null.
type Transition struct {
	From, To *string
	N        int64
}

// Summary sums the comparison up. It is an error where the model gave different rows when it was read twice. Transitions
// are counted for the fields whose index is in counted, where there are least or more of a kind.
func (d *Diff) Summary(ctx context.Context, counted []int, least int64) (*Summary, error) {
	out := &Summary{ByAction: map[string]int64{}, ByReason: map[string]int64{}, Transitions: map[int][]Transition{}}
	for _, f := range d.spec.Fields {
		out.Fields = append(out.Fields, FieldCount{Field: f.Name})
	}
	digests := map[string]string{}
	rows, err := d.ws.Query(ctx, d.summary(counted, least))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var kind string
		var a, b *string
		var i, n, m, k int64
		if err := rows.Scan(&kind, &i, &a, &b, &n, &m, &k); err != nil {
			return nil, err
		}
		switch kind {
		case "steady":
			if err := steady(n, m, k); err != nil {
				return nil, err
			}
		case "rows":
			out.count(deref(a), deref(b), n, m, k)
		case "field":
			out.Fields[i].Written, out.Fields[i].Drifted = n, m
		case "transition":
			out.Transitions[int(i)] = append(out.Transitions[int(i)], Transition{From: a, To: b, N: n})
		case "digest":
			digests[deref(a)] = deref(b)
		}
	}
	out.Digest = fmt.Sprintf("%d.%d.%d.%s.%s.%s", d.Rows, d.Rejected, d.NullKeys, digests["change"], digests["class"], digests["rejected"])
	return out, rows.Err()
}

// count adds rows of one action and reason; drifted and rewritten ones count under these reasons too.
func (s *Summary) count(action, reason string, n, drifted, rewritten int64) {
	s.ByAction[action] += n
	if reason != "" {
		s.ByReason[reason] += n
	}
	if reason != "drifted" && drifted > 0 {
		s.ByReason["drifted"] += drifted
	}
	if reason != "rewritten_by_salesforce" && rewritten > 0 {
		s.ByReason["rewritten_by_salesforce"] += rewritten
	}
}

// summary is the statement: rows of (kind, field, two texts, three numbers), each part over one table.
func (d *Diff) summary(counted []int, least int64) string {
	t, null := d.q.T, "CAST(NULL AS "+d.q.Text+")"
	parts := []string{
		"SELECT 'steady' AS kind, 0 AS i, " + null + " AS a, " + null + " AS b, (SELECT count(*) FROM " + t["class"] + " WHERE class IN ('compare', 'create')) AS n, " +
			"count(*) AS m, count(CASE WHEN new_fp <> want_fp THEN 1 END) AS k FROM " + t["change"],
		"SELECT 'rows' AS kind, 0 AS i, action AS a, reason AS b, count(*) AS n, count(CASE WHEN drifted THEN 1 END) AS m, " +
			"count(CASE WHEN rewritten THEN 1 END) AS k FROM " + t["change"] + " GROUP BY action, reason",
		"SELECT 'rows', 0, class, reason, count(*), 0, 0 FROM " + t["class"] + " WHERE class NOT IN ('compare', 'create') GROUP BY class, reason",
	}
	if d.q.Rejects {
		parts = append(parts, "SELECT 'rows', 0, 'reject', reason, count(*), 0, 0 FROM "+t["rejected"]+" GROUP BY reason")
	}
	for i, x := range d.q.Fields {
		parts = append(parts, fmt.Sprintf("SELECT 'field', %d, %s, %s, count(CASE WHEN %s THEN 1 END), count(CASE WHEN %s THEN 1 END), 0 FROM %s WHERE action = 'update'",
			i, null, null, x.W, x.D, t["change"]))
	}
	for _, i := range counted {
		x := d.q.Fields[i]
		parts = append(parts, fmt.Sprintf("SELECT 'transition', %d, %s, %s, count(*), 0, 0 FROM %s WHERE action = 'update' AND %s GROUP BY %s, %s HAVING count(*) >= %d",
			i, x.B, x.N, t["change"], x.W, x.B, x.N, least))
	}
	change := []string{"key", "action", "reason", "record_id"}
	for _, x := range d.q.Fields {
		change = append(change, x.B, x.N, "CASE WHEN "+x.W+" THEN '1' END", x.E)
	}
	parts = append(parts, d.digest("change", change), d.digest("class", []string{"key", "class", "reason", "record_id"}))
	if d.q.Rejects {
		parts = append(parts, d.digest("rejected", []string{"key", "reason", "match_value"}))
	}
	return strings.Join(parts, "\nUNION ALL ") + "\nORDER BY kind, i, n DESC, a, b"
}

// digest sums the fingerprints of a table's rows. A sum, not an exclusive or: in that, two equal rows would be none.
func (d *Diff) digest(table string, columns []string) string {
	return fmt.Sprintf("SELECT 'digest', 0, '%s', CAST(sum(CAST(%s AS DECIMAL(38,0))) AS %s), 0, 0, 0 FROM %s",
		table, d.ws.Dialect().Fingerprint(columns), d.q.Text, d.q.T[table])
}
