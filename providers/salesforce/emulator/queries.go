package emulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/query"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/soql"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

const (
	maxBatch     = 2000 // records of a page, unless the client asks for fewer
	minBatch     = 200
	cursorLife   = 48 * time.Hour
	userCursors  = 10 // open at once, per user; one more ends the oldest (likely)
	cursorPrefix = "01g"
)

// cursor is a query result that is being paged through: which records it has, not the records.
type cursor struct {
	id     string
	user   string
	plan   *query.Plan
	result query.Result
	batch  int
	opened time.Time
}

// cursors are the open ones, the oldest first.
type cursors struct {
	mu   sync.Mutex
	last uint64
	open []*cursor
}

func (cs *cursors) add(c *cursor) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.last++
	c.id = sfid.Make(cursorPrefix, cs.last)
	mine := 1
	for _, x := range cs.open {
		if x.user == c.user {
			mine++
		}
	}
	cs.open = slices.DeleteFunc(cs.open, func(x *cursor) bool {
		if x.user == c.user && mine > userCursors {
			mine--
			return true
		}
		return c.opened.Sub(x.opened) > cursorLife
	})
	cs.open = append(cs.open, c)
}

func (cs *cursors) get(id, user string, now time.Time) *cursor {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for _, x := range cs.open {
		if x.id == id && x.user == user && now.Sub(x.opened) <= cursorLife {
			return x
		}
	}
	return nil
}

func (cs *cursors) clear() {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.open = nil
}

// queryResource answers /query, /queryAll, and their pages.
func (o *Org) queryResource(c *call) reply {
	if r, ok := allow(c, "GET"); !ok {
		return r
	}
	switch len(c.path) {
	case 1:
		return o.query(c, strings.EqualFold(c.path[0], "queryAll"))
	case 2:
		return o.nextPage(c, c.path[1])
	}
	return fail(apierror.NotFound())
}

func (o *Org) query(c *call, all bool) reply {
	text := c.query.Get("q")
	if text == "" {
		return fail(apierror.New("MALFORMED_QUERY", "A query string has to be specified"))
	}
	q, bad := soql.Parse(text)
	if bad != nil {
		return fail(bad)
	}
	plan, bad := query.Compile(o.schema, q, o.opts.Now())
	if bad != nil {
		return fail(bad)
	}
	if strings.EqualFold(c.query.Get("columns"), "true") {
		return reply{status: 200, body: plan.AppendColumns(nil)}
	}
	cur := &cursor{user: c.user, plan: plan, batch: batchSize(c.header), opened: o.opts.Now()}
	var body []byte
	err := o.view(c, func(tx *store.Tx) error {
		cur.result = plan.Run(tx, all)
		if len(cur.result.Refs) > cur.batch {
			o.cursors.add(cur)
		}
		body = cur.page(tx, 0, c.base)
		return nil
	})
	if err != nil {
		return broken(err)
	}
	return reply{status: 200, body: body}
}

// batchSize reads Sforce-Query-Options: batchSize=N.
func batchSize(h http.Header) int {
	for _, option := range strings.FieldsFunc(h.Get("Sforce-Query-Options"), func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		name, value, _ := strings.Cut(option, "=")
		if n, err := strconv.Atoi(value); err == nil && strings.EqualFold(name, "batchSize") {
			return min(max(n, minBatch), maxBatch)
		}
	}
	return maxBatch
}

func (o *Org) nextPage(c *call, locator string) reply {
	id, offset, _ := strings.Cut(locator, "-")
	full, ok := sfid.Full(id)
	n, err := strconv.Atoi(offset)
	var cur *cursor
	if ok && err == nil && n >= 0 {
		cur = o.cursors.get(full, c.user, o.opts.Now())
	}
	if cur == nil || n >= len(cur.result.Refs) {
		return fail(apierror.New("INVALID_QUERY_LOCATOR", "invalid query locator"))
	}
	var body []byte
	if err := o.view(c, func(tx *store.Tx) error {
		body = cur.page(tx, n, c.base)
		return nil
	}); err != nil {
		return broken(err)
	}
	return reply{status: 200, body: body}
}

// page writes the records from offset on. A record that was deleted since the query ran is left out.
func (cur *cursor) page(tx *store.Tx, offset int, base string) []byte {
	end := min(offset+cur.batch, len(cur.result.Refs))
	b := make([]byte, 0, 256+(end-offset)*256)
	b = append(b, `{"totalSize":`...)
	b = strconv.AppendInt(b, int64(cur.result.Total), 10)
	done := end == len(cur.result.Refs)
	b = strconv.AppendBool(append(b, `,"done":`...), done)
	if !done {
		b = append(b, `,"nextRecordsUrl":"`+base+"/query/"+cur.id+"-"+strconv.Itoa(end)+`"`...)
	}
	b = append(b, `,"records":[`...)
	first := true
	comma := func() {
		if !first {
			b = append(b, ',')
		}
		first = false
	}
	for _, ref := range cur.result.Refs[offset:end] {
		was, mark := first, len(b)
		comma()
		var ok bool
		if b, ok = cur.plan.AppendRef(b, tx, ref, base); !ok {
			b, first = b[:mark], was
		}
	}
	for _, g := range cur.result.Groups {
		comma()
		b = cur.plan.AppendGroup(b, g)
	}
	return append(b, `]}`...)
}
