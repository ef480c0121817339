package salesforce

import (
	"context"
	"testing"
	"time"
)

func TestTheGateFindsItsWidth(t *testing.T) {
	g := newGate()
	for range maxInFlight - startFlight {
		g.note(time.Second, true, false)
	}
	if g.limit != maxInFlight {
		t.Errorf("after steady answers it is %d", g.limit)
	}
	g.note(0, false, true)
	if g.limit != maxInFlight/2 {
		t.Errorf("after a refusal it is %d", g.limit)
	}
	for range maxInFlight / 2 {
		g.note(time.Second, true, false)
	}
	if g.limit != maxInFlight/2+1 {
		t.Errorf("a round later it is %d", g.limit)
	}
	g.yield()
	for range 3 {
		g.note(5*time.Second, true, false)
	}
	if g.limit != maxInFlight/2-3 {
		t.Errorf("after slow answers it is %d", g.limit)
	}
	for range 100 {
		g.note(0, false, true)
		g.note(30*time.Second, true, false)
	}
	if g.limit != 1 {
		t.Errorf("it does not stay open: %d", g.limit)
	}
}

func TestTheGateLetsThroughAsManyAsItsWidth(t *testing.T) {
	g := newGate()
	stop := make(chan struct{})
	for range startFlight {
		if !g.enter(t.Context(), stop) {
			t.Fatal("there is room")
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if g.enter(ctx, stop) {
		t.Fatal("there is no room")
	}
	go func() {
		time.Sleep(10 * time.Millisecond)
		g.leave()
	}()
	if !g.enter(t.Context(), stop) {
		t.Fatal("there is room again")
	}
	close(stop)
	if g.enter(t.Context(), stop) {
		t.Fatal("it is stopped")
	}
}

func TestChunksShrinkOnceForManyOfOneSizeAndGrowAgain(t *testing.T) {
	c := &chunks{size: maxChunk}
	for range 5 {
		c.shrink(200)
	}
	if c.now() != 100 {
		t.Errorf("the size is %d", c.now())
	}
	for range 10 {
		c.shrink(c.now())
	}
	if c.now() != minChunk {
		t.Errorf("the size is %d", c.now())
	}
	for range 20 * 10 {
		c.grow()
	}
	if c.now() != maxChunk {
		t.Errorf("the size is %d", c.now())
	}
}
