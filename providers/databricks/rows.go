package databricks

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	dbrows "github.com/databricks/databricks-sql-go/rows"
)

// short is the error of a result that ended before all its rows had come.
type short struct{ got, want int64 }

func (s *short) Error() string {
	if s.want < 0 {
		return fmt.Sprintf("the result ended after %d rows although more were announced", s.got)
	}
	return fmt.Sprintf("%d rows of the result came, and the warehouse counted %d", s.got, s.want)
}

// rows reads a result from its Arrow streams, one batch at a time, and counts it. The driver reports a page that
// cannot be fetched as the end of the result, so the end is believed only when the server's own counts agree.
type rows struct {
	ctx     context.Context
	inner   driver.Rows
	watch   *watch
	streams dbrows.ArrowIPCStreamIterator // nil: the result is not in Arrow
	reader  *ipc.Reader
	batch   arrow.RecordBatch
	row     int
	got     int64
	names   []string
}

func newRows(ctx context.Context, inner driver.Rows, w *watch) (*rows, error) {
	r := &rows{ctx: ctx, inner: inner, watch: w, names: inner.Columns()}
	if a, ok := inner.(dbrows.Rows); ok {
		// A result in another format says so here, and is read through the driver.
		if s, err := a.GetArrowIPCStreams(ctx); err == nil {
			r.streams = s
		}
	}
	return r, nil
}

// Columns names the columns.
func (r *rows) Columns() []string { return r.names }

// Close ends the statement.
func (r *rows) Close() error {
	if r.reader != nil {
		r.reader.Release()
		r.reader = nil
	}
	if r.streams != nil {
		r.streams.Close()
	}
	return r.inner.Close()
}

// Next gives the next row. io.EOF means that all rows came.
func (r *rows) Next(dest []driver.Value) error {
	if r.streams == nil {
		err := r.inner.Next(dest)
		switch {
		case err == nil:
			r.got++
			return nil
		case errors.Is(err, io.EOF):
			return r.end(false)
		}
		return r.failed(err)
	}
	for r.batch == nil || r.row >= int(r.batch.NumRows()) {
		if err := r.load(); errors.Is(err, io.EOF) {
			return r.end(true)
		} else if err != nil {
			return r.failed(err)
		}
	}
	for i := range dest {
		v, err := field(r.batch.Column(i), r.row)
		if err != nil {
			return fmt.Errorf("reading column %s: %w", r.names[i], err)
		}
		dest[i] = v
	}
	r.row++
	r.got++
	return nil
}

// load gets the next batch.
func (r *rows) load() error {
	for {
		if r.reader != nil {
			if r.reader.Next() {
				r.batch, r.row = r.reader.RecordBatch(), 0
				return nil
			}
			err := r.reader.Err()
			r.reader.Release()
			r.reader, r.batch = nil, nil
			if err != nil && !errors.Is(err, io.EOF) {
				return fmt.Errorf("decoding the result: %w", err)
			}
		}
		if r.ctx.Err() != nil {
			return context.Cause(r.ctx)
		}
		s, err := r.streams.Next()
		if err != nil {
			return err
		}
		if r.reader, err = ipc.NewReader(s); err != nil {
			return fmt.Errorf("decoding the result: %w", err)
		}
	}
}

// end judges whether the end is one.
func (r *rows) end(counted bool) error {
	r.watch.mu.Lock()
	defer r.watch.mu.Unlock()
	switch {
	case r.watch.err != nil:
		return r.failed(r.watch.err)
	case r.watch.more:
		return &short{r.got, -1}
	case counted && r.watch.rows() != r.got:
		return &short{r.got, r.watch.rows()}
	}
	return io.EOF
}

func (r *rows) failed(err error) error {
	if r.ctx.Err() != nil {
		return context.Cause(r.ctx)
	}
	return err
}

// field is one value as database/sql knows it: whole numbers as int64, decimals as text.
func field(col arrow.Array, i int) (driver.Value, error) {
	if col.IsNull(i) {
		return nil, nil
	}
	switch a := col.(type) {
	case *array.String:
		return strings.Clone(a.Value(i)), nil
	case *array.LargeString:
		return strings.Clone(a.Value(i)), nil
	case *array.Boolean:
		return a.Value(i), nil
	case *array.Int8:
		return int64(a.Value(i)), nil
	case *array.Int16:
		return int64(a.Value(i)), nil
	case *array.Int32:
		return int64(a.Value(i)), nil
	case *array.Int64:
		return a.Value(i), nil
	case *array.Float32:
		return float64(a.Value(i)), nil
	case *array.Float64:
		return a.Value(i), nil
	case *array.Date32:
		return a.Value(i).ToTime(), nil
	case *array.Timestamp:
		return instant(a, i), nil
	case *array.Decimal128:
		return a.Value(i).ToString(a.DataType().(*arrow.Decimal128Type).Scale), nil
	case *array.Binary:
		return append([]byte(nil), a.Value(i)...), nil
	case *array.Null:
		return nil, nil
	}
	return col.ValueStr(i), nil
}

func instant(a *array.Timestamp, i int) time.Time {
	return a.Value(i).ToTime(a.DataType().(*arrow.TimestampType).Unit)
}
