package diff

import (
	"strings"

	"github.com/signalsmith/signalsmith/providers"
)

// Policy says when a field is written. The zero value is what is usual: a null is no opinion, any difference is written.
type Policy struct {
	OnNull    string // "" or "ignore" | "clear" | "reject"
	Overwrite string // "" or "always" | "on_change" | "if_empty" | "on_create"
	OnDrift   string // "" or "correct" | "report" | "ignore"

	// OptOut keeps a true: the field goes from false to true only.
	OptOut bool

	// Consent marks an opt-out, whether or not it may be taken back.
	Consent bool
}

// usual tells whether any difference is written.
func (p Policy) usual() bool {
	return !p.clears() && (p.Overwrite == "" || p.Overwrite == "always") && (p.OnDrift == "" || p.OnDrift == "correct") && !p.OptOut
}

func (p Policy) clears() bool { return p.OnNull == "clear" }

// Leave says what becomes of the record of a row that left the model.
type Leave struct {
	// Action is "" or "ignore": the snapshot forgets the row, and nothing is written. "clear" and "set" write the
	// fields that Values names, "delete" deletes the record.
	Action string

	// Values are what is written, by lower case name of a field of Spec.Fields or Spec.Aside; "" is null.
	Values map[string]string

	// Adopted lets records go that we did not create.
	Adopted bool
}

func (l Leave) active() bool { return l.Action != "" && l.Action != "ignore" }

// written is the condition under which a field is written into the record of a row, over the columns of the comparison.
// refresh says that the value before is what Salesforce holds, not what was confirmed last.
func (p Policy) written(x field, refresh bool) string {
	if x.ReadOnly || p.Overwrite == "on_create" {
		return "1 = 0"
	}
	if p.Overwrite == "if_empty" && !refresh {
		return "1 = 0" // whether it is empty is not known
	}
	out := p.differs(x)
	if p.Overwrite == "on_change" || p.OnDrift == "report" || p.OnDrift == "ignore" {
		out = append(out, "NOT "+x.S)
	}
	if p.OptOut {
		out = append(out, x.N+" = 'true'")
	}
	return "(" + strings.Join(out, " AND ") + ")"
}

// differs are the conditions under which the model's value is to be told from the one that is there.
func (p Policy) differs(x field) []string {
	out := []string{x.N + " IS DISTINCT FROM " + x.B, "NOT " + x.K, "NOT " + x.R}
	if !p.clears() {
		out = append([]string{x.N + " IS NOT NULL"}, out...)
	}
	if p.Overwrite == "if_empty" {
		out = append(out, x.B+" IS NULL")
	}
	return out
}

// reported is the condition under which a change that somebody made is told and left.
func (p Policy) reported(x field, refresh bool) string {
	if p.OnDrift != "report" || x.ReadOnly || !refresh {
		return ""
	}
	return "(" + strings.Join(append(p.differs(x), x.S), " AND ") + ")"
}

// kept is the condition under which an opt-out is not taken back.
func (p Policy) kept(x field) string {
	if !p.OptOut || x.ReadOnly {
		return ""
	}
	return "COALESCE(" + x.N + " = 'false' AND " + x.B + " = 'true', 1 = 0)"
}

// echo is the echo to remember of a field that has none by itself: the value that was there when ours was not written,
// so that later changes can be told from it; and the old echo, where a difference is left as it is.
func (p Policy) echo(x field) string {
	if p.usual() || x.ReadOnly {
		return ""
	}
	var out string
	if p.Overwrite == "on_create" && p.OnDrift == "report" {
		out = " WHEN class = 'compare' AND NOT " + x.S + " AND " + x.N + " IS DISTINCT FROM " + x.B + " THEN COALESCE(" + x.B + ", '')"
	}
	left := x.S + " AND " + x.N + " IS DISTINCT FROM " + x.B
	if p.OptOut && p.OnDrift != "report" && p.OnDrift != "ignore" && p.Overwrite != "on_change" && p.Overwrite != "on_create" {
		left += " AND " + x.N + " IS DISTINCT FROM 'true'"
	}
	if p.Overwrite == "if_empty" {
		left += " AND " + x.B + " IS NOT NULL"
	}
	return out + " WHEN " + left + " THEN " + x.E
}

// leaving gives the value that a field of a left row's record gets, and the condition under which it is written; "" where
// it is left as it is.
func (l Leave) leaving(d providers.Dialect, name string, x field, text string) (value, cond string) {
	v, ok := l.Values[strings.ToLower(name)]
	if !ok || l.Action != "clear" && l.Action != "set" {
		return "", ""
	}
	if v == "" {
		return "CAST(NULL AS " + text + ")", x.B + " IS NOT NULL"
	}
	return d.Literal(v), d.Literal(v) + " IS DISTINCT FROM " + x.B
}

// policies gives the SQL of what a field's policy and a left row do to it.
func (s *Spec) policies(d providers.Dialect, f Field, x *field, q *data) {
	p := f.Policy
	x.Is = "="
	if p.clears() {
		x.Is, x.Unsure = "IS NOT DISTINCT FROM", !s.Snapshot.Clears[strings.ToLower(f.Name)]
	}
	x.Writes, x.Reported, x.Kept, x.Echo = p.written(*x, s.Refresh), p.reported(*x, s.Refresh), p.kept(*x), p.echo(*x)
	going, cond := s.Leave.leaving(d, f.Name, *x, q.Text)
	if x.Going = going; x.ReadOnly {
		return
	}
	var cases string
	if going != "" {
		cases = "WHEN class = 'clear' THEN " + cond + " "
	} else if q.Leaves {
		cases = "WHEN class = 'clear' THEN 1 = 0 "
	}
	if !p.usual() {
		x.Newer = "NOT " + x.S
		cases += "WHEN class = 'create' THEN " + x.N + " IS NOT NULL "
	}
	if cases != "" {
		x.Writes = "CASE " + cases + "ELSE " + x.Writes + " END"
	}
}
