package api

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

// EndCursors ends every query that is being paged through.
func (a *API) EndCursors() { a.cursors.clear() }

// queryResource answers /query, /queryAll, and their pages.
func (a *API) queryResource(c *Call) Reply {
	if r, ok := allow(c, "GET"); !ok {
		return r
	}
	switch len(c.Path) {
	case 1:
		return a.query(c, strings.EqualFold(c.Path[0], "queryAll"))
	case 2:
		return a.nextPage(c, c.Path[1])
	}
	return Fail(apierror.NotFound())
}

func (a *API) query(c *Call, all bool) Reply {
	text := c.Query.Get("q")
	if text == "" {
		return Fail(apierror.New("MALFORMED_QUERY", "A query string has to be specified"))
	}
	q, bad := soql.Parse(text)
	if bad != nil {
		return Fail(bad)
	}
	plan, bad := query.Compile(a.Schema, q, a.Now())
	if bad != nil {
		return Fail(bad)
	}
	if strings.EqualFold(c.Query.Get("columns"), "true") {
		return Reply{Status: 200, Body: plan.AppendColumns(nil)}
	}
	cur := &cursor{user: c.User, plan: plan, batch: batchSize(c.Header), opened: a.Now()}
	var body []byte
	err := a.view(c, func(tx *store.Tx) error {
		cur.result = plan.Run(tx, all)
		if len(cur.result.Refs) > cur.batch {
			a.cursors.add(cur)
		}
		body = cur.page(tx, 0, c.Base)
		return nil
	})
	if err != nil {
		return broken(err)
	}
	return Reply{Status: 200, Body: body}
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

func (a *API) nextPage(c *Call, locator string) Reply {
	id, offset, _ := strings.Cut(locator, "-")
	full, ok := sfid.Full(id)
	n, err := strconv.Atoi(offset)
	var cur *cursor
	if ok && err == nil && n >= 0 {
		cur = a.cursors.get(full, c.User, a.Now())
	}
	if cur == nil || n >= len(cur.result.Refs) {
		return Fail(apierror.New("INVALID_QUERY_LOCATOR", "invalid query locator"))
	}
	var body []byte
	if err := a.view(c, func(tx *store.Tx) error {
		body = cur.page(tx, n, c.Base)
		return nil
	}); err != nil {
		return broken(err)
	}
	return Reply{Status: 200, Body: body}
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
