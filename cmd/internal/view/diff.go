package view

import (
	"io"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
)

// Diff renders a unified diff of texts.
func Diff(w io.Writer, p Palette, unified string) error {
	o := &printer{w: w, p: p}
	for _, l := range strings.Split(strings.TrimRight(unified, "\n"), "\n") {
		switch text := words.Escape(strings.TrimRight(l, "\r")); {
		case strings.HasPrefix(l, "+++"), strings.HasPrefix(l, "---"):
			o.line(p.bold(text))
		case strings.HasPrefix(l, "+"):
			o.line(p.green(text))
		case strings.HasPrefix(l, "-"):
			o.line(p.red(text))
		case strings.HasPrefix(l, "@@"):
			o.line(p.blue(text))
		default:
			o.line(text)
		}
	}
	return o.err
}
