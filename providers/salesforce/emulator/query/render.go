package query

import (
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/dml"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// node is one member of a record in an answer: a field, or a parent with members of its own.
type node struct {
	name     string
	path     *path         // a field: the whole path from the record that was asked for
	ref      *schema.Field // a parent
	children []*node
}

// add puts a path into the tree of members. It reports false for one that is there already.
func (p *Plan) add(path *path, seen map[string]bool) bool {
	list := &p.nodes
	key := ""
	for _, ref := range path.refs {
		key += ref.RelationshipName + "."
		var next *node
		for _, n := range *list {
			if n.ref == ref {
				next = n
			}
		}
		if next == nil {
			next = &node{name: ref.RelationshipName, ref: ref}
			*list = append(*list, next)
		}
		list = &next.children
	}
	if key += path.field.Name; path.only != nil {
		key += " of " + path.only.Name
	}
	if seen[key] {
		return false
	}
	seen[key] = true
	*list = append(*list, &node{name: path.field.Name, path: path})
	return true
}

// Select is a plan that reads single records: the named fields of an object, or all of them.
func Select(s *schema.Schema, o *schema.Object, fields []*schema.Field) *Plan {
	p := &Plan{Object: o, schema: s}
	seen := map[string]bool{}
	for _, f := range fields {
		p.add(&path{field: f}, seen)
	}
	return p
}

// AppendRef appends a record of a result as JSON. base is "/services/data/vXX.X". It reports false, and appends nothing, when
// the record is gone since.
func (p *Plan) AppendRef(b []byte, tx *store.Tx, ref Ref, base string) ([]byte, bool) {
	e := &env{schema: p.schema, tx: tx}
	r, ok := p.record(e, ref)
	if !ok {
		return b, false
	}
	return e.append(b, r, p.nodes, base), true
}

// Append appends a live record as JSON; it reports false when there is none.
func (p *Plan) Append(b []byte, tx *store.Tx, seq uint64, base string) ([]byte, bool) {
	return p.AppendRef(b, tx, newRef(seq, false), base)
}

func (e *env) append(b []byte, r record, nodes []*node, base string) []byte {
	id := r.id()
	b = append(b, `{"attributes":{"type":`...)
	b = schema.Quote(b, r.object.Name)
	b = append(b, `,"url":`...)
	b = schema.Quote(b, base+"/sobjects/"+r.object.Name+"/"+id)
	b = append(b, '}')
	for _, n := range nodes {
		if n.path != nil && n.path.only != nil && n.path.only != r.object {
			continue
		}
		b = append(b, ',')
		b = append(schema.Quote(b, n.name), ':')
		if n.ref != nil {
			parent, ok := e.parent(r, n.ref)
			if !ok {
				b = append(b, "null"...)
				continue
			}
			b = e.append(b, parent, n.children, base)
			continue
		}
		f := n.path.field
		if n.path.poly {
			if f = r.object.Field(f.Name); f == nil {
				b = append(b, "null"...)
				continue
			}
		}
		b = AppendField(b, r.object, f, r.raw, r.value(f))
	}
	return append(b, '}')
}

// AppendField appends one value as JSON; a compound field is put together from its parts.
func AppendField(b []byte, o *schema.Object, f *schema.Field, raw store.Raw, v store.Value) []byte {
	if f.Type == "address" || f.Type == "location" {
		return appendAddress(b, o, f, raw)
	}
	return dml.AppendValue(b, f, v)
}

// appendAddress appends a compound address, or null when none of its parts has a value.
func appendAddress(b []byte, o *schema.Object, compound *schema.Field, raw store.Raw) []byte {
	prefix := strings.TrimSuffix(compound.Name, "Address")
	start := len(b)
	b = append(b, '{')
	some := false
	for i, part := range []string{"City", "Country", "GeocodeAccuracy", "Latitude", "Longitude", "PostalCode", "State", "Street"} {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(schema.Quote(b, strings.ToLower(part[:1])+part[1:]), ':')
		f := o.Field(prefix + part)
		if f == nil || f.CompoundFieldName != compound.Name {
			b = append(b, "null"...)
			continue
		}
		v := raw.Get(f.Col)
		some = some || v.Kind != store.Null
		b = dml.AppendValue(b, f, v)
	}
	if !some {
		return append(b[:start], "null"...)
	}
	return append(b, '}')
}

// Grouped reports whether the query's rows are aggregate results, of which Result has the values.
func (p *Plan) Grouped() bool { return p.grouped && !p.count }

// AppendGroup appends one row of an aggregate result.
func (p *Plan) AppendGroup(b []byte, g Group) []byte {
	b = append(b, `{"attributes":{"type":"AggregateResult"}`...)
	for i, c := range p.columns {
		b = append(b, ',')
		b = append(schema.Quote(b, c.name), ':')
		switch {
		case c.fn == "COUNT" || c.fn == "COUNT_DISTINCT":
			b = append(b, g[i].Text...)
		case c.fn == "AVG" && g[i].Kind == store.Number:
			n, err := strconv.ParseFloat(g[i].Text, 64)
			if err != nil {
				b = append(b, g[i].Text...)
				continue
			}
			b = dml.AppendDouble(b, n)
		default:
			b = dml.AppendValue(b, c.path.field, g[i])
		}
	}
	return append(b, '}')
}
