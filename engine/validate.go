package engine

import (
	"context"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
)

// Validate checks a configuration against the models' columns and the destinations' Describe, every block of it, also
// those that no sync uses. It reads no rows and no state.
func (e *Engine) Validate(ctx context.Context, cfg *config.Config) diag.Diagnostics {
	s := e.session(cfg)
	s.all = true
	s.open(ctx, PlanOptions{}, "", false)
	if err := s.close(); err != nil {
		s.fail(err)
	}
	return s.diags.Sorted()
}
