package view

import (
	"io"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
)

// Page renders the pages that explain codes.
type Page struct{ Palette Palette }

// Chapter is a list of codes, each with its summary or "".
type Chapter struct {
	Title string
	Lines [][2]string
}

// Write renders one page: a title, then the text, whose headings stand out.
func (v Page) Write(w io.Writer, code, summary, text string) error {
	o := &printer{w: w, p: v.Palette}
	o.line(v.Palette.bold(words.Escape(code)), ": ", words.Escape(summary))
	o.line()
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "# "+code+"\n"); ok {
		text = strings.TrimSpace(rest)
	}
	for l := range strings.SplitSeq(text, "\n") {
		if heading := strings.TrimLeft(l, "#"); heading != l {
			o.line(v.Palette.bold(words.Escape(strings.TrimSpace(heading))))
			continue
		}
		o.line(words.Escape(strings.TrimRight(l, "\r")))
	}
	return o.err
}

// List renders the codes there are.
func (v Page) List(w io.Writer, chapters []Chapter) error {
	o := &printer{w: w, p: v.Palette}
	for i, ch := range chapters {
		if i > 0 {
			o.line()
		}
		o.line(v.Palette.bold(words.Escape(ch.Title)))
		wide := 0
		for _, l := range ch.Lines {
			wide = max(wide, cells(words.Escape(l[0])))
		}
		for _, l := range ch.Lines {
			o.line("  ", pad(words.Escape(l[0]), wide), "  ", words.Escape(l[1]))
		}
	}
	return o.err
}
