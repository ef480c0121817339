package thrifttest

import (
	"fmt"
	"slices"
	"strings"
)

// effect is what a statement does, as far as its result depends on it.
type effect int

const (
	query   effect = iota
	quiet          // no result
	insert         // num_affected_rows, num_inserted_rows
	change         // UPDATE and DELETE: num_affected_rows
	filling        // CREATE TABLE AS: like insert
	merging        // counts of all kinds
)

// statement is a statement in DuckDB's words.
type statement struct {
	effect effect

	// exists has to give a row, else missing is the error; clash must give none, else doubled is the error.
	exists  string
	missing *SQLError
	clash   string
	doubled *SQLError

	before []string // run first, in the same transaction
	sql    string   // "" does nothing
}

// statement translates one statement.
func (t *translator) statement(nodes []node) (statement, error) {
	if len(nodes) == 0 {
		return statement{}, &SQLError{State: "42601", Message: "[PARSE_EMPTY_STATEMENT] Syntax error, unexpected empty " +
			"statement."}
	}
	s := t.any(nodes)
	if t.err != nil {
		return statement{}, t.err
	}
	if unnamed := slices.ContainsFunc(t.params, func(p Param) bool { return p.Name == "" }); unnamed &&
		t.next < len(t.params) {
		return statement{}, &SQLError{State: "42P02", Message: fmt.Sprintf(
			"the statement has %d parameters, and %d values are bound", t.next, len(t.params))}
	}
	return s, nil
}

func (t *translator) any(nodes []node) statement {
	second := at(nodes, 1)
	switch first := nodes[0]; strings.ToUpper(first.text) {
	case "SELECT", "WITH", "VALUES", "FROM", "TABLE", "(", "EXPLAIN":
		if first.is("WITH") {
			if i := slices.IndexFunc(nodes, func(n node) bool { return n.is("INSERT") }); i > 0 {
				s := t.insert(nodes[i:])
				s.sql = t.expr(nodes[:i]) + " " + s.sql
				return s
			}
		}
		return statement{sql: t.expr(nodes)}
	case "CREATE":
		return t.create(nodes)
	case "INSERT":
		return t.insert(nodes)
	case "UPDATE":
		return statement{effect: change, sql: t.update(nodes)}
	case "DELETE", "TRUNCATE":
		return statement{effect: change, sql: t.expr(nodes)}
	case "MERGE":
		return t.merge(nodes)
	case "DROP":
		return t.drop(nodes)
	case "ALTER":
		return t.alter(nodes)
	case "COMMENT":
		if i := slices.IndexFunc(nodes, func(n node) bool { return n.is("DATABASE") }); i > 0 {
			nodes[i].text = "SCHEMA"
		}
		return statement{effect: quiet, sql: t.expr(nodes)}
	case "DESCRIBE", "DESC":
		return t.describe(nodes[1:])
	case "SHOW":
		return t.show(nodes[1:])
	case "USE":
		t.fail("USE: sessions have no state here, name the catalog and schema when connecting")
	case "SET", "RESET", "OPTIMIZE", "VACUUM", "ANALYZE", "GRANT", "REVOKE", "REFRESH", "CACHE", "UNCACHE", "MSCK":
		return statement{effect: quiet} // settings and upkeep change nothing here
	case "REPLACE":
		if second.is("TABLE") {
			return t.create(append([]node{{kind: word, text: "CREATE"}, {kind: word, text: "OR"}}, nodes...))
		}
		t.fail("REPLACE " + second.text)
	default:
		t.fail("the statement " + strings.ToUpper(first.text))
	}
	return statement{}
}

// qualified reads a name of up to three parts at i.
func (t *translator) qualified(nodes []node, i int) (parts []string, end int) {
	for {
		n := at(nodes, i)
		if n.kind != word && n.kind != name {
			t.syntax(n, "a name")
			return []string{""}, i
		}
		parts = append(parts, n.text)
		if !at(nodes, i+1).is(".") {
			return parts, i + 1
		}
		i += 2
	}
}

// quoteAll writes a table's name.
func quoteAll(parts []string) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		if i == 0 && len(parts) == 3 {
			p = catalogName(p)
		}
		out[i] = ident(p)
	}
	return strings.Join(out, ".")
}

// quoteSchema writes a schema's name with its catalog's.
func (t *translator) quoteSchema(parts []string) string {
	if len(parts) == 1 {
		parts = []string{t.namespace.Catalog, parts[0]}
	}
	return ident(catalogName(parts[0])) + "." + ident(parts[1])
}

// resolve completes a table's name with the session's namespace.
func (t *translator) resolve(parts []string) [3]string {
	full := [3]string{t.namespace.Catalog, t.namespace.Schema, ""}
	copy(full[3-min(len(parts), 3):], parts)
	return full
}

func (t *translator) insert(nodes []node) statement {
	i := 1
	overwrite := at(nodes, i).is("OVERWRITE")
	i++
	if at(nodes, i).is("TABLE") {
		i++
	}
	parts, i := t.qualified(nodes, i)
	s := statement{effect: insert, sql: "INSERT INTO " + quoteAll(parts)}
	if overwrite {
		s.before = []string{"DELETE FROM " + quoteAll(parts)}
	}
	if at(nodes, i).paren() && !at(nodes[i].kids, 0).is("SELECT") && !at(nodes[i].kids, 0).is("WITH") {
		var names []string
		for _, c := range split(nodes[i].kids) {
			if len(c) == 1 {
				names = append(names, ident(c[0].text))
			}
		}
		s.sql += " (" + strings.Join(names, ", ") + ")"
		i++
	}
	if at(nodes, i).is("REPLACE") || at(nodes, i).is("PARTITION") {
		t.fail("INSERT ... " + strings.ToUpper(nodes[i].text))
	}
	s.sql += " " + t.expr(nodes[i:])
	return s
}

// update translates UPDATE: DuckDB's SET wants bare names.
func (t *translator) update(nodes []node) string {
	set := slices.IndexFunc(nodes, func(n node) bool { return n.is("SET") })
	if set < 0 {
		t.syntax(nodes[0], "SET")
		return ""
	}
	end := set + 1
	for end < len(nodes) && !nodes[end].is("WHERE") {
		end++
	}
	return t.expr(nodes[:set]) + " SET " + t.assignments(nodes[set+1:end]) + " " + t.expr(nodes[end:])
}

func (t *translator) assignments(nodes []node) string {
	var out []string
	for _, a := range split(nodes) {
		eq := slices.IndexFunc(a, func(n node) bool { return n.is("=") })
		if eq < 1 {
			t.syntax(at(a, 0), "an assignment")
			return ""
		}
		out = append(out, ident(a[eq-1].text)+" = "+t.expr(a[eq+1:]))
	}
	return strings.Join(out, ", ")
}

func (t *translator) drop(nodes []node) statement {
	i := 2
	what := strings.ToUpper(at(nodes, 1).text)
	exists := at(nodes, i).is("IF") && at(nodes, i+1).is("EXISTS")
	if exists {
		i += 2
	}
	parts, i := t.qualified(nodes, i)
	switch what {
	case "DATABASE":
		what = "SCHEMA"
	case "CATALOG":
		return statement{effect: quiet, sql: "DETACH DATABASE " + when(exists, "IF EXISTS ") + ident(catalogName(parts[0]))}
	case "TABLE", "VIEW", "SCHEMA":
	default:
		t.fail("DROP " + what)
	}
	object := quoteAll(parts)
	if what == "SCHEMA" {
		object = t.quoteSchema(parts)
	}
	return statement{effect: quiet, sql: "DROP " + what + " " + when(exists, "IF EXISTS ") + object +
		when(at(nodes, i).is("CASCADE"), " CASCADE")}
}

func (t *translator) alter(nodes []node) statement {
	if !at(nodes, 1).is("TABLE") {
		t.fail("ALTER " + strings.ToUpper(at(nodes, 1).text))
		return statement{}
	}
	parts, i := t.qualified(nodes, 2)
	head := "ALTER TABLE " + quoteAll(parts) + " "
	s := statement{effect: quiet}
	verb, object := strings.ToUpper(at(nodes, i).text), at(nodes, i+1)
	switch {
	case verb == "SET" || verb == "UNSET" || verb == "CLUSTER":
	case verb == "RENAME" && object.is("TO"):
		to, _ := t.qualified(nodes, i+2)
		s.sql = head + "RENAME TO " + ident(to[len(to)-1])
	case verb == "RENAME" && object.is("COLUMN"):
		s.sql = head + "RENAME COLUMN " + ident(at(nodes, i+2).text) + " TO " + ident(at(nodes, i+4).text)
	case verb == "ADD" && (object.is("COLUMN") || object.is("COLUMNS")):
		list := nodes[i+2:]
		if at(list, 0).paren() {
			list = list[0].kids
		}
		for _, c := range splitTypes(list) {
			s.before = append(s.before, head+"ADD COLUMN "+t.definition(c))
		}
	case verb == "DROP" && (object.is("COLUMN") || object.is("COLUMNS")):
		list := nodes[i+2:]
		if at(list, 0).paren() {
			list = list[0].kids
		}
		for _, c := range split(list) {
			s.before = append(s.before, head+"DROP COLUMN "+ident(at(c, 0).text))
		}
	case verb == "ALTER":
		s.sql = head + t.expr(nodes[i:])
	default:
		t.fail("ALTER TABLE " + verb + " " + object.text)
	}
	return s
}
