package duckdb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/config/diag"
)

// proof walks the syntax tree of a query and turns it into one that means the same wherever it runs: every table is
// qualified with the catalog that its source is attached as, views are replaced by their queries, files are named by
// their full paths, globs by what they expand to. What it does not know, it refuses.
type proof struct {
	w    *workspace
	src  *source // nil: no tables and no files
	text string  // for the places in diagnostics
	ds   diag.Diagnostics

	schemas []string // where an unqualified table may be: main, in a view its own schema first
	views   []string // the views whose queries are being proven, outermost first

	// expression is set for an expression over the columns of a row: no subqueries, nothing that changes the number
	// of rows.
	expression bool
}

// scope is the common table expressions that are visible at a place.
type scope struct {
	outer *scope
	names []string
}

func (s *scope) has(name string) bool {
	for ; s != nil; s = s.outer {
		if slices.ContainsFunc(s.names, func(n string) bool { return strings.EqualFold(n, name) }) {
			return true
		}
	}
	return false
}

// refuse notes a problem at a node.
func (p *proof) refuse(n node, code diag.Code, detail string, hints ...string) {
	if len(p.views) > 0 {
		detail += fmt.Sprintf(" The view %q does this.", p.views[0])
	}
	length := 0
	for _, key := range []string{"table_name", "function_name"} {
		length = max(length, len(str(n, key)))
	}
	p.ds = append(p.ds, diag.Diagnostic{Code: code, Severity: diag.Error, Detail: detail, Subject: place(p.text, location(n), length), Hints: hints})
}

// statement proves a SELECT statement: the object that holds a query node.
func (p *proof) statement(ctx context.Context, s node, sc *scope) {
	p.walk(ctx, s["node"], sc)
}

// walk proves whatever it is given.
func (p *proof) walk(ctx context.Context, v any, sc *scope) {
	switch v := v.(type) {
	case []any:
		for _, c := range v {
			p.walk(ctx, c, sc)
		}
	case node:
		typ, typed := v["type"].(string)
		_, expr := v["class"]
		switch {
		case expr:
			p.expr(ctx, v, sc)
		case typed:
			p.part(ctx, v, typ, sc)
		default:
			p.children(ctx, v, sc)
		}
	}
}

func (p *proof) children(ctx context.Context, n node, sc *scope, but ...string) {
	for _, k := range keys(n) {
		if !slices.Contains(but, k) {
			p.walk(ctx, n[k], sc)
		}
	}
}

// part proves a node that is no expression: queries, what stands in FROM, modifiers and types.
func (p *proof) part(ctx context.Context, n node, typ string, sc *scope) {
	switch typ {
	case "SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE":
		p.query(ctx, n, sc)
	case "BASE_TABLE":
		p.table(ctx, n, sc)
	case "TABLE_FUNCTION":
		p.tableFunction(ctx, n, sc)
	case "PIVOT":
		for _, v := range list(n, "pivots") {
			column, _ := v.(node)
			if str(column, "pivot_enum") != "" || column["subquery"] != nil || len(list(column, "entries")) == 0 {
				p.refuse(n, "M201", "PIVOT has no list of values, so its columns are known only after running it. Write the values: "+
					"PIVOT (sum(amount) FOR month IN ('jan', 'feb')).")
			}
		}
		p.children(ctx, n, sc)
	case "SHOW_REF":
		p.refuse(n, "M206", "DESCRIBE, SUMMARIZE and SHOW tell about tables; a model needs their rows.")
	case "EMPTY", "JOIN", "SUBQUERY", "EXPRESSION_LIST",
		"ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER",
		"ASCENDING", "DESCENDING", "ORDER_DEFAULT":
		p.children(ctx, n, sc)
	case "UNBOUND_TYPE_INFO", "USER_TYPE_INFO":
		p.typeName(n)
		p.children(ctx, n, sc)
	default:
		if strings.HasSuffix(typ, "_TYPE_INFO") {
			p.children(ctx, n, sc)
			return
		}
		p.refuse(n, "M206", fmt.Sprintf("The query holds a part that signalsmith does not know (%s).", strings.ToLower(typ)))
	}
}

// query proves a query node with its common table expressions: each sees those before it, and itself where it is
// recursive.
func (p *proof) query(ctx context.Context, n node, outer *scope) {
	sc := &scope{outer: outer}
	for _, v := range list(object(n, "cte_map"), "map") {
		entry, _ := v.(node)
		name := str(entry, "key")
		p.cteName(n, name)
		value := object(entry, "value")
		inner := sc
		if body := object(object(value, "query"), "node"); str(body, "type") == "RECURSIVE_CTE_NODE" {
			inner = &scope{outer: sc, names: []string{name}}
		}
		p.children(ctx, value, inner)
		sc = &scope{outer: sc, names: []string{name}}
	}
	if name := str(n, "cte_name"); name != "" {
		p.cteName(n, name)
		sc = &scope{outer: sc, names: []string{name}}
	}
	p.children(ctx, n, sc, "cte_map")
}

// cteName refuses names that would mean something else where the engine sees another scope than this proof does.
func (p *proof) cteName(n node, name string) {
	if p.w.taken[strings.ToLower(name)] || strings.ContainsAny(name, `./\*?[:`) || name == "" {
		p.refuse(n, "M206", fmt.Sprintf("A common table expression cannot be named %q: that is a file or a table of the engine. Give it another name.", name))
	}
}

// expr proves an expression.
func (p *proof) expr(ctx context.Context, n node, sc *scope) {
	switch class := str(n, "class"); class {
	case "CONSTANT":
	case "COLUMN_REF":
		p.column(n)
	case "FUNCTION", "WINDOW":
		p.function(ctx, n, sc)
	case "SUBQUERY":
		if p.expression {
			p.refuse(n, "M302", "An expression cannot hold a query. What it needs from other tables belongs in the model's SQL, as a column.")
			return
		}
		p.children(ctx, n, sc)
	case "STAR":
		if p.expression {
			p.refuse(n, "M302", "An expression gives one value; * and COLUMNS() give several.")
			return
		}
		p.children(ctx, n, sc)
	case "PARAMETER":
		p.refuse(n, "M206", "The SQL holds a parameter (? or $1), and nothing fills it. Use a template: ${var.name}.")
	case "DEFAULT":
		p.refuse(n, "M206", "DEFAULT has no meaning in a query.")
	case "POSITIONAL_REFERENCE":
		if p.expression {
			p.refuse(n, "M302", "An expression names columns; it cannot count them (#1).")
		}
	case "CAST", "CASE", "CONJUNCTION", "COMPARISON", "OPERATOR", "BETWEEN", "COLLATE", "LAMBDA":
		p.children(ctx, n, sc)
	default:
		p.refuse(n, "M206", fmt.Sprintf("The query holds an expression that signalsmith does not know (%s).", strings.ToLower(class)))
	}
}

// function proves a call of a scalar, aggregate or window function.
func (p *proof) function(ctx context.Context, n node, sc *scope) {
	name := strings.ToLower(str(n, "function_name"))
	rows, known := p.w.functions[name]
	switch {
	case !builtin(n):
		p.refuse(n, "M204", fmt.Sprintf("%s is a macro of a database. Only the functions of the engine can be called; write the macro out.", name))
	case !known:
		detail := fmt.Sprintf("There is no function %s that a model may call.", name)
		if _, file := readers(name); file || generators(name) {
			detail = fmt.Sprintf("%s gives a table: it stands after FROM.", name)
		} else if p.w.exists(ctx, name) {
			detail = fmt.Sprintf("A model may not call %s: it tells about the session, the engine or the machine rather than about rows, or changes them.", name)
		}
		p.refuse(n, "M204", detail, near(name, p.w.functions.names())...)
	case p.expression && (rows || str(n, "class") == "WINDOW"):
		p.refuse(n, "M302", fmt.Sprintf("%s looks at several rows or gives several, and an expression is computed row by row. "+
			"It belongs in the model's SQL, as a column.", name))
	}
	p.children(ctx, n, sc)
}

// builtin tells whether a function is named as one of the engine's own.
func builtin(n node) bool {
	catalog, schema := strings.ToLower(str(n, "catalog")), strings.ToLower(str(n, "schema"))
	return (catalog == "" || catalog == "system") && (schema == "" || schema == "main")
}

// column replaces the name of the source's file by that of its catalog in a fully qualified column.
func (p *proof) column(n node) {
	names := list(n, "column_names")
	if p.src == nil || p.src.path == "" || len(names) < 3 {
		return
	}
	parts := make([]string, 3)
	for i := range parts {
		parts[i], _ = names[i].(string)
	}
	if !strings.EqualFold(parts[0], p.src.stem) {
		return
	}
	inSchema := len(names) > 3 && p.src.find("table view", parts[1], parts[2]) != nil
	if inSchema || p.src.find("table view", "main", parts[1]) != nil {
		names[0] = p.src.catalog
	}
}

// typeName qualifies a type that the source's file defines.
func (p *proof) typeName(n node) {
	catalog, schema, name := str(n, "catalog"), str(n, "schema"), str(n, "name")
	if p.src != nil && catalog == "" && strings.EqualFold(schema, p.src.stem) && !p.src.hasSchema(schema) {
		catalog, schema = schema, ""
	}
	if schema == "" {
		schema = "main"
	}
	if p.src != nil && (catalog == "" || strings.EqualFold(catalog, p.src.stem)) {
		if e := p.src.find("type", schema, name); e != nil {
			n["catalog"], n["schema"], n["name"] = p.src.catalog, e.schema, e.name
			return
		}
	}
	if catalog != "" || schema != "main" {
		p.refuse(n, "M203", fmt.Sprintf("The type %s does not belong to the model's source.", dotted(catalog, schema, name)))
	}
}

func dotted(parts ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return s == "" }), ".")
}

// near is a hint that names what was probably meant.
func near(name string, names []string) []string {
	if n := diag.Nearest(name, names); n != "" {
		return []string{fmt.Sprintf("did you mean %q?", n)}
	}
	return nil
}

// exists tells whether the engine has a function of that name.
func (w *workspace) exists(ctx context.Context, function string) bool {
	n, err := w.text(ctx, "SELECT CAST(count(*) AS VARCHAR) FROM duckdb_functions() WHERE function_name = ?", function)
	return err == nil && n != "0"
}
