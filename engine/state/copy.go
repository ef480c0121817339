package state

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
)

// Copied is what a copy moved.
type Copied struct {
	Generation int64
	Items      int
	Rows       int64 // of records
	Same       bool  // both were the same state already, and nothing was moved
}

// Copy makes the state of one workspace equal to that of another: meta with lineage, generation and salt, items, runs,
// stages, records and intents. to must be empty, or of the same lineage and not newer; both must be open for what is
// asked of them, and to must hold its lock.
//
// It is repeatable: an empty state has meta last, and one that is replaced is marked until all is there, so that a copy
// that did not finish is refused by everything but another copy.
func Copy(ctx context.Context, from, to providers.Workspace) (Copied, error) {
	src, err := open(ctx, from)
	if err != nil {
		return Copied{}, err
	}
	dst, err := open(ctx, to)
	if err != nil {
		return Copied{}, err
	}
	if err := errors.Join(src.list(ctx), dst.list(ctx)); err != nil {
		return Copied{}, err
	}
	out := Copied{Generation: src.Generation, Items: len(src.items)}
	switch {
	case src.Lineage == "":
		return out, problem("S403", "There is no state to copy: nothing was ever applied there.")
	case src.pushing:
		return out, problem("S405", "A state was being pushed there, and the push did not finish, so what is there is a mixture. Push the file again first.")
	case dst.Lineage == "":
	case dst.Lineage != src.Lineage:
		return out, problem("S401", fmt.Sprintf("The state that is there (lineage %s, generation %d) and the one that would replace it (lineage %s, generation %d) "+
			"began apart: neither is a copy of the other. If the one that is there is to go, remove it yourself: the file, or the schema's tables.",
			dst.Lineage, dst.Generation, src.Lineage, src.Generation))
	case dst.pushing:
	case dst.stamp == src.stamp && slices.EqualFunc(dst.stages, src.stages, sameStage):
		out.Same = true
		return out, nil
	case dst.Generation >= src.Generation:
		return out, problem("S404", fmt.Sprintf("The state that is there is at generation %s; the one that would replace it is at generation %s of the same "+
			"lineage. What was applied since would be lost, so it stays.", stampText(dst.stamp), stampText(src.stamp)))
	}
	if out.Rows, err = dst.replace(ctx, src); err != nil {
		return out, err
	}
	now, err := open(ctx, from)
	if err != nil {
		return out, err
	}
	if now.stamp != src.stamp || !slices.EqualFunc(now.stages, src.stages, sameStage) {
		return out, problem("S406", fmt.Sprintf("The state changed while it was read, from generation %s to %s: somebody applied. The copy is not whole. Copy again.",
			stampText(src.stamp), stampText(now.stamp)))
	}
	return out, dst.seal(ctx, src)
}

func sameStage(a, b *Stage) bool { return a.Run == b.Run && a.Intent == b.Intent && a.Done == b.Done }

func problem(code diag.Code, detail string) error {
	return diag.Diagnostics{{Code: code, Severity: diag.Error, Detail: detail}}
}

// replace copies every table but meta, and gives the number of records.
func (s *State) replace(ctx context.Context, src *State) (int64, error) {
	d := s.ws.Dialect()
	if s.Lineage != "" {
		if err := s.still(ctx); err != nil {
			return 0, err
		}
	}
	if s.Lineage != "" && !s.pushing {
		if err := s.ws.Exec(ctx, insert(d, metaTable, []any{metaPushing, src.stamp})); err != nil {
			return 0, fmt.Errorf("marking the state: %w", err)
		}
	}
	var rows int64
	for _, table := range src.whole() {
		cols := typed(table, src.tables[table])
		n, err := s.ws.Fill(ctx, d.State(table), cols, src.read(ctx, table, cols))
		if err != nil {
			return 0, fmt.Errorf("copying %s: %w", table, err)
		}
		if strings.HasPrefix(table, recordsPrefix) {
			rows += n
		}
	}
	return rows, nil
}

// whole lists the tables of a state apart from meta: its own, the records of its items, and the intents of stages.
func (s *State) whole() []string {
	var out []string
	for _, t := range own() {
		if t != metaTable {
			out = append(out, t)
		}
	}
	for _, it := range s.items {
		out = append(out, it.Table)
	}
	for _, st := range s.stages {
		out = append(out, st.Table)
		if !st.Done {
			out = append(out, st.Intent)
		}
	}
	out = slices.DeleteFunc(out, func(t string) bool { return s.tables[t] == nil })
	slices.Sort(out)
	return slices.Compact(out)
}

// seal makes meta say that the state is that of src: with one statement, and last.
func (s *State) seal(ctx context.Context, src *State) error {
	d := s.ws.Dialect()
	values := [][]any{}
	for row, err := range src.read(ctx, metaTable, columns(metaTable)) {
		if err != nil {
			return fmt.Errorf("copying %s: %w", metaTable, err)
		}
		values = append(values, slices.Clone(row))
	}
	var stmts []providers.Statement
	if s.Lineage == "" {
		stmts = append(stmts, ddl(d, "CREATE OR REPLACE TABLE", metaTable, columns(metaTable)), insert(d, metaTable, values...))
	} else {
		if err := s.still(ctx); err != nil {
			return err // an apply, or another copy, was faster
		}
		set := providers.Statement{SQL: "UPDATE " + s.name(metaTable) + " SET value = CASE name"}
		for _, v := range values {
			set.SQL += " WHEN ? THEN ?"
			set.Args = append(set.Args, v...)
		}
		set.SQL += " ELSE value END"
		stmts = append(stmts, set, providers.Statement{SQL: "DELETE FROM " + s.name(metaTable) + " WHERE name = ?", Args: []any{metaPushing}})
		keep := src.whole()
		for t := range s.tables {
			if (strings.HasPrefix(t, recordsPrefix) || strings.HasPrefix(t, intentPrefix)) && !slices.Contains(keep, t) {
				stmts = append(stmts, providers.Statement{SQL: "DROP TABLE IF EXISTS " + s.name(t)})
			}
		}
	}
	if err := s.ws.Exec(ctx, stmts...); err != nil {
		return fmt.Errorf("copying %s: %w", metaTable, err)
	}
	return nil
}

// read streams a table's rows as values that Load takes. The slice is valid until the next step.
func (s *State) read(ctx context.Context, table string, cols []providers.Column) iter.Seq2[[]any, error] {
	d := s.ws.Dialect()
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = d.Ident(c.Name)
	}
	return func(yield func([]any, error) bool) {
		rows, err := s.ws.Query(ctx, "SELECT "+strings.Join(names, ", ")+" FROM "+s.name(table))
		if err != nil {
			yield(nil, err)
			return
		}
		defer rows.Close()
		dest, out := make([]any, len(cols)), make([]any, len(cols))
		for i, c := range cols {
			switch c.Type {
			case providers.TypeInt:
				dest[i] = new(*int64)
			case providers.TypeBool:
				dest[i] = new(*bool)
			case providers.TypeInstant:
				dest[i] = new(*time.Time)
			default:
				dest[i] = new(*string)
			}
		}
		for rows.Next() {
			if err := rows.Scan(dest...); err != nil {
				yield(nil, err)
				return
			}
			for i := range dest {
				out[i] = value(dest[i])
			}
			if !yield(out, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	}
}

func value(dest any) any {
	switch p := dest.(type) {
	case **int64:
		if *p != nil {
			return **p
		}
	case **bool:
		if *p != nil {
			return **p
		}
	case **time.Time:
		if *p != nil {
			return (**p).UTC()
		}
	case **string:
		if *p != nil {
			return **p
		}
	}
	return nil
}
