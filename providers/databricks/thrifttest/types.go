package thrifttest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// arrowType gives the Arrow type of a type as Databricks writes it.
func arrowType(name string) (arrow.DataType, error) {
	if p, s, ok := decimalOf(name); ok {
		return &arrow.Decimal128Type{Precision: int32(p), Scale: int32(s)}, nil
	}
	if inner, ok := inside(name, "array"); ok {
		t, err := arrowType(inner)
		if err != nil {
			return nil, err
		}
		return arrow.ListOf(t), nil
	}
	if inner, ok := inside(name, "map"); ok {
		parts := topLevel(inner)
		if len(parts) != 2 {
			return nil, fmt.Errorf("type %s: a map has a key and a value", name)
		}
		k, err := arrowType(parts[0])
		if err != nil {
			return nil, err
		}
		v, err := arrowType(parts[1])
		if err != nil {
			return nil, err
		}
		return arrow.MapOf(k, v), nil
	}
	if inner, ok := inside(name, "struct"); ok {
		var fields []arrow.Field
		for _, part := range topLevel(inner) {
			n, t, _ := strings.Cut(part, ":")
			ft, err := arrowType(t)
			if err != nil {
				return nil, err
			}
			fields = append(fields, arrow.Field{Name: strings.Trim(n, "`"), Type: ft, Nullable: true})
		}
		return arrow.StructOf(fields...), nil
	}
	base, _, _ := strings.Cut(name, "(")
	switch base {
	case "boolean":
		return arrow.FixedWidthTypes.Boolean, nil
	case "tinyint":
		return arrow.PrimitiveTypes.Int8, nil
	case "smallint":
		return arrow.PrimitiveTypes.Int16, nil
	case "int":
		return arrow.PrimitiveTypes.Int32, nil
	case "bigint":
		return arrow.PrimitiveTypes.Int64, nil
	case "float":
		return arrow.PrimitiveTypes.Float32, nil
	case "double":
		return arrow.PrimitiveTypes.Float64, nil
	case "string", "varchar", "char":
		return arrow.BinaryTypes.String, nil
	case "binary":
		return arrow.BinaryTypes.Binary, nil
	case "date":
		return arrow.FixedWidthTypes.Date32, nil
	case "timestamp":
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Etc/UTC"}, nil
	case "timestamp_ntz":
		return &arrow.TimestampType{Unit: arrow.Microsecond}, nil
	case "void":
		return arrow.Null, nil
	}
	return nil, fmt.Errorf("type %s: not known", name)
}

// inside gives what stands between the angle brackets of a type like array<int>.
func inside(name, outer string) (string, bool) {
	rest, ok := strings.CutPrefix(name, outer+"<")
	if !ok || !strings.HasSuffix(rest, ">") {
		return "", false
	}
	return rest[:len(rest)-1], true
}

// topLevel splits at the commas outside of brackets.
func topLevel(s string) []string {
	var out []string
	depth, start := 0, 0
	for i, r := range s {
		switch r {
		case '<', '(':
			depth++
		case '>', ')':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, strings.TrimSpace(s[start:i]))
				start = i + 1
			}
		}
	}
	return append(out, strings.TrimSpace(s[start:]))
}

// jsonAt writes one value of a column as JSON.
func jsonAt(col arrow.Array, i int) string {
	if col.IsNull(i) {
		return "null"
	}
	switch c := col.(type) {
	case *array.Boolean:
		return strconv.FormatBool(c.Value(i))
	case *array.Int8:
		return strconv.FormatInt(int64(c.Value(i)), 10)
	case *array.Int16:
		return strconv.FormatInt(int64(c.Value(i)), 10)
	case *array.Int32:
		return strconv.FormatInt(int64(c.Value(i)), 10)
	case *array.Int64:
		return strconv.FormatInt(c.Value(i), 10)
	case *array.Float32:
		return number(float64(c.Value(i)), 32)
	case *array.Float64:
		return number(c.Value(i), 64)
	case *array.Decimal128:
		return c.Value(i).ToString(c.DataType().(*arrow.Decimal128Type).Scale)
	case *array.Binary:
		return quoted(base64.StdEncoding.EncodeToString(c.Value(i)))
	case *array.Map: // before List, which it holds
		from, to := c.ValueOffsets(i)
		var parts []string
		for j := int(from); j < int(to); j++ {
			k := jsonAt(c.Keys(), j)
			if !strings.HasPrefix(k, `"`) {
				k = quoted(k)
			}
			parts = append(parts, k+":"+jsonAt(c.Items(), j))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case *array.List:
		from, to := c.ValueOffsets(i)
		var parts []string
		for j := int(from); j < int(to); j++ {
			parts = append(parts, jsonAt(c.ListValues(), j))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case *array.Struct:
		var parts []string
		for j, f := range c.DataType().(*arrow.StructType).Fields() {
			parts = append(parts, quoted(f.Name)+":"+jsonAt(c.Field(j), i))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	s, _ := textAt(col, i)
	return quoted(s)
}

func number(f float64, bits int) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return quoted(strconv.FormatFloat(f, 'g', -1, bits))
	}
	return strconv.FormatFloat(f, 'g', -1, bits)
}

func quoted(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)
	return strings.TrimSuffix(b.String(), "\n")
}
