// Package engine plans and applies. It names no concrete provider, no command line and no standard output: what
// happens is told through events, what was found comes back as documents and diagnostics.
package engine

import (
	"io"
	"time"

	"github.com/signalsmith/signalsmith/engine/event"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers"
)

// Engine holds what every operation needs.
type Engine struct {
	Registry providers.Registry
	Version  string
	Now      func() time.Time
	Random   io.Reader  // for run ids and the salt of tokens
	Events   event.Sink // nil: nobody listens

	// User and Host name who holds the state's lock; "" takes the process's own.
	User, Host string

	// MemoryLimit in bytes and Threads of the workspace; 0 takes its own choice.
	MemoryLimit int64
	Threads     int
}

// PlanOptions say what to plan.
type PlanOptions struct {
	NoRefresh bool // do not read live records: what needs them is unknown

	// Only and Except are address patterns; an empty Only means all.
	Only, Except []string

	// Samples is the number of rows shown per item and action; 0 takes 10, negative all.
	Samples int

	// Rejects shows every rejected row, whatever Samples says.
	Rejects bool

	// Why is a key whose rows the plan tells everything about; "" for none.
	Why string

	// Allow are the guards that items may pass in this run, and Reason why.
	Allow  []Allow
	Reason string

	// SkipBlocked plans an apply that leaves out the items that a guard blocks, and what depends on them.
	SkipBlocked bool

	// ShowValues leaves values of pii fields in the samples of the returned document.
	ShowValues bool
}

// ApplyOptions say what to apply.
type ApplyOptions struct {
	PlanOptions

	// Confirm sees the plan before anything is written, and says whether to go on. It is not asked where the plan
	// writes nothing to Salesforce or is blocked. An error ends the apply and is returned as it is.
	Confirm func(*plan.Plan) (bool, error)

	// Resend sends rows again of which it is not known whether they were created, and which cannot be found; Forget takes
	// them for created. Without either they are left alone.
	Resend, Forget bool

	// FirstRun says that there is no snapshot since there has been no run, not since the state is lost.
	FirstRun bool

	// Unattended says that Confirm asks nobody: a missing snapshot is then an error, unless FirstRun is said.
	Unattended bool

	// Stop, when closed, finishes the requests in flight, commits and reports.
	Stop <-chan struct{}
}
