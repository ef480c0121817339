package diff

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

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
	if d.spec.Snapshot.Table != "" {
		asked = append(asked, asking{by: *id, keys: l.of(kindID), n: m.snapshot - m.gone})
	}
	asked = append(asked, asking{by: d.spec.Fields[d.spec.Match].Field, keys: l.of(kindMatch), n: m.desired, byMatch: true})
	return d.load(ctx, object, live, watch, asked...)
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
	columns := []providers.Column{
		{Name: "id", Type: providers.TypeText}, {Name: "by_match", Type: providers.TypeBool}, {Name: "match_value", Type: providers.TypeText},
		{Name: "deleted", Type: providers.TypeBool}, {Name: "modified_at", Type: providers.TypeInstant}, {Name: "modified_by", Type: providers.TypeText},
	}
	read := providers.Read{Object: object}
	for _, f := range d.spec.Fields {
		read.Fields = append(read.Fields, f.Field)
		columns = append(columns, providers.Column{Name: ValueColumn(f.Name), Type: providers.TypeText})
	}
	stopped := errors.New("stopped")
	n := int64(0)
	rows := func(yield func([]any, error) bool) {
		row := make([]any, len(columns))
		for _, a := range asked {
			if a.n == 0 {
				continue
			}
			read.By, read.Keys, read.Count, read.Deleted = a.by, a.keys, a.n, !a.byMatch
			err := live.Read(ctx, read, func(r providers.Record) error {
				row[0], row[1], row[2], row[3], row[4], row[5] = r.ID, a.byMatch, textValue(r.Match), r.Deleted, r.ModifiedAt, r.ModifiedBy
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
			if err == stopped {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
	if _, err := d.ws.Fill(ctx, d.q.T["live"], columns, rows); err != nil {
		return err
	}
	if watch != nil {
		watch(n, true)
	}
	return nil
}

func textValue(t providers.Text) any {
	if !t.Valid {
		return nil
	}
	return t.String
}
