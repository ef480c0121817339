package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/schema"
)

// Guard is the limits that stop a plan, nil where nothing is stated. Those of a sync are what its own guard block says,
// and where that is silent, what the signalsmith block says; each limit knows the line that set it.
type Guard struct {
	MaxRemove  *Limit // records deleted or cleared
	MaxCreate  *Limit
	MaxUpdate  *Limit
	MaxMissing *Limit // records that we knew and that are gone
	MaxDrift   *Limit // records that somebody else changed
	MaxReject  *Limit // rows that cannot be written
	MaxShrink  *Limit // rows fewer than at the last run
	MinRows    *Limit // rows of the model; a count
}

// Limit is a count, or a share of what its rule counts.
type Limit struct {
	N       int64 // with Percent, hundredths of a percent: 1050 is 10.5 %
	Percent bool
	Range   hcl.Range
}

// String is the limit as messages show it: 500 or 10.5 %.
func (l Limit) String() string {
	if !l.Percent {
		return strconv.FormatInt(l.N, 10)
	}
	s := strconv.FormatInt(l.N/100, 10)
	if rest := l.N % 100; rest > 0 {
		s += strings.TrimRight(fmt.Sprintf(".%02d", rest), "0")
	}
	return s + " %"
}

// Rules lists the rules that can block a plan, by the names that allow blocks and --allow use.
func Rules() []string {
	return []string{
		"max_remove", "max_create", "max_update", "max_missing", "max_drift", "max_reject", "min_rows", "max_shrink",
		"freshness", "would_be_empty", "key_null", "cost",
	}
}

// limits are the arguments of a guard block, with their places in g.
func (g *Guard) limits() map[string]**Limit {
	return map[string]**Limit{
		"max_remove": &g.MaxRemove, "max_create": &g.MaxCreate, "max_update": &g.MaxUpdate, "max_missing": &g.MaxMissing,
		"max_drift": &g.MaxDrift, "max_reject": &g.MaxReject, "max_shrink": &g.MaxShrink, "min_rows": &g.MinRows,
	}
}

func guardSchema() *schema.Block {
	s := &schema.Block{}
	limits := (&Guard{}).limits()
	for _, rule := range Rules() {
		if limits[rule] != nil {
			s.Args = append(s.Args, schema.Arg{Name: rule, Type: cty.String, Doc: `It is a count, as in 500, or a share, as in "10%".`})
		}
	}
	return s
}

// guard reads the guard block within a block, if there is one. What it leaves out is as in base.
func (d *decoder) guard(body *schema.Body, base Guard) Guard {
	in := body.Inner("guard")
	if in == nil {
		return base
	}
	g := base
	for rule, at := range g.limits() {
		text, ok := d.shown(in.Body, rule)
		if !ok {
			continue
		}
		if l := d.limit(rule, text, in.Body.At(rule)); l != nil {
			*at = l
		}
	}
	return g
}

var (
	countForm = regexp.MustCompile(`^[0-9]{1,12}$`)
	shareForm = regexp.MustCompile(`^([0-9]{1,3})(?:\.([0-9]{1,2}))?%$`)
)

// limit reads one limit, nil where it is wrong.
func (d *decoder) limit(rule, text string, at hcl.Range) *Limit {
	if countForm.MatchString(text) {
		n, _ := strconv.ParseInt(text, 10, 64)
		return &Limit{N: n, Range: at}
	}
	if rule == "min_rows" {
		d.fail("C112", at, "not a count", "min_rows is the number of rows that a model has at least: min_rows = 1000. How much smaller than last time it may be is said by max_shrink.")
		return nil
	}
	takes := fmt.Sprintf(`%s is a count, as in %s = 500, or a share with at most two decimals, as in %s = "10%%".`, rule, rule, rule)
	m := shareForm.FindStringSubmatch(text)
	if m == nil {
		var hints []string
		tight := strings.ReplaceAll(text, " ", "")
		if f, err := strconv.ParseFloat(text, 64); err == nil && f > 0 && f < 1 {
			hints = []string{fmt.Sprintf("did you mean %q?", strconv.FormatFloat(f*100, 'f', -1, 64)+"%")}
		} else if tight != text && shareForm.MatchString(tight) {
			hints = []string{fmt.Sprintf("did you mean %q?", tight)}
		}
		d.fail("C112", at, "not a limit", takes, hints...)
		return nil
	}
	whole, _ := strconv.ParseInt(m[1], 10, 64)
	part, _ := strconv.ParseInt((m[2] + "00")[:2], 10, 64)
	if n := whole*100 + part; n <= 100*100 {
		return &Limit{N: n, Percent: true, Range: at}
	}
	d.fail("C112", at, "more than all", takes+" A share is of what there is, so it is at most 100%.")
	return nil
}
