package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/providers"
)

// source is what the models of one source block may read.
type source struct {
	name    string
	body    *schema.Body
	dir     string   // relative paths of models start here
	roots   []string // directories that models may read, without symbolic links; dir is the first
	state   string   // the state file, which no model reads
	path    string   // the DuckDB file; "" where there is none
	shown   string   // as the user wrote it
	catalog string   // the name it is attached as, which no model can write by accident
	stem    string   // the name that the engine gives a catalog of this file

	shared bool // another source has attached the file

	mu      sync.Mutex
	loaded  bool
	entries []entry
}

// entry is a table, a view or a type of the source's file.
type entry struct {
	schema, name string
	kind         string // "table", "view", "type"
	sql          string // of a view
	columns      []string
}

func newSources(dir, state string, specs []providers.SourceSpec) (map[string]*source, error) {
	sources := make(map[string]*source, len(specs))
	catalogs := map[string]string{} // by file: sources of one file share its catalog
	var ds diag.Diagnostics
	for _, spec := range specs {
		body := spec.Body
		if body == nil {
			body = &schema.Body{}
		}
		s := &source{name: spec.Name, body: body, dir: dir, roots: []string{dir}, state: state, catalog: "source " + spec.Name}
		for _, check := range []func() error{s.allow, s.file} {
			if err := check(); err != nil {
				ds = append(ds, diag.From(err)...)
			}
		}
		if c, ok := catalogs[s.path]; ok && s.path != "" {
			s.catalog, s.shared = c, true
		}
		catalogs[s.path] = s.catalog
		sources[spec.Name] = s
	}
	return sources, ds.Err()
}

func (s *source) problem(code diag.Code, arg, detail string) error {
	at := s.body.At(arg)
	d := diag.Diagnostic{Code: code, Severity: diag.Error, Detail: detail, Where: fmt.Sprintf("in source \"duckdb\" %q", s.name),
		Addr: "source.duckdb." + s.name}
	if at.Filename != "" {
		d.Subject = &at
	}
	return diag.Diagnostics{d}
}

// allow reads allow_paths.
func (s *source) allow() error {
	var ds diag.Diagnostics
	for _, p := range s.body.Texts("allow_paths") {
		real, err := filepath.EvalSymlinks(absolute(s.dir, p))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			ds = append(ds, diag.From(s.problem("M105", "allow_paths", fmt.Sprintf("The directory %s does not exist.", p)))...)
			continue
		case err != nil:
			ds = append(ds, diag.From(s.problem("M105", "allow_paths", fmt.Sprintf("The directory %s cannot be opened: %s.", p, reason(err))))...)
			continue
		}
		if info, err := os.Stat(real); err != nil || !info.IsDir() {
			ds = append(ds, diag.From(s.problem("M105", "allow_paths", fmt.Sprintf("%s is not a directory. Name the directory that holds the file.", p)))...)
			continue
		}
		if private(real) {
			ds = append(ds, diag.From(s.problem("M104", "allow_paths", fmt.Sprintf("%s holds states and journals, which no model reads.", p)))...)
			continue
		}
		s.roots = append(s.roots, real)
	}
	return ds.Err()
}

// file reads path. Nothing opens the file here: closing it again would drop the locks that this process has on it.
func (s *source) file() error {
	s.shown = s.body.Text("path")
	if s.shown == "" {
		return nil
	}
	s.path = absolute(s.dir, s.shown)
	real, err := filepath.EvalSymlinks(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		detail := fmt.Sprintf("The file %s does not exist. Relative paths start at the directory of the configuration.", s.shown)
		return s.problem("M101", "path", detail)
	case err != nil:
		return s.problem("M103", "path", fmt.Sprintf("The file %s cannot be read: %s.", s.shown, reason(err)))
	}
	s.path = real
	if info, err := os.Stat(real); err == nil && info.IsDir() {
		return s.problem("M102", "path", fmt.Sprintf("%s is a directory, not a DuckDB database. To read the files in it, leave path out and "+
			"use read_csv(), read_parquet() or read_json() in the model's SQL.", s.shown))
	}
	if s.stateful(real) {
		return s.problem("M104", "path", fmt.Sprintf("%s belongs to a state, which no model reads.", s.shown))
	}
	s.stem, _, _ = strings.Cut(filepath.Base(real), ".")
	return nil
}

// private tells whether a path lies in a directory of states.
func private(p string) bool {
	return slices.ContainsFunc(strings.Split(filepath.ToSlash(p), "/"), func(part string) bool { return strings.EqualFold(part, ".signalsmith") })
}

// load lists what the source's file holds, once.
func (s *source) load(ctx context.Context, w *workspace) error {
	if s.path == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loaded {
		return nil
	}
	s.entries = nil
	err := s.list(ctx, w)
	s.loaded = err == nil
	return err
}

func (s *source) list(ctx context.Context, w *workspace) error {
	found, err := w.Query(ctx, "SELECT schema_name, table_name, 'table', '', NULL FROM duckdb_tables() WHERE database_name = $1 AND NOT internal "+
		"UNION ALL SELECT schema_name, view_name, 'view', sql, "+
		"(SELECT list(column_name ORDER BY column_index) FROM duckdb_columns() AS c WHERE c.database_name = v.database_name "+
		"AND c.schema_name = v.schema_name AND c.table_name = v.view_name) FROM duckdb_views() AS v WHERE database_name = $1 AND NOT internal "+
		"UNION ALL SELECT schema_name, type_name, 'type', '', NULL FROM duckdb_types() WHERE database_name = $1 AND NOT internal "+
		"ORDER BY 1, 2, 3", s.catalog)
	if err != nil {
		return fmt.Errorf("listing the tables of %s: %w", s.shown, err)
	}
	defer func() { _ = found.Close() }()
	for found.Next() {
		var e entry
		var columns any
		if err := found.Scan(&e.schema, &e.name, &e.kind, &e.sql, &columns); err != nil {
			return fmt.Errorf("listing the tables of %s: %w", s.shown, err)
		}
		list, _ := columns.([]any)
		for _, c := range list {
			name, _ := c.(string)
			e.columns = append(e.columns, name)
		}
		s.entries = append(s.entries, e)
	}
	return found.Err()
}

// find looks an entry up; names ignore case.
func (s *source) find(kinds, schema, name string) *entry {
	for i := range s.entries {
		e := &s.entries[i]
		if strings.Contains(kinds, e.kind) && strings.EqualFold(e.schema, schema) && strings.EqualFold(e.name, name) {
			return e
		}
	}
	return nil
}

func (s *source) hasSchema(name string) bool {
	return slices.ContainsFunc(s.entries, func(e entry) bool { return strings.EqualFold(e.schema, name) })
}

// relations lists tables and views as a model would name them.
func (s *source) relations() []string {
	var names []string
	for _, e := range s.entries {
		switch {
		case e.kind == "type":
		case e.schema == "main":
			names = append(names, e.name)
		default:
			names = append(names, e.schema+"."+e.name)
		}
	}
	return names
}
