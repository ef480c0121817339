// Package store keeps an org's records in one bbolt file.
//
// A table has a bucket of live rows and a bucket of deleted ones, both keyed by record number, and a bucket for each indexed
// column. Columns are numbered once and for ever in the file, so that a field which leaves the schema keeps its values and one
// that enters finds none. Rows are stored as the columns that are not null.
package store

import (
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
)

// Kind says what a value is.
type Kind uint8

// The kinds of values. Their numbers are part of the file format.
const (
	Null   Kind = iota
	False       // boolean
	True        // boolean
	Text        // text, picklists and ids (18 characters)
	Number      // decimal digits, as many as the field keeps
	Date        // 2006-01-02
	Time        // seconds since 1970, UTC
)

// Value is the value of one field.
type Value struct {
	Kind Kind
	Text string // Text, Number, Date
	Unix int64  // Time
}

// String makes a text value.
func String(s string) Value { return Value{Kind: Text, Text: s} }

// Bool makes a boolean value.
func Bool(b bool) Value {
	if b {
		return Value{Kind: True}
	}
	return Value{Kind: False}
}

// At makes a datetime value.
func At(unix int64) Value { return Value{Kind: Time, Unix: unix} }

// key is the value's part of an index key.
func (v Value) key(fold bool) string {
	switch v.Kind {
	case Null:
		return ""
	case False:
		return "false"
	case True:
		return "true"
	case Time:
		return strconv.FormatInt(v.Unix, 10)
	}
	if fold {
		return strings.ToLower(v.Text)
	}
	return v.Text
}

// Row is a record's values by column.
type Row []Value

// Get is the value of a column; a row that is too short has none.
func (r Row) Get(col int) Value {
	if col < 0 || col >= len(r) {
		return Value{}
	}
	return r[col]
}

// Set changes the value of a column, in a row that is longer if need be.
func (r Row) Set(col int, v Value) Row {
	for col >= len(r) {
		r = append(r, Value{})
	}
	r[col] = v
	return r
}

// Raw is a stored row. It is valid until its transaction ends.
type Raw []byte

func (r Row) encode(b []byte) []byte {
	for col, v := range r {
		if v.Kind == Null {
			continue
		}
		b = binary.AppendUvarint(b, uint64(col))
		b = append(b, byte(v.Kind))
		switch v.Kind {
		case Text, Number, Date:
			b = binary.AppendUvarint(b, uint64(len(v.Text)))
			b = append(b, v.Text...)
		case Time:
			b = binary.AppendVarint(b, v.Unix)
		}
	}
	return b
}

var errCorrupt = errors.New("a stored row cannot be read: the file is damaged")

// next reads one column and gives the rest. Text is not copied.
func (r Raw) next() (col int, kind Kind, text []byte, unix int64, rest Raw) {
	c, n := binary.Uvarint(r)
	if n <= 0 || n >= len(r) {
		panic(errCorrupt)
	}
	kind, r = Kind(r[n]), r[n+1:]
	switch kind {
	case Text, Number, Date:
		size, n := binary.Uvarint(r)
		if n <= 0 || uint64(len(r)-n) < size {
			panic(errCorrupt)
		}
		text, r = r[n:n+int(size)], r[n+int(size):]
	case Time:
		var n int
		if unix, n = binary.Varint(r); n <= 0 {
			panic(errCorrupt)
		}
		r = r[n:]
	}
	return int(c), kind, text, unix, r
}

// Get is the value of one column. Columns are stored in order, so that it stops early.
func (r Raw) Get(want int) Value {
	for len(r) > 0 {
		col, kind, text, unix, rest := r.next()
		if col == want {
			return Value{Kind: kind, Text: string(text), Unix: unix}
		}
		if col > want {
			break
		}
		r = rest
	}
	return Value{}
}

// Row reads every column.
func (r Raw) Row() Row {
	row := make(Row, 0, 32)
	for len(r) > 0 {
		col, kind, text, unix, rest := r.next()
		row = row.Set(col, Value{Kind: kind, Text: string(text), Unix: unix})
		r = rest
	}
	return row
}
