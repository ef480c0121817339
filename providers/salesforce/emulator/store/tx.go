package store

import (
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"
)

// Tx is a transaction: a consistent view of the file and, in [DB.Update], changes that happen together or not at all. It must
// not be used by two goroutines at once.
type Tx struct {
	bolt   *bbolt.Tx
	db     *DB
	tables map[string]*Rows
	buf    []byte
}

// View runs fn on the file as it is now.
func (db *DB) View(fn func(*Tx) error) error {
	return db.bolt.View(func(b *bbolt.Tx) error { return fn(&Tx{bolt: b, db: db, tables: map[string]*Rows{}}) })
}

// Update runs fn and keeps its changes if it returns nil.
func (db *DB) Update(fn func(*Tx) error) error {
	return db.bolt.Update(func(b *bbolt.Tx) error {
		tx := &Tx{bolt: b, db: db, tables: map[string]*Rows{}}
		if err := fn(tx); err != nil {
			return err
		}
		for _, t := range tx.tables {
			if err := t.flush(); err != nil {
				return err
			}
		}
		return nil
	})
}

// encode makes a stored row of its own memory: the file refers to it until the transaction ends.
func (tx *Tx) encode(row Row) []byte {
	tx.buf = row.encode(tx.buf[:0])
	return append(make([]byte, 0, len(tx.buf)), tx.buf...)
}

// Meta reads a setting of the file; "" when there is none.
func (tx *Tx) Meta(key string) string { return string(tx.bolt.Bucket(metaBucket).Get([]byte(key))) }

// SetMeta changes a setting of the file.
func (tx *Tx) SetMeta(key, value string) error {
	return tx.bolt.Bucket(metaBucket).Put([]byte(key), []byte(value))
}

// Clear removes every row, index entry and number of a table.
func (tx *Tx) Clear(table string) error {
	l := tx.db.tables[table]
	names := [][]byte{rowsBucket(table), binBucket(table)}
	for _, ix := range l.indexes {
		names = append(names, ix.bucket)
	}
	for _, n := range names {
		if err := tx.bolt.DeleteBucket(n); err != nil {
			return err
		}
		if _, err := tx.bolt.CreateBucket(n); err != nil {
			return err
		}
	}
	delete(tx.tables, table)
	return tx.SetMeta(countKey(table), "")
}

// Rows is a table within a transaction.
type Rows struct {
	tx      *Tx
	layout  *layout
	rows    *bbolt.Bucket
	bin     *bbolt.Bucket
	indexes []*bbolt.Bucket
	count   int64
	changed bool
}

// Rows opens a table. It panics for a table that was never defined, which is a mistake of the caller.
func (tx *Tx) Rows(table string) *Rows {
	if r, ok := tx.tables[table]; ok {
		return r
	}
	l, ok := tx.db.tables[table]
	if !ok {
		panic("store: no table " + table)
	}
	r := &Rows{tx: tx, layout: l, rows: tx.bolt.Bucket(rowsBucket(table)), bin: tx.bolt.Bucket(binBucket(table))}
	r.rows.FillPercent = 0.9 // numbers only grow
	for _, ix := range l.indexes {
		r.indexes = append(r.indexes, tx.bolt.Bucket(ix.bucket))
	}
	if v := tx.Meta(countKey(table)); v != "" {
		r.count = int64(binary.BigEndian.Uint64([]byte(v)))
	}
	tx.tables[table] = r
	return r
}

func countKey(table string) string { return "count:" + table }

func (r *Rows) flush() error {
	if !r.changed {
		return nil
	}
	return r.tx.SetMeta(countKey(r.layout.name), string(binary.BigEndian.AppendUint64(nil, uint64(r.count))))
}

// Count is the number of live rows.
func (r *Rows) Count() int { return int(r.count) }

// Next gives the number of a record to come.
func (r *Rows) Next() (uint64, error) { return r.rows.NextSequence() }

// From sets the number after which records are counted.
func (r *Rows) From(seq uint64) error { return r.rows.SetSequence(seq) }

// Get reads a live row.
func (r *Rows) Get(seq uint64) (Raw, bool) {
	v := r.rows.Get(rowKey(seq))
	return Raw(v), v != nil
}

// Deleted reads a deleted row.
func (r *Rows) Deleted(seq uint64) (Raw, bool) {
	v := r.bin.Get(rowKey(seq))
	return Raw(v), v != nil
}

// Insert stores a new row.
func (r *Rows) Insert(seq uint64, row Row) error {
	r.count++
	r.changed = true
	return r.put(seq, nil, row)
}

// Update replaces the row old, which is what was stored, with row.
func (r *Rows) Update(seq uint64, old, row Row) error { return r.put(seq, old, row) }

func (r *Rows) put(seq uint64, old, row Row) error {
	if err := r.rows.Put(rowKey(seq), r.tx.encode(row)); err != nil {
		return fmt.Errorf("storing a row of %s: %w", r.layout.name, err)
	}
	for i, ix := range r.layout.indexes {
		was, is := old.Get(ix.col), row.Get(ix.col)
		if was == is {
			continue
		}
		if was.Kind != Null {
			if err := r.indexes[i].Delete(indexKey(was, ix.column.Fold, seq)); err != nil {
				return err
			}
		}
		if is.Kind != Null {
			if err := r.indexes[i].Put(indexKey(is, ix.column.Fold, seq), nil); err != nil {
				return fmt.Errorf("indexing %s of %s: %w", ix.column.Name, r.layout.name, err)
			}
		}
	}
	return nil
}

// Delete moves a row to the bin: it keeps its values but leaves every index, so that it blocks nothing.
func (r *Rows) Delete(seq uint64, old, row Row) error {
	r.count--
	r.changed = true
	for i, ix := range r.layout.indexes {
		if was := old.Get(ix.col); was.Kind != Null {
			if err := r.indexes[i].Delete(indexKey(was, ix.column.Fold, seq)); err != nil {
				return err
			}
		}
	}
	if err := r.rows.Delete(rowKey(seq)); err != nil {
		return err
	}
	return r.bin.Put(rowKey(seq), r.tx.encode(row))
}

// Restore moves a row from the bin back among the live ones, as row.
func (r *Rows) Restore(seq uint64, row Row) error {
	if err := r.bin.Delete(rowKey(seq)); err != nil {
		return fmt.Errorf("restoring a row of %s: %w", r.layout.name, err)
	}
	return r.Insert(seq, row)
}

// Purge removes a row from the bin for good. Its number is not given again.
func (r *Rows) Purge(seq uint64) error { return r.bin.Delete(rowKey(seq)) }

// Indexed reports whether column col has an index, and whether that ignores case.
func (r *Rows) Indexed(col int) (indexed, fold bool) {
	for _, ix := range r.layout.indexes {
		if ix.col == col {
			return true, ix.column.Fold
		}
	}
	return false, false
}

// Lookup gives the numbers of the live rows whose column col has the value, in order. Where the index ignores case, so does
// Lookup. The column must have an index.
func (r *Rows) Lookup(col int, v Value, limit int) []uint64 {
	if v.Kind == Null {
		return nil
	}
	for i, ix := range r.layout.indexes {
		if ix.col != col {
			continue
		}
		var found []uint64
		prefix := append([]byte(v.key(ix.column.Fold)), 0)
		cur := r.indexes[i].Cursor()
		for k, _ := cur.Seek(prefix); len(k) >= len(prefix) && string(k[:len(prefix)]) == string(prefix); k, _ = cur.Next() {
			if len(k) != len(prefix)+8 {
				continue // a longer value that begins alike
			}
			found = append(found, binary.BigEndian.Uint64(k[len(prefix):]))
			if limit > 0 && len(found) == limit {
				break
			}
		}
		return found
	}
	panic(fmt.Sprintf("store: column %d of %s has no index", col, r.layout.name))
}

// Scan reads live rows in order, from number from on, until fn returns false.
func (r *Rows) Scan(from uint64, fn func(seq uint64, raw Raw) bool) { scan(r.rows, from, fn) }

// ScanDeleted reads deleted rows like Scan.
func (r *Rows) ScanDeleted(from uint64, fn func(seq uint64, raw Raw) bool) { scan(r.bin, from, fn) }

func scan(b *bbolt.Bucket, from uint64, fn func(seq uint64, raw Raw) bool) {
	cur := b.Cursor()
	for k, v := cur.Seek(rowKey(from)); k != nil; k, v = cur.Next() {
		if !fn(binary.BigEndian.Uint64(k), Raw(v)) {
			return
		}
	}
}

func rowKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

// Token reads what is kept for a session token; "" when there is none.
func (tx *Tx) Token(token string) string {
	b := tx.bolt.Bucket(tokenBucket)
	if b == nil {
		return ""
	}
	return string(b.Get([]byte(token)))
}

// SetToken keeps something for a session token.
func (tx *Tx) SetToken(token, value string) error {
	b, err := tx.bolt.CreateBucketIfNotExists(tokenBucket)
	if err != nil {
		return err
	}
	return b.Put([]byte(token), []byte(value))
}

// ClearTokens forgets every token.
func (tx *Tx) ClearTokens() error {
	if tx.bolt.Bucket(tokenBucket) == nil {
		return nil
	}
	return tx.bolt.DeleteBucket(tokenBucket)
}
