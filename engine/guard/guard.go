// Package guard says which limits a plan keeps and which it breaks. Its functions are pure: the same plan and the same
// limits give the same verdicts.
package guard

import (
	"fmt"
	"strconv"
	"strings"

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
}

// byDefault stands where a stated limit would name its line.
const byDefault = "default"

// floor is how many rows a default lets through whatever their share: in a small model, a few are many percent.
const floor = 20

// Verdicts judges one item. Rules that have nothing to say of it are left out.
func Verdicts(it *plan.Item, g Item) []plan.Guard {
	var out []plan.Guard
	for _, rule := range []func(*plan.Item, Item) *plan.Guard{keyNull, maxReject} {
		if v := rule(it, g); v != nil {
			v.Addr = it.Addr
			out = append(out, *v)
		}
	}
	return out
}

// keyNull blocks where something would be removed while rows have no key: any of them may be one that seems to be
// gone.
func keyNull(it *plan.Item, g Item) *plan.Guard {
	nulls := it.Reasons["key_null"]
	if nulls == 0 || g.Missing == 0 || !g.Removes {
		return nil
	}
	return &plan.Guard{
		Rule: "key_null", Limit: "0", Got: fmt.Sprintf("%s with a null key, %s missing", rows(nulls), number(g.Missing)), Blocked: true, Where: it.Where,
	}
}

// maxReject limits how many of the model's rows are rejected.
func maxReject(it *plan.Item, g Item) *plan.Guard {
	got, of := it.Counts.Reject.N, it.Source.Rows
	if got == 0 {
		return nil
	}
	v := judge(g.Limits.MaxReject, config.Limit{N: 500, Percent: true}, got, of)
	v.Rule = "max_reject"
	return v
}

// judge holds a number against a limit, or against a default share where none is stated.
func judge(stated *config.Limit, share config.Limit, got, of int64) *plan.Guard {
	v := &plan.Guard{Got: number(got) + " of " + number(of) + "  " + percent(got, of), Where: byDefault}
	if stated == nil {
		v.Limit = share.String()
		v.Blocked = got > floor && over(got, of, share.N)
		return v
	}
	v.Limit, v.Where = stated.String(), fmt.Sprintf("%s:%d", stated.Range.Filename, stated.Range.Start.Line)
	if stated.Percent {
		v.Blocked = over(got, of, stated.N)
	} else {
		v.Limit, v.Blocked = number(stated.N), got > stated.N
	}
	return v
}

// over tells whether a number is more than so many hundredths of a percent of another.
func over(got, of, share int64) bool { return float64(got)*100*100 > float64(share)*float64(of) }

// percent is a share with one decimal, rounded so that what is over a limit does not look within it: upwards.
func percent(got, of int64) string {
	if of == 0 {
		return "? %"
	}
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
