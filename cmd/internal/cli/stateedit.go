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
)

func (s *shell) stateShowCommand() *cobra.Command {
	format := choice{value: "text", of: []string{"text", "json"}}
	c := &cobra.Command{
		Use:   "show ADDRESS",
		Short: "Show what the state holds of one item",
		Args:  exactly(1, "the address of an item"),
		RunE: func(c *cobra.Command, args []string) error {
			var items []plan.SnapshotDetail
			_, err := s.withState(c.Context(), notWritten, func(ctx context.Context, e *engine.Engine, cfg *config.Config) (ds diag.Diagnostics) {
				items, ds = e.ShowState(ctx, cfg, args[0])
				return ds
			})
			switch {
			case err != nil:
				return err
			case format.value == "json":
				return view.JSON(s.Stdout, items)
			}
			return view.State{Palette: s.palette(s.Terminal.Out)}.Show(s.Stdout, items)
		},
	}
	c.Flags().Var(&format, "format", "how to print the item")
	return c
}

func (s *shell) stateMoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "mv OLD NEW",
		Short: "Give the snapshot of one address to another, after a block was renamed",
		Args:  exactly(2, "two addresses, the old one and the new one"),
		RunE: func(c *cobra.Command, args []string) error {
			n, err := s.editState(c.Context(), func(ctx context.Context, e *engine.Engine, cfg *config.Config) (int, diag.Diagnostics) {
				return e.MoveState(ctx, cfg, args[0], args[1])
			})
			if err == nil {
				_, err = fmt.Fprintf(s.Stdout, "Moved %s of %s to %s.\n", snapshots(n), words.Escape(args[0]), words.Escape(args[1]))
			}
			return err
		},
	}
}

func (s *shell) stateRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rm ADDRESS",
		Short: "Drop the snapshot of an item; its records in Salesforce stay as they are",
		Args:  exactly(1, "the address of an item"),
		RunE: func(c *cobra.Command, args []string) error {
			n, err := s.editState(c.Context(), func(ctx context.Context, e *engine.Engine, cfg *config.Config) (int, diag.Diagnostics) {
				return e.RemoveState(ctx, cfg, args[0])
			})
			if err == nil {
				_, err = fmt.Fprintf(s.Stdout, "Removed %s of %s. Salesforce was not asked, and nothing there has changed.\n", snapshots(n), words.Escape(args[0]))
			}
			return err
		},
	}
}

// editState changes the state, and tells of how many snapshots.
func (s *shell) editState(ctx context.Context, do func(context.Context, *engine.Engine, *config.Config) (int, diag.Diagnostics)) (n int, err error) {
	_, err = s.withState(ctx, "", func(ctx context.Context, e *engine.Engine, cfg *config.Config) (ds diag.Diagnostics) {
		n, ds = do(ctx, e, cfg)
		return ds
	})
	return n, err
}

func snapshots(n int) string {
	if n == 1 {
		return "the snapshot"
	}
	return fmt.Sprintf("%d snapshots", n)
}
