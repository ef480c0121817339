package thrifttest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/thrift/lib/go/thrift"
	"github.com/pierrec/lz4/v4"
)

// shape is how a client wants its results.
type shape struct {
	arrow, lz4                             bool
	timestamps, decimals, nested, nullType bool // as Arrow's own types; else as text
}

// shape reads what the client of an ExecuteStatement can do, and this version of the protocol offers.
func (c *call) shape() shape {
	types := c.args.sub(1286)
	return shape{
		arrow:      c.o.Protocol >= ProtocolArrow && c.args.yes(1282),
		lz4:        c.o.Protocol >= ProtocolLZ4 && c.args.yes(1284),
		timestamps: types.yes(1),
		decimals:   types.yes(2),
		nested:     types.yes(3),
		nullType:   types.yes(5),
	}
}

// typeIDs are the service's numbers of types, by the first word of Databricks' name.
func typeID(name string) int {
	base, _, _ := strings.Cut(name, "(")
	base, _, _ = strings.Cut(base, "<")
	switch base {
	case "boolean":
		return 0
	case "tinyint":
		return 1
	case "smallint":
		return 2
	case "int":
		return 3
	case "bigint":
		return 4
	case "float":
		return 5
	case "double":
		return 6
	case "timestamp", "timestamp_ntz":
		return 8
	case "binary":
		return 9
	case "array":
		return 10
	case "map":
		return 11
	case "struct":
		return 12
	case "decimal":
		return 15
	case "void":
		return 16
	case "date":
		return 17
	case "varchar":
		return 18
	case "char":
		return 19
	}
	return 7 // string, and what has no number of its own
}

func nested(name string) bool { id := typeID(name); return id >= 10 && id <= 12 }

// decimalOf reads precision and scale of a type decimal(p,s).
func decimalOf(name string) (precision, scale int, ok bool) {
	rest, ok := strings.CutPrefix(name, "decimal(")
	if !ok {
		return 0, 0, false
	}
	p, s, _ := strings.Cut(strings.TrimSuffix(rest, ")"), ",")
	precision, err := strconv.Atoi(strings.TrimSpace(p))
	if err != nil {
		return 0, 0, false
	}
	scale, _ = strconv.Atoi(strings.TrimSpace(s))
	return precision, scale, true
}

// metadata is the answer to GetResultSetMetadata.
func (op *operation) metadata() structure {
	var cols []value
	for i, c := range op.res.Columns {
		primitive := structure{1: i32Of(typeID(c.Type))}
		if p, s, ok := decimalOf(c.Type); ok {
			primitive[2] = structOf(structure{1: mapOf(map[string]value{
				"precision": structOf(structure{1: i32Of(p)}),
				"scale":     structOf(structure{1: i32Of(s)}),
			}, thrift.STRUCT)})
		}
		entry := structOf(structure{1: structOf(primitive)})
		cols = append(cols, structOf(structure{
			1: textOf(c.Name),
			2: structOf(structure{1: listOf(thrift.STRUCT, entry)}),
			3: i32Of(i + 1),
			4: textOf(""),
		}))
	}
	m := structure{1: success(), 2: structOf(structure{1: listOf(thrift.STRUCT, cols...)}), 1287: boolOf(false)}
	if op.shape.arrow {
		m[1281] = i32Of(0) // Arrow
		m[1282] = boolOf(op.shape.lz4)
		if schema, err := schemaBytes(op.schema()); err == nil {
			m[1283] = bytesOf(schema)
		}
	} else {
		m[1281] = i32Of(1) // columns
	}
	return m
}

// schema is the result's Arrow schema as the client wants it. Where it wants a type as it is, the batches know best: the
// inner fields of lists and maps have names.
func (op *operation) schema() *arrow.Schema {
	fields := make([]arrow.Field, len(op.res.Columns))
	for i, c := range op.res.Columns {
		typ := op.shape.typeOf(c)
		if len(op.res.Batches) > 0 {
			if t := op.res.Batches[0].Column(i).DataType(); t.ID() == typ.ID() {
				typ = t
			}
		}
		fields[i] = arrow.Field{Name: c.Name, Type: typ, Nullable: true, Metadata: arrow.NewMetadata(
			[]string{"Spark:DataType:SqlName"}, []string{strings.ToUpper(c.Type)})}
	}
	return arrow.NewSchema(fields, nil)
}

// typeOf is the Arrow type in which a column travels.
func (s shape) typeOf(c Column) arrow.DataType {
	switch id := typeID(c.Type); {
	case id == 8 && !s.timestamps, id == 15 && !s.decimals, nested(c.Type) && !s.nested, id == 16 && !s.nullType:
		return arrow.BinaryTypes.String
	}
	t, err := arrowType(c.Type)
	if err != nil {
		return arrow.BinaryTypes.String
	}
	return t
}

// schemaBytes is the schema as one IPC message, without the mark of a stream's end.
func schemaBytes(s *arrow.Schema) ([]byte, error) {
	var b bytes.Buffer
	if err := ipc.NewWriter(&b, ipc.WithSchema(s)).Close(); err != nil {
		return nil, fmt.Errorf("writing the schema: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), endOfStream()), nil
}

func endOfStream() []byte { return []byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0} }

// batches gives rows from..to as Arrow batches.
func (op *operation) batches(from, to, most int64) (value, error) {
	out := listOf(thrift.STRUCT)
	schema := op.schema()
	head, err := schemaBytes(schema)
	if err != nil {
		return out, err
	}
	err = op.slices(from, to, most, func(b arrow.RecordBatch) error {
		sent, err := op.convert(schema, b)
		if err != nil {
			return err
		}
		defer sent.Release()
		n := sent.NumRows()
		if op.fault.Short && n > 0 {
			sent = sent.NewSlice(0, n-1)
			defer sent.Release()
		}
		var buf bytes.Buffer
		w := ipc.NewWriter(&buf, ipc.WithSchema(schema))
		if err := w.Write(sent); err != nil {
			return fmt.Errorf("writing a batch: %w", err)
		}
		if err := w.Close(); err != nil {
			return fmt.Errorf("writing a batch: %w", err)
		}
		body := bytes.TrimSuffix(bytes.TrimPrefix(buf.Bytes(), head), endOfStream())
		if op.shape.lz4 {
			if body, err = compress(body); err != nil {
				return err
			}
		}
		out.items = append(out.items, structOf(structure{1: bytesOf(body), 2: i64Of(n)}))
		return nil
	})
	return out, err
}

func compress(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w := lz4.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		return nil, fmt.Errorf("compressing: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compressing: %w", err)
	}
	return out.Bytes(), nil
}

// slices calls f with the parts of the result's batches between two rows, in order, of at most so many rows each.
func (op *operation) slices(from, to, most int64, f func(arrow.RecordBatch) error) error {
	var at int64
	for _, b := range op.res.Batches {
		lo, hi := max(from-at, 0), min(to-at, b.NumRows())
		at += b.NumRows()
		for lo < hi {
			end := hi
			if most > 0 {
				end = min(hi, lo+most)
			}
			part := b.NewSlice(lo, end)
			err := f(part)
			part.Release()
			if err != nil {
				return err
			}
			lo = end
		}
	}
	return nil
}

// convert gives a batch the types in which its columns travel.
func (op *operation) convert(schema *arrow.Schema, b arrow.RecordBatch) (arrow.RecordBatch, error) {
	cols := make([]arrow.Array, b.NumCols())
	defer func() {
		for _, c := range cols {
			if c != nil {
				c.Release()
			}
		}
	}()
	for i := range cols {
		col, want := b.Column(i), schema.Field(i).Type
		switch {
		case arrow.TypeEqual(col.DataType(), want):
			col.Retain()
			cols[i] = col
		case want.ID() == arrow.STRING:
			cols[i] = asText(col)
		default:
			return nil, fmt.Errorf("column %s is %s, its batch has %s", op.res.Columns[i].Name, want, col.DataType())
		}
	}
	return array.NewRecordBatch(schema, cols, b.NumRows()), nil
}

// asText writes a column as the service does where the client does not read a type.
func asText(col arrow.Array) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range col.Len() {
		if s, ok := textAt(col, i); ok {
			b.Append(s)
		} else {
			b.AppendNull()
		}
	}
	return b.NewArray()
}

// textAt writes one value: timestamps without a zone, decimals with their scale, nested ones as JSON.
func textAt(col arrow.Array, i int) (string, bool) {
	if col.IsNull(i) {
		return "", false
	}
	switch c := col.(type) {
	case *array.Timestamp:
		s := c.Value(i).ToTime(arrow.Microsecond).Format("2006-01-02 15:04:05.999999")
		return s, true
	case *array.Decimal128:
		return c.Value(i).ToString(c.DataType().(*arrow.Decimal128Type).Scale), true
	case *array.Date32:
		return c.Value(i).ToTime().Format("2006-01-02"), true
	case *array.String:
		return c.Value(i), true
	case *array.Null:
		return "", false
	}
	return jsonAt(col, i), true
}

// columns gives rows from..to as lists of values, one for each column: what a client without Arrow reads.
func (op *operation) columns(from, to int64) (value, error) {
	out := listOf(thrift.STRUCT)
	for i, c := range op.res.Columns {
		id, kind := columnKind(typeID(c.Type))
		list := listOf(kind)
		var nulls []byte
		err := op.slices(from, to, 0, func(b arrow.RecordBatch) error {
			col := b.Column(i)
			for r := range col.Len() {
				if n := len(list.items); n%8 == 0 {
					nulls = append(nulls, 0)
				}
				if col.IsNull(r) {
					n := len(list.items)
					nulls[n/8] |= 1 << (n % 8)
				}
				list.items = append(list.items, plain(col, r, kind))
			}
			return nil
		})
		if err != nil {
			return out, err
		}
		out.items = append(out.items, structOf(structure{id: structOf(structure{1: list, 2: bytesOf(nulls)})}))
	}
	return out, nil
}

// columnKind gives the member of the union TColumn, and the type of its values.
func columnKind(id int) (int16, thrift.TType) {
	switch id {
	case 0:
		return 1, thrift.BOOL
	case 1:
		return 2, thrift.BYTE
	case 2:
		return 3, thrift.I16
	case 3:
		return 4, thrift.I32
	case 4:
		return 5, thrift.I64
	case 5, 6:
		return 6, thrift.DOUBLE
	case 9:
		return 8, thrift.STRING
	}
	return 7, thrift.STRING
}

func plain(col arrow.Array, i int, kind thrift.TType) value {
	v := value{kind: kind}
	if col.IsNull(i) {
		return v
	}
	switch c := col.(type) {
	case *array.Boolean:
		return boolOf(c.Value(i))
	case *array.Int8:
		v.num = int64(c.Value(i))
	case *array.Int16:
		v.num = int64(c.Value(i))
	case *array.Int32:
		v.num = int64(c.Value(i))
	case *array.Int64:
		v.num = c.Value(i)
	case *array.Float32:
		v.real = float64(c.Value(i))
	case *array.Float64:
		v.real = c.Value(i)
	case *array.Binary:
		v.text = string(c.Value(i))
	default:
		v.text, _ = textAt(col, i)
	}
	return v
}

// bigEndian writes an integer in as many bytes as it needs, the first with the sign: how Java writes a BigInteger.
func bigEndian(hi int64, lo uint64) []byte {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(hi))
	binary.BigEndian.PutUint64(b[8:], lo)
	s := b[:]
	for len(s) > 1 && (s[0] == 0 && s[1] < 0x80 || s[0] == 0xff && s[1] >= 0x80) {
		s = s[1:]
	}
	return s
}
