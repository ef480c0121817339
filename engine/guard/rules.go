package guard

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// The shares that hold where nothing is stated.
var (
	tenPercent  = config.Limit{N: 1000, Percent: true}
	fivePercent = config.Limit{N: 500, Percent: true}
)

// keyNull blocks where something would be removed while rows have no key: any of them may be one that seems to be
// gone.
func keyNull(it *plan.Item, g Item) *plan.Guard {
	nulls := it.Reasons["key_null"]
	if nulls == 0 || g.Missing == 0 || !g.Removes {
		return nil
	}
	return &plan.Guard{
		Rule: "key_null", Limit: "0", Got: fmt.Sprintf("%s with a null key, %s missing", rows(nulls), number(g.Missing)), N: nulls, Blocked: true, Where: it.Where,
	}
}

// maxRemove limits what is taken away from Salesforce: records deleted, with those that Salesforce deletes along, and
// records cleared or set. What was removed in the last 24 hours counts with it, so that a limit cannot be passed in small
// steps; a share is then of the rows that there were before.
func maxRemove(it *plan.Item, g Item) *plan.Guard {
	now := it.Counts.Removed()
	var along int64
	for _, n := range it.Cascades {
		along += n
	}
	f := figure{n: now.N + along, of: it.Source.Snapshot, open: !now.Known}
	var notes []string
	if along > 0 {
		var parts []string
		for _, object := range slices.Sorted(maps.Keys(it.Cascades)) {
			parts = append(parts, number(it.Cascades[object])+" "+object)
		}
		notes = append(notes, "of these, Salesforce deletes along: "+strings.Join(parts, ", "))
	}
	if f.n > 0 && g.Lately > 0 {
		f.n, f.of = f.n+g.Lately, f.of+g.Lately
		notes = append(notes, number(g.Lately)+" of these were removed in the last 24 hours")
	}
	v := judge("max_remove", g.Limits.MaxRemove, &tenPercent, f)
	if v != nil {
		v.Note = strings.Join(notes, "; ")
	}
	return v
}

func maxCreate(it *plan.Item, g Item) *plan.Guard {
	return judge("max_create", g.Limits.MaxCreate, nil, written(it, it.Counts.Create))
}

func maxUpdate(it *plan.Item, g Item) *plan.Guard {
	return judge("max_update", g.Limits.MaxUpdate, nil, written(it, it.Counts.Update))
}

// written is a number of records that are created or updated, of all rows that there are.
func written(it *plan.Item, n plan.Count) figure {
	return figure{n: n.N, of: max(it.Source.Rows, it.Source.Snapshot), open: !n.Known}
}

// maxMissing limits how many of the records that we knew are gone from Salesforce.
func maxMissing(it *plan.Item, g Item) *plan.Guard {
	return judge("max_missing", g.Limits.MaxMissing, &fivePercent, figure{n: it.Reasons["missing_in_salesforce"], of: it.Source.Snapshot})
}

// maxDrift limits how many of the records that we wrote were changed by somebody else.
func maxDrift(it *plan.Item, g Item) *plan.Guard {
	return judge("max_drift", g.Limits.MaxDrift, nil, figure{n: it.Reasons["drifted"], of: it.Source.Snapshot})
}

// maxReject limits how many of the model's rows are rejected.
func maxReject(it *plan.Item, g Item) *plan.Guard {
	return judge("max_reject", g.Limits.MaxReject, &fivePercent, figure{n: it.Counts.Reject.N, of: it.Source.Rows})
}

// minRows blocks a model that has too few rows: one without any, where there is a snapshot and nothing else is stated.
func minRows(it *plan.Item, g Item) *plan.Guard {
	v := &plan.Guard{Rule: "min_rows", Limit: "1", Got: rows(it.Source.Rows), N: it.Source.Rows, Where: byDefault}
	if l := g.Limits.MinRows; l != nil {
		v.Limit, v.Where, v.Blocked = number(l.N), place(l.Range), it.Source.Rows < l.N
		return v
	}
	if v.Blocked = it.Source.Rows == 0 && it.Source.Snapshot > 0; !v.Blocked {
		return nil
	}
	return v
}

// maxShrink limits how many rows fewer the model has than at the last run. Without a last run there is nothing to say.
func maxShrink(it *plan.Item, g Item) *plan.Guard {
	if it.Source.PreviousRows == nil {
		return nil
	}
	before := *it.Source.PreviousRows
	return judge("max_shrink", g.Limits.MaxShrink, nil, figure{n: max(0, before-it.Source.Rows), of: before})
}

// ahead is how far in the future a time may lie that is taken for now: clocks differ, and so do zones.
const ahead = 24 * time.Hour

// freshness blocks a model whose newest row is too old. Where no row says when it was loaded the age is unknown, and a
// time in the future says nothing of it: both block.
func freshness(it *plan.Item, g Item) *plan.Guard {
	f := g.Freshness
	if f == nil {
		return nil
	}
	v := &plan.Guard{Rule: "freshness", Limit: span(f.MaxAge), Where: place(f.Range), Blocked: true}
	switch newest := it.Source.Newest; {
	case newest == nil:
		v.Got = "age unknown"
		v.Note = "no row says in " + f.Column.Name + " when it was loaded"
	case newest.Sub(g.Now) > ahead:
		v.Got = "age unknown"
		v.Note = "the newest row was loaded at " + newest.UTC().Format(time.RFC3339) + ", which is in the future"
	default:
		age := max(0, g.Now.Sub(*newest))
		v.Blocked = age > f.MaxAge
		v.Got = "age " + span(age+time.Minute-1) // what is over the limit does not look within it
		v.Note = "the newest row was loaded at " + newest.UTC().Format(time.RFC3339)
	}
	return v
}
