package query

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/dml"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/soql"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// Plan is a query that is ready to run. It may run many times, and in several goroutines at once.
type Plan struct {
	Object *schema.Object

	schema *schema.Schema
	q      *soql.Query
	where  cond
	subs   []*compare
	nodes  []*node
	order  []order
	// Aggregation:
	grouped bool
	count   bool // SELECT COUNT()
	groups  []*path
	columns []column
}

type order struct {
	path      *path
	column    int // the result's column, where the query aggregates
	desc      bool
	nullsLast bool
}

// column is a column of an aggregate result.
type column struct {
	name string
	fn   string // "" for a grouping field
	path *path
	item soql.Item
}

type compiler struct {
	schema *schema.Schema
	object *schema.Object
	q      *soql.Query
	now    time.Time
	subs   []*compare
}

// Compile checks a query against the schema. now decides what TODAY means.
func Compile(s *schema.Schema, q *soql.Query, now time.Time) (*Plan, *apierror.Error) {
	o := s.Object(q.From)
	if o == nil || !o.Queryable {
		return nil, soql.Errorf("INVALID_TYPE", q.Text, q.FromPos, "sObject type '%s' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.", q.From)
	}
	c := &compiler{schema: s, object: o, q: q, now: now}
	p := &Plan{Object: o, schema: s, q: q}
	if q.Offset > 2000 {
		return nil, apierror.New("NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
	}
	if q.Where != nil {
		w, err := c.condition(q.Where)
		if err != nil {
			return nil, err
		}
		p.where, p.subs = w, c.subs
	}
	p.grouped = len(q.GroupBy) > 0 || slices.ContainsFunc(q.Select, func(i soql.Item) bool { return i.Func != "" && i.Func != "FIELDS" })
	if p.grouped {
		return p, c.aggregate(p)
	}
	return p, c.plain(p)
}

func (c *compiler) plain(p *Plan) *apierror.Error {
	seen := map[string]bool{}
	for _, item := range c.q.Select {
		if item.Func == "FIELDS" {
			if err := c.fields(p, item, seen); err != nil {
				return err
			}
			continue
		}
		if len(item.Types) > 0 {
			if err := c.typeOf(p, item, seen); err != nil {
				return err
			}
			continue
		}
		path, err := c.resolve(item.Path)
		if err != nil {
			return err
		}
		if !p.add(path, seen) {
			return soql.Errorf("MALFORMED_QUERY", c.q.Text, item.Pos, "duplicate field selected: %s", item.Path)
		}
	}
	for _, o := range c.q.OrderBy {
		if len(o.Item.Types) > 0 {
			return soql.Errorf("MALFORMED_QUERY", c.q.Text, o.Item.Pos, "unexpected token: 'TYPEOF'")
		}
		if o.Item.Func != "" {
			return soql.Errorf("MALFORMED_QUERY", c.q.Text, o.Item.Pos, "Ordered field must be grouped or aggregated: %s", o.Item.Func)
		}
		path, err := c.resolve(o.Item.Path)
		if err != nil {
			return err
		}
		if !path.field.Sortable {
			return soql.Errorf("MALFORMED_QUERY", c.q.Text, o.Item.Pos, "field '%s' can not be sorted in a query call", path.field.Name)
		}
		p.order = append(p.order, order{path: path, desc: o.Desc, nullsLast: o.NullsLast})
	}
	return nil
}

// typeOf selects fields of a parent that may be of several objects, by which of them it is.
func (c *compiler) typeOf(p *Plan, item soql.Item, seen map[string]bool) *apierror.Error {
	ref := c.object.Relationship(item.Path.String())
	if ref == nil || len(ref.ReferenceTo) < 2 {
		return soql.Errorf("INVALID_FIELD", c.q.Text, item.Pos, "TYPEOF needs a polymorphic relationship, and '%s' is none of %s", item.Path, c.object.Name)
	}
	for _, b := range item.Types {
		o := c.schema.Object(b.Object)
		if o == nil || !slices.Contains(ref.ReferenceTo, o.Name) {
			return soql.Errorf("INVALID_TYPE", c.q.Text, b.Pos, "'%s' cannot be the parent of '%s'", b.Object, item.Path)
		}
		for _, field := range b.Fields {
			f := o.Field(field.String())
			if f == nil {
				return soql.Errorf("INVALID_FIELD", c.q.Text, field.Pos, "No such column '%s' on entity '%s'.%s", field, o.Name, appendC)
			}
			if !p.add(&path{owners: []*schema.Object{c.object}, refs: []*schema.Field{ref}, field: f, only: o}, seen) {
				return soql.Errorf("MALFORMED_QUERY", c.q.Text, field.Pos, "duplicate field selected: %s", field)
			}
		}
	}
	return nil
}

// fields expands FIELDS(ALL), FIELDS(STANDARD) and FIELDS(CUSTOM).
func (c *compiler) fields(p *Plan, item soql.Item, seen map[string]bool) *apierror.Error {
	kind := strings.ToUpper(item.Path.String())
	if kind != "ALL" && kind != "STANDARD" && kind != "CUSTOM" {
		return soql.Errorf("MALFORMED_QUERY", c.q.Text, item.Pos, "unexpected token: '%s'", item.Path)
	}
	if kind != "STANDARD" && (c.q.Limit < 0 || c.q.Limit > 200) {
		return soql.Errorf("MALFORMED_QUERY", c.q.Text, item.Pos, "The SOQL FIELDS function must have a LIMIT of at most 200")
	}
	for _, f := range c.object.Fields {
		if kind == "ALL" || f.Custom == (kind == "CUSTOM") {
			p.add(&path{field: f}, seen)
		}
	}
	return nil
}

func (c *compiler) aggregate(p *Plan) *apierror.Error {
	for _, g := range c.q.GroupBy {
		path, err := c.resolve(g)
		if err != nil {
			return err
		}
		if !path.field.Groupable {
			return soql.Errorf("MALFORMED_QUERY", c.q.Text, g.Pos, "field '%s' can not be grouped in a query call", g)
		}
		p.groups = append(p.groups, path)
	}
	exprs := 0
	for _, item := range c.q.Select {
		col := column{fn: item.Func, item: item, name: item.Alias}
		if item.Func == "COUNT" && len(item.Path.Names) == 0 {
			if len(c.q.Select) > 1 || len(c.q.GroupBy) > 0 {
				return soql.Errorf("MALFORMED_QUERY", c.q.Text, item.Pos, "Grouped query cannot use COUNT(), but COUNT(<field>)")
			}
			p.count = true
			return nil
		}
		if len(item.Types) > 0 {
			return soql.Errorf("MALFORMED_QUERY", c.q.Text, item.Pos, "TYPEOF is not allowed in a query with GROUP BY")
		}
		var err *apierror.Error
		if col.path, err = c.resolve(item.Path); err != nil {
			return err
		}
		switch {
		case item.Func == "":
			if !slices.ContainsFunc(c.q.GroupBy, func(g soql.Path) bool { return strings.EqualFold(g.String(), item.Path.String()) }) {
				return soql.Errorf("MALFORMED_QUERY", c.q.Text, item.Pos, "Field must be grouped or aggregated: %s", item.Path)
			}
			col.name = col.path.field.Name
		case !col.path.field.Aggregatable && item.Func != "COUNT" || (item.Func == "SUM" || item.Func == "AVG") && !col.path.field.Number():
			return soql.Errorf("MALFORMED_QUERY", c.q.Text, item.Pos, "field %s does not support aggregate operator %s", item.Path, item.Func)
		case col.name == "":
			col.name = "expr" + strconv.Itoa(exprs)
			exprs++
		}
		p.columns = append(p.columns, col)
	}
	for _, o := range c.q.OrderBy {
		at := slices.IndexFunc(p.columns, func(col column) bool {
			return col.item.Func == o.Item.Func && strings.EqualFold(col.item.Path.String(), o.Item.Path.String()) ||
				o.Item.Func == "" && col.item.Alias != "" && strings.EqualFold(col.item.Alias, o.Item.Path.String())
		})
		if at < 0 {
			return soql.Errorf("MALFORMED_QUERY", c.q.Text, o.Item.Pos, "Ordered field must be grouped or aggregated: %s", o.Item.Path)
		}
		p.order = append(p.order, order{column: at, desc: o.Desc, nullsLast: o.NullsLast})
	}
	return nil
}

func (c *compiler) condition(e soql.Expr) (cond, *apierror.Error) {
	switch e := e.(type) {
	case *soql.Logic:
		j := &join{or: e.Or}
		for _, t := range e.Terms {
			term, err := c.condition(t)
			if err != nil {
				return nil, err
			}
			j.terms = append(j.terms, term)
		}
		return j, nil
	case *soql.Not:
		term, err := c.condition(e.Term)
		return &not{term}, err
	case *soql.Compare:
		return c.compare(e)
	}
	return nil, apierror.New("MALFORMED_QUERY", "unexpected condition")
}

func (c *compiler) compare(e *soql.Compare) (cond, *apierror.Error) {
	p, err := c.resolve(e.Path)
	if err != nil {
		return nil, err
	}
	f := p.field
	if !f.Filterable || f.Type == "address" || f.Type == "location" {
		return nil, soql.Errorf("INVALID_FIELD", c.q.Text, e.Path.Pos, "field '%s' can not be filtered in a query call", f.Name)
	}
	out := &compare{path: p, op: e.Op, fold: f.Folded()}
	switch {
	case e.Op == "LIKE" && (!f.Text() || f.Type == "multipicklist" || e.Values[0].Kind != soql.String):
		return nil, soql.Errorf("INVALID_FIELD", c.q.Text, e.Path.Pos, "invalid operator on %s field", f.Type)
	case e.Op == "LIKE":
		out.like = soql.Like(e.Values[0].Text)
		return out, nil
	case (e.Op == "INCLUDES" || e.Op == "EXCLUDES") != (f.Type == "multipicklist") && (e.Op == "INCLUDES" || e.Op == "EXCLUDES"):
		return nil, soql.Errorf("INVALID_FIELD", c.q.Text, e.Path.Pos, "%s operator only valid on multipicklist fields", e.Op)
	case e.Sub != nil:
		if out.sub, err = Compile(c.schema, e.Sub, c.now); err != nil {
			return nil, err
		}
		if len(e.Sub.Select) != 1 || len(e.Sub.Select[0].Types) > 0 || out.sub.grouped {
			return nil, soql.Errorf("MALFORMED_QUERY", c.q.Text, e.Path.Pos, "Nested select statements in IN must select exactly one field")
		}
		c.subs = append(c.subs, out)
		return out, nil
	}
	for _, l := range e.Values {
		o, err := c.operand(f, l)
		if err != nil {
			return nil, err
		}
		out.values = append(out.values, o)
	}
	if e.Op == "IN" || e.Op == "NOT IN" {
		out.fill()
	}
	return out, nil
}

// fill makes the set that IN looks values up in.
func (c *compare) fill() {
	c.set, c.null = make(map[string]bool, len(c.values)), false
	for _, v := range c.values {
		switch v.value.Kind {
		case store.Null:
			c.null = true
		case store.Number:
			c.set[strconv.FormatFloat(v.num, 'g', -1, 64)] = true
		default:
			c.set[c.text(v.value)] = true
		}
	}
}

// operand reads a literal as a value of the field.
func (c *compiler) operand(f *schema.Field, l soql.Literal) (operand, *apierror.Error) {
	quoted := func(typ string, should bool) *apierror.Error {
		words := "should not be enclosed in quotes"
		if should {
			words = "should be enclosed in quotes"
		}
		return soql.Errorf("INVALID_FIELD", c.q.Text, l.Pos, "value of filter criterion for field '%s' must be of type %s and %s", f.Name, typ, words)
	}
	if l.Kind == soql.Null {
		return operand{}, nil
	}
	switch f.Type {
	case "boolean":
		if l.Kind != soql.True && l.Kind != soql.False {
			return operand{}, quoted("boolean", false)
		}
		return operand{value: store.Bool(l.Kind == soql.True)}, nil
	case "int", "long", "double", "currency", "percent":
		if l.Kind != soql.Number {
			return operand{}, quoted(strings.TrimPrefix(f.SoapType, "xsd:"), false)
		}
		n, err := strconv.ParseFloat(l.Text, 64)
		if err != nil {
			return operand{}, quoted(strings.TrimPrefix(f.SoapType, "xsd:"), false)
		}
		return operand{value: dml.Number(l.Text), num: n}, nil
	case "date", "datetime":
		return c.dated(f, l, quoted)
	}
	if l.Kind != soql.String {
		return operand{}, quoted("string", true)
	}
	if f.Type == "id" || f.Type == "reference" {
		if l.Text == "" {
			return operand{}, nil
		}
		full, ok := sfid.Full(l.Text)
		if !ok {
			return operand{}, soql.Errorf("INVALID_QUERY_FILTER_OPERATOR", c.q.Text, l.Pos, "invalid ID field: %s", l.Text)
		}
		return operand{value: store.String(full)}, nil
	}
	if l.Text == "" {
		return operand{}, nil
	}
	return operand{value: store.String(l.Text)}, nil
}

func (c *compiler) dated(f *schema.Field, l soql.Literal, quoted func(string, bool) *apierror.Error) (operand, *apierror.Error) {
	if l.Kind == soql.Named {
		start, end := span(l, c.now)
		if f.Type == "datetime" {
			return operand{value: store.At(start.Unix()), end: store.At(end.Unix())}, nil
		}
		day := func(t time.Time) store.Value { return store.Value{Kind: store.Date, Text: t.Format("2006-01-02")} }
		return operand{value: day(start), end: day(end)}, nil
	}
	typ, kind := "date", soql.Date
	if f.Type == "datetime" {
		typ, kind = "dateTime", soql.DateTime
	}
	v, ok := dml.ParseText(f, l.Text)
	if l.Kind != kind || !ok {
		return operand{}, quoted(typ, false)
	}
	return operand{value: v}, nil
}
