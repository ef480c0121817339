package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/providers"
)

func (f *factory) openWorkspace(ctx context.Context, s providers.WorkspaceSpec) (_ *workspace, err error) {
	dir, err := realDir(s.Dir)
	if err != nil {
		return nil, fmt.Errorf("opening the directory of the configuration: %w", err)
	}
	state, err := stateFile(dir, s)
	if err != nil {
		return nil, err
	}
	sources, err := newSources(dir, state.path, s.Sources)
	if err != nil {
		return nil, err
	}

	w := &workspace{sources: sources, write: s.Write, stored: state.exists || s.Write}
	if w.stored {
		if !f.take(state.path, s.Write) {
			return nil, state.locked(os.Getpid())
		}
		w.release = func() { f.release(state.path) }
	}
	if err := w.start(s); err != nil {
		if w.release != nil {
			w.release()
		}
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = w.shut()
		}
	}()
	if err := w.attachState(ctx, state); err != nil {
		return nil, err
	}
	var ds diag.Diagnostics
	for _, spec := range s.Sources {
		if err := w.attachSource(ctx, w.sources[spec.Name]); err != nil {
			ds = append(ds, diag.From(err)...)
		}
	}
	if err := ds.Err(); err != nil {
		return nil, err
	}
	if err := w.harden(ctx); err != nil {
		return nil, err
	}
	return w, nil
}

// perThread is the memory in bytes that each thread should have: a thread that fills a table with many columns holds blocks
// of all of them, which are not spilled.
const perThread = 192 << 20

// start makes the instance. Nothing is attached yet.
func (w *workspace) start(s providers.WorkspaceSpec) error {
	dir, err := os.MkdirTemp("", "signalsmith-")
	if err != nil {
		return fmt.Errorf("making a temporary directory: %w", err)
	}
	w.dir = dir
	settings := url.Values{
		"errors_as_json":               {"true"},
		"preserve_insertion_order":     {"false"},
		"temp_directory":               {filepath.Join(dir, "spill")},
		"home_directory":               {dir},
		"secret_directory":             {filepath.Join(dir, "secrets")},
		"extension_directory":          {filepath.Join(dir, "extensions")},
		"allow_persistent_secrets":     {"false"},
		"autoinstall_known_extensions": {"false"},
		"autoload_known_extensions":    {"false"},
		"allow_community_extensions":   {"false"},
		"enable_external_file_cache":   {"false"},
	}
	if s.MemoryLimit > 0 {
		settings.Set("memory_limit", strconv.FormatInt(s.MemoryLimit, 10)+"B")
	}
	threads := s.Threads
	if threads == 0 && s.MemoryLimit > 0 {
		threads = max(1, min(runtime.NumCPU(), int(s.MemoryLimit/perThread)))
	}
	if threads > 0 {
		settings.Set("threads", strconv.Itoa(threads))
	}
	c, err := duckdb.NewConnector(":memory:?"+settings.Encode(), nil)
	if err != nil {
		return errors.Join(fmt.Errorf("starting duckdb: %w", wrap(context.Background(), err)), os.RemoveAll(dir))
	}
	w.db = sql.OpenDB(c)
	w.db.SetMaxIdleConns(4)
	return nil
}

// harden makes the schema of temporary tables and then shuts every door. Zoneless arithmetic in models is in UTC,
// whatever the machine's zone.
func (w *workspace) harden(ctx context.Context) error {
	allowed := []string{literal(w.dir)}
	for _, s := range w.sources {
		for _, root := range s.roots {
			allowed = append(allowed, literal(root))
		}
	}
	for _, stmt := range []string{
		"CREATE SCHEMA " + path(tempCatalog, tempSchema),
		"SET TimeZone = 'UTC'",
		"SET allowed_directories = [" + strings.Join(allowed, ", ") + "]",
		"SET enable_external_access = false",
		"SET lock_configuration = true",
	} {
		if _, err := w.db.ExecContext(ctx, stmt); err != nil {
			return fmt.Errorf("locking the engine's configuration: %w", wrap(ctx, err))
		}
	}
	if err := w.db.QueryRowContext(ctx, "SELECT ltrim(version(), 'v')").Scan(&w.dialect.version); err != nil {
		return fmt.Errorf("asking for the engine's version: %w", wrap(ctx, err))
	}
	found, err := w.db.QueryContext(ctx, "SELECT lower(view_name) FROM duckdb_views() WHERE internal")
	if err != nil {
		return fmt.Errorf("listing the engine's own views: %w", wrap(ctx, err))
	}
	defer func() { _ = found.Close() }()
	w.taken = map[string]bool{}
	for found.Next() {
		var name string
		if err := found.Scan(&name); err != nil {
			return fmt.Errorf("listing the engine's own views: %w", err)
		}
		w.taken[name] = true
	}
	w.functions = newFunctions()
	return found.Err()
}

// state is where the state is kept.
type state struct {
	path   string // absolute; of the file itself where it exists
	shown  string // as the user knows it
	exists bool
	write  bool
}

func stateFile(dir string, s providers.WorkspaceSpec) (state, error) {
	p := s.StatePath
	if p == "" {
		p = filepath.Join(".signalsmith", "state.db")
	}
	st := state{path: absolute(dir, p), shown: p, write: s.Write}
	if s.Write {
		if err := os.MkdirAll(filepath.Dir(st.path), 0o700); err != nil {
			return st, st.problem("S104", fmt.Sprintf("The directory of the state file %s cannot be made: %s.", p, reason(err)))
		}
	}
	if real, err := filepath.EvalSymlinks(st.path); err == nil {
		st.path = real
	} else if real, err := filepath.EvalSymlinks(filepath.Dir(st.path)); err == nil {
		st.path = filepath.Join(real, filepath.Base(st.path))
	}
	info, err := os.Stat(st.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return st, nil
	case err != nil:
		return st, st.problem("S104", fmt.Sprintf("The state file %s cannot be opened: %s.", p, reason(err)))
	case info.IsDir():
		return st, st.problem("S104", fmt.Sprintf("The state file %s is a directory.", p))
	case info.Size() == 0:
		return st, st.problem("S102", fmt.Sprintf("The state file %s is empty: it was made, but nothing was ever written into it. Delete it.", p))
	}
	st.exists = true
	return st, nil
}

func (s state) problem(code diag.Code, detail string) error {
	return diag.Diagnostics{{Code: code, Severity: diag.Error, Detail: detail}}
}

func (s state) locked(pid int) error {
	if pid == os.Getpid() {
		return s.problem("S101", fmt.Sprintf("The state file %s is already open in this process (%d).", s.shown, pid))
	}
	return diag.Diagnostics{{Code: "S101", Severity: diag.Error,
		Detail: fmt.Sprintf("The state file %s is in use by process %d. One process at a time can use a local state: wait until that one "+
			"has finished, or end it if it hangs. Nothing is lost by that.", s.shown, pid),
		Command: fmt.Sprintf("ps -p %d", pid)}}
}

func (w *workspace) attachState(ctx context.Context, s state) error {
	from, mode := literal(s.path), " (TYPE duckdb)"
	switch {
	case !w.stored:
		from, mode = "':memory:'", ""
	case !s.write:
		mode = " (TYPE duckdb, READ_ONLY)"
	}
	_, err := w.db.ExecContext(ctx, "ATTACH "+from+" AS "+ident(stateCatalog)+mode)
	if err == nil && w.stored && s.write {
		// Rows of people are in it: nobody else may read it. The log beside it is made later, with the same rights.
		if err := os.Chmod(s.path, 0o600); err != nil {
			return s.problem("S104", fmt.Sprintf("The state file %s cannot be kept from others: %s.", s.shown, reason(err)))
		}
	}
	if err == nil || ctx.Err() != nil {
		return wrap(ctx, err)
	}
	if w.stored && !s.exists {
		// What was made just now is nobody's.
		defer func() {
			if info, e := os.Stat(s.path); e == nil && info.Size() == 0 {
				_ = os.Remove(s.path)
			}
		}()
	}
	cause, said, pid := attachProblem(wrap(ctx, err))
	switch cause {
	case causeLocked:
		return s.locked(pid)
	case causeForeign:
		return s.problem("S102", fmt.Sprintf("The state file %s is not a DuckDB database.", s.shown))
	case causeNewer:
		return s.problem("S103", fmt.Sprintf("The state file %s was written by a newer version: %s", s.shown, said))
	case causeDamaged:
		return s.problem("S105", fmt.Sprintf("The state file %s is damaged: %s", s.shown, said))
	}
	return s.problem("S104", fmt.Sprintf("The state file %s cannot be opened: %s", s.shown, said))
}

func (w *workspace) attachSource(ctx context.Context, s *source) error {
	if s.path == "" || s.shared {
		return nil
	}
	_, err := w.db.ExecContext(ctx, "ATTACH "+literal(s.path)+" AS "+ident(s.catalog)+" (TYPE duckdb, READ_ONLY)")
	if err == nil || ctx.Err() != nil {
		return wrap(ctx, err)
	}
	cause, said, pid := attachProblem(wrap(ctx, err))
	switch cause {
	case causeLocked:
		return s.problem("M103", "path", fmt.Sprintf("The file %s is open for writing in process %d. DuckDB lets nobody read a file "+
			"that another process writes: wait until it has finished, or read a copy.", s.shown, pid))
	case causeForeign:
		return s.problem("M102", "path", fmt.Sprintf("The file %s is not a DuckDB database. To read a CSV, Parquet or JSON file, leave "+
			"path out and use read_csv(), read_parquet() or read_json() in the model's SQL.", s.shown))
	case causeNewer:
		return s.problem("M102", "path", fmt.Sprintf("The file %s was written by a newer version of DuckDB: %s", s.shown, said))
	case causeDamaged:
		return s.problem("M102", "path", fmt.Sprintf("The file %s is damaged: %s", s.shown, said))
	}
	return s.problem("M103", "path", fmt.Sprintf("The file %s cannot be read: %s", s.shown, said))
}

type cause int

const (
	causeOther cause = iota
	causeLocked
	causeForeign
	causeNewer
	causeDamaged
)

// attachProblem sorts what the engine says about a file that it does not open; pid is the holder of a lock.
func attachProblem(err error) (c cause, said string, pid int) {
	var e *Error
	if !errors.As(err, &e) {
		return causeOther, err.Error() + ".", 0
	}
	said, _, _ = strings.Cut(e.Message, "\n")
	said = sentence(said)
	switch {
	case strings.Contains(e.Message, "Could not set lock on file"):
		_, after, _ := strings.Cut(e.Message, "(PID ")
		digits, _, _ := strings.Cut(after, ")")
		pid, _ = strconv.Atoi(digits)
		return causeLocked, said, pid
	case strings.Contains(e.Message, "not a valid DuckDB database file"):
		return causeForeign, said, 0
	case strings.Contains(e.Message, "database file with version number"):
		return causeNewer, said, 0
	case strings.Contains(e.Message, "Corrupt"), strings.Contains(e.Message, "Could not read enough bytes"), e.Kind == "Serialization",
		e.Kind == "FATAL", e.Kind == "INTERNAL":
		return causeDamaged, said, 0
	}
	return causeOther, said, 0
}

// sentence makes a message end with one full stop.
func sentence(s string) string {
	s = strings.TrimRight(strings.TrimSpace(s), ".!")
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// reason is the last part of a file system's error, without the path that the caller names already.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

func absolute(dir, p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(dir, p)
}

func realDir(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}
