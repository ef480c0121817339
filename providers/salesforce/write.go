package salesforce

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/canon"
	"github.com/signalsmith/signalsmith/providers/salesforce/rest"
)

const (
	maxCallBytes  = 4 << 20 // of rows in one call, before compression
	maxChunkBytes = 1 << 20
)

// Write sends rows in chunks of up to 200, five chunks a call, several calls at once. Updates and deletes by id and upserts
// by external id are repeatable, so that whatever was lost on the way is sent again; inserts are not. Outcome.Created is
// what the answer that counted says: an upsert that created and whose first answer was lost is reported as an update.
func (d *destination) Write(ctx context.Context, w providers.Write, rows iter.Seq2[providers.Row, error], done func([]providers.Outcome) error) error {
	c, err := d.client(ctx)
	if err != nil {
		return err
	}
	enc, err := newEncoder(w)
	if err != nil {
		return &providers.Stop{Class: providers.ClassConfig, Code: "INVALID_FIELD", Message: err.Error()}
	}
	gate, sizes := d.paces.of(w.Object.Name)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	wr := &writer{
		d: d, c: c, w: w, enc: enc, gate: gate, sizes: sizes,
		path: c.Path("/composite/sobjects"), method: http.MethodPatch, header: writeHeader(w),
		out: make(chan []providers.Outcome), stopped: make(chan struct{}),
	}
	wr.inner = headerJSON(wr.header)
	switch w.Op {
	case providers.OpUpsert:
		wr.path += "/" + w.Object.Name + "/" + w.Match.Name
	case providers.OpInsert:
		wr.method, wr.once = http.MethodPost, true
	case providers.OpDelete:
		wr.method = http.MethodDelete
	}
	var source error
	go func() {
		defer close(wr.out)
		source = wr.dispatch(ctx, rows)
	}()
	var refused error
	for outcomes := range wr.out {
		if refused != nil {
			continue
		}
		if refused = done(outcomes); refused != nil {
			cancel()
		}
	}
	switch {
	case refused != nil:
		return refused
	case wr.stop != nil:
		return wr.stop
	case source != nil:
		return source
	case ctx.Err() != nil:
		return fmt.Errorf("write %s: %w", w.Object.Name, context.Cause(ctx))
	}
	return nil
}

// writer carries out one Write.
type writer struct {
	d     *destination
	c     *rest.Client
	w     providers.Write
	enc   *encoder
	gate  *gate
	sizes *chunks
	path  string

	method string
	header map[string]string
	inner  string // header, as subrequests have it
	once   bool   // a row that may have been created is not sent again
	out    chan []providers.Outcome

	mu      sync.Mutex
	stop    *providers.Stop
	stopped chan struct{} // closed with the first stop

	answered atomic.Int64 // calls that the org answered
	arenas   sync.Pool    // of *[]byte
}

// line is one row on its way.
type line struct {
	key   string
	id    string // of an update
	body  []byte
	size  int
	tries int
	raced bool // met the race of two upserts once
	doubt bool // was sent, and no answer came
	last  *providers.Outcome
}

// dispatch gathers rows into calls and starts them. It returns when all have ended.
func (w *writer) dispatch(ctx context.Context, rows iter.Seq2[providers.Row, error]) (err error) {
	var wg sync.WaitGroup
	defer wg.Wait()
	var (
		lines []*line
		arena = w.arena()
		bad   []providers.Outcome
	)
	start := func() bool {
		w.report(bad)
		bad = nil
		if len(lines) == 0 {
			return true
		}
		if !w.gate.enter(ctx, w.stopped) {
			return false
		}
		call, used := seal(lines, *arena), arena
		lines, arena = nil, w.arena()
		wg.Go(func() {
			defer w.gate.leave()
			w.run(ctx, call)
			w.arenas.Put(used)
		})
		return true
	}
	for row, err := range rows {
		if err != nil {
			w.report(bad)
			return err
		}
		if w.ended() || ctx.Err() != nil {
			return nil
		}
		l := &line{key: row.Key}
		from := len(*arena)
		var problem error
		if *arena, problem = w.encode(*arena, l, row); problem != nil {
			bad = append(bad, w.unfit(row, problem))
			continue
		}
		l.size = len(*arena) - from
		lines = append(lines, l)
		if len(lines) >= maxQueries*w.sizes.now() || len(*arena) >= maxCallBytes {
			if !start() {
				return nil
			}
		}
	}
	start()
	return nil
}

// arena is where the rows of one call are encoded.
func (w *writer) arena() *[]byte {
	if b, ok := w.arenas.Get().(*[]byte); ok {
		*b = (*b)[:0]
		return b
	}
	b := make([]byte, 0, 64<<10)
	return &b
}

// seal points the lines at their bytes, once these no longer move.
func seal(lines []*line, arena []byte) []*line {
	at := 0
	for _, l := range lines {
		l.body = arena[at : at+l.size : at+l.size]
		at += l.size
	}
	return lines
}

// errID says that an update has no record to go to.
var errID = errors.New("the record id is none")

func (w *writer) encode(dst []byte, l *line, r providers.Row) ([]byte, error) {
	if w.w.Op.ByID() {
		id, ok := canon.ID(r.ID)
		if !ok {
			return dst, errID
		}
		l.id = id
	}
	if w.w.Op == providers.OpDelete {
		return append(dst, l.id...), nil
	}
	return w.enc.row(dst, r, l.id)
}

// unfit is the outcome of a row that is not sent, with the code that Salesforce would have given.
func (w *writer) unfit(r providers.Row, err error) providers.Outcome {
	code := "INVALID_TYPE_ON_FIELD_IN_RECORD"
	switch {
	case errors.Is(err, errID):
		code = "MALFORMED_ID"
	case errors.Is(err, errRecordType):
		code = "INVALID_CROSS_REFERENCE_KEY"
	}
	return providers.Outcome{
		Key: r.Key, Code: code, Message: "not sent: " + err.Error(), Class: providers.ClassRow,
		At: w.d.set.spec.Now().UTC(),
	}
}

// halt stops the item; the first reason counts.
func (w *writer) halt(class providers.Class, f *rest.Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stop != nil {
		return
	}
	w.stop = &providers.Stop{Class: class, Code: f.Code, Message: f.Message, Err: w.d.explained("writing "+w.w.Object.Name, f)}
	close(w.stopped)
}

func (w *writer) ended() bool {
	select {
	case <-w.stopped:
		return true
	default:
		return false
	}
}

func (w *writer) report(outcomes []providers.Outcome) {
	if len(outcomes) > 0 {
		w.out <- outcomes
	}
}

// chunk is the rows of one subrequest.
type chunk struct {
	lines []*line
	tries int
	alone bool // the call that it was part of was refused as a whole
}

// run sends the lines of one call until each has its outcome, or the item stops.
func (w *writer) run(ctx context.Context, lines []*line) {
	pending := w.cut(lines)
	for len(pending) > 0 {
		pending = w.fit(pending)
		n := min(maxQueries, len(pending))
		if pending[0].alone {
			n = 1
		}
		again, later := w.send(ctx, pending[:n:n]), pending[n:]
		pending = append(again, later...)
		if w.ended() || ctx.Err() != nil {
			w.abandon(pending)
			return
		}
		if tries := most(again); tries > 0 && pause(ctx, w.c.Pause()/2, tries-1) != nil {
			w.abandon(pending)
			return
		}
	}
}

// abandon reports the rows that were tried and will not be tried again.
func (w *writer) abandon(pending []chunk) {
	var out []providers.Outcome
	for _, c := range pending {
		for _, l := range c.lines {
			if o, tried := l.unsettled(); tried {
				out = append(out, o)
			}
		}
	}
	w.report(out)
}

// unsettled is the outcome of a row that was tried without success so far.
func (l *line) unsettled() (o providers.Outcome, tried bool) {
	if l.last == nil {
		return o, false
	}
	o = *l.last
	o.Key = l.key
	o.Class = providers.ClassRetry
	if l.doubt {
		o.Class = providers.ClassDoubt
	}
	return o, true
}

// most is the largest number of tries among chunks and their rows; 0 where none has to wait.
func most(cs []chunk) int {
	n := 0
	for _, c := range cs {
		n = max(n, c.tries)
		for _, l := range c.lines {
			n = max(n, l.tries)
		}
	}
	return n
}

// cut makes chunks of the object's present size.
func (w *writer) cut(lines []*line) []chunk {
	var out []chunk
	size := w.sizes.now()
	for from := 0; from < len(lines); {
		to, bytes := from, 0
		for to < len(lines) && to-from < size && (to == from || bytes+lines[to].size <= maxChunkBytes) {
			bytes += lines[to].size
			to++
		}
		out = append(out, chunk{lines: lines[from:to:to]})
		from = to
	}
	return out
}

// fit cuts chunks that were made before the object's size shrank.
func (w *writer) fit(cs []chunk) []chunk {
	size := w.sizes.now()
	if !slices.ContainsFunc(cs, func(c chunk) bool { return len(c.lines) > size }) {
		return cs
	}
	var out []chunk
	for _, c := range cs {
		for lines := range slices.Chunk(c.lines, size) {
			out = append(out, chunk{lines: lines, tries: c.tries, alone: c.alone})
		}
	}
	return out
}

// bisect cuts a refused chunk into five, as many as go in the next call, so that one bad row of 200 is found in four.
func (c chunk) bisect() []chunk {
	var out []chunk
	step := (len(c.lines) + maxQueries - 1) / maxQueries
	for from := 0; from < len(c.lines); from += step {
		to := min(from+step, len(c.lines))
		out = append(out, chunk{lines: c.lines[from:to:to]})
	}
	return out
}
