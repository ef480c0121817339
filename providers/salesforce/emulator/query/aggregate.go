package query

import (
	"slices"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// cell collects one column of one group.
type cell struct {
	count    int
	sum      float64
	min, max store.Value
	distinct map[string]bool
}

func (c *cell) add(fn string, v store.Value) {
	if v.Kind == store.Null {
		return
	}
	c.count++
	switch fn {
	case "MIN":
		if c.min.Kind == store.Null || sortOrder(v, c.min) < 0 {
			c.min = v
		}
	case "MAX":
		if c.max.Kind == store.Null || sortOrder(v, c.max) > 0 {
			c.max = v
		}
	case "SUM", "AVG":
		if n, err := strconv.ParseFloat(v.Text, 64); err == nil {
			c.sum += n
		}
	case "COUNT_DISTINCT":
		if c.distinct == nil {
			c.distinct = map[string]bool{}
		}
		c.distinct[groupKey(v)] = true
	}
}

func (c *cell) value(fn string) store.Value {
	number := func(n float64) store.Value {
		return store.Value{Kind: store.Number, Text: strconv.FormatFloat(n, 'f', -1, 64)}
	}
	switch fn {
	case "COUNT":
		return number(float64(c.count))
	case "COUNT_DISTINCT":
		return number(float64(len(c.distinct)))
	case "MIN":
		return c.min
	case "MAX":
		return c.max
	}
	if c.count == 0 {
		return store.Value{}
	}
	if fn == "AVG" {
		return number(c.sum / float64(c.count))
	}
	return number(c.sum)
}

// groupKey is equal for the values that GROUP BY puts together.
func groupKey(v store.Value) string {
	return strconv.Itoa(int(v.Kind)) + strings.ToLower(v.Text) + strconv.FormatInt(v.Unix, 10) + "\x00"
}

// group runs an aggregating query. Groups come in the order of their keys, unless another was asked for.
func (p *Plan) group(e *env, where cond, all bool) []Group {
	type bucket struct {
		keys  []store.Value
		cells []cell
	}
	buckets := map[string]*bucket{}
	var list []*bucket
	if len(p.groups) == 0 { // without GROUP BY there is always one row
		b := &bucket{cells: make([]cell, len(p.columns))}
		buckets[""], list = b, append(list, b)
	}
	p.each(e, where, all, func(r record) bool {
		keys := make([]store.Value, len(p.groups))
		var key strings.Builder
		for i, g := range p.groups {
			keys[i] = g.last(e, r)
			key.WriteString(groupKey(keys[i]))
		}
		b := buckets[key.String()]
		if b == nil {
			b = &bucket{keys: keys, cells: make([]cell, len(p.columns))}
			buckets[key.String()], list = b, append(list, b)
		}
		for i, c := range p.columns {
			if c.fn != "" {
				b.cells[i].add(c.fn, c.path.last(e, r))
			}
		}
		return true
	})
	slices.SortStableFunc(list, func(a, b *bucket) int {
		for i := range a.keys {
			if c := (order{}).cmp(a.keys[i], b.keys[i]); c != 0 {
				return c
			}
		}
		return 0
	})
	groups := make([]Group, 0, len(list))
	for _, b := range list {
		g := make(Group, len(p.columns))
		for i, c := range p.columns {
			if c.fn != "" {
				g[i] = b.cells[i].value(c.fn)
				continue
			}
			at := slices.IndexFunc(p.groups, func(x *path) bool { return samePath(x, c.path) })
			if at >= 0 {
				g[i] = b.keys[at]
			}
		}
		groups = append(groups, g)
	}
	slices.SortStableFunc(groups, func(a, b Group) int {
		for _, o := range p.order {
			if c := o.cmp(a[o.column], b[o.column]); c != 0 {
				return c
			}
		}
		return 0
	})
	n := p.window(len(groups))
	return groups[min(p.q.Offset, len(groups)):][:n]
}

func samePath(a, b *path) bool { return a.field == b.field && slices.Equal(a.refs, b.refs) }
