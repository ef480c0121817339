// Package guard says which limits a plan keeps and which it breaks. Its functions are pure: the same plan and the same
// limits give the same verdicts.
package guard

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// Item is what the rules need to know of an item besides its part of the plan.
type Item struct {
	Limits config.Guard

	// Missing counts the snapshot's rows that the model does not have. Removes says whether rows that leave the model
	// lose something in Salesforce: their records are deleted, cleared or set.
	Missing int64
	Removes bool

	// Lately counts what runs of the last 24 hours have removed of the item, without what was allowed by name.
	Lately int64

	// Freshness is the limit of the model's age, nil where there is none; Now is when the age is looked at.
	Freshness *config.Freshness
	Now       time.Time
}

// byDefault stands where a stated limit would name its line.
const byDefault = "default"

// floor is how many rows a default lets through whatever their share: in a small model, a few are many percent.
const floor = 20

// Verdicts judges one item. Rules that have nothing to say of it are left out; a limit that is stated is always told.
func Verdicts(it *plan.Item, g Item) []plan.Guard {
	var out []plan.Guard
	for _, rule := range []func(*plan.Item, Item) *plan.Guard{
		keyNull, maxRemove, maxCreate, maxUpdate, maxMissing, maxDrift, maxReject, minRows, maxShrink, freshness,
	} {
		if v := rule(it, g); v != nil {
			v.Addr = it.Addr
			out = append(out, *v)
		}
	}
	return out
}

// figure is a number that a rule limits, and what a share of it is of.
type figure struct {
	n, of int64
	open  bool // it may be less: not all that decides was read
}

func (f figure) String() string {
	s := number(f.n) + " of " + number(f.of)
	if f.open {
		s = "up to " + s
	}
	if f.of > 0 {
		s += "  " + percent(f.n, f.of)
	}
	return s
}

// judge holds a number against the stated limit, or against a default share where none is stated; nil where there is
// neither. A default says nothing of a number that is zero.
func judge(rule string, stated, share *config.Limit, f figure) *plan.Guard {
	v := &plan.Guard{Rule: rule, Got: f.String(), N: f.n, Of: f.of, Where: byDefault}
	switch {
	case stated != nil && stated.Percent:
		v.Limit, v.Where, v.Blocked = stated.String(), place(stated.Range), over(f.n, f.of, stated.N)
	case stated != nil:
		v.Limit, v.Where, v.Blocked = number(stated.N), place(stated.Range), f.n > stated.N
	case share != nil && f.n > 0:
		v.Limit, v.Blocked = share.String(), f.n > floor && over(f.n, f.of, share.N)
	default:
		return nil
	}
	return v
}

// place is a line of the configuration, as in main.hcl:24.
func place(at hcl.Range) string { return fmt.Sprintf("%s:%d", at.Filename, at.Start.Line) }

// over tells whether a number is more than so many hundredths of a percent of another.
func over(got, of, share int64) bool { return got*100*100 > share*of }

// percent is a share with one decimal, rounded so that what is over a limit does not look within it: upwards.
func percent(got, of int64) string {
	tenths := (got*1000 + of - 1) / of
	return strconv.FormatInt(tenths/10, 10) + "." + strconv.FormatInt(tenths%10, 10) + " %"
}

func rows(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return number(n) + " rows"
}

// number groups digits by thousands.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	var parts []string
	for len(s) > 3 {
		parts = append([]string{s[len(s)-3:]}, parts...)
		s = s[:len(s)-3]
	}
	return strings.Join(append([]string{s}, parts...), ",")
}

// span is a length of time, in whole minutes and two units at most.
func span(d time.Duration) string {
	minutes := int64(d / time.Minute)
	hours := minutes / 60
	var parts []string
	unit := func(n int64, name string) {
		if n > 0 {
			parts = append(parts, number(n)+" "+name)
		}
	}
	if hours >= 48 {
		unit(hours/24, "d")
		unit(hours%24, "h")
	} else {
		unit(hours, "h")
		unit(minutes%60, "min")
	}
	if len(parts) == 0 {
		return "0 min"
	}
	return strings.Join(parts, " ")
}
