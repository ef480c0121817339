package markdown

import (
	"fmt"
	"strings"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
)

// text writes prose so that nothing in it is markup, a mention or a reference: every punctuation mark that could be is an
// entity, and a comment parts what GitHub would link from what follows it.
func text(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(words.Escape(s)), " ") {
		switch {
		case r == '@' || r == '#':
			fmt.Fprintf(&b, "&#%d;<!-- -->", r)
		case strings.ContainsRune("\\`*_{}[]<>()!|~$:&", r):
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "www.", "www&#46;")
}

// code writes a name. A simple one stands between backticks; any other is HTML, in which no character can end a cell or
// the name.
func code(s string) string {
	s = words.Escape(s)
	if s == "" {
		s = "?"
	}
	simple := strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-/:", r))
	}) < 0
	if simple {
		return "`" + s + "`"
	}
	return "<code>" + entities(s) + "</code>"
}

// entities writes text inside an element.
func entities(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 && r != ' ' && !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9') {
			fmt.Fprintf(&b, "&#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// fence is a block of code that holds whatever its lines hold.
func fence(language string, lines []string) string {
	longest := 2
	for _, l := range lines {
		n := 0
		for _, r := range l {
			if r != '`' {
				n = 0
				continue
			}
			n++
			longest = max(longest, n)
		}
	}
	bar := strings.Repeat("`", longest+1)
	return bar + language + "\n" + strings.Join(lines, "\n") + "\n" + bar + "\n"
}

// comment writes a name where an HTML comment holds it: in a form that never ends the comment.
func comment(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-' && i > 0 && s[i-1] != '-' && i+1 < len(s) {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02x", c)
	}
	return b.String()
}
