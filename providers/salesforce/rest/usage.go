package rest

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/signalsmith/signalsmith/providers"
)

// usage counts requests that the org answered, since each of them is a call for Salesforce, retries too.
type usage struct {
	calls, describe, query, write atomic.Int64
	left, max                     atomic.Int64 // as last told; left is -1 before
}

func (c *Client) count(k Kind, h http.Header) {
	if k != Free {
		c.usage.calls.Add(1)
	}
	switch k {
	case Describe:
		c.usage.describe.Add(1)
	case Query:
		c.usage.query.Add(1)
	case Write:
		c.usage.write.Add(1)
	}
	if used, most, ok := limitInfo(h.Get("Sforce-Limit-Info")); ok {
		c.usage.max.Store(most)
		c.usage.left.Store(max(0, most-used))
	}
}

func (u *usage) read() providers.Usage {
	return providers.Usage{
		Calls: u.calls.Load(), Describe: u.describe.Load(), Query: u.query.Load(), Write: u.write.Load(),
		Left: u.left.Load(), Max: u.max.Load(),
	}
}

// limitInfo reads "api-usage=10018/100000, per-app-api-usage=17/250(appName=x)".
func limitInfo(v string) (used, most int64, ok bool) {
	for part := range strings.SplitSeq(v, ",") {
		rest, found := strings.CutPrefix(strings.TrimSpace(part), "api-usage=")
		if !found {
			continue
		}
		a, b, _ := strings.Cut(rest, "/")
		used, err1 := strconv.ParseInt(strings.TrimSpace(a), 10, 64)
		most, err2 := strconv.ParseInt(strings.TrimSpace(b), 10, 64)
		return used, most, err1 == nil && err2 == nil
	}
	return 0, 0, false
}
