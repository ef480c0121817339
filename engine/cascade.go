package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/engine/plan"
)

// cascades counts what Salesforce deletes along with the records that are deleted. Where there is something, the plan is
// blocked unless the sync says cascade = true.
func (s *session) cascades(ctx context.Context, w *work, out *plan.Item, doc *plan.Plan) error {
	if w.sum.ByAction["remove"] == 0 {
		return nil
	}
	var ids []string
	for c, err := range w.diff.Changes(ctx, "remove") {
		if err != nil {
			return fmt.Errorf("reading what %s deletes: %w", w.addr(), err)
		}
		ids = append(ids, c.RecordID)
	}
	found, err := w.org.Cascades(ctx, w.Object, ids)
	if err != nil {
		return fmt.Errorf("counting what is deleted along with the records of %s: %w", w.addr(), err)
	}
	if len(found) == 0 {
		return nil
	}
	out.Cascades = found
	var got []string
	for _, object := range slices.Sorted(maps.Keys(found)) {
		got = append(got, fmt.Sprintf("%d %s", found[object], object))
	}
	at := w.Leave.Range
	doc.Guards = append(doc.Guards, plan.Guard{
		Rule: "cascade", Addr: w.addr(), Limit: "cascade = false", Got: strings.Join(got, ", "), Blocked: !w.Leave.Cascade,
		Where: fmt.Sprintf("%s:%d", at.Filename, at.Start.Line),
	})
	return nil
}
