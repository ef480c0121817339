package thrifttest

import (
	"fmt"
	"strconv"
	"strings"
)

// translator writes Databricks SQL as DuckDB's. It works on tokens and brackets, not on a grammar: what it does not
// know it passes on, and what it knows to be different and cannot say it refuses by name. The first error stays.
type translator struct {
	functions functions
	params    []Param
	next      int // positional parameter
	namespace Namespace
	err       error
}

func (t *translator) fail(construct string) string {
	if t.err == nil {
		t.err = &SQLError{State: "0A000", Message: "[UNSUPPORTED_FEATURE] the DuckDB backend has no translation of " +
			construct}
	}
	return ""
}

func (t *translator) syntax(n node, want string) {
	if t.err == nil {
		t.err = &SQLError{State: "42601", Message: fmt.Sprintf("[PARSE_SYNTAX_ERROR] Syntax error at or near '%s' at %d: "+
			"expected %s.", n.text, n.pos, want)}
	}
}

// expr translates any run of tokens: a query, an expression, a list of them.
func (t *translator) expr(nodes []node) string {
	var out []string
	for i := 0; i < len(nodes); {
		text, n := t.step(nodes, i)
		if text != "" {
			out = append(out, text)
		}
		i += n
	}
	return strings.Join(out, " ")
}

// step translates what stands at i, and gives how many nodes that took.
func (t *translator) step(nodes []node, i int) (string, int) {
	n := nodes[i]
	switch n.kind {
	case name:
		if s, took := t.information(nodes, i); took > 0 {
			return s, took
		}
		return t.part(nodes, i), 1
	case str:
		return literal(n.text), 1
	case num:
		return number64(n.text), 1
	case marker:
		return t.param(n), 1
	case group:
		if n.text == "(" {
			return "(" + t.expr(n.kids) + ")", 1
		}
		return t.subscript(n), 1
	case op:
		return t.operator(nodes, i)
	}
	if i > 0 && nodes[i-1].is(".") { // a field or a qualified name, never a keyword
		if i+1 < len(nodes) && nodes[i+1].paren() {
			return n.text, 1
		}
		return ident(n.text), 1
	}
	return t.word(nodes, i)
}

// part writes one part of a name: a catalog's where it begins a name of three parts.
func (t *translator) part(nodes []node, i int) string {
	n := nodes[i]
	if !at(nodes, i-1).is(".") && at(nodes, i+1).is(".") && at(nodes, i+3).is(".") {
		return ident(catalogName(n.text))
	}
	return ident(n.text)
}

// catalogName is a catalog's name in DuckDB, which reserves main.
func catalogName(s string) string {
	if s = strings.ToLower(s); s == "main" {
		return "catalog_main"
	}
	return s
}

func at(nodes []node, i int) node {
	if i >= 0 && i < len(nodes) {
		return nodes[i]
	}
	return node{kind: op}
}

// word translates a keyword, a call or a bare name.
func (t *translator) word(nodes []node, i int) (string, int) {
	n, after := nodes[i], at(nodes, i+1)
	upper := strings.ToUpper(n.text)
	switch upper {
	case "DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ":
		if after.kind == str {
			return t.typeName(upper) + " " + literal(after.text), 2
		}
	case "X":
		if after.kind == str {
			return "from_hex(" + literal(after.text) + ")", 2
		}
	case "TRY_CAST", "CAST":
		if after.paren() {
			return t.cast(upper == "TRY_CAST", after.kids), 2
		}
	case "RLIKE", "REGEXP":
		if i > 0 && !after.paren() {
			end := primary(nodes, i+1)
			return "~ ('(?s).*(?:' || (" + t.expr(nodes[i+1:end]) + ") || ').*')", end - i
		}
	case "LIKE", "ILIKE":
		if after.kind == str && strings.Contains(after.text, `\`) && !at(nodes, i+2).is("ESCAPE") {
			return upper + " " + literal(after.text) + ` ESCAPE '\'`, 2
		}
	case "DIV":
		end := primary(nodes, i+1)
		return "// spark_divisor(" + t.expr(nodes[i+1:end]) + ")", end - i
	case "MINUS":
		return "EXCEPT", 1
	case "LEFT":
		if after.is("SEMI") || after.is("ANTI") {
			return strings.ToUpper(after.text), 2
		}
	case "EXCEPT":
		if at(nodes, i-1).is("*") && after.paren() {
			return "EXCLUDE", 1
		}
	case "LATERAL":
		if after.is("VIEW") {
			return t.fail("LATERAL VIEW"), 2
		}
	case "TABLESAMPLE":
		return t.fail(upper), 1
	case "VERSION":
		if after.is("AS") && at(nodes, i+2).is("OF") {
			return t.fail("time travel (VERSION AS OF)"), 3
		}
	case "DISTRIBUTE", "CLUSTER", "SORT":
		if after.is("BY") {
			return t.fail(upper + " BY"), 2
		}
	case "VALUES":
		if prev := at(nodes, i-1); prev.is("FROM") || prev.is("JOIN") || prev.is(",") && after.paren() {
			return t.inlineTable(nodes, i)
		}
	case "CURRENT_TIMESTAMP", "NOW":
		if after.paren() {
			return "now()", 2
		}
	case "CURRENT_DATE", "CURDATE":
		if after.paren() {
			return "current_date", 2
		}
	case "CURRENT_USER", "SESSION_USER", "USER":
		if after.paren() {
			return literal("tester@example.com"), 2
		}
	case "TIMESTAMPADD", "TIMESTAMPDIFF", "AGGREGATE", "REDUCE", "FROM_JSON", "FROM_CSV", "EXPLODE_OUTER", "POSEXPLODE",
		"INLINE", "STACK", "READ_FILES", "AI_QUERY", "SESSION_WINDOW", "WINDOW":
		if after.paren() && !at(nodes, i-1).is("AS") {
			return t.fail(strings.ToLower(upper) + "()"), 2
		}
	}
	if upper == "TIMESTAMP" && after.is("AS") && at(nodes, i+2).is("OF") {
		return t.fail("time travel (TIMESTAMP AS OF)"), 3
	}
	if s, took := t.information(nodes, i); took > 0 {
		return s, took
	}
	if after.paren() && (!keyword(upper) || hasLambda(after.kids)) {
		return t.call(nodes, i)
	}
	if after.is(".") { // the beginning of a qualified name: some schemas are keywords of DuckDB
		return t.part(nodes, i), 1
	}
	return n.text, 1
}

// hasLambda tells filter(x, e -> ...) and exists(x, e -> ...) from the clauses of these names.
func hasLambda(nodes []node) bool {
	for _, n := range nodes {
		if n.is("->") {
			return true
		}
	}
	return false
}

// keyword tells the words that stand before a bracket without being called.
func keyword(w string) bool {
	switch w {
	case "IN", "AS", "ON", "USING", "AND", "OR", "NOT", "WHEN", "THEN", "ELSE", "OVER", "FROM", "JOIN", "SELECT", "UNION",
		"ALL", "BY", "VALUES", "WHERE", "HAVING", "EXISTS", "INTERSECT", "EXCEPT", "BETWEEN", "LIKE", "ANY", "SOME",
		"DISTINCT", "INTO", "SET", "WITH", "CASE", "LATERAL", "FILTER", "GROUP", "LIMIT", "OFFSET", "TABLE", "SETS",
		"ROLLUP", "CUBE", "PIVOT", "UNPIVOT", "RETURNING", "QUALIFY", "WINDOW", "RECURSIVE", "MATERIALIZED", "EXCLUDE":
		return true
	}
	return false
}

func (t *translator) operator(nodes []node, i int) (string, int) {
	switch n := nodes[i]; n.text {
	case "<=>":
		return "IS NOT DISTINCT FROM", 1
	case "==":
		return "=", 1
	case "!":
		return "NOT", 1
	case "/", "%":
		end := primary(nodes, i+1)
		return n.text + " spark_divisor(" + t.expr(nodes[i+1:end]) + ")", end - i
	case "::":
		typ, took := t.typeAt(nodes, i+1)
		return "::" + typ, 1 + took
	case ":", "{", "}", "@":
		return t.fail("the operator " + n.text), 1
	case "->":
		return t.fail("a lambda outside of a function's arguments"), 1
	default:
		return n.text, 1
	}
}

// primary gives the end of the operand that begins at i: a sign, a value, what selects from it, and casts.
func primary(nodes []node, i int) int {
	for at(nodes, i).is("-") || at(nodes, i).is("+") {
		i++
	}
	if at(nodes, i).is("CASE") {
		for depth := 0; i < len(nodes); i++ {
			if nodes[i].is("CASE") {
				depth++
			} else if nodes[i].is("END") {
				if depth--; depth == 0 {
					break
				}
			}
		}
	}
	if i < len(nodes) {
		i++
	}
	for i < len(nodes) {
		switch n := nodes[i]; {
		case n.is(".") || n.is("::"):
			i += 2
		case n.kind == group && (nodes[i-1].kind == word || nodes[i-1].kind == name || n.text == "["):
			i++
		default:
			return i
		}
	}
	return min(i, len(nodes))
}

// inlineTable translates VALUES (...), (...) where a table stands.
func (t *translator) inlineTable(nodes []node, i int) (string, int) {
	end := i + 1
	for {
		if !at(nodes, end).paren() {
			return "(VALUES " + t.row(nodes[i+1:end+1]) + ")", end + 1 - i
		}
		end++
		if !at(nodes, end).is(",") || !at(nodes, end+1).paren() {
			break
		}
		end++
	}
	return "(VALUES " + t.expr(nodes[i+1:end]) + ")", end - i
}

func (t *translator) row(nodes []node) string { return "(" + t.expr(nodes) + ")" }

// subscript translates an index: arrays count from 0 in Databricks, and from 1 in DuckDB.
func (t *translator) subscript(n node) string {
	if len(n.kids) == 1 {
		switch k := n.kids[0]; k.kind {
		case num:
			if v, err := strconv.Atoi(k.text); err == nil {
				return "[" + strconv.Itoa(v+1) + "]"
			}
		case str:
			return "[" + literal(k.text) + "]"
		}
	}
	return "[(" + t.expr(n.kids) + ") + 1]"
}

func ident(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func literal(s string) string {
	if strings.ContainsRune(s, 0) {
		return "replace('" + strings.ReplaceAll(strings.ReplaceAll(s, "'", "''"), "\x00", "\ufffd\ufffc") +
			"', '\ufffd\ufffc', chr(0))"
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// number64 writes a number whose suffix says its type.
func number64(s string) string {
	upper := strings.ToUpper(s)
	for _, suffix := range []struct{ end, typ string }{{"BD", ""}, {"L", "BIGINT"}, {"S", "SMALLINT"}, {"Y", "TINYINT"},
		{"D", "DOUBLE"}, {"F", "FLOAT"}} {
		if v, ok := strings.CutSuffix(upper, suffix.end); ok {
			if suffix.typ == "" {
				return v
			}
			return "CAST(" + v + " AS " + suffix.typ + ")"
		}
	}
	return s
}

// split parts nodes at the commas between them.
func split(nodes []node) [][]node {
	if len(nodes) == 0 {
		return nil
	}
	var out [][]node
	start := 0
	for i, n := range nodes {
		if n.is(",") {
			out = append(out, nodes[start:i])
			start = i + 1
		}
	}
	return append(out, nodes[start:])
}
