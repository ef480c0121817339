package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/signalsmith/signalsmith/cmd/internal/eventlog"
	"github.com/signalsmith/signalsmith/cmd/internal/view"
	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/schema"
	"github.com/signalsmith/signalsmith/engine"
	"github.com/signalsmith/signalsmith/engine/event"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// nothing completes the footer of diagnostics where no command has touched data.
const (
	nothing    = "Nothing was read or written."
	notWritten = "Nothing was written."
)

// shell is one command line: the application and the global flags.
type shell struct {
	*App
	dir      string
	vars     []string
	varFiles []string
	color    choice
	level    choice

	cfg      *config.Config
	events   *eventlog.Log              // nil where nobody follows
	writing  atomic.Bool                // an apply has begun to write
	stopping atomic.Pointer[event.Sink] // hears of an interrupt
}

// path is a path of the command line: relative ones start at the directory.
func (s *shell) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(s.dir, p)
}

// load reads the configuration. It reports problems; ok is false where there are errors.
func (s *shell) load() (cfg *config.Config, ok bool) {
	cfg, ds := s.tryLoad()
	s.report(ds, nothing)
	return cfg, !ds.HasErrors()
}

func (s *shell) tryLoad() (*config.Config, diag.Diagnostics) {
	o := config.Options{
		Sources: s.Registry.Sources(), Destinations: map[string]*schema.Block{},
		Vars: s.vars, VarFiles: s.varFiles, Env: s.Env, Version: s.Version.Number,
	}
	for _, f := range s.Registry.Destinations {
		o.Destinations[f.Kind()] = f.Schema()
	}
	cfg, ds := config.Load(s.dir, o)
	s.cfg = cfg
	return cfg, ds
}

// source is the text of a file that a diagnostic is about.
func (s *shell) source(file string) []byte {
	if s.cfg != nil {
		if f := s.cfg.Files[file]; f != nil {
			return f.Bytes
		}
	}
	if !filepath.IsLocal(file) {
		return nil
	}
	text, err := os.ReadFile(s.path(file))
	if err != nil {
		return nil
	}
	return text
}

// report shows diagnostics on standard error.
func (s *shell) report(ds diag.Diagnostics, outcome string) {
	v := view.Diagnostics{Source: s.source, Palette: s.palette(s.Terminal.Err)}
	if s.cfg != nil {
		v.Dir = s.cfg.Dir
	}
	if s.Terminal.Err && s.Terminal.Size != nil {
		v.Width, _ = s.Terminal.Size()
	}
	_ = v.Write(s.Stderr, ds, outcome)
}

// fail reports diagnostics and gives the exit code.
func (s *shell) fail(ds diag.Diagnostics, outcome string) error {
	if s.events != nil {
		s.events.Errors(codes(ds))
	}
	s.report(ds, outcome)
	return codeError
}

// codes lists the codes of errors, each once.
func codes(ds diag.Diagnostics) []string {
	var out []string
	for _, d := range ds.Sorted() {
		if d.Severity == diag.Error && !slices.Contains(out, string(d.Code)) {
			out = append(out, string(d.Code))
		}
	}
	return out
}

func (s *shell) palette(terminal bool) view.Palette {
	switch s.color.value {
	case "always":
		return view.NewPalette(true)
	case "never":
		return view.NewPalette(false)
	}
	env := func(name string) string {
		v, _ := s.Env(name)
		return v
	}
	return view.NewPalette(terminal && env("NO_COLOR") == "" && env("TERM") != "dumb")
}

// say prints a line for people, on standard error.
func (s *shell) say(format string, args ...any) { _, _ = fmt.Fprintf(s.Stderr, format+"\n", args...) }

// engine makes an engine whose events are shown. done takes the progress away and has to be called before anything
// else is printed.
func (s *shell) engine() (e *engine.Engine, progress *view.Progress, done func()) {
	e = &engine.Engine{Registry: s.Registry, Version: s.Version.Number, Now: s.Now, Random: s.Random}
	if s.level.value == "debug" || s.level.value == "info" {
		e.Events = s.also(s.logged())
		s.stopping.Store(&e.Events)
		return e, nil, func() {}
	}
	progress = &view.Progress{Out: s.Stderr, Palette: s.palette(s.Terminal.Err), Now: s.Now}
	if term, _ := s.Env("TERM"); s.Terminal.Err && term != "dumb" {
		progress.Size = s.Terminal.Size
	}
	if s.level.value == "error" {
		progress.Out, progress.Size = io.Discard, nil
	}
	e.Events = s.also(func(ev event.Event) {
		s.note(ev)
		progress.Event(ev)
	})
	s.stopping.Store(&e.Events)
	ticker := time.NewTicker(time.Second)
	ended, idle := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(idle)
		for {
			select {
			case <-ticker.C:
				progress.Tick()
			case <-ended:
				return
			}
		}
	}()
	return e, progress, func() {
		ticker.Stop()
		close(ended)
		<-idle
		progress.Close()
	}
}

// also tells the log of events as well, where there is one.
func (s *shell) also(sink event.Sink) event.Sink {
	if s.events == nil {
		return sink
	}
	return func(ev event.Event) {
		s.events.Event(ev)
		sink(ev)
	}
}

// note remembers that an apply has begun to write: from then on an interrupt is the engine's.
func (s *shell) note(ev event.Event) {
	if _, ok := ev.(event.Applying); ok {
		s.writing.Store(true)
	}
}

// logged is a sink that writes events as lines of a log.
func (s *shell) logged() event.Sink {
	level := slog.LevelInfo
	if s.level.value == "debug" {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(s.Stderr, &slog.HandlerOptions{Level: level}))
	return func(ev event.Event) {
		s.note(ev)
		switch e := ev.(type) {
		case event.Reading:
			l := slog.LevelDebug
			if e.Done {
				l = slog.LevelInfo
			}
			log.Log(context.Background(), l, "reading", "what", e.What, "rows", e.Rows, "calls", e.Calls, "done", e.Done, "elapsed", e.Elapsed)
		case event.Applying:
			log.Info("applying", "plan", e.Plan, "destination", e.Destination, "run", e.Run)
		case event.Stage:
			l := slog.LevelDebug
			if e.State == event.Ended || e.State == event.Stopped {
				l = slog.LevelInfo
			}
			log.Log(context.Background(), l, "stage", "item", e.Addr, "op", e.Op, "state", string(e.State), "done", e.Done,
				"failed", e.Failed, "total", e.Total, "calls", e.Calls, "elapsed", e.Elapsed)
		case event.Throttled:
			log.Info("throttled", "destination", e.Destination, "wait", e.Wait, "why", e.Why)
		case event.Stopping:
			log.Info("stopping")
		}
	}
}

// interruptible gives a context that ends at the first interrupt, unless an apply is writing by then: it is told
// instead, and finishes what is in flight.
func (s *shell) interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-s.Stop:
			if !s.writing.Load() {
				cancel()
				return
			}
			if tell := s.stopping.Load(); tell != nil {
				(*tell)(event.Stopping{})
			}
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// stopped tells whether an interrupt was seen.
func (s *shell) stopped(ctx context.Context) bool {
	select {
	case <-s.Stop:
		return true
	default:
		return ctx.Err() != nil
	}
}

// beside drops the diagnostics that a plan shows itself.
func beside(ds diag.Diagnostics, p *plan.Plan) diag.Diagnostics {
	var out diag.Diagnostics
	for _, d := range ds {
		shown := false
		for _, have := range p.Diagnostics {
			shown = shown || have.Code == string(d.Code) && have.Detail == d.Detail
		}
		if !shown {
			out = append(out, d)
		}
	}
	return out
}
