package thrifttest

import (
	"slices"
	"strings"
)

// forSpark writes a statement's parameters as literals, the catalog main by Spark's name, and relations of
// information_schema as temporary views, which it lists.
func forSpark(sql string, params []Param) (text string, views []string, err error) {
	nodes, err := lex(sql)
	if err != nil {
		return "", nil, err
	}
	e := edits{params: params}
	e.walk(nodes)
	if e.err != nil {
		return "", nil, e.err
	}
	var b strings.Builder
	at := 0
	for _, edit := range e.list {
		b.WriteString(sql[at:edit.pos])
		b.WriteString(edit.text)
		at = edit.pos + edit.length
	}
	b.WriteString(sql[at:])
	slices.Sort(e.views)
	return strings.TrimRight(b.String(), "; \n\t"), slices.Compact(e.views), nil
}

type edits struct {
	params []Param
	next   int
	err    error
	list   []edit
	views  []string
}

type edit struct {
	pos, length int
	text        string
}

func (e *edits) walk(nodes []node) {
	for i := 0; i < len(nodes); i++ {
		n := nodes[i]
		switch {
		case n.kind == group:
			e.walk(n.kids)
		case n.kind == marker:
			e.marker(n)
		case (n.kind == word || n.kind == name) && !at(nodes, i-1).is(".") && at(nodes, i+1).is("."):
			if took := e.information(nodes[i:]); took > 0 {
				i += took - 1
			} else if strings.EqualFold(n.text, defaultNamespace().Catalog) {
				e.list = append(e.list, edit{n.pos, n.length(), "spark_catalog"})
			}
		}
	}
}

// information edits main.information_schema.columns; took is the number of nodes, 0 where it is something else.
func (e *edits) information(nodes []node) (took int) {
	first, last := nodes[0], at(nodes, 4)
	if !strings.EqualFold(first.text, defaultNamespace().Catalog) || !strings.EqualFold(at(nodes, 2).text, "information_schema") || !at(nodes, 3).is(".") {
		return 0
	}
	view := strings.ToLower(last.text)
	if view != "tables" && view != "columns" {
		return 0
	}
	e.views = append(e.views, view)
	e.list = append(e.list, edit{first.pos, last.pos + last.length() - first.pos, "information_schema_" + view})
	return 5
}

// length is that of a word or a quoted name in the statement.
func (n node) length() int {
	if n.kind == name {
		return len(n.text) + 2 + strings.Count(n.text, "`")
	}
	return len(n.text)
}

func (e *edits) marker(n node) {
	for i, p := range e.params {
		if n.text == "?" && i == e.next || n.text != "?" && p.Name == n.text[1:] {
			e.list = append(e.list, edit{n.pos, len(n.text), sparkLiteral(p)})
			if n.text == "?" {
				e.next++
			}
			return
		}
	}
	if n.text == "?" || len(e.params) > 0 {
		e.err = &SQLError{State: "42P02", Message: "[UNBOUND_SQL_PARAMETER] Found the unbound parameter: " + n.text + "."}
	}
}

func sparkLiteral(p Param) string {
	if p.Null || p.Type == "VOID" {
		return "NULL"
	}
	s := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(p.Value)
	return "CAST('" + s + "' AS " + p.Type + ")"
}
