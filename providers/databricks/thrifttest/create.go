package thrifttest

import (
	"slices"
	"strings"
)

// create translates what follows CREATE.
func (t *translator) create(nodes []node) statement {
	i := 1
	var orReplace, temporary, notExists bool
	if at(nodes, i).is("OR") && at(nodes, i+1).is("REPLACE") {
		orReplace, i = true, i+2
	}
	for at(nodes, i).is("TEMP") || at(nodes, i).is("TEMPORARY") || at(nodes, i).is("EXTERNAL") || at(nodes, i).is("GLOBAL") {
		temporary = !at(nodes, i).is("EXTERNAL")
		i++
	}
	if temporary {
		t.fail("temporary views: they are a session's state")
	}
	what := strings.ToUpper(at(nodes, i).text)
	i++
	if at(nodes, i).is("IF") && at(nodes, i+1).is("NOT") && at(nodes, i+2).is("EXISTS") {
		notExists, i = true, i+3
	}
	head := "CREATE "
	if orReplace {
		head = "CREATE OR REPLACE "
	}
	switch what {
	case "SCHEMA", "DATABASE":
		parts, _ := t.qualified(nodes, i)
		return statement{effect: quiet, sql: head + "SCHEMA " + when(notExists, "IF NOT EXISTS ") + t.quoteSchema(parts)}
	case "CATALOG":
		parts, _ := t.qualified(nodes, i)
		return statement{effect: quiet, sql: attach + when(notExists, "IF NOT EXISTS ") + parts[0]}
	case "VIEW":
		parts, end := t.qualified(nodes, i)
		body := slices.IndexFunc(nodes[end:], func(n node) bool { return n.is("AS") })
		if body < 0 {
			t.syntax(at(nodes, end), "AS")
			return statement{}
		}
		columns := ""
		if at(nodes, end).paren() {
			var names []string
			for _, c := range split(nodes[end].kids) {
				names = append(names, ident(c[0].text))
			}
			columns = " (" + strings.Join(names, ", ") + ")"
		}
		return statement{effect: quiet, sql: head + "VIEW " + when(notExists, "IF NOT EXISTS ") + quoteAll(parts) + columns +
			" AS " + t.expr(nodes[end+body+1:])}
	case "TABLE":
		return t.createTable(nodes, i, head, notExists)
	}
	t.fail("CREATE " + what)
	return statement{}
}

func when(b bool, s string) string {
	if b {
		return s
	}
	return ""
}

func (t *translator) createTable(nodes []node, i int, head string, notExists bool) statement {
	parts, i := t.qualified(nodes, i)
	head += "TABLE " + when(notExists, "IF NOT EXISTS ") + quoteAll(parts)
	columns := ""
	if at(nodes, i).paren() {
		columns = " (" + t.definitions(nodes[i].kids) + ")"
		if !mapped(nodes) {
			t.plainNames(nodes[i].kids)
		}
		i++
	}
	for i < len(nodes) && !nodes[i].is("AS") {
		switch n := nodes[i]; strings.ToUpper(n.text) {
		case "USING":
			if f := at(nodes, i+1); !f.is("DELTA") {
				t.fail("tables USING " + f.text)
			}
			i += 2
		case "TBLPROPERTIES", "OPTIONS":
			i += 2
		case "COMMENT", "LOCATION":
			i += 2
		case "PARTITIONED", "CLUSTER":
			i += 3
		case "SHALLOW", "DEEP", "CLONE":
			for !at(nodes, i).is("CLONE") && i < len(nodes) {
				i++
			}
			source, _ := t.qualified(nodes, i+1)
			return statement{effect: quiet, sql: head + " AS FROM " + quoteAll(source)}
		case "LIKE":
			source, end := t.qualified(nodes, i+1)
			_ = end
			return statement{effect: quiet, sql: head + " AS FROM " + quoteAll(source) + " LIMIT 0"}
		default:
			t.syntax(n, "a clause of CREATE TABLE")
			return statement{}
		}
	}
	if i >= len(nodes) {
		return statement{effect: quiet, sql: head + columns}
	}
	return statement{effect: filling, sql: head + columns + " AS " + t.expr(nodes[i+1:])}
}

// mapped tells whether a table has Delta's column mapping, which lets names have any character.
func mapped(nodes []node) bool {
	for i, n := range nodes {
		if n.is("TBLPROPERTIES") && at(nodes, i+1).paren() {
			return slices.ContainsFunc(nodes[i+1].kids, func(n node) bool { return n.text == "delta.columnMapping.mode" })
		}
	}
	return false
}

// plainNames refuses the names that Delta does.
func (t *translator) plainNames(nodes []node) {
	for _, c := range splitTypes(nodes) {
		if len(c) > 0 && strings.ContainsAny(c[0].text, " ,;{}()\n\t=") && t.err == nil {
			t.err = &SQLError{State: "42K05", Message: "[DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES] Found invalid character(s) " +
				"among ' ,;{}()\\n\\t=' in the column names of your schema. Invalid column names: " + c[0].text + "."}
		}
	}
}

// definitions translates the columns of CREATE TABLE.
func (t *translator) definitions(nodes []node) string {
	var out []string
	for _, c := range splitTypes(nodes) {
		if len(c) == 0 {
			continue
		}
		if c[0].is("CONSTRAINT") || c[0].is("PRIMARY") || c[0].is("FOREIGN") {
			continue // informational: Databricks does not enforce keys
		}
		out = append(out, t.definition(c))
	}
	return strings.Join(out, ", ")
}

// splitTypes parts nodes at the commas outside of the brackets of types.
func splitTypes(nodes []node) [][]node {
	var out [][]node
	depth, start := 0, 0
	for i, n := range nodes {
		switch {
		case n.is("<"):
			depth++
		case n.is(">"):
			depth--
		case n.is(",") && depth == 0:
			out = append(out, nodes[start:i])
			start = i + 1
		}
	}
	return append(out, nodes[start:])
}

func (t *translator) definition(c []node) string {
	typ, n := t.typeAt(c, 1)
	s := ident(c[0].text) + " " + typ
	for i := 1 + n; i < len(c); {
		switch {
		case c[i].is("NOT") && at(c, i+1).is("NULL"):
			s, i = s+" NOT NULL", i+2
		case c[i].is("COMMENT"):
			i += 2
		case c[i].is("DEFAULT"):
			end := primary(c, i+1)
			s, i = s+" DEFAULT "+t.expr(c[i+1:end]), end
		case c[i].is("PRIMARY"):
			i += 2
		default:
			t.fail("the column option " + c[i].text)
			return s
		}
	}
	return s
}
