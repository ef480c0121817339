package engine

import (
	"context"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
)

// Validate checks a configuration against the models' columns and the destinations' Describe. It reads no rows.
func (e *Engine) Validate(ctx context.Context, cfg *config.Config) diag.Diagnostics {
	return nil
}
