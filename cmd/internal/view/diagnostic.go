package view

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/config/diag"
)

// foldAfter is how many diagnostics of one code are shown in full.
const foldAfter = 20

// Diagnostics renders diagnostics with excerpts of the files they are about.
type Diagnostics struct {
	// Source gives a file's text by the name that ranges use, nil where there is none.
	Source func(file string) []byte

	// Dir is the directory that absolute file names are shown relative to.
	Dir string

	// Width is the number of cells of a line, 0 for 110. Source lines and sentences keep to it, names do not.
	Width int

	Palette Palette
}

// Write renders a list, sorted, and a footer that counts it; outcome completes the footer, as in "Nothing was read
// or written." An empty list writes nothing.
func (v Diagnostics) Write(w io.Writer, ds diag.Diagnostics, outcome string) error {
	if len(ds) == 0 {
		return nil
	}
	if v.Width <= 0 {
		v.Width = 110
	}
	o := &printer{w: w, p: v.Palette}
	seen := map[diag.Code]int{}
	var folded []diag.Code
	more := map[diag.Code][]diag.Diagnostic{}
	for _, d := range ds.Sorted() {
		if seen[d.Code]++; seen[d.Code] > foldAfter {
			if more[d.Code] == nil {
				folded = append(folded, d.Code)
			}
			more[d.Code] = append(more[d.Code], d)
			continue
		}
		v.one(o, d)
		o.line()
	}
	for _, c := range folded {
		v.fold(o, more[c])
		o.line()
	}
	o.line(v.footer(ds, outcome))
	return o.err
}

func (v Diagnostics) footer(ds diag.Diagnostics, outcome string) string {
	failures, warnings := ds.Sorted().Count()
	var parts []string
	if failures > 0 {
		parts = append(parts, words.Plural(int64(failures), "error", "errors"))
	}
	if warnings > 0 {
		parts = append(parts, words.Plural(int64(warnings), "warning", "warnings"))
	}
	return strings.TrimSpace(strings.Join(parts, ", ") + ". " + outcome)
}

func (v Diagnostics) title(d diag.Diagnostic) string {
	head := string(d.Severity) + "[" + string(d.Code) + "]"
	if d.Severity == diag.Error {
		head = v.Palette.alarm(head)
	} else {
		head = v.Palette.yellow(head)
	}
	return head + v.Palette.bold(": "+words.Escape(d.Summary()))
}

func (v Diagnostics) fold(o *printer, ds []diag.Diagnostic) {
	var files []string
	for _, d := range ds {
		if d.Subject != nil && !slices.Contains(files, d.Subject.Filename) {
			files = append(files, d.Subject.Filename)
		}
	}
	slices.Sort(files)
	for i, f := range files {
		files[i] = v.name(f)
	}
	line := "  and " + words.Number(int64(len(ds))) + " more"
	if len(files) > 0 {
		line += " in " + strings.Join(files, ", ")
	}
	o.line(v.title(ds[0]))
	o.line(line)
}

func (v Diagnostics) one(o *printer, d diag.Diagnostic) {
	o.line(v.title(d))
	parts := v.excerpts(d)
	gutter := 1
	for _, e := range parts {
		gutter = max(gutter, e.digits())
	}
	indent := strings.Repeat(" ", gutter)
	for i, e := range parts {
		arrow := "::: "
		if i == len(parts)-1 {
			arrow = "--> "
		}
		o.line(indent, v.Palette.blue(arrow), e.place)
		e.write(o, gutter, v.Width)
	}
	if d.Subject == nil {
		if at := about(d); at != "" {
			o.line(indent, v.Palette.blue("--> "), at)
		}
	}
	v.hints(o, d, indent+" ")
}

// about names what a diagnostic without a place belongs to.
func about(d diag.Diagnostic) string {
	if d.Where != "" || d.Addr == "" {
		return words.Escape(d.Where)
	}
	return "in " + words.Escape(d.Addr)
}

func (v Diagnostics) hints(o *printer, d diag.Diagnostic, indent string) {
	say := func(text string) {
		for i, l := range paragraphs(text, v.Width-len(indent)-2) {
			mark := v.Palette.blue("= ")
			if i > 0 {
				mark = "  "
			}
			o.line(indent, mark, l)
		}
	}
	if d.Detail != "" && !same(d.Detail, d.Label) {
		say(d.Detail)
	}
	if len(d.Keys) > 0 {
		say(keys(d.Keys, d.KeysMasked))
	}
	for _, h := range d.Hints {
		say(h)
	}
	if d.Command != "" {
		o.line(indent, "      ", words.Escape(d.Command))
	}
	if _, err := diag.Explain(d.Code); err == nil {
		say("more: signalsmith explain " + string(d.Code))
	}
}

// keys lists some of the rows that a diagnostic is about.
func keys(all []string, masked bool) string {
	shown := make([]string, len(all))
	for i, k := range all {
		shown[i] = words.Bare(k)
		if masked {
			shown[i] = "<pii " + words.Escape(k) + ">"
		}
	}
	return "keys such as " + strings.Join(shown, ", ")
}

// same tells whether a sentence only repeats the label.
func same(sentence, label string) bool {
	return strings.EqualFold(strings.TrimRight(sentence, "."), strings.TrimRight(label, "."))
}

// name is a file name as the user would type it from the directory.
func (v Diagnostics) name(file string) string {
	if v.Dir != "" && filepath.IsAbs(file) {
		if rel, err := filepath.Rel(v.Dir, file); err == nil && filepath.IsLocal(rel) {
			file = rel
		}
	}
	return words.Escape(filepath.ToSlash(file))
}

// excerpts are the parts to show, the subject's own file last.
func (v Diagnostics) excerpts(d diag.Diagnostic) []*excerpt {
	if d.Subject == nil {
		return nil
	}
	var out []*excerpt
	at := func(r diag.Range) *excerpt {
		for _, e := range out {
			if e.file == r.Filename {
				return e
			}
		}
		e := &excerpt{file: r.Filename, place: v.place(r)}
		if v.Source != nil {
			e.lines = lines(v.Source(r.Filename))
		}
		out = append(out, e)
		return e
	}
	related := slices.Clone(d.Related)
	slices.SortStableFunc(related, func(a, b diag.Related) int {
		if c := strings.Compare(a.Range.Filename, b.Range.Filename); c != 0 {
			return c
		}
		return a.Range.Start.Line - b.Range.Start.Line
	})
	var own []diag.Related
	for _, r := range related {
		if r.Range.Filename == d.Subject.Filename {
			own = append(own, r)
			continue
		}
		at(r.Range).mark(r.Range, '-', words.Escape(r.Label))
	}
	e := at(*d.Subject)
	if where := about(d); where != "" {
		e.place += "  " + where
	}
	for _, r := range own {
		e.mark(r.Range, '-', words.Escape(r.Label))
	}
	e.mark(*d.Subject, '^', words.Escape(d.Label))
	return out
}

func (v Diagnostics) place(r diag.Range) string {
	if r.Start.Line < 1 {
		return v.name(r.Filename)
	}
	return fmt.Sprintf("%s:%d:%d", v.name(r.Filename), r.Start.Line, max(1, r.Start.Column))
}
