package config

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/schema"
)

// Model is a SQL query, or a table, of a source, with a primary key.
type Model struct {
	Name       string
	Key        string // of for_each; "" where there is none
	Source     *Source
	PrimaryKey []Named // at least one column, no two the same

	// SQL is the query's text, or Table the table's name as the source knows it; exactly one is set. SQLRange is
	// the expression it comes from; SQLFile the file that file() read it from, if it did.
	SQL      string
	Table    string
	SQLRange hcl.Range
	SQLFile  string

	Timezone  string     // IANA name; how timestamps without zone are read; "UTC" by default
	Freshness *Freshness // nil where the rows may be of any age
	Range     hcl.Range
}

// Named is a name with its place.
type Named struct {
	Name  string
	Range hcl.Range
}

// Addr is the block's address.
func (m *Model) Addr() addr.Item { return addr.Item{Type: "model", Name: m.Name, Key: m.Key} }

func modelSchema() *schema.Block {
	return &schema.Block{
		Args: []schema.Arg{
			{Name: "source", Ref: "source", Required: true, Doc: "It is the source that the rows come from."},
			{Name: "primary_key", Type: cty.List(cty.String), Required: true, Doc: "It names the columns that tell one row from another."},
			{Name: "sql", Type: cty.String},
			{Name: "table", Type: cty.String},
			{Name: "timezone", Type: cty.String},
			forEach(),
		},
		Blocks: []schema.Nested{
			{Type: "freshness", Block: freshnessSchema()},
		},
	}
}

func (l *loader) models() { instances(l, "model", l.cfg.Models, newModel) }

func newModel(d *decoder, item addr.Item, b *hclsyntax.Block) *Model {
	body := d.body(b, modelSchema())
	m := &Model{Name: item.Name, Key: item.Key, Source: d.l.cfg.Sources[body.Text("source")], Timezone: "UTC", Range: b.DefRange()}
	m.query(d, b, body)
	m.key(d, body)
	m.zone(d, body)
	m.Freshness = d.freshness(body)
	return m
}

// query reads sql or table.
func (m *Model) query(d *decoder, b *hclsyntax.Block, body *schema.Body) {
	sql, hasSQL := b.Body.Attributes["sql"]
	table, hasTable := b.Body.Attributes["table"]
	switch {
	case hasSQL && hasTable:
		at := later(sql, table).NameRange
		d.report(diag.Diagnostic{
			Code: "C132", Subject: &at, Label: "one too many",
			Detail:  "A model reads its rows either with a query (sql) or from a table (table), not both. Remove one of the two.",
			Related: []diag.Related{{Range: earlier(sql, table).NameRange, Label: "the other one"}},
		})
		return
	case !hasSQL && !hasTable:
		if meantQuery(b) {
			return
		}
		d.fail("C132", b.DefRange(), "neither sql nor table", `A model reads its rows with a query, sql = "select ...", or from a table, table = "NAME".`)
		return
	}
	name := "sql"
	if hasTable {
		name = "table"
	}
	text, ok := d.shown(body, name)
	m.SQLRange = body.At(name)
	if !ok {
		if v, decoded := body.Args[name]; decoded && v.IsNull() {
			d.fail("C132", v.Range, "null", `A model reads its rows with a query, sql = "select ...", or from a table, table = "NAME".`)
		}
		return
	}
	if strings.TrimSpace(text) == "" {
		d.fail("C112", m.SQLRange, "empty", fmt.Sprintf("%s is empty, so there are no rows to read.", name))
		return
	}
	if name == "table" {
		m.Table = text
		return
	}
	m.SQL = strings.ReplaceAll(text, "\r\n", "\n")
	m.SQLFile = d.l.fileOf(body.Args["sql"].Expr, d.ctx)
}

// meantQuery tells whether an unknown argument was probably meant as sql or table; it is reported already.
func meantQuery(b *hclsyntax.Block) bool {
	for _, attr := range b.Body.Attributes {
		switch diag.Nearest(attr.Name, available(modelSchema())) {
		case "sql", "table":
			return true
		}
	}
	return false
}

func earlier(a, b *hclsyntax.Attribute) *hclsyntax.Attribute {
	if a.SrcRange.Start.Byte < b.SrcRange.Start.Byte {
		return a
	}
	return b
}

func later(a, b *hclsyntax.Attribute) *hclsyntax.Attribute {
	if earlier(a, b) == a {
		return b
	}
	return a
}

// fileOf is the name of the file that an expression is the text of: file("NAME"). The text is kept among the
// configuration's files, so that messages can show it.
func (l *loader) fileOf(expr hcl.Expression, ctx *hcl.EvalContext) string {
	if p, ok := expr.(*hclsyntax.ParenthesesExpr); ok {
		return l.fileOf(p.Expression, ctx)
	}
	c, ok := expr.(*hclsyntax.FunctionCallExpr)
	if !ok || c.Name != "file" || len(c.Args) != 1 {
		return ""
	}
	v, hd := c.Args[0].Value(ctx)
	if hd.HasErrors() || !v.IsKnown() || v.IsNull() || v.IsMarked() || v.Type() != cty.String {
		return ""
	}
	name := v.AsString()
	if filepath.IsAbs(name) {
		rel, err := filepath.Rel(l.cfg.Dir, name)
		if err != nil {
			return ""
		}
		name = filepath.ToSlash(rel)
	}
	name = path.Clean(name)
	text, ok := l.read[name]
	if !ok {
		return ""
	}
	if _, taken := l.cfg.Files[name]; !taken {
		l.cfg.Files[name] = &hcl.File{Bytes: text}
	}
	return name
}

// key reads primary_key.
func (m *Model) key(d *decoder, body *schema.Body) {
	v, ok := body.Args["primary_key"]
	if !ok {
		return
	}
	if v.ContainsMarked() {
		d.shown(body, "primary_key")
		return
	}
	names := body.Texts("primary_key")
	if len(names) == 0 {
		d.fail("C112", v.Range, "no column", "The primary key names at least one column: it tells one row from another.")
		return
	}
	places, _ := hcl.ExprList(v.Expr)
	seen := map[string]hcl.Range{}
	for i, n := range names {
		at := v.Range
		if len(places) == len(names) {
			at = places[i].Range()
		}
		if strings.TrimSpace(n) == "" {
			d.fail("C112", at, "empty", "The name of a column cannot be empty.")
			continue
		}
		if first, again := seen[n]; again {
			d.report(diag.Diagnostic{
				Code: "C108", Subject: &at, Label: "again",
				Detail:  fmt.Sprintf("The column %q is named twice in the primary key. Remove one of the two.", n),
				Related: []diag.Related{{Range: first, Label: "named here first"}},
			})
			continue
		}
		seen[n] = at
		m.PrimaryKey = append(m.PrimaryKey, Named{Name: n, Range: at})
	}
}

// zone reads timezone.
func (m *Model) zone(d *decoder, body *schema.Body) {
	name, ok := d.shown(body, "timezone")
	if !ok {
		return
	}
	_, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		detail := `A timezone is a name of the IANA database, as in "UTC" or "Europe/Berlin". Abbreviations and offsets are not used, since they do not know about summer time.`
		d.fail("C112", body.At("timezone"), "not a timezone", detail, diag.DidYouMean(name, zones())...)
		return
	}
	m.Timezone = name
}

// zones are names that are often meant.
func zones() []string {
	return []string{
		"UTC", "Europe/Berlin", "Europe/London", "Europe/Paris", "Europe/Madrid", "Europe/Rome", "Europe/Amsterdam",
		"Europe/Zurich", "Europe/Vienna", "Europe/Stockholm", "Europe/Dublin", "America/New_York", "America/Chicago",
		"America/Denver", "America/Los_Angeles", "America/Toronto", "America/Sao_Paulo", "Asia/Tokyo", "Asia/Kolkata",
		"Asia/Singapore", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Dubai", "Australia/Sydney", "Australia/Melbourne",
		"Pacific/Auckland", "Africa/Johannesburg",
	}
}
