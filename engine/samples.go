package engine

import (
	"context"
	"fmt"

	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// defaultSamples is the number of rows shown per action.
const defaultSamples = 10

// sampled are the actions of which rows are shown, in this order.
func sampled() []string {
	return []string{"remove", "clear", "update", "create", "kept", "adopt", "skip", "leave", "reject", "held"}
}

// sampler takes sample rows, and masks what is pii.
func (s *session) sampler(w *work, tokens plan.Tokens, o PlanOptions) func(*diff.Sample) error {
	w.samples = []plan.Sample{}
	fields := w.Spec.All()
	return func(row *diff.Sample) error {
		sm := plan.Sample{Action: row.Action, Reason: row.Reason, Detail: detailOf(row, w), Fields: []plan.SampleField{}}
		switch {
		case row.Reason == "key_null":
			sm.Key = "(null)"
		case w.PIIKey && !o.ShowValues:
			sm.Key, sm.KeyMasked = tokens.Of(row.Key), true
		default:
			sm.Key = row.Key
		}
		for _, f := range row.Fields {
			kept := row.Action == "kept" && (f.Drifted || optedOut(w, f))
			if !f.Written && !kept || row.Action == "adopt" {
				continue
			}
			sf := plan.SampleField{Field: fields[f.Field].Name, Before: clone(f.Before), After: clone(f.After)}
			if f.Drifted && row.By != "" {
				sm.Detail = row.By
			}
			if w.PII[f.Field] && !o.ShowValues {
				sf = tokens.Mask(sf)
			}
			sm.Fields = append(sm.Fields, sf)
		}
		if sm.Detail != "" && drifts(row.Action) {
			w.drifters = append(w.drifters, sm.Detail)
		}
		w.samples = append(w.samples, sm)
		return nil
	}
}

// drifts tells whether rows of an action may have been changed by somebody, who is named.
func drifts(action string) bool { return action == "update" || action == "kept" }

// optedOut tells whether a field is an opt-out that the model would take back and the plan does not.
func optedOut(w *work, f diff.Changed) bool {
	return f.Field < len(w.Spec.Fields) && w.Spec.Fields[f.Field].Policy.OptOut && f.Before != nil && f.After != nil && *f.Before == "true" && *f.After == "false"
}

// nameDrifters replaces user ids by user names.
func (s *session) nameDrifters(ctx context.Context, w *work, out *plan.Item) error {
	if len(w.drifters) == 0 {
		return nil
	}
	names, err := w.org.Users(ctx, w.drifters)
	if err != nil {
		return fmt.Errorf("looking up who changed records: %w", err)
	}
	for i := range out.Samples {
		sm := &out.Samples[i]
		if sm.Detail == "" || !drifts(sm.Action) {
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
		if f.Name == r.Detail && r.Reason == "required_null" {
			return f.Name + " is null"
		}
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
