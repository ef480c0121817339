package plan

import "time"

// Run is the result of one apply, and its file .signalsmith/runs/ID/run.json.
type Run struct {
	Format string `json:"format"`
	Run    string `json:"run"` // 20261123-121004-9b1c: UTC time and a random end; ordered by time
	Plan   string `json:"plan"`

	Project     string `json:"project,omitempty"`
	Environment string `json:"environment,omitempty"`

	// Status is "applied", "partial" (rows failed or an item stopped), "interrupted", "error", or "settled": its process
	// died, and a later apply found out what it had done.
	Status  string    `json:"status"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`
	Org     Org       `json:"org"`

	Done     Tally `json:"done"`
	Failed   Tally `json:"failed"`
	NotTried Tally `json:"not_tried"`

	Items      []RunItem `json:"items"`
	Failures   []Failure `json:"failures"` // by falling N, then code and message
	Calls      int64     `json:"calls"`
	Needed     int64     `json:"needed"`                // calls that the plan said it would take
	Allowed    []Guard   `json:"allowed,omitempty"`     // guards that would have blocked the run, and were passed by name
	FailedFile string    `json:"failed_file,omitempty"` // relative to the directory
}

// Tally counts rows per action.
type Tally struct {
	Create int64 `json:"create"`
	Update int64 `json:"update"`
	Remove int64 `json:"remove"`
	Clear  int64 `json:"clear"`
	Note   int64 `json:"note"`
}

// Total is the sum over all actions.
func (t Tally) Total() int64 { return t.Create + t.Update + t.Remove + t.Clear + t.Note }

// Add adds another tally.
func (t *Tally) Add(o Tally) {
	t.Create += o.Create
	t.Update += o.Update
	t.Remove += o.Remove
	t.Clear += o.Clear
	t.Note += o.Note
}

// RunItem is one item's part of a run.
type RunItem struct {
	Addr     string `json:"addr"`
	Done     Tally  `json:"done"`
	Failed   Tally  `json:"failed"`
	NotTried Tally  `json:"not_tried"`
	Rows     int64  `json:"rows"`   // the model's
	Calls    int64  `json:"calls"`  // that the item took
	Needed   int64  `json:"needed"` // that the plan said it would take

	// Stopped says why the item was stopped, "" where it was not. Skipped tells that it was left out from the beginning.
	Stopped string `json:"stopped,omitempty"`
	Skipped bool   `json:"skipped,omitempty"`
}

// Failure groups the rows that failed alike. Message is Salesforce's own text.
type Failure struct {
	Code    string   `json:"code"`
	Message string   `json:"message"`
	Object  string   `json:"object"`
	N       int64    `json:"n"`
	Keys    []string `json:"keys"` // the first three; tokens where KeysMasked
	Hint    string   `json:"hint,omitempty"`

	KeysMasked bool `json:"keys_masked"`
}
