package diag

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed pages/*.md
var pages embed.FS

// Page explains a code: what it means, why it happens, what to do, and an example.
type Page struct {
	Code    Code
	Summary string

	// Text is markdown: the sections Cause, Fix and, for codes that a configuration can show by itself,
	// Example with one fenced block per file (```hcl main.hcl). A test runs every example and expects the code.
	Text string
}

// Summary is the title of the code's page; an unknown code is its own summary.
func Summary(c Code) string {
	if p, err := Explain(c); err == nil {
		return p.Summary
	}
	return string(c)
}

// Explain reads the page of a code. The error says that there is none.
func Explain(c Code) (Page, error) {
	raw, err := pages.ReadFile("pages/" + string(c) + ".md")
	if err != nil {
		return Page{}, fmt.Errorf("no page explains %q", string(c))
	}
	title, text, _ := strings.Cut(string(raw), "\n")
	return Page{Code: c, Summary: strings.TrimSpace(strings.TrimPrefix(title, "#")), Text: strings.TrimSpace(text) + "\n"}, nil
}

// Codes lists every code that has a page, in order.
func Codes() []Code {
	entries, err := pages.ReadDir("pages")
	if err != nil {
		return nil
	}
	codes := make([]Code, 0, len(entries))
	for _, e := range entries {
		codes = append(codes, Code(strings.TrimSuffix(e.Name(), ".md")))
	}
	return codes
}
