package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers"
)

// conflicts refuses two syncs that write the same field of the same record: whichever ran last would win, and neither
// would ever be in step. Two syncs may share an object, and even fields, as long as their records differ.
func (s *session) conflicts(ctx context.Context, all []*work, tokens plan.Tokens) error {
	for i, a := range all {
		for _, b := range all[i+1:] {
			shared := sharedFields(a, b)
			if len(shared) == 0 {
				continue
			}
			n, keys, err := a.diff.Overlap(ctx, b.diff, 3)
			if err != nil {
				return fmt.Errorf("comparing the records of %s and %s: %w", a.addr(), b.addr(), err)
			}
			if n > 0 {
				s.conflict(a, b, shared, n, keys, tokens)
			}
		}
	}
	if s.diags.HasErrors() {
		return s.diags
	}
	return nil
}

// sharedFields are the fields that both write, apart from the field by which both find records.
func sharedFields(a, b *work) []string {
	if a.org != b.org || !strings.EqualFold(a.Object.Name, b.Object.Name) {
		return nil
	}
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
