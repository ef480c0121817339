// Package github renders a plan as workflow commands, which GitHub Actions shows as annotations. They hold no keys and
// no values of rows.
package github

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/report/finding"
	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// perKind is how many annotations of one level a step may have; GitHub drops what is more.
const perKind = 10

// Write renders a plan, errors first. dir is where the configuration lies in the repository.
func Write(w io.Writer, p *plan.Plan, dir string) error {
	all := finding.All(p, dir)
	var rest []string
	for _, level := range []string{"error", "warning"} {
		n := 0
		for _, f := range all {
			if f.Level != level || f.Allowed {
				continue
			}
			if n++; n > perKind {
				continue
			}
			if _, err := io.WriteString(w, command(level, f)); err != nil {
				return err
			}
		}
		if n > perKind {
			rest = append(rest, words.Plural(int64(n-perKind), "more "+level, "more "+level+"s"))
		}
	}
	if len(rest) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "::notice title=%s::%s\n", property("More than can be shown"), data(strings.Join(rest, ", ")+". The plan itself names them all."))
	return err
}

// command is one line.
func command(level string, f finding.Finding) string {
	var props []string
	if r := f.Range; r != nil {
		props = append(props, "file="+property(words.Escape(r.File)))
		number := func(name string, n int) {
			if n > 0 {
				props = append(props, name+"="+strconv.Itoa(n))
			}
		}
		number("line", r.StartLine)
		number("endLine", r.EndLine)
		if r.EndLine == r.StartLine {
			// GitHub takes columns only where an annotation has one line.
			number("col", r.StartColumn)
			number("endColumn", r.EndColumn)
		}
	}
	props = append(props, "title="+property(words.Escape(f.Title+" ("+f.Rule+")")))
	return "::" + level + " " + strings.Join(props, ",") + "::" + data(words.Lines(f.Message)) + "\n"
}

// data writes a message.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// property writes a property's value.
func property(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
