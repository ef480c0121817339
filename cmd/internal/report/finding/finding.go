// Package finding reads off a plan document what a CI system should point at: diagnostics, guards and rejected rows.
// Findings hold no keys and no values of rows.
package finding

import (
	"path"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// Kind is what a finding comes from.
type Kind string

// The kinds.
const (
	Diagnostic Kind = "diagnostic"
	Guard      Kind = "guard"
	Reject     Kind = "reject"
)

// Finding is one of them. Its texts are those of the document, not escaped.
type Finding struct {
	Kind    Kind
	Rule    string // "R106", "max_remove", "match_null"
	Level   string // "error", "warning"
	Title   string // the same for all of a rule
	Message string
	Addr    string // "" where it belongs to no item
	Range   *plan.Range
	Allowed bool   // a guard that was overridden
	Reason  string // why, as far as it was said
}

// All lists the findings of a plan: diagnostics in their order, then guards that block or were overridden, then rejects.
// File names get the directory that the configuration lies in, "" for none.
func All(p *plan.Plan, dir string) []Finding {
	var out []Finding
	for _, d := range p.Diagnostics {
		f := Finding{Kind: Diagnostic, Rule: d.Code, Level: "warning", Title: d.Summary, Message: d.Detail, Addr: d.Addr, Range: within(d.Range, dir)}
		if d.Severity == "error" {
			f.Level = "error"
		}
		if f.Message == "" {
			f.Message = f.Title
		}
		out = append(out, f)
	}
	for _, g := range p.Guards {
		if !g.Blocked {
			continue
		}
		f := Finding{
			Kind: Guard, Rule: g.Rule, Level: "error", Title: "A guard blocks the plan", Addr: g.Addr, Allowed: g.Overridden, Reason: g.Reason,
			Message: GuardText(g), Range: within(place(g.Where), dir),
		}
		if f.Range == nil {
			if it := p.Item(g.Addr); it != nil {
				f.Range = within(place(it.Where), dir)
			}
		}
		out = append(out, f)
	}
	for i := range p.Items {
		it := &p.Items[i]
		for _, r := range it.Rejects {
			out = append(out, Finding{
				Kind: Reject, Rule: r.Reason, Level: "warning", Title: "Rows are rejected", Addr: it.Addr,
				Message: RejectText(it, r), Range: within(place(it.Where), dir),
			})
		}
	}
	return out
}

// GuardText says what a guard found: "audience.vip: max_remove, 36 of 1,250 2.9 %, limit 10 %".
func GuardText(g plan.Guard) string {
	s := g.Addr + ": " + g.Rule + ", " + strings.Join(strings.Fields(g.Got), " ") + ", limit " + g.Limit
	if g.Note != "" {
		s += "; " + g.Note
	}
	if g.Overridden {
		s += ", allowed"
		if g.By != "" {
			s += " by " + g.By
		}
	}
	return s
}

// RejectText says what is wrong with rejected rows, without their values.
func RejectText(it *plan.Item, r plan.Reject) string {
	s := it.Addr + ": " + words.Plural(r.N, "row", "rows") + " rejected, " + r.Reason
	if r.Field != "" {
		s += ", " + r.Field + ": " + r.Cause
	}
	return s
}

// place reads "main.hcl:24"; nil where it is none.
func place(where string) *plan.Range {
	i := strings.LastIndexByte(where, ':')
	if i <= 0 {
		return nil
	}
	line, err := strconv.Atoi(where[i+1:])
	if err != nil || line < 1 {
		return nil
	}
	return &plan.Range{File: where[:i], StartLine: line}
}

// within puts a directory in front of a relative file name. A place without a line stands for the whole file.
func within(r *plan.Range, dir string) *plan.Range {
	if r == nil || r.File == "" {
		return nil
	}
	out := *r
	if dir != "" && dir != "." && !path.IsAbs(out.File) {
		out.File = path.Join(dir, out.File)
	}
	return &out
}
