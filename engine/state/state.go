// Package state keeps what was last confirmed written: one table of records per sync, and the tables that say which
// they are. It knows the tables and their columns, not where they live: that is the workspace's business.
//
// A row enters or changes only when Salesforce confirmed it, except for notes, which an apply commits.
package state

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
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

// Version is the version of the tables. A state of a newer version is refused.
const Version = 1

// State is the state as it was opened: identity, items and the newest run. It is not safe for concurrent use.
type State struct {
	Lineage    string // fixed when the state is made; "" before
	Generation int64  // number of commits
	Salt       []byte // of the tokens that stand for values

	LastRun  string // newest run that wrote; "" where there was none
	LastTime time.Time

	ws     providers.Workspace
	items  map[string]*Item    // by identity
	tables map[string][]string // columns of the tables that were there when the state was opened
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
	return strings.Join(append(parts, i.Keys...), "\x1f")
}

// table is the name of the identity's records table.
func (i Identity) table() string {
	sum := sha256.Sum256([]byte(i.text()))
	return "records_" + hex.EncodeToString(sum[:6])
}

// Item is one snapshot.
type Item struct {
	Identity
	Table    string
	Contract string // what its fingerprints cover
	Rows     int64  // of the model, at the last run
	Run      string
	columns  []string
}

// The tables beside the records.
const (
	metaTable  = "meta"
	itemsTable = "items"
	runsTable  = "runs"
)

// Open reads the state. random is for the lineage and the salt of a state that does not exist yet.
func Open(ctx context.Context, ws providers.Workspace, random io.Reader) (*State, error) {
	if random == nil {
		random = rand.Reader
	}
	s := &State{ws: ws, items: map[string]*Item{}, Salt: make([]byte, 16)}
	if _, err := io.ReadFull(random, s.Salt); err != nil {
		return nil, fmt.Errorf("making a salt: %w", err)
	}
	tables, err := ws.Tables(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the state: %w", err)
	}
	s.tables = tables
	if _, ok := tables[metaTable]; !ok {
		return s, nil
	}
	if err := s.readMeta(ctx); err != nil {
		return nil, err
	}
	if err := s.readItems(ctx, tables); err != nil {
		return nil, err
	}
	return s, s.readRuns(ctx)
}

func (s *State) readMeta(ctx context.Context) error {
	return s.each(ctx, "SELECT name, value FROM "+s.name(metaTable), func(scan func(...any) error) error {
		var name, value string
		if err := scan(&name, &value); err != nil {
			return err
		}
		switch name {
		case "version":
			if v, err := strconv.Atoi(value); err != nil || v > Version {
				return diag.Diagnostics{{Code: "P401", Severity: diag.Error, Detail: fmt.Sprintf(
					"The state has version %s; this signalsmith knows versions up to %d. It was written by a newer signalsmith. "+
						"Install that version, and nothing is lost.", value, Version)}}
			}
		case "lineage":
			s.Lineage = value
		case "salt":
			salt, err := hex.DecodeString(value)
			if err != nil {
				return fmt.Errorf("reading the state's salt: %w", err)
			}
			s.Salt = salt
		case "generation":
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return fmt.Errorf("reading the state's generation: %w", err)
			}
			s.Generation = n
		}
		return nil
	})
}

func (s *State) readItems(ctx context.Context, tables map[string][]string) error {
	query := "SELECT project, environment, addr, org_id, object, match_field, key_columns, table_name, contract, model_rows, run FROM " + s.name(itemsTable)
	return s.each(ctx, query, func(scan func(...any) error) error {
		it := &Item{}
		var keys string
		err := scan(&it.Project, &it.Environment, &it.Addr, &it.OrgID, &it.Object, &it.Match, &keys, &it.Table, &it.Contract, &it.Rows, &it.Run)
		if err != nil {
			return err
		}
		it.Keys = strings.Split(keys, "\x1f")
		it.columns = tables[it.Table]
		if it.columns == nil {
			return fmt.Errorf("the state names the table %s, which it does not hold", it.Table)
		}
		s.items[it.text()] = it
		return nil
	})
}

func (s *State) readRuns(ctx context.Context) error {
	query := "SELECT run, ended FROM " + s.name(runsTable) + " ORDER BY run DESC LIMIT 1"
	return s.each(ctx, query, func(scan func(...any) error) error { return scan(&s.LastRun, &s.LastTime) })
}

func (s *State) each(ctx context.Context, query string, row func(scan func(...any) error) error) error {
	rows, err := s.ws.Query(ctx, query)
	if err != nil {
		return fmt.Errorf("reading the state: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s *State) name(table string) string { return s.ws.Dialect().State(table) }

// Item finds the snapshot of an identity, nil where there is none.
func (s *State) Item(id Identity) *Item { return s.items[id.text()] }

// Others lists snapshots of the same project, environment and address whose identity differs, the latest last.
func (s *State) Others(id Identity) []*Item {
	var out []*Item
	for _, it := range s.items {
		if it.Project == id.Project && it.Environment == id.Environment && it.Addr == id.Addr && it.text() != id.text() {
			out = append(out, it)
		}
	}
	slices.SortFunc(out, func(a, b *Item) int { return cmp.Or(cmp.Compare(a.Run, b.Run), cmp.Compare(a.text(), b.text())) })
	return out
}

// Snapshot is the item as a comparison sees it. A nil item is an empty snapshot.
func (s *State) Snapshot(it *Item, contract string) diff.Snapshot {
	if it == nil {
		return diff.Snapshot{}
	}
	return diff.Snapshot{Table: s.name(it.Table), Fields: diff.Covers(it.Contract), Current: it.Contract == contract}
}
