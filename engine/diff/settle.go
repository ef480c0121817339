package diff

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"text/template"

	"github.com/signalsmith/signalsmith/providers"
)

// Intended lists the columns of an intent table apart from the fields' own: v_ is the new value, e_ the echo to
// remember, and w_ tells whether the field is written. Of fields that are only set when a row leaves, n_ is the new value.
func Intended() []providers.Column {
	return []providers.Column{
		{Name: ColKey, Type: providers.TypeText},
		{Name: "action", Type: providers.TypeText}, // "create" | "update" | "clear" | "remove"
		{Name: "known", Type: providers.TypeBool},
		{Name: ColRecordID, Type: providers.TypeText},
		{Name: ColOrigin, Type: providers.TypeText},
		{Name: ColWrote, Type: providers.TypeText},
		{Name: ColFP, Type: providers.TypeInt},
		{Name: ColRaw, Type: providers.TypeInt},
	}
}

// Intent is a query of the rows that are to be written, with all that a commit needs to know of them.
func (d *Diff) Intent() (string, error) { return d.q.sql("intent") }

// Lost is a stage whose outcomes were lost.
type Lost struct {
	N      int // makes the names of temporary tables different between stages
	Run    string
	Intent string // table of the rows that were to be written, qualified and quoted
	Fields []LostField
	Aside  []LostField     // written and not mapped
	Match  int             // index into Fields; -1 where the item had none
	Snap   string          // the records table, qualified and quoted
	Covers map[string]bool // the fields that the snapshot covers, lower case (see Covers)
}

// LostField is a field of an intent.
type LostField struct {
	Name  string           // as the intent's columns say it
	Field *providers.Field // nil where Describe shows it no more: a row that wrote it cannot be confirmed
}

// Settled tells what became of a stage whose outcomes were lost. Its tables live as long as the workspace.
type Settled struct {
	d      *Diff
	lost   *Lost
	commit string // the step that a commit takes its rows from; "" is the usual one

	Open Written // rows that are not confirmed: they are as they were, and a plan shows them again
}

// Written counts rows by what is done to their records.
type Written struct{ Creates, Updates, Clears, Removes int64 }

// Total is their sum.
func (w Written) Total() int64 { return w.Creates + w.Updates + w.Clears + w.Removes }

// Settle compares the rows of an intent with what Salesforce holds now. It writes temporary tables only. A row is
// confirmed where every field that it wrote has the value that it wrote; rows that were committed already are left out.
func Settle(ctx context.Context, ws providers.Workspace, l *Lost, object *providers.Object, live Reader) (*Settled, error) {
	q, spec, err := l.fill(ws.Dialect())
	if err != nil {
		return nil, err
	}
	s := &Settled{d: &Diff{spec: spec, ws: ws, q: q}, lost: l}
	if err := s.create(ctx, "pending"); err != nil {
		return nil, err
	}
	id := object.Field("Id")
	if id == nil {
		return nil, fmt.Errorf("object %s shows no field Id", object.Name)
	}
	var updates, creates int64
	if err := s.d.row(ctx, "SELECT count(CASE WHEN action <> 'create' THEN 1 END), count(CASE WHEN action = 'create' THEN 1 END) FROM "+q.T["pending"],
		&updates, &creates); err != nil {
		return nil, err
	}
	ids, err := s.texts(ctx, "pending_ids")
	if err != nil {
		return nil, err
	}
	asked := []asking{{by: *id, keys: ids, n: updates}}
	if l.Match >= 0 && l.Fields[l.Match].Field != nil {
		match := l.Fields[l.Match].Field
		values, err := s.texts(ctx, "pending_matches")
		if err != nil {
			return nil, err
		}
		asked = append(asked, asking{by: *match, keys: values, n: creates, byMatch: true})
	}
	if err := s.d.load(ctx, object, live, nil, asked...); err != nil {
		return nil, err
	}
	if err := s.create(ctx, "settled"); err != nil {
		return nil, err
	}
	var counts []string
	for _, action := range []string{"create", "update", "clear", "remove"} {
		counts = append(counts, "count(CASE WHEN action = '"+action+"' AND NOT confirmed THEN 1 END)")
	}
	return s, s.d.row(ctx, "SELECT "+strings.Join(counts, ", ")+" FROM "+q.T["settled"],
		&s.Open.Creates, &s.Open.Updates, &s.Open.Clears, &s.Open.Removes)
}

// create materialises one step under a name of its own.
func (s *Settled) create(ctx context.Context, step string) error {
	query, err := s.d.q.sql(step)
	if err != nil {
		return err
	}
	if err := s.d.ws.Exec(ctx, providers.Statement{SQL: s.d.ws.Dialect().CreateTemp(settleTable(step, s.lost.N), query)}); err != nil {
		return fmt.Errorf("settling, step %s: %w", step, err)
	}
	return nil
}

// texts streams the one text column of a step.
func (s *Settled) texts(ctx context.Context, step string) (iter.Seq2[string, error], error) {
	query, err := s.d.q.sql(step)
	return texts(ctx, s.d.ws, query), err
}

// texts streams the one text column of a query.
func texts(ctx context.Context, ws providers.Workspace, query string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		rows, err := ws.Query(ctx, query)
		if err != nil {
			yield("", err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				yield("", err)
				return
			}
			if !yield(text, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield("", err)
		}
	}
}

func settleTable(step string, n int) string { return "settle_" + step + "_" + strconv.Itoa(n) }

// fill prepares the template's data: the fields have names, and no expressions.
func (l *Lost) fill(d providers.Dialect) (*data, *Spec, error) {
	q := &data{
		Snapshot: l.Snap, Run: d.Literal(l.Run), Intent: l.Intent, T: map[string]string{}, dialect: d,
		Text: d.Type(providers.TypeText), Int: d.Type(providers.TypeInt), Bool: d.Type(providers.TypeBool), Instant: d.Type(providers.TypeInstant),
	}
	for _, t := range []string{"pending", "live", "settled", "commit"} {
		q.T[t] = d.Temp(settleTable(t, l.N))
	}
	spec := &Spec{N: l.N}
	var fp []string
	for i, f := range l.Fields {
		x := names(d, f.Name)
		x.Missing, x.Uncovered = f.Field == nil, !l.Covers[strings.ToLower(f.Name)]
		q.Fields = append(q.Fields, x)
		fp = append(fp, "p."+x.V)
		if f.Field != nil {
			spec.Fields = append(spec.Fields, Field{Field: *f.Field})
			spec.Fields[len(spec.Fields)-1].Name = f.Name
		}
		if i == l.Match {
			q.Match, q.MatchV = x, x.V
			q.folds = f.Field != nil && f.Field.Type != "id" && !f.Field.CaseSensitive
		}
	}
	for _, f := range l.Aside {
		x := names(d, f.Name)
		x.Missing = f.Field == nil
		q.Aside = append(q.Aside, x)
		if f.Field != nil {
			spec.Aside = append(spec.Aside, *f.Field)
			spec.Aside[len(spec.Aside)-1].Name = f.Name
		}
	}
	q.FP = d.Fingerprint(fp)
	t, err := template.New("diff").Funcs(q.funcs()).Parse(text)
	q.template = t
	return q, spec, err
}

// GiveUp is a query's worth of rows for a Commit: those that may have been created are kept as if they had been, without
// a record id.
func GiveUp(ctx context.Context, ws providers.Workspace, l *Lost) (*Settled, error) {
	q, spec, err := l.fill(ws.Dialect())
	if err != nil {
		return nil, err
	}
	s := &Settled{d: &Diff{spec: spec, ws: ws, q: q}, lost: l, commit: "given_up"}
	return s, s.create(ctx, "pending")
}

// Doubt is a query of the keys of the rows of a stage that may have been created: those that were not committed.
func (l *Lost) Doubt(d providers.Dialect) (string, error) {
	q, _, err := l.fill(d)
	if err != nil {
		return "", err
	}
	query, err := q.sql("pending")
	return "SELECT key FROM (" + query + ") AS p WHERE action = 'create'", err
}

// Commit gives the statements that bring the snapshot up to date with what was confirmed.
func (s *Settled) Commit(ctx context.Context, table string, generation int64) ([]providers.Statement, error) {
	s.d.q.Generation = generation
	step := cmp.Or(s.commit, "settled_commit")
	if err := s.create(ctx, step); err != nil {
		return nil, err
	}
	var out []providers.Statement
	for _, sql := range s.d.ws.Dialect().Replace(table, settleTable(step, s.lost.N), []string{ColKey}, s.columns()) {
		out = append(out, providers.Statement{SQL: sql})
	}
	return out, nil
}

// columns are those of a snapshot that has the intent's fields.
func (s *Settled) columns() []string {
	var out []string
	for _, c := range Fixed() {
		out = append(out, c.Name)
	}
	for _, f := range s.lost.Fields {
		out = append(out, ValueColumn(f.Name), EchoColumn(f.Name))
	}
	return out
}

// Snapshot is the snapshot as it would be after a commit. current says whether the fingerprints of the rows that were
// not in the intent are of the comparison's contract, as those of the others are.
func (s *Settled) Snapshot(current bool) (Snapshot, error) {
	query, err := s.d.q.sql("overlay")
	if err != nil {
		return Snapshot{}, err
	}
	fields := map[string]bool{}
	for _, f := range s.lost.Fields {
		fields[strings.ToLower(f.Name)] = true
	}
	return Snapshot{Table: "(" + query + ")", Fields: fields, Current: current}, nil
}
