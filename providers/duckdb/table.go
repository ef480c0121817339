package duckdb

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/signalsmith/signalsmith/config/diag"
)

// table proves a name after FROM: a common table expression, a table or a view of the source, or a file.
func (p *proof) table(ctx context.Context, n node, sc *scope) {
	catalog, schema, name := str(n, "catalog_name"), str(n, "schema_name"), str(n, "table_name")
	if n["at_clause"] != nil {
		p.refuse(n, "M206", "AT reads another version of a table, which DuckDB files do not have.")
		return
	}
	if catalog == "" && (schema == "" || strings.EqualFold(schema, "recurring")) && sc.has(name) {
		p.children(ctx, n, sc)
		return
	}
	if e := p.resolve(catalog, schema, name); e != nil {
		if e.kind == "view" {
			p.view(ctx, n, e)
			return
		}
		n["catalog_name"], n["schema_name"], n["table_name"] = p.src.catalog, e.schema, e.name
		p.children(ctx, n, sc)
		return
	}
	if reader := readerOf(name); catalog == "" && schema == "" && reader != "" {
		p.file(n, name, reader)
		return
	}
	p.missing(n, catalog, schema, name)
}

// resolve finds what a name of one to three parts means in the source.
func (p *proof) resolve(catalog, schema, name string) *entry {
	s := p.src
	if s == nil || s.path == "" || catalog != "" && !strings.EqualFold(catalog, s.stem) {
		return nil
	}
	if schema != "" {
		if e := s.find("table view", schema, name); e != nil || catalog != "" || !strings.EqualFold(schema, s.stem) {
			return e
		}
		return s.find("table view", "main", name)
	}
	for _, schema := range p.schemas {
		if e := s.find("table view", schema, name); e != nil {
			return e
		}
	}
	return nil
}

// missing says why a name after FROM means nothing.
func (p *proof) missing(n node, catalog, schema, name string) {
	shown := dotted(catalog, schema, name)
	foreign := catalog != "" && (p.src == nil || p.src.path == "" || !strings.EqualFold(catalog, p.src.stem))
	switch {
	case p.expression:
		p.refuse(n, "M302", "An expression cannot read a table.")
	case foreign, strings.EqualFold(schema, "information_schema"), strings.EqualFold(schema, "pg_catalog"), p.w.taken[strings.ToLower(name)]:
		p.refuse(n, "M203", fmt.Sprintf("%s does not belong to the model's source. A model reads its own source only: not the state, "+
			"not other sources, not the engine's own tables.", shown))
	case catalog == "" && schema != "" && readerOf(schema+"."+name) != "":
		p.refuse(n, "M207", fmt.Sprintf("There is no table %s. A file is named by a text in quotes: '%s'.", shown, shown))
	case p.src.path == "":
		p.refuse(n, "M207", fmt.Sprintf("There is no table %s: the source %q has no path, so it holds files only. Read one with "+
			"read_csv('file.csv'), read_parquet() or read_json().", shown, p.src.name))
	default:
		p.refuse(n, "M207", fmt.Sprintf("There is no table or view %s in %s.", shown, p.src.shown), near(dotted(schema, name), p.src.relations())...)
	}
}

// view replaces the name of a view by its query, proven as if it stood in the model.
func (p *proof) view(ctx context.Context, n node, e *entry) {
	full := dotted(e.schema, e.name)
	if len(p.views) > 20 {
		p.refuse(n, "M203", "Views are nested more than 20 deep.")
		return
	}
	body, err := p.viewBody(ctx, e)
	if err != nil {
		p.refuse(n, "M208", fmt.Sprintf("The query of the view %q cannot be read: %s.", full, err))
		return
	}
	move(body, n["query_location"])
	inner := &proof{w: p.w, src: p.src, text: p.text, views: append(p.views[:len(p.views):len(p.views)], full), schemas: []string{e.schema, "main"}}
	inner.statement(ctx, body, nil)
	p.ds = append(p.ds, inner.ds...)

	alias, columns := str(n, "alias"), list(n, "column_name_alias")
	if alias == "" {
		alias = e.name
	}
	for i := len(columns); i < len(e.columns); i++ {
		columns = append(columns, e.columns[i])
	}
	sample, at := n["sample"], n["query_location"]
	clear(n)
	n["type"], n["alias"], n["column_name_alias"], n["subquery"] = "SUBQUERY", alias, columns, body
	n["sample"], n["query_location"] = sample, at
}

// viewBody cuts the query out of a view's CREATE statement and parses it.
func (p *proof) viewBody(ctx context.Context, e *entry) (node, error) {
	rest := e.sql
	for w := ""; w != "VIEW"; {
		if w, rest = word(rest); w == "" {
			return nil, fmt.Errorf("it does not begin with CREATE VIEW")
		}
	}
	name, rest := identifiers(strings.TrimLeft(rest, " \t\r\n"))
	if len(name) == 0 {
		return nil, fmt.Errorf("it has no name")
	}
	if rest = strings.TrimLeft(rest, " \t\r\n"); strings.HasPrefix(rest, "(") {
		for {
			parts, after := identifiers(strings.TrimLeft(rest[1:], " \t\r\n"))
			if rest = strings.TrimLeft(after, " \t\r\n"); len(parts) != 1 || rest == "" {
				return nil, fmt.Errorf("its list of columns does not end")
			}
			if rest[0] == ')' {
				rest = rest[1:]
				break
			}
		}
	}
	as, query := word(rest)
	if as != "AS" {
		return nil, fmt.Errorf("it has no query")
	}
	stmts, err := p.w.parse(ctx, query)
	if err != nil {
		return nil, err
	}
	if len(stmts) != 1 {
		return nil, fmt.Errorf("it is not one query")
	}
	body, _ := stmts[0].(node)
	return body, nil
}

// tableFunction proves a function after FROM.
func (p *proof) tableFunction(ctx context.Context, n node, sc *scope) {
	f := object(n, "function")
	name := strings.ToLower(str(f, "function_name"))
	options, reads := readers(name)
	switch {
	case !builtin(f):
		p.refuse(f, "M204", fmt.Sprintf("%s is a macro of a database. Only the functions of the engine can be called; write the macro out.", name))
	case reads:
		p.reader(ctx, n, f, name, options, sc)
	case generators(name):
		p.children(ctx, f, sc)
		p.children(ctx, n, sc, "function")
	default:
		allowed := []string{"read_csv", "read_parquet", "read_json", "read_ndjson", "range", "generate_series", "unnest", "repeat", "json_each", "json_tree"}
		detail := fmt.Sprintf("There is no table function %s that a model may call. It may call %s.", name, strings.Join(allowed, ", "))
		if p.w.exists(ctx, name) {
			detail = fmt.Sprintf("A model may not call %s: it reads what does not belong to the model's source. It may call %s.", name, strings.Join(allowed, ", "))
		}
		p.refuse(f, "M204", detail, near(name, allowed)...)
	}
}

// reader proves a call that reads files: literal paths, and options that do nothing else.
func (p *proof) reader(ctx context.Context, n, f node, name, options string, sc *scope) {
	positional := 0
	for _, v := range list(f, "children") {
		arg, _ := v.(node)
		option := str(arg, "alias")
		if names := list(object(arg, "left"), "column_names"); str(arg, "type") == "COMPARE_EQUAL" && str(object(arg, "left"), "class") == "COLUMN_REF" && len(names) == 1 {
			option, _ = names[0].(string)
		}
		if option != "" {
			if !strings.Contains(options, " "+strings.ToLower(option)+" ") {
				p.refuse(arg, "M204", fmt.Sprintf("%s has no option %q that a model may use.", name, option), near(option, strings.Fields(options))...)
			}
			p.walk(ctx, arg, sc)
			continue
		}
		if positional++; positional > 1 {
			p.refuse(arg, "M205", fmt.Sprintf("%s takes one path or one list of paths: %s(['a.csv', 'b.csv']). Options have names.", name, name))
			continue
		}
		p.paths(f, arg)
	}
	if positional == 0 {
		p.refuse(f, "M205", fmt.Sprintf("%s needs a path.", name))
	}
	p.children(ctx, f, sc, "children")
	p.children(ctx, n, sc, "function")
}

// paths replaces the path or the list of paths of a reader by the files it means.
func (p *proof) paths(f, arg node) {
	literals := []any{arg}
	if str(arg, "class") == "FUNCTION" && builtin(arg) && strings.EqualFold(str(arg, "function_name"), "list_value") {
		literals = list(arg, "children")
	}
	var files []string
	for _, v := range literals {
		l, _ := v.(node)
		value := object(l, "value")
		text, ok := value["value"].(string)
		if str(l, "class") != "CONSTANT" || str(object(value, "type"), "id") != "VARCHAR" || !ok {
			p.refuse(at(arg, f), "M205", "A path must be written out as a text: it is checked before the query is prepared, so it cannot be computed. "+
				"A template can put it together: read_csv('${var.dir}/customers.csv').")
			return
		}
		found, err := p.src.expand(text)
		if err != nil {
			p.refuse(at(l, f), err.code, err.detail, err.hints...)
			return
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		p.refuse(at(arg, f), "M205", "The list of paths is empty.")
		return
	}
	alias := arg["alias"]
	loc := arg["query_location"]
	clear(arg)
	for k, v := range pathNode(files) {
		arg[k] = v
	}
	arg["alias"] = alias
	move(arg, loc)
}

// file replaces a file that stands after FROM by a call of the function that reads it.
func (p *proof) file(n node, name, reader string) {
	files, err := p.src.expand(name)
	if err != nil {
		p.refuse(n, err.code, err.detail, err.hints...)
		return
	}
	alias, columns, sample, loc := str(n, "alias"), list(n, "column_name_alias"), n["sample"], n["query_location"]
	if alias == "" {
		alias, _, _ = strings.Cut(filepath.Base(name), ".")
	}
	clear(n)
	n["type"], n["alias"], n["column_name_alias"], n["sample"] = "TABLE_FUNCTION", alias, columns, sample
	n["function"], n["with_ordinality"] = functionNode(reader, "", []any{pathNode(files)}), "WITHOUT_ORDINALITY"
	n["query_location"] = loc
	move(n, loc)
}

func at(n, other node) node {
	if location(n) >= 0 {
		return n
	}
	return other
}

// readerOf is the function that reads a file of that name, "" where the name is no file's.
func readerOf(name string) string {
	lower := strings.ToLower(name)
	for _, packed := range []string{".gz", ".zst"} {
		lower = strings.TrimSuffix(lower, packed)
	}
	switch filepath.Ext(lower) {
	case ".csv", ".tsv":
		return "read_csv"
	case ".parquet":
		return "read_parquet"
	case ".json", ".jsonl", ".ndjson":
		return "read_json"
	}
	return ""
}

func pathNode(files []string) node {
	values := make([]any, len(files))
	for i, f := range files {
		values[i] = node{"class": "CONSTANT", "type": "VALUE_CONSTANT", "alias": "", "query_location": nil,
			"value": node{"type": node{"id": "VARCHAR", "type_info": nil}, "is_null": false, "value": escaped(f)}}
	}
	if len(values) == 1 {
		return values[0].(node)
	}
	return functionNode("list_value", "main", values)
}

func functionNode(name, schema string, children []any) node {
	return node{"class": "FUNCTION", "type": "FUNCTION", "alias": "", "query_location": nil, "function_name": name, "schema": schema,
		"children": children, "filter": nil, "order_bys": node{"type": "ORDER_MODIFIER", "orders": []any{}}, "distinct": false,
		"is_operator": false, "export_state": false, "catalog": ""}
}

// fileError is a path that a model may not read.
type fileError struct {
	code   diag.Code
	detail string
	hints  []string
}
