package databricks

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/providers"
)

// What one statement of a load carries. Its rows are one parameter, because a statement may have 256.
const (
	chunkRows  = 20_000
	chunkBytes = 4 << 20
)

// Separators of a chunk: between rows, between values, and before a character that stands for one of the three.
const (
	rowEnd   = '\x1e'
	valueEnd = '\x1f'
	escape   = '\x1b'
)

// Fill makes a table of rows. A small one is made and filled by one statement. The rows of a larger one go to a table of
// their own first, chunk by chunk, and from there in one statement to where they belong.
func (w *workspace) Fill(ctx context.Context, table string, columns []providers.Column, rows iter.Seq2[[]any, error]) (int64, error) {
	ctx, leave, err := w.session.Enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	into := identifiers(table)
	if len(into) == 1 {
		into = identifiers(w.dialect.Temp(into[0]))
	}
	if err := w.permitted(job{verb: "CREATE", sql: table, into: into}); err != nil {
		return 0, err
	}
	l := &load{w: w, into: into, made: columns}
	for _, c := range columns {
		l.columns = append(l.columns, ident(c.Name))
	}
	if err := l.all(ctx, rows); err != nil {
		return 0, err
	}
	if err := l.make(ctx); err != nil {
		return 0, fmt.Errorf("loading %s: %w", into[len(into)-1], err)
	}
	return l.n, nil
}

// all takes every row.
func (l *load) all(ctx context.Context, rows iter.Seq2[[]any, error]) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		if l.n%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := l.add(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

// load is a load under way.
type load struct {
	w       *workspace
	into    []string
	columns []string // quoted
	made    []providers.Column
	n       int64 // rows so far

	chunk   strings.Builder
	rows    int
	types   []string // of the chunk's values; "" where all are null
	escaped bool
	chunks  int
	staging string // "" before there is a second chunk
}

func (l *load) add(ctx context.Context, row []any) error {
	if len(row) != len(l.columns) {
		return fmt.Errorf("loading %s: a row has %d values for %d columns", l.into[len(l.into)-1], len(row), len(l.columns))
	}
	if l.rows >= chunkRows || l.chunk.Len() >= chunkBytes {
		if err := l.stage(ctx); err != nil {
			return err
		}
	}
	if l.types == nil {
		l.types = make([]string, len(row))
	}
	if l.rows > 0 {
		l.chunk.WriteByte(rowEnd)
	}
	for i, v := range row {
		if i > 0 {
			l.chunk.WriteByte(valueEnd)
		}
		typ, err := l.value(v)
		if err != nil {
			return fmt.Errorf("loading column %s: %w", l.columns[i], err)
		}
		if typ != "" && l.types[i] != "" && typ != l.types[i] {
			return fmt.Errorf("loading column %s: a %s follows a %s", l.columns[i], typ, l.types[i])
		}
		if typ != "" {
			l.types[i] = typ
		}
	}
	l.rows++
	l.n++
	return nil
}

// value writes one value, and tells its type. A null is written as -, everything else begins with +.
func (l *load) value(v any) (typ string, err error) {
	text := ""
	switch v := v.(type) {
	case nil:
		l.chunk.WriteByte('-')
		return "", nil
	case string:
		typ, text = "STRING", v
	case int64:
		typ, text = "BIGINT", strconv.FormatInt(v, 10)
	case bool:
		typ, text = "BOOLEAN", strconv.FormatBool(v)
	case time.Time:
		typ, text = "TIMESTAMP", v.UTC().Format("2006-01-02T15:04:05.000000Z")
	default:
		return "", fmt.Errorf("a value of type %T cannot be loaded", v)
	}
	l.chunk.WriteByte('+')
	if !strings.ContainsAny(text, "\x1b\x1e\x1f") {
		l.chunk.WriteString(text)
		return typ, nil
	}
	l.escaped = true
	for i := range len(text) {
		switch c := text[i]; c {
		case escape, rowEnd, valueEnd:
			l.chunk.WriteByte(escape)
			l.chunk.WriteByte('0' + c - escape)
		default:
			l.chunk.WriteByte(c)
		}
	}
	return typ, nil
}

// query is the rows of the chunk, which is bound to its one parameter.
func (l *load) query() string {
	values := make([]string, len(l.columns))
	for i := range values {
		v := fmt.Sprintf("get(r, %d)", i)
		text := "substr(" + v + ", 2)"
		if l.escaped {
			for _, c := range []rune{rowEnd, valueEnd, escape} {
				text = fmt.Sprintf(`replace(%s, '\u%04x%c', '\u%04x')`, text, escape, '0'+c-escape, c)
			}
		}
		switch l.types[i] {
		case "":
			values[i] = "NULL"
		case "STRING":
			values[i] = "CASE WHEN left(" + v + ", 1) = '+' THEN " + text + " END"
		default:
			values[i] = "CASE WHEN left(" + v + ", 1) = '+' THEN CAST(" + text + " AS " + l.types[i] + ") END"
		}
	}
	return "SELECT " + strings.Join(values, ", ") + fmt.Sprintf(` FROM (SELECT split(line, '\u%04x') AS r FROM (SELECT explode(split(?, '\u%04x')) AS line) AS l) AS s`, valueEnd, rowEnd)
}

// stage writes the chunk into the load's own table.
func (l *load) stage(ctx context.Context) error {
	if l.staging == "" {
		l.w.mu.Lock()
		l.w.loads++
		table := "load_" + strconv.Itoa(l.w.loads)
		l.w.mu.Unlock()
		l.staging = l.w.dialect.Temp(table)
		create := readJob(providers.Statement{SQL: "CREATE OR REPLACE TABLE " + l.staging + " (`_chunk` BIGINT, " + l.defs() + ")"})
		if err := l.w.do(ctx, create); err != nil {
			return err
		}
	}
	l.chunks++
	list := "`_chunk`, " + strings.Join(l.columns, ", ")
	number := strconv.Itoa(l.chunks)
	query := l.query()
	insert := "INSERT INTO " + l.staging + " (" + list + ") SELECT " + number + ", " + strings.TrimPrefix(query, "SELECT ")
	err := l.w.repeat(ctx, job{
		sql: insert, args: []any{l.chunk.String()},
		again: insert + " WHERE NOT EXISTS (SELECT 1 FROM " + l.staging + " AS t WHERE t.`_chunk` = " + number + ")",
	})
	l.chunk.Reset()
	l.rows, l.types, l.escaped = 0, nil, false
	return err
}

// defs are the columns of a table to be made.
func (l *load) defs() string {
	defs := make([]string, len(l.made))
	for i, c := range l.made {
		defs[i] = l.columns[i] + " " + l.w.dialect.Type(c.Type)
	}
	return strings.Join(defs, ", ")
}

// make makes the table of what was taken.
func (l *load) make(ctx context.Context) error {
	into := path(l.into...)
	create := func(rest string, args ...any) error {
		return l.w.rights(ctx, l.w.do(ctx, job{verb: "CREATE", into: l.into, name: into, sql: "CREATE OR REPLACE TABLE " + into + " " + rest, args: args}))
	}
	if l.n == 0 {
		return create("(" + l.defs() + ") " + anyNames)
	}
	if l.staging == "" {
		list := make([]string, len(l.made))
		for i, c := range l.made {
			list[i] = "CAST(c." + l.columns[i] + " AS " + l.w.dialect.Type(c.Type) + ") AS " + l.columns[i]
		}
		return create(anyNames+" AS SELECT "+strings.Join(list, ", ")+" FROM ("+l.query()+") AS c ("+strings.Join(l.columns, ", ")+")", l.chunk.String())
	}
	if l.rows > 0 {
		if err := l.stage(ctx); err != nil {
			return err
		}
	}
	if err := l.arrived(ctx); err != nil {
		return err
	}
	if err := create(anyNames + " AS SELECT " + strings.Join(l.columns, ", ") + " FROM " + l.staging); err != nil {
		return err
	}
	return l.w.drop(ctx, []string{l.staging})
}

// arrived compares what was staged with what was sent.
func (l *load) arrived(ctx context.Context) error {
	var staged int64
	err := l.w.each(ctx, "SELECT count(*) FROM "+l.staging, nil, func(scan func(...any) error) error { return scan(&staged) })
	if err != nil {
		return err
	}
	if staged != l.n {
		return fmt.Errorf("%d rows were sent and %d have arrived", l.n, staged)
	}
	return nil
}
