package plan

import (
	"cmp"
	"slices"
)

// Sum adds up the items' counts; one that is not known makes its sum unknown. Remove holds what is cleared as well.
type Sum struct{ Create, Update, Remove, Reject Count }

// Sum adds up the items that are not left out.
func (p *Plan) Sum() Sum {
	zero := Count{Known: true}
	t := Sum{Create: zero, Update: zero, Remove: zero, Reject: zero}
	for _, it := range p.Items {
		if it.Skipped != "" {
			continue
		}
		t.Create = t.Create.Plus(it.Counts.Create)
		t.Update = t.Update.Plus(it.Counts.Update)
		t.Remove = t.Remove.Plus(it.Counts.Removed())
		t.Reject = t.Reject.Plus(it.Counts.Reject)
	}
	return t
}

// Plus adds another count.
func (c Count) Plus(o Count) Count { return Count{N: c.N + o.N, Known: c.Known && o.Known} }

// None tells whether a count is known to be zero.
func (c Count) None() bool { return c.Known && c.N == 0 }

// Removed counts what is taken away from Salesforce: records deleted, cleared or set, and members taken out.
func (c Counts) Removed() Count { return c.Remove.Plus(c.Clear) }

// Idle tells whether nothing is to be said of an item but that its rows are unchanged.
func (it *Item) Idle() bool {
	c := it.Counts
	return c.Known() && c.Writes() == 0 && c.Notes() == 0 && c.Skip.N == 0 && c.Reject.N == 0 && c.Held.N == 0 &&
		it.Reasons["rewritten_by_salesforce"] == 0 && it.Kept == 0 && len(it.Samples) == 0 && it.Skipped == ""
}

// BlockedItems lists the items that a guard blocks, each once, in the order of the guards.
func (p *Plan) BlockedItems() []string {
	var out []string
	for _, g := range p.Blocked() {
		if !slices.Contains(out, g.Addr) {
			out = append(out, g.Addr)
		}
	}
	return out
}

// Allowable tells whether a rule can be passed by name: cascades are allowed where on_leave says so.
func (g Guard) Allowable() bool { return g.Rule != "cascade" }

// OfModel tells whether a rule is about what the model gave, so that what it gave before says whether to believe it.
func (g Guard) OfModel() bool {
	return g.Action() == "remove" || g.Rule == "min_rows" || g.Rule == "max_shrink"
}

// Meant lists what would have to be allowed for an item to pass its guards, each as RULE=ADDR; nothing where that would
// not be enough.
func (p *Plan) Meant(addr string) []string {
	var out []string
	for _, g := range p.Guards {
		if g.Addr != addr || !g.Stands() {
			continue
		}
		if !g.Allowable() {
			return nil
		}
		out = append(out, g.Rule+"="+g.Addr)
	}
	return out
}

// Action is the action that a guard's rule limits, "" where it is not one of them.
func (g Guard) Action() string {
	switch g.Rule {
	case "max_remove", "would_be_empty", "key_null", "cascade":
		return "remove"
	case "max_create":
		return "create"
	case "max_update", "max_drift":
		return "update"
	case "max_missing":
		return "skip"
	case "max_reject":
		return "reject"
	}
	return ""
}

// Limits tells whether a guard's rule limits an action. What limits removals limits clearing too.
func (g Guard) Limits(action string) bool {
	limited := g.Action()
	return limited != "" && (limited == action || limited == "remove" && action == "clear")
}

// ReasonCount is a reason and the number of rows it was given for.
type ReasonCount struct {
	Reason string
	N      int64
}

// homes lists the actions that a reason can explain, the likeliest first. Reasons that a later engine adds have none
// and are shown by themselves.
func homes(name string) []string {
	switch name {
	case "new_in_model", "joined":
		return []string{"create", "adopt"}
	case "field_changed", "match_changed":
		return []string{"update"}
	case "drifted":
		return []string{"update", "kept"}
	case "adopted":
		return []string{"adopt", "update"}
	case "merged":
		return []string{"update", "adopt", "skip"}
	case "tracked", "identity_changed":
		return []string{"adopt", "update"}
	case "missing_in_salesforce":
		return []string{"skip", "create", "forget"}
	case "converted":
		return []string{"skip", "leave", "reject"}
	case "exists", "no_match", "in_doubt", "moved_since_plan":
		return []string{"skip", "reject"}
	case "left_model":
		return []string{"remove", "clear", "leave", "forget"}
	case "left":
		return []string{"remove", "leave", "clear", "forget"}
	case "opted_out":
		return []string{"kept", "update", "skip", "leave", "reject"}
	case "responded":
		return []string{"leave", "skip", "reject"}
	case "held":
		return []string{"held"}
	case "rewritten_by_salesforce":
		return []string{"note"}
	case "key_null", "key_duplicate", "match_null", "match_duplicate", "match_ambiguous", "required_null", "too_long",
		"bad_picklist", "bad_value", "unknown_parent", "write_conflict":
		return []string{"reject", "skip"}
	}
	return nil
}

// ReasonsByAction sorts the reasons to the actions they explain, each by falling N; what fits nowhere comes under "".
func (it *Item) ReasonsByAction() map[string][]ReasonCount {
	c := it.Counts
	out := map[string][]ReasonCount{}
	for name, n := range it.Reasons {
		if n == 0 {
			continue
		}
		if name == "adopted" && c.Adopt.Known && n > c.Adopt.N && c.Update.N > 0 {
			// An adopted row that differs is an update, and both carry the reason.
			out["update"] = append(out["update"], ReasonCount{name, n - c.Adopt.N})
			n = c.Adopt.N
			if n == 0 {
				continue
			}
		}
		home := ""
		for _, h := range homes(name) {
			if !it.Counted(h).None() {
				home = h
				break
			}
		}
		out[home] = append(out[home], ReasonCount{name, n})
	}
	for _, rs := range out {
		slices.SortFunc(rs, func(a, b ReasonCount) int {
			return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Reason, b.Reason))
		})
	}
	return out
}

// Before gives the numbers of rows that the model had in the last runs, at most n of them, the oldest first.
func (it *Item) Before(n int) []int64 {
	var out []int64
	for _, h := range it.History[max(0, len(it.History)-n):] {
		out = append(out, h.Rows)
	}
	return out
}

// Actions lists what can happen to a row, in the order in which it is told. "note" and "kept" are rows of which something
// is remembered, and rows that a policy says to leave.
func Actions() []string {
	return []string{"create", "update", "remove", "clear", "adopt", "leave", "forget", "note", "kept", "skip", "reject", "held"}
}

// Counted is the count of an action, by its name in Actions.
func (it *Item) Counted(action string) Count {
	c := it.Counts
	switch action {
	case "create":
		return c.Create
	case "update":
		return c.Update
	case "remove":
		return c.Remove
	case "clear":
		return c.Clear
	case "adopt":
		return c.Adopt
	case "leave":
		return c.Leave
	case "forget":
		return c.Forget
	case "skip":
		return c.Skip
	case "reject":
		return c.Reject
	case "held":
		return c.Held
	case "note":
		return Count{N: it.Reasons["rewritten_by_salesforce"], Known: true}
	case "kept":
		return Count{N: it.Kept, Known: true}
	}
	return Count{}
}
