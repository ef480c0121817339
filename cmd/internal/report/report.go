// Package report renders plan documents for programs and for people who are not at a terminal. All renderings are of the
// one document, so none can say what another does not know.
package report

import (
	"fmt"
	"io"

	"github.com/signalsmith/signalsmith/cmd/internal/report/github"
	"github.com/signalsmith/signalsmith/cmd/internal/report/html"
	"github.com/signalsmith/signalsmith/cmd/internal/report/junit"
	"github.com/signalsmith/signalsmith/cmd/internal/report/markdown"
	"github.com/signalsmith/signalsmith/cmd/internal/report/sarif"
	"github.com/signalsmith/signalsmith/cmd/internal/view"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// Kinds lists the kinds of reports, text and JSON first.
func Kinds() []string {
	return []string{"text", "json", "markdown", "html", "sarif", "junit", "github"}
}

// Rows tells whether reports of a kind hold keys and values of rows, if only as tokens.
func Rows(kind string) bool { return kind == "text" || kind == "json" || kind == "html" }

// Options say how to render.
type Options struct {
	Text    view.Plan
	Bytes   int    // what a markdown comment may take; 0 for its own choice
	Dir     string // where the configuration lies in the repository, with slashes
	Version string // the program's
}

// Write renders a plan. It is an error where there is no such kind.
func Write(w io.Writer, kind string, p *plan.Plan, o Options) error {
	switch kind {
	case "text":
		return o.Text.Write(w, p)
	case "json":
		return view.JSON(w, p.Public())
	case "markdown":
		return markdown.Write(w, p, o.Bytes)
	case "html":
		return html.Write(w, p, o.Text.Detail != view.Summary)
	case "sarif":
		return sarif.Write(w, p, o.Dir, o.Version)
	case "junit":
		return junit.Write(w, p, o.Dir)
	case "github":
		return github.Write(w, p, o.Dir)
	}
	return fmt.Errorf("there is no report of kind %q", kind)
}
