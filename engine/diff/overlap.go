package diff

import (
	"context"
	"strings"
)

// Both says in which way two comparisons are about one record.
type Both int

// The ways, of the one and the other comparison.
const (
	Mapped   Both = iota // both have a row of it
	LeftHere             // its row left the one and is cleared, and the other has a row of it that stays
	LeftBoth             // its rows left both and are cleared
)

// Overlap finds the records that two comparisons of one object are both about: their number, and the keys of the
// first few in either model. Where both find records by the same field, new records count as Mapped too.
func (d *Diff) Overlap(ctx context.Context, other *Diff, which Both, few int) (n int64, keys [][2]string, err error) {
	step, on := "records", "a.record_id = b.record_id"
	with := step
	switch {
	case which == LeftHere:
		step, with = "cleared", "staying"
	case which == LeftBoth:
		step, with = "cleared", "cleared"
	case d.spec.Match >= 0 && other.spec.Match >= 0 && strings.EqualFold(d.spec.Fields[d.spec.Match].Name, other.spec.Fields[other.spec.Match].Name):
		step, with, on = "usable", "usable", "a.match_key = b.match_key"
	}
	left, err := d.q.sql(step)
	if err != nil {
		return 0, nil, err
	}
	right, err := other.q.sql(with)
	if err != nil {
		return 0, nil, err
	}
	pairs := "SELECT a.key AS one, b.key AS two FROM (" + left + ") AS a JOIN (" + right + ") AS b ON " + on
	if err := d.row(ctx, "SELECT count(*) FROM ("+pairs+") AS p", &n); err != nil || n == 0 {
		return n, nil, err
	}
	rows, err := d.ws.Query(ctx, pairs+" ORDER BY one, two")
	if err != nil {
		return n, nil, err
	}
	defer rows.Close()
	for len(keys) < few && rows.Next() {
		var pair [2]string
		if err := rows.Scan(&pair[0], &pair[1]); err != nil {
			return n, nil, err
		}
		keys = append(keys, pair)
	}
	return n, keys, rows.Err()
}
