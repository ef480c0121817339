package engine

import (
	"context"
	"fmt"

	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// defaultSamples is the number of rows shown per action.
const defaultSamples = 10

// samples picks rows of every action, in order of their keys, and masks what is pii.
func (s *session) samples(ctx context.Context, w *work, out *plan.Item, tokens plan.Tokens, o PlanOptions) error {
	limit := o.Samples
	if limit == 0 {
		limit = defaultSamples
	}
	key := func(k string) (string, bool) {
		if w.PIIKey && !o.ShowValues {
			return tokens.Of(k), true
		}
		return k, false
	}
	var drifters []string
	for _, action := range []string{"update", "create", "adopt"} {
		if w.tally.ByAction[action] == 0 {
			continue
		}
		for c, err := range w.diff.Changes(ctx, action, limit) {
			if err != nil {
				return err
			}
			sm := plan.Sample{Action: action, Reason: c.Reason, Fields: []plan.SampleField{}}
			sm.Key, sm.KeyMasked = key(c.Key)
			for _, f := range c.Fields {
				if !f.Written || action == "adopt" {
					continue
				}
				sf := plan.SampleField{Field: w.Spec.Fields[f.Field].Name, Before: clone(f.Before), After: clone(f.After)}
				if f.Drifted {
					sm.Detail = c.By
				}
				if w.PII[f.Field] && !o.ShowValues {
					sf = tokens.Mask(sf)
				}
				sm.Fields = append(sm.Fields, sf)
			}
			if sm.Detail != "" {
				drifters = append(drifters, sm.Detail)
			}
			out.Samples = append(out.Samples, sm)
		}
	}
	if err := s.nameDrifters(ctx, w, out, drifters); err != nil {
		return err
	}
	return s.others(ctx, w, out, limit, key)
}

// nameDrifters replaces user ids by user names.
func (s *session) nameDrifters(ctx context.Context, w *work, out *plan.Item, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	names, err := w.org.Users(ctx, ids)
	if err != nil {
		return fmt.Errorf("looking up who changed records: %w", err)
	}
	for i := range out.Samples {
		sm := &out.Samples[i]
		if sm.Detail == "" {
			continue
		}
		who := sm.Detail
		if n := names[who]; n != "" {
			who = n
		}
		sm.Detail = "changed by " + who
	}
	return nil
}

// others adds rows that nothing is written for.
func (s *session) others(ctx context.Context, w *work, out *plan.Item, limit int, key func(string) (string, bool)) error {
	for _, class := range []string{"skip", "leave", "reject", "held"} {
		if w.tally.ByAction[class] == 0 {
			continue
		}
		rows, err := w.diff.Others(ctx, class, limit)
		if err != nil {
			return err
		}
		for _, r := range rows {
			sm := plan.Sample{Action: r.Action, Reason: r.Reason, Fields: []plan.SampleField{}}
			if r.Reason == "key_null" {
				sm.Key = "(null)"
			} else {
				sm.Key, sm.KeyMasked = key(r.Key)
			}
			if r.Detail != "" {
				sm.Detail = detailOf(r, w)
			}
			out.Samples = append(out.Samples, sm)
		}
	}
	return nil
}

// detailOf says which field a rejected row's bad value is for.
func detailOf(r diff.Other, w *work) string {
	for _, f := range w.Spec.Fields {
		if f.Name == r.Detail {
			return fmt.Sprintf("%s: not a valid %s", f.Name, f.Type)
		}
	}
	return r.Detail
}

func clone(s *string) *string {
	if s == nil {
		return nil
	}
	v := *s
	return &v
}
