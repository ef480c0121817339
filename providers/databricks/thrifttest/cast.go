package thrifttest

import (
	"fmt"
	"strings"
)

// param writes a bound value as a literal of its type.
func (t *translator) param(n node) string {
	var p *Param
	if n.text == "?" {
		if t.next < len(t.params) && t.params[t.next].Name == "" {
			p = &t.params[t.next]
		}
		t.next++
	} else {
		for i := range t.params {
			if t.params[i].Name == n.text[1:] {
				p = &t.params[i]
			}
		}
	}
	if p == nil {
		if t.err == nil {
			t.err = &SQLError{State: "42P02", Message: fmt.Sprintf("[UNBOUND_SQL_PARAMETER] Found the unbound parameter: %s.",
				n.text)}
		}
		return ""
	}
	if p.Null || p.Type == "VOID" {
		return "NULL"
	}
	typ, err := lex(p.Type)
	if err != nil {
		return t.fail("the parameter type " + p.Type)
	}
	s, _ := t.typeAt(typ, 0)
	return "CAST(" + literal(p.Value) + " AS " + s + ")"
}

// typeAt translates the type that begins at i, and gives how many nodes it took.
func (t *translator) typeAt(nodes []node, i int) (string, int) {
	n := at(nodes, i)
	if n.kind != word {
		t.syntax(n, "a type")
		return "", 1
	}
	upper := strings.ToUpper(n.text)
	if upper == "INTERVAL" {
		end := i + 1
		for at(nodes, end).kind == word {
			end++
		}
		return "INTERVAL", end - i
	}
	if !at(nodes, i+1).is("<") {
		s := t.typeName(upper)
		if at(nodes, i+1).paren() {
			if s == "DECIMAL" {
				s += "(" + t.expr(nodes[i+1].kids) + ")"
			}
			return s, 2
		}
		if s == "DECIMAL" {
			s = "DECIMAL(10,0)"
		}
		return s, 1
	}
	at0, j := i, i+2
	var parts []string
	for !at(nodes, j).is(">") {
		if j >= len(nodes) || t.err != nil {
			t.syntax(n, "a closed type")
			return "", len(nodes) - at0
		}
		field := ""
		if upper == "STRUCT" {
			field = ident(nodes[j].text) + " "
			if j++; at(nodes, j).is(":") {
				j++
			} else if m := at(nodes, j); m.kind == marker { // a:int is read as a parameter
				nodes[j] = node{kind: word, text: m.text[1:], pos: m.pos}
			}
			if t.err != nil {
				break
			}
		}
		s, took := t.typeAt(nodes, j)
		parts = append(parts, field+s)
		if j += took; at(nodes, j).is(",") {
			j++
		}
	}
	switch upper {
	case "ARRAY":
		return parts[0] + "[]", j + 1 - i
	case "MAP", "STRUCT":
		return upper + "(" + strings.Join(parts, ", ") + ")", j + 1 - i
	}
	return t.fail("the type " + upper), j + 1 - i
}

// typeName translates the name of a type, in upper case.
func (t *translator) typeName(s string) string {
	switch s {
	case "STRING", "VARCHAR", "CHAR", "TEXT":
		return "VARCHAR"
	case "LONG", "BIGINT":
		return "BIGINT"
	case "INT", "INTEGER":
		return "INTEGER"
	case "SHORT", "SMALLINT":
		return "SMALLINT"
	case "BYTE", "TINYINT":
		return "TINYINT"
	case "DOUBLE":
		return "DOUBLE"
	case "FLOAT", "REAL":
		return "FLOAT"
	case "DECIMAL", "DEC", "NUMERIC":
		return "DECIMAL"
	case "BOOLEAN":
		return "BOOLEAN"
	case "BINARY":
		return "BLOB"
	case "DATE":
		return "DATE"
	case "TIMESTAMP", "TIMESTAMP_LTZ":
		return "TIMESTAMPTZ"
	case "TIMESTAMP_NTZ":
		return "TIMESTAMP"
	case "VOID":
		return "INTEGER"
	}
	return t.fail("the type " + s)
}
