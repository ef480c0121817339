package databricks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
)

// prover proves and describes the models of one source.
type prover struct {
	*pool
	state []string // catalog and schema of the state; nil where it is elsewhere
}

func (p *prover) proof() *proof {
	return &proof{src: p.source, state: p.state, functions: newFunctions()}
}

// model proves a model and finds its columns without running it. Diagnostics have places inside the model's SQL: a
// Subject without a file name.
func (p *prover) model(ctx context.Context, m providers.ModelSpec) (providers.Relation, error) {
	if m.Source != p.source.name {
		return providers.Relation{}, fmt.Errorf("there is no source %q here", m.Source)
	}
	if m.Table != "" {
		return p.table(ctx, m)
	}
	pr := p.proof()
	clean, err := pr.query(m.SQL)
	if err != nil {
		return providers.Relation{}, located(err)
	}
	columns, err := p.describe(ctx, clean)
	if err != nil {
		return providers.Relation{}, located(p.explain(ctx, err, pr, m.SQL))
	}
	if err := names(pr, columns); err != nil {
		return providers.Relation{}, err
	}
	return p.computed(ctx, providers.Relation{SQL: "(" + clean + "\n)", Columns: columns}, m.Computed)
}

func (p *prover) table(ctx context.Context, m providers.ModelSpec) (providers.Relation, error) {
	parts := identifiers(m.Table)
	if len(parts) == 0 || len(parts) > 3 {
		return providers.Relation{}, problem("M207", nil, fmt.Sprintf("%q is not the name of a table. A name has one to three parts, as in main.crm.customers; "+
			"a part with other characters than letters, digits and _ stands in backticks.", m.Table))
	}
	if code, detail := p.proof().foreign(parts); code != "" {
		return providers.Relation{}, problem(code, nil, detail)
	}
	name := path(p.source.full(parts)...)
	pr := &proof{text: m.Table, read: []int{0}}
	pr.tokens, _, _ = lex(m.Table)
	columns, err := p.describe(ctx, "SELECT * FROM "+name)
	if err != nil {
		err = p.explain(ctx, err, pr, "")
		var ds diag.Diagnostics
		if errors.As(err, &ds) {
			for i := range ds {
				if ds[i].Code != "M315" {
					ds[i].Subject = nil // the SQL is not the author's
				}
			}
		}
		return providers.Relation{}, err
	}
	return p.computed(ctx, providers.Relation{SQL: name, Columns: columns}, m.Computed)
}

// computed adds columns that the source computes.
func (p *prover) computed(ctx context.Context, r providers.Relation, more []providers.Computed) (providers.Relation, error) {
	if len(more) == 0 {
		return r, nil
	}
	exprs := make([]string, len(more))
	for i, c := range more {
		clean, err := p.proof().expr(c.SQL)
		if err != nil {
			return r, located(err)
		}
		exprs[i] = "(" + clean + "\n) AS " + ident(c.Name)
	}
	query := "SELECT m.*, " + strings.Join(exprs, ", ") + " FROM " + r.SQL + " AS m"
	columns, err := p.describe(ctx, query)
	if err != nil {
		return r, asExpression(p.explain(ctx, err, nil, ""))
	}
	if len(columns) != len(r.Columns)+len(more) {
		return r, problem("M301", nil, "An expression of the mapping gives several columns; sql() takes one value.")
	}
	return providers.Relation{SQL: "(" + query + ")", Columns: columns}, nil
}

// check proves an expression over the columns of a relation.
func (p *prover) check(ctx context.Context, r providers.Relation, expr string) (providers.Column, error) {
	clean, err := p.proof().expr(expr)
	if err != nil {
		return providers.Column{}, located(err)
	}
	// The other columns beside it make the engine refuse what would fold the rows into one.
	columns, err := p.describe(ctx, "SELECT ("+clean+"\n) AS value, m.* FROM "+r.SQL+" AS m")
	if err != nil {
		return providers.Column{}, asExpression(p.explain(ctx, err, nil, ""))
	}
	if len(columns) != len(r.Columns)+1 {
		return providers.Column{}, problem("M301", nil, "This expression gives several columns; sql() takes one value.")
	}
	c := columns[0]
	c.Name = ""
	return c, nil
}

// asExpression gives diagnostics the code of expressions that the engine refuses.
func asExpression(err error) error {
	var ds diag.Diagnostics
	if errors.As(err, &ds) {
		for i := range ds {
			if strings.HasPrefix(string(ds[i].Code), "M2") {
				ds[i].Code, ds[i].Subject = "M303", nil
			}
		}
		return ds
	}
	return err
}

// describe asks for the columns of a proven query, which is not run. The query begins on the second line.
func (p *prover) describe(ctx context.Context, query string) ([]providers.Column, error) {
	var columns []providers.Column
	err := p.each(ctx, "DESCRIBE QUERY\n"+query, nil, func(scan func(...any) error) error {
		var name, typ string
		var comment *string
		if err := scan(&name, &typ, &comment); err != nil {
			return err
		}
		columns = append(columns, providers.Column{Name: name, Type: class(typ), SQL: strings.ToUpper(typ)})
		return nil
	})
	return columns, err
}

// each reads all rows of a query, which may be repeated.
func (p *pool) each(ctx context.Context, query string, args []any, row func(scan func(...any) error) error) error {
	found, err := p.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = found.Close() }()
	for found.Next() {
		if err := row(found.Scan); err != nil {
			return p.wrap(ctx, err)
		}
	}
	return p.wrap(ctx, found.Err())
}

// names checks that every column of a model has a name of its own.
func names(pr *proof, columns []providers.Column) error {
	var ds diag.Diagnostics
	seen := map[string]bool{}
	for _, c := range columns {
		folded := strings.ToLower(c.Name)
		if seen[folded] {
			ds = append(ds, diag.Diagnostic{Code: "M210", Severity: diag.Error, Detail: fmt.Sprintf("Two columns of the model are named %q. "+
				"Name each differently, with AS, or leave one out: SELECT * EXCEPT (%s).", c.Name, c.Name)})
		}
		seen[folded] = true
		if pr.unnamed(c.Name) {
			ds = append(ds, diag.Diagnostic{Code: "M210", Severity: diag.Error, Detail: fmt.Sprintf("A column of the model has no name: %s. Give it one: AS name.", c.Name)})
		}
	}
	return ds.Err()
}

// unnamed tells whether the engine made a column's name up: it is the text of an expression that nobody wrote as a name.
func (p *proof) unnamed(name string) bool {
	if name != "" && !strings.ContainsAny(name, "()+*/<>=,'\"") && !digit(name[0]) {
		return false
	}
	for i, t := range p.tokens {
		// A name in backticks, and whatever SELECT * brings along, is somebody's own.
		if t.kind == tokenName && strings.EqualFold(t.text, name) || t.is("*") && (p.at(i-1).is("SELECT") || p.at(i-1).is(".") || p.at(i-1).is(",")) {
			return false
		}
	}
	return true
}

// located says in the details where in the SQL the problems are, for those who do not see the SQL beside them.
func located(err error) error {
	var ds diag.Diagnostics
	if !errors.As(err, &ds) {
		return err
	}
	for i := range ds {
		if at := ds[i].Subject; at != nil && at.Filename == "" && !strings.HasPrefix(ds[i].Detail, "Line ") {
			ds[i].Detail = fmt.Sprintf("Line %d, column %d: %s", at.Start.Line, at.Start.Column, ds[i].Detail)
		}
	}
	return ds
}

// explain turns what the engine says about a query that it did not run into a diagnostic. The author's text began on
// the statement's second line.
func (p *prover) explain(ctx context.Context, err error, pr *proof, sql string) error {
	var ds diag.Diagnostics
	if errors.As(err, &ds) {
		return ds
	}
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	at := placeAt(sql, e.Line-1, e.Column)
	if e.Line <= 1 || sql == "" {
		at = nil
	}
	detail := sentence(e.Message)
	switch {
	case e.State == "42P01" || e.of("TABLE_OR_VIEW_NOT_FOUND"):
		hints := p.near(ctx, pr)
		return problem("M207", at, detail, hints...)
	case e.of("PARSE_SYNTAX_ERROR", "PARSE_EMPTY_STATEMENT") || e.State == "42601":
		return problem("M202", at, detail)
	case e.of("UNRESOLVED_COLUMN", "UNRESOLVED_FIELD") || e.State == "42703":
		var hints []string
		if hints = diag.DidYouMean(quotedIn(e.Message), e.Candidates); hints == nil && len(e.Candidates) > 0 {
			hints = []string{"near it: " + strings.Join(e.Candidates, ", ")}
		}
		return problem("M208", at, detail, hints...)
	}
	return problem("M208", at, detail)
}

// near says what was probably meant by the tables that are not there.
func (p *prover) near(ctx context.Context, pr *proof) []string {
	if pr == nil || len(pr.read) == 0 {
		return nil
	}
	tables := p.tables(ctx)
	for _, i := range pr.read {
		parts, _ := qualified(pr.tokens, i, pr.text)
		full := p.source.full(parts)
		shown := full[2]
		if !strings.EqualFold(full[1], p.source.schema) {
			shown = full[1] + "." + full[2]
		}
		there := slices.ContainsFunc(tables, func(t string) bool { return strings.EqualFold(t, shown) })
		if hints := diag.DidYouMean(shown, tables); !there && hints != nil {
			return hints
		}
	}
	return nil
}

// quotedIn is the last part of the first name in backticks of a message.
func quotedIn(message string) string {
	_, rest, _ := strings.Cut(message, "`")
	name, _, _ := strings.Cut(rest, "` ")
	parts := strings.Split(strings.Trim(name, "`"), "`.`")
	return parts[len(parts)-1]
}

// tables lists what a model may name, for suggestions; nothing where the catalog does not tell.
func (p *prover) tables(ctx context.Context) []string {
	var out []string
	err := p.each(ctx, "SELECT table_schema, table_name FROM "+path(p.source.catalog, "information_schema", "tables")+" LIMIT 5000", nil, func(scan func(...any) error) error {
		var schema, name string
		if err := scan(&schema, &name); err != nil {
			return err
		}
		if strings.EqualFold(schema, p.source.schema) {
			out = append(out, name)
		} else if !strings.EqualFold(schema, "information_schema") {
			out = append(out, schema+"."+name)
		}
		return nil
	})
	if err != nil {
		// A catalog that is not Unity Catalog's has no information_schema.
		_ = p.each(ctx, "SHOW TABLES IN "+path(p.source.catalog, p.source.schema), nil, func(scan func(...any) error) error {
			var schema, name string
			var temporary any
			if err := scan(&schema, &name, &temporary); err != nil {
				return err
			}
			out = append(out, name)
			return nil
		})
	}
	slices.Sort(out)
	return out
}
