package view

import (
	"maps"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

func total(rs []plan.ReasonCount) int64 {
	var n int64
	for _, r := range rs {
		n += r.N
	}
	return n
}

// explained is the text beside an action's count.
func explained(a action, it *plan.Item, rs []plan.ReasonCount) []string {
	if a.id == "update" && len(a.texts) > 0 {
		rs = slices.DeleteFunc(slices.Clone(rs), func(r plan.ReasonCount) bool { return r.Reason == "field_changed" })
	}
	var out []string
	for _, r := range rs {
		s := words.Escape(r.Reason)
		if len(rs) > 1 || !a.n.Known || r.N != a.n.N || a.id == "reject" || a.id == "update" {
			s = words.Number(r.N) + " " + s
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
func aside(a action, it *plan.Item, rs []plan.ReasonCount) string {
	has := func(name string) bool {
		return slices.ContainsFunc(rs, func(r plan.ReasonCount) bool { return r.Reason == name })
	}
	switch {
	case a.id == "leave" && it.OnLeave != "":
		return "on_leave = " + words.Escape(it.OnLeave) + " has nothing to do: adopted, gone or changed already"
	case a.id == "leave" && has("left_model"):
		return "on_leave = ignore"
	case a.id == "skip" && has("missing_in_salesforce"):
		return "on_missing = skip"
	case a.id == "kept":
		return "differ from the model, and a policy says to leave them"
	case a.id == "remove" && len(it.Cascades) > 0:
		return "with them " + along(it.Cascades)
	case a.id == "update" && it.OptIns > 0:
		return words.OptIns(it.OptIns)
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
		out = append(out, words.Number(found[object])+" "+words.Escape(object))
	}
	return strings.Join(out, ", ")
}
