package salesforce

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/rest"
)

// count asks how many records a whole-object query would bring; -1 where the org cannot tell in time.
func (rd *reader) count(ctx context.Context) (int64, error) {
	var answer struct {
		Total *int64 `json:"totalSize"`
	}
	q := "SELECT COUNT() FROM " + rd.r.Object.Name + rd.filter()
	_, err := rd.c.Do(ctx, rest.Request{
		Method: http.MethodGet, Path: rd.c.Path("/query?q=" + escape(q)), Kind: rest.Query,
		Decode: func(r *rest.Reply) error {
			if err := into(&answer)(r); err != nil {
				return err
			}
			if answer.Total == nil {
				return fmt.Errorf("a count without a number")
			}
			return nil
		},
	})
	var f *rest.Fault
	if asFault(err, &f) && f.Rule.Again == rest.Smaller {
		return -1, nil
	}
	if err != nil {
		return 0, err
	}
	return *answer.Total, nil
}

// all reads every record that has a match value, page by page: the next page is fetched while one is yielded.
func (rd *reader) all(ctx context.Context, pages chan<- []providers.Record) error {
	return rd.follow(ctx, rd.c.Path(rd.resource+escape(rd.sel.soql()+rd.filter())), -1, 0, pages)
}

// follow reads pages from a path on until the last; got records were read before, of want, or -1 where that is not
// known yet.
func (rd *reader) follow(ctx context.Context, path string, want, got int64, pages chan<- []providers.Record) error {
	for path != "" {
		var p page
		_, err := rd.c.Do(ctx, rest.Request{
			Method: http.MethodGet, Path: path, Kind: rest.Query,
			Decode: func(r *rest.Reply) (err error) {
				p, err = rd.sel.page(r.Body)
				return err
			},
		})
		if err != nil {
			return err
		}
		if want < 0 {
			want = p.total
		}
		got += int64(len(p.records))
		if err := emit(ctx, pages, p.records); err != nil {
			return err
		}
		if path, err = rd.local(p.next); err != nil {
			return err
		}
	}
	if got != want {
		return halved(rd.r.Object.Name, got, want)
	}
	return nil
}

// local takes the next page's path only where it is one of the org itself.
func (rd *reader) local(next string) (string, error) {
	if next != "" && !strings.HasPrefix(next, "/services/data/") {
		return "", fmt.Errorf("read %s: the next page is said to be elsewhere", rd.r.Object.Name)
	}
	return next, nil
}

func emit(ctx context.Context, pages chan<- []providers.Record, records []providers.Record) error {
	if len(records) == 0 {
		return nil
	}
	select {
	case pages <- records:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// byKeys sends queries five to a call, several calls at once.
func (rd *reader) byKeys(ctx context.Context, keys []string, more bool, next func() (string, error, bool), pages chan<- []providers.Record) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(readInFlight)
	var batch [][]string
	var failed error
	send := func() {
		b := batch
		batch = nil
		g.Go(func() error { return rd.batch(gctx, b, pages) })
	}
	for chunk, err := range rd.chunks(keys, more, next) {
		if err != nil {
			failed = err
			break
		}
		if batch = append(batch, chunk); len(batch) == maxQueries {
			send()
		}
		if gctx.Err() != nil {
			break
		}
	}
	if len(batch) > 0 && failed == nil {
		send()
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return failed
}

// query is one piece of a batch.
type query struct {
	keys  []string
	tries int
}

// batch reads the records of some queries. Queries that take too long are halved, those that fail for a moment or whose
// rows did not all come are sent again.
func (rd *reader) batch(ctx context.Context, chunks [][]string, pages chan<- []providers.Record) error {
	var pending []query
	for _, c := range chunks {
		pending = append(pending, query{keys: c})
	}
	for len(pending) > 0 {
		now := pending[:min(maxQueries, len(pending))]
		later := pending[len(now):]
		subs := make([]sub, len(now))
		for i, q := range now {
			subs[i] = sub{Method: http.MethodGet, Path: rd.url(q.keys), Ref: ref("q", i)}
		}
		parts, _, err := composite(ctx, rd.c, rest.Query, subs)
		if err != nil {
			return err
		}
		var again []query
		for i := range parts {
			more, err := rd.part(ctx, &parts[i], now[i], pages)
			if err != nil {
				return err
			}
			again = append(again, more...)
		}
		if len(again) > 0 {
			if err := pause(ctx, rd.c.Pause(), again[0].tries); err != nil {
				return err
			}
		}
		pending = append(again, later...)
	}
	return nil
}

// part emits the records of one query, or gives the queries to send in its place.
func (rd *reader) part(ctx context.Context, p *part, q query, pages chan<- []providers.Record) ([]query, error) {
	const most = 4
	if f := p.fault(); f != nil {
		q.tries++
		switch half := len(q.keys) / 2; {
		case f.Rule.Again == rest.Smaller && half > 0:
			return []query{{q.keys[:half], q.tries}, {q.keys[half:], q.tries}}, nil
		case f.Rule.Again == rest.Pause && q.tries < most:
			return []query{q}, nil
		}
		return nil, f
	}
	got, err := rd.sel.page(p.Body)
	if err == nil && got.done && int64(len(got.records)) != got.total {
		err = halved(rd.r.Object.Name, int64(len(got.records)), got.total)
	}
	if err != nil {
		if q.tries++; q.tries < most {
			return []query{q}, nil
		}
		var f *rest.Fault
		if !asFault(err, &f) {
			f = &rest.Fault{Code: rest.HalfAnswer, Message: err.Error(), Rule: rest.Classify(rest.HalfAnswer, "", rest.AtRequest)}
		}
		return nil, f
	}
	if err := emit(ctx, pages, got.records); err != nil {
		return nil, err
	}
	next, err := rd.local(got.next)
	if err != nil || next == "" {
		return nil, err
	}
	return nil, rd.follow(ctx, next, got.total, int64(len(got.records)), pages)
}

// pause waits about twice as long with every try, jittered so that several do not come back at once.
func pause(ctx context.Context, unit time.Duration, tries int) error {
	wait := min(unit<<min(tries, 6), 30*time.Second)
	wait = wait/2 + rand.N(wait)
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
