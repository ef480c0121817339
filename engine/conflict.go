package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/diff"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers"
)

// conflicts refuses two syncs that write the same field of the same record: whichever ran last would win, and neither
// would ever be in step. Two syncs may share an object, and even fields, as long as their records differ.
func (s *session) conflicts(ctx context.Context, all []*work, tokens plan.Tokens) error {
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.org != b.org || !strings.EqualFold(a.Object.Name, b.Object.Name) {
				continue
			}
			for _, c := range []clash{
				{a, b, sharedFields(a, b), diff.Mapped},
				{a, b, left(a, b), diff.LeftHere}, {b, a, left(b, a), diff.LeftHere},
				{a, b, leftBoth(a, b), diff.LeftBoth},
			} {
				if err := s.clash(ctx, c, tokens); err != nil {
					return err
				}
			}
		}
	}
	if s.diags.HasErrors() {
		return s.diags
	}
	return nil
}

// clash is what two syncs may both write: fields, of the records that both are about in some way.
type clash struct {
	a, b   *work
	fields []string
	which  diff.Both
}

func (s *session) clash(ctx context.Context, c clash, tokens plan.Tokens) error {
	if len(c.fields) == 0 {
		return nil
	}
	n, keys, err := c.a.diff.Overlap(ctx, c.b.diff, c.which, 3)
	if err != nil {
		return fmt.Errorf("comparing the records of %s and %s: %w", c.a.addr(), c.b.addr(), err)
	}
	if n > 0 {
		s.conflict(c.a, c.b, c.fields, n, keys, tokens)
	}
	return nil
}

// left are the fields that a writes into records of rows that left its model, and that b maps.
func left(a, b *work) []string {
	var out []string
	for i, f := range b.Spec.Fields {
		if _, set := a.Spec.Leave.Values[strings.ToLower(f.Name)]; set && a.clears() && !f.ReadOnly && i != b.Spec.Match {
			out = append(out, f.Name)
		}
	}
	return out
}

// leftBoth are the fields into which both write when a row leaves, and not the same.
func leftBoth(a, b *work) []string {
	var out []string
	for _, f := range a.Spec.All() {
		name := strings.ToLower(f.Name)
		one, here := a.Spec.Leave.Values[name]
		two, there := b.Spec.Leave.Values[name]
		if here && there && one != two && a.clears() && b.clears() {
			out = append(out, f.Name)
		}
	}
	return out
}

// clears tells whether this plan writes into records of rows that left the model.
func (w *work) clears() bool { return w.sum.ByAction["clear"] > 0 }

// sharedFields are the fields that both write, apart from the field by which both find records.
func sharedFields(a, b *work) []string {
	var out []string
	for i, f := range a.Spec.Fields {
		for j, g := range b.Spec.Fields {
			if strings.EqualFold(a.sets(&f.Field), b.sets(&g.Field)) && !f.ReadOnly && !(i == a.Spec.Match && j == b.Spec.Match) {
				out = append(out, f.Name)
			}
		}
	}
	return out
}

// sets names the object's field that a mapped one writes: a path to a parent writes the reference, whatever it finds it by.
func (it *item) sets(f *providers.Field) string {
	if rel, _, _, dotted := f.Parent(); dotted {
		if ref := it.Object.Reference(rel); ref != nil {
			return ref.Name
		}
	}
	return f.Name
}

func (s *session) conflict(a, b *work, fields []string, n int64, keys [][2]string, tokens plan.Tokens) {
	shown := make([]string, len(keys))
	for i, k := range keys {
		if a.PIIKey || b.PIIKey {
			k = [2]string{tokens.Of(k[0]), tokens.Of(k[1])}
		}
		shown[i] = k[0]
		if k[0] != k[1] {
			shown[i] = k[0] + " and " + k[1]
		}
	}
	rng := b.Range
	s.diags = append(s.diags, diag.Diagnostic{
		Code: "P106", Severity: diag.Error, Subject: &rng, Addr: b.addr(), Label: "writes " + strings.Join(fields, ", "),
		Related: []diag.Related{{Range: a.Range, Label: "writes them too"}},
		Detail: fmt.Sprintf("%s and %s write %s of the same %d records of %s. Whichever ran last would win, and neither would ever be in step. "+
			"Map each field in one of them, or have their models give different records.",
			a.addr(), b.addr(), strings.Join(fields, ", "), n, a.Object.Name),
		Keys: shown, KeysMasked: a.PIIKey || b.PIIKey,
	})
}
