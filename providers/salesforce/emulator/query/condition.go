package query

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/soql"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// cond is a compiled condition.
type cond interface {
	// test decides for one record. A comparison with null is decided too: SOQL knows no third value.
	test(e *env, r record) bool
	// seqs gives the numbers of the records that may pass, from an index; false when there is none to ask. ofBin says that
	// deleted records were considered too.
	seqs(e *env, o *schema.Object) (found []uint64, ofBin, ok bool)
}

type join struct {
	or    bool
	terms []cond
}

func (j *join) test(e *env, r record) bool {
	for _, t := range j.terms {
		if t.test(e, r) == j.or {
			return j.or
		}
	}
	return !j.or
}

// few is a number of records that is not worth looking for a shorter list.
const few = 1000

func (j *join) seqs(e *env, o *schema.Object) (found []uint64, ofBin, ok bool) {
	if !j.or {
		terms := slices.Clone(j.terms)
		slices.SortStableFunc(terms, func(a, b cond) int { return rank(a) - rank(b) })
		for _, t := range terms {
			if s, bin, usable := t.seqs(e, o); usable && (!ok || len(s) < len(found)) {
				found, ofBin, ok = s, bin, true
			}
			if ok && len(found) <= few {
				break
			}
		}
		return found, ofBin, ok
	}
	ofBin = true
	for _, t := range j.terms {
		s, bin, usable := t.seqs(e, o)
		if !usable {
			return nil, false, false
		}
		found, ofBin = append(found, s...), ofBin && bin
	}
	slices.Sort(found)
	return slices.Compact(found), ofBin, true
}

// rank orders conditions by how few records they are likely to leave.
func rank(c cond) int {
	x, ok := c.(*compare)
	switch {
	case !ok:
		return 4
	case len(x.path.refs) > 0:
		return 3
	case x.path.field.Name == "Id":
		return 0
	case x.path.field.Key() || x.path.field.Unique:
		return 1
	}
	return 2
}

type not struct{ term cond }

func (n *not) test(e *env, r record) bool                       { return !n.term.test(e, r) }
func (n *not) seqs(*env, *schema.Object) ([]uint64, bool, bool) { return nil, false, false }

// compare is one field against values.
type compare struct {
	path   *path
	op     string
	fold   bool
	values []operand
	set    map[string]bool // IN and NOT IN: the values' texts
	null   bool            // IN and NOT IN: null is among them
	like   func(string) bool
	sub    *Plan
}

// operand is a literal as the field's type understands it. A span of days has an end, which does not belong to it.
type operand struct {
	value store.Value
	num   float64
	end   store.Value
}

func (c *compare) text(v store.Value) string {
	switch v.Kind {
	case store.True:
		return "true"
	case store.False:
		return "false"
	case store.Time:
		return strconv.FormatInt(v.Unix, 10)
	case store.Text:
		if c.fold {
			return strings.ToLower(v.Text)
		}
	}
	return v.Text
}

func (c *compare) test(e *env, r record) bool {
	v := c.path.last(e, r)
	switch c.op {
	case "IN":
		return c.in(v)
	case "NOT IN":
		return !c.in(v)
	case "LIKE":
		return v.Kind == store.Text && c.like(v.Text)
	case "INCLUDES":
		return c.includes(v)
	case "EXCLUDES":
		return !c.includes(v)
	}
	want := c.values[0]
	if want.value.Kind == store.Null || v.Kind == store.Null {
		same := v.Kind == store.Null && want.value.Kind == store.Null
		return c.op == "=" && same || c.op == "!=" && !same
	}
	at := c.order(v, want.value, want.num)
	if want.end.Kind != store.Null && at >= 0 {
		at = 1
		if c.order(v, want.end, 0) < 0 {
			at = 0
		}
	}
	switch c.op {
	case "=":
		return at == 0
	case "!=":
		return at != 0
	case "<":
		return at < 0
	case "<=":
		return at <= 0
	case ">":
		return at > 0
	}
	return at >= 0
}

func (c *compare) order(v, want store.Value, num float64) int {
	switch v.Kind {
	case store.Number:
		n, err := strconv.ParseFloat(v.Text, 64)
		if err != nil {
			return strings.Compare(v.Text, want.Text)
		}
		switch {
		case n < num:
			return -1
		case n > num:
			return 1
		}
		return 0
	case store.Time:
		switch {
		case v.Unix < want.Unix:
			return -1
		case v.Unix > want.Unix:
			return 1
		}
		return 0
	}
	return strings.Compare(c.text(v), c.text(want))
}

func (c *compare) in(v store.Value) bool {
	if v.Kind == store.Null {
		return c.null
	}
	if v.Kind == store.Number {
		if n, err := strconv.ParseFloat(v.Text, 64); err == nil {
			return c.set[strconv.FormatFloat(n, 'g', -1, 64)]
		}
	}
	return c.set[c.text(v)]
}

// includes tests a multi-select picklist: one of the operands, each of which may ask for several values at once ("a;b").
func (c *compare) includes(v store.Value) bool {
	if v.Kind == store.Null {
		return false
	}
	has := strings.Split(strings.ToLower(v.Text), ";")
	for _, want := range c.values {
		all := true
		for _, w := range strings.Split(strings.ToLower(want.value.Text), ";") {
			all = all && slices.Contains(has, w)
		}
		if all {
			return true
		}
	}
	return false
}

// seqs asks an index for = and IN. A path through parents is followed backwards: the parents by their field's index, then
// their children by the reference's.
func (c *compare) seqs(e *env, o *schema.Object) ([]uint64, bool, bool) {
	if c.op != "=" && c.op != "IN" || c.null || c.path.poly {
		return nil, false, false
	}
	for _, v := range c.values {
		if v.value.Kind == store.Null || v.end.Kind != store.Null {
			return nil, false, false
		}
	}
	f, owner := c.path.field, o
	for _, ref := range c.path.refs {
		if len(ref.ReferenceTo) != 1 {
			return nil, false, false
		}
		owner = e.schema.Object(ref.ReferenceTo[0])
	}
	if f.Name == "Id" {
		found := make([]uint64, 0, len(c.values))
		for _, v := range c.values {
			if seq, ok := sfid.Seq(v.value.Text); ok && sfid.Prefix(v.value.Text) == owner.KeyPrefix {
				found = append(found, seq)
			}
		}
		slices.Sort(found)
		found = slices.Compact(found)
		if len(c.path.refs) == 0 {
			return found, true, true
		}
		return c.children(e, owner, found)
	}
	t := e.tx.Rows(owner.Name)
	indexed, fold := t.Indexed(f.Col)
	if f.Computed() || !indexed || c.fold && !fold {
		return nil, false, false
	}
	var found []uint64
	for _, v := range c.values {
		found = append(found, t.Lookup(f.Col, v.value, 0)...)
	}
	slices.Sort(found)
	return c.children(e, owner, slices.Compact(found))
}

// children goes from records of the path's last object to those of its first.
func (c *compare) children(e *env, owner *schema.Object, found []uint64) ([]uint64, bool, bool) {
	for i := len(c.path.refs) - 1; i >= 0; i-- {
		ref, child := c.path.refs[i], c.path.owners[i]
		t := e.tx.Rows(child.Name)
		if indexed, _ := t.Indexed(ref.Col); !indexed {
			return nil, false, false
		}
		var next []uint64
		for _, seq := range found {
			next = append(next, t.Lookup(ref.Col, store.String(sfid.Make(owner.KeyPrefix, seq)), 0)...)
		}
		slices.Sort(next)
		found, owner = slices.Compact(next), child
	}
	return found, false, true
}

// from gives the record number below which no record can pass, for paging by "Id > last".
func from(c cond, o *schema.Object) uint64 {
	switch c := c.(type) {
	case *join:
		if c.or {
			return 0
		}
		var first uint64
		for _, t := range c.terms {
			first = max(first, from(t, o))
		}
		return first
	case *compare:
		if len(c.path.refs) > 0 || c.path.field.Name != "Id" || c.op != ">" && c.op != ">=" {
			return 0
		}
		if seq, ok := sfid.Seq(c.values[0].value.Text); ok && sfid.Prefix(c.values[0].value.Text) == o.KeyPrefix {
			return seq
		}
	}
	return 0
}

// span gives the first day of a named date literal, and the first day after it.
func span(l soql.Literal, now time.Time) (start, end time.Time) {
	y, m, d := now.UTC().Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	week := today.AddDate(0, 0, -int(today.Weekday()))
	month := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
	year := time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)
	switch l.Text {
	case "YESTERDAY":
		return today.AddDate(0, 0, -1), today
	case "TOMORROW":
		return today.AddDate(0, 0, 1), today.AddDate(0, 0, 2)
	case "LAST_WEEK":
		return week.AddDate(0, 0, -7), week
	case "THIS_WEEK":
		return week, week.AddDate(0, 0, 7)
	case "NEXT_WEEK":
		return week.AddDate(0, 0, 7), week.AddDate(0, 0, 14)
	case "LAST_MONTH":
		return month.AddDate(0, -1, 0), month
	case "THIS_MONTH":
		return month, month.AddDate(0, 1, 0)
	case "NEXT_MONTH":
		return month.AddDate(0, 1, 0), month.AddDate(0, 2, 0)
	case "LAST_YEAR":
		return year.AddDate(-1, 0, 0), year
	case "THIS_YEAR":
		return year, year.AddDate(1, 0, 0)
	case "NEXT_YEAR":
		return year.AddDate(1, 0, 0), year.AddDate(2, 0, 0)
	case "LAST_90_DAYS":
		return today.AddDate(0, 0, -90), today.AddDate(0, 0, 1)
	case "NEXT_90_DAYS":
		return today.AddDate(0, 0, 1), today.AddDate(0, 0, 91)
	case "LAST_N_DAYS":
		return today.AddDate(0, 0, -l.N), today.AddDate(0, 0, 1)
	case "NEXT_N_DAYS":
		return today.AddDate(0, 0, 1), today.AddDate(0, 0, 1+l.N)
	}
	return today, today.AddDate(0, 0, 1)
}
