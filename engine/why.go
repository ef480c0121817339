package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// why adds to the plan what is known of the rows with one key.
func (s *session) why(ctx context.Context, p *prepared, o PlanOptions) error {
	tokens := p.doc.Tokens()
	for _, w := range p.work {
		found, err := w.diff.Why(ctx, o.Why)
		if err != nil {
			return fmt.Errorf("%s: %w", w.addr(), err)
		}
		if found == nil {
			continue
		}
		p.doc.Why = append(p.doc.Why, explain(w, found, tokens, o))
	}
	if len(p.doc.Why) > 0 {
		return nil
	}
	detail := "Neither a model nor a snapshot of the items that take part has a row with this key. A key of several columns is written with | between them, as in A|7."
	s.diags = append(s.diags, diag.Diagnostic{Code: "P111", Severity: diag.Error, Detail: detail})
	return s.diags
}

// explain describes one row.
func explain(w *work, y *diff.Why, tokens plan.Tokens, o PlanOptions) plan.Why {
	out := plan.Why{
		Addr: w.addr(), Key: o.Why, Action: y.Action, Reason: y.Reason, Held: y.Held, Rows: y.Rows, Record: y.RecordID,
		Snapshot: "none", Live: "unread", Fields: []plan.WhyField{}, Checks: checksOf(w, y),
	}
	switch {
	case y.Found:
		out.Live = "found"
	case w.diff.Refreshed() && (y.Action == "create" || y.Action == "skip" || y.Reason == "required_null"):
		out.Live = "none"
	}
	if y.Known {
		out.Snapshot = y.Origin
	}
	switch y.Action {
	case "", "same":
		out.Action, out.Reason = "unchanged", ""
	case "reject":
		if c := w.diff.Check(y.Check); c != nil {
			out.Detail = w.Spec.Fields[c.Field].Name + ": " + c.Cause
		} else if y.Rows > 1 {
			out.Detail = fmt.Sprintf("%d rows", y.Rows)
		}
	}
	at := func(values []*string, i int) *string {
		if i < len(values) {
			return values[i]
		}
		return nil
	}
	for i, f := range w.Spec.Fields {
		row := plan.WhyField{Field: f.Name, Model: at(y.Model, i), Snapshot: at(y.Snapshot, i), Live: at(y.Live, i)}
		if c := w.diff.Check(y.Check); c != nil && c.Field == i && row.Model == nil {
			row.Model = y.Value // which the field's type does not take
		}
		row.Written = i < len(y.Fields) && y.Fields[i].Written && y.Action != "adopt"
		if w.PII[i] && !o.ShowValues {
			row = tokens.MaskWhy(row)
		}
		out.Fields = append(out.Fields, row)
	}
	return out
}

// checksOf lists the row checks with their results, in the order in which they are asked.
func checksOf(w *work, y *diff.Why) []plan.WhyCheck {
	out := []plan.WhyCheck{}
	if y.Rows == 0 {
		return out
	}
	refused := ""
	if y.Action == "reject" && y.Check == 0 {
		refused = y.Reason
	}
	result := func(failed, asked bool) string {
		switch {
		case failed:
			return "failed"
		case !asked:
			return "not asked"
		}
		return "ok"
	}
	out = append(out, plan.WhyCheck{Reason: "key_duplicate", Result: result(y.Rows > 1, true)})
	unique := y.Rows == 1
	bad := slices.Contains(y.Failed, true) && y.Action == "reject" && y.Reason != "required_null"
	for i, c := range w.diff.Checks() {
		row := plan.WhyCheck{Reason: c.Reason, Field: w.Spec.Fields[c.Field].Name, Cause: c.Cause, Code: c.Code}
		switch {
		case c.Written:
			failed := y.Check == int64(i+1)
			row.Result = result(failed, y.Action == "create" || y.Action == "update" || y.Action == "reject" && y.Check > int64(i+1))
		case c.Reason == "required_null":
			creates := y.Action == "create" || y.Reason == "required_null"
			row.Result = result(creates && y.Failed[i], creates)
		case c.Reason == "unknown_parent":
			row.Result = result(y.Check == int64(i+1), unique && !bad && w.diff.Refreshed() && fresh(y))
		default:
			row.Result = result(y.Failed[i], true)
		}
		out = append(out, row)
	}
	if w.Spec.Match < 0 {
		return out
	}
	for _, reason := range []string{"match_null", "match_duplicate", "match_ambiguous"} {
		out = append(out, plan.WhyCheck{Reason: reason, Field: w.match(), Code: diff.Codes(reason), Result: result(refused == reason, unique && !bad)})
	}
	return out
}

// fresh tells whether a row took part in the checks of this plan: one that is plainly unchanged was not looked at again.
func fresh(y *diff.Why) bool { return y.Action != "" && y.Action != "same" || !y.Known }
