package duckdb

import "strings"

// identifiers reads a name of one or more parts, quoted or not, from the beginning of s; rest is what follows it.
// There are no parts where s does not begin with a name, or where a quote is not closed.
func identifiers(s string) (parts []string, rest string) {
	rest = s
	for {
		part, after, ok := identifier(rest)
		if !ok {
			return nil, s
		}
		parts = append(parts, part)
		rest = after
		next := strings.TrimLeft(rest, " \t\r\n")
		if !strings.HasPrefix(next, ".") {
			return parts, rest
		}
		rest = strings.TrimLeft(next[1:], " \t\r\n")
	}
}

func identifier(s string) (name, rest string, ok bool) {
	if strings.HasPrefix(s, `"`) {
		var b strings.Builder
		for i := 1; i < len(s); i++ {
			if s[i] != '"' {
				b.WriteByte(s[i])
				continue
			}
			if i+1 < len(s) && s[i+1] == '"' {
				b.WriteByte('"')
				i++
				continue
			}
			return b.String(), s[i+1:], b.Len() > 0
		}
		return "", s, false
	}
	n := 0
	for n < len(s) && (s[n] == '_' || s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z' || s[n] >= 0x80 ||
		n > 0 && (s[n] >= '0' && s[n] <= '9' || s[n] == '$')) {
		n++
	}
	return s[:n], s[n:], n > 0
}

// word reads one keyword, in upper case; "" where there is none.
func word(s string) (w, rest string) {
	s = strings.TrimLeft(s, " \t\r\n")
	if strings.HasPrefix(s, `"`) {
		return "", s
	}
	name, rest, _ := identifier(s)
	return strings.ToUpper(name), rest
}
