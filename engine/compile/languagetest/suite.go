// Package languagetest holds the SQL that expressions of the mapping language become, in a dialect, against an
// evaluation of its own.
package languagetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"pgregory.net/rapid"

	"github.com/signalsmith/signalsmith/config/eval"
	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/engine/compile"
	"github.com/signalsmith/signalsmith/providers"
)

// Options say what an engine cannot be asked.
type Options struct {
	// Without are functions and operators whose cases are left out.
	Without []string
}

// Run evaluates cases of every function and operator of the language, and expressions drawn at random, in a workspace
// and apart from it. open is called once.
func Run(t *testing.T, open func(t *testing.T) providers.Workspace, o Options) {
	s := &suite{ws: open(t), without: o.Without, rows: all()}
	s.d = s.ws.Dialect()
	cases := cases()
	for _, f := range lang.Table() {
		t.Run(strings.ReplaceAll(f.Name, "/", "divided by"), func(t *testing.T) {
			if len(cases[f.Name]) == 0 {
				t.Fatal("no case")
			}
			if slices.Contains(o.Without, f.Name) {
				t.Skip("not with this backend")
			}
			s.fixed(t, slices.DeleteFunc(cases[f.Name], s.lacks))
		})
	}
	t.Run("every letter", s.letters)
	t.Run("random expressions", s.random)
}

// letters changes the case of every letter that has two, but for those whose other case is newer than the tables of some
// engine.
func (s *suite) letters(t *testing.T) {
	var rows [][]*string
	for c := rune(1); c < 0x1f000; c++ {
		if unicode.ToUpper(c) == c && unicode.ToLower(c) == c && !unicode.In(c, unicode.Latin, unicode.Greek, unicode.Armenian) || unicode.In(c, recent) {
			continue
		}
		text := "a" + string(c) + "b"
		row := make([]*string, len(columns()))
		row[0] = &text
		rows = append(rows, row)
	}
	sources := []string{`lower(col.t)`, `upper(col.t)`, `trim(col.t)`, `length(col.t)`}
	exprs := make([]lang.Expr, len(sources))
	for i, src := range sources {
		exprs[i], _ = compileSource(src)
	}
	s.compare(t, sources, exprs, rows, "UTC")
}

// recent are letters whose other case came with Unicode 14 or later.
var recent = &unicode.RangeTable{
	R16: []unicode.Range16{{Lo: 0x19b, Hi: 0x19b, Stride: 1}, {Lo: 0x264, Hi: 0x264, Stride: 1}, {Lo: 0x2c2f, Hi: 0x2c2f, Stride: 1}, {Lo: 0x2c5f, Hi: 0x2c5f, Stride: 1}, {Lo: 0xa7c0, Hi: 0xa7c1, Stride: 1}, {Lo: 0xa7d0, Hi: 0xa7d9, Stride: 1}},
	R32: []unicode.Range32{{Lo: 0x10570, Hi: 0x105bc, Stride: 1}},
}

type suite struct {
	ws      providers.Workspace
	d       providers.Dialect
	without []string
	rows    [][]*string // of the fixed cases
	loaded  [][]*string // what the table holds
}

// reporter is what *testing.T and *rapid.T have in common.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// zones are those in which timestamps are read.
func zones() []string { return []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"} }

// lacks tells whether an expression uses what the engine cannot be asked.
func (s *suite) lacks(src string) bool {
	e, _ := compileSource(src)
	found := false
	lang.Walk(e, func(x lang.Expr) {
		c, ok := x.(*lang.Call)
		found = found || ok && slices.Contains(s.without, c.Name)
	})
	return found
}

func (s *suite) fixed(t *testing.T, sources []string) {
	exprs := make([]lang.Expr, len(sources))
	for i, src := range sources {
		e, why := compileSource(src)
		if why != "" {
			t.Fatalf("%s: %s", src, why)
		}
		exprs[i] = e
	}
	for i, zone := range zones() {
		if i > 0 && !strings.Contains(strings.Join(sources, " "), "to_date(col.ts") {
			break
		}
		s.compare(t, sources, exprs, s.rows, zone)
	}
}

// compileSource compiles and checks an expression; why says what is wrong with it.
func compileSource(src string) (lang.Expr, string) {
	expr, hd := hclsyntax.ParseExpression([]byte(src), "main.hcl", hcl.InitialPos)
	if hd.HasErrors() {
		return nil, hd.Error()
	}
	e, ds := lang.Compile(expr, &hcl.EvalContext{Functions: eval.Functions(".", nil, nil)})
	if len(ds) > 0 {
		return nil, fmt.Sprint(ds)
	}
	if _, ds = lang.Check(e, scope(nil, "").Types(), "R209"); len(ds) > 0 {
		return nil, fmt.Sprint(ds)
	}
	return e, ""
}

func scope(d providers.Dialect, zone string) compile.Scope {
	s := compile.Scope{Dialect: d, Alias: "m", Zone: zone}
	for _, c := range columns() {
		s.Columns = append(s.Columns, providers.Column{Name: c.name, Type: c.typ})
	}
	return s
}

// compare runs one query over all rows.
func (s *suite) compare(t reporter, sources []string, exprs []lang.Expr, rows [][]*string, zone string) {
	t.Helper()
	sc := scope(s.d, zone)
	var selected []string
	for _, e := range exprs {
		v := compile.Text(sc, e)
		bad := "CAST(NULL AS " + s.d.Type(providers.TypeText) + ")"
		if v.Bad != "" {
			bad = "CASE WHEN " + v.Bad + " THEN 'bad' END"
		}
		selected = append(selected, s.d.Cast(v.SQL, v.Type), bad)
	}
	cols := columns()
	names, casts := []string{"n"}, []string{"n"}
	for _, c := range cols {
		id := s.d.Ident(c.name)
		names = append(names, c.name)
		casts = append(casts, "CAST("+id+" AS "+s.d.Type(c.typ)+") AS "+id)
	}
	s.load(t, names, rows)
	query := "SELECT " + strings.Join(selected, ", ") + " FROM (SELECT " + strings.Join(casts, ", ") + " FROM " + s.d.Temp("language") + ") AS m ORDER BY n"
	got := s.query(t, query, 2*len(exprs))
	if len(got) != len(rows) {
		t.Fatalf("%d rows of %d\n%s", len(got), len(rows), query)
	}
	wrong := 0
	for r, values := range rows {
		in := map[string]value{}
		for k, c := range cols {
			in[c.name] = of(c.typ, values[k])
		}
		for i, e := range exprs {
			ev := row{columns: in, zone: zone}
			v := ev.eval(e)
			v.direct = v.direct && isColumn(e)
			want, ok := v.String()
			g, b := got[r][2*i], got[r][2*i+1]
			// What a row that is rejected has for a value does not count: engines may compute past a failed cast.
			if !ev.bad && ((g != nil) != ok || ok && *g != want) || (b != nil) != ev.bad {
				if wrong++; wrong < 8 {
					t.Errorf("%s in zone %s\n  on %s\n  is %s (bad: %v)\n want %s (bad: %v)", sources[i], zone, shown(e, cols, values), quote(g), b != nil, quote(orNil(want, ok)), ev.bad)
				}
				if wrong == 1 {
					sql := compile.Text(sc, e)
					t.Errorf("%s\nbad %s", sql.SQL, sql.Bad)
				}
			}
		}
	}
	if wrong > 0 {
		t.Fatalf("%d values are wrong", wrong)
	}
}

func isColumn(e lang.Expr) bool { _, ok := e.(*lang.Column); return ok }

func orNil(s string, ok bool) *string {
	if !ok {
		return nil
	}
	return &s
}

func quote(s *string) string {
	if s == nil {
		return "null"
	}
	return fmt.Sprintf("%q", *s)
}

// shown lists the values of the columns that an expression names.
func shown(e lang.Expr, cols []column, values []*string) string {
	var out []string
	lang.Columns(e, func(c *lang.Column) {
		for k := range cols {
			if cols[k].name == c.Name {
				out = append(out, c.Name+"="+quote(values[k]))
			}
		}
	})
	return strings.Join(out, " ")
}

// load puts rows into the table, unless they are there.
func (s *suite) load(t reporter, names []string, rows [][]*string) {
	t.Helper()
	if len(s.loaded) > 0 && len(rows) > 0 && &s.loaded[0] == &rows[0] {
		return
	}
	s.loaded = nil
	columns := []providers.Column{{Name: names[0], Type: providers.TypeInt}}
	for _, n := range names[1:] {
		columns = append(columns, providers.Column{Name: n, Type: providers.TypeText})
	}
	_, err := s.ws.Fill(ctx(), s.d.Temp("language"), columns, func(yield func([]any, error) bool) {
		for i, r := range rows {
			row := []any{int64(i)}
			for _, v := range r {
				if v == nil {
					row = append(row, nil)
				} else {
					row = append(row, *v)
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	s.loaded = rows
}

func (s *suite) query(t reporter, query string, width int) [][]*string {
	t.Helper()
	rows, err := s.ws.Query(ctx(), query)
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	defer func() { _ = rows.Close() }()
	var out [][]*string
	for rows.Next() {
		row, dest := make([]*string, width), make([]any, width)
		for i := range row {
			dest[i] = &row[i]
		}
		if err := rows.Scan(dest...); err != nil {
			t.Fatalf("%v", err)
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	return out
}

// random draws expressions and rows.
func (s *suite) random(t *testing.T) {
	sound := 0
	rapid.Check(t, func(rt *rapid.T) {
		g := generator{t: rt, without: s.without}
		var sources []string
		var exprs []lang.Expr
		for range rapid.IntRange(1, 4).Draw(rt, "expressions") {
			src := g.any(3)
			if e, why := compileSource(src); why == "" {
				sources, exprs = append(sources, src), append(exprs, e)
			}
		}
		if len(exprs) == 0 {
			return
		}
		sound += len(exprs)
		s.compare(rt, sources, exprs, some(rt, 20), rapid.SampledFrom(zones()).Draw(rt, "zone"))
	})
	if sound == 0 {
		t.Error("no expression was sound")
	}
}
