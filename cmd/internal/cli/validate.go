package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/signalsmith/signalsmith/config"
)

func (s *shell) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "validate",
		Short: "Check the configuration against the models and Salesforce, without reading rows",
		Args:  atMost(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, ok := s.load()
			if !ok {
				return codeError
			}
			ctx, cancel := s.interruptible(c.Context())
			defer cancel()
			e, _, done := s.engine()
			ds := e.Validate(ctx, cfg)
			done()
			if s.stopped(c.Context()) {
				return s.interrupted("Nothing was read or written.")
			}
			s.report(ds, nothing)
			if ds.HasErrors() {
				return codeError
			}
			_, err := fmt.Fprintf(s.Stdout, "The configuration is valid (%s).\n", contents(cfg))
			return err
		},
	}
}

// contents counts what a configuration holds: "2 syncs, 1 model, 3 files".
func contents(cfg *config.Config) string {
	count := func(n int, one string) string {
		if n == 1 {
			return "1 " + one
		}
		return fmt.Sprintf("%d %ss", n, one)
	}
	return count(len(cfg.Syncs), "sync") + ", " + count(len(cfg.Models), "model") + ", " + count(len(cfg.Files), "file")
}

// interrupted ends a command that the user stopped.
func (s *shell) interrupted(outcome string) error {
	s.say("Interrupted. %s", outcome)
	return codeInterrupted
}
