package databricks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/config/diag"
)

// proof reads a query's tokens and refuses what a model may not do. It does not know the grammar; where it is in doubt
// about what a name or a call is, it takes the worse reading.
type proof struct {
	src    *source
	state  []string // catalog and schema of the state, which no model reads; nil where it is elsewhere
	text   string
	tokens []lexeme
	ds     diag.Diagnostics

	// expression is set for an expression over the columns of a row: no queries, nothing that makes one row of several.
	expression bool
	functions  functions
	read       []int // the first tokens of the names of tables
	frames     []frame
	ctes       map[string]bool
	declared   map[int]bool // tokens that name a common table expression where it is made
}

// frame is what is known inside one pair of brackets.
type frame struct {
	call   string // the function whose arguments these are
	query  bool   // SELECT stands in it
	from   bool   // in a FROM clause
	want   bool   // a table comes next
	values bool   // after VALUES, whose rows are separated by commas too
	open   byte
}

func (p *proof) refuse(i int, code diag.Code, detail string, hints ...string) {
	d := diag.Diagnostic{Code: code, Severity: diag.Error, Detail: detail, Hints: hints}
	if i >= 0 && i < len(p.tokens) {
		d.Subject = place(p.text, p.tokens[i].at, p.tokens[i].end-p.tokens[i].at)
	}
	p.ds = append(p.ds, d)
}

// query proves a query and gives its text without comments.
func (p *proof) query(text string) (clean string, err error) {
	tokens, clean, bad := lex(text)
	p.text = text
	if bad != nil {
		return "", problem("M202", place(text, bad.at, 1), bad.detail)
	}
	for len(tokens) > 0 && tokens[len(tokens)-1].is(";") {
		clean = clean[:tokens[len(tokens)-1].at]
		tokens = tokens[:len(tokens)-1]
	}
	p.tokens = tokens
	if len(tokens) == 0 {
		return "", problem("M201", nil, "The SQL is empty.")
	}
	first := 0
	for first < len(tokens)-1 && tokens[first].is("(") {
		first++
	}
	if t := tokens[first]; !t.is("SELECT") && !t.is("WITH") && !t.is("VALUES") && !t.is("FROM") && !t.is("TABLE") {
		return "", problem("M201", place(text, t.at, t.end-t.at), "The SQL is not a query. A model is one SELECT; what changes data, settings or files does not belong in it.")
	}
	p.walk()
	return clean, p.ds.Sorted().Err()
}

// expr proves an expression and gives its text without comments.
func (p *proof) expr(text string) (clean string, err error) {
	tokens, clean, bad := lex(text)
	p.text, p.tokens, p.expression = text, tokens, true
	if bad != nil {
		return "", problem("M303", place(text, bad.at, 1), bad.detail)
	}
	if len(tokens) == 0 {
		return "", problem("M301", nil, notOne)
	}
	p.walk()
	return clean, p.ds.Sorted().Err()
}

const notOne = "This is not one expression. sql() takes what can stand between SELECT and a comma, without a name: sql(\"round(amount / 12, 2)\")."

func (p *proof) at(i int) lexeme {
	if i < 0 || i >= len(p.tokens) {
		return lexeme{kind: tokenOp}
	}
	return p.tokens[i]
}

func (p *proof) top() *frame { return &p.frames[len(p.frames)-1] }

func (p *proof) walk() {
	p.frames = []frame{{}}
	p.findCTEs()
	for i := 0; i < len(p.tokens); i++ {
		switch t := p.tokens[i]; t.kind {
		case tokenOp:
			if !p.operator(i) {
				return
			}
		case tokenString:
			if p.top().want {
				p.refuse(i, "M206", "A table is named without quotes or in backticks.")
				p.top().want = false
			}
			if p.at(i - 1).is("USING") {
				p.refuse(i, "M206", "USING followed by a text runs a program.")
			}
		case tokenWord, tokenName:
			i = p.name(i)
		}
	}
	if len(p.frames) > 1 {
		p.refuse(len(p.tokens)-1, p.syntax(), "A bracket is open at the end.")
	}
}

func (p *proof) syntax() diag.Code {
	if p.expression {
		return "M301"
	}
	return "M202"
}

// operator reads a token that is no name; false ends the walk.
func (p *proof) operator(i int) bool {
	f := p.top()
	switch t := p.tokens[i]; t.text {
	case "(", "[":
		inner := frame{open: t.text[0]}
		if prev := p.at(i - 1); t.text == "(" && p.calls(i-1) {
			inner.call = strings.ToLower(prev.text)
		} else if f.want && t.text == "(" {
			inner.from, inner.want = true, true
		}
		f.want = false
		p.frames = append(p.frames, inner)
	case ")", "]":
		if len(p.frames) == 1 || p.top().open != map[string]byte{")": '(', "]": '['}[t.text] {
			p.refuse(i, p.syntax(), fmt.Sprintf("%s closes nothing.", t.text))
			return false
		}
		p.frames = p.frames[:len(p.frames)-1]
	case ",":
		if p.expression && len(p.frames) == 1 {
			p.refuse(i, "M301", notOne)
		}
		if f.from && !f.values {
			f.want = true
		}
	case ";":
		code := diag.Code("M201")
		if p.expression {
			code = "M301"
		}
		p.refuse(i, code, "The SQL holds several statements, and a model is one SELECT.")
		return false
	case "|>":
		p.refuse(i, "M206", "A model is written with SELECT; the pipe |> is not read here.")
	case "?":
		p.refuse(i, "M206", "The SQL holds a parameter, and nothing fills it. Use a template: ${var.name}.")
	case ":":
		if prev := p.at(i - 1); !prev.named() && prev.kind != tokenString && !prev.is(")") && !prev.is("]") {
			p.refuse(i, "M206", "The SQL holds a parameter, and nothing fills it. Use a template: ${var.name}.")
		}
	case "*":
		if prev := p.at(i - 1); p.expression && (i == 0 || prev.is("(") || prev.is(",") || prev.is(".")) {
			p.refuse(i, "M302", "An expression gives one value; * gives several.")
		}
	}
	return true
}

// calls tells whether a token followed by a bracket is a function's name.
func (p *proof) calls(i int) bool {
	t, prev := p.at(i), p.at(i-1)
	switch {
	case !t.named() || p.declared[i]:
		return false
	case t.kind == tokenWord && beforeBracket(t.text) && !prev.is("."):
		return false
	case prev.is("AS") || prev.is("::") || prev.is(")") || prev.kind != tokenOp && !(prev.kind == tokenWord && keyword(prev.text)):
		// A type, or an alias with the names of its columns: nothing else stands in its brackets.
		return !p.plain(i + 1)
	}
	return true
}

// plain tells whether a bracket holds names, numbers and commas only.
func (p *proof) plain(open int) bool {
	for i := open + 1; i < len(p.tokens); i++ {
		switch t := p.tokens[i]; {
		case t.is(")"):
			return true
		case !t.named() && t.kind != tokenNumber && !t.is(","):
			return false
		}
	}
	return false
}

// name reads a word or a name in backticks, and gives the last token it took.
func (p *proof) name(i int) int {
	t := p.tokens[i]
	if p.at(i - 1).is(".") {
		if p.at(i + 1).is("(") {
			p.refuse(i, "M204", "A function with a dot before it is a user's. Only the functions of the engine can be called; write it out, or put it into a view.")
		}
		return i
	}
	if t.kind == tokenWord && p.keyword(i) {
		return i
	}
	f := p.top()
	if f.want {
		return p.table(i)
	}
	if p.at(i+1).is("(") && p.calls(i) {
		p.function(i)
	} else if !p.at(i - 1).is(",") {
		f.values = false
	}
	return i
}

// keyword reads a keyword; false where the word is a name.
func (p *proof) keyword(i int) bool {
	t, f, next := p.tokens[i], p.top(), p.at(i+1)
	if p.expression {
		switch t.text {
		case "SELECT", "WITH", "VALUES", "FROM":
			if t.text == "FROM" && (f.call != "" || p.distinctFrom(i)) || t.text == "VALUES" && !next.is("(") {
				return true
			}
			p.refuse(i, "M302", "An expression cannot hold a query. What it needs from other tables belongs in the model's SQL, as a column.")
			return true
		case "OVER":
			p.refuse(i, "M302", "A window looks at several rows, and an expression is computed row by row. It belongs in the model's SQL, as a column.")
			return true
		case "AS":
			if len(p.frames) == 1 || f.call == "" {
				p.refuse(i, "M301", notOne)
			}
			return true
		}
	}
	switch t.text {
	case "SELECT":
		f.query, f.from, f.want, f.values = true, false, false, false
	case "FROM":
		if f.call != "" && !f.query || p.distinctFrom(i) {
			return true
		}
		f.from, f.want, f.values = true, true, false
	case "JOIN":
		f.from, f.want, f.values = true, true, false
	case "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "UNION", "INTERSECT", "MINUS", "QUALIFY", "CLUSTER", "DISTRIBUTE", "SORT":
		f.from, f.want, f.values = false, false, false
	case "EXCEPT":
		if !p.at(i - 1).is("*") {
			f.from, f.want = false, false
		}
	case "ON", "USING", "TABLESAMPLE", "PIVOT", "UNPIVOT", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "ANTI", "SEMI":
		f.values = false
		return !(t.text == "LEFT" || t.text == "RIGHT") || !next.is("(")
	case "AS":
		f.values = false
	case "VALUES":
		if f.want {
			f.want, f.values = false, true
		}
	case "WITH":
		f.want = false
	case "LATERAL", "ONLY":
	case "TABLE":
		if next.is("(") && f.want {
			p.refuse(i, "M206", "TABLE(...) passes a table to a function. Name the table after FROM.")
		} else if next.named() {
			f.want = true
		}
	case "STREAM":
		if f.want {
			p.refuse(i, "M206", "A model reads tables as they are; STREAM reads what is added to them.")
		}
	case "INSERT", "MERGE", "UPDATE", "DELETE", "OVERWRITE":
		if next.is("INTO") || next.is("OVERWRITE") || next.is("TABLE") || t.text == "DELETE" && next.is("FROM") {
			p.refuse(i, "M201", "The SQL writes. A model is one SELECT; what changes data does not belong in it.")
		}
		return false
	default:
		return keyword(t.text) && !next.is("(") && !next.is(".")
	}
	return true
}

// distinctFrom tells whether a FROM belongs to IS [NOT] DISTINCT FROM.
func (p *proof) distinctFrom(i int) bool {
	return p.at(i-1).is("DISTINCT") && (p.at(i-2).is("IS") || p.at(i-2).is("NOT") && p.at(i-3).is("IS"))
}

// findCTEs notes the names of common table expressions: name [(columns)] AS (query).
func (p *proof) findCTEs() {
	p.ctes, p.declared = map[string]bool{}, map[int]bool{}
	for i := range p.tokens {
		if !p.tokens[i].named() || p.at(i-1).is(".") {
			continue
		}
		j := i + 1
		if p.at(j).is("(") {
			for j++; j < len(p.tokens) && !p.at(j).is(")"); j++ {
			}
			j++
		}
		if !p.at(j).is("AS") || !p.at(j+1).is("(") {
			continue
		}
		for j += 2; p.at(j).is("("); j++ {
		}
		if t := p.at(j); t.is("SELECT") || t.is("WITH") || t.is("VALUES") || t.is("FROM") || t.is("TABLE") {
			p.ctes[strings.ToLower(p.tokens[i].text)] = true
			p.declared[i] = true
		}
	}
}

// table proves a name after FROM, and gives its last token.
func (p *proof) table(i int) int {
	f := p.top()
	f.want = false
	parts, end := qualified(p.tokens, i, p.text)
	if parts == nil {
		p.refuse(i, "M202", "This is not the name of a table.")
		return i
	}
	if p.at(end).is("(") {
		if len(parts) > 1 || !p.functions.table(parts[0]) {
			p.refuse(i, "M204", fmt.Sprintf("A model may not call %s after FROM: it may call %s there.", strings.Join(parts, "."), strings.Join(p.functions.tables(), ", ")),
				diag.DidYouMean(strings.ToLower(parts[0]), p.functions.tables())...)
		}
		return end - 1
	}
	if len(parts) == 1 && p.ctes[strings.ToLower(parts[0])] {
		return end - 1
	}
	if code, detail := p.foreign(parts); code != "" {
		p.refuse(i, code, detail)
	}
	p.read = append(p.read, i)
	return end - 1
}

// foreign says why a model may not read a table.
func (p *proof) foreign(parts []string) (diag.Code, string) {
	shown := strings.Join(parts, ".")
	full := p.src.full(parts)
	switch {
	case len(parts) > 3:
		return "M207", fmt.Sprintf("%s is not the name of a table: a name has one to three parts.", shown)
	case slices.ContainsFunc(parts, func(s string) bool { return strings.ContainsAny(s, "/\\:") || s == "" }),
		len(parts) == 2 && slices.Contains(formats(), strings.ToLower(parts[0])):
		return "M203", fmt.Sprintf("%s names files rather than a table. A model reads the tables and views of its source's catalogs.", shown)
	case !slices.ContainsFunc(p.src.catalogs, func(c string) bool { return strings.EqualFold(c, full[0]) }):
		return "M203", fmt.Sprintf("The catalog %s does not belong to the model's source, which reads %s. If models may read it, list it: allow_catalogs = [%q].",
			full[0], strings.Join(p.src.catalogs, ", "), full[0])
	case strings.EqualFold(full[1], "information_schema"):
		return "M203", fmt.Sprintf("%s tells about the catalog; a model reads its tables and views.", shown)
	case p.state != nil && strings.EqualFold(full[0], p.state[0]) && strings.EqualFold(full[1], p.state[1]):
		return "M203", fmt.Sprintf("%s belongs to the state, which no model reads.", shown)
	}
	return "", ""
}

// formats are what may stand before a path in the place of a schema.
func formats() []string {
	return []string{"delta", "parquet", "csv", "json", "text", "orc", "avro", "binaryfile", "iceberg", "xml", "cloudfiles", "excel"}
}

// full completes a table's name with the source's catalog and schema.
func (s *source) full(parts []string) []string {
	full := []string{s.catalog, s.schema, ""}
	if n := len(parts); n <= 3 {
		copy(full[3-n:], parts)
	}
	return full
}

// function proves a call.
func (p *proof) function(i int) {
	name := strings.ToLower(p.tokens[i].text)
	switch rows, known := p.functions.scalar(name); {
	case !known:
		p.refuse(i, "M204", fmt.Sprintf("A model may not call %s. It may call the functions of the engine that look at rows alone: none that reads files, "+
			"other systems, secrets or the session, and none that a user defined (put such a call into a view).", name), diag.DidYouMean(name, p.functions.names())...)
	case rows && p.expression:
		p.refuse(i, "M302", fmt.Sprintf("%s looks at several rows or gives several, and an expression is computed row by row. It belongs in the model's SQL, as a column.", name))
	}
}

func problem(code diag.Code, at *hcl.Range, detail string, hints ...string) error {
	return diag.Diagnostics{{Code: code, Severity: diag.Error, Detail: detail, Subject: at, Hints: hints}}
}
