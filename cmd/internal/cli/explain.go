package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signalsmith/signalsmith/cmd/internal/view"
	"github.com/signalsmith/signalsmith/config/diag"
)

func (s *shell) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Explain an error code of signalsmith or of Salesforce; without a code, list them",
		Args:  atMost(1, "one code"),
		RunE: func(_ *cobra.Command, args []string) error {
			v := view.Page{Palette: s.palette(s.Terminal.Out)}
			if len(args) == 0 {
				return v.List(s.Stdout, s.index())
			}
			code := strings.ToUpper(strings.TrimSpace(args[0]))
			if p, err := diag.Explain(diag.Code(code)); err == nil {
				return v.Write(s.Stdout, code, p.Summary, p.Text)
			}
			for _, f := range s.Registry.Destinations {
				if text, ok := f.Explain(code); ok {
					return v.Write(s.Stdout, code, "a code of "+f.Kind(), text)
				}
			}
			hints := diag.DidYouMean(code, s.codes())
			if hints == nil {
				hints = []string{"all codes: signalsmith explain"}
			}
			return diag.Diagnostic{
				Code: "X107", Severity: diag.Error, Hints: hints,
				Detail: fmt.Sprintf("Neither signalsmith nor a destination that it knows explains a code %q.", args[0]),
			}
		},
	}
}

// explains tells whether a code of a destination has a page.
func (s *shell) explains(code string) bool { return slices.Contains(s.codes(), code) }

func (s *shell) codes() []string {
	var out []string
	for _, c := range diag.Codes() {
		out = append(out, string(c))
	}
	for _, f := range s.Registry.Destinations {
		out = append(out, f.Codes()...)
	}
	return out
}

// index lists all codes: ours with their summaries, then those of every destination.
func (s *shell) index() []view.Chapter {
	ours := view.Chapter{Title: "signalsmith"}
	for _, c := range diag.Codes() {
		ours.Lines = append(ours.Lines, [2]string{string(c), diag.Summary(c)})
	}
	out := []view.Chapter{ours}
	for _, f := range s.Registry.Destinations {
		ch := view.Chapter{Title: f.Kind()}
		for _, c := range f.Codes() {
			ch.Lines = append(ch.Lines, [2]string{c, ""})
		}
		slices.SortFunc(ch.Lines, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
		out = append(out, ch)
	}
	return out
}
