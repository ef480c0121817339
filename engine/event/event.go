// Package event holds what the engine tells while it works. Renderings of progress see only these.
package event

import "time"

// Sink takes events. It is called from several goroutines, one at a time, and must not block for long.
type Sink func(Event)

// Event is one of the types below.
type Event interface{ event() }

// Reading tells about rows that are being read: a model, or the records of an object. Calls is 0 for models.
type Reading struct {
	What    string // "model.customers", "salesforce.crm Contact"
	Rows    int64
	Calls   int64
	Done    bool
	Elapsed time.Duration
}

// Applying starts an apply.
type Applying struct {
	Plan        string // six digits
	Destination string
	Run         string
}

// Stage tells how far a stage is. Total is known from the start.
type Stage struct {
	Addr    string
	Op      string // "create", "update", "commit"
	Done    int64
	Failed  int64
	Total   int64
	Calls   int64
	State   StageState
	Elapsed time.Duration
}

// StageState is where a stage stands.
type StageState string

// The states, in order. A stage that a stop ended is Stopped.
const (
	Waiting StageState = "waiting"
	Running StageState = "running"
	Ended   StageState = "ended"
	Stopped StageState = "stopped"
)

// Throttled tells that a destination waits.
type Throttled struct {
	Destination string
	Wait        time.Duration
	Why         string
}

// Stopping tells that an interrupt was seen and requests in flight are being finished.
type Stopping struct{}

func (Reading) event()   {}
func (Applying) event()  {}
func (Stage) event()     {}
func (Throttled) event() {}
func (Stopping) event()  {}
