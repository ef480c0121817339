package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/eventlog"
	"github.com/signalsmith/signalsmith/cmd/internal/report"
	"github.com/signalsmith/signalsmith/cmd/internal/view"
	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// target is a file that a report goes to.
type target struct{ kind, file string }

// targets reads the values of --report.
func (f *planFlags) targets() ([]target, error) {
	var out []target
	for _, r := range f.reports {
		kind, file, ok := strings.Cut(r, "=")
		d := diag.Diagnostic{Code: "X103", Severity: diag.Error}
		switch {
		case !ok || file == "":
			d.Detail = fmt.Sprintf("The flag --report takes KIND=FILE, as in --report html=plan.html; %q is not that.", r)
		case !slices.Contains(report.Kinds(), kind):
			d.Detail = fmt.Sprintf("The flag --report: there is no kind %q, only %s.", kind, strings.Join(report.Kinds(), ", "))
			d.Hints = diag.DidYouMean(kind, report.Kinds())
		case slices.ContainsFunc(out, func(t target) bool { return filepath.Clean(t.file) == filepath.Clean(file) }) ||
			f.out != "" && filepath.Clean(f.out) == filepath.Clean(file) || f.events != "" && filepath.Clean(f.events) == filepath.Clean(file):
			d.Detail = fmt.Sprintf("Two flags write to %s, and one would destroy what the other wrote.", file)
		default:
			out = append(out, target{kind, file})
			continue
		}
		return nil, d
	}
	if f.events != "" && f.out != "" && filepath.Clean(f.events) == filepath.Clean(f.out) {
		return nil, diag.Diagnostic{Code: "X103", Severity: diag.Error, Detail: fmt.Sprintf("Two flags write to %s, and one would destroy what the other wrote.", f.out)}
	}
	return out, nil
}

// writable says why a file that a command is to write cannot be written, before anything is done.
func (s *shell) writable(f *planFlags) error {
	if f.out != "" {
		if err := s.savable(f.out); err != nil {
			return err
		}
	}
	all, err := f.targets()
	if err != nil {
		return err
	}
	var files []string
	for _, t := range all {
		files = append(files, t.file)
	}
	if f.events != "" {
		files = append(files, f.events)
	}
	for _, file := range files {
		d := diag.Diagnostic{Code: "X113", Severity: diag.Error}
		path := s.path(file)
		dir, err := os.Stat(filepath.Dir(path))
		switch info, there := os.Stat(path); {
		case err != nil || !dir.IsDir():
			d.Detail = fmt.Sprintf("There is no directory %s to write %s in. Make it, or choose another file.", filepath.Dir(file), filepath.Base(file))
		case there == nil && info.IsDir():
			d.Detail = fmt.Sprintf("%s is a directory. Give the name of a file.", file)
		case strings.EqualFold(filepath.Ext(file), ".hcl"):
			d.Detail = fmt.Sprintf("%s would become part of the configuration. Choose another name.", file)
		default:
			continue
		}
		return d
	}
	return nil
}

// render writes a plan in one format.
func (s *shell) render(w io.Writer, kind string, p *plan.Plan, f *planFlags) error {
	dir := ""
	if filepath.IsLocal(s.dir) {
		dir = filepath.ToSlash(filepath.Clean(s.dir))
	}
	o := report.Options{Text: s.planView(f, s.Terminal.Out), Bytes: f.bytes, Dir: dir, Version: s.Version.Number}
	if w != s.Stdout {
		o.Text.Palette = view.NewPalette(false)
	}
	return report.Write(w, kind, p, o)
}

// writeReports writes the files that were asked for. What holds rows is for its owner's eyes only.
func (s *shell) writeReports(p *plan.Plan, f *planFlags) error {
	all, err := f.targets()
	if err != nil {
		return err
	}
	for _, t := range all {
		var b bytes.Buffer
		if err := s.render(&b, t.kind, p, f); err != nil {
			return err
		}
		mode := os.FileMode(0o644)
		if report.Rows(t.kind) {
			mode = 0o600
		}
		if err := replace(s.path(t.file), b.Bytes(), mode); err != nil {
			return fmt.Errorf("writing the report %s: %w", t.file, err)
		}
	}
	return nil
}

// follow opens the log of events, if one is wanted. finish closes it, and reports what went wrong there where nothing
// else did.
func (s *shell) follow(f *planFlags) (finish func(error) error, err error) {
	if f.events == "" {
		return func(err error) error { return err }, nil
	}
	file, err := os.OpenFile(s.path(f.events), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("writing events: %w", err)
	}
	s.events = &eventlog.Log{Out: file, Now: s.Now}
	return func(err error) error {
		if cerr := errors.Join(s.events.Err(), file.Close()); cerr != nil && err == nil {
			return fmt.Errorf("writing events: %w", cerr)
		}
		return err
	}, nil
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
