package guard_test

import (
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/engine/guard"
	"github.com/signalsmith/signalsmith/engine/plan"
)

var at = hcl.Range{Filename: "main.hcl", Start: hcl.Pos{Line: 31}}

func limit(n int64, percent bool) *config.Limit {
	return &config.Limit{N: n, Percent: percent, Range: at}
}

// item has so many rows in the model and in the snapshot.
func item(model, snapshot int64) *plan.Item {
	it := &plan.Item{Addr: "sync.people", Where: "main.hcl:24", Reasons: map[string]int64{}, Source: plan.Source{Rows: model, Snapshot: snapshot}}
	it.Counts.Create.Known, it.Counts.Update.Known, it.Counts.Remove.Known, it.Counts.Clear.Known, it.Counts.Reject.Known = true, true, true, true, true
	return it
}

// verdict is that of one rule, nil where it says nothing.
func verdict(t *testing.T, rule string, it *plan.Item, g guard.Item) *plan.Guard {
	t.Helper()
	var out *plan.Guard
	for _, v := range guard.Verdicts(it, g) {
		if v.Addr != it.Addr {
			t.Errorf("the verdict is about %q", v.Addr)
		}
		if v.Rule == rule {
			if out != nil {
				t.Errorf("%s judges twice", rule)
			}
			out = &v
		}
	}
	return out
}

// counts are the rules that hold a number against a count or a share: how the number gets into an item, what a share is
// of, and the default.
var counts = map[string]struct {
	set   func(it *plan.Item, n int64)
	limit func(g *config.Guard) **config.Limit
	of    func(it *plan.Item) int64
	share string // of the default, "" where there is none
}{
	"max_remove": {
		func(it *plan.Item, n int64) { it.Counts.Remove.N = n },
		func(g *config.Guard) **config.Limit { return &g.MaxRemove },
		func(it *plan.Item) int64 { return it.Source.Snapshot }, "10 %",
	},
	"max_create": {
		func(it *plan.Item, n int64) { it.Counts.Create.N = n },
		func(g *config.Guard) **config.Limit { return &g.MaxCreate },
		func(it *plan.Item) int64 { return max(it.Source.Snapshot, it.Source.Rows) }, "",
	},
	"max_update": {
		func(it *plan.Item, n int64) { it.Counts.Update.N = n },
		func(g *config.Guard) **config.Limit { return &g.MaxUpdate },
		func(it *plan.Item) int64 { return max(it.Source.Snapshot, it.Source.Rows) }, "",
	},
	"max_missing": {
		func(it *plan.Item, n int64) { it.Reasons["missing_in_salesforce"] = n },
		func(g *config.Guard) **config.Limit { return &g.MaxMissing },
		func(it *plan.Item) int64 { return it.Source.Snapshot }, "5 %",
	},
	"max_drift": {
		func(it *plan.Item, n int64) { it.Reasons["drifted"] = n },
		func(g *config.Guard) **config.Limit { return &g.MaxDrift },
		func(it *plan.Item) int64 { return it.Source.Snapshot }, "",
	},
	"max_reject": {
		func(it *plan.Item, n int64) { it.Counts.Reject.N = n },
		func(g *config.Guard) **config.Limit { return &g.MaxReject },
		func(it *plan.Item) int64 { return it.Source.Rows }, "5 %",
	},
}

func TestLimitsOfCountsAreExact(t *testing.T) {
	for rule, c := range counts {
		for name, x := range map[string]struct {
			model, snapshot, n int64
			limit              *config.Limit
			blocked            bool
			want               string
		}{
			"none, and none may be":                   {1000, 1000, 0, limit(0, false), false, "0"},
			"one, and none may be":                    {1000, 1000, 1, limit(0, false), true, "0"},
			"exactly the count":                       {2000, 2000, 1500, limit(1500, false), false, "1,500"},
			"one more than the count":                 {2000, 2000, 1501, limit(1500, false), true, "1,500"},
			"exactly the share":                       {1000, 1000, 10, limit(100, true), false, "1 %"},
			"one more than the share":                 {1000, 1000, 11, limit(100, true), true, "1 %"},
			"a hair more than the share":              {1_000_000, 1_000_000, 10_001, limit(100, true), true, "1 %"},
			"a stated share has no floor":             {10, 10, 1, limit(950, true), true, "9.5 %"},
			"one row, all of it":                      {1, 1, 1, limit(10000, true), false, "100 %"},
			"one row, none may be":                    {1, 1, 1, limit(0, true), true, "0 %"},
			"none of none":                            {0, 0, 0, limit(0, true), false, "0 %"},
			"a share larger than the default":         {100, 100, 90, limit(9000, true), false, "90 %"},
			"a share of very many":                    {1_000_000_000_000, 1_000_000_000_000, 600_000_000_000, limit(5000, true), true, "50 %"},
			"no snapshot, all rows, and half is let":  {40, 0, 40, limit(5000, true), true, "50 %"},
			"empty model, and a count":                {0, 50, 7, limit(7, false), false, "7"},
			"empty model, and a count that is passed": {0, 50, 8, limit(7, false), true, "7"},
		} {
			t.Run(rule+": "+name, func(t *testing.T) {
				it := item(x.model, x.snapshot)
				c.set(it, x.n)
				g := guard.Item{}
				*c.limit(&g.Limits) = x.limit
				v := verdict(t, rule, it, g)
				if v == nil || v.Blocked != x.blocked || v.Limit != x.want || v.Where != "main.hcl:31" || v.N != x.n || v.Of != c.of(it) || v.Overridden || v.Note != "" {
					t.Errorf("the verdict is %+v", v)
				}
			})
		}
	}
}

func TestDefaultLimitsHaveAFloor(t *testing.T) {
	for rule, c := range counts {
		for name, x := range map[string]struct {
			rows, n int64
			share   string // for which the case is one; "" for any
			blocked bool
		}{
			"none":                          {1000, 0, "", false},
			"twenty of a few":               {20, 20, "", false},
			"twenty-one of a few":           {21, 21, "", true},
			"twenty-one of many":            {100_000, 21, "", false},
			"exactly five percent":          {1000, 50, "5 %", false},
			"one more than five percent":    {1000, 51, "5 %", true},
			"exactly ten percent":           {1000, 100, "10 %", false},
			"one more than ten percent":     {1000, 101, "10 %", true},
			"twenty-one of exactly as many": {210, 21, "10 %", false},
		} {
			if x.share != "" && x.share != c.share {
				continue
			}
			t.Run(rule+": "+name, func(t *testing.T) {
				it := item(x.rows, x.rows)
				c.set(it, x.n)
				v := verdict(t, rule, it, guard.Item{})
				if c.share == "" || x.n == 0 {
					if v != nil {
						t.Errorf("nothing is stated, and the verdict is %+v", v)
					}
					return
				}
				if v == nil || v.Blocked != x.blocked || v.Limit != c.share || v.Where != "default" {
					t.Errorf("the verdict is %+v", v)
				}
			})
		}
	}
}

func TestWhatIsOverALimitDoesNotLookWithinIt(t *testing.T) {
	for name, x := range map[string]struct {
		rows, n int64
		got     string
	}{
		"a share":           {1000, 50, "50 of 1,000  5.0 %"},
		"rounded upwards":   {1_000_000, 10_001, "10,001 of 1,000,000  1.1 %"},
		"more than all":     {10, 30, "30 of 10  300.0 %"},
		"of none":           {0, 30, "30 of 0"},
		"hardly anything":   {1_000_000, 1, "1 of 1,000,000  0.1 %"},
		"all of very many":  {123_456_789, 123_456_789, "123,456,789 of 123,456,789  100.0 %"},
		"nothing, and said": {1000, 0, "0 of 1,000  0.0 %"},
	} {
		it := item(x.rows, x.rows)
		it.Counts.Reject.N = x.n
		if v := verdict(t, "max_reject", it, guard.Item{Limits: config.Guard{MaxReject: limit(100, true)}}); v == nil || v.Got != x.got {
			t.Errorf("%s: the verdict is %+v", name, v)
		}
	}
}

func TestRemovalsAreSummedWithWhatGoesAlongAndOverADay(t *testing.T) {
	for name, x := range map[string]struct {
		deleted, cleared int64
		along            map[string]int64
		lately           int64
		limit            *config.Limit
		blocked          bool
		got, note        string
	}{
		"deleted and cleared":               {60, 40, nil, 0, limit(1000, true), false, "100 of 1,000  10.0 %", ""},
		"one more":                          {61, 40, nil, 0, limit(1000, true), true, "101 of 1,000  10.1 %", ""},
		"with children":                     {60, 0, map[string]int64{"Task": 30, "Case": 11}, 0, limit(1000, true), true, "101 of 1,000  10.1 %", "of these, Salesforce deletes along: 11 Case, 30 Task"},
		"with what was removed today":       {10, 0, nil, 100, limit(1000, true), false, "110 of 1,100  10.0 %", "100 of these were removed in the last 24 hours"},
		"with too much that was removed":    {11, 0, nil, 100, limit(1000, true), true, "111 of 1,100  10.1 %", "100 of these were removed in the last 24 hours"},
		"a count over the day":              {11, 0, nil, 100, limit(110, false), true, "111 of 1,100  10.1 %", "100 of these were removed in the last 24 hours"},
		"the default over the day":          {11, 0, nil, 100, nil, true, "111 of 1,100  10.1 %", "100 of these were removed in the last 24 hours"},
		"the floor of the default is small": {1, 0, nil, 20, nil, false, "21 of 1,020  2.1 %", "20 of these were removed in the last 24 hours"},
		"both":                              {10, 0, map[string]int64{"Case": 1}, 100, limit(1000, true), true, "111 of 1,100  10.1 %", "of these, Salesforce deletes along: 1 Case; 100 of these were removed in the last 24 hours"},
		"nothing now blocks nothing":        {0, 0, nil, 900, limit(0, false), false, "0 of 1,000  0.0 %", ""},
	} {
		t.Run(name, func(t *testing.T) {
			it := item(900, 1000)
			it.Counts.Remove.N, it.Counts.Clear.N, it.Cascades = x.deleted, x.cleared, x.along
			v := verdict(t, "max_remove", it, guard.Item{Limits: config.Guard{MaxRemove: x.limit}, Lately: x.lately})
			if v == nil || v.Blocked != x.blocked || v.Got != x.got || v.Note != x.note {
				t.Errorf("the verdict is %+v", v)
			}
		})
	}
}

func TestWhatCannotBeKnownIsJudgedAtItsLargest(t *testing.T) {
	it := item(1000, 1000)
	it.Counts.Clear = plan.Count{N: 300}
	it.Counts.Create = plan.Count{N: 7}
	g := guard.Item{Limits: config.Guard{MaxCreate: limit(7, false)}}
	if v := verdict(t, "max_remove", it, g); v == nil || !v.Blocked || v.Got != "up to 300 of 1,000  30.0 %" {
		t.Errorf("the verdict is %+v", v)
	}
	if v := verdict(t, "max_create", it, g); v == nil || v.Blocked || v.Got != "up to 7 of 1,000  0.7 %" {
		t.Errorf("the verdict is %+v", v)
	}
}

func TestNullKeysBlockOnlyWhereSomethingWouldBeRemoved(t *testing.T) {
	nulls := map[string]int64{"key_null": 1200}
	judge := func(g guard.Item, reasons map[string]int64) *plan.Guard {
		it := item(5000, 5000)
		it.Reasons = reasons
		return verdict(t, "key_null", it, g)
	}
	if v := judge(guard.Item{Missing: 3, Removes: true}, nulls); v == nil || !v.Blocked || v.Where != "main.hcl:24" ||
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
		if v := judge(c.g, c.reasons); v != nil {
			t.Errorf("%s: the verdict is %+v", name, v)
		}
	}
}

func TestModelsThatAreTooSmallBlock(t *testing.T) {
	for name, x := range map[string]struct {
		model, snapshot int64
		limit           *config.Limit
		said, blocked   bool
		got, where      string
	}{
		"rows, and nothing stated":             {5, 5, nil, false, false, "", ""},
		"no rows at the first run":             {0, 0, nil, false, false, "", ""},
		"no rows any more":                     {0, 5, nil, true, true, "0 rows", "default"},
		"one row is enough":                    {1, 5, nil, false, false, "", ""},
		"exactly as many as stated":            {1000, 0, limit(1000, false), true, false, "1,000 rows", "main.hcl:31"},
		"one fewer":                            {999, 0, limit(1000, false), true, true, "999 rows", "main.hcl:31"},
		"one row, and two are stated":          {1, 1, limit(2, false), true, true, "1 row", "main.hcl:31"},
		"nothing has to be there":              {0, 5, limit(0, false), true, false, "0 rows", "main.hcl:31"},
		"no rows at the first run, and stated": {0, 0, limit(1, false), true, true, "0 rows", "main.hcl:31"},
	} {
		v := verdict(t, "min_rows", item(x.model, x.snapshot), guard.Item{Limits: config.Guard{MinRows: x.limit}})
		if (v != nil) != x.said || v != nil && (v.Blocked != x.blocked || v.Got != x.got || v.Where != x.where) {
			t.Errorf("%s: the verdict is %+v", name, v)
		}
	}
}

func TestModelsThatShrankBlock(t *testing.T) {
	n := func(n int64) *int64 { return &n }
	for name, x := range map[string]struct {
		model   int64
		before  *int64
		limit   *config.Limit
		said    bool
		blocked bool
		got     string
	}{
		"no run before":          {10, nil, limit(0, false), false, false, ""},
		"nothing stated":         {10, n(1000), nil, false, false, ""},
		"it grew":                {1001, n(1000), limit(0, true), true, false, "0 of 1,000  0.0 %"},
		"exactly the share":      {900, n(1000), limit(1000, true), true, false, "100 of 1,000  10.0 %"},
		"one more":               {899, n(1000), limit(1000, true), true, true, "101 of 1,000  10.1 %"},
		"exactly the count":      {900, n(1000), limit(100, false), true, false, "100 of 1,000  10.0 %"},
		"one more than that":     {899, n(1000), limit(100, false), true, true, "101 of 1,000  10.1 %"},
		"all gone":               {0, n(1), limit(9999, true), true, true, "1 of 1  100.0 %"},
		"there were none before": {0, n(0), limit(0, true), true, false, "0 of 0"},
	} {
		it := item(x.model, 0)
		it.Source.PreviousRows = x.before
		v := verdict(t, "max_shrink", it, guard.Item{Limits: config.Guard{MaxShrink: x.limit}})
		if (v != nil) != x.said || v != nil && (v.Blocked != x.blocked || v.Got != x.got) {
			t.Errorf("%s: the verdict is %+v", name, v)
		}
	}
}

func TestModelsThatAreTooOldBlock(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	f := &config.Freshness{Column: config.Named{Name: "loaded_at"}, MaxAge: 26 * time.Hour, Range: at}
	for name, x := range map[string]struct {
		newest  string // "" where no row says
		blocked bool
		got     string
	}{
		"loaded just now":              {"2026-11-23T12:00:00Z", false, "age 0 min"},
		"exactly as old as it may be":  {"2026-11-22T10:00:00Z", false, "age 26 h"},
		"a second older":               {"2026-11-22T09:59:59Z", true, "age 26 h 1 min"},
		"days old":                     {"2026-11-20T08:00:00Z", true, "age 3 d 4 h"},
		"a clock that goes before":     {"2026-11-24T12:00:00Z", false, "age 0 min"},
		"in the future":                {"2026-11-24T12:00:01Z", true, "age unknown"},
		"no row says when":             {"", true, "age unknown"},
		"a year that is a placeholder": {"9999-12-31T00:00:00Z", true, "age unknown"},
	} {
		it := item(10, 10)
		if x.newest != "" {
			newest, err := time.Parse(time.RFC3339, x.newest)
			if err != nil {
				t.Fatal(err)
			}
			it.Source.Newest = &newest
		}
		if v := verdict(t, "freshness", it, guard.Item{Freshness: f, Now: now}); v == nil || v.Blocked != x.blocked || v.Got != x.got || v.Limit != "26 h" || v.Where != "main.hcl:31" || v.Note == "" {
			t.Errorf("%s: the verdict is %+v", name, v)
		}
		if v := verdict(t, "freshness", it, guard.Item{Now: now}); v != nil {
			t.Errorf("%s: nothing is stated, and the verdict is %+v", name, v)
		}
	}
}

func TestCostBlocksTheItemsThatDoNotFit(t *testing.T) {
	needs := []guard.Need{{Addr: "sync.a", Calls: 40}, {Addr: "sync.none"}, {Addr: "sync.b", Calls: 50}, {Addr: "sync.c", Calls: 11}, {Addr: "sync.d", Calls: 10}}
	for name, x := range map[string]struct {
		b       guard.Budget
		blocked string
		said    int
	}{
		"all fit":                           {guard.Budget{Left: 111}, "", 0},
		"one call is lacking":               {guard.Budget{Left: 110}, "sync.d", 1},
		"what is blocked uses nothing":      {guard.Budget{Left: 100}, "sync.c", 1},
		"a reserve takes its part":          {guard.Budget{Left: 111, Reserve: 11}, "sync.c", 4},
		"a reserve that all fit within":     {guard.Budget{Left: 222, Reserve: 111}, "", 4},
		"less is left than is reserved":     {guard.Budget{Left: 5, Reserve: 100}, "sync.a sync.b sync.c sync.d", 4},
		"nothing is left":                   {guard.Budget{}, "sync.a sync.b sync.c sync.d", 4},
		"the org does not say what is left": {guard.Budget{Left: -1, Reserve: 5}, "", 0},
	} {
		got, blocked := guard.Cost(needs, x.b), ""
		for _, v := range got {
			if v.Rule != "cost" || v.Limit == "" || v.Got == "" {
				t.Errorf("%s: the verdict is %+v", name, v)
			}
			if v.Blocked {
				blocked += " " + v.Addr
			}
		}
		if len(got) != x.said || blocked != "" && blocked[1:] != x.blocked || blocked == "" && x.blocked != "" {
			t.Errorf("%s: the verdicts are %+v", name, got)
		}
	}
}

func TestOnlyWhatIsNamedPasses(t *testing.T) {
	all := []guard.Allow{{Rule: "max_remove", Addr: "sync.people", UpTo: 100, By: "main.hcl:90", Reason: "closed"}}
	for name, x := range map[string]struct {
		g      plan.Guard
		allows []guard.Allow
		passes bool
		note   string
	}{
		"up to exactly what was found": {plan.Guard{Rule: "max_remove", Addr: "sync.people", N: 100, Blocked: true}, all, true, ""},
		"one more":                     {plan.Guard{Rule: "max_remove", Addr: "sync.people", N: 101, Blocked: true}, all, false, "main.hcl:90 allows up to 100"},
		"one more, after a note":       {plan.Guard{Rule: "max_remove", Addr: "sync.people", N: 101, Blocked: true, Note: "so"}, all, false, "so; main.hcl:90 allows up to 100"},
		"another item":                 {plan.Guard{Rule: "max_remove", Addr: "sync.other", N: 1, Blocked: true}, all, false, ""},
		"another rule":                 {plan.Guard{Rule: "max_create", Addr: "sync.people", N: 1, Blocked: true}, all, false, ""},
		"what does not block":          {plan.Guard{Rule: "max_remove", Addr: "sync.people", N: 1}, all, false, ""},
		"a flag lets any number pass": {plan.Guard{Rule: "max_remove", Addr: "sync.people", N: 9000, Blocked: true},
			[]guard.Allow{{Rule: "max_remove", Addr: "sync.people", By: "main.hcl:90"}}, true, ""},
		"cascades are not allowed by name": {plan.Guard{Rule: "cascade", Addr: "sync.people", N: 1, Blocked: true},
			[]guard.Allow{{Rule: "cascade", Addr: "sync.people", By: "--allow"}}, false, ""},
	} {
		gs := []plan.Guard{x.g}
		guard.Pass(gs, x.allows)
		if g := gs[0]; g.Overridden != x.passes || g.Note != x.note || x.passes && g.By != "main.hcl:90" || g.Blocked != x.g.Blocked {
			t.Errorf("%s: the guard is %+v", name, g)
		}
	}
}
