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

// mostParams is how many parameters a statement may have.
const mostParams = 256

// job is one statement to execute.
type job struct {
	sql  string
	args []any
	verb string   // CREATE, INSERT, ...; "" where it reads
	name string   // of the table, as written
	into []string // its parts
	tail string   // what follows the name

	again  string // what is executed where it is not known whether sql was; "" is sql itself
	unsafe bool   // it cannot be executed twice
	cond   string // nothing changes where it does not hold; see guard
}

// Exec runs statements in their order. The warehouse has no transactions: a failure leaves what was done before it, and
// each statement has to be such that executing it again changes nothing. Neighbours are put together where that means
// the same: values inserted into one table, columns added to one.
func (w *workspace) Exec(ctx context.Context, stmts ...providers.Statement) error {
	ctx, leave, err := w.session.Enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	jobs := make([]job, len(stmts))
	for i, s := range stmts {
		jobs[i] = readJob(s)
		if err := w.permitted(jobs[i]); err != nil {
			return err
		}
	}
	jobs = combine(jobs)
	for i := range jobs {
		if err := jobs[i].guard(); err != nil {
			return err
		}
	}
	for i := 0; i < len(jobs); i++ {
		if err := w.held(); err != nil {
			return err
		}
		if jobs[i].verb == "DROP" && w.temp(jobs[i]) {
			var names []string
			for ; i < len(jobs) && jobs[i].verb == "DROP" && w.temp(jobs[i]); i++ {
				if n := path(jobs[i].into...); w.made(n) {
					names = append(names, n)
				}
			}
			i--
			if err := w.drop(ctx, names); err != nil {
				return err
			}
			continue
		}
		if err := w.do(ctx, jobs[i]); err != nil {
			return w.rights(ctx, err)
		}
	}
	return nil
}

// do executes one statement. The schema is made where the first temporary table needs it, and names of columns are
// mapped where the first needs that.
func (w *workspace) do(ctx context.Context, j job) error {
	if j.verb == "CREATE" && w.temp(j) {
		w.mu.Lock()
		w.temps[path(j.into...)] = true
		w.mu.Unlock()
	}
	err := w.repeat(ctx, j)
	var e *Error
	if errors.As(err, &e) && e.of("SCHEMA_NOT_FOUND") && j.verb == "CREATE" {
		if err := w.repeat(ctx, job{sql: "CREATE SCHEMA IF NOT EXISTS " + path(w.dialect.schema...)}); err != nil {
			return err
		}
		return w.repeat(ctx, j)
	}
	if errors.As(err, &e) && e.of("DELTA_INVALID_CHARACTERS_IN_COLUMN_NAME", "DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES") && j.verb == "ALTER" {
		if err := w.repeat(ctx, job{sql: "ALTER TABLE " + j.name + " SET " + anyNames}); err != nil {
			return err
		}
		return w.repeat(ctx, j)
	}
	return err
}

// repeat executes a statement, again where it is known that nothing happened, or where doing it twice is the same.
func (w *workspace) repeat(ctx context.Context, j job) error {
	doubted := false
	for try := 1; ; try++ {
		sql := j.sql
		if doubted && j.again != "" {
			sql = j.again
		}
		_, err := w.pool.ExecContext(ctx, sql, j.args...)
		if err == nil {
			return nil
		}
		var d *doubt
		doubt := errors.As(err, &d)
		if err = w.wrap(ctx, err); ctx.Err() != nil {
			return err
		}
		var e *Error
		errors.As(err, &e)
		switch {
		case doubted && e != nil && e.of("TABLE_OR_VIEW_ALREADY_EXISTS", "FIELD_ALREADY_EXISTS", "FIELDS_ALREADY_EXISTS", "COLUMN_ALREADY_EXISTS", "DELTA_DUPLICATE_COLUMNS_FOUND"):
			return nil // it had been done
		case doubt && (j.unsafe || try >= w.pool.transport.pace.tries):
			return errors.Join(w.source.problem("S304", "host", fmt.Sprintf("A statement was sent to the warehouse and no answer came: %s Whether it was executed is "+
				"not known, and it cannot be executed twice. The query history of the warehouse shows it.", sentence(d.err.Error()))), d)
		case doubt:
			doubted = true
		case e != nil && e.conflict() && try < w.pool.transport.pace.tries:
		default:
			return err
		}
		if err := w.pause(ctx, try); err != nil {
			return err
		}
	}
}

// conflict tells whether a statement failed because another writer was faster; nothing was written.
func (e *Error) conflict() bool {
	return e.State == "2D521" || strings.HasPrefix(e.Class, "DELTA_CONCURRENT_") || strings.HasPrefix(e.Class, "CONCURRENT_") ||
		e.of("DELTA_METADATA_CHANGED", "DELTA_PROTOCOL_CHANGED")
}

// readJob finds out what a statement does to which table.
func readJob(s providers.Statement) job {
	j := job{sql: s.SQL, args: s.Args, cond: s.If}
	tokens, _, bad := lex(s.SQL)
	if bad != nil || len(tokens) == 0 {
		return j
	}
	word := func(i int) string {
		if i < len(tokens) && tokens[i].kind == tokenWord {
			return tokens[i].text
		}
		return ""
	}
	i := 1
	skip := func(words ...string) {
		for slices.Contains(words, word(i)) {
			i++
		}
	}
	switch word(0) {
	case "CREATE", "DROP", "ALTER":
		skip("OR", "REPLACE", "TABLE", "VIEW", "SCHEMA")
		skip("IF", "NOT", "EXISTS")
	case "INSERT", "MERGE", "DELETE":
		skip("INTO", "FROM", "OVERWRITE", "TABLE")
	case "UPDATE", "TRUNCATE":
		skip("TABLE")
	case "SELECT", "WITH", "VALUES", "FROM", "DESCRIBE", "SHOW", "EXPLAIN":
		return j
	default:
		j.verb = "?"
		return j
	}
	j.verb = word(0)
	first := i
	parts, end := qualified(tokens, i, s.SQL)
	if parts == nil {
		return j
	}
	j.into, j.name = parts, s.SQL[tokens[first].at:tokens[end-1].end]
	j.tail = strings.TrimSpace(s.SQL[tokens[end-1].end:])
	if j.verb == "CREATE" && strings.HasPrefix(j.tail, "(") && tokens[len(tokens)-1].is(")") && slices.ContainsFunc(tokens[end:], odd) {
		j.sql += " " + anyNames
	}
	if j.verb == "INSERT" {
		j.unsafe = true
		if columns, _, values := j.inserted(); values != "" {
			// What is there already is not inserted again.
			j.unsafe = false
			j.again = j.selected() + " EXCEPT ALL SELECT " + columns + " FROM " + j.name
		}
	}
	return j
}

// inserted parts INSERT INTO name (columns) VALUES rows. list is the columns in brackets or nothing; values is empty where
// the statement is another one.
func (j *job) inserted() (columns, list, values string) {
	columns, values = "*", j.tail
	tokens, _, bad := lex(j.tail)
	if bad != nil || len(tokens) == 0 {
		return "", "", ""
	}
	if tokens[0].is("(") {
		end := slices.IndexFunc(tokens, func(t lexeme) bool { return t.is(")") })
		if end < 0 {
			return "", "", ""
		}
		columns, list, values = j.tail[tokens[0].end:tokens[end].at], " "+j.tail[:tokens[end].end], strings.TrimSpace(j.tail[tokens[end].end:])
	}
	if len(values) <= 6 || !strings.EqualFold(values[:6], "VALUES") {
		return "", "", ""
	}
	return columns, list, values
}

// selected is the same insert of values as a query, which can have conditions.
func (j *job) selected() string {
	_, list, values := j.inserted()
	return "INSERT INTO " + j.name + list + " SELECT * FROM " + values
}

// odd tells whether a column's name holds what Delta refuses where names are not mapped.
func odd(t lexeme) bool { return t.kind == tokenName && strings.ContainsAny(t.text, " ,;{}()\n\t=") }

// combine puts neighbours together.
func combine(jobs []job) []job {
	var out []job
	for _, j := range jobs {
		if n := len(out) - 1; n >= 0 && out[n].verb == j.verb && out[n].cond == j.cond && slices.Equal(out[n].into, j.into) {
			if last := &out[n]; last.join(j) {
				continue
			}
		}
		out = append(out, j)
	}
	return out
}

// join adds another statement about the same table; it reports false where that is another statement.
func (j *job) join(next job) bool {
	const add = "ADD COLUMN "
	switch {
	case j.verb == "ALTER" && strings.HasPrefix(next.tail, add) && (strings.HasPrefix(j.tail, add) || strings.HasPrefix(j.tail, "ADD COLUMNS (")):
		list := strings.TrimSuffix(strings.TrimPrefix(j.tail, "ADD COLUMNS ("), ")")
		if l, ok := strings.CutPrefix(j.tail, add); ok {
			list = l
		}
		j.tail = "ADD COLUMNS (" + list + ", " + strings.TrimPrefix(next.tail, add) + ")"
		j.sql = "ALTER TABLE " + j.name + " " + j.tail
		return true
	case j.verb == "INSERT" && j.again != "" && next.again != "" && len(next.args) > 0 && len(j.args)+len(next.args) <= mostParams:
		head, row, ok := strings.Cut(next.tail, "VALUES ")
		if mine, _, _ := strings.Cut(j.tail, "VALUES "); !ok || mine != head || strings.Count(row, "?") != len(next.args) {
			return false
		}
		grown := readJob(providers.Statement{SQL: j.sql + ", " + row, Args: append(slices.Clone(j.args), next.args...), If: j.cond})
		*j = grown
		return true
	}
	return false
}

// temp tells whether a statement is about a temporary table of this plan.
func (w *workspace) temp(j job) bool {
	return w.ours(j) && strings.HasPrefix(j.into[2], w.prefix)
}

func (w *workspace) ours(j job) bool {
	return len(j.into) == 3 && strings.EqualFold(j.into[0], w.dialect.schema[0]) && strings.EqualFold(j.into[1], w.dialect.schema[1])
}

func (w *workspace) made(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.temps[name]
}

// permitted refuses what would write elsewhere than into the state's schema, or into the state without its lock.
func (w *workspace) permitted(j job) error {
	switch {
	case j.verb == "" || w.temp(j):
		return nil
	case !w.ours(j):
		return fmt.Errorf("a statement would write outside of the schema %s: %s", strings.Join(w.dialect.schema, "."), head(j.sql))
	case !w.write:
		return fmt.Errorf("the state was opened for reading, and a statement would write it: %s", head(j.sql))
	}
	return nil
}

func head(sql string) string {
	if len(sql) > 80 {
		sql = sql[:80] + "…"
	}
	return sql
}

// held tells whether the state is still ours to write.
func (w *workspace) held() error {
	if w.lock == nil {
		return nil
	}
	return w.lock.check()
}

// rights explains a statement that was refused for want of rights in the state's schema: the statements and grants
// that an administrator runs once.
func (w *workspace) rights(ctx context.Context, err error) error {
	var e *Error
	if !errors.As(err, &e) || e.State != "42501" && !e.of("INSUFFICIENT_PERMISSIONS", "PERMISSION_DENIED", "UNAUTHORIZED_ACCESS") {
		return err
	}
	user := w.source.clientID
	if user == "" {
		user = "the user of the token"
		_ = w.each(ctx, "SELECT current_user()", nil, func(scan func(...any) error) error { return scan(&user) })
	}
	schema := path(w.dialect.schema...)
	lines := []string{
		"CREATE SCHEMA IF NOT EXISTS " + schema + ";",
		"GRANT USE CATALOG ON CATALOG " + ident(w.dialect.schema[0]) + " TO " + ident(user) + ";",
		"GRANT USE SCHEMA, CREATE TABLE, SELECT, MODIFY ON SCHEMA " + schema + " TO " + ident(user) + ";",
	}
	d := w.source.problem("S303", "schema", "The state lives in "+strings.Join(w.dialect.schema, ".")+", and the warehouse refuses a statement there: "+
		sentence(e.Message)+" An administrator runs this once:\n\n    "+strings.Join(lines, "\n    ")+"\n")
	return errors.Join(diag.Diagnostics(d), e)
}
