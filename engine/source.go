package engine

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/engine/event"
	"github.com/signalsmith/signalsmith/providers"
)

// scanned is a model of a source that the workspace cannot see: its rows are streamed into the workspace once.
type scanned struct {
	scanner providers.Scanner
	remote  providers.Relation // in the scanner
	table   string             // in the workspace
	loaded  bool
	rows    int64             // that came, where they are loaded
	raws    map[string]string // the column that holds what SQL of the source computes, by that SQL
}

// rawColumn is the name of the i-th column that a mapping computes with SQL of the source.
func rawColumn(i int) string { return fmt.Sprintf("sql() %d", i+1) }

// openWorkspace opens the state and the sources that it can see.
func (s *session) openWorkspace(ctx context.Context, state string, write bool) {
	if err := s.own(); err != nil {
		s.fail(err)
		return
	}
	p := s.cfg.Project
	spec := providers.WorkspaceSpec{
		Dir: s.cfg.Dir, StatePath: state, Write: write, Owner: s.owner, Plan: s.owner.Run,
		MemoryLimit: s.e.MemoryLimit, Threads: s.e.Threads,
	}
	var factory providers.WorkspaceFactory
	switch {
	case p.StateSource != nil:
		if factory = s.e.Registry.Warehouse(p.StateSource.Kind); factory == nil {
			s.diags = append(s.diags, diag.Diagnostic{
				Code: "P402", Severity: diag.Error, Subject: p.StateRange, Label: "cannot keep the state",
				Detail: fmt.Sprintf("A %s source is opened read-only, so the state cannot live in it. Leave the state block out: the state is then a file beside the configuration.", p.StateSource.Kind),
			})
			return
		}
		spec.StateSchema = p.StateSchema
		spec.Sources = []providers.SourceSpec{{Name: p.StateSource.Name, Body: p.StateSource.Body}}
	case len(s.e.Registry.Workspaces) == 0:
		s.fail(fmt.Errorf("no workspace is registered"))
		return
	default:
		factory = s.e.Registry.Workspaces[0]
		for _, a := range slices.Sorted(maps.Keys(s.cfg.Sources)) {
			if src := s.cfg.Sources[a]; src.Kind == factory.Kind() && (s.all || s.uses(src)) {
				spec.Sources = append(spec.Sources, providers.SourceSpec{Name: src.Name, Body: src.Body})
			}
		}
	}
	s.kind = factory.Kind()
	ws, err := factory.Open(ctx, spec)
	if err != nil {
		s.fail(err)
		return
	}
	s.ws = ws
}

// uses tells whether a selected sync reads from a source.
func (s *session) uses(src *config.Source) bool {
	return slices.ContainsFunc(s.syncs, func(y *config.Sync) bool { return y.Model.Source == src })
}

// sees tells whether the workspace can see a source.
func (s *session) sees(src *config.Source) bool {
	if home := s.cfg.Project.StateSource; home != nil {
		return src == home
	}
	return src.Kind == s.kind
}

// model proves a model, in the workspace or by a scanner.
func (s *session) model(ctx context.Context, m *config.Model) (providers.Relation, error) {
	if s.sees(m.Source) {
		return s.ws.Model(ctx, providers.ModelSpec{Source: m.Source.Name, SQL: m.SQL, Table: m.Table})
	}
	f := s.e.Registry.Scanner(m.Source.Kind)
	if f == nil || s.cfg.Project.StateSource != nil {
		return providers.Relation{}, diag.Diagnostics{{
			Code: "P403", Severity: diag.Error, Subject: &m.Range, Label: "its rows are out of the state's sight",
			Detail: fmt.Sprintf("The state lives in %s, and %s reads from %s. Rows are compared where the state is. "+
				"Read the model from that source too, or leave the state block out, so that the state is a file and rows are streamed to it.",
				s.home(), m.Addr(), m.Source.Addr()),
		}}
	}
	a := m.Source.Addr().String()
	sc := s.scanners[a]
	if sc == nil {
		var err error
		if sc, err = f.Scanner(ctx, providers.SourceSpec{Name: m.Source.Name, Body: m.Source.Body}, s.cfg.Dir, "signalsmith/"+s.e.Version); err != nil {
			return providers.Relation{}, err
		}
		s.scanners[a] = sc
	}
	sd := &scanned{scanner: sc, raws: map[string]string{}, table: fmt.Sprintf("model_%d", len(s.scanned)+1)}
	spec := providers.ModelSpec{Source: m.Source.Name, SQL: m.SQL, Table: m.Table}
	for _, y := range s.syncs {
		if y.Model != m {
			continue
		}
		for _, f := range y.Mapping.Fields {
			lang.Raws(f.Value, func(raw *lang.Raw) {
				if sd.raws[raw.SQL] == "" {
					sd.raws[raw.SQL] = rawColumn(len(spec.Computed))
					spec.Computed = append(spec.Computed, providers.Computed{Name: rawColumn(len(spec.Computed)), SQL: raw.SQL})
				}
			})
		}
	}
	var err error
	if sd.remote, err = sc.Model(ctx, spec); err != nil {
		return sd.remote, err
	}
	s.scanned[m.Addr().String()] = sd
	return s.local(sd), nil
}

func (s *session) home() string {
	if src := s.cfg.Project.StateSource; src != nil {
		return src.Addr().String()
	}
	return "a file"
}

// local is the relation of a scanned model in the workspace: text, cast to the types that the source gave.
func (s *session) local(sd *scanned) providers.Relation {
	d := s.ws.Dialect()
	cols := make([]string, len(sd.remote.Columns))
	for i, c := range sd.remote.Columns {
		cols[i] = d.Ident(c.Name)
		switch c.Type {
		case providers.TypeBool, providers.TypeInt, providers.TypeFloat, providers.TypeDate, providers.TypeTimestamp, providers.TypeInstant, providers.TypeTime:
			cols[i] = "CAST(" + cols[i] + " AS " + d.Type(c.Type) + ") AS " + cols[i]
		}
	}
	return providers.Relation{SQL: "(SELECT " + strings.Join(cols, ", ") + " FROM " + d.Temp(sd.table) + ")", Columns: sd.remote.Columns}
}

// load streams a scanned model's rows into the workspace, once.
func (s *session) load(ctx context.Context, m *config.Model) error {
	sd := s.scanned[m.Addr().String()]
	if sd == nil || sd.loaded {
		return nil
	}
	d := s.ws.Dialect()
	columns := make([]providers.Column, len(sd.remote.Columns))
	for i, c := range sd.remote.Columns {
		columns[i] = providers.Column{Name: c.Name, Type: providers.TypeText}
	}
	start := s.e.Now()
	n, err := s.ws.Fill(ctx, d.Temp(sd.table), columns, s.values(ctx, m, sd))
	if err != nil {
		return fmt.Errorf("reading %s: %w", m.Addr(), err)
	}
	sd.loaded, sd.rows = true, n
	s.emit(event.Reading{What: m.Addr().String(), Rows: n, Done: true, Elapsed: s.e.Now().Sub(start)})
	return nil
}

// whole tells whether as many rows of a model were compared as its source has counted and sent. Rows that got lost on
// the way would look as if they had left the model.
func (s *session) whole(m *config.Model, compared int64) error {
	sd := s.scanned[m.Addr().String()]
	if sd == nil || sd.rows == compared {
		return nil
	}
	return diag.Diagnostics{{Code: "P119", Severity: diag.Error, Detail: fmt.Sprintf(
		"The source of %s sent %d rows, and %d were compared. A plan of these could take rows for gone that are there. Nothing was written.", m.Addr(), sd.rows, compared)}}
}

func (s *session) values(ctx context.Context, m *config.Model, sd *scanned) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		row := make([]any, len(sd.remote.Columns))
		start, n := s.e.Now(), int64(0)
		for texts, err := range sd.scanner.Scan(ctx, sd.remote) {
			if err != nil {
				yield(nil, err)
				return
			}
			for i, t := range texts {
				row[i] = nil
				if t.Valid {
					row[i] = t.String
				}
			}
			if n++; n%10000 == 0 {
				s.emit(event.Reading{What: m.Addr().String(), Rows: n, Elapsed: s.e.Now().Sub(start)})
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}
