package guard

import "github.com/signalsmith/signalsmith/engine/plan"

// Budget is what an org has left of its calls of the day, and what is never to be used of them. Left is negative where
// the org did not say.
type Budget struct {
	Left, Reserve int64
}

// Need is what an item takes of one org's budget.
type Need struct {
	Addr  string
	Calls int64
}

// Cost judges the items that write to one org, in the order in which they are carried out: an item is blocked where its
// calls, after those of the items before it, are more than what may be used. Items that are blocked use nothing. Of an
// org that does not say what is left, nothing can be said; what is within it is told where a reserve is stated.
func Cost(needs []Need, b Budget) []plan.Guard {
	if b.Left < 0 {
		return nil
	}
	var out []plan.Guard
	free := max(0, b.Left-b.Reserve)
	for _, n := range needs {
		if n.Calls == 0 {
			continue
		}
		v := plan.Guard{Rule: "cost", Addr: n.Addr, Limit: calls(free), Got: calls(n.Calls), N: n.Calls, Of: free, Where: byDefault, Blocked: n.Calls > free}
		if b.Reserve > 0 {
			v.Note = number(b.Left) + " are left today, of which " + number(b.Reserve) + " are reserved"
		}
		if !v.Blocked {
			free -= n.Calls
		}
		if v.Blocked || b.Reserve > 0 {
			out = append(out, v)
		}
	}
	return out
}

func calls(n int64) string {
	if n == 1 {
		return "1 call"
	}
	return number(n) + " calls"
}
