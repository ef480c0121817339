package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/plan"
)

func (s *shell) showCommand() *cobra.Command {
	f := &planFlags{}
	c := &cobra.Command{
		Use:   "show FILE",
		Short: "Print a saved plan",
		Args:  exactly(1, "the file of a saved plan"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := s.checkPlan(c, f); err != nil {
				return err
			}
			if err := s.writable(f); err != nil {
				return err
			}
			p, err := s.readPlan(args[0])
			if err != nil {
				return err
			}
			return s.print(p, f)
		},
	}
	f.screen(c)
	return c
}

// readPlan reads a saved plan document.
func (s *shell) readPlan(file string) (*plan.Plan, error) {
	refuse := func(format string, args ...any) error {
		return diag.Diagnostic{Code: "X108", Severity: diag.Error, Detail: fmt.Sprintf(format, args...)}
	}
	raw, err := os.ReadFile(s.path(file))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, refuse("There is no file %s. A plan is saved with signalsmith plan --out FILE.", file)
	case err != nil:
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	var p plan.Plan
	if err := json.Unmarshal(raw, &p); err != nil || p.Format == "" || p.ID == "" {
		return nil, refuse("%s is not a plan document. A plan is saved with signalsmith plan --out FILE.", file)
	}
	ours, _, _ := strings.Cut(plan.Format, ".")
	if theirs, _, _ := strings.Cut(p.Format, "."); theirs != ours {
		return nil, refuse("%s has format %s, and this version reads formats %s.x. Show it with the version that saved it.", file, p.Format, ours)
	}
	return &p, nil
}
