package engine

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/providers"
)

// reread is the number of records that are read again at a time, just before they are written.
const reread = 1000

// movedSince is the code of a row that was left out because its record is not what the plan was made from.
const movedSince = "moved_since_plan"

// careful tells whether a change may take away what somebody has put there since the plan was made.
func (st *stage) careful(c *diff.Change) bool {
	if st.action == "clear" || st.action == "remove" {
		return true
	}
	return st.action == "update" && slices.ContainsFunc(c.Fields, func(f diff.Changed) bool {
		return f.Written && f.Field < len(st.w.Spec.Fields) && st.w.Spec.Fields[f.Field].Policy.Overwrite == "if_empty"
	})
}

// fresh passes changes on. Records of which something is taken away, or of which an empty field is filled, are read
// again by id first; those that moved since the plan was made are left out.
func (st *stage) fresh(ctx context.Context, changes iter.Seq2[*diff.Change, error]) iter.Seq2[*diff.Change, error] {
	return func(yield func(*diff.Change, error) bool) {
		var wait []*diff.Change
		flush := func() bool {
			moved, err := st.moved(ctx, wait)
			if err != nil {
				yield(nil, err)
				return false
			}
			for _, c := range wait {
				if moved[c.Key] {
					st.leftOut(c)
				} else if !yield(c, nil) {
					return false
				}
			}
			wait = wait[:0]
			return true
		}
		for c, err := range changes {
			switch {
			case err != nil:
				yield(nil, err)
				return
			case !st.careful(c):
				if !yield(c, nil) {
					return
				}
				continue
			}
			if wait = append(wait, kept(c)); len(wait) == reread && !flush() {
				return
			}
		}
		if len(wait) > 0 {
			flush()
		}
	}
}

// kept is a copy that outlives the step.
func kept(c *diff.Change) *diff.Change {
	out := *c
	out.Fields = slices.Clone(c.Fields)
	for i := range out.Fields {
		out.Fields[i].Before, out.Fields[i].After = clone(c.Fields[i].Before), clone(c.Fields[i].After)
	}
	return &out
}

// moved reads the records again and tells whose are gone, or were changed since they were read for the plan.
func (st *stage) moved(ctx context.Context, wait []*diff.Change) (map[string]bool, error) {
	out := map[string]bool{}
	byID := map[string]*diff.Change{}
	for _, c := range wait {
		out[c.Key] = true
		byID[c.RecordID] = c
	}
	read := st.readAgain(st.w)
	read.Count = int64(len(wait))
	read.Keys = func(yield func(string, error) bool) {
		for _, c := range wait {
			if !yield(c.RecordID, nil) {
				return
			}
		}
	}
	err := st.w.org.Read(ctx, read, func(r providers.Record) error {
		if c := byID[r.ID]; c != nil && !r.Deleted && !r.Converted {
			out[c.Key] = st.changed(c, &r)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the records of %s again: %w", st.w.addr(), err)
	}
	return out, nil
}

// changed tells whether a record differs from what the plan was made from: in a value that is compared, or changed by
// somebody else. Times have the second, so values are looked at as well. A value that is to be written may be there by
// now: another item of the same run may have written it.
func (st *stage) changed(c *diff.Change, r *providers.Record) bool {
	if !r.ModifiedAt.UTC().Truncate(time.Second).Equal(c.ModifiedAt.UTC().Truncate(time.Second)) && r.ModifiedBy != st.w.org.id.UserID {
		return true
	}
	for i, f := range c.Fields {
		if now := r.Values[i]; now != text(f.Before) && (!f.Written || st.action == "remove" || now != text(f.After)) {
			return true
		}
	}
	return false
}

func text(s *string) providers.Text {
	if s == nil {
		return providers.Text{}
	}
	return providers.T(*s)
}

// leftOut puts a row that moved on record.
func (st *stage) leftOut(c *diff.Change) {
	st.mu.Lock()
	defer st.mu.Unlock()
	o := providers.Outcome{Key: c.Key, ID: c.RecordID, Code: movedSince, Class: providers.ClassRow,
		Message: "the record was changed after the plan was made, so it was left as it is; the next plan looks at it again"}
	if err := st.rec.failed(st.w, st.action, o); err != nil && st.err == nil {
		st.err = err
	}
}
