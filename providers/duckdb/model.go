package duckdb

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
)

// Model proves a model and prepares it. Its SQL, with every name and file resolved, is what the relation holds.
//
// Diagnostics have places inside the model's SQL: a Subject without a file name, whose lines, columns and bytes count
// from the beginning of that text.
func (w *workspace) Model(ctx context.Context, m providers.ModelSpec) (providers.Relation, error) {
	r, err := w.model(ctx, m)
	return r, located(err)
}

func (w *workspace) model(ctx context.Context, m providers.ModelSpec) (providers.Relation, error) {
	s, ok := w.sources[m.Source]
	if !ok {
		return providers.Relation{}, fmt.Errorf("the workspace has no source %q", m.Source)
	}
	if err := s.load(ctx, w); err != nil {
		return providers.Relation{}, err
	}
	text := m.SQL
	if m.Table != "" {
		parts, rest := identifiers(m.Table)
		if strings.TrimSpace(rest) != "" || len(parts) == 0 || len(parts) > 3 {
			return providers.Relation{}, problem("M207", nil, fmt.Sprintf("%q is not the name of a table. A name has one to three parts, as in main.customers; "+
				"a part with other characters than letters, digits and _ stands in double quotes.", m.Table))
		}
		text = "SELECT * FROM " + path(parts...)
	}
	p := &proof{w: w, src: s, text: text, schemas: []string{"main"}}
	stmt, err := w.one(ctx, text)
	if err != nil {
		return providers.Relation{}, err
	}
	p.statement(ctx, stmt, nil)
	if m.Table != "" {
		// The SQL is not the author's: its places would mislead.
		for i := range p.ds {
			p.ds[i].Subject = nil
		}
	}
	if err := p.ds.Sorted().Err(); err != nil {
		return providers.Relation{}, err
	}
	query, places, err := w.print(ctx, stmt)
	if err != nil {
		if errors.Is(err, errUnprintable) {
			return providers.Relation{}, problem("M206", nil, "The query is written in a way that cannot be taken apart and put together again. "+
				"Simplify it: the newest parts of the syntax are the likeliest cause.")
		}
		return providers.Relation{}, err
	}
	columns, err := w.describe(ctx, query, text, places)
	if err != nil {
		return providers.Relation{}, err
	}
	if err := p.names(stmt, columns); err != nil {
		return providers.Relation{}, err
	}
	return providers.Relation{SQL: "(" + query + ")", Columns: columns}, nil
}

func problem(code diag.Code, at *diag.Range, detail string, hints ...string) error {
	return diag.Diagnostics{{Code: code, Severity: diag.Error, Detail: detail, Subject: at, Hints: hints}}
}

// one parses a text that must be one SELECT statement.
func (w *workspace) one(ctx context.Context, text string) (node, error) {
	if i := strings.IndexByte(text, 0); i >= 0 {
		return nil, problem("M202", place(text, i, 1), "The SQL holds a NUL byte.")
	}
	stmts, err := w.parse(ctx, text)
	var syntax *syntaxError
	switch {
	case errors.As(err, &syntax) && syntax.other:
		return nil, problem("M201", nil, "The SQL holds something that is not a query. A model is one SELECT; what changes data, settings or files does not "+
			"belong in it. PIVOT stands in it only with the list of its values: PIVOT ... ON month IN ('jan', 'feb').")
	case errors.As(err, &syntax):
		return nil, problem("M202", place(text, syntax.position, 0), sentence(syntax.message))
	case err != nil:
		return nil, err
	case len(stmts) == 0:
		return nil, problem("M201", nil, "The SQL is empty.")
	case len(stmts) > 1:
		return nil, problem("M201", nil, fmt.Sprintf("The SQL holds %d statements. A model is one SELECT.", len(stmts)))
	}
	stmt, ok := stmts[0].(node)
	if !ok {
		return nil, problem("M201", nil, "The SQL is not a query.")
	}
	return stmt, nil
}

// located says in the details where in the SQL the problems are, for those who do not see the SQL beside them.
func located(err error) error {
	var ds diag.Diagnostics
	if !errors.As(err, &ds) {
		return err
	}
	for i := range ds {
		if at := ds[i].Subject; at != nil {
			ds[i].Detail = fmt.Sprintf("Line %d, column %d: %s", at.Start.Line, at.Start.Column, ds[i].Detail)
		}
	}
	return ds
}

// describe prepares a proven query and gives its columns. It does not run it.
func (w *workspace) describe(ctx context.Context, query, text string, places places) ([]providers.Column, error) {
	const prefix = "DESCRIBE "
	rows, err := w.Query(ctx, "SELECT column_name, column_type FROM ("+prefix+query+")")
	if err != nil {
		return nil, w.explain(err, text, len("SELECT column_name, column_type FROM ("+prefix), places)
	}
	defer func() { _ = rows.Close() }()
	var columns []providers.Column
	for rows.Next() {
		var c providers.Column
		if err := rows.Scan(&c.Name, &c.SQL); err != nil {
			return nil, fmt.Errorf("reading the columns of a model: %w", err)
		}
		c.Type = class(c.SQL)
		columns = append(columns, c)
	}
	if err := rows.Err(); err != nil {
		return nil, w.explain(err, text, len(prefix), places)
	}
	return columns, nil
}

// explain turns what the engine says while it prepares a query into a diagnostic.
func (w *workspace) explain(err error, text string, shift int, places places) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	message, rest, _ := strings.Cut(e.Message, "\n")
	name, candidates := e.Name, e.Candidates
	if quoted := strings.Split(message, `"`); name == "" && len(quoted) > 2 {
		name = quoted[len(quoted)-2]
	}
	if _, list, ok := strings.Cut(rest, "Candidate"); ok && len(candidates) == 0 {
		for i, c := range strings.Split(list, `"`) {
			if i%2 == 1 {
				candidates = append(candidates, c)
			}
		}
	}
	names := make([]string, len(candidates))
	for i, c := range candidates {
		parts := strings.Split(strings.ReplaceAll(c, `"`, ""), ".")
		names[i] = parts[len(parts)-1]
	}
	hints := near(name, names)
	if hints == nil && len(names) > 0 && e.Kind == "Binder" && e.Subtype != "NO_MATCHING_FUNCTION" {
		hints = []string{"there is " + strings.Join(names, ", ")}
	}
	return problem("M208", place(text, places.origin(e.Position-shift), len(e.Name)), sentence(w.shown(message)), hints...)
}

// shown replaces what only the workspace knows: the names of its catalogs, and full paths where people wrote others.
func (w *workspace) shown(message string) string {
	for _, s := range w.sources {
		message = strings.ReplaceAll(message, ident(s.catalog)+".", "")
		message = strings.ReplaceAll(message, s.catalog+".", "")
		message = strings.ReplaceAll(message, s.dir+string(filepath.Separator), "")
	}
	return message
}

// names checks that every column of a model has a name of its own.
func (p *proof) names(stmt node, columns []providers.Column) error {
	var ds diag.Diagnostics
	for _, v := range list(leftmost(object(stmt, "node")), "select_list") {
		e, _ := v.(node)
		class := str(e, "class")
		if str(e, "alias") != "" || class == "COLUMN_REF" || holdsStar(e) {
			continue
		}
		at := place(p.text, max(location(e), 0), 1)
		if location(e) < 0 {
			at = nil
		}
		ds = append(ds, diag.Diagnostic{Code: "M210", Severity: diag.Error, Subject: at,
			Detail: "A column of the model has no name. Give it one: AS name."})
	}
	seen := map[string]bool{}
	for _, c := range columns {
		folded := strings.ToLower(c.Name)
		if seen[folded] {
			ds = append(ds, diag.Diagnostic{Code: "M210", Severity: diag.Error, Detail: fmt.Sprintf("Two columns of the model are named %q. "+
				"Name each differently, with AS, or leave one out: SELECT * EXCLUDE (%s).", c.Name, c.Name)})
		}
		seen[folded] = true
	}
	return ds.Err()
}

// leftmost is the SELECT that names the columns of a query.
func leftmost(n node) node {
	for {
		left := object(n, "left")
		if left == nil {
			return n
		}
		n = left
	}
}

func holdsStar(v any) bool {
	switch v := v.(type) {
	case node:
		if str(v, "class") == "STAR" {
			return true
		}
		if str(v, "class") == "SUBQUERY" {
			return false
		}
		for _, c := range v {
			if holdsStar(c) {
				return true
			}
		}
	case []any:
		for _, c := range v {
			if holdsStar(c) {
				return true
			}
		}
	}
	return false
}

// Check proves an expression over the columns of a relation and gives its type. A proven expression keeps its meaning
// in parentheses of its own, with a line break before the closing one.
func (w *workspace) Check(ctx context.Context, r providers.Relation, expr string) (providers.Column, error) {
	c, err := w.check(ctx, r, expr)
	return c, located(err)
}

func (w *workspace) check(ctx context.Context, r providers.Relation, expr string) (providers.Column, error) {
	const before = "SELECT ("
	stmt, err := w.one(ctx, before+expr+"\n)")
	if err != nil {
		return providers.Column{}, inExpression(err, expr, len(before))
	}
	query := object(stmt, "node")
	selected := list(query, "select_list")
	bare, err := w.one(ctx, "SELECT "+expr)
	if err != nil || len(selected) != 1 || !same(bare, stmt, places{}) || str(query, "type") != "SELECT_NODE" ||
		str(object(query, "from_table"), "type") != "EMPTY" {
		return providers.Column{}, problem("M301", nil, "This is not one expression. sql() takes what can stand between SELECT and a comma, "+
			"without a name: sql(\"round(amount / 12, 2)\").")
	}
	p := &proof{w: w, text: before + expr, expression: true}
	p.statement(ctx, stmt, nil)
	if err := p.ds.Sorted().Err(); err != nil {
		return providers.Column{}, inExpression(err, expr, len(before))
	}
	// A first column beside the expression makes the engine refuse what would fold the rows into one.
	const name = "columns of the model"
	text := before + expr + "\n) AS value, " + ident(name) + ".* FROM (SELECT * FROM " + r.SQL + ") AS " + ident(name)
	columns, err := w.describe(ctx, text, expr, places{})
	var ds diag.Diagnostics
	if errors.As(err, &ds) {
		for i := range ds {
			ds[i].Code, ds[i].Subject = "M303", nil
		}
		return providers.Column{}, ds
	}
	if err != nil {
		return providers.Column{}, err
	}
	if len(columns) != len(r.Columns)+1 {
		return providers.Column{}, problem("M301", nil, "This expression gives several columns; sql() takes one value.")
	}
	c := columns[0]
	c.Name = ""
	return c, nil
}

// inExpression moves the places of diagnostics into the expression, and gives them the codes of expressions.
func inExpression(err error, expr string, shift int) error {
	var ds diag.Diagnostics
	if !errors.As(err, &ds) {
		return err
	}
	for i := range ds {
		if at := ds[i].Subject; at != nil {
			ds[i].Subject = place(expr, at.Start.Byte-shift, at.End.Byte-at.Start.Byte)
		}
		if ds[i].Code == "M201" {
			ds[i].Code = "M301"
		}
		if ds[i].Code == "M202" || ds[i].Code == "M206" {
			ds[i].Code = "M303"
		}
	}
	return ds
}
