package databricks

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/signalsmith/signalsmith/providers"
)

// scanner reads models for a workspace that cannot see the warehouse.
type scanner struct{ pool *pool }

// Model proves and describes a model, with two statements at most.
func (s *scanner) Model(ctx context.Context, m providers.ModelSpec) (providers.Relation, error) {
	return (&prover{pool: s.pool}).model(ctx, m)
}

// Close ends the sessions.
func (s *scanner) Close() error { return s.pool.Close() }

// Scan streams a relation's rows. The statement counts them too, over the same versions of the tables; a stream in
// which that count is missing, or is another one, ends with an error. Fetching is not repeated: a stream that breaks
// off has to be read again from the beginning.
func (s *scanner) Scan(ctx context.Context, r providers.Relation) iter.Seq2[[]providers.Text, error] {
	return func(yield func([]providers.Text, error) bool) {
		err := s.scan(ctx, r, yield)
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, s.pool.wrap(ctx, err))
		}
	}
}

// errStopped ends a stream that nobody reads any more.
var errStopped = errors.New("stopped")

// counted is a query over a relation with a first column that is null, except in one row which holds the count.
func counted(r providers.Relation) string {
	cols, nulls := make([]string, len(r.Columns)), make([]string, len(r.Columns))
	for i := range r.Columns {
		cols[i], nulls[i] = "c"+strconv.Itoa(i), "NULL"
	}
	list := strings.Join(cols, ", ")
	return "WITH m (" + list + ") AS (SELECT * FROM " + r.SQL + " AS q) SELECT CAST(NULL AS BIGINT) AS n, " + list + " FROM m UNION ALL SELECT count(*), " +
		strings.Join(nulls, ", ") + " FROM m"
}

func (s *scanner) scan(ctx context.Context, r providers.Relation, yield func([]providers.Text, error) bool) error {
	if len(r.Columns) == 0 {
		return fmt.Errorf("the relation has no columns")
	}
	for try := 0; ; try++ {
		err := s.read(ctx, counted(r), r.Columns, yield)
		var d *doubt
		if try < s.pool.transport.pace.tries && (errors.Is(err, driver.ErrBadConn) || errors.As(err, &d)) {
			continue // no row had come yet
		}
		return err
	}
}

// read runs the statement in a session of its own, below database/sql, which would box every value.
func (s *scanner) read(ctx context.Context, query string, columns []providers.Column, yield func([]providers.Text, error) bool) error {
	c, err := s.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	var failed error
	err = c.Raw(func(dc any) error {
		found, err := dc.(*conn).QueryContext(ctx, query, nil)
		if err != nil {
			failed = err
			return err
		}
		// The driver goes on fetching when the context ends; closing the rows stops it.
		defer func() { _ = found.Close() }()
		failed = stream(ctx, found.(*rows), columns, yield)
		return nil
	})
	if failed != nil {
		return failed
	}
	if errors.Is(err, sql.ErrConnDone) {
		return driver.ErrBadConn
	}
	return err
}

// stream gives the rows without the one that counts them.
func stream(ctx context.Context, r *rows, columns []providers.Column, yield func([]providers.Text, error) bool) error {
	n, want := int64(0), int64(-1)
	out := make([]providers.Text, len(columns))
	step := func(count any, fill func(out []providers.Text) error) error {
		if v, ok := count.(int64); ok {
			if want >= 0 {
				return fmt.Errorf("the result holds two counts of its rows")
			}
			want = v
			return nil
		}
		n++
		if n%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := fill(out); err != nil {
			return err
		}
		if !yield(out, nil) {
			return errStopped
		}
		return nil
	}
	if err := each(r, columns, step); err != nil {
		return err
	}
	if want != n {
		return &short{n, want}
	}
	return nil
}

// each gives the first value of every row, and a function for the others.
func each(r *rows, columns []providers.Column, step func(first any, fill func([]providers.Text) error) error) error {
	if r.streams == nil {
		values := make([]driver.Value, len(columns)+1)
		for {
			if err := r.Next(values); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			err := step(values[0], func(out []providers.Text) error {
				for i, c := range columns {
					out[i] = people(values[i+1], c)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	for {
		if err := r.load(); errors.Is(err, io.EOF) {
			if err := r.end(true); !errors.Is(err, io.EOF) {
				return err
			}
			return nil
		} else if err != nil {
			return r.failed(err)
		}
		first := r.batch.Column(0)
		for row := range int(r.batch.NumRows()) {
			r.got++
			v, err := field(first, row)
			if err != nil {
				return err
			}
			err = step(v, func(out []providers.Text) error {
				for i, c := range columns {
					if err := r.text(&out[i], i+1, row, c); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
}

// text reads one value of the batch.
func (r *rows) text(out *providers.Text, column, row int, c providers.Column) error {
	col := r.batch.Column(column)
	if s, ok := col.(*array.String); ok && c.Type != providers.TypeFloat && !col.IsNull(row) {
		// The most frequent case, without a copy. Decimals come as text too.
		*out = providers.Text{String: s.Value(row), Valid: true}
		return nil
	}
	v, err := field(col, row)
	if err != nil {
		return fmt.Errorf("reading column %s: %w", c.Name, err)
	}
	*out = people(v, c)
	return nil
}

// people writes a value as people would write it.
func people(v driver.Value, c providers.Column) providers.Text {
	valid := func(s string) providers.Text { return providers.Text{String: s, Valid: true} }
	switch v := v.(type) {
	case nil:
		return providers.Text{}
	case string:
		if c.Type == providers.TypeFloat {
			if f, err := strconv.ParseFloat(v, 64); err == nil {
				return valid(plainFloat(f, 64))
			}
		}
		return valid(v)
	case bool:
		return valid(strconv.FormatBool(v))
	case int64:
		return valid(strconv.FormatInt(v, 10))
	case float64:
		bits := 64
		if strings.EqualFold(c.SQL, "FLOAT") {
			bits = 32
		}
		return valid(plainFloat(v, bits))
	case time.Time:
		switch c.Type {
		case providers.TypeDate:
			return valid(v.UTC().Format(time.DateOnly))
		case providers.TypeTimestamp:
			return valid(v.UTC().Format("2006-01-02 15:04:05.999999"))
		}
		return valid(v.UTC().Format("2006-01-02 15:04:05.999999Z"))
	case []byte:
		if c.Type == providers.TypeDecimal || c.Type == providers.TypeText {
			return valid(string(v))
		}
		return valid(hex.EncodeToString(v))
	}
	return valid(fmt.Sprint(v))
}

func plainFloat(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return strconv.FormatFloat(f, 'f', -1, bits)
}
