package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signalsmith/signalsmith/cmd/internal/view"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
)

func (s *shell) runsCommand() *cobra.Command {
	format := choice{value: "text", of: []string{"text", "json"}}
	list := &cobra.Command{
		Use:   "runs",
		Short: "List past applies, or show one with runs show ID",
		Args:  atMost(0, "no arguments, or show ID"),
		RunE: func(*cobra.Command, []string) error {
			runs, err := s.runs()
			switch {
			case err != nil:
				return err
			case format.value == "json":
				return view.JSON(s.Stdout, keyless(runs...))
			case len(runs) == 0:
				_, err := fmt.Fprintln(s.Stdout, "No runs yet.")
				return err
			}
			return s.runView().Runs(s.Stdout, runs)
		},
	}
	show := &cobra.Command{
		Use:   "show ID",
		Short: "Show one run; the end of its id is enough",
		Args:  exactly(1, "the id of a run"),
		RunE: func(_ *cobra.Command, args []string) error {
			runs, err := s.runs()
			if err != nil {
				return err
			}
			r, err := findRun(runs, args[0])
			switch {
			case err != nil:
				return err
			case format.value == "json":
				return view.JSON(s.Stdout, keyless(r)[0])
			}
			return s.runView().Show(s.Stdout, r)
		},
	}
	list.PersistentFlags().Var(&format, "format", "how to print runs")
	list.AddCommand(show)
	return list
}

// runs reads the runs of the directory, newest first. Of the configuration only the place of the state matters, so
// its problems matter only where there is nothing to show.
func (s *shell) runs() ([]*plan.Run, error) {
	cfg, ds := s.tryLoad()
	found, err := engine.Runs(cfg)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 && ds.HasErrors() {
		return nil, ds
	}
	runs := make([]*plan.Run, len(found))
	for i := range found {
		runs[i] = &found[i]
	}
	return runs, nil
}

// keyless gives runs without the keys of rows, but for tokens: JSON holds none, and the salt for more tokens is not
// at hand.
func keyless(runs ...*plan.Run) []*plan.Run {
	out := make([]*plan.Run, len(runs))
	for i, r := range runs {
		c := *r
		c.Failures = slices.Clone(r.Failures)
		for j := range c.Failures {
			if !c.Failures[j].KeysMasked {
				c.Failures[j].Keys = []string{}
			}
		}
		out[i] = &c
	}
	return out
}

// findRun finds a run by its id, or by a beginning or end that only one has.
func findRun(runs []*plan.Run, id string) (*plan.Run, error) {
	var fits []*plan.Run
	var ids []string
	for _, r := range runs {
		if r.Run == id {
			return r, nil
		}
		ids = append(ids, r.Run)
		if strings.HasPrefix(r.Run, id) || strings.HasSuffix(r.Run, id) {
			fits = append(fits, r)
		}
	}
	d := diag.Diagnostic{Code: "X109", Severity: diag.Error, Hints: diag.DidYouMean(id, ids), Command: "signalsmith runs"}
	switch len(fits) {
	case 1:
		return fits[0], nil
	case 0:
		d.Detail = fmt.Sprintf("There is no run %q. To list all runs, type:", id)
	default:
		d.Detail = fmt.Sprintf("%d runs have an id that begins or ends with %q. To list all runs, type:", len(fits), id)
	}
	return nil, d
}
