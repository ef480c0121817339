package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// counted are the fields whose transitions are counted: picklists and checkboxes, which are nobody's personal data.
func counted(it *item) []int {
	var out []int
	for i, f := range it.Spec.Fields {
		if (f.Type == "picklist" || f.Type == "boolean") && !it.PII[i] {
			out = append(out, i)
		}
	}
	return out
}

// varied are the fields whose different values are counted: all that can have many.
func varied(it *item) []int {
	var out []int
	for i, f := range it.Spec.Fields {
		if f.Type != "picklist" && f.Type != "boolean" {
			out = append(out, i)
		}
	}
	return out
}

// collapsed warns of fields of which many different values become few.
func (s *session) collapsed(w *work) {
	for _, c := range w.sum.Fields {
		d := plan.Distinct{Before: c.Before, After: c.After}
		if !d.Collapses() {
			continue
		}
		rng := w.Range
		for _, f := range w.Mapping.Fields {
			if strings.EqualFold(f.Name.Name, c.Field) {
				rng = f.Name.Range
			}
		}
		s.diags = append(s.diags, diag.Diagnostic{
			Code: "P112", Severity: diag.Warning, Subject: &rng, Addr: w.addr(), Where: fmt.Sprintf("in mapping %q", w.Mapping.Name),
			Detail: fmt.Sprintf("%s changes %s in %s. There it has %d different values now, and %s afterwards. If that is not meant, look at the column that it comes from.",
				w.addr(), c.Field, records(c.Written), d.Before, only(d.After)),
		})
	}
}

func records(n int64) string {
	if n == 1 {
		return "1 record"
	}
	return fmt.Sprintf("%d records", n)
}

// only says to how few values something comes down.
func only(n int64) string {
	switch n {
	case 0:
		return "none"
	case 1:
		return "only 1"
	}
	return fmt.Sprintf("only %d", n)
}

// fields counts changes per field, with transitions of picklists and checkboxes.
func fields(w *work, out *plan.Item) {
	for i, c := range w.sum.Fields {
		if c.Written == 0 {
			continue
		}
		f := plan.FieldChange{Field: c.Field, Changed: c.Written, Drifted: c.Drifted}
		if c.Before > 0 || c.After > 0 {
			f.Distinct = &plan.Distinct{Before: c.Before, After: c.After}
		}
		for _, t := range w.sum.Transitions[i] {
			f.Transitions = append(f.Transitions, plan.Transition(t))
		}
		out.Fields = append(out.Fields, f)
	}
	slices.SortStableFunc(out.Fields, func(a, b plan.FieldChange) int {
		return cmp.Or(cmp.Compare(b.Changed, a.Changed), cmp.Compare(a.Field, b.Field))
	})
}
