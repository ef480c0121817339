package salesforce

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/canon"
	"github.com/signalsmith/signalsmith/providers/salesforce/rest"
)

// How often a chunk or a row is sent, first time included, before it is given up.
const (
	triesLocked = 8
	triesBusy   = 5
	triesHalf   = 3
)

// send makes one call, reports what is settled, and gives what has to be sent again.
func (w *writer) send(ctx context.Context, cs []chunk) (again []chunk) {
	before := w.answered.Load()
	rows := 0
	for _, c := range cs {
		rows += len(c.lines)
	}
	parts, reply, err := call(ctx, w.c, w.request(cs), rest.Request{Kind: rest.Write, Header: w.header, Once: w.once})
	if err != nil {
		var f *rest.Fault
		if !asFault(err, &f) {
			f = &rest.Fault{Code: rest.Unreachable, Message: err.Error(), Rule: rest.Classify(rest.Unreachable, "", rest.AtRequest), Err: err}
		}
		if f.Rule.Class == providers.ClassRetry {
			w.gate.note(0, false, true)
		}
		return w.refused(ctx, cs, f, w.answered.Load() == before)
	}
	w.answered.Add(1)
	w.gate.note(reply.Took, 2*rows >= maxQueries*maxChunk, reply.Tries > 1)
	var out []providers.Outcome
	for i := range parts {
		settled, more := w.part(cs[i], &parts[i], reply.At)
		out = append(out, settled...)
		again = append(again, more...)
	}
	w.report(out)
	return again
}

// refused deals with a call that failed as a whole, after the client's own retries.
func (w *writer) refused(ctx context.Context, cs []chunk, f *rest.Fault, idle bool) (again []chunk) {
	w.mark(cs, f, f.Doubt)
	if ctx.Err() != nil {
		return cs
	}
	class := f.Class()
	switch {
	case w.once && f.Doubt:
		w.give(cs)
		if idle {
			w.halt(providers.ClassDoubt, f)
		}
		return nil
	case f.Rule.Again == rest.Smaller || f.Rule.Class == providers.ClassRow:
		if len(cs) > 1 {
			for _, c := range cs {
				c.alone = true
				again = append(again, c)
			}
			return again
		}
		return w.smaller(cs[0], f)
	case class == providers.ClassRetry, class == providers.ClassDoubt:
		w.give(cs)
		if idle {
			w.halt(class, f)
		}
		return nil
	}
	w.halt(class, f)
	return cs
}

// part deals with the answer to one chunk.
func (w *writer) part(c chunk, p *part, at time.Time) (out []providers.Outcome, again []chunk) {
	if f := p.fault(); f != nil {
		return nil, w.refusedChunk(c, f)
	}
	var results []result
	err := json.Unmarshal(p.Body, &results, looseJSON)
	if err == nil && len(results) != len(c.lines) {
		err = fmt.Errorf("%d results for %d rows", len(results), len(c.lines))
	}
	for i := 0; err == nil && i < len(results); i++ {
		err = c.lines[i].check(&results[i])
	}
	if err != nil {
		f := &rest.Fault{Code: rest.HalfAnswer, Message: err.Error(), Rule: rest.Classify(rest.HalfAnswer, "", rest.AtRequest), Doubt: true}
		return nil, w.repeat(c, f, triesHalf)
	}
	return w.results(c, results, at)
}

// check tells whether a success is about this row; whatever else comes is not believed.
func (l *line) check(r *result) error {
	if !r.Success {
		return nil
	}
	id, ok := canon.ID(r.ID)
	if !ok {
		return fmt.Errorf("a success without a record id")
	}
	if l.id != "" && id != l.id {
		return fmt.Errorf("a result for another record")
	}
	r.ID = id
	return nil
}

// refusedChunk deals with a chunk that was refused before its rows were looked at.
func (w *writer) refusedChunk(c chunk, f *rest.Fault) (again []chunk) {
	switch {
	case w.once && f.Uncertain():
		w.mark([]chunk{c}, f, true)
		w.give([]chunk{c})
		return nil
	case f.Rule.Again == rest.Smaller, f.Rule.Class == providers.ClassRow:
		w.mark([]chunk{c}, f, false)
		return w.smaller(c, f)
	case f.Rule.Again == rest.Pause:
		return w.repeat(c, f, triesBusy)
	case f.Rule.Class == providers.ClassRetry:
		w.mark([]chunk{c}, f, f.Doubt)
		w.give([]chunk{c})
		return nil
	}
	w.mark([]chunk{c}, f, f.Doubt)
	w.halt(f.Rule.Class, f)
	return []chunk{c}
}

// repeat sends a chunk again as it is, up to a number of tries.
func (w *writer) repeat(c chunk, f *rest.Fault, most int) []chunk {
	w.mark([]chunk{c}, f, f.Doubt)
	w.gate.note(0, false, true)
	if c.tries++; c.tries >= most || w.once && f.Doubt {
		w.give([]chunk{c})
		return nil
	}
	return []chunk{c}
}

// smaller sends a refused chunk in pieces, down to the row that is at fault.
func (w *writer) smaller(c chunk, f *rest.Fault) []chunk {
	if len(c.lines) > 1 {
		if f.Rule.Class == providers.ClassRetry {
			w.sizes.shrink(len(c.lines))
		}
		return c.bisect()
	}
	if f.Rule.Class == providers.ClassRetry {
		return w.repeat(c, f, triesBusy)
	}
	w.report([]providers.Outcome{{
		Key: c.lines[0].key, Code: f.Code, Message: f.Message, Fields: f.Fields, Class: providers.ClassRow, At: w.d.set.spec.Now().UTC(),
	}})
	return nil
}

// mark remembers on every line what happened last. Rows that were refused for the whole item's sake stay untried.
func (w *writer) mark(cs []chunk, f *rest.Fault, doubt bool) {
	if !doubt && f.Rule.Class != providers.ClassRetry && f.Rule.Class != providers.ClassRow {
		return
	}
	if !doubt && f.Code == rest.Unreachable {
		return
	}
	for _, c := range cs {
		for _, l := range c.lines {
			l.doubt = l.doubt || doubt
			l.last = &providers.Outcome{Code: f.Code, Message: f.Message, Fields: f.Fields, At: w.d.set.spec.Now().UTC()}
		}
	}
}

// give reports rows that are given up.
func (w *writer) give(cs []chunk) { w.abandon(cs) }

// results settles the rows of one chunk.
func (w *writer) results(c chunk, results []result, at time.Time) (out []providers.Outcome, again []chunk) {
	var retry []*line
	var stop *rest.Fault
	misfits, locked := 0, false
	for i := range results {
		r, l := &results[i], c.lines[i]
		if r.Success {
			created := w.w.Op == providers.OpInsert || r.Created && w.w.Op == providers.OpUpsert
			out = append(out, providers.Outcome{Key: l.key, ID: r.ID, OK: true, Created: created, At: at})
			continue
		}
		o, rule := failure(l, r, at)
		switch {
		case w.w.Op == providers.OpDelete && rule.Code == "ENTITY_IS_DELETED":
			out = append(out, providers.Outcome{Key: l.key, ID: l.id, OK: true, Gone: true, At: at})
			continue
		case rule.Class == providers.ClassRetry && l.again(rule):
			locked = locked || rule.Again == rest.Smaller
			l.last = &o
			retry = append(retry, l)
			continue
		case rule.Code == "DUPLICATE_VALUE" && !l.raced && w.race(o.Message):
			l.raced = true
			l.last = &o
			retry = append(retry, l)
			continue
		case rule.Class == providers.ClassRetry:
			if l.doubt {
				o.Class = providers.ClassDoubt
			}
		case rule.Class == providers.ClassConfig:
			misfits++
			stop = cause(o, rule, stop)
		case rule.Class != providers.ClassRow:
			w.halt(rule.Class, cause(o, rule, nil))
		}
		out = append(out, o)
	}
	// A mapping that cannot work fails every row; what fails some is a matter of their data.
	switch {
	case misfits == len(results):
		w.halt(providers.ClassConfig, stop)
	case misfits > 0:
		for i := range out {
			if out[i].Class == providers.ClassConfig {
				out[i].Class = providers.ClassRow
			}
		}
	}
	if locked {
		w.sizes.shrink(len(c.lines))
		w.gate.yield()
	} else {
		w.sizes.grow()
	}
	return out, w.cut(retry)
}

func cause(o providers.Outcome, r rest.Rule, before *rest.Fault) *rest.Fault {
	if before != nil {
		return before
	}
	return &rest.Fault{Code: o.Code, Message: o.Message, Fields: o.Fields, Rule: r}
}

// failure is the outcome of a row that Salesforce turned down, and the rule it falls under.
func failure(l *line, r *result, at time.Time) (providers.Outcome, rest.Rule) {
	o := providers.Outcome{Key: l.key, At: at, Code: "UNKNOWN_EXCEPTION", Message: "Salesforce gave no reason"}
	if len(r.Errors) > 0 {
		o.Code, o.Message, o.Fields = r.Errors[0].Code, r.Errors[0].Message, r.Errors[0].Fields
		for _, e := range r.Errors[1:] {
			o.Message += "; " + e.Code + ": " + e.Message
		}
	}
	rule := rest.Classify(o.Code, o.Message, rest.AtRow)
	o.Class = rule.Class
	return o, rule
}

// again counts a try and tells whether there is another one.
func (l *line) again(r rest.Rule) bool {
	l.tries++
	if r.Again == rest.Smaller {
		return l.tries < triesLocked
	}
	return r.Again == rest.Pause && l.tries < triesBusy
}

// race tells whether a duplicate value is one of the match field itself: somebody created the record since Salesforce
// looked, and a second upsert will find it.
func (w *writer) race(message string) bool {
	if w.w.Op != providers.OpUpsert {
		return false
	}
	word := func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	if !strings.Contains(message, "record") { // "Duplicate external id specified": twice in one chunk
		return false
	}
	for name := range strings.FieldsFuncSeq(message, word) {
		if strings.EqualFold(name, w.w.Match.Name) {
			return true
		}
	}
	return false
}
