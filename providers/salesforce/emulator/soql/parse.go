package soql

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
)

// Parse reads a query.
func Parse(text string) (*Query, *apierror.Error) {
	if utf8.RuneCountInString(text) > MaxText {
		return nil, apierror.New("MALFORMED_QUERY", "SOQL statements cannot be longer than %d characters.", MaxText)
	}
	p := &parser{lexer: lexer{text: text}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	q, err := p.query()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != endToken {
		return nil, p.unexpected()
	}
	return q, nil
}

type parser struct {
	lexer
	tok token
}

func (p *parser) advance() *apierror.Error {
	t, err := p.next()
	p.tok = t
	return err
}

func (p *parser) fail(pos int, format string, args ...any) *apierror.Error {
	return Errorf("MALFORMED_QUERY", p.text, pos, format, args...)
}

func (p *parser) unexpected() *apierror.Error {
	if p.tok.kind == endToken {
		return apierror.New("MALFORMED_QUERY", "unexpected token: '<EOF>'")
	}
	return p.fail(p.tok.pos, "unexpected token: '%s'", p.tok.text)
}

// word takes the next word if it is this one.
func (p *parser) word(w string) (bool, *apierror.Error) {
	if !p.tok.is(w) {
		return false, nil
	}
	return true, p.advance()
}

func (p *parser) symbol(s string) (bool, *apierror.Error) {
	if !p.tok.symbol(s) {
		return false, nil
	}
	return true, p.advance()
}

// expect takes a word or symbol that must be there.
func (p *parser) expect(s string) *apierror.Error {
	if !p.tok.is(s) && !p.tok.symbol(s) {
		return p.unexpected()
	}
	return p.advance()
}

func (p *parser) query() (*Query, *apierror.Error) {
	q := &Query{Text: p.text, Limit: -1}
	if err := p.expect("SELECT"); err != nil {
		return nil, err
	}
	for {
		item, err := p.item()
		if err != nil {
			return nil, err
		}
		q.Select = append(q.Select, item)
		more, err := p.symbol(",")
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
	}
	if err := p.expect("FROM"); err != nil {
		return nil, err
	}
	if p.tok.kind != nameToken {
		return nil, p.unexpected()
	}
	q.From, q.FromPos = p.tok.text, p.tok.pos
	if err := p.advance(); err != nil {
		return nil, err
	}
	alias, err := p.fromAlias()
	if err != nil {
		return nil, err
	}
	if err := p.clauses(q); err != nil {
		return nil, err
	}
	q.strip(alias)
	return q, nil
}

var clauseWords = []string{"WHERE", "GROUP", "ORDER", "LIMIT", "OFFSET", "WITH", "FOR", "HAVING", "USING", "ALL", "UPDATE"}

// fromAlias reads "FROM Contact c" and "FROM Contact AS c".
func (p *parser) fromAlias() (string, *apierror.Error) {
	if _, err := p.word("AS"); err != nil {
		return "", err
	}
	if p.tok.kind != nameToken || slices.ContainsFunc(clauseWords, p.tok.is) {
		return "", nil
	}
	alias := p.tok.text
	return alias, p.advance()
}

func (p *parser) clauses(q *Query) *apierror.Error {
	if ok, err := p.word("WHERE"); err != nil {
		return err
	} else if ok {
		if q.Where, err = p.condition(); err != nil {
			return err
		}
	}
	if ok, err := p.word("GROUP"); err != nil {
		return err
	} else if ok {
		if err := p.expect("BY"); err != nil {
			return err
		}
		for more := true; more; {
			path, err := p.path()
			if err != nil {
				return err
			}
			q.GroupBy = append(q.GroupBy, path)
			if more, err = p.symbol(","); err != nil {
				return err
			}
		}
	}
	if ok, err := p.word("ORDER"); err != nil {
		return err
	} else if ok {
		if err := p.orderBy(q); err != nil {
			return err
		}
	}
	if ok, err := p.word("LIMIT"); err != nil {
		return err
	} else if ok {
		if q.Limit, err = p.count(); err != nil {
			return err
		}
	}
	if ok, err := p.word("OFFSET"); err != nil {
		return err
	} else if ok {
		if q.Offset, err = p.count(); err != nil {
			return err
		}
	}
	if ok, err := p.word("FOR"); err != nil {
		return err
	} else if ok {
		if !p.tok.is("VIEW") && !p.tok.is("REFERENCE") {
			return p.unexpected()
		}
		return p.advance()
	}
	return nil
}

func (p *parser) count() (int, *apierror.Error) {
	n, err := strconv.Atoi(p.tok.text)
	if p.tok.kind != numberToken || err != nil || n < 0 {
		return 0, p.unexpected()
	}
	return n, p.advance()
}

func (p *parser) orderBy(q *Query) *apierror.Error {
	if err := p.expect("BY"); err != nil {
		return err
	}
	for more := true; more; {
		item, err := p.item()
		if err != nil {
			return err
		}
		o := Order{Item: item}
		if o.Desc, err = p.word("DESC"); err != nil {
			return err
		}
		if !o.Desc {
			if _, err = p.word("ASC"); err != nil {
				return err
			}
		}
		if nulls, err := p.word("NULLS"); err != nil {
			return err
		} else if nulls {
			if !p.tok.is("FIRST") && !p.tok.is("LAST") {
				return p.unexpected()
			}
			o.NullsLast = p.tok.is("LAST")
			if err := p.advance(); err != nil {
				return err
			}
		}
		q.OrderBy = append(q.OrderBy, o)
		if more, err = p.symbol(","); err != nil {
			return err
		}
	}
	return nil
}

var functions = []string{"COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG", "FIELDS"}

// item reads a field or a function of one, with its alias.
func (p *parser) item() (Item, *apierror.Error) {
	if p.tok.symbol("(") {
		return Item{}, p.fail(p.tok.pos, "nested queries are not understood here: query the child object by its reference field")
	}
	if p.tok.is("TYPEOF") {
		return p.typeOf()
	}
	item := Item{Pos: p.tok.pos}
	path, err := p.path()
	if err != nil {
		return Item{}, err
	}
	open, err := p.symbol("(")
	if err != nil {
		return Item{}, err
	}
	if !open {
		item.Path = path
		return item, nil
	}
	item.Func = strings.ToUpper(path.String())
	if !slices.Contains(functions, item.Func) {
		return Item{}, p.fail(item.Pos, "unexpected token: '%s'", path)
	}
	if !p.tok.symbol(")") {
		if item.Path, err = p.path(); err != nil {
			return Item{}, err
		}
	} else if item.Func != "COUNT" {
		return Item{}, p.unexpected()
	}
	if err := p.expect(")"); err != nil {
		return Item{}, err
	}
	if p.tok.kind == nameToken && !p.tok.is("FROM") && !p.tok.is("ASC") && !p.tok.is("DESC") && !p.tok.is("NULLS") &&
		!slices.ContainsFunc(clauseWords, p.tok.is) {
		item.Alias = p.tok.text
		return item, p.advance()
	}
	return item, nil
}

// typeOf reads TYPEOF relationship WHEN object THEN field, ... END (SOQL and SOSL Reference, "TYPEOF").
func (p *parser) typeOf() (Item, *apierror.Error) {
	item := Item{Pos: p.tok.pos}
	err := p.advance()
	if err != nil {
		return item, err
	}
	if item.Path, err = p.path(); err != nil {
		return item, err
	}
	for {
		end, err := p.word("END")
		if err != nil || end && len(item.Types) > 0 {
			return item, err
		}
		b := Branch{Pos: p.tok.pos}
		if p.tok.is("ELSE") {
			return item, p.fail(p.tok.pos, "ELSE is not understood here")
		}
		if when, err := p.word("WHEN"); err != nil || !when {
			return item, cmp.Or(err, p.unexpected())
		}
		object, err := p.path()
		if err != nil {
			return item, err
		}
		b.Object = object.String()
		if then, err := p.word("THEN"); err != nil || !then {
			return item, cmp.Or(err, p.unexpected())
		}
		for more := true; more; {
			field, err := p.path()
			if err != nil {
				return item, err
			}
			b.Fields = append(b.Fields, field)
			if more, err = p.symbol(","); err != nil {
				return item, err
			}
		}
		item.Types = append(item.Types, b)
	}
}

func (p *parser) path() (Path, *apierror.Error) {
	path := Path{Pos: p.tok.pos}
	for {
		if p.tok.kind != nameToken {
			return path, p.unexpected()
		}
		path.Names = append(path.Names, p.tok.text)
		if err := p.advance(); err != nil {
			return path, err
		}
		dot, err := p.symbol(".")
		if err != nil || !dot {
			return path, err
		}
	}
}

// strip takes the object's alias or name off the front of paths.
func (q *Query) strip(alias string) {
	fix := func(p *Path) {
		if len(p.Names) > 1 && (alias != "" && strings.EqualFold(p.Names[0], alias) || strings.EqualFold(p.Names[0], q.From)) {
			p.Names = p.Names[1:]
		}
	}
	for i := range q.Select {
		fix(&q.Select[i].Path)
	}
	for i := range q.GroupBy {
		fix(&q.GroupBy[i])
	}
	for i := range q.OrderBy {
		fix(&q.OrderBy[i].Item.Path)
	}
	walk(q.Where, func(c *Compare) { fix(&c.Path) })
}

func walk(e Expr, fn func(*Compare)) {
	switch e := e.(type) {
	case *Logic:
		for _, t := range e.Terms {
			walk(t, fn)
		}
	case *Not:
		walk(e.Term, fn)
	case *Compare:
		fn(e)
	}
}
