// Package eventlog writes what happens while a plan is made or applied as JSON lines, for programs that follow a run.
package eventlog

import (
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/signalsmith/signalsmith/cmd/internal/view"
	"github.com/signalsmith/signalsmith/engine/event"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// Log writes one object per line. Names of lines and of their members are stable; more may come. It holds no keys and
// no values of rows. Its methods may be called from several goroutines.
type Log struct {
	Out io.Writer
	Now func() time.Time

	mu  sync.Mutex
	err error
}

// line is an object of the log. What an event does not have is left out.
type line struct {
	Time  time.Time `json:"time"`
	Event string    `json:"event"`

	What        string      `json:"what,omitempty"`
	Item        string      `json:"item,omitempty"`
	Op          string      `json:"op,omitempty"`
	State       string      `json:"state,omitempty"`
	Plan        string      `json:"plan,omitempty"`
	Run         string      `json:"run,omitempty"`
	Destination string      `json:"destination,omitempty"`
	Why         string      `json:"why,omitempty"`
	Rows        *int64      `json:"rows,omitempty"`
	Calls       *int64      `json:"calls,omitempty"`
	Done        *int64      `json:"done,omitempty"`
	Failed      *int64      `json:"failed,omitempty"`
	Total       *int64      `json:"total,omitempty"`
	Complete    *bool       `json:"complete,omitempty"`
	Elapsed     *int64      `json:"elapsed_ms,omitempty"`
	Wait        *int64      `json:"wait_ms,omitempty"`
	Counts      *counts     `json:"counts,omitempty"`
	Blocked     []string    `json:"blocked,omitempty"`
	LeftOut     []string    `json:"left_out,omitempty"`
	Status      string      `json:"status,omitempty"`
	Tally       *plan.Tally `json:"tally,omitempty"`
	Errors      []string    `json:"errors,omitempty"` // codes
}

// counts are sums over all items; a sum that cannot be known is null.
type counts struct {
	Create *int64 `json:"create"`
	Update *int64 `json:"update"`
	Remove *int64 `json:"remove"`
	Reject *int64 `json:"reject"`
}

// Event writes what the engine tells.
func (l *Log) Event(ev event.Event) {
	switch e := ev.(type) {
	case event.Reading:
		l.write(line{Event: "reading", What: e.What, Rows: &e.Rows, Calls: &e.Calls, Complete: &e.Done, Elapsed: milliseconds(e.Elapsed)})
	case event.Applying:
		l.write(line{Event: "applying", Plan: e.Plan, Run: e.Run, Destination: e.Destination})
	case event.Stage:
		l.write(line{
			Event: "stage", Item: e.Addr, Op: e.Op, State: string(e.State), Done: &e.Done, Failed: &e.Failed, Total: &e.Total,
			Calls: &e.Calls, Elapsed: milliseconds(e.Elapsed),
		})
	case event.Throttled:
		l.write(line{Event: "throttled", Destination: e.Destination, Wait: milliseconds(e.Wait), Why: e.Why})
	case event.Stopping:
		l.write(line{Event: "stopping"})
	}
}

// Planned writes that a plan has been made.
func (l *Log) Planned(p *plan.Plan) {
	s := p.Sum()
	known := func(c plan.Count) *int64 {
		if !c.Known {
			return nil
		}
		return &c.N
	}
	var out []string
	for _, it := range p.LeftOut() {
		out = append(out, it.Addr)
	}
	l.write(line{
		Event: "planned", Plan: p.ID, Blocked: p.BlockedItems(), LeftOut: out,
		Counts: &counts{Create: known(s.Create), Update: known(s.Update), Remove: known(s.Remove), Reject: known(s.Reject)},
	})
}

// Ended writes the result of a run.
func (l *Log) Ended(r *plan.Run) {
	failed := r.Failed.Total()
	l.write(line{Event: "ended", Run: r.Run, Plan: r.Plan, Status: r.Status, Tally: &r.Done, Failed: &failed, Calls: &r.Calls})
}

// Errors writes the codes of what went wrong.
func (l *Log) Errors(codes []string) { l.write(line{Event: "error", Errors: codes}) }

// Err is the first error of writing.
func (l *Log) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

func (l *Log) write(v line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return
	}
	v.Time = l.Now().UTC().Truncate(time.Millisecond)
	raw, err := json.Marshal(v)
	if err == nil {
		_, err = l.Out.Write(append(view.Harmless(raw), '\n'))
	}
	l.err = err
}

func milliseconds(d time.Duration) *int64 {
	n := d.Milliseconds()
	return &n
}
