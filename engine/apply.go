package engine

import (
	"context"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// Plan says what an apply would do now. It writes no state. The plan is nil where there are errors; warnings are
// part of the plan.
func (e *Engine) Plan(ctx context.Context, cfg *config.Config, o PlanOptions) (*plan.Plan, diag.Diagnostics) {
	return nil, nil
}

// Apply plans under the state's lock, asks o.Confirm, and does what the plan says. The run is nil where nothing was
// begun: there was nothing to do, or the answer was no.
func (e *Engine) Apply(ctx context.Context, cfg *config.Config, o ApplyOptions) (*plan.Plan, *plan.Run, diag.Diagnostics) {
	return nil, nil, nil
}
