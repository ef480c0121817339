package thrifttest

import (
	"fmt"
	"math/big"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/duckdb/duckdb-go/v2"
)

// builder makes batches of rows of values as DuckDB's driver gives them.
type builder struct{ *array.RecordBuilder }

func newBuilder(columns []Column) (builder, error) {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		t, err := arrowType(c.Type)
		if err != nil {
			return builder{}, err
		}
		fields[i] = arrow.Field{Name: c.Name, Type: t, Nullable: true}
	}
	return builder{array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))}, nil
}

func (b builder) add(row []any) error {
	for i, v := range row {
		if err := put(b.Field(i), v); err != nil {
			return fmt.Errorf("column %s: %w", b.Schema().Field(i).Name, err)
		}
	}
	return nil
}

func put(b array.Builder, v any) error {
	if v == nil {
		b.AppendNull()
		return nil
	}
	switch b := b.(type) {
	case *array.BooleanBuilder:
		if v, ok := v.(bool); ok {
			b.Append(v)
			return nil
		}
	case *array.Int8Builder:
		if n, ok := whole(v); ok {
			b.Append(int8(n))
			return nil
		}
	case *array.Int16Builder:
		if n, ok := whole(v); ok {
			b.Append(int16(n))
			return nil
		}
	case *array.Int32Builder:
		if n, ok := whole(v); ok {
			b.Append(int32(n))
			return nil
		}
	case *array.Int64Builder:
		if n, ok := whole(v); ok {
			b.Append(n)
			return nil
		}
		if n, ok := v.(*big.Int); ok {
			return &SQLError{State: "22003", Message: fmt.Sprintf("[ARITHMETIC_OVERFLOW] %s does not fit a bigint", n)}
		}
	case *array.Float32Builder:
		if v, ok := v.(float32); ok {
			b.Append(v)
			return nil
		}
	case *array.Float64Builder:
		if v, ok := v.(float64); ok {
			b.Append(v)
			return nil
		}
	case *array.StringBuilder:
		switch v := v.(type) {
		case string:
			b.Append(v)
		case []byte:
			b.Append(string(v))
		default:
			b.Append(fmt.Sprint(v))
		}
		return nil
	case *array.BinaryBuilder:
		if v, ok := v.([]byte); ok {
			b.Append(v)
			return nil
		}
	case *array.Date32Builder:
		if v, ok := v.(time.Time); ok {
			b.Append(arrow.Date32FromTime(v))
			return nil
		}
	case *array.TimestampBuilder:
		if v, ok := v.(time.Time); ok {
			b.Append(arrow.Timestamp(v.UnixMicro()))
			return nil
		}
	case *array.Decimal128Builder:
		if v, ok := v.(duckdb.Decimal); ok {
			b.Append(decimal128.FromBigInt(v.Value))
			return nil
		}
	case *array.MapBuilder: // before ListBuilder, which it is like
		if v, ok := v.(duckdb.OrderedMap); ok {
			return putMap(b, v)
		}
	case *array.ListBuilder:
		if v, ok := v.([]any); ok {
			b.Append(true)
			for _, e := range v {
				if err := put(b.ValueBuilder(), e); err != nil {
					return err
				}
			}
			return nil
		}
	case *array.StructBuilder:
		if v, ok := v.(map[string]any); ok {
			b.Append(true)
			for i, f := range b.Type().(*arrow.StructType).Fields() {
				if err := put(b.FieldBuilder(i), v[f.Name]); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return fmt.Errorf("%s from a value of type %T", b.Type(), v)
}

func putMap(b *array.MapBuilder, m duckdb.OrderedMap) error {
	b.Append(true)
	values := m.Values()
	for i, k := range m.Keys() {
		if err := put(b.KeyBuilder(), k); err != nil {
			return err
		}
		if err := put(b.ItemBuilder(), values[i]); err != nil {
			return err
		}
	}
	return nil
}

func whole(v any) (int64, bool) {
	switch v := v.(type) {
	case int8:
		return int64(v), true
	case int16:
		return int64(v), true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	case uint8:
		return int64(v), true
	case uint16:
		return int64(v), true
	case uint32:
		return int64(v), true
	case uint64:
		return int64(v), v < 1<<63
	case *big.Int:
		return v.Int64(), v.IsInt64()
	}
	return 0, false
}
