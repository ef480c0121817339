package salesforce

import (
	"context"
	"strings"
	"sync"
	"time"
)

const (
	maxChunk    = 200 // rows of one collections request
	minChunk    = 5   // below it, smaller chunks help no lock
	maxInFlight = 20
	startFlight = 4
	slowCall    = 20 * time.Second // from here on a call counts against the org's 25 (5 in Developer Edition)
)

// paces remember how fast an org takes writes: in all, and for each object.
type paces struct {
	mu      sync.Mutex
	gate    *gate
	objects map[string]*chunks
}

func (p *paces) of(object string) (*gate, *chunks) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gate == nil {
		p.gate = newGate()
		p.objects = map[string]*chunks{}
	}
	k := strings.ToLower(object)
	if p.objects[k] == nil {
		p.objects[k] = &chunks{size: maxChunk}
	}
	return p.gate, p.objects[k]
}

// chunks is the size of an object's chunks: halved by locks and exhausted automation, doubled after a while of peace.
type chunks struct {
	mu    sync.Mutex
	size  int
	clean int
}

// now is the size to send.
func (c *chunks) now() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.size
}

// shrink reacts to a chunk of sent rows that met a lock; several chunks of one size shrink it once.
func (c *chunks) shrink(sent int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clean = 0
	c.size = max(minChunk, min(c.size, sent/2))
}

// grow counts a chunk without trouble.
func (c *chunks) grow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.size >= maxChunk {
		return
	}
	if c.clean++; c.clean >= 20 {
		c.clean = 0
		c.size = min(maxChunk, c.size*2)
	}
}

// gate lets through as many calls at once as the org answers without slowing down: between 1 and 20. It adds one for
// each good answer until something first goes wrong, and from then on one after a round of them; it takes one away when
// answers take much longer than they did, and halves when the org refuses or does not answer.
type gate struct {
	mu    sync.Mutex
	limit int
	used  int
	good  int
	wary  bool          // something went wrong once
	best  time.Duration // of a full call; drifts up, so that a slower afternoon is not held against the morning
	wake  chan struct{}
}

func newGate() *gate { return &gate{limit: startFlight, wake: make(chan struct{})} }

// enter waits for a place. stop ends the waiting; ok tells whether there is a place.
func (g *gate) enter(ctx context.Context, stop <-chan struct{}) (ok bool) {
	for {
		g.mu.Lock()
		if g.used < g.limit {
			g.used++
			g.mu.Unlock()
			return true
		}
		wake := g.wake
		g.mu.Unlock()
		select {
		case <-wake:
		case <-ctx.Done():
			return false
		case <-stop:
			return false
		}
	}
}

// leave gives the place back.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.used--
	g.rouse()
}

// note learns from one call: how long it took, whether it was full, whether the org had to be asked again.
func (g *gate) note(took time.Duration, full, troubled bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case troubled:
		g.lower(g.limit / 2)
		return
	case took > slowCall:
		g.lower(g.limit - 1)
		return
	case !full:
		return
	}
	if g.best == 0 || took < g.best {
		g.best = took
	} else {
		g.best += g.best / 100
	}
	switch {
	case took > 3*g.best:
		g.lower(g.limit - 1)
	case took < 2*g.best:
		if g.good++; (g.good >= g.limit || !g.wary) && g.limit < maxInFlight {
			g.limit++
			g.good = 0
			g.rouse()
		}
	}
}

// yield takes one place away: calls in flight may hold each other's locks.
func (g *gate) yield() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lower(g.limit - 1)
}

func (g *gate) lower(to int) { g.limit, g.good, g.wary = max(1, to), 0, true }

func (g *gate) rouse() {
	close(g.wake)
	g.wake = make(chan struct{})
}
