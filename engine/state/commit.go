package state

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/providers"
)

// Prepare makes what a commit needs: the state's own tables on first use, the item's table, and a column for every
// field. It is called before anything is written to Salesforce, so that a state that cannot be written stops an
// apply while nothing has happened.
func (s *State) Prepare(ctx context.Context, id Identity, fields []diff.Field, random io.Reader) (*Item, error) {
	if s.Lineage == "" {
		if err := s.create(ctx, random); err != nil {
			return nil, err
		}
	}
	it := s.items[id.text()]
	if it == nil {
		// The table may be there although no item is on record: a run ended between its making and its first commit.
		it = &Item{Identity: id, Table: id.table(), columns: s.tables[id.table()]}
	}
	var ddl []providers.Statement
	d := s.ws.Dialect()
	if it.columns == nil {
		var cols []string
		for _, c := range diff.Fixed() {
			cols = append(cols, c.Name+" "+d.Type(c.Type))
			it.columns = append(it.columns, c.Name)
		}
		ddl = append(ddl, providers.Statement{SQL: "CREATE TABLE IF NOT EXISTS " + s.name(it.Table) + " (" + strings.Join(cols, ", ") + ")"})
	}
	for _, f := range fields {
		for _, c := range []string{diff.ValueColumn(f.Name), diff.EchoColumn(f.Name)} {
			if slices.ContainsFunc(it.columns, func(have string) bool { return strings.EqualFold(have, c) }) {
				continue
			}
			ddl = append(ddl, providers.Statement{SQL: "ALTER TABLE " + s.name(it.Table) + " ADD COLUMN " + d.Ident(c) + " " + d.Type(providers.TypeText)})
			it.columns = append(it.columns, c)
		}
	}
	if len(ddl) > 0 {
		if err := s.ws.Exec(ctx, ddl...); err != nil {
			return nil, fmt.Errorf("preparing the state for %s: %w", id.Addr, err)
		}
	}
	return it, nil
}

// create makes the state's own tables.
func (s *State) create(ctx context.Context, random io.Reader) error {
	lineage := make([]byte, 8)
	if _, err := io.ReadFull(random, lineage); err != nil {
		return fmt.Errorf("making a lineage: %w", err)
	}
	d := s.ws.Dialect()
	t, n, at := d.Type(providers.TypeText), d.Type(providers.TypeInt), d.Type(providers.TypeInstant)
	s.Lineage = hex.EncodeToString(lineage)
	stmts := []providers.Statement{
		{SQL: fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (name %s, value %s)", s.name(metaTable), t, t)},
		{SQL: fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (project %[2]s, environment %[2]s, addr %[2]s, org_id %[2]s, object %[2]s, match_field %[2]s, "+
			"key_columns %[2]s, table_name %[2]s, contract %[2]s, model_rows %[3]s, run %[2]s)", s.name(itemsTable), t, n)},
		{SQL: fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (run %[2]s, plan %[2]s, status %[2]s, started %[3]s, ended %[3]s)", s.name(runsTable), t, at)},
	}
	for _, m := range [][2]string{{"version", strconv.Itoa(Version)}, {"lineage", s.Lineage}, {"salt", hex.EncodeToString(s.Salt)}, {"generation", "0"}} {
		stmts = append(stmts, providers.Statement{SQL: "INSERT INTO " + s.name(metaTable) + " VALUES (?, ?)", Args: []any{m[0], m[1]}})
	}
	if err := s.ws.Exec(ctx, stmts...); err != nil {
		s.Lineage = ""
		return fmt.Errorf("making the state: %w", err)
	}
	return nil
}

// Commit brings an item's snapshot up to date, in one step. records are the statements of the comparison's own
// Commit; contract is what their fingerprints cover. Where the stored fingerprints have another stamp, they are
// recomputed from the stored text first.
func (s *State) Commit(ctx context.Context, it *Item, records []providers.Statement, fields []diff.Field, contract string, rows int64, run string) error {
	var stmts []providers.Statement
	if it.Contract != "" && it.Contract != contract {
		d := s.ws.Dialect()
		cols := make([]string, len(fields))
		for i, f := range fields {
			cols[i] = d.Ident(diff.ValueColumn(f.Name))
		}
		// Columns of fields that were not mapped meanwhile hold what was confirmed long ago: no longer evidence.
		covered := diff.Covers(it.Contract)
		for _, f := range fields {
			if !covered[strings.ToLower(f.Name)] {
				stmts = append(stmts, providers.Statement{SQL: fmt.Sprintf("UPDATE %s SET %s = NULL, %s = NULL",
					s.name(it.Table), d.Ident(diff.ValueColumn(f.Name)), d.Ident(diff.EchoColumn(f.Name)))})
			}
		}
		stmts = append(stmts, providers.Statement{SQL: "UPDATE " + s.name(it.Table) + " SET fp = " + d.Fingerprint(cols)})
	}
	stmts = append(stmts, records...)
	stmts = append(stmts,
		providers.Statement{SQL: "DELETE FROM " + s.name(itemsTable) + " WHERE table_name = ?", Args: []any{it.Table}},
		providers.Statement{SQL: "INSERT INTO " + s.name(itemsTable) + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", Args: []any{
			it.Project, it.Environment, it.Addr, it.OrgID, it.Object, it.Match, strings.Join(it.Keys, "\x1f"), it.Table, contract, rows, run}},
		providers.Statement{SQL: "UPDATE " + s.name(metaTable) + " SET value = ? WHERE name = 'generation'", Args: []any{strconv.FormatInt(s.Generation+1, 10)}},
	)
	if err := s.ws.Exec(ctx, stmts...); err != nil {
		return fmt.Errorf("committing %s: %w", it.Addr, err)
	}
	s.Generation++
	it.Contract, it.Rows, it.Run = contract, rows, run
	s.items[it.text()] = it
	return nil
}

// Ran records a finished run.
func (s *State) Ran(ctx context.Context, run, plan, status string, started, ended time.Time) error {
	if s.Lineage == "" {
		return nil
	}
	err := s.ws.Exec(ctx, providers.Statement{
		SQL:  "INSERT INTO " + s.name(runsTable) + " VALUES (?, ?, ?, ?, ?)",
		Args: []any{run, plan, status, started, ended},
	})
	if err != nil {
		return fmt.Errorf("recording run %s: %w", run, err)
	}
	return nil
}
