package guard_test

import (
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/engine/guard"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// verdict judges an item with so many rejected rows, and gives the verdict of one rule.
func verdict(t *testing.T, rule string, rows, rejected int64, g guard.Item, reasons map[string]int64) *plan.Guard {
	t.Helper()
	it := &plan.Item{Addr: "sync.people", Where: "main.hcl:24", Reasons: reasons, Source: plan.Source{Rows: rows}}
	it.Counts.Reject = plan.Count{N: rejected, Known: true}
	var out *plan.Guard
	for _, v := range guard.Verdicts(it, g) {
		if v.Addr != it.Addr {
			t.Errorf("the verdict is about %q", v.Addr)
		}
		if v.Rule == rule {
			out = &v
		}
	}
	return out
}

func TestRejectedRowsBlockAboveTheLimit(t *testing.T) {
	at := hcl.Range{Filename: "main.hcl", Start: hcl.Pos{Line: 31}}
	limit := func(n int64, percent bool) *config.Limit { return &config.Limit{N: n, Percent: percent, Range: at} }
	for name, c := range map[string]struct {
		rows, rejected int64
		limit          *config.Limit
		blocked        bool
		want, got      string
		where          string
	}{
		"five percent by default":                   {1000, 50, nil, false, "5 %", "50 of 1,000  5.0 %", "default"},
		"more than five percent by default":         {1000, 51, nil, true, "5 %", "51 of 1,000  5.1 %", "default"},
		"twenty of a few by default":                {20, 20, nil, false, "5 %", "20 of 20  100.0 %", "default"},
		"twenty-one of a few by default":            {21, 21, nil, true, "5 %", "21 of 21  100.0 %", "default"},
		"a stated share is exact":                   {1000, 10, limit(100, true), false, "1 %", "10 of 1,000  1.0 %", "main.hcl:31"},
		"one more than a stated share":              {1000, 11, limit(100, true), true, "1 %", "11 of 1,000  1.1 %", "main.hcl:31"},
		"a hair more than a stated share looks so":  {1_000_000, 10_001, limit(100, true), true, "1 %", "10,001 of 1,000,000  1.1 %", "main.hcl:31"},
		"a stated share has no floor":               {10, 1, limit(950, true), true, "9.5 %", "1 of 10  10.0 %", "main.hcl:31"},
		"a stated count":                            {2000, 1500, limit(1500, false), false, "1,500", "1,500 of 2,000  75.0 %", "main.hcl:31"},
		"one more than a stated count":              {1_000_000, 1501, limit(1500, false), true, "1,500", "1,501 of 1,000,000  0.2 %", "main.hcl:31"},
		"none may be rejected":                      {1000, 1, limit(0, false), true, "0", "1 of 1,000  0.1 %", "main.hcl:31"},
		"a limit larger than the default lets pass": {100, 90, limit(9000, true), false, "90 %", "90 of 100  90.0 %", "main.hcl:31"},
	} {
		t.Run(name, func(t *testing.T) {
			v := verdict(t, "max_reject", c.rows, c.rejected, guard.Item{Limits: config.Guard{MaxReject: c.limit}}, nil)
			if v == nil || v.Blocked != c.blocked || v.Limit != c.want || v.Got != c.got || v.Where != c.where || v.Overridden {
				t.Errorf("the verdict is %+v", v)
			}
		})
	}
	if v := verdict(t, "max_reject", 1000, 0, guard.Item{Limits: config.Guard{MaxReject: limit(0, false)}}, nil); v != nil {
		t.Errorf("without rejected rows the verdict is %+v", v)
	}
}

func TestNullKeysBlockOnlyWhereSomethingWouldBeRemoved(t *testing.T) {
	nulls := map[string]int64{"key_null": 1200}
	if v := verdict(t, "key_null", 5000, 1, guard.Item{Missing: 3, Removes: true}, nulls); v == nil || !v.Blocked || v.Where != "main.hcl:24" ||
		v.Got != "1,200 rows with a null key, 3 missing" {
		t.Errorf("the verdict is %+v", v)
	}
	for name, c := range map[string]struct {
		g       guard.Item
		reasons map[string]int64
	}{
		"no null key":            {guard.Item{Missing: 3, Removes: true}, map[string]int64{"match_null": 1}},
		"nothing is missing":     {guard.Item{Removes: true}, nulls},
		"leaving removes nobody": {guard.Item{Missing: 3}, nulls},
	} {
		if v := verdict(t, "key_null", 5000, 0, c.g, c.reasons); v != nil {
			t.Errorf("%s: the verdict is %+v", name, v)
		}
	}
}
