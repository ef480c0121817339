package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signalsmith/signalsmith/cmd/internal/view"
	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
)

func (s *shell) applyCommand() *cobra.Command {
	f := &planFlags{samples: 10}
	yes := false
	var o engine.ApplyOptions
	c := &cobra.Command{
		Use:   "apply",
		Short: "Plan, ask, and change in Salesforce exactly what the plan says",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unavailable("Applying a saved plan (apply FILE)")
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("reason") && len(f.allow) == 0 {
				return diag.Diagnostic{Code: "X103", Severity: diag.Error, Detail: "The flag --reason says why something is allowed, and --allow is not given."}
			}
			if err := s.writable(f); err != nil {
				return err
			}
			finish, err := s.follow(f)
			if err != nil {
				return err
			}
			return finish(s.apply(c.Context(), f, yes, o))
		},
	}
	f.choose(c)
	f.format = choice{value: "text", of: []string{"text", "json"}}
	c.Flags().Var(&f.format, "format", "how to print the result")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&o.FirstRun, "first-run", false, "there is no snapshot since nothing was applied before")
	c.Flags().BoolVar(&o.Resend, "resend", false, "send rows again of which it is not known whether they were created")
	c.Flags().BoolVar(&o.Forget, "forget", false, "take these rows for created")
	c.MarkFlagsMutuallyExclusive("resend", "forget")
	f.allowing(c)
	c.Flags().StringVar(&f.reason, "reason", "", "why it is allowed: `TEXT` that is kept with the run")
	c.Flags().BoolVar(&f.skipBlocked, "skip-blocked", false, "leave out what a guard blocks, and what depends on it, and apply the rest")
	f.reporting(c)
	f.following(c)
	later(c, "within", "tolerance", "resume")
	return c
}

// asking is what an apply remembers of its question.
type asking struct {
	shown, declined bool
}

func (s *shell) apply(ctx context.Context, f *planFlags, yes bool, o engine.ApplyOptions) error {
	cfg, ds := s.tryLoad()
	if ds.HasErrors() {
		if err := s.writeReports(engine.Failed(s.cfg, ds), f); err != nil {
			return err
		}
		return s.fail(ds, nothing)
	}
	s.report(ds, nothing)
	working, cancel := s.interruptible(ctx)
	defer cancel()
	e, progress, done := s.engine()
	var a asking
	o.PlanOptions, o.Stop = engine.PlanOptions{Only: f.only, Except: f.except, Allow: f.allow, Reason: f.reason, SkipBlocked: f.skipBlocked}, s.Stop
	o.Unattended = yes || !s.Terminal.In || !s.Terminal.Err
	o.Confirm = func(p *plan.Plan) (bool, error) {
		if progress != nil {
			progress.Pause()
		}
		return s.confirm(working, p, f, yes, &a)
	}
	p, run, ds := e.Apply(working, cfg, o)
	done()
	if p == nil || run == nil && !a.declined {
		if err := s.notBegun(ctx, p, ds, f, &a); err != nil {
			return err
		}
	}
	switch {
	case a.declined:
		return s.cancelled(ctx, p, f)
	case run == nil:
		return s.printRun(p, nothingRun(p), f)
	}
	if s.events != nil {
		s.events.Ended(run)
	}
	s.report(unlessStopped(run, beside(ds, p)), "")
	if err := s.printRun(p, run, f); err != nil {
		return err
	}
	return outcome(run, ds)
}

// notBegun reports why nothing was begun; a nil error says that there was nothing to do.
func (s *shell) notBegun(ctx context.Context, p *plan.Plan, ds diag.Diagnostics, f *planFlags, a *asking) error {
	if s.stopped(ctx) {
		return s.interrupted("Nothing was changed.")
	}
	if p != nil {
		if err := s.review(p, f, a); err != nil {
			return err
		}
		ds = beside(ds, p)
	} else if err := s.writeReports(engine.Failed(s.cfg, ds), f); err != nil {
		return err
	}
	if s.events != nil && ds.HasErrors() {
		s.events.Errors(codes(ds))
	}
	s.report(ds, notWritten)
	switch {
	case p == nil || ds.HasErrors():
		return codeError
	case len(p.Blocked()) > 0 || len(p.LeftOut()) > 0:
		return codeBlocked
	}
	return nil
}

// review shows the plan once: as the result, or beside it where the result is JSON.
func (s *shell) review(p *plan.Plan, f *planFlags, a *asking) error {
	if a.shown {
		return nil
	}
	a.shown = true
	if s.events != nil {
		s.events.Planned(p)
	}
	if err := s.writeReports(p, f); err != nil {
		return err
	}
	if f.format.value == "json" {
		return s.planView(f, s.Terminal.Err).Write(s.Stderr, p)
	}
	return s.planView(f, s.Terminal.Out).Write(s.Stdout, p)
}

// confirm shows the plan and asks whether to go on.
func (s *shell) confirm(ctx context.Context, p *plan.Plan, f *planFlags, yes bool, a *asking) (bool, error) {
	if err := s.review(p, f, a); err != nil {
		return false, err
	}
	if len(p.Blocked()) > 0 {
		return false, nil
	}
	if yes {
		return true, nil
	}
	if !s.Terminal.In || !s.Terminal.Err {
		return false, diag.Diagnostic{
			Code: "X106", Severity: diag.Error,
			Detail:  "There is no terminal to ask at, and --yes was not given. To apply without being asked, run:",
			Command: "signalsmith apply --yes",
		}
	}
	removals := view.Removals(p)
	question := "Apply " + view.Writes(p) + " to " + destinations(p) + "? "
	if removals > 0 {
		question += fmt.Sprintf("Type the number of removals (%d) to go on: ", removals)
	} else {
		question += "[y/N] "
	}
	_, _ = io.WriteString(s.Stderr, "\n"+question)
	answer, err := s.answer(ctx)
	if err != nil {
		_, _ = io.WriteString(s.Stderr, "\n")
	}
	switch {
	case err != nil:
		a.declined = true
		return false, nil
	case removals > 0:
		n, err := strconv.ParseInt(strings.ReplaceAll(answer, ",", ""), 10, 64)
		a.declined = err != nil || n != removals
	default:
		a.declined = !slices.Contains([]string{"y", "yes"}, strings.ToLower(answer))
	}
	return !a.declined, nil
}

// answer reads one line. An interrupt ends the question.
func (s *shell) answer(ctx context.Context) (string, error) {
	type reply struct {
		line string
		err  error
	}
	got := make(chan reply, 1)
	go func() {
		line, err := bufio.NewReader(s.Stdin).ReadString('\n')
		got <- reply{strings.TrimSpace(line), err}
	}()
	select {
	case r := <-got:
		return r.line, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// destinations names where a plan's writes go.
func destinations(p *plan.Plan) string {
	var out []string
	for _, it := range p.Items {
		if d := words.Escape(it.Destination); it.Skipped == "" && it.Counts.Writes() > 0 && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return strings.Join(out, ", ")
}

// cancelled ends an apply that was not confirmed.
func (s *shell) cancelled(ctx context.Context, p *plan.Plan, f *planFlags) error {
	s.say("Cancelled. Nothing was changed.")
	if s.stopped(ctx) {
		return codeInterrupted
	}
	return codeError
}
