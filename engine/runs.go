package engine

import (
	"cmp"
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/engine/plan"
	"github.com/signalsmith/signalsmith/providers"
)

// RunsDir is the directory that holds a directory per run, beside the state.
func RunsDir(cfg *config.Config) string {
	return filepath.Join(filepath.Dir(cfg.Project.StatePath), "runs")
}

// Runs reads the records of all runs, newest first. Directories that hold no record are left out: their run was
// killed before it ended.
func Runs(cfg *config.Config) ([]plan.Run, error) {
	dirs, err := os.ReadDir(RunsDir(cfg))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing runs: %w", err)
	}
	var out []plan.Run
	for _, d := range slices.Backward(dirs) {
		raw, err := os.ReadFile(filepath.Join(RunsDir(cfg), d.Name(), "run.json"))
		if errors.Is(err, fs.ErrNotExist) || !d.IsDir() {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading run %s: %w", d.Name(), err)
		}
		var r plan.Run
		if err := json.Unmarshal(raw, &r); err != nil {
			r = plan.Run{Run: d.Name(), Status: "unreadable"}
		}
		out = append(out, r)
	}
	return out, nil
}

// recorder writes the files of one run: plan.json at once, failed.csv while rows fail, run.json at the end. They
// hold row values, so only their owner may read them.
type recorder struct {
	run    *plan.Run
	dir    string
	shown  string // relative to the configuration's directory where it lies below
	file   *os.File
	csv    *csv.Writer
	groups map[[3]string]*plan.Failure
	tokens plan.Tokens
}

func newRecorder(cfg *config.Config, run *plan.Run, doc *plan.Plan) (*recorder, error) {
	r := &recorder{run: run, dir: filepath.Join(RunsDir(cfg), run.Run), groups: map[[3]string]*plan.Failure{}, tokens: doc.Tokens()}
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the run's directory: %w", err)
	}
	r.shown = r.dir
	if rel, err := filepath.Rel(cfg.Dir, r.dir); err == nil && !strings.HasPrefix(rel, "..") {
		r.shown = rel
	}
	return r, r.write("plan.json", doc.Public())
}

func (r *recorder) write(name string, v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	// Written beside and renamed, so that a reader never sees half of it.
	path := filepath.Join(r.dir, name)
	if err := os.WriteFile(path+".new", append(raw, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// flush brings the failed rows to the file.
func (r *recorder) flush() error {
	if r.csv == nil {
		return nil
	}
	r.csv.Flush()
	if err := r.csv.Error(); err != nil {
		return fmt.Errorf("writing failed rows: %w", err)
	}
	return nil
}

// failed records one row that failed.
func (r *recorder) failed(w *work, action string, o providers.Outcome) error {
	if r.csv == nil {
		f, err := os.OpenFile(filepath.Join(r.dir, "failed.csv"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return fmt.Errorf("writing failed rows: %w", err)
		}
		r.file, r.csv = f, csv.NewWriter(f)
		r.run.FailedFile = filepath.ToSlash(filepath.Join(r.shown, "failed.csv"))
		if err := r.csv.Write([]string{"item", "key", "record_id", "operation", "code", "message", "fields", "hint"}); err != nil {
			return fmt.Errorf("writing failed rows: %w", err)
		}
	}
	hint := fix(w.org.factory, o.Code)
	err := r.csv.Write([]string{w.addr(), o.Key, o.ID, action, o.Code, o.Message, strings.Join(o.Fields, " "), hint})
	if err != nil {
		return fmt.Errorf("writing failed rows: %w", err)
	}
	id := [3]string{w.addr(), o.Code, o.Message}
	g := r.groups[id]
	if g == nil {
		g = &plan.Failure{Code: o.Code, Message: o.Message, Object: w.Object.Name, Hint: hint, KeysMasked: w.PIIKey}
		r.groups[id] = g
	}
	g.N++
	if len(g.Keys) < 3 {
		key := o.Key
		if w.PIIKey {
			key = r.tokens.Of(key)
		}
		g.Keys = append(g.Keys, key)
	}
	return nil
}

// fix is the first sentence of what to do about a code, "" where the provider does not know it.
func fix(f providers.DestinationFactory, code string) string {
	text, ok := f.Explain(code)
	if !ok {
		return ""
	}
	_, after, ok := strings.Cut(text, "## Fix\n")
	if !ok {
		return ""
	}
	after = strings.Join(strings.Fields(after), " ")
	if i := strings.Index(after, ". "); i >= 0 {
		after = after[:i+1]
	}
	return after
}

// close finishes the files.
func (r *recorder) close() error {
	var errs []error
	if r.csv != nil {
		r.csv.Flush()
		errs = append(errs, r.csv.Error(), r.file.Close())
	}
	for _, g := range r.groups {
		slices.Sort(g.Keys)
		r.run.Failures = append(r.run.Failures, *g)
	}
	slices.SortFunc(r.run.Failures, func(a, b plan.Failure) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	errs = append(errs, r.write("run.json", r.run))
	return errors.Join(errs...)
}

// completeRun writes the record of a run that died, where it has none.
func completeRun(cfg *config.Config, run *plan.Run) error {
	r := &recorder{run: run, dir: filepath.Join(RunsDir(cfg), run.Run)}
	if _, err := os.Stat(filepath.Join(r.dir, "run.json")); err == nil {
		return nil
	}
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return fmt.Errorf("making the run's directory: %w", err)
	}
	return r.write("run.json", run)
}

// random is where random bytes come from.
func (e *Engine) random() io.Reader {
	if e.Random != nil {
		return e.Random
	}
	return rand.Reader
}

func (s *session) random(n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := io.ReadFull(s.e.random(), b)
	return b, err
}
