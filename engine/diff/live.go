package diff

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/providers"
)

// The kinds of a lookup's rows, in their order.
const (
	kindMeasures = iota
	kindID
	kindMatch
	kindEnd
)

// lookup is a stream of what to look up in Salesforce: rows of a kind and a text, ordered by kind.
type lookup struct {
	rows providers.Rows
	kind int64 // of the row that was read last; -1 before the first
	text string
	done bool
	err  error
}

func (d *Diff) lookup(ctx context.Context) (*lookup, error) {
	query, err := d.q.sql("lookup")
	if err != nil {
		return nil, err
	}
	rows, err := d.ws.Query(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("comparing, step lookup: %w", err)
	}
	return &lookup{rows: rows, kind: -1}, nil
}

// Close ends the stream; it may be called again.
func (l *lookup) Close() error {
	if l.rows == nil {
		return nil
	}
	rows := l.rows
	l.rows, l.done = nil, true
	return rows.Close()
}

// next reads one row, unless the last one has not been taken yet.
func (l *lookup) next() bool {
	if l.done || l.err != nil {
		return false
	}
	if !l.rows.Next() {
		l.done, l.err = true, l.rows.Err()
		return false
	}
	l.err = l.rows.Scan(&l.kind, &l.text)
	return l.err == nil
}

// measures reads the first row.
func (l *lookup) measures() (*measures, error) {
	m := &measures{}
	if !l.next() || l.kind != kindMeasures {
		return nil, errors.Join(fmt.Errorf("the counts of the comparison are missing"), l.err)
	}
	numbers := strings.Split(l.text, ",")
	names, dest := m.names()
	if len(numbers) == len(names)+1 { // when the newest row was loaded stands last
		if text := numbers[len(names)]; text != "" {
			newest, err := time.Parse(time.RFC3339, text)
			if err != nil {
				return nil, fmt.Errorf("the age of the model: %w", err)
			}
			m.newest = &newest
		}
		numbers = numbers[:len(names)]
	}
	if len(numbers) != len(names) {
		return nil, fmt.Errorf("the counts of the comparison are %q", l.text)
	}
	for i, n := range numbers {
		v, err := strconv.ParseInt(n, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the counts of the comparison: %w", err)
		}
		*dest[i].(*int64) = v
	}
	l.kind = -1
	return m, nil
}

// of streams the texts of one kind. What is left of kinds before it is passed over.
func (l *lookup) of(kind int64) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for l.kind < kind {
			if !l.next() {
				break
			}
		}
		for l.kind == kind {
			if !yield(l.text, nil) {
				l.kind = -1 // the reader has taken it
				return
			}
			if !l.next() {
				l.kind = kindEnd
			}
		}
		if l.err != nil {
			yield("", l.err)
		}
	}
}

// refresh loads live records: of known rows by id, of new rows by match value.
func (d *Diff) refresh(ctx context.Context, l *lookup, m *measures, object *providers.Object, live Reader, watch Watch) error {
	id := object.Field("Id")
	if id == nil {
		return fmt.Errorf("object %s shows no field Id", object.Name)
	}
	var asked []asking
	if d.spec.Snapshot.Table != "" && !d.spec.Inserts {
		n := m.snapshot - m.gone
		if d.q.Leaves {
			n = m.snapshot
		}
		asked = append(asked, asking{by: *id, keys: l.of(kindID), n: n})
	}
	var match providers.Field
	if d.spec.Match < 0 {
		m.desired = 0
	} else {
		match = d.spec.Fields[d.spec.Match].Field
	}
	asked = append(asked, asking{by: match, keys: l.of(kindMatch), n: m.desired, byMatch: true})
	loading := &loading{d: d, object: object, live: live, watch: watch, follow: id}
	if err := loading.fill(ctx, asked...); err != nil || !d.q.Recreates || !loading.missed {
		return err
	}
	return loading.again(ctx, match)
}

// asking is one read: the field that records are found by, and its values, of which there are at most n.
type asking struct {
	by      providers.Field
	keys    iter.Seq2[string, error]
	n       int64
	byMatch bool
}

// load makes the table of live records.
func (d *Diff) load(ctx context.Context, object *providers.Object, live Reader, watch Watch, asked ...asking) error {
	return (&loading{d: d, object: object, live: live, watch: watch}).fill(ctx, asked...)
}

// loading is the load of live records.
type loading struct {
	d      *Diff
	object *providers.Object
	live   Reader
	watch  Watch
	follow *providers.Field // the field Id, where merged records are followed to their masters

	n      int64
	missed bool // an id that was asked for has no live record
}

// columns are those of the live table. followed marks a record that another one was merged into, read for that reason;
// of the merged one, master_id is the record that it ended in, if that is there.
func (l *loading) columns() []providers.Column {
	out := []providers.Column{
		{Name: "id", Type: providers.TypeText}, {Name: "by_match", Type: providers.TypeBool}, {Name: "match_value", Type: providers.TypeText},
		{Name: "deleted", Type: providers.TypeBool}, {Name: "modified_at", Type: providers.TypeInstant}, {Name: "modified_by", Type: providers.TypeText},
		{Name: "converted", Type: providers.TypeBool}, {Name: "followed", Type: providers.TypeBool}, {Name: "master_id", Type: providers.TypeText},
	}
	for _, f := range l.d.spec.All() {
		out = append(out, providers.Column{Name: ValueColumn(f.Name), Type: providers.TypeText})
	}
	return out
}

var errStopped = errors.New("stopped")

// fill makes the table.
func (l *loading) fill(ctx context.Context, asked ...asking) error {
	columns := l.columns()
	_, err := l.d.ws.Fill(ctx, l.d.q.T["live"], columns, func(yield func([]any, error) bool) {
		row := make([]any, len(columns))
		for _, a := range asked {
			if a.n == 0 {
				continue
			}
			if err := l.read(ctx, a, row, yield); err != nil {
				if err != errStopped {
					yield(nil, err)
				}
				return
			}
		}
	})
	if err == nil && l.watch != nil {
		l.watch(l.n, true)
	}
	return err
}

// again looks up by match value what is gone by id, before it is created again.
func (l *loading) again(ctx context.Context, match providers.Field) error {
	query, err := l.d.q.sql("missing")
	if err != nil {
		return err
	}
	var keys []string
	for text, err := range texts(ctx, l.d.ws, query) {
		if err != nil {
			return fmt.Errorf("comparing, step missing: %w", err)
		}
		keys = append(keys, text)
	}
	if len(keys) == 0 {
		return nil
	}
	columns := l.columns()
	a := asking{by: match, n: int64(len(keys)), byMatch: true, keys: func(yield func(string, error) bool) {
		for _, k := range keys {
			if !yield(k, nil) {
				return
			}
		}
	}}
	_, err = l.d.ws.Fill(ctx, l.d.q.T["again"], columns, func(yield func([]any, error) bool) {
		if err := l.read(ctx, a, make([]any, len(columns)), yield); err != nil && err != errStopped {
			yield(nil, err)
		}
	})
	l.d.q.T["live"] = "(SELECT * FROM " + l.d.q.T["live"] + " UNION ALL SELECT * FROM " + l.d.q.T["again"] + ")"
	return err
}

// read streams one read's records into rows of the table.
func (l *loading) read(ctx context.Context, a asking, row []any, yield func([]any, error) bool) error {
	read := providers.Read{Object: l.object, Fields: l.d.spec.All(), By: a.by, Count: a.n, Deleted: !a.byMatch}
	put := func(r *providers.Record, followed bool, master string) error {
		row[0], row[1], row[2], row[3], row[4], row[5] = r.ID, a.byMatch, textValue(r.Match), r.Deleted, r.ModifiedAt, r.ModifiedBy
		row[6], row[7], row[8] = r.Converted, followed, textValue(providers.T(master))
		for i, v := range r.Values {
			row[9+i] = textValue(v)
		}
		if l.n++; l.watch != nil && l.n%1000 == 0 {
			l.watch(l.n, false)
		}
		if !yield(row, nil) {
			return errStopped
		}
		return nil
	}
	var wanted, found int64
	read.Keys = func(yield func(string, error) bool) {
		for k, err := range a.keys {
			wanted++
			if !yield(k, err) {
				return
			}
		}
	}
	merged := map[string]*providers.Record{}
	err := l.live.Read(ctx, read, func(r providers.Record) error {
		if r.Deleted && r.MasterID != "" && l.follow != nil {
			r.Values = slices.Clone(r.Values)
			merged[r.ID] = &r
			return nil
		}
		if !r.Deleted {
			found++
		}
		return put(&r, false, "")
	})
	if err != nil {
		return err
	}
	l.missed = l.missed || !a.byMatch && found < wanted
	return l.masters(ctx, read, merged, put)
}

// masters follows merged records to the records that they ended in; a master may have been merged in turn.
func (l *loading) masters(ctx context.Context, read providers.Read, merged map[string]*providers.Record, put func(r *providers.Record, followed bool, master string) error) error {
	known := map[string]*providers.Record{}
	next := map[string]bool{}
	for id, r := range merged {
		known[id] = r
		next[r.MasterID] = true
	}
	for len(next) > 0 {
		ids := slices.Sorted(maps.Keys(next))
		clear(next)
		read.By, read.Count, read.Deleted = *l.follow, int64(len(ids)), true
		read.Keys = func(yield func(string, error) bool) {
			for _, id := range ids {
				if known[id] == nil && !yield(id, nil) {
					return
				}
			}
		}
		err := l.live.Read(ctx, read, func(r providers.Record) error {
			r.Values = slices.Clone(r.Values)
			known[r.ID] = &r
			if r.Deleted && r.MasterID != "" && known[r.MasterID] == nil {
				next[r.MasterID] = true
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	ends := map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(merged)) {
		end := merged[id]
		for range len(known) {
			if end == nil || !end.Deleted {
				break
			}
			end = known[end.MasterID]
		}
		master := ""
		if end != nil && !end.Deleted {
			master = end.ID
			ends[master] = true
			merged[id].Converted = end.Converted // it is read-only
		}
		if err := put(merged[id], false, master); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ends)) {
		if err := put(known[id], true, ""); err != nil {
			return err
		}
	}
	return nil
}

func textValue(t providers.Text) any {
	if !t.Valid {
		return nil
	}
	return t.String
}
