// Package state keeps what was last confirmed written: one table of records per sync, the tables that say which they
// are, and the stages of runs that have not ended. It knows the tables and their columns, not where they live: that
// is the workspace's business.
//
// A row enters or changes only when Salesforce confirmed it, except for notes, which an apply commits.
//
// No write relies on a transaction over several statements. Each is repeatable, and their order is such that a reader
// sees the old or the new whatever stopped the writer in between.
package state

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
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

// Version is the version of the tables. A state of a newer version is refused.
const Version = 1

// State is the state as it was opened: identity, items, the newest run and what has not ended. It is not safe for
// concurrent use.
type State struct {
	Lineage    string // fixed when the state is made; "" before
	Generation int64  // number of commits
	Salt       []byte // of the tokens that stand for values

	LastRun  string // newest run that wrote; "" where there was none
	LastTime time.Time

	ws       providers.Workspace
	tables   map[string][]string
	items    map[string]*Item // by identity
	stages   []*Stage         // of runs that have not ended, by run and address
	removals []removal
	stamp    string // the generation's value
	claimed  string // the run that it was claimed for
	stale    bool   // an item stands in several rows
	pushing  bool   // a push did not finish
}

// Identity says which rows of which org a snapshot is about. When a part changes, nothing has left: it is another
// snapshot.
type Identity struct {
	Project, Environment string
	Addr                 string
	OrgID                string
	Object               string
	Match                string
	Keys                 []string
}

func (i Identity) text() string {
	parts := []string{i.Project, i.Environment, i.Addr, i.OrgID, strings.ToLower(i.Object), strings.ToLower(i.Match)}
	return strings.Join(append(parts, i.Keys...), separator)
}

// Equal tells whether two identities mean the same snapshot.
func (i Identity) Equal(o Identity) bool { return i.text() == o.text() }

// digest is short and of letters that any engine takes in a name.
func (i Identity) digest() string {
	sum := sha256.Sum256([]byte(i.text()))
	return hex.EncodeToString(sum[:6])
}

// values are the identity's columns in items and stages.
func (i Identity) values() []any {
	return []any{i.Project, i.Environment, i.Addr, i.OrgID, i.Object, i.Match, strings.Join(i.Keys, separator)}
}

// Item is one snapshot.
type Item struct {
	Identity
	Table    string
	Contract string // what its fingerprints cover
	Rows     int64  // of the model, at the last run
	Run      string

	generation int64
	columns    []string
	was        string // the address on record, where it was moved
}

// Open reads the state. random is for the lineage and the salt of a state that does not exist yet.
func Open(ctx context.Context, ws providers.Workspace, random io.Reader) (*State, error) {
	if random == nil {
		random = rand.Reader
	}
	s, err := open(ctx, ws)
	if err != nil {
		return nil, err
	}
	if s.pushing {
		return nil, diag.Diagnostics{{Code: "S405", Severity: diag.Error,
			Detail: "A state was being pushed here, and the push did not finish, so what is here is a mixture. The file that was pushed is whole: push it again.",
		}}
	}
	if s.Salt == nil {
		s.Salt = make([]byte, 16)
		if _, err := io.ReadFull(random, s.Salt); err != nil {
			return nil, fmt.Errorf("making a salt: %w", err)
		}
	}
	return s, nil
}

// open reads the state as it is, in one statement where nothing is open in it.
func open(ctx context.Context, ws providers.Workspace) (*State, error) {
	s := &State{ws: ws, items: map[string]*Item{}}
	if err := s.readOwn(ctx); err != nil {
		return s.without(ctx, err)
	}
	slices.SortFunc(s.stages, func(a, b *Stage) int { return strings.Compare(a.Run+separator+a.Addr, b.Run+separator+b.Addr) })
	if len(s.stages) > 0 || s.pushing {
		return s, s.list(ctx)
	}
	return s, nil
}

// readOwn reads the state's own tables.
func (s *State) readOwn(ctx context.Context) error {
	rows, err := s.ws.Query(ctx, s.query())
	if err != nil {
		return fmt.Errorf("reading the state: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r row
		if err := rows.Scan(r.dest()...); err != nil {
			return fmt.Errorf("reading the state: %w", err)
		}
		if err := s.take(&r); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading the state: %w", err)
	}
	return nil
}

// without finds out why the state could not be read: there may be none yet.
func (s *State) without(ctx context.Context, failure error) (*State, error) {
	var told diag.Diagnostics
	if errors.As(failure, &told) && slices.ContainsFunc(told, func(d diag.Diagnostic) bool { return d.Code == "P401" }) {
		return nil, failure
	}
	none := &State{ws: s.ws, items: map[string]*Item{}}
	if err := none.list(ctx); err != nil {
		return nil, err
	}
	if none.tables[metaTable] == nil {
		return none, nil // it is made last
	}
	for _, t := range own() {
		for _, c := range columns(t) {
			if !slices.Contains(none.tables[t], c.Name) {
				return nil, problem("S408", fmt.Sprintf("Its table %s has no column %s. Either the state was made by a preview of this version, or somebody changed its tables.", t, c.Name))
			}
		}
	}
	return nil, failure
}

// list reads which tables there are, once.
func (s *State) list(ctx context.Context) error {
	if s.tables != nil {
		return nil
	}
	tables, err := s.ws.Tables(ctx)
	if err != nil {
		return fmt.Errorf("reading the state: %w", err)
	}
	s.tables = tables
	for _, it := range s.items {
		if it.columns = tables[it.Table]; it.columns == nil && !s.pushing {
			return fmt.Errorf("the state names the table %s, which it does not hold", it.Table)
		}
	}
	return nil
}

// row is one row of query, whatever table it is from.
type row struct {
	table         string
	texts         [14]*string
	numbers       [2]*int64
	at            *time.Time
	text, integer int // columns taken
}

func (r *row) dest() []any {
	out := []any{&r.table}
	for i := range r.texts {
		out = append(out, &r.texts[i])
	}
	for i := range r.numbers {
		out = append(out, &r.numbers[i])
	}
	return append(out, &r.at)
}

func (r *row) s() string {
	p := r.texts[r.text]
	r.text++
	if p == nil {
		return ""
	}
	return *p
}

func (r *row) n() int64 {
	p := r.numbers[r.integer]
	r.integer++
	if p == nil {
		return 0
	}
	return *p
}

func (r *row) time() time.Time {
	if r.at == nil {
		return time.Time{}
	}
	return r.at.UTC()
}

// query puts the tables below each other: texts first, then numbers, then one instant.
func (s *State) query() string {
	d := s.ws.Dialect()
	part := func(table, where string) string {
		kinds := map[providers.Type][]string{}
		for _, c := range columns(table) {
			kinds[c.Type] = append(kinds[c.Type], d.Ident(c.Name))
		}
		cols := []string{d.Literal(table)}
		for _, k := range []struct {
			t providers.Type
			n int
		}{{providers.TypeText, len(row{}.texts)}, {providers.TypeInt, len(row{}.numbers)}, {providers.TypeInstant, 1}} {
			for i := range k.n {
				switch have := kinds[k.t]; {
				case i < len(have) && k.t == providers.TypeInstant:
					cols = append(cols, have[len(have)-1]) // of a run, the end
				case i < len(have):
					cols = append(cols, have[i])
				default:
					cols = append(cols, "CAST(NULL AS "+d.Type(k.t)+")")
				}
			}
		}
		return "SELECT " + strings.Join(cols, ", ") + " FROM " + s.name(table) + where
	}
	return strings.Join([]string{
		part(metaTable, ""), part(itemsTable, ""), part(stagesTable, ""),
		part(runsTable, " WHERE run = (SELECT max(run) FROM "+s.name(runsTable)+")"),
	}, "\nUNION ALL\n")
}

// take keeps one row.
func (s *State) take(r *row) error {
	identity := func() Identity {
		i := Identity{Project: r.s(), Environment: r.s(), Addr: r.s(), OrgID: r.s(), Object: r.s(), Match: r.s()}
		i.Keys = strings.Split(r.s(), separator)
		return i
	}
	switch r.table {
	case metaTable:
		return s.takeMeta(r.s(), r.s())
	case runsTable:
		s.LastRun, s.LastTime = r.s(), r.time()
	case itemsTable:
		it := &Item{Identity: identity(), Table: r.s(), Contract: r.s(), Run: r.s(), Rows: r.n(), generation: r.n()}
		// A commit appends before it deletes, so that two rows may be left of which the newer one holds.
		old := s.items[it.text()]
		s.stale = s.stale || old != nil
		if old == nil || old.generation <= it.generation {
			s.items[it.text()] = it
		}
	case stagesTable:
		s.takeStage(&Stage{Identity: identity(), Table: r.s(), Contract: r.s(), Run: r.s(), Plan: r.s(), Intent: r.s()}, r)
	}
	return nil
}

func (s *State) takeMeta(name, value string) error {
	switch name {
	case metaVersion:
		if v, err := strconv.Atoi(value); err != nil || v > Version {
			return diag.Diagnostics{{Code: "P401", Severity: diag.Error, Detail: fmt.Sprintf(
				"The state has version %s; this signalsmith knows versions up to %d. It was written by a newer signalsmith. "+
					"Install that version, and nothing is lost.", value, Version)}}
		}
	case metaLineage:
		s.Lineage = value
	case metaSalt:
		salt, err := hex.DecodeString(value)
		if err != nil {
			return fmt.Errorf("reading the state's salt: %w", err)
		}
		s.Salt = salt
	case metaGeneration:
		s.stamp = value
		number, _, _ := strings.Cut(value, " ")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return fmt.Errorf("reading the state's generation: %w", err)
		}
		s.Generation = n
	case metaPushing:
		s.pushing = true
	}
	return nil
}

func (s *State) name(table string) string { return s.ws.Dialect().State(table) }

// Item finds the snapshot of an identity, nil where there is none.
func (s *State) Item(id Identity) *Item { return s.items[id.text()] }

// Items lists all snapshots by project, environment and address.
func (s *State) Items() []*Item {
	out := make([]*Item, 0, len(s.items))
	for _, it := range s.items {
		out = append(out, it)
	}
	slices.SortFunc(out, func(a, b *Item) int { return strings.Compare(a.text(), b.text()) })
	return out
}

// Others lists snapshots of the same project, environment and address whose identity differs, the latest last.
func (s *State) Others(id Identity) []*Item {
	out := slices.DeleteFunc(s.Items(), func(it *Item) bool {
		return it.Project != id.Project || it.Environment != id.Environment || it.Addr != id.Addr || it.Equal(id)
	})
	slices.SortStableFunc(out, func(a, b *Item) int { return cmp.Compare(a.Run, b.Run) })
	return out
}

// Count gives the number of rows of each snapshot, by its table.
func (s *State) Count(ctx context.Context) (map[string]int64, error) {
	var parts []string
	for _, it := range s.Items() {
		parts = append(parts, "SELECT "+s.ws.Dialect().Literal(it.Table)+", count(*) FROM "+s.name(it.Table))
	}
	out := map[string]int64{}
	if len(parts) == 0 {
		return out, nil
	}
	rows, err := s.ws.Query(ctx, strings.Join(parts, " UNION ALL "))
	if err != nil {
		return nil, fmt.Errorf("counting the state's rows: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var table string
		var n int64
		if err := rows.Scan(&table, &n); err != nil {
			return nil, fmt.Errorf("counting the state's rows: %w", err)
		}
		out[table] = n
	}
	return out, rows.Err()
}

// Snapshot is the item as a comparison sees it. A nil item is an empty snapshot.
func (s *State) Snapshot(it *Item, contract string) diff.Snapshot {
	if it == nil {
		return diff.Snapshot{}
	}
	return diff.Snapshot{Table: s.name(it.Table), Fields: diff.Covers(it.Contract), Clears: diff.Clears(it.Contract), Current: it.Contract == contract}
}
