package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/signalsmith/signalsmith/engine/plan"
)

const (
	historyRuns = 30  // that a plan tells of an item
	historyDirs = 200 // that are looked at for them
)

// history is what past runs of this project and environment did to each item, and the SQL that its model had at the last
// of them. It comes from the files beside the state: where these are not at hand, nothing is known, and a plan says
// nothing.
type history struct {
	past    map[string][]plan.Past // by address, the oldest first
	queries map[string]query
}

// query is the SQL that a model had when a run began.
type query struct {
	at   time.Time
	text string
}

// pastRuns reads the records of runs, the newest first, until every item has enough of them. Records that cannot be read
// are passed over: a plan does not depend on them.
func (s *session) pastRuns() history {
	cfg := s.cfg
	h := history{past: map[string][]plan.Past{}, queries: map[string]query{}}
	dirs, err := os.ReadDir(RunsDir(cfg))
	if err != nil {
		return h
	}
	for i, d := range slices.Backward(dirs) {
		if i < len(dirs)-historyDirs || !slices.ContainsFunc(s.items, func(it *item) bool { return len(h.past[it.addr()]) < historyRuns }) {
			break
		}
		var r plan.Run
		if !read(filepath.Join(RunsDir(cfg), d.Name(), "run.json"), &r) || r.Project != cfg.Project.Project || r.Environment != cfg.Project.Environment {
			continue
		}
		var doc *plan.Plan
		for _, it := range r.Items {
			if it.Skipped || len(h.past[it.Addr]) >= historyRuns {
				continue
			}
			h.past[it.Addr] = append(h.past[it.Addr], plan.Past{
				Run: r.Run, Time: r.Started, Rows: it.Rows, Written: it.Done.Total() - it.Done.Note, Removed: it.Done.Remove + it.Done.Clear,
			})
			// Names of runs of one second do not say which was first.
			if q, known := h.queries[it.Addr]; known && r.Started.Before(q.at) || it.Stopped != "" {
				continue
			}
			if doc == nil {
				doc = &plan.Plan{}
				read(filepath.Join(RunsDir(cfg), d.Name(), "plan.json"), doc)
			}
			if was := doc.Item(it.Addr); was != nil && was.Query != nil {
				h.queries[it.Addr] = query{r.Started, was.Query.Text}
			}
		}
	}
	for _, past := range h.past {
		slices.SortFunc(past, func(a, b plan.Past) int { return a.Time.Compare(b.Time) })
	}
	return h
}

// read reads a JSON file, and tells whether it could.
func read(file string, into any) bool {
	raw, err := os.ReadFile(file)
	return err == nil && json.Unmarshal(raw, into) == nil
}

// tell puts into an item's part of the document what is known of its past.
func (h history) tell(w *work, out *plan.Item) {
	out.History = h.past[out.Addr]
	if w.Model.SQL == "" {
		return
	}
	out.Query = &plan.Query{Text: w.Model.SQL}
	if before, ok := h.queries[out.Addr]; ok {
		out.Query.Before = &before.text
	}
}
