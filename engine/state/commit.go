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

	"github.com/signalsmith/signalsmith/config/diag"
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
	if err := s.list(ctx); err != nil {
		return nil, err
	}
	it := s.items[id.text()]
	if it == nil {
		// The table may be there although no item is on record: a run ended between its making and its first commit.
		it = &Item{Identity: id, Table: s.table(id)}
		it.columns = s.tables[it.Table]
	}
	var stmts []providers.Statement
	d := s.ws.Dialect()
	if it.columns == nil {
		for _, c := range diff.Fixed() {
			it.columns = append(it.columns, c.Name)
		}
		stmts = append(stmts, ddl(d, "CREATE TABLE IF NOT EXISTS", it.Table, diff.Fixed()))
	}
	for _, f := range fields {
		for _, c := range []string{diff.ValueColumn(f.Name), diff.EchoColumn(f.Name)} {
			if slices.ContainsFunc(it.columns, func(have string) bool { return strings.EqualFold(have, c) }) {
				continue
			}
			stmts = append(stmts, providers.Statement{SQL: "ALTER TABLE " + s.name(it.Table) + " ADD COLUMN " + d.Ident(c) + " " + d.Type(providers.TypeText)})
			it.columns = append(it.columns, c)
		}
	}
	if len(stmts) > 0 {
		err := s.still(ctx)
		if err == nil {
			err = s.ws.Exec(ctx, stmts...)
		}
		if err != nil {
			return nil, fmt.Errorf("preparing the state for %s: %w", id.Addr, err)
		}
		s.tables[it.Table] = it.columns
	}
	return it, nil
}

// create makes the state's own tables. The rows of meta come last and in one statement, which finds out itself whether
// somebody else was faster: a state that has them is whole.
func (s *State) create(ctx context.Context, random io.Reader) error {
	lineage := make([]byte, 8)
	if _, err := io.ReadFull(random, lineage); err != nil {
		return fmt.Errorf("making a lineage: %w", err)
	}
	d := s.ws.Dialect()
	var stmts []providers.Statement
	for _, t := range own() {
		stmts = append(stmts, ddl(d, "CREATE TABLE IF NOT EXISTS", t, columns(t)))
	}
	meta := insert(d, metaTable, []any{metaVersion, strconv.Itoa(Version)}, []any{metaLineage, hex.EncodeToString(lineage)},
		[]any{metaSalt, hex.EncodeToString(s.Salt)}, []any{metaGeneration, "0"})
	meta.If = "NOT EXISTS (SELECT 1 FROM " + s.name(metaTable) + ")"
	if err := s.ws.Exec(ctx, append(stmts, meta)...); err != nil {
		return fmt.Errorf("making the state: %w", err)
	}
	now, err := s.meta(ctx, metaLineage)
	if err != nil {
		return fmt.Errorf("making the state: %w", err)
	}
	if now != hex.EncodeToString(lineage) {
		return s.overtaken("", "another one that somebody else made")
	}
	s.Lineage, s.stamp = now, "0"
	return nil
}

// claim writes this run's name beside the generation, and makes it the given one, where it is still what this process
// has read or written last. Whoever lost the lock meanwhile is stopped here.
func (s *State) claim(ctx context.Context, run string, generation int64) error {
	next := fmt.Sprintf("%d %s", generation, run)
	if next == s.stamp {
		return nil
	}
	err := s.ws.Exec(ctx, providers.Statement{
		SQL:  "UPDATE " + s.name(metaTable) + " SET value = ? WHERE name = ? AND value = ?",
		Args: []any{next, metaGeneration, s.stamp},
	})
	if err != nil {
		return fmt.Errorf("claiming the state: %w", err)
	}
	now, err := s.meta(ctx, metaGeneration)
	if err != nil {
		return fmt.Errorf("claiming the state: %w", err)
	}
	if now != next {
		return s.overtaken(run, stampText(now))
	}
	s.stamp, s.claimed, s.Generation = next, run, generation
	return nil
}

// write executes statements that change nothing, each for itself, once another run has claimed the state. That is then an
// error, also where it happened after the last of them.
func (s *State) write(ctx context.Context, run string, stmts ...providers.Statement) error {
	held := "EXISTS (SELECT 1 FROM " + s.name(metaTable) + " WHERE name = " + s.ws.Dialect().Literal(metaGeneration) +
		" AND value = " + s.ws.Dialect().Literal(s.stamp) + ")"
	for i := range stmts {
		stmts[i].If = held
	}
	if err := s.ws.Exec(ctx, stmts...); err != nil {
		return err
	}
	now, err := s.meta(ctx, metaGeneration)
	if err == nil && now != s.stamp {
		err = s.overtaken(run, stampText(now))
	}
	return err
}

// still is an error where the state is not at the generation that this process read or wrote last. It stands before statements
// that cannot have a condition: those that make, extend and drop tables. What they make is named after an item or a run, or
// is there already, so that one who is overtaken between the two does no harm.
func (s *State) still(ctx context.Context) error {
	now, err := s.meta(ctx, metaGeneration)
	if err == nil && now != s.stamp {
		err = s.overtaken("", stampText(now))
	}
	return err
}

// meta reads one value of the meta table.
func (s *State) meta(ctx context.Context, name string) (value string, err error) {
	rows, err := s.ws.Query(ctx, "SELECT value FROM "+s.name(metaTable)+" WHERE name = ?", name)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&value); err != nil {
			return "", err
		}
	}
	return value, rows.Err()
}

// overtaken is the error of a run whose state is another run's by now.
func (s *State) overtaken(run, now string) error {
	who := "This run"
	if run != "" {
		who = "Run " + run
	}
	return diag.Diagnostics{{Code: "S402", Severity: diag.Error, Command: "signalsmith apply", Detail: fmt.Sprintf(
		"%s read the state at generation %s; meanwhile it is at %s. Somebody broke this run's lock and worked on. "+
			"Nothing more was written. What this run had sent is settled by the next apply:", who, stampText(s.stamp), now)}}
}

// stampText is a generation as people read it: "7 of run 20261123-121004-9b1c".
func stampText(stamp string) string {
	n, run, ok := strings.Cut(stamp, " ")
	if !ok {
		return n
	}
	return n + " of run " + run
}

// Change is what a commit does to one item's snapshot.
type Change struct {
	// Records gives the statements that bring the records table up to date; their rows carry the generation.
	Records func(generation int64) ([]providers.Statement, error)

	Fields   []string // that the fingerprints cover, in order
	Contract string   // what they cover, and by which function
	Rows     int64    // of the model
	Run      string
	Stage    *Stage // closed with the commit, nil where there is none

	// Narrow, if not nil, is a stage that stays open with the rows of its intent whose keys the query Doubtful gives; ""
	// is all of them.
	Narrow   *Stage
	Doubtful string
}

// Commit brings an item's snapshot up to date. Where the stored fingerprints are of another contract, they are
// recomputed from the stored text first. by is the run that holds the lock: the change's own, or one that settles it.
func (s *State) Commit(ctx context.Context, it *Item, c Change, by string) error {
	records, err := c.Records(s.Generation + 1)
	if err != nil {
		return fmt.Errorf("committing %s: %w", it.Addr, err)
	}
	if err := s.claim(ctx, by, s.Generation+1); err != nil {
		return err
	}
	d := s.ws.Dialect()
	var stmts []providers.Statement
	if it.Contract != "" && it.Contract != c.Contract {
		cols := make([]string, len(c.Fields))
		for i, f := range c.Fields {
			cols[i] = d.Ident(diff.ValueColumn(f))
		}
		// Until the item says what the fingerprints cover now, nobody trusts them.
		_, fields, _ := strings.Cut(it.Contract, "|")
		stmts = append(stmts, providers.Statement{SQL: "UPDATE " + s.name(itemsTable) + " SET contract = ? WHERE table_name = ?",
			Args: []any{"changing|" + fields, it.Table}})
		// Columns of fields that were not mapped meanwhile hold what was confirmed long ago: no longer evidence. Where this
		// is done again, rows that were brought up to date before are left alone.
		covered := diff.Covers(it.Contract)
		for _, f := range c.Fields {
			if !covered[strings.ToLower(f)] {
				stmts = append(stmts, providers.Statement{Args: []any{c.Run}, SQL: fmt.Sprintf("UPDATE %s SET %s = NULL, %s = NULL WHERE run IS NULL OR run <> ?",
					s.name(it.Table), d.Ident(diff.ValueColumn(f)), d.Ident(diff.EchoColumn(f)))})
			}
		}
		stmts = append(stmts, providers.Statement{SQL: "UPDATE " + s.name(it.Table) + " SET fp = " + d.Fingerprint(cols) + ", raw = NULL"})
	}
	stmts = append(stmts, records...)
	stmts = append(stmts, insert(d, itemsTable, append(it.values(), it.Table, c.Contract, c.Run, c.Rows, s.Generation)))
	it.Contract, it.Rows, it.Run, it.generation = c.Contract, c.Rows, c.Run, s.Generation
	stmts = append(stmts, s.superseded(it))
	if c.Stage != nil {
		stmts = append(stmts, s.closing(c.Stage))
	}
	if c.Narrow != nil && c.Doubtful != "" {
		stmts = append(stmts, providers.Statement{SQL: "DELETE FROM " + s.name(c.Narrow.Intent) + " WHERE key NOT IN (" + c.Doubtful + ")"})
	}
	if err := s.write(ctx, by, stmts...); err != nil {
		return fmt.Errorf("committing %s: %w", it.Addr, err)
	}
	if c.Stage != nil {
		c.Stage.Done = true
		if err := s.ws.Exec(ctx, s.dropping(c.Stage)); err != nil {
			return fmt.Errorf("committing %s: %w", it.Addr, err)
		}
	}
	s.items[it.text()] = it
	return nil
}

// Drop closes a stage without a word of what became of its rows.
func (s *State) Drop(ctx context.Context, st *Stage, by string) error {
	if err := s.claim(ctx, by, s.Generation); err != nil {
		return err
	}
	err := s.write(ctx, by, s.closing(st))
	if err == nil {
		err = s.ws.Exec(ctx, s.dropping(st))
	}
	if err != nil {
		return fmt.Errorf("closing a stage of run %s: %w", st.Run, err)
	}
	st.Done = true
	return nil
}

// superseded deletes the rows of an item that a newer one has replaced.
func (s *State) superseded(it *Item) providers.Statement {
	return providers.Statement{SQL: "DELETE FROM " + s.name(itemsTable) + " WHERE table_name = ? AND generation < ?", Args: []any{it.Table, it.generation}}
}

// Ran records a run that has ended, and forgets its stages but for those that are still open.
func (s *State) Ran(ctx context.Context, run, plan, status string, started, ended time.Time) error {
	if s.Lineage == "" {
		return nil
	}
	d := s.ws.Dialect()
	err := s.write(ctx, run,
		providers.Statement{SQL: "DELETE FROM " + s.name(runsTable) + " WHERE run = ?", Args: []any{run}},
		insert(d, runsTable, []any{run, plan, status, started, ended}),
		providers.Statement{SQL: "DELETE FROM " + s.name(stagesTable) + " WHERE run = ? AND status = ?", Args: []any{run, statusDone}},
	)
	if err != nil {
		return fmt.Errorf("recording run %s: %w", run, err)
	}
	if run > s.LastRun {
		s.LastRun, s.LastTime = run, ended
	}
	return nil
}
