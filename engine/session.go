package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine/event"
	"github.com/signalsmith/signalsmith/engine/resolve"
	"github.com/signalsmith/signalsmith/providers"
)

// session is one configuration, opened: the workspace, the orgs, and the syncs with what they name.
type session struct {
	e     *Engine
	cfg   *config.Config
	ws    providers.Workspace
	all   bool            // look at every block, also at those that no sync uses
	orgs  map[string]*org // by address
	syncs []*config.Sync  // selected, by address
	items []*item         // resolved, in order of execution
	diags diag.Diagnostics
	mu    sync.Mutex

	doubt    map[*item][]string           // queries of the keys of rows that may have been created
	first    bool                         // a snapshot is expected, and there is none
	resend   bool                         // rows in doubt are sent again
	forget   bool                         // or never
	write    bool                         // an apply: the state is locked and may be written
	kind     string                       // of the workspace
	owner    providers.Owner              // who holds the state's lock
	scanners map[string]providers.Scanner // by the source's address
	scanned  map[string]*scanned          // by the model's address
}

// org is an open destination.
type org struct {
	providers.Destination
	factory providers.DestinationFactory
	short   string // "salesforce.crm"
	id      providers.Org
	known   resolve.Org
}

// item is one resolved sync.
type item struct {
	*resolve.Sync
	org *org
}

func (it *item) addr() string { return it.Sync.Addr().String() }

// open opens what the selected syncs need. The caller closes the session, also where there are errors.
func (e *Engine) open(ctx context.Context, cfg *config.Config, o PlanOptions, state string, write bool) *session {
	return e.session(cfg).open(ctx, o, state, write)
}

func (e *Engine) session(cfg *config.Config) *session {
	return &session{e: e, cfg: cfg, orgs: map[string]*org{}, scanners: map[string]providers.Scanner{}, scanned: map[string]*scanned{}}
}

func (s *session) open(ctx context.Context, o PlanOptions, state string, write bool) *session {
	s.write = write
	s.choose(o)
	if s.knownAllows(o); s.diags.HasErrors() {
		return s
	}
	s.openWorkspace(ctx, state, write)
	s.openOrgs(ctx)
	if s.diags.HasErrors() {
		return s
	}
	s.resolve(ctx)
	return s
}

func (s *session) close() error {
	var first error
	for _, o := range s.orgs {
		if err := o.Close(); err != nil && first == nil {
			first = fmt.Errorf("closing %s: %w", o.short, err)
		}
	}
	for a, sc := range s.scanners {
		if err := sc.Close(); err != nil && first == nil {
			first = fmt.Errorf("closing %s: %w", a, err)
		}
	}
	if s.ws != nil {
		if err := s.ws.Close(); err != nil && first == nil {
			first = fmt.Errorf("closing the state: %w", err)
		}
	}
	return first
}

func (s *session) emit(ev event.Event) {
	if s.e.Events == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.e.Events(ev)
}

func (s *session) fail(err error) { s.diags = append(s.diags, diag.From(err)...) }

// choose selects syncs by the patterns; a pattern that selects nothing is an error.
func (s *session) choose(o PlanOptions) {
	var names []string
	for a := range s.cfg.Syncs {
		names = append(names, a)
	}
	slices.Sort(names)
	for _, p := range slices.Concat(o.Only, o.Except) {
		if !slices.ContainsFunc(names, func(n string) bool { return addr.Match(p, n) }) {
			s.diags = append(s.diags, diag.Diagnostic{
				Code: "P101", Severity: diag.Error, Hints: diag.DidYouMean(p, names),
				Detail: fmt.Sprintf("The pattern %q fits no item of this configuration. Items: %s.", p, strings.Join(names, ", ")),
			})
		}
	}
	matches := func(patterns []string, n string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return addr.Match(p, n) })
	}
	for _, n := range names {
		if (len(o.Only) == 0 || matches(o.Only, n)) && !matches(o.Except, n) {
			s.syncs = append(s.syncs, s.cfg.Syncs[n])
		}
	}
	if len(s.syncs) == 0 && len(names) > 0 && !s.diags.HasErrors() {
		s.diags = append(s.diags, diag.Diagnostic{
			Code: "P104", Severity: diag.Error,
			Detail: fmt.Sprintf("--only and --except leave no item of %s. Take a pattern away.", strings.Join(names, ", ")),
		})
	}
}

// openOrgs logs in to the destinations and describes the objects that the syncs name, and their parents.
func (s *session) openOrgs(ctx context.Context) {
	used := map[string]bool{}
	for _, y := range s.syncs {
		used[y.Mapping.Target.Destination.Addr().String()] = true
	}
	for _, a := range slices.Sorted(maps.Keys(s.cfg.Destinations)) {
		if used[a] || s.all {
			s.openOrg(ctx, a, s.cfg.Destinations[a])
		}
	}
}

func (s *session) openOrg(ctx context.Context, a string, d *config.Destination) {
	f := s.e.Registry.Destination(d.Kind)
	if f == nil {
		s.fail(fmt.Errorf("no provider is registered for destination %q", d.Kind))
		return
	}
	short := d.Kind + "." + d.Name
	dest, err := f.Open(ctx, providers.DestinationSpec{
		Name: d.Name, Dir: s.cfg.Dir, Body: d.Body, Now: s.e.Now, UserAgent: "signalsmith/" + s.e.Version,
		Throttled: func(wait time.Duration, why string) {
			s.emit(event.Throttled{Destination: short, Wait: wait, Why: why})
		},
	})
	if err != nil {
		s.fail(err)
		return
	}
	s.orgs[a] = &org{Destination: dest, factory: f, short: short}
	if err := s.describe(ctx, a, s.orgs[a]); err != nil {
		s.fail(err)
	}
}

// targets are those of the selected syncs, or all of them.
func (s *session) targets(destination string) []*config.Target {
	var out []*config.Target
	for _, a := range slices.Sorted(maps.Keys(s.cfg.Targets)) {
		t := s.cfg.Targets[a]
		used := slices.ContainsFunc(s.syncs, func(y *config.Sync) bool { return y.Mapping.Target == t })
		if t.Destination.Addr().String() == destination && (used || s.all) {
			out = append(out, t)
		}
	}
	return out
}

func (s *session) describe(ctx context.Context, a string, o *org) error {
	var err error
	if o.id, err = o.Destination.Org(ctx); err != nil {
		return err
	}
	var names []string
	for _, t := range s.targets(a) {
		names = append(names, t.Object.Name)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) == 0 {
		return nil
	}
	if o.known.Objects, err = o.Describe(ctx, names...); err != nil {
		return err
	}
	var parents []string
	for _, y := range s.syncs {
		if y.Mapping.Target.Destination.Addr().String() == a {
			parents = append(parents, parentsOf(y, o.known.Object(y.Mapping.Target.Object.Name))...)
		}
	}
	slices.Sort(parents)
	parents = slices.DeleteFunc(slices.Compact(parents), func(n string) bool { return o.known.Object(n) != nil })
	if len(parents) > 0 {
		more, err := o.Describe(ctx, parents...)
		if err != nil {
			return err
		}
		for n, obj := range more {
			o.known.Objects[n] = obj
		}
	}
	if err := s.picklists(ctx, a, o); err != nil {
		return err
	}
	for _, n := range names {
		if o.known.Object(n) == nil {
			o.known.Names, err = o.Objects(ctx)
			return err
		}
	}
	return nil
}

// picklists asks which values picklists have by record type, where a mapping writes into such ones.
func (s *session) picklists(ctx context.Context, a string, o *org) error {
	var objects []*providers.Object
	for _, y := range s.syncs {
		obj := o.known.Object(y.Mapping.Target.Object.Name)
		if y.Mapping.Target.Destination.Addr().String() == a && resolve.Picklists(y, obj) && !slices.Contains(objects, obj) {
			objects = append(objects, obj)
		}
	}
	if len(objects) == 0 {
		return nil
	}
	return o.RecordTypePicklists(ctx, objects...)
}

// parentsOf lists the objects that a mapping reaches by relationships.
func parentsOf(y *config.Sync, obj *providers.Object) []string {
	if obj == nil {
		return nil
	}
	var out []string
	for _, f := range y.Mapping.Fields {
		rel, object, _, dotted := (&providers.Field{Name: f.Name.Name}).Parent()
		ref := obj.Reference(rel)
		switch {
		case !dotted && strings.EqualFold(f.Name.Name, "OwnerId"):
			out = append(out, "User") // who has to be active
		case !dotted || ref == nil || ref.Name == "RecordTypeId":
		case object != "":
			out = append(out, object)
		default: // of several objects, to say which ones the name fits
			out = append(out, ref.ReferenceTo...)
		}
	}
	return out
}

// resolve proves the models and ties the syncs together.
func (s *session) resolve(ctx context.Context) {
	r := &resolve.Resolver{Workspace: s.ws}
	relations := map[string]providers.Relation{}
	for _, a := range slices.Sorted(maps.Keys(s.cfg.Models)) {
		m := s.cfg.Models[a]
		if !s.all && !slices.ContainsFunc(s.syncs, func(y *config.Sync) bool { return y.Model == m }) {
			continue
		}
		rel, err := s.model(ctx, m)
		if err != nil {
			r.Diags = append(r.Diags, modelDiags(m, err)...)
			continue
		}
		relations[a] = rel
		r.Model(m, rel)
	}
	for a, o := range s.orgs {
		for _, t := range s.targets(a) {
			r.Target(t, o.known, s.syncs)
		}
	}
	for _, y := range s.syncs {
		rel, ok := relations[y.Model.Addr().String()]
		o := s.orgs[y.Mapping.Target.Destination.Addr().String()]
		if !ok || o == nil {
			continue
		}
		var computed map[string]string
		if sd := s.scanned[y.Model.Addr().String()]; sd != nil {
			computed = sd.raws
		}
		if it := r.Sync(ctx, y, rel, computed, o.known); it != nil {
			s.items = append(s.items, &item{Sync: it, org: o})
		}
	}
	s.diags = append(s.diags, r.Diags...)
	if !s.diags.HasErrors() {
		s.order()
	}
}

// modelDiags gives a model's problems a place.
func modelDiags(m *config.Model, err error) diag.Diagnostics {
	ds := diag.From(err)
	for i := range ds {
		// A place without a file is one inside the SQL.
		switch at := ds[i].Subject; {
		case at != nil && at.Filename == "" && m.SQLFile != "":
			in := *at
			in.Filename = m.SQLFile
			ds[i].Subject = &in
		case at == nil || at.Filename == "":
			rng := m.SQLRange
			ds[i].Subject = &rng
		}
		ds[i].Where, ds[i].Addr = "in "+m.Addr().Title(), m.Addr().String()
	}
	return ds
}

// order puts a sync that writes an object before those whose mappings refer to it as a parent.
func (s *session) order() {
	var out []*item
	state := map[*item]int{} // 1 being placed, 2 placed
	var place func(it *item, path []*item) bool
	place = func(it *item, path []*item) bool {
		switch state[it] {
		case 1:
			s.cycle(append(path, it))
			return false
		case 2:
			return true
		}
		state[it] = 1
		for _, p := range it.Parents {
			for _, other := range s.items {
				if other != it && other.org == it.org && strings.EqualFold(other.Object.Name, p) && !(other.Object == it.Object && other.refers(p)) && !place(other, append(path, it)) {
					return false
				}
			}
		}
		state[it] = 2
		out = append(out, it)
		return true
	}
	for _, it := range s.items {
		if !place(it, nil) {
			return
		}
	}
	s.items = out
}

// refers tells whether an item names records of an object as parents. Of two that name each other's records in one object,
// neither has to go first.
func (it *item) refers(object string) bool {
	return slices.ContainsFunc(it.Parents, func(p string) bool { return strings.EqualFold(p, object) })
}

func (s *session) cycle(path []*item) {
	names := make([]string, len(path))
	for i, it := range path {
		names[i] = it.addr()
	}
	rng := path[len(path)-1].Range
	s.diags = append(s.diags, diag.Diagnostic{
		Code: "R401", Severity: diag.Error, Subject: &rng, Label: "part of a circle",
		Detail: "Parents are written before their children, and these syncs wait for each other: " + strings.Join(names, " -> ") +
			". Map one of the relationships in a second sync that runs after both, or by record id.",
	})
}

// addrs are the addresses of the selected syncs.
func (s *session) addrs() []addr.Item {
	out := make([]addr.Item, len(s.syncs))
	for i, y := range s.syncs {
		out[i] = y.Addr()
	}
	return out
}
