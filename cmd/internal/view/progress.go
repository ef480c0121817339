package view

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/event"
)

const (
	heartbeat   = 30 * time.Second
	redrawAfter = 100 * time.Millisecond
	liveLines   = 12
)

// Progress shows events while they come: redrawn in place on a terminal, else a line for everything that has ended
// and a heartbeat. Its methods may be called from several goroutines.
type Progress struct {
	Out     io.Writer
	Palette Palette
	Now     func() time.Time

	// Size gives the terminal's columns and rows, and is asked whenever something is drawn; nil where there is no
	// terminal to draw on.
	Size func() (columns, rows int)

	mu        sync.Mutex
	drawn     int // live lines on the screen, above the cursor
	last      time.Time
	beat      time.Time
	reading   string
	stages    []*event.Stage
	throttled string
	until     time.Time
	stopping  bool
	addrs     int
	digits    int
}

// Event is an event.Sink.
func (g *Progress) Event(e event.Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch e := e.(type) {
	case event.Reading:
		g.read(e)
	case event.Applying:
		g.beat = g.Now()
		g.say("Applying plan " + words.Escape(e.Plan) + " to " + words.Escape(e.Destination))
	case event.Stage:
		g.stage(e)
	case event.Throttled:
		g.throttle(e)
	case event.Stopping:
		if g.stopping {
			return
		}
		g.stopping = true
		g.say("Stopping after the requests in flight; press again to stop now.")
	}
	if g.Size != nil && g.Now().Sub(g.last) >= redrawAfter {
		g.draw()
	}
}

// Tick brings elapsed times up to date, or gives the heartbeat. It is called about every second.
func (g *Progress) Tick() {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.Now()
	if g.Size != nil {
		g.draw()
		return
	}
	if g.beat.IsZero() || now.Sub(g.beat) < heartbeat {
		return
	}
	g.beat = now
	for _, s := range g.stages {
		if s.State == event.Running {
			g.say(g.text(s))
		}
	}
}

// Pause takes away what is drawn, so that something else can be printed; the next event draws it again.
func (g *Progress) Pause() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.erase()
}

// Close takes away what is drawn and leaves the last state of stages that have not ended.
func (g *Progress) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reading = ""
	for _, s := range g.stages {
		if s.State == event.Running {
			g.say(g.text(s))
		}
	}
	g.erase()
	g.stages = nil
}

// say prints a line that stays.
func (g *Progress) say(line string) {
	g.erase()
	_, _ = io.WriteString(g.Out, strings.TrimRight(line, " ")+"\n")
}

func (g *Progress) read(e event.Reading) {
	line := "Reading  " + words.Escape(e.What) + "  "
	if strings.HasPrefix(e.What, "model.") {
		line += words.Plural(e.Rows, "row", "rows")
	} else {
		line += words.Plural(e.Rows, "matched record", "matched records") + ", " + words.Plural(e.Calls, "call", "calls")
	}
	if !e.Done {
		g.reading = line
		return
	}
	g.reading = ""
	if e.Calls == 0 {
		line += " in " + duration(e.Elapsed)
	}
	g.say(line)
}

func (g *Progress) stage(e event.Stage) {
	g.addrs = max(g.addrs, cells(words.Escape(e.Addr)))
	g.digits = max(g.digits, cells(words.Number(e.Total)))
	at := -1
	for i, s := range g.stages {
		if s.Addr == e.Addr && s.Op == e.Op {
			at = i
		}
	}
	ended := e.State == event.Ended || e.State == event.Stopped
	switch {
	case ended && at >= 0:
		g.stages = append(g.stages[:at], g.stages[at+1:]...)
	case at >= 0:
		g.stages[at] = &e
	case !ended:
		g.stages = append(g.stages, &e)
	}
	if ended {
		g.say(g.text(&e))
	}
}

func (g *Progress) throttle(e event.Throttled) {
	now := g.Now()
	quiet := g.Size == nil && now.Before(g.until.Add(heartbeat))
	g.throttled = "   throttled by " + words.Escape(e.Destination) + ", waiting " + duration(e.Wait)
	if e.Why != "" {
		g.throttled += ": " + words.Escape(e.Why)
	}
	g.until = now.Add(e.Wait)
	if g.Size == nil && !quiet {
		g.say(g.throttled)
	}
}

// erase removes the live lines; what the terminal echoed below them goes too.
func (g *Progress) erase() {
	if g.drawn > 0 {
		fmt.Fprintf(g.Out, "\r\x1b[%dA\x1b[J", g.drawn)
		g.drawn = 0
	}
}

// draw shows the live lines. They are cut to the terminal, so that each takes one row and erase finds them again.
func (g *Progress) draw() {
	now := g.Now()
	g.last = now
	columns, rows := g.Size()
	if columns <= 0 {
		columns = 80
	}
	if rows <= 0 {
		rows = 24
	}
	var live []string
	if g.reading != "" {
		live = append(live, g.reading)
	}
	for _, s := range g.stages {
		live = append(live, g.text(s))
	}
	if now.Before(g.until) {
		live = append(live, g.throttled)
	}
	if n := max(1, min(liveLines, rows-2)); len(live) > n {
		live = append(live[:n-1], fmt.Sprintf("   and %d more", len(live)-n+1))
	}
	var b strings.Builder
	if g.drawn > 0 {
		fmt.Fprintf(&b, "\r\x1b[%dA\x1b[J", g.drawn)
	}
	for _, l := range live {
		b.WriteString(cut(l, columns-1) + "\n")
	}
	g.drawn = len(live)
	_, _ = io.WriteString(g.Out, b.String())
}

// text is one stage's line, without colour: it may be cut anywhere.
func (g *Progress) text(s *event.Stage) string {
	mark := "  "
	switch {
	case s.State == event.Running:
		mark = ".."
	case s.State == event.Stopped:
		mark = "--"
	case s.State == event.Ended && s.Failed > 0:
		mark = "!!"
	case s.State == event.Ended:
		mark = "ok"
	}
	line := mark + " " + pad(words.Escape(s.Addr), g.addrs) + "   " + pad(words.Escape(s.Op), 6) + "   " +
		padLeft(words.Number(s.Done), g.digits) + " / " + pad(words.Number(s.Total), g.digits)
	percent := ""
	if s.State == event.Running && s.Total > 0 {
		percent = fmt.Sprintf("%d %%", 100*(s.Done+s.Failed)/s.Total)
	}
	line += "   " + padLeft(percent, 5)
	if s.Failed > 0 {
		line += "   " + words.Number(s.Failed) + " failed"
	}
	switch s.State {
	case event.Waiting:
		return line + "   waiting"
	case event.Running:
		return pad(line, 62) + "   " + pace(s)
	case event.Stopped:
		return pad(line, 62) + "   stopped after " + duration(s.Elapsed)
	}
	return pad(line, 62) + "   " + duration(s.Elapsed)
}

// pace is how long a stage runs, how long it will about run, and what it costs.
func pace(s *event.Stage) string {
	out := clock(s.Elapsed)
	if tried := s.Done + s.Failed; tried > 0 && s.Elapsed >= 2*time.Second && tried < s.Total {
		left := time.Duration(float64(s.Elapsed) / float64(tried) * float64(s.Total-tried))
		out += ", about " + clock(left) + " left"
	}
	if s.Calls > 0 && s.Done > 0 {
		if per := s.Done / s.Calls; per > 1 {
			out += "   1 call/" + words.Number(per) + " rows"
		} else {
			out += "   " + words.Plural(s.Calls, "call", "calls")
		}
	}
	return out
}

// clock is 0:41 or 1:02:03.
func clock(d time.Duration) string {
	s := int(max(0, d).Round(time.Second).Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// duration is 6.2 s, 41 s or 1:02.
func duration(d time.Duration) string {
	switch d = max(0, d); {
	case d < 10*time.Second:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", d.Seconds()), ".0") + " s"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return clock(d)
}
