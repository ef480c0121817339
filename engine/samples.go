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
	var actions, drifters []string
	for _, action := range []string{"update", "create", "adopt", "skip", "leave", "reject", "held"} {
		if w.sum.ByAction[action] > 0 {
			actions = append(actions, action)
		}
	}
	for row, err := range w.diff.Samples(ctx, actions, limit) {
		if err != nil {
			return err
		}
		sm := plan.Sample{Action: row.Action, Reason: row.Reason, Detail: detailOf(row, w), Fields: []plan.SampleField{}}
		if row.Reason == "key_null" {
			sm.Key = "(null)"
		} else {
			sm.Key, sm.KeyMasked = key(row.Key)
		}
		for _, f := range row.Fields {
			if !f.Written || row.Action == "adopt" {
				continue
			}
			sf := plan.SampleField{Field: w.Spec.Fields[f.Field].Name, Before: clone(f.Before), After: clone(f.After)}
			if f.Drifted && row.By != "" {
				sm.Detail = row.By
			}
			if w.PII[f.Field] && !o.ShowValues {
				sf = tokens.Mask(sf)
			}
			sm.Fields = append(sm.Fields, sf)
		}
		if sm.Detail != "" && row.Action == "update" {
			drifters = append(drifters, sm.Detail)
		}
		out.Samples = append(out.Samples, sm)
	}
	return s.nameDrifters(ctx, w, out, drifters)
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
		if sm.Detail == "" || sm.Action != "update" {
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

// detailOf says which field a rejected row's bad value is for.
func detailOf(r *diff.Sample, w *work) string {
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
