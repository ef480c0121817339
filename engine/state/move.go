package state

import (
	"context"
	"fmt"
	"slices"

	"github.com/signalsmith/signalsmith/providers"
)

// At lists the snapshots of an address, whatever the rest of their identity.
func (s *State) At(project, environment, addr string) []*Item {
	return slices.DeleteFunc(s.Items(), func(it *Item) bool {
		return it.Project != project || it.Environment != environment || it.Addr != addr
	})
}

// Move gives what one address has to another, stages that have not ended included; nothing is written. Snapshots that the
// other has already, of the same org, object, match field and keys, stay as they are, and so do the first one's.
func (s *State) Move(project, environment, from, to string) (moved []*Item) {
	for _, it := range s.At(project, environment, from) {
		next := it.Identity
		next.Addr = to
		if s.items[next.text()] != nil {
			continue
		}
		delete(s.items, it.text())
		it.was, it.Identity = from, next
		s.items[it.text()] = it
		moved = append(moved, it)
	}
	for _, st := range s.stages {
		next := st.Identity
		if next.Addr = to; st.Project == project && st.Environment == environment && st.Addr == from {
			st.was, st.Identity = from, next
		}
	}
	return moved
}

// KeepMoves writes what Move did. by is the run that holds the lock.
func (s *State) KeepMoves(ctx context.Context, by string) error {
	var stmts []providers.Statement
	for _, it := range s.Items() {
		if it.was != "" {
			stmts = append(stmts, providers.Statement{
				SQL: "UPDATE " + s.name(itemsTable) + " SET addr = ? WHERE table_name = ? AND addr = ?", Args: []any{it.Addr, it.Table, it.was}})
		}
	}
	for _, st := range s.stages {
		if st.was != "" {
			stmts = append(stmts, providers.Statement{
				SQL: "UPDATE " + s.name(stagesTable) + " SET addr = ? WHERE intent_table = ? AND addr = ?", Args: []any{st.Addr, st.Intent, st.was}})
		}
	}
	if len(stmts) == 0 {
		return nil
	}
	if err := s.claim(ctx, by, s.Generation+1); err != nil {
		return err
	}
	if err := s.write(ctx, by, stmts...); err != nil {
		return fmt.Errorf("moving items of the state: %w", err)
	}
	for _, it := range s.items {
		it.was = ""
	}
	for _, st := range s.stages {
		st.was = ""
	}
	return nil
}

// Remove drops a snapshot, and the stages of it that have not ended. The rows go first: an item without rows is one that
// can be removed again.
func (s *State) Remove(ctx context.Context, it *Item, by string) error {
	if err := s.claim(ctx, by, s.Generation+1); err != nil {
		return err
	}
	stmts := []providers.Statement{{SQL: "DELETE FROM " + s.name(it.Table)}}
	var drops []providers.Statement
	for _, st := range s.stages {
		if st.Identity.Equal(it.Identity) && !st.Done {
			stmts, drops = append(stmts, s.closing(st)), append(drops, s.dropping(st))
			st.Done = true
		}
	}
	stmts = append(stmts, providers.Statement{SQL: "DELETE FROM " + s.name(itemsTable) + " WHERE table_name = ?", Args: []any{it.Table}})
	drops = append(drops, providers.Statement{SQL: "DROP TABLE IF EXISTS " + s.name(it.Table)})
	err := s.write(ctx, by, stmts...)
	if err == nil {
		err = s.ws.Exec(ctx, drops...)
	}
	if err != nil {
		return fmt.Errorf("removing %s from the state: %w", it.Addr, err)
	}
	delete(s.items, it.text())
	if s.tables != nil {
		delete(s.tables, it.Table)
	}
	return nil
}

// Origins counts the rows of a snapshot by how we came by their records.
func (s *State) Origins(ctx context.Context, it *Item) (created, adopted int64, err error) {
	rows, err := s.ws.Query(ctx, "SELECT origin, count(*) FROM "+s.name(it.Table)+" GROUP BY origin")
	if err != nil {
		return 0, 0, fmt.Errorf("counting the rows of %s: %w", it.Addr, err)
	}
	defer rows.Close()
	for rows.Next() {
		var origin string
		var n int64
		if err := rows.Scan(&origin, &n); err != nil {
			return 0, 0, fmt.Errorf("counting the rows of %s: %w", it.Addr, err)
		}
		if origin == "created" {
			created = n
		} else {
			adopted += n
		}
	}
	return created, adopted, rows.Err()
}

// table is a name for the records of an identity that no other item has: one that was moved keeps its own.
func (s *State) table(id Identity) string {
	name := recordsPrefix + id.digest()
	for taken := true; taken; {
		taken = false
		for _, it := range s.items {
			if it.Table == name {
				taken, name = true, name+"x"
			}
		}
	}
	return name
}
