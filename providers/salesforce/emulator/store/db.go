package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// LockedError says that another process, or another opening in this one, has the org's file open.
type LockedError struct {
	Path string
	PID  int // 0 when it is not known
}

// Error names the file and, if it is known, the process that holds it.
func (e *LockedError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("org file %s is in use by another process", e.Path)
	}
	return fmt.Sprintf("org file %s is in use by process %d", e.Path, e.PID)
}

// ConflictError says that a field cannot become unique because two records share a value.
type ConflictError struct {
	Object, Column, Value string
}

// Error names the field and the value.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("field %s of %s cannot be unique: several records hold %q", e.Column, e.Object, e.Value)
}

// DB is an open file. Its methods may be called from many goroutines; writing transactions run one after the other.
//
// Commits are not synced: what was acknowledged survives the end of this process, whatever ends it, but not the loss of
// power. That is what an emulator needs, and it makes a commit some hundred times cheaper.
type DB struct {
	bolt   *bbolt.DB
	path   string
	remove bool
	tables map[string]*layout
}

// Table is the definition of a table, as the schema wants it.
type Table struct {
	Name    string
	Columns []Column
}

// Column is one column of a table. Index asks for an index, Fold for one that ignores case.
type Column struct {
	Name                string
	Index, Fold, Unique bool
}

// layout is a table of the file.
type layout struct {
	name    string
	columns map[string]int
	indexes []index
}

type index struct {
	column Column
	col    int
	bucket []byte
}

// Open opens or creates the file, waiting shortly when somebody else has it open. An empty path means a temporary file, which
// Close removes.
func Open(path string, wait time.Duration) (*DB, error) {
	db := &DB{path: path, tables: map[string]*layout{}}
	if path == "" {
		f, err := os.CreateTemp("", "emulator-*.db")
		if err != nil {
			return nil, fmt.Errorf("creating a temporary org file: %w", err)
		}
		db.path, db.remove = f.Name(), true
		if err := f.Close(); err != nil {
			return nil, fmt.Errorf("creating a temporary org file: %w", err)
		}
	} else if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("creating the directory of the org file: %w", err)
		}
	}
	b, err := open(db.path, &bbolt.Options{
		Timeout: wait, NoSync: true, NoGrowSync: true, FreelistType: bbolt.FreelistMapType, NoStatistics: true,
	})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, &LockedError{Path: db.path, PID: readPID(db.path)}
	}
	if err != nil {
		return nil, fmt.Errorf("opening org file %s: %w", db.path, err)
	}
	db.bolt = b
	if !db.remove {
		if err := os.WriteFile(pidFile(db.path), []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
			_ = b.Close()
			return nil, fmt.Errorf("noting who has org file %s open: %w", db.path, err)
		}
	}
	return db, nil
}

// open opens a file and walks through its pages' heads. A damaged file makes bbolt panic, or read outside the file;
// both become errors here, and the file stays as it is.
func open(path string, o *bbolt.Options) (b *bbolt.DB, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the file is damaged: %v", p)
		}
	}()
	if b, err = bbolt.Open(path, 0o600, o); err != nil {
		return nil, err
	}
	err = b.View(func(tx *bbolt.Tx) error {
		if info, err := os.Stat(path); err == nil && info.Size() < tx.Size() {
			return fmt.Errorf("the file is damaged: it has %d bytes, and should have %d", info.Size(), tx.Size())
		}
		return tx.ForEach(func(_ []byte, bucket *bbolt.Bucket) error {
			bucket.Cursor().First()
			bucket.Cursor().Last()
			return nil
		})
	})
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// Close closes the file, and removes a temporary one.
func (db *DB) Close() error {
	if !db.remove {
		_ = os.Remove(pidFile(db.path)) // a stale note does no harm: only a locked file makes anybody read it
	}
	err := db.bolt.Close()
	if db.remove {
		err = errors.Join(err, os.Remove(db.path))
	}
	return err
}

func pidFile(path string) string { return path + ".pid" }

func readPID(path string) int {
	b, err := os.ReadFile(pidFile(path))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0
	}
	return pid
}

var (
	metaBucket  = []byte("meta")
	tokenBucket = []byte("tokens")
	columnsName = "columns:"
)

// Define makes the file fit the tables: new columns get numbers, new indexes are built and old ones dropped. It returns the
// columns' numbers by table and column name. The tables of an earlier call that are not in this one keep their rows.
func (db *DB) Define(tables []Table) (map[string]map[string]int, error) {
	out := map[string]map[string]int{}
	err := db.bolt.Update(func(tx *bbolt.Tx) error {
		if _, err := tx.CreateBucketIfNotExists(metaBucket); err != nil {
			return err
		}
		for _, t := range tables {
			l, err := define(tx, t)
			if err != nil {
				return err
			}
			db.tables[t.Name] = l
			out[t.Name] = l.columns
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func define(tx *bbolt.Tx, t Table) (*layout, error) {
	l := &layout{name: t.Name, columns: map[string]int{}}
	names, err := tx.CreateBucketIfNotExists([]byte(columnsName + t.Name))
	if err != nil {
		return nil, err
	}
	for _, c := range t.Columns {
		if b := names.Get([]byte(c.Name)); b != nil {
			l.columns[c.Name] = int(binary.BigEndian.Uint16(b))
			continue
		}
		n, err := names.NextSequence()
		if err != nil {
			return nil, err
		}
		if n > 1<<16-1 {
			return nil, fmt.Errorf("table %s has had more than %d columns", t.Name, 1<<16-1)
		}
		if err := names.Put([]byte(c.Name), binary.BigEndian.AppendUint16(nil, uint16(n-1))); err != nil {
			return nil, err
		}
		l.columns[c.Name] = int(n - 1)
	}
	rows, err := tx.CreateBucketIfNotExists(rowsBucket(t.Name))
	if err != nil {
		return nil, err
	}
	if _, err := tx.CreateBucketIfNotExists(binBucket(t.Name)); err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, c := range t.Columns {
		if !c.Index {
			continue
		}
		ix := index{column: c, col: l.columns[c.Name], bucket: indexBucket(t.Name, c)}
		wanted[string(ix.bucket)] = true
		if err := ix.build(tx, rows, t.Name); err != nil {
			return nil, err
		}
		l.indexes = append(l.indexes, ix)
	}
	var stale [][]byte
	prefix := "index:" + t.Name + ":"
	cur := tx.Cursor()
	for k, _ := cur.Seek([]byte(prefix)); k != nil && strings.HasPrefix(string(k), prefix); k, _ = cur.Next() {
		if !wanted[string(k)] {
			stale = append(stale, append([]byte(nil), k...))
		}
	}
	for _, k := range stale {
		if err := tx.DeleteBucket(k); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// build fills an index that the file does not have yet. A unique one that is there already has been checked before.
func (ix index) build(tx *bbolt.Tx, rows *bbolt.Bucket, table string) error {
	if tx.Bucket(ix.bucket) != nil {
		return nil
	}
	b, err := tx.CreateBucket(ix.bucket)
	if err != nil {
		return err
	}
	return rows.ForEach(func(k, v []byte) error {
		value := Raw(v).Get(ix.col)
		if value.Kind == Null {
			return nil
		}
		key := indexKey(value, ix.column.Fold, binary.BigEndian.Uint64(k))
		if ix.column.Unique {
			if at, _ := b.Cursor().Seek(key[:len(key)-8]); len(at) == len(key) && string(at[:len(at)-8]) == string(key[:len(key)-8]) {
				return &ConflictError{Object: table, Column: ix.column.Name, Value: value.Text}
			}
		}
		return b.Put(key, nil)
	})
}

func rowsBucket(table string) []byte { return []byte("rows:" + table) }
func binBucket(table string) []byte  { return []byte("bin:" + table) }

// indexBucket names an index. What changes the order or the meaning of its keys is part of the name, so that an index which
// the schema changes is a new one.
func indexBucket(table string, c Column) []byte {
	name := "index:" + table + ":" + c.Name
	if c.Fold {
		name += ":fold"
	}
	if c.Unique {
		name += ":unique"
	}
	return []byte(name)
}

func indexKey(v Value, fold bool, seq uint64) []byte {
	text := v.key(fold)
	b := make([]byte, 0, len(text)+9)
	b = append(append(b, text...), 0)
	return binary.BigEndian.AppendUint64(b, seq)
}
