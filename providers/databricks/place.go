package databricks

import (
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// place is a range inside a text, without a file name; nil where it does not lie in it.
func place(text string, at, length int) *hcl.Range {
	if at < 0 || at > len(text) {
		return nil
	}
	end := min(at+max(length, 1), len(text))
	return &hcl.Range{Start: pos(text, at), End: pos(text, end)}
}

func pos(text string, at int) hcl.Pos {
	start := strings.LastIndexByte(text[:at], '\n') + 1
	return hcl.Pos{Line: strings.Count(text[:at], "\n") + 1, Byte: at, Column: utf8.RuneCountInString(text[start:at]) + 1}
}

// placeAt is the place of a line and a column, both from 1, of one character.
func placeAt(text string, line, column int) *hcl.Range {
	at := 0
	for ; line > 1; line-- {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return nil
		}
		at += i + 1
	}
	for ; column > 1 && at < len(text); column-- {
		_, n := utf8.DecodeRuneInString(text[at:])
		at += n
	}
	return place(text, at, 1)
}
