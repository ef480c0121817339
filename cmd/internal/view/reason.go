package view

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/engine/plan"
)

// reason is a reason and the number of rows it was given for.
type reason struct {
	name string
	n    int64
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

// reasons sorts an item's reasons to the actions they explain; what fits nowhere comes under "".
func reasons(it *plan.Item) map[string][]reason {
	c := it.Counts
	counts := map[string]plan.Count{
		"create": c.Create, "update": c.Update, "remove": c.Remove, "clear": c.Clear, "adopt": c.Adopt, "forget": c.Forget,
		"skip": c.Skip, "leave": c.Leave, "held": c.Held, "reject": c.Reject,
		"note": {N: it.Reasons["rewritten_by_salesforce"], Known: true}, "kept": {N: it.Kept, Known: true},
	}
	out := map[string][]reason{}
	for name, n := range it.Reasons {
		if n == 0 {
			continue
		}
		if name == "adopted" && c.Adopt.Known && n > c.Adopt.N && c.Update.N > 0 {
			// An adopted row that differs is an update, and both carry the reason.
			out["update"] = append(out["update"], reason{name, n - c.Adopt.N})
			n = c.Adopt.N
			if n == 0 {
				continue
			}
		}
		home := ""
		for _, h := range homes(name) {
			if counts[h].N > 0 || !counts[h].Known {
				home = h
				break
			}
		}
		out[home] = append(out[home], reason{name, n})
	}
	for _, rs := range out {
		slices.SortFunc(rs, func(a, b reason) int {
			return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.name, b.name))
		})
	}
	return out
}

func total(rs []reason) int64 {
	var n int64
	for _, r := range rs {
		n += r.n
	}
	return n
}

// explained is the text beside an action's count.
func explained(a action, it *plan.Item, rs []reason) []string {
	if a.id == "update" && len(a.texts) > 0 {
		rs = slices.DeleteFunc(slices.Clone(rs), func(r reason) bool { return r.name == "field_changed" })
	}
	var out []string
	for _, r := range rs {
		s := Escape(r.name)
		if len(rs) > 1 || !a.n.Known || r.n != a.n.N || a.id == "reject" || a.id == "update" {
			s = number(r.n) + " " + s
		}
		out = append(out, s)
	}
	if a.id == "update" && len(a.texts) > 0 && len(out) > 0 {
		a.texts[len(a.texts)-1] += ";"
	}
	switch tail := aside(a, it, rs); {
	case tail == "":
	case a.id == "held" || len(out) == 0:
		return []string{tail}
	default:
		out[len(out)-1] += "; " + tail
	}
	return out
}

// aside says what an action means where its name leaves that open.
func aside(a action, it *plan.Item, rs []reason) string {
	has := func(name string) bool {
		return slices.ContainsFunc(rs, func(r reason) bool { return r.name == name })
	}
	switch {
	case a.id == "leave" && it.OnLeave != "":
		return "on_leave = " + Escape(it.OnLeave) + " has nothing to do: adopted, gone or changed already"
	case a.id == "leave" && has("left_model"):
		return "on_leave = ignore"
	case a.id == "skip" && has("missing_in_salesforce"):
		return "on_missing = skip"
	case a.id == "kept":
		return "differ from the model, and a policy says to leave them"
	case a.id == "remove" && len(it.Cascades) > 0:
		return "with them " + along(it.Cascades)
	case a.id == "update" && it.OptIns > 0:
		return plural(it.OptIns, "opt-out is", "opt-outs are") + " taken back"
	case a.id == "adopt":
		return "in Salesforce already and equal, so only remembered"
	case a.id == "note":
		return "remembered, not written again"
	case a.id == "remove" && it.Kind == "audience" && it.Membership != "record":
		return "the people themselves stay"
	case a.id == "held" && it.Counts.Reject.N > 0:
		return "rejected, but in the snapshot: nothing happens to them"
	case a.id == "held":
		return "in the snapshot: nothing happens to them"
	}
	return ""
}

// along lists what is deleted along, by object.
func along(found map[string]int64) string {
	var out []string
	for _, object := range slices.Sorted(maps.Keys(found)) {
		out = append(out, number(found[object])+" "+Escape(object))
	}
	return strings.Join(out, ", ")
}
