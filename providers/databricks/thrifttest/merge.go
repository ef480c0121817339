package thrifttest

import (
	"slices"
	"strings"
)

// merge translates MERGE INTO. DuckDB lets several rows of the source match one row of the target; Delta does not, so
// a query looks for them first.
func (t *translator) merge(nodes []node) statement {
	if !at(nodes, 1).is("INTO") {
		t.fail("MERGE WITH SCHEMA EVOLUTION")
		return statement{}
	}
	using := slices.IndexFunc(nodes, func(n node) bool { return n.is("USING") })
	on := slices.IndexFunc(nodes, func(n node) bool { return n.is("ON") })
	first := slices.IndexFunc(nodes, func(n node) bool { return n.is("WHEN") })
	if using < 0 || on < using || first < on {
		t.syntax(nodes[0], "MERGE INTO ... USING ... ON ... WHEN ...")
		return statement{}
	}
	target, aliasAt := t.qualified(nodes, 2)
	alias := target[len(target)-1]
	if at(nodes, aliasAt).is("AS") {
		aliasAt++
	}
	if aliasAt < using {
		alias = nodes[aliasAt].text
	}
	source, cond := t.expr(nodes[using+1:on]), t.expr(nodes[on+1:first])

	var clauses, matched []string
	deletesAll := 0
	matchedClauses := 0
	for _, c := range whens(nodes[first:]) {
		text, when, deletes := t.mergeClause(c)
		clauses = append(clauses, text)
		if when == "" {
			continue
		}
		matchedClauses++
		matched = append(matched, "("+when+")")
		if deletes && when == "true" {
			deletesAll++
		}
	}
	into := quoteAll(target) + " AS " + ident(alias)
	s := statement{
		effect: merging,
		sql: "MERGE INTO " + into + " USING " + source + " ON " + cond + " " + strings.Join(clauses, " ") +
			" RETURNING merge_action",
	}
	// One DELETE without a condition does the same however often it happens.
	if matchedClauses > 0 && !(matchedClauses == 1 && deletesAll == 1) {
		s.clash = "SELECT 1 FROM " + into + " JOIN " + source + " ON (" + cond + ") WHERE " + strings.Join(matched, " OR ") +
			" GROUP BY " + ident(alias) + ".rowid HAVING count(*) > 1 LIMIT 1"
		s.doubled = &SQLError{State: "21506", Message: "[DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE] Cannot " +
			"perform Merge as multiple source rows matched and attempted to modify the same target row in the Delta table " +
			"in possibly conflicting ways."}
	}
	return s
}

// whens parts the clauses of MERGE. A CASE has WHENs of its own.
func whens(nodes []node) [][]node {
	var out [][]node
	depth, start := 0, 0
	for i, n := range nodes {
		switch {
		case n.is("CASE"):
			depth++
		case n.is("END"):
			depth--
		case n.is("WHEN") && depth == 0 && i > 0:
			out = append(out, nodes[start:i])
			start = i
		}
	}
	return append(out, nodes[start:])
}

// mergeClause translates one WHEN. when is the condition of a WHEN MATCHED, and empty with the others.
func (t *translator) mergeClause(c []node) (text, when string, deletes bool) {
	depth := 0
	then := slices.IndexFunc(c, func(n node) bool {
		if n.is("CASE") {
			depth++
		} else if n.is("END") {
			depth--
		}
		return n.is("THEN") && depth == 0
	})
	if then < 0 {
		t.syntax(c[0], "THEN")
		return "", "", false
	}
	head, action := c[:then], c[then+1:]
	text = t.expr(head)
	if head[1].is("MATCHED") {
		when = "true"
		if and := slices.IndexFunc(head, func(n node) bool { return n.is("AND") }); and > 0 {
			when = t.expr(head[and+1:])
		}
	}
	text += " THEN "
	switch verb := at(action, 0); {
	case verb.is("DELETE"):
		return text + "DELETE", when, true
	case verb.is("UPDATE") && at(action, 1).is("SET") && at(action, 2).is("*"):
		return text + "UPDATE BY NAME", when, false
	case verb.is("UPDATE") && at(action, 1).is("SET"):
		return text + "UPDATE SET " + t.assignments(action[2:]), when, false
	case verb.is("INSERT") && at(action, 1).is("*"):
		return text + "INSERT BY NAME", when, false
	case verb.is("INSERT") && at(action, 1).paren() && at(action, 2).is("VALUES"):
		var names []string
		for _, col := range split(action[1].kids) {
			names = append(names, ident(col[len(col)-1].text))
		}
		return text + "INSERT (" + strings.Join(names, ", ") + ") " + t.expr(action[2:]), when, false
	default:
		t.syntax(verb, "an action of MERGE")
	}
	return text, when, false
}
