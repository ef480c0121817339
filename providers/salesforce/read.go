package salesforce

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/rest"
)

const (
	maxURL       = 16000 // bytes of one query's address; Salesforce takes 16,384
	pageRows     = 2000  // rows of one reply, as Salesforce gives them by default
	readInFlight = 4     // composite calls at once
	sampleKeys   = 4000  // keys that are looked at before the way to read is chosen
)

// Read streams live records, by their keys or by one query over the whole object, whichever costs fewer calls. A
// whole-object query yields every record that has a match value, asked for or not, and a query by keys may yield
// records whose match value differs from a key in case: callers join by Record.Match.
func (d *destination) Read(ctx context.Context, r providers.Read, yield func(providers.Record) error) error {
	c, err := d.client(ctx)
	if err != nil {
		return err
	}
	sel, err := newSelection(r)
	if err != nil {
		return err
	}
	rd := &reader{c: c, r: r, sel: sel, resource: "/query?q="}
	if r.Deleted {
		rd.resource = "/queryAll?q="
	}
	rd.key, _ = r.By.Canon() // newSelection has checked it
	var refusal *yieldError
	err = rd.run(ctx, yield)
	if asYield(err, &refusal) {
		return refusal.err
	}
	return d.explained("reading "+r.Object.Name, err)
}

// Users gives the user names of user ids.
func (d *destination) Users(ctx context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	if len(ids) == 0 {
		return out, nil
	}
	keys := slices.Compact(slices.Sorted(slices.Values(ids)))
	err := d.Read(ctx, providers.Read{
		Object: &providers.Object{Name: "User"},
		Fields: []providers.Field{{Name: "Username", Type: "string"}},
		By:     providers.Field{Name: "Id", Type: "id"},
		Count:  int64(len(keys)),
		Keys: func(yield func(string, error) bool) {
			for _, k := range keys {
				if !yield(k, nil) {
					return
				}
			}
		},
	}, func(rec providers.Record) error {
		out[rec.ID] = rec.Values[0].String
		return nil
	})
	return out, err
}

// reader carries out one Read.
type reader struct {
	c        *rest.Client
	r        providers.Read
	sel      *selection
	key      providers.Canon
	resource string
}

// run chooses the way and yields on the calling goroutine, while others fetch.
func (rd *reader) run(ctx context.Context, yield func(providers.Record) error) error {
	next, stop := iter.Pull2(rd.r.Keys)
	defer stop()
	keys, more, err := rd.sample(next)
	if err != nil {
		return err
	}
	if len(keys) == 0 && !more {
		return nil
	}
	whole, err := rd.whole(ctx, keys, more)
	if err != nil {
		return err
	}

	fctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pages := make(chan []providers.Record, 1)
	var fetched error
	go func() {
		defer close(pages)
		if whole {
			fetched = rd.all(fctx, pages)
		} else {
			fetched = rd.byKeys(fctx, keys, more, next, pages)
		}
	}()
	var refused error
	for records := range pages {
		for i := 0; i < len(records) && refused == nil; i++ {
			if err := yield(records[i]); err != nil {
				refused = &yieldError{err}
				cancel()
			}
		}
	}
	if refused != nil {
		return refused
	}
	return fetched
}

// sample pulls the first keys as literals; more tells whether there are others.
func (rd *reader) sample(next func() (string, error, bool)) (keys []string, more bool, err error) {
	for len(keys) < sampleKeys {
		k, err, ok := next()
		if err != nil {
			return nil, false, err
		}
		if !ok {
			return keys, false, nil
		}
		if l, ok := literal(k, rd.key); ok {
			keys = append(keys, escape(l))
		}
	}
	return keys, true, nil
}

// whole tells whether reading the whole object costs fewer calls than reading by keys.
func (rd *reader) whole(ctx context.Context, keys []string, more bool) (bool, error) {
	if rd.r.Deleted || !rd.r.By.Filterable && rd.r.By.Type != "id" {
		return false, nil
	}
	n := int64(len(keys))
	if more {
		n = max(n, rd.r.Count)
	}
	size := 0
	for _, k := range keys {
		size += len(k) + 1
	}
	per := int64(max(1, min(rd.most(), (maxURL-len(rd.prefix()))*len(keys)/max(size, 1))))
	byKeys := ceil(ceil(n, per), maxQueries)
	if byKeys <= 3 {
		return false, nil
	}
	total, err := rd.count(ctx)
	if err != nil {
		return false, err
	}
	return total >= 0 && ceil(total, pageRows) < byKeys, nil
}

func ceil(n, by int64) int64 { return (n + by - 1) / by }

// most is how many keys one query may have, so that its rows nearly always come in one reply.
func (rd *reader) most() int {
	if rd.r.By.Type == "id" || rd.r.By.Unique {
		return pageRows - 100
	}
	return pageRows / 2
}

// filter leaves out the records that have no match value and so cannot be asked for.
func (rd *reader) filter() string {
	if rd.r.By.Type == "id" {
		return ""
	}
	return " WHERE " + rd.r.By.Name + " != null"
}

func (rd *reader) prefix() string {
	return rd.c.Path(rd.resource + escape(rd.sel.soql()+" WHERE "+rd.r.By.Name+" IN ("))
}

// yieldError marks an error that came from the caller, and goes back as it is.
type yieldError struct{ err error }

func (e *yieldError) Error() string { return e.err.Error() }

func asYield(err error, to **yieldError) bool {
	y, ok := err.(*yieldError)
	if ok {
		*to = y
	}
	return ok
}

// chunks groups keys into queries as they stream; it ends at the first error.
func (rd *reader) chunks(keys []string, more bool, next func() (string, error, bool)) iter.Seq2[[]string, error] {
	room, most := maxURL-len(rd.prefix())-1, rd.most()
	return func(yield func([]string, error) bool) {
		var chunk []string
		size := 0
		put := func(k string) bool {
			if len(chunk) > 0 && (len(chunk) == most || size+len(k)+1 > room) {
				if !yield(chunk, nil) {
					return false
				}
				chunk, size = nil, 0
			}
			chunk = append(chunk, k)
			size += len(k) + 1
			return true
		}
		for _, k := range keys {
			if !put(k) {
				return
			}
		}
		for more {
			k, err, ok := next()
			if err != nil {
				yield(nil, err)
				return
			}
			if !ok {
				break
			}
			if l, ok := literal(k, rd.key); ok && !put(escape(l)) {
				return
			}
		}
		if len(chunk) > 0 {
			yield(chunk, nil)
		}
	}
}

// url is the query for some keys.
func (rd *reader) url(keys []string) string { return rd.prefix() + strings.Join(keys, ",") + ")" }

// halved says that fewer records came than the org had announced.
func halved(object string, got, want int64) *rest.Fault {
	return &rest.Fault{
		Code: rest.HalfAnswer, Message: fmt.Sprintf("%d of %d records of %s came", got, want, object),
		Rule: rest.Classify(rest.HalfAnswer, "", rest.AtRequest),
	}
}
