package soql

import (
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
)

// condition reads conditions joined by AND or by OR. Joining them by both needs parentheses, as in Salesforce.
func (p *parser) condition() (Expr, *apierror.Error) {
	first, err := p.term()
	if err != nil {
		return nil, err
	}
	and, or := p.tok.is("AND"), p.tok.is("OR")
	if !and && !or {
		return first, nil
	}
	join := &Logic{Or: or, Terms: []Expr{first}}
	word := map[bool]string{true: "OR", false: "AND"}[or]
	for {
		ok, err := p.word(word)
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		t, err := p.term()
		if err != nil {
			return nil, err
		}
		join.Terms = append(join.Terms, t)
	}
	if p.tok.is("AND") || p.tok.is("OR") {
		return nil, p.unexpected()
	}
	return join, nil
}

func (p *parser) term() (Expr, *apierror.Error) {
	if not, err := p.word("NOT"); err != nil {
		return nil, err
	} else if not {
		t, err := p.term()
		if err != nil {
			return nil, err
		}
		return &Not{Term: t}, nil
	}
	if open, err := p.symbol("("); err != nil {
		return nil, err
	} else if open {
		e, err := p.condition()
		if err != nil {
			return nil, err
		}
		return e, p.expect(")")
	}
	return p.compare()
}

func (p *parser) compare() (Expr, *apierror.Error) {
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	c := &Compare{Path: path}
	if c.Op, err = p.operator(); err != nil {
		return nil, err
	}
	switch c.Op {
	case "IN", "NOT IN", "INCLUDES", "EXCLUDES":
		return c, p.list(c)
	}
	v, err := p.literal(c.Op)
	if err != nil {
		return nil, err
	}
	c.Values = []Literal{v}
	return c, nil
}

func (p *parser) operator() (string, *apierror.Error) {
	t := p.tok
	if t.kind == symbolToken {
		op := t.text
		switch op {
		case "<>":
			op = "!="
		case "=", "!=", "<", "<=", ">", ">=":
		default:
			return "", p.unexpected()
		}
		return op, p.advance()
	}
	for _, w := range []string{"LIKE", "IN", "INCLUDES", "EXCLUDES"} {
		if ok, err := p.word(w); ok || err != nil {
			return w, err
		}
	}
	if ok, err := p.word("NOT"); err != nil {
		return "", err
	} else if ok {
		return "NOT IN", p.expect("IN")
	}
	return "", p.unexpected()
}

func (p *parser) list(c *Compare) *apierror.Error {
	if err := p.expect("("); err != nil {
		return err
	}
	if p.tok.is("SELECT") && (c.Op == "IN" || c.Op == "NOT IN") {
		q, err := p.query()
		if err != nil {
			return err
		}
		c.Sub = q
		return p.expect(")")
	}
	for more := true; more; {
		v, err := p.literal(c.Op)
		if err != nil {
			return err
		}
		c.Values = append(c.Values, v)
		if more, err = p.symbol(","); err != nil {
			return err
		}
	}
	return p.expect(")")
}

// dateWords are the date literals that stand for a span of days. Those ending in _N_ need a number after a colon.
var dateWords = map[string]bool{
	"YESTERDAY": false, "TODAY": false, "TOMORROW": false,
	"LAST_WEEK": false, "THIS_WEEK": false, "NEXT_WEEK": false, "LAST_MONTH": false, "THIS_MONTH": false, "NEXT_MONTH": false,
	"LAST_90_DAYS": false, "NEXT_90_DAYS": false, "LAST_YEAR": false, "THIS_YEAR": false, "NEXT_YEAR": false,
	"LAST_N_DAYS": true, "NEXT_N_DAYS": true,
}

func (p *parser) literal(op string) (Literal, *apierror.Error) {
	t := p.tok
	v := Literal{Text: t.text, Pos: t.pos}
	switch t.kind {
	case stringToken:
		v.Kind = String
		if op == "LIKE" {
			v.Text = t.raw
		}
	case numberToken:
		v.Kind = Number
	case dateToken:
		v.Kind = Date
	case dateTimeToken:
		v.Kind = DateTime
	case nameToken:
		word := strings.ToUpper(t.text)
		needs, dated := dateWords[word]
		switch {
		case word == "NULL":
			v.Kind = Null
		case word == "TRUE":
			v.Kind = True
		case word == "FALSE":
			v.Kind = False
		case dated:
			v.Kind, v.Text = Named, word
			if err := p.advance(); err != nil {
				return v, err
			}
			if !needs {
				return v, nil
			}
			if err := p.expect(":"); err != nil {
				return v, err
			}
			n, err := strconv.Atoi(p.tok.text)
			if p.tok.kind != numberToken || err != nil || n < 0 {
				return v, p.unexpected()
			}
			v.N = n
		default:
			return v, p.fail(t.pos, "unexpected token: '%s'", t.text)
		}
	default:
		return v, p.unexpected()
	}
	return v, p.advance()
}
