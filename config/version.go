package config

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// release is a version's three numbers.
type release [3]int

// parseRelease reads "1", "1.2", "v1.2.3" or "1.2.3-dev+build"; parts is how many numbers were written.
func parseRelease(s string) (v release, parts int, ok bool) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "v")
	s, _, _ = strings.Cut(s, "+")
	s, _, _ = strings.Cut(s, "-")
	nums := strings.Split(s, ".")
	if len(nums) > 3 {
		return v, 0, false
	}
	for i, n := range nums {
		k, err := strconv.Atoi(n)
		if err != nil || k < 0 {
			return v, 0, false
		}
		v[i] = k
	}
	return v, len(nums), true
}

func (v release) compare(w release) int {
	for i := range v {
		if v[i] != w[i] {
			return v[i] - w[i]
		}
	}
	return 0
}

// satisfies tells whether a version meets a constraint such as ">= 0.1.0, < 1.0"; ok is false where the constraint
// cannot be read. What stands before a release (1.2.0-dev) counts as the release.
func satisfies(v release, constraint string) (met, ok bool) {
	met = true
	for _, c := range strings.Split(constraint, ",") {
		c = strings.TrimSpace(c)
		op := c[:len(c)-len(strings.TrimLeft(c, "<>=!~"))]
		w, parts, ok := parseRelease(c[len(op):])
		if !ok {
			return false, false
		}
		switch n := v.compare(w); op {
		case "", "=":
			met = met && n == 0
		case "!=":
			met = met && n != 0
		case ">":
			met = met && n > 0
		case ">=":
			met = met && n >= 0
		case "<":
			met = met && n < 0
		case "<=":
			met = met && n <= 0
		case "~>":
			// The last number written may grow.
			met = met && n >= 0
			for i := 0; i < max(parts-1, 1); i++ {
				met = met && v[i] == w[i]
			}
		default:
			return false, false
		}
	}
	return met, true
}

// version checks required_version. Versions that are no release, as in development, meet every constraint.
func (d *decoder) version(constraint string, at hcl.Range) {
	running, _, known := parseRelease(d.l.o.Version)
	met, ok := satisfies(running, constraint)
	switch {
	case !ok:
		d.fail("C112", at, "not a version constraint", `A version constraint is a version with one of = != > >= < <= ~>, or several of these separated by commas, as in ">= 0.1.0, < 2.0.0".`)
	case known && !met:
		d.fail("C133", at, "not met", fmt.Sprintf("This is signalsmith %s, and the configuration requires %s. Install a version that the constraint allows, or change the constraint.", strings.TrimPrefix(d.l.o.Version, "v"), constraint))
	}
}
