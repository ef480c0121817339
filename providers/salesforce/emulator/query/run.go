package query

import (
	"slices"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// Ref names one record of a result: its number, and whether it is in the recycle bin.
type Ref uint64

const binFlag Ref = 1 << 63

func newRef(seq uint64, deleted bool) Ref {
	if deleted {
		return Ref(seq) | binFlag
	}
	return Ref(seq)
}

// Result is what a query found. A result of records holds their numbers, eight bytes each, whatever is selected; the records
// are read when a page is written.
type Result struct {
	Total  int // totalSize
	Refs   []Ref
	Groups []Group // where the query aggregates
}

// Group is one row of an aggregate result.
type Group []store.Value

// Run finds the records that match. With all, deleted ones too.
func (p *Plan) Run(tx *store.Tx, all bool) Result {
	e := &env{schema: p.schema, tx: tx}
	where := p.where
	if len(p.subs) > 0 {
		where = p.bind(tx, where)
	}
	if p.count {
		n := 0
		if where == nil && !all {
			n = tx.Rows(p.Object.Name).Count()
		} else {
			p.each(e, where, all, func(record) bool { n++; return true })
		}
		return Result{Total: p.window(n)}
	}
	if p.grouped {
		groups := p.group(e, where, all)
		return Result{Total: len(groups), Groups: groups}
	}
	if len(p.order) == 0 || p.byID() {
		return p.unordered(e, where, all)
	}
	return p.ordered(e, where, all)
}

// window applies OFFSET and LIMIT to a number of rows.
func (p *Plan) window(n int) int {
	n = max(n-p.q.Offset, 0)
	if p.q.Limit >= 0 {
		n = min(n, p.q.Limit)
	}
	return n
}

// byID reports whether the order asked for is that of the records' numbers.
func (p *Plan) byID() bool {
	o := p.order[0]
	return len(p.order) == 1 && !o.desc && len(o.path.refs) == 0 && o.path.field.Name == "Id"
}

func (p *Plan) unordered(e *env, where cond, all bool) Result {
	var refs []Ref
	skip := p.q.Offset
	if p.q.Limit != 0 {
		p.each(e, where, all, func(r record) bool {
			if skip > 0 {
				skip--
				return true
			}
			refs = append(refs, newRef(r.seq, r.deleted))
			return p.q.Limit < 0 || len(refs) < p.q.Limit
		})
	}
	return Result{Total: len(refs), Refs: refs}
}

func (p *Plan) ordered(e *env, where cond, all bool) Result {
	type row struct {
		ref  Ref
		keys []store.Value
	}
	var rows []row
	p.each(e, where, all, func(r record) bool {
		keys := make([]store.Value, len(p.order))
		for i, o := range p.order {
			keys[i] = o.path.last(e, r)
		}
		rows = append(rows, row{newRef(r.seq, r.deleted), keys})
		return true
	})
	slices.SortStableFunc(rows, func(a, b row) int {
		for i, o := range p.order {
			if c := o.cmp(a.keys[i], b.keys[i]); c != 0 {
				return c
			}
		}
		return 0
	})
	n := p.window(len(rows))
	refs := make([]Ref, 0, n)
	for _, r := range rows[len(rows)-max(len(rows)-p.q.Offset, 0):][:n] {
		refs = append(refs, r.ref)
	}
	return Result{Total: len(refs), Refs: refs}
}

func (o order) cmp(a, b store.Value) int {
	if a.Kind == store.Null || b.Kind == store.Null {
		c := 0
		switch {
		case a.Kind == b.Kind:
		case a.Kind == store.Null:
			c = -1
		default:
			c = 1
		}
		if o.nullsLast {
			return -c
		}
		return c
	}
	c := sortOrder(a, b)
	if o.desc {
		return -c
	}
	return c
}

// sortOrder orders two values of one field. Text is ordered without regard to case first.
func sortOrder(a, b store.Value) int {
	switch a.Kind {
	case store.Number:
		x, err1 := strconv.ParseFloat(a.Text, 64)
		y, err2 := strconv.ParseFloat(b.Text, 64)
		if err1 == nil && err2 == nil {
			switch {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		}
	case store.Time:
		switch {
		case a.Unix < b.Unix:
			return -1
		case a.Unix > b.Unix:
			return 1
		}
		return 0
	case store.False, store.True:
		return int(a.Kind) - int(b.Kind)
	}
	if c := strings.Compare(strings.ToLower(a.Text), strings.ToLower(b.Text)); c != 0 {
		return c
	}
	return strings.Compare(a.Text, b.Text)
}

// each visits the records that pass, in the order of their numbers, until fn returns false.
func (p *Plan) each(e *env, where cond, all bool, fn func(record) bool) {
	t := e.tx.Rows(p.Object.Name)
	stopped := false
	visit := func(seq uint64, raw store.Raw, deleted bool) bool {
		r := record{p.Object, seq, raw, deleted}
		if where != nil && !where.test(e, r) {
			return true
		}
		stopped = !fn(r)
		return !stopped
	}
	var found []uint64
	var ofBin, indexed bool
	if where != nil {
		found, ofBin, indexed = where.seqs(e, p.Object)
	}
	var first uint64
	if indexed {
		for _, seq := range found {
			if raw, ok := t.Get(seq); ok && !visit(seq, raw, false) {
				return
			}
		}
	} else {
		first = from(where, p.Object)
		t.Scan(first, func(seq uint64, raw store.Raw) bool { return visit(seq, raw, false) })
	}
	if !all || stopped {
		return
	}
	if indexed && ofBin {
		for _, seq := range found {
			if raw, ok := t.Deleted(seq); ok && !visit(seq, raw, true) {
				return
			}
		}
		return
	}
	t.ScanDeleted(first, func(seq uint64, raw store.Raw) bool { return visit(seq, raw, true) })
}

// bind runs the nested queries of IN and gives the condition with their values.
func (p *Plan) bind(tx *store.Tx, c cond) cond {
	switch c := c.(type) {
	case *join:
		terms := make([]cond, len(c.terms))
		for i, t := range c.terms {
			terms[i] = p.bind(tx, t)
		}
		return &join{or: c.or, terms: terms}
	case *not:
		return &not{p.bind(tx, c.term)}
	case *compare:
		if c.sub == nil {
			return c
		}
		bound := *c
		bound.values = c.sub.single(tx)
		bound.fill()
		return &bound
	}
	return c
}

// single runs a nested query and gives the values of its only field.
func (p *Plan) single(tx *store.Tx) []operand {
	e := &env{schema: p.schema, tx: tx}
	var values []operand
	target := p.nodes[0].path
	for _, ref := range p.Run(tx, false).Refs {
		r, ok := p.record(e, ref)
		if !ok {
			continue
		}
		if v := target.last(e, r); v.Kind != store.Null {
			o := operand{value: v}
			if n, err := strconv.ParseFloat(v.Text, 64); err == nil && v.Kind == store.Number {
				o.num = n
			}
			values = append(values, o)
		}
	}
	return values
}

func (p *Plan) record(e *env, ref Ref) (record, bool) {
	t := e.tx.Rows(p.Object.Name)
	seq := uint64(ref &^ binFlag)
	if ref&binFlag == 0 {
		raw, ok := t.Get(seq)
		return record{p.Object, seq, raw, false}, ok
	}
	raw, ok := t.Deleted(seq)
	return record{p.Object, seq, raw, true}, ok
}
