// Package explain holds a page for each of Salesforce's error codes that a sync can meet.
package explain

import (
	"embed"
	"strings"
)

//go:embed pages/*.md
var pages embed.FS

// Code gives the page of a code as markdown: its title, cause and fix. ok is false for codes without one.
func Code(code string) (text string, ok bool) {
	raw, err := pages.ReadFile("pages/" + code + ".md")
	if err != nil {
		return "", false
	}
	return string(raw), true
}

// Codes lists the codes that have a page, in order.
func Codes() []string {
	entries, err := pages.ReadDir("pages")
	if err != nil {
		return nil
	}
	codes := make([]string, 0, len(entries))
	for _, e := range entries {
		codes = append(codes, strings.TrimSuffix(e.Name(), ".md"))
	}
	return codes
}
