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
		sm := plan.Sample{Action: row.Action, Reason: row.Reason, Fields: []plan.SampleField{}}
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
		if row.Action == "reject" {
			s.rejected(w, row, &sm, tokens, o)
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

// rejected says what is wrong with a rejected row: the field and its value, and why Salesforce would not take it.
func (s *session) rejected(w *work, row *diff.Sample, sm *plan.Sample, tokens plan.Tokens, o PlanOptions) {
	if row.Rows > 1 {
		sm.Rows, sm.Detail = row.Rows, fmt.Sprintf("%d rows", row.Rows)
	}
	field := w.Spec.Match
	if c := w.diff.Check(row.Check); c != nil {
		sm.Detail, field = c.Cause, c.Field
	} else if row.Value == nil {
		return
	}
	sf := plan.SampleField{Field: w.Spec.Fields[field].Name, After: clone(row.Value)}
	if w.PII[field] && !o.ShowValues {
		sf = tokens.Mask(sf)
	}
	sm.Fields = append(sm.Fields, sf)
}

// rejects counts rejected rows by what is wrong with them.
func rejects(w *work) []plan.Reject {
	out := []plan.Reject{}
	for _, r := range w.sum.Refused {
		row := plan.Reject{Reason: r.Reason, N: r.N, Code: diff.Codes(r.Reason)}
		if c := w.diff.Check(r.Check); c != nil {
			row.Field, row.Cause, row.Code = w.Spec.Fields[c.Field].Name, c.Cause, c.Code
		}
		for _, v := range r.Values {
			row.Values = append(row.Values, plan.RejectValue{Value: v.Value, N: v.N})
		}
		out = append(out, row)
	}
	return out
}

func clone(s *string) *string {
	if s == nil {
		return nil
	}
	v := *s
	return &v
}
