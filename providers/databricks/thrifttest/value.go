package thrifttest

import (
	"context"
	"fmt"

	"github.com/apache/thrift/lib/go/thrift"
)

// value is one node of a Thrift message: the service is small enough that a tree serves better than generated types.
type value struct {
	kind   thrift.TType
	num    int64 // BOOL, BYTE, I16, I32, I64
	real   float64
	text   string // STRING, which is also how binary travels
	fields structure
	elem   thrift.TType // of items
	items  []value
	key    thrift.TType // of keys, which stand beside items in a MAP
	keys   []value
}

// structure is a Thrift struct: its fields by id.
type structure map[int16]value

func textOf(s string) value { return value{kind: thrift.STRING, text: s} }

func bytesOf(b []byte) value { return value{kind: thrift.STRING, text: string(b)} }

func i32Of(n int) value { return value{kind: thrift.I32, num: int64(n)} }

func i64Of(n int64) value { return value{kind: thrift.I64, num: n} }

func structOf(s structure) value { return value{kind: thrift.STRUCT, fields: s} }

func listOf(elem thrift.TType, items ...value) value {
	return value{kind: thrift.LIST, elem: elem, items: items}
}

func boolOf(b bool) value {
	v := value{kind: thrift.BOOL}
	if b {
		v.num = 1
	}
	return v
}

func mapOf(m map[string]value, elem thrift.TType) value {
	v := value{kind: thrift.MAP, key: thrift.STRING, elem: elem}
	for k, item := range m {
		v.keys = append(v.keys, textOf(k))
		v.items = append(v.items, item)
	}
	return v
}

func (s structure) has(id int16) bool { _, ok := s[id]; return ok }

func (s structure) text(id int16) string { return s[id].text }

func (s structure) num(id int16) int64 { return s[id].num }

func (s structure) yes(id int16) bool { return s[id].num != 0 }

func (s structure) sub(id int16) structure { return s[id].fields }

// texts gives a field that is a map of strings; nil where it is absent or empty.
func (s structure) texts(id int16) map[string]string {
	v := s[id]
	if len(v.keys) == 0 {
		return nil
	}
	m := make(map[string]string, len(v.keys))
	for i, k := range v.keys {
		m[k.text] = v.items[i].text
	}
	return m
}

func readStruct(ctx context.Context, p thrift.TProtocol) (structure, error) {
	if _, err := p.ReadStructBegin(ctx); err != nil {
		return nil, err
	}
	s := structure{}
	for {
		_, kind, id, err := p.ReadFieldBegin(ctx)
		if err != nil {
			return nil, err
		}
		if kind == thrift.STOP {
			return s, p.ReadStructEnd(ctx)
		}
		v, err := readValue(ctx, p, kind)
		if err != nil {
			return nil, err
		}
		s[id] = v
		if err := p.ReadFieldEnd(ctx); err != nil {
			return nil, err
		}
	}
}

func readValue(ctx context.Context, p thrift.TProtocol, kind thrift.TType) (v value, err error) {
	v.kind = kind
	var size int
	switch kind {
	case thrift.BOOL:
		var b bool
		if b, err = p.ReadBool(ctx); b {
			v.num = 1
		}
	case thrift.BYTE:
		var n int8
		n, err = p.ReadByte(ctx)
		v.num = int64(n)
	case thrift.I16:
		var n int16
		n, err = p.ReadI16(ctx)
		v.num = int64(n)
	case thrift.I32:
		var n int32
		n, err = p.ReadI32(ctx)
		v.num = int64(n)
	case thrift.I64:
		v.num, err = p.ReadI64(ctx)
	case thrift.DOUBLE:
		v.real, err = p.ReadDouble(ctx)
	case thrift.STRING:
		var b []byte
		b, err = p.ReadBinary(ctx)
		v.text = string(b)
	case thrift.STRUCT:
		v.fields, err = readStruct(ctx, p)
	case thrift.LIST:
		if v.elem, size, err = p.ReadListBegin(ctx); err != nil {
			return v, err
		}
		if v.items, err = readItems(ctx, p, v.elem, size); err == nil {
			err = p.ReadListEnd(ctx)
		}
	case thrift.SET:
		if v.elem, size, err = p.ReadSetBegin(ctx); err != nil {
			return v, err
		}
		if v.items, err = readItems(ctx, p, v.elem, size); err == nil {
			err = p.ReadSetEnd(ctx)
		}
	case thrift.MAP:
		if v.key, v.elem, size, err = p.ReadMapBegin(ctx); err != nil {
			return v, err
		}
		for range size {
			k, err := readValue(ctx, p, v.key)
			if err != nil {
				return v, err
			}
			item, err := readValue(ctx, p, v.elem)
			if err != nil {
				return v, err
			}
			v.keys, v.items = append(v.keys, k), append(v.items, item)
		}
		err = p.ReadMapEnd(ctx)
	default:
		err = fmt.Errorf("reading a thrift message: unknown type %d", kind)
	}
	return v, err
}

func readItems(ctx context.Context, p thrift.TProtocol, kind thrift.TType, size int) ([]value, error) {
	var items []value
	for range size {
		v, err := readValue(ctx, p, kind)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	return items, nil
}

func writeStruct(ctx context.Context, p thrift.TProtocol, s structure) error {
	if err := p.WriteStructBegin(ctx, ""); err != nil {
		return err
	}
	for id, v := range s {
		if err := p.WriteFieldBegin(ctx, "", v.kind, id); err != nil {
			return err
		}
		if err := writeValue(ctx, p, v); err != nil {
			return err
		}
		if err := p.WriteFieldEnd(ctx); err != nil {
			return err
		}
	}
	if err := p.WriteFieldStop(ctx); err != nil {
		return err
	}
	return p.WriteStructEnd(ctx)
}

func writeValue(ctx context.Context, p thrift.TProtocol, v value) error {
	switch v.kind {
	case thrift.BOOL:
		return p.WriteBool(ctx, v.num != 0)
	case thrift.BYTE:
		return p.WriteByte(ctx, int8(v.num))
	case thrift.I16:
		return p.WriteI16(ctx, int16(v.num))
	case thrift.I32:
		return p.WriteI32(ctx, int32(v.num))
	case thrift.I64:
		return p.WriteI64(ctx, v.num)
	case thrift.DOUBLE:
		return p.WriteDouble(ctx, v.real)
	case thrift.STRING:
		return p.WriteString(ctx, v.text)
	case thrift.STRUCT:
		return writeStruct(ctx, p, v.fields)
	case thrift.LIST:
		if err := p.WriteListBegin(ctx, v.elem, len(v.items)); err != nil {
			return err
		}
		for _, item := range v.items {
			if err := writeValue(ctx, p, item); err != nil {
				return err
			}
		}
		return p.WriteListEnd(ctx)
	case thrift.MAP:
		if err := p.WriteMapBegin(ctx, v.key, v.elem, len(v.items)); err != nil {
			return err
		}
		for i, item := range v.items {
			if err := writeValue(ctx, p, v.keys[i]); err != nil {
				return err
			}
			if err := writeValue(ctx, p, item); err != nil {
				return err
			}
		}
		return p.WriteMapEnd(ctx)
	}
	return fmt.Errorf("writing a thrift message: unknown type %d", v.kind)
}
