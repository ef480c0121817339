package api

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// Usage counts API requests over the last 24 hours, in hours.
type Usage struct {
	Max int // what is allowed

	mu    sync.Mutex
	hours [24]struct {
		hour  int64
		count int
	}
}

// Add counts n calls. It reports false, and counts nothing, when the day's allowance would be passed.
func (u *Usage) Add(now time.Time, n int) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.sum(now)+n > u.Max {
		return false
	}
	hour := now.Unix() / 3600
	h := &u.hours[((hour%24)+24)%24]
	if h.hour != hour {
		h.hour, h.count = hour, 0
	}
	h.count += n
	return true
}

// Used is how many calls count now.
func (u *Usage) Used(now time.Time) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.sum(now)
}

func (u *Usage) sum(now time.Time) int {
	hour, n := now.Unix()/3600, 0
	for _, h := range u.hours {
		if h.hour > hour-24 && h.hour <= hour {
			n += h.count
		}
	}
	return n
}

// release names the season of an API version: 66.0 is Spring '26.
func release(version int) string {
	n := version - 66
	year := 26
	for n < 0 {
		n, year = n+3, year-1
	}
	year += n / 3
	return [...]string{"Spring '", "Summer '", "Winter '"}[n%3] + strconv.Itoa(year+n%3/2)
}

// Versions answers /services/data, which needs no token and counts nothing.
func (a *API) Versions(method string) Reply {
	if method != http.MethodGet && method != http.MethodHead {
		r, _ := allow(&Call{Method: method}, "GET", "HEAD")
		return r
	}
	b := []byte{'['}
	for v := minVersion; v <= maxVersion; v++ {
		if v > minVersion {
			b = append(b, ',')
		}
		n := strconv.Itoa(v) + ".0"
		b = append(b, `{"label":`...)
		b = schema.Quote(b, release(v))
		b = append(b, `,"url":"/services/data/v`...)
		b = append(append(b, n...), `","version":"`...)
		b = append(append(b, n...), `"}`...)
	}
	return Reply{Status: 200, Body: append(b, ']')}
}

// resources answers /services/data/vXX.X: what there is below it.
func (a *API) resources(c *Call) Reply {
	if r, ok := allow(c, "GET"); !ok {
		return r
	}
	b := []byte{'{'}
	for _, name := range []string{"sobjects", "query", "queryAll", "composite", "limits"} {
		b = append(schema.Quote(b, name), ':')
		b = append(schema.Quote(b, c.Base+"/"+name), ',')
	}
	b = append(b, `"identity":`...)
	b = schema.Quote(b, c.Host+"/id/"+a.Org+"/"+c.User)
	return Reply{Status: 200, Body: append(b, '}')}
}

// limits answers /limits and /limits/recordCount.
func (a *API) limits(c *Call) Reply {
	if r, ok := allow(c, "GET"); !ok {
		return r
	}
	switch {
	case len(c.Path) == 1:
	case len(c.Path) == 2 && strings.EqualFold(c.Path[1], "recordCount"):
		return a.recordCount(c)
	default:
		return Fail(apierror.NotFound())
	}
	left := a.Usage.Max - a.Usage.Used(a.Now())
	b := []byte(`{"DailyApiRequests":{"Max":` + strconv.Itoa(a.Usage.Max) + `,"Remaining":` + strconv.Itoa(left) + `}`)
	for _, l := range []struct {
		name string
		max  int
	}{
		{"ConcurrentAsyncGetReportInstances", 200}, {"DailyBulkApiBatches", 15000}, {"DailyBulkV2QueryFileStorageMB", 976562},
		{"DailyBulkV2QueryJobs", 10000}, {"DataStorageMB", 1024}, {"HourlyTimeBasedWorkflow", 1000},
	} {
		n := strconv.Itoa(l.max)
		b = append(b, `,"`+l.name+`":{"Max":`+n+`,"Remaining":`+n+`}`...)
	}
	return Reply{Status: 200, Body: append(b, '}')}
}

// recordCount answers /limits/recordCount. Objects without records are left out, as in recorded answers.
func (a *API) recordCount(c *Call) Reply {
	var wanted map[string]bool
	if names := c.Query.Get("sObjects"); names != "" {
		wanted = map[string]bool{}
		for _, n := range strings.Split(names, ",") {
			wanted[strings.ToLower(strings.TrimSpace(n))] = true
		}
	}
	b := []byte(`{"sObjects":[`)
	first := true
	err := a.view(c, func(tx *store.Tx) error {
		for _, obj := range a.Schema.Objects {
			n := tx.Rows(obj.Name).Count()
			if n == 0 || wanted != nil && !wanted[strings.ToLower(obj.Name)] {
				continue
			}
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(b, `{"count":`+strconv.Itoa(n)+`,"name":`...)
			b = append(schema.Quote(b, obj.Name), '}')
		}
		return nil
	})
	if err != nil {
		return broken(err)
	}
	return Reply{Status: 200, Body: append(b, `]}`...)}
}
