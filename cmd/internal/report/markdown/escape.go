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
	for _, r := range words.Escape(strings.Join(strings.Fields(s), " ")) {
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
	if strings.ContainsAny(s, "`|\\<>&") || strings.TrimSpace(s) != s {
		return "<code>" + entities(s) + "</code>"
	}
	return "`" + s + "`"
}

// entities writes text inside an element of a paragraph or cell.
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

// summary writes a name inside the summary of a fold, which is HTML from end to end.
func summary(s string) string {
	return "<code>" + strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(words.Escape(s)) + "</code>"
}

// bold emphasises what has been escaped. Emphasis that is empty or ends in a blank would be none.
func bold(parts ...string) string {
	s := strings.TrimSpace(strings.Join(parts, " "))
	if s == "" {
		s = "?"
	}
	return "**" + s + "**"
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
