package cli

import (
	"slices"

	"github.com/signalsmith/signalsmith/cmd/internal/view"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// nothingRun is the result of an apply that had nothing to do, for the JSON output.
func nothingRun(p *plan.Plan) *plan.Run {
	return &plan.Run{
		Format: plan.Format, Plan: p.ID, Status: "applied", Started: p.Made, Ended: p.Made, Org: p.Org,
		Items: []plan.RunItem{}, Failures: []plan.Failure{},
	}
}

// printRun writes an apply's result to standard output. Where nothing was to be done, the plan has said so.
func (s *shell) printRun(p *plan.Plan, r *plan.Run, f *planFlags) error {
	if f.format.value == "json" {
		return view.JSON(s.Stdout, public(p, r))
	}
	if r.Run == "" {
		return nil
	}
	return s.runView().Write(s.Stdout, r)
}

func (s *shell) runView() view.Run {
	return view.Run{Explains: s.explains, Palette: s.palette(s.Terminal.Out)}
}

// public is a run in which every key is a token.
func public(p *plan.Plan, r *plan.Run) *plan.Run {
	out := *r
	out.Failures = slices.Clone(r.Failures)
	for i, f := range out.Failures {
		if f.KeysMasked {
			continue
		}
		keys := make([]string, len(f.Keys))
		for j, k := range f.Keys {
			keys[j] = p.Tokens().Of(k)
		}
		out.Failures[i].Keys, out.Failures[i].KeysMasked = keys, true
	}
	return &out
}

// outcome is the exit code of a run.
func outcome(r *plan.Run, ds diag.Diagnostics) error {
	switch {
	case r.Status == "interrupted":
		return codeInterrupted
	case r.Status == "error" || ds.HasErrors():
		return codeError
	case r.Status == "partial":
		return codePartial
	}
	return nil
}

// unlessStopped drops what an interrupted run says about having been interrupted: the result says it better.
func unlessStopped(r *plan.Run, ds diag.Diagnostics) diag.Diagnostics {
	if r.Status != "interrupted" {
		return ds
	}
	return slices.DeleteFunc(slices.Clone(ds), func(d diag.Diagnostic) bool {
		return d.Code == "X002"
	})
}
