package view

import (
	"bytes"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/engine/event"
)

// story is what an apply of two syncs tells; tick moves the clock and redraws.
func story(g *Progress, tick func(time.Duration)) {
	g.Event(event.Reading{What: "model.customers", Rows: 20000})
	tick(time.Second)
	g.Event(event.Reading{What: "model.customers", Rows: 48210, Done: true, Elapsed: 6200 * time.Millisecond})
	g.Event(event.Reading{What: "salesforce.crm Contact", Rows: 47912, Calls: 25, Done: true, Elapsed: time.Second})
	g.Event(event.Applying{Plan: "7f3a9c", Destination: "salesforce.crm", Run: "20261123-121004-9b1c"})
	g.Event(event.Stage{Addr: "sync.contacts", Op: "create", Total: 312, State: event.Running})
	g.Event(event.Stage{Addr: "sync.contacts", Op: "update", Total: 1904, State: event.Waiting})
	g.Event(event.Stage{Addr: "sync.partners", Op: "create", Total: 96, State: event.Waiting})
	tick(4 * time.Second)
	g.Event(event.Stage{Addr: "sync.contacts", Op: "create", Done: 312, Total: 312, Calls: 1, State: event.Ended, Elapsed: 4 * time.Second})
	g.Event(event.Stage{Addr: "sync.contacts", Op: "update", Done: 1198, Failed: 2, Total: 1904, Calls: 2, State: event.Running, Elapsed: 41 * time.Second})
	tick(10 * time.Second)
	g.Event(event.Throttled{Destination: "salesforce.crm", Wait: 3 * time.Second, Why: "too many requests"})
	tick(30 * time.Second)
	g.Event(event.Stopping{})
	g.Event(event.Stage{Addr: "sync.contacts", Op: "update", Done: 1400, Failed: 2, Total: 1904, Calls: 2, State: event.Stopped, Elapsed: 81 * time.Second})
	g.Event(event.Stage{Addr: "sync.partners", Op: "create", Done: 90, Failed: 6, Total: 96, Calls: 1, State: event.Ended, Elapsed: 3 * time.Second})
	g.Close()
}

func tell(size func() (int, int)) *bytes.Buffer {
	var b bytes.Buffer
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	g := &Progress{Out: &b, Now: func() time.Time { return now }, Size: size}
	story(g, func(d time.Duration) {
		now = now.Add(d)
		g.Tick()
	})
	return &b
}

func TestProgressWithoutTerminalIsLines(t *testing.T) {
	golden(t, filepath.Join("testdata", "progress", "lines.txt"), tell(nil).Bytes())
}

func TestProgressOnTerminalsOfAnyWidthLeavesTheSameLines(t *testing.T) {
	want := ""
	for _, width := range []int{200, 80, 40, 11, 4} {
		s := screen{width: width}
		out := tell(func() (int, int) { return width, 24 }).Bytes()
		harmless(t, out, true)
		s.write(t, out)
		got := strings.Join(s.lines, "")
		if want == "" {
			want = got
			golden(t, filepath.Join("testdata", "progress", "terminal.txt"), []byte(strings.Join(s.lines, "\n")))
		}
		if got != want {
			t.Errorf("at %d columns:\n%s", width, strings.Join(s.lines, "\n"))
		}
	}
}

func TestDrawingIsNeverWiderThanTheTerminal(t *testing.T) {
	var b bytes.Buffer
	g := &Progress{Out: &b, Now: time.Now, Size: func() (int, int) { return 30, 5 }}
	for i := range 40 {
		g.Event(event.Stage{Addr: "sync.日本語" + strconv.Itoa(i), Op: "update", Done: 1, Total: 10, State: event.Running})
	}
	b.Reset()
	g.Tick()
	_, drawn, _ := strings.Cut(b.String(), "\x1b[J")
	rows := strings.Split(strings.TrimSuffix(drawn, "\n"), "\n")
	if len(rows) > 3 {
		t.Errorf("%d rows on a terminal of 5", len(rows))
	}
	for _, r := range rows {
		if cells(r) >= 30 {
			t.Errorf("%d cells: %q", cells(r), r)
		}
	}
}

// screen is a terminal that knows what Progress uses: line ends, going up, clearing below, and wrapping.
type screen struct {
	width int
	lines []string
	row   int
}

func (s *screen) write(t *testing.T, out []byte) {
	for rest := string(out); rest != ""; {
		switch {
		case strings.HasPrefix(rest, "\r\x1b["):
			n, after, _ := strings.Cut(rest[3:], "A")
			up, err := strconv.Atoi(n)
			if err != nil || up > s.row {
				t.Fatalf("going up %q from row %d", n, s.row)
			}
			s.row -= up
			rest = strings.TrimPrefix(after, "\x1b[J")
			s.lines = s.lines[:s.row]
		default:
			line, after, _ := strings.Cut(rest, "\n")
			for first := true; first || line != ""; first = false {
				n := min(len(line), s.width)
				s.lines = append(s.lines[:s.row], line[:n])
				s.row++
				line = line[n:]
			}
			rest = after
		}
	}
}
