package state

import (
	"context"
	"fmt"
	"time"

	"github.com/signalsmith/signalsmith/providers"
)

// removal is what one run took away from Salesforce of one item. It stands in the table of stages, and stays there for
// some time after the run: limits are held over a day.
type removal struct {
	table string // of the item's records, which stays the same when the item is moved
	run   string
	n     int64
	at    time.Time
}

// What tells a removal from a stage: its operation, and a status that a run's end does not sweep.
const (
	opRemoval     = "removal"
	statusCounted = "counted"
)

// keptRemovals is how long removals stay on record.
const keptRemovals = 48 * time.Hour

// Removing puts on record that a run is about to take so much away. It is durable before the first request: a run that dies
// has removed that much, as far as anybody knows.
func (s *State) Removing(ctx context.Context, it *Item, run string, n int64, at time.Time) error {
	values := append(it.values(), it.Table, "", run, "", "", opRemoval, statusCounted, int64(0), n, at.UTC())
	err := s.write(ctx, run,
		providers.Statement{SQL: "DELETE FROM " + s.name(stagesTable) + " WHERE status = ? AND started < ?", Args: []any{statusCounted, at.UTC().Add(-keptRemovals)}},
		insert(s.ws.Dialect(), stagesTable, values),
	)
	if err != nil {
		return fmt.Errorf("recording what is to be removed of %s: %w", it.Addr, err)
	}
	return nil
}

// Removed corrects what Removing said, now that it is known.
func (s *State) Removed(ctx context.Context, it *Item, run string, n int64) error {
	err := s.write(ctx, run, providers.Statement{
		SQL:  "UPDATE " + s.name(stagesTable) + " SET row_count = ? WHERE run = ? AND table_name = ? AND status = ?",
		Args: []any{n, run, it.Table, statusCounted},
	})
	if err != nil {
		return fmt.Errorf("recording what was removed of %s: %w", it.Addr, err)
	}
	return nil
}

// RemovedSince sums up what was removed of an item from a time on; nothing of a nil item.
func (s *State) RemovedSince(it *Item, from time.Time) int64 {
	var n int64
	for _, r := range s.removals {
		if it != nil && r.table == it.Table && !r.at.Before(from) {
			n += r.n
		}
	}
	return n
}
