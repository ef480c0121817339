package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/signalsmith/signalsmith/cmd/internal/report"
	"github.com/signalsmith/signalsmith/cmd/internal/report/markdown"
	"github.com/signalsmith/signalsmith/cmd/internal/view"
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
	stages        bool
	bytes         int
	reports       []string
	events        string
	allow         allows
	reason        string
	skipBlocked   bool
}

func (f *planFlags) screen(c *cobra.Command) {
	f.format = choice{value: "text", of: report.Kinds()}
	c.Flags().Var(&f.format, "format", "how to print the plan")
	c.Flags().BoolVar(&f.summary, "summary", false, "print counts and no samples")
	c.Flags().BoolVar(&f.full, "full", false, "print every row, field and value")
	c.Flags().BoolVar(&f.stages, "explain", false, "print what an apply does, step by step")
	c.Flags().IntVar(&f.bytes, "max-bytes", markdown.Budget, "leave sections out of markdown that would make it longer than `N` bytes")
	f.reporting(c)
}

// reporting are the flags that write files beside the screen.
func (f *planFlags) reporting(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.reports, "report", nil, "also write the plan as `KIND=FILE`; repeatable. Kinds are those of plan --format")
}

// following is the flag for programs that follow a command.
func (f *planFlags) following(c *cobra.Command) {
	c.Flags().StringVar(&f.events, "events", "", "write what happens to `FILE`, as JSON lines")
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
	f.allowing(c)
	c.Flags().BoolVar(&f.refresh, "refresh", true, "read live records; without them, what depends on them is unknown")
	c.Flags().BoolVar(&f.exitCode, "exit-code", false, "end with 2 where there are changes")
	c.Flags().BoolVar(&f.showValues, "show-values", false, "print personal values instead of tokens, on a terminal only")
	c.Flags().BoolVar(&f.rejects, "rejects", false, "list every rejected row instead, with what is wrong with it")
	c.Flags().StringVar(&f.why, "why", "", "tell all that is known of the row with this `KEY`: its values, each check, what will happen and why")
	f.following(c)
	later(c, "offline", "emulate", "base", "retry-failed")
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
	case f.bytes <= 0:
		return refuse("X103", "The flag --max-bytes takes a number of bytes, 1 or more.")
	case (f.rejects || f.why != "") && f.format.value != "text" && f.format.value != "json":
		return refuse("X103", "The flags --rejects and --why tell of rows, which --format "+f.format.value+" does not.")
	case f.showValues && f.format.value != "text":
		return refuse("X112", "Only text on a terminal shows values that are masked; --format "+f.format.value+" does not.")
	case f.showValues && len(f.reports) > 0:
		return refuse("X112", "A report is a file, and --show-values would put personal values into it.")
	case f.showValues && !s.Terminal.Out:
		return refuse("X112", "Standard output is not a terminal, so --show-values would put personal values into a file or a log.")
	}
	_, err := f.targets()
	return err
}

func (s *shell) plan(ctx context.Context, f *planFlags) error {
	if err := s.writable(f); err != nil {
		return err
	}
	finish, err := s.follow(f)
	if err != nil {
		return err
	}
	return finish(s.planned(ctx, f))
}

// planned makes a plan and shows it.
func (s *shell) planned(ctx context.Context, f *planFlags) error {
	cfg, ds := s.tryLoad()
	if ds.HasErrors() {
		return s.planFailed(ds, f, nothing)
	}
	s.report(ds, nothing)
	o := engine.PlanOptions{NoRefresh: !f.refresh, Only: f.only, Except: f.except, Samples: f.samples, ShowValues: f.showValues, Rejects: f.rejects, Why: f.why, Allow: f.allow}
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
		return s.planFailed(ds, f, notWritten)
	}
	s.report(beside(ds, p), "")
	if s.events != nil {
		s.events.Planned(p)
	}
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

// planFailed reports errors. Whoever reads something else than text finds them there too.
func (s *shell) planFailed(ds diag.Diagnostics, f *planFlags, outcome string) error {
	p := engine.Failed(s.cfg, ds)
	if f.format.value != "text" {
		if err := s.render(s.Stdout, f.format.value, p, f); err != nil {
			return err
		}
	}
	if err := s.writeReports(p, f); err != nil {
		return err
	}
	return s.fail(ds, outcome)
}

// print writes a plan to standard output, and the reports.
func (s *shell) print(p *plan.Plan, f *planFlags) error {
	if err := s.writeReports(p, f); err != nil {
		return err
	}
	switch {
	case f.why != "" && f.format.value == "text":
		return s.planView(f, s.Terminal.Out).Why(s.Stdout, p)
	case f.rejects && f.format.value == "text":
		return s.planView(f, s.Terminal.Out).Rejects(s.Stdout, p)
	}
	return s.render(s.Stdout, f.format.value, p, f)
}

func (s *shell) planView(f *planFlags, terminal bool) view.Plan {
	v := view.Plan{Palette: s.palette(terminal), Stages: f.stages}
	switch {
	case f.summary:
		v.Detail = view.Summary
	case f.full:
		v.Detail = view.Full
	}
	return v
}
