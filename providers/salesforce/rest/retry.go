package rest

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/signalsmith/signalsmith/providers"
)

// Do sends a request until it has an answer, as long as its class allows:
//
//	nothing was sent, server busy, request limits that pass, no answer: after growing pauses, or as long as
//	Retry-After says; six tries, two while the org has never answered
//	session refused: once more with a new token, if there is one
//	a request that creates, which may have been carried out: not at all
//	anything else: not at all
//
// The error is a *Fault. It wraps the context's error when that ended.
func (c *Client) Do(ctx context.Context, r Request) (*Reply, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(c.ctx, func() { cancel(ErrClosed) })()

	var (
		last    *Fault
		doubt   bool
		tries   int
		refused string
	)
	send := func() (*Reply, error) {
		tries++
		token, err := c.token(ctx, refused)
		if err != nil {
			last = tokenFault(err, last)
			return nil, backoff.Permanent(last)
		}
		reply, f := c.try(ctx, r, token)
		if f == nil {
			reply.Tries = tries
			return reply, nil
		}
		if r.Once && f.Uncertain() {
			f.Doubt = true
		}
		doubt = doubt || f.Doubt
		last = f
		switch {
		case ctx.Err() != nil:
			return nil, backoff.Permanent(f)
		case r.Once && f.Doubt:
			return nil, backoff.Permanent(f)
		case f.Rule.Class == providers.ClassAuth && f.Code == "INVALID_SESSION_ID" && refused == "":
			refused = token
			return nil, paused{f, &backoff.RetryAfterError{}}
		case f.Rule.Again != Pause || tries >= c.tries(f):
			return nil, backoff.Permanent(f)
		case f.RetryAfter > c.o.Patience:
			return nil, backoff.Permanent(f)
		case f.RetryAfter > 0:
			return nil, paused{f, &backoff.RetryAfterError{Duration: f.RetryAfter}}
		}
		return nil, f
	}
	reply, err := backoff.Retry(ctx, send,
		backoff.WithBackOff(&backoff.ExponentialBackOff{
			InitialInterval: c.o.Pause, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: 60 * time.Second,
		}),
		backoff.WithMaxElapsedTime(c.o.Patience),
		backoff.WithNotify(func(err error, wait time.Duration) {
			if wait > 0 && last != nil {
				c.o.Throttled(wait, last.Code)
			}
		}),
	)
	if err == nil {
		return reply, nil
	}
	if last == nil { // the context ended before the first try
		last = ours(Unreachable, "nothing was sent", false, context.Cause(ctx))
	}
	f := *last
	f.Doubt = doubt
	if ctx.Err() != nil {
		f.Ended, f.Err = true, context.Cause(ctx)
	}
	return nil, &f
}

// paused is a fault with the pause that the server asked for.
type paused struct {
	*Fault
	after *backoff.RetryAfterError
}

func (p paused) Unwrap() []error { return []error{p.Fault, p.after} }

// tries bounds repetitions: an org that was never reached is most likely not there.
func (c *Client) tries(f *Fault) int {
	switch {
	case f.Code == Unreachable && !c.met.Load():
		return 2
	case f.Code == HalfAnswer:
		return 3
	case f.Code == NoAnswer:
		return 4
	}
	return 6
}

func (c *Client) token(ctx context.Context, refused string) (string, error) {
	if c.o.Token == nil {
		return "", nil
	}
	return c.o.Token(ctx, refused)
}

// tokenFault keeps what the org said when no other token can be had.
func tokenFault(err error, said *Fault) *Fault {
	if said != nil && said.Rule.Class == providers.ClassAuth {
		f := *said
		f.Err = err
		return &f
	}
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return &Fault{Code: "INVALID_SESSION_ID", Message: "no access token", Rule: Classify("INVALID_SESSION_ID", "", AtRequest), Err: err}
}

// notJSON says what stood in the place of an answer.
func notJSON(raw []byte, err error) string {
	b := bytes.TrimSpace(raw)
	switch {
	case len(b) == 0:
		return "the answer is empty"
	case b[0] == '<':
		return describePage(200, b)
	}
	return "the answer is incomplete: " + err.Error()
}
