// Package markdown renders a plan as the comment on a pull request. It holds no keys and no values of rows.
package markdown

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// Budget is how many bytes a comment takes unless it is told otherwise: GitHub refuses comments of more than 65,536
// characters.
const Budget = 60_000

// section is a part of the comment that may be left out. Those of the lowest rank go first.
type section struct {
	rank  int
	title string
	body  string // markdown; where open, it stands as it is, else it is folded
	open  bool
}

// The ranks.
const (
	rankQuiet = iota
	rankStages
	rankHistory
	rankReasons
	rankRejects
	rankQuery
	rankFields
	rankWarnings
)

// Write renders a plan in at most so many bytes, 0 for Budget. The marker, the headline, the table and the guards stay in
// any case, also where they alone are more.
func Write(w io.Writer, p *plan.Plan, limit int) error {
	if limit <= 0 {
		limit = Budget
	}
	head := head(p)
	parts := sections(p)
	out := assemble(head, parts, nil)
	var gone []string
	for len(out) > limit && len(parts) > 0 {
		i := 0
		for j, s := range parts {
			if s.rank <= parts[i].rank {
				i = j
			}
		}
		gone = append(gone, parts[i].title)
		parts = append(parts[:i:i], parts[i+1:]...)
		out = assemble(head, parts, gone)
	}
	_, err := io.WriteString(w, out)
	return err
}

func assemble(head string, parts []section, gone []string) string {
	var b strings.Builder
	b.WriteString(head)
	for _, s := range parts {
		if s.open {
			b.WriteString("\n" + s.body)
			continue
		}
		b.WriteString("\n<details><summary>" + s.title + "</summary>\n\n" + s.body + "\n</details>\n")
	}
	if n := len(gone); n > 0 {
		// More names than these would take the room that is lacking.
		const named = 8
		list := strings.Join(gone[:min(n, named)], ", ")
		if n > named {
			list += fmt.Sprintf(" and %d more", n-named)
		}
		b.WriteString("\n_Left out to keep this comment short: " + list + ". The saved plan has it all._\n")
	}
	return b.String()
}

// head is what never goes: marker, headline, table, guards.
func head(p *plan.Plan) string {
	var b strings.Builder
	marker := comment(p.Environment)
	if p.Project != "" && p.Project != "default" {
		marker = comment(p.Project) + "/" + marker
	}
	fmt.Fprintf(&b, "<!-- signalsmith:plan:%s -->\n### Plan for %s: %s\n", marker, code(p.Environment), verdict(p))
	if len(p.Items) == 0 {
		return b.String()
	}
	b.WriteString("\n" + origin(p) + "\n\n")
	b.WriteString("| | create | update | remove | rejected | of | guard |\n|---|--:|--:|--:|--:|--:|---|\n")
	var quiet, rows int64
	for i := range p.Items {
		it := &p.Items[i]
		if silent(p, it) {
			quiet++
			rows += it.Source.Rows
			continue
		}
		b.WriteString(row(p, it))
	}
	if quiet > 0 {
		fmt.Fprintf(&b, "| %s without changes | | | | | %s | |\n", words.Number(quiet), words.Number(rows))
	}
	all := p.Blocked()
	for i, g := range all {
		last := !slices.ContainsFunc(all[i+1:], func(o plan.Guard) bool { return o.Addr == g.Addr })
		b.WriteString("\n" + blocked(p, g, last))
	}
	for i := range p.Items {
		if it := &p.Items[i]; it.OptIns > 0 {
			b.WriteString("\n> " + bold(code(it.Addr)) + ": " + words.OptIns(it.OptIns) + " (" + code("allow_opt_in") + ").\n")
		}
	}
	if list := p.BlockedItems(); len(list) > 0 && len(list) < len(p.Items) {
		b.WriteString("\nTo apply what is not blocked: " + code("signalsmith apply --skip-blocked") + "\n")
	}
	for _, it := range p.LeftOut() {
		b.WriteString("\n> " + bold(code(it.Addr)) + " is left out: " + text(it.Skipped) + ".\n")
	}
	return b.String()
}

// silent tells whether an item needs no line of its own.
func silent(p *plan.Plan, it *plan.Item) bool { return it.Idle() && len(guards(p, it)) == 0 }

// verdict is the end of the headline.
func verdict(p *plan.Plan) string {
	errors, n := 0, len(p.Blocked())
	for _, d := range p.Diagnostics {
		if d.Severity == "error" {
			errors++
		}
	}
	changing, known := 0, true
	for _, it := range p.Items {
		if it.Skipped != "" {
			continue
		}
		known = known && it.Counts.Known()
		if it.Counts.Writes() > 0 {
			changing++
		}
	}
	left := ""
	if out := len(p.LeftOut()); out > 0 {
		left = ", " + strconv.Itoa(out) + " left out"
	}
	switch {
	case len(p.Items) == 0 && errors > 0:
		return words.Plural(int64(errors), "error", "errors") + ", so there is no plan"
	case n == 1:
		return "1 guard blocks this"
	case n > 1:
		return words.Number(int64(n)) + " guards block this"
	case changing == 0 && !known:
		return "not all of it can be known" + left
	case changing == 0:
		return "no changes" + left
	}
	return strconv.Itoa(changing) + " of " + words.Plural(int64(len(p.Items)), "item changes", "items change") + left
}

// origin says where the plan goes and what it was made from.
func origin(p *plan.Plan) string {
	kind := "sandbox"
	switch {
	case p.Org.Production:
		kind = "**production**"
	case p.Org.Embedded:
		kind = "embedded org"
	}
	s := text(p.Org.Name) + ", " + kind + " " + code(p.Org.ID)
	if p.Org.User != "" {
		s += " as " + code(p.Org.User)
	}
	s += "; plan " + code(p.ID[:min(6, len(p.ID))]) + ", configuration " + code(p.Config.Digest[:min(7, len(p.Config.Digest))])
	if !p.Refresh {
		s += "; live records were not read, so what depends on them is ?"
	}
	return s
}

// guards are the verdicts on an item that block it or were allowed.
func guards(p *plan.Plan, it *plan.Item) []plan.Guard {
	var out []plan.Guard
	for _, g := range p.Guards {
		if g.Addr == it.Addr && g.Blocked {
			out = append(out, g)
		}
	}
	return out
}

// row is an item's line of the table.
func row(p *plan.Plan, it *plan.Item) string {
	c := it.Counts
	removed := share(it, c.Removed())
	switch {
	case len(guards(p, it)) > 0 && blocks(p, it, "remove") && removed != "":
		removed = "**" + removed + "**"
	case removed == "" && it.Kind == "sync" && it.OnLeave == "":
		removed = "-" // it never removes
	}
	rejected := amount(c.Reject)
	if rejected != "" {
		rejected = "**" + rejected + "**"
	}
	var verdicts []string
	for _, g := range guards(p, it) {
		if g.Overridden {
			allowed := code(g.Rule) + " allowed"
			if g.By != "" {
				allowed += " by " + code(g.By)
			}
			if g.Reason != "" {
				allowed += ": " + text(g.Reason)
			}
			verdicts = append(verdicts, allowed)
			continue
		}
		verdicts = append(verdicts, bold(code(g.Rule), text(g.Limit))+" ("+code(g.Where)+")")
	}
	switch {
	case it.Skipped != "":
		verdicts = append([]string{"left out"}, verdicts...)
	case len(verdicts) == 0:
		verdicts = []string{"ok"}
	}
	return "| " + strings.Join([]string{
		code(it.Addr), amount(c.Create), amount(c.Update), removed, rejected, words.Number(size(it)), strings.Join(verdicts, "; "),
	}, " | ") + " |\n"
}

// blocks tells whether a guard of one action blocks an item.
func blocks(p *plan.Plan, it *plan.Item, action string) bool {
	for _, g := range p.Blocked() {
		if g.Addr == it.Addr && g.Action() == action {
			return true
		}
	}
	return false
}

// size is what an item's numbers are of: the members that an audience had, the rows of a sync's model.
func size(it *plan.Item) int64 {
	if it.Kind == "audience" && it.Source.PreviousRows != nil {
		return *it.Source.PreviousRows
	}
	return it.Source.Rows
}

// share is a count with its part of what there was before.
func share(it *plan.Item, n plan.Count) string {
	s := amount(n)
	if before := it.Source.PreviousRows; n.Known && n.N > 0 && before != nil && *before > 0 {
		tenths := (n.N*1000 + *before - 1) / *before
		s += fmt.Sprintf(" (%d.%d %%)", tenths/10, tenths%10)
	}
	return s
}

// amount is a count, "" for none and ? where it cannot be known.
func amount(c plan.Count) string {
	switch {
	case !c.Known:
		return "?"
	case c.N == 0:
		return ""
	}
	return words.Number(c.N)
}

// blocked says why a guard blocks an item, and what to look at; the last one of the item also what to type.
func blocked(p *plan.Plan, g plan.Guard, last bool) string {
	s := "> " + bold(code(g.Addr)) + " is blocked by " + code(g.Rule) + ": " + text(g.Got) + ", limit " + text(g.Limit) + " (" + code(g.Where) + ")."
	if g.Note != "" {
		s += " Note: " + text(g.Note) + "."
	}
	if it := p.Item(g.Addr); it != nil && g.OfModel() {
		if before := words.Runs(it.Before(3)); before != "" {
			s += " The model returned " + words.Plural(it.Source.Rows, "row", "rows") + "; " + before + "."
		}
		s += " Check the source."
	}
	if meant := p.Meant(g.Addr); last && len(meant) > 0 {
		s += " If this is meant: " + code(words.Allow(meant))
	}
	return s + "\n"
}
