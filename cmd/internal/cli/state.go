package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/signalsmith/signalsmith/cmd/internal/view"
	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/engine/state"
)

func (s *shell) stateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "state",
		Short: "Look at what was last confirmed written, and move it",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return unknownCommand(c, args[0])
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(s.stateListCommand(), s.stateShowCommand(), s.stateMoveCommand(), s.stateRemoveCommand(), s.statePullCommand(), s.statePushCommand())
	return c
}

func (s *shell) stateListCommand() *cobra.Command {
	format := choice{value: "text", of: []string{"text", "json"}}
	c := &cobra.Command{
		Use:   "list",
		Short: "List the items of the state with their org, object, rows and last run",
		Args:  atMost(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			var items []plan.Snapshot
			cfg, err := s.withState(c.Context(), notWritten, func(ctx context.Context, e *engine.Engine, cfg *config.Config) (ds diag.Diagnostics) {
				items, ds = e.Snapshots(ctx, cfg)
				return ds
			})
			switch {
			case err != nil:
				return err
			case format.value == "json":
				if items == nil {
					items = []plan.Snapshot{}
				}
				return view.JSON(s.Stdout, items)
			}
			return view.State{Palette: s.palette(s.Terminal.Out)}.Write(s.Stdout, items, cfg.Project.Project, cfg.Project.Environment)
		},
	}
	c.Flags().Var(&format, "format", "how to print the items")
	return c
}

func (s *shell) statePullCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "pull FILE",
		Short: "Copy the whole state from its home into a local state file",
		Args:  exactly(1, "the name of a file"),
		RunE: func(c *cobra.Command, args []string) error {
			var done state.Copied
			cfg, err := s.withState(c.Context(), "", func(ctx context.Context, e *engine.Engine, cfg *config.Config) (ds diag.Diagnostics) {
				done, ds = e.Pull(ctx, cfg, s.path(args[0]))
				return ds
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.Stdout, "Pulled %s from %s into %s.\n", moved(done), words.Escape(engine.Home(cfg)), words.Escape(args[0]))
			return err
		},
	}
}

func (s *shell) statePushCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "push FILE",
		Short: "Copy a local state file into the state's home, if that is empty or an older copy",
		Args:  exactly(1, "the name of a state file"),
		RunE: func(c *cobra.Command, args []string) error {
			var done state.Copied
			cfg, err := s.withState(c.Context(), "", func(ctx context.Context, e *engine.Engine, cfg *config.Config) (ds diag.Diagnostics) {
				done, ds = e.Push(ctx, cfg, s.path(args[0]))
				return ds
			})
			switch {
			case err != nil:
				return err
			case done.Same:
				_, err = fmt.Fprintf(s.Stdout, "Nothing to push: %s holds the same state already.\n", words.Escape(engine.Home(cfg)))
				return err
			}
			_, err = fmt.Fprintf(s.Stdout, "Pushed %s from %s into %s.\n", moved(done), words.Escape(args[0]), words.Escape(engine.Home(cfg)))
			return err
		},
	}
}

// moved counts what was copied.
func moved(c state.Copied) string {
	items, rows := "items", "rows"
	if c.Items == 1 {
		items = "item"
	}
	if c.Rows == 1 {
		rows = "row"
	}
	return fmt.Sprintf("generation %d, %d %s with %d %s,", c.Generation, c.Items, items, c.Rows, rows)
}

// withState loads the configuration and does something with an engine; what goes wrong has been reported.
func (s *shell) withState(ctx context.Context, outcome string, do func(context.Context, *engine.Engine, *config.Config) diag.Diagnostics) (*config.Config, error) {
	cfg, ok := s.load()
	if !ok {
		return nil, codeError
	}
	working, cancel := s.interruptible(ctx)
	defer cancel()
	e, _, done := s.engine()
	ds := do(working, e, cfg)
	done()
	if s.stopped(ctx) {
		return nil, s.interrupted(outcome)
	}
	s.report(ds, outcome)
	if ds.HasErrors() {
		return nil, codeError
	}
	return cfg, nil
}
