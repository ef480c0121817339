package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/providers"
)

func (s *shell) unlockCommand() *cobra.Command {
	yes := false
	c := &cobra.Command{
		Use:   "unlock",
		Short: "Break the lock of a state in a warehouse, after its holder died",
		Args:  atMost(0, "no arguments"),
		RunE:  func(c *cobra.Command, _ []string) error { return s.unlock(c.Context(), yes) },
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

func (s *shell) unlock(ctx context.Context, yes bool) error {
	cfg, ok := s.load()
	if !ok {
		return codeError
	}
	home := words.Escape(engine.Home(cfg))
	local := cfg.Project.StateSource == nil
	if !local && !yes {
		if ok, err := s.sure(ctx, "Break the lock of the state in "+home+"? An apply that still works there will be stopped."); err != nil || !ok {
			return err
		}
	}
	var was providers.Owner
	var held bool
	_, err := s.withState(ctx, "Nothing was changed.", func(ctx context.Context, e *engine.Engine, cfg *config.Config) (ds diag.Diagnostics) {
		was, held, ds = e.Unlock(ctx, cfg)
		return ds
	})
	switch {
	case err != nil:
		return err
	case local:
		_, err = fmt.Fprintf(s.Stdout, "Nobody holds the state file %s. The lock of a file ends with the process that holds it, so there is never one to break.\n", home)
	case !held:
		_, err = fmt.Fprintf(s.Stdout, "Nobody held the lock of the state in %s.\n", home)
	default:
		_, err = fmt.Fprintf(s.Stdout, "The lock of the state in %s is broken. It was held by %s on %s, process %d, run %s.\n"+
			"The next apply finds out what that run has done, before it does anything itself.\n",
			home, words.Escape(was.User), words.Escape(was.Host), was.PID, words.Escape(was.Run))
	}
	return err
}

// sure asks a question that only y answers with yes.
func (s *shell) sure(ctx context.Context, question string) (bool, error) {
	if !s.Terminal.In || !s.Terminal.Err {
		return false, diag.Diagnostic{
			Code: "X106", Severity: diag.Error,
			Detail:  "There is no terminal to ask at, and --yes was not given. To go on without being asked, run:",
			Command: "signalsmith unlock --yes",
		}
	}
	working, cancel := s.interruptible(ctx)
	defer cancel()
	_, _ = io.WriteString(s.Stderr, question+" [y/N] ")
	answer, err := s.answer(working)
	if err != nil {
		_, _ = io.WriteString(s.Stderr, "\n")
	}
	if err != nil || !slices.Contains([]string{"y", "yes"}, strings.ToLower(answer)) {
		s.say("Cancelled. Nothing was changed.")
		return false, codeError
	}
	return true, nil
}
