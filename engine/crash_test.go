package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// TestDeathAtEveryStepLosesNothingAndDoesNothingTwice ends an apply before each of its steps.
func TestDeathAtEveryStepLosesNothingAndDoesNothingTwice(t *testing.T) {
	t.Parallel()
	p := doomed(t)
	saved, tried, settled := p.snapshotDir(), 0, 0
	steps, matters := p.rehearse(saved)
	for i, step := range steps {
		if !matters(step) {
			continue
		}
		p.restoreDir(saved)
		p.die(i + 1)
		tried++
		name := fmt.Sprintf("step %d (%.60s)", i+1, step)
		open := len(p.texts("SELECT run FROM STATE.stages WHERE status = 'open'")) > 0
		if open {
			settled++
			if !slices.ContainsFunc(p.plan().Diagnostics, func(d plan.Diagnostic) bool { return d.Code == "P405" }) {
				t.Errorf("%s: a stage is open, and the plan does not say so", name)
			}
		}
		p.whole(name)
	}
	if tried < 12 || settled < 5 {
		t.Errorf("only %d steps were tried, %d of them in a stage: %q", tried, settled, steps)
	}
}

// TestDeathWhileSettling ends the apply that settles another one, before each of its steps.
func TestDeathWhileSettling(t *testing.T) {
	t.Parallel()
	p := lost(t)
	saved := p.snapshotDir()
	steps, matters := p.rehearse(saved)
	for i, step := range steps {
		if matters(step) {
			p.restoreDir(saved)
			p.die(i + 1)
			p.whole(fmt.Sprintf("settling, step %d (%.60s)", i+1, step))
		}
	}
}

// TestKilledProcess kills real processes, at a few steps of an apply.
func TestKilledProcess(t *testing.T) {
	if dir := os.Getenv("SIGNALSMITH_TEST_KILL_DIR"); dir != "" {
		at, _ := strconv.Atoi(os.Getenv("SIGNALSMITH_TEST_KILL_AT"))
		p := newProject(t, nil)
		p.dir = dir
		r := &reaper{at: at, kill: func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) }}
		r.watch(p.engine)
		_, _, _ = p.engine.Apply(context.Background(), p.load(), engine.ApplyOptions{})
		return
	}
	t.Parallel()
	p := doomed(t)
	saved := p.snapshotDir()
	steps, _ := p.rehearse(saved)
	killed := 0
	for i, step := range steps {
		stages, sent := strings.Contains(step, "stages"), strings.HasPrefix(step, "send") || strings.HasPrefix(step, "hear")
		items := strings.Contains(step, "INSERT") && strings.Contains(step, "items")
		if !stages && !sent && !items {
			continue
		}
		p.restoreDir(saved)
		cmd := rerun(t, "TestKilledProcess", "SIGNALSMITH_TEST_KILL_DIR="+p.dir, "SIGNALSMITH_TEST_KILL_AT="+strconv.Itoa(i+1))
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("step %d: the process ended with %v: %s", i+1, err, out)
		}
		killed++
		p.whole(fmt.Sprintf("killed at step %d (%.60s)", i+1, step))
	}
	if killed < 6 {
		t.Errorf("only %d processes were killed", killed)
	}
}
