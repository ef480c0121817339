package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/signalsmith/signalsmith/cmd/internal/view"
	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// planFlags are the flags of plan; show shares those about the screen.
type planFlags struct {
	only, except  []string
	summary, full bool
	samples       int
	refresh       bool
	out           string
	format        choice
	exitCode      bool
	showValues    bool
	rejects       bool
	why           string
}

func (f *planFlags) screen(c *cobra.Command) {
	f.format = choice{value: "text", of: []string{"text", "json"}, later: []string{"markdown", "html", "sarif", "junit", "github"}}
	c.Flags().Var(&f.format, "format", "how to print the plan")
	c.Flags().BoolVar(&f.summary, "summary", false, "print counts and no samples")
	c.Flags().BoolVar(&f.full, "full", false, "print every row, field and value")
}

func (f *planFlags) choose(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.only, "only", nil, "take part: items that fit `PATTERN`, in which * stands for anything; repeatable")
	c.Flags().StringArrayVar(&f.except, "except", nil, "leave out items that fit `PATTERN`; repeatable")
}

func (s *shell) planCommand() *cobra.Command {
	f := &planFlags{}
	c := &cobra.Command{
		Use:   "plan",
		Short: "Say exactly what apply would change in Salesforce, and why",
		Args:  atMost(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := s.checkPlan(c, f); err != nil {
				return err
			}
			return s.plan(c.Context(), f)
		},
	}
	f.screen(c)
	f.choose(c)
	c.Flags().StringVar(&f.out, "out", "", "save the plan document as `FILE`; values in it are tokens")
	c.Flags().IntVar(&f.samples, "samples", 10, "show `N` rows per item and action")
	c.Flags().BoolVar(&f.refresh, "refresh", true, "read live records; without them, what depends on them is unknown")
	c.Flags().BoolVar(&f.exitCode, "exit-code", false, "end with 2 where there are changes")
	c.Flags().BoolVar(&f.showValues, "show-values", false, "print personal values instead of tokens, on a terminal only")
	c.Flags().BoolVar(&f.rejects, "rejects", false, "list every rejected row instead, with what is wrong with it")
	c.Flags().StringVar(&f.why, "why", "", "tell all that is known of the row with this `KEY`: its values, each check, what will happen and why")
	later(c, "explain", "offline", "emulate", "base", "retry-failed", "max-bytes", "report", "events", "allow")
	return c
}

func (s *shell) checkPlan(c *cobra.Command, f *planFlags) error {
	refuse := func(code diag.Code, detail string) error {
		return diag.Diagnostic{Code: code, Severity: diag.Error, Detail: detail}
	}
	switch {
	case f.summary && f.full:
		return refuse("X103", "The flags --summary and --full exclude each other.")
	case f.rejects && f.summary:
		return refuse("X103", "The flags --rejects and --summary exclude each other: --rejects lists rows.")
	case f.why != "" && (f.rejects || f.summary):
		return refuse("X103", "The flag --why tells of one row. Leave --rejects and --summary out.")
	case c.Flags().Changed("why") && f.why == "":
		return refuse("X103", "The flag --why takes the key of a row.")
	case f.samples < 0:
		return refuse("X103", "The flag --samples takes a number of rows, 0 or more.")
	case f.full && c.Flags().Changed("samples"):
		return refuse("X103", "The flags --samples and --full exclude each other: --full shows every row.")
	case f.showValues && f.format.value != "text":
		return refuse("X112", "With --format json every key and value of a row is a token; --show-values cannot change that.")
	case f.showValues && !s.Terminal.Out:
		return refuse("X112", "Standard output is not a terminal, so --show-values would put personal values into a file or a log.")
	}
	return nil
}

func (s *shell) plan(ctx context.Context, f *planFlags) error {
	cfg, ok := s.load()
	if !ok {
		return codeError
	}
	if f.out != "" {
		if err := s.savable(f.out); err != nil {
			return err
		}
	}
	o := engine.PlanOptions{NoRefresh: !f.refresh, Only: f.only, Except: f.except, Samples: f.samples, ShowValues: f.showValues, Rejects: f.rejects, Why: f.why}
	if f.full {
		o.Samples = -1
	}
	working, cancel := s.interruptible(ctx)
	defer cancel()
	e, _, done := s.engine()
	p, ds := e.Plan(working, cfg, o)
	done()
	switch {
	case p == nil && s.stopped(ctx):
		return s.interrupted(notWritten)
	case p == nil:
		return s.planFailed(ds, f)
	}
	s.report(beside(ds, p), "")
	if f.samples == 0 && !f.full && !f.rejects {
		for i := range p.Items {
			p.Items[i].Samples = []plan.Sample{}
		}
	}
	if f.out != "" {
		if err := s.save(p, f.out); err != nil {
			return err
		}
	}
	if err := s.print(p, f); err != nil {
		return err
	}
	switch {
	case len(p.Blocked()) > 0:
		return codeBlocked
	case f.exitCode && !p.Empty():
		return codeChanges
	}
	return nil
}

// planFailed reports errors. Whoever reads JSON finds them in the document too.
func (s *shell) planFailed(ds diag.Diagnostics, f *planFlags) error {
	if f.format.value == "json" {
		if err := view.JSON(s.Stdout, engine.Failed(ds)); err != nil {
			return err
		}
	}
	return s.fail(ds, notWritten)
}

// print writes a plan to standard output.
func (s *shell) print(p *plan.Plan, f *planFlags) error {
	if f.format.value == "json" {
		return view.JSON(s.Stdout, p.Public())
	}
	if f.why != "" {
		return s.planView(f, s.Terminal.Out).Why(s.Stdout, p)
	}
	if f.rejects {
		return s.planView(f, s.Terminal.Out).Rejects(s.Stdout, p)
	}
	return s.planView(f, s.Terminal.Out).Write(s.Stdout, p)
}

func (s *shell) planView(f *planFlags, terminal bool) view.Plan {
	v := view.Plan{Palette: s.palette(terminal)}
	switch {
	case f.summary:
		v.Detail = view.Summary
	case f.full:
		v.Detail = view.Full
	}
	return v
}

// save writes the plan document. Only its owner may read it.
func (s *shell) save(p *plan.Plan, file string) error {
	var b bytes.Buffer
	if err := view.JSON(&b, p.Public()); err != nil {
		return err
	}
	if err := s.savable(file); err != nil {
		return err
	}
	if err := replace(s.path(file), b.Bytes(), 0o600); err != nil {
		return fmt.Errorf("saving the plan: %w", err)
	}
	s.say("Saved the plan as %s.", words.Escape(file))
	return nil
}

// savable says why a plan cannot be saved as a file: what stands there is no plan, and would be lost.
func (s *shell) savable(file string) error {
	refuse := func(format string, args ...any) error {
		return diag.Diagnostics{{Code: "X113", Severity: diag.Error, Detail: fmt.Sprintf(format, args...)}}
	}
	path := s.path(file)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if dir, err := os.Stat(filepath.Dir(path)); err != nil || !dir.IsDir() {
			return refuse("There is no directory %s to save the plan in. Make it, or choose another file.", filepath.Dir(file))
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking at %s: %w", file, err)
	}
	if info.IsDir() {
		return refuse("%s is a directory. Give the name of a file.", file)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("looking at %s: %w", file, err)
	}
	var doc plan.Plan
	if len(raw) > 0 && (json.Unmarshal(raw, &doc) != nil || doc.Format == "" || doc.Items == nil) {
		return refuse("%s is there, and it is not a saved plan; saving would destroy it. Choose another name.", file)
	}
	return nil
}
