package databricks

import (
	"strings"
	"unicode/utf8"
)

type tokenKind int

const (
	tokenWord   tokenKind = iota // a keyword or a name without quotes
	tokenName                    // a name in backticks
	tokenString                  // a text literal
	tokenNumber
	tokenOp
)

// lexeme is one token of a statement.
type lexeme struct {
	kind tokenKind
	text string // of words in upper case, of names without backticks, of others as written
	at   int    // byte
	end  int
}

func (t lexeme) is(text string) bool {
	return t.text == text && (t.kind == tokenWord || t.kind == tokenOp)
}

func (t lexeme) named() bool { return t.kind == tokenWord || t.kind == tokenName }

// lexError is a text that cannot be taken apart.
type lexError struct {
	at     int
	detail string
}

// lex takes a statement apart. clean is the text with every comment blanked out: what stands in a comment means
// nothing, and no two readers have to agree where it ends.
func lex(sql string) (tokens []lexeme, clean string, err *lexError) {
	out := []byte(sql)
	for i := 0; i < len(sql); {
		rest := sql[i:]
		switch c := rest[0]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case strings.HasPrefix(rest, "--"):
			n := lineComment(rest)
			blank(out[i : i+n])
			i += n
		case strings.HasPrefix(rest, "/*"):
			n := bracketComment(rest)
			if n < 0 {
				return nil, "", &lexError{i, "A comment begins here and does not end."}
			}
			blank(out[i : i+n])
			i += n
		default:
			t, e := next(rest)
			if e != nil {
				e.at += i
				return nil, "", e
			}
			t.at, t.end = i, i+t.end
			tokens = append(tokens, t)
			i = t.end
		}
	}
	return tokens, string(out), nil
}

func blank(b []byte) {
	for i, c := range b {
		if c != '\n' {
			b[i] = ' '
		}
	}
}

// lineComment ends with its line, unless a backslash stands before the line's end.
func lineComment(s string) int {
	for i := range len(s) {
		if (s[i] == '\n' || s[i] == '\r') && s[i-1] != '\\' {
			return i
		}
	}
	return len(s)
}

// bracketComment may hold others.
func bracketComment(s string) int {
	depth := 1
	for i := 2; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "/*"):
			depth, i = depth+1, i+2
		case strings.HasPrefix(s[i:], "*/"):
			if depth, i = depth-1, i+2; depth == 0 {
				return i
			}
		default:
			i++
		}
	}
	return -1
}

// next reads one token; its end is its length.
func next(s string) (lexeme, *lexError) {
	c := s[0]
	switch {
	case c == '`':
		return quotedName(s)
	case c == '\'' || c == '"':
		return quotedText(s, 0, true)
	case (c == 'r' || c == 'R') && len(s) > 1 && (s[1] == '\'' || s[1] == '"'):
		return quotedText(s, 1, false)
	case digit(c) || c == '.' && len(s) > 1 && digit(s[1]):
		n := number(s)
		return lexeme{kind: tokenNumber, text: s[:n], end: n}, nil
	case letter(c):
		n := 1
		for n < len(s) && (letter(s[n]) || digit(s[n])) {
			n++
		}
		return lexeme{kind: tokenWord, text: strings.ToUpper(s[:n]), end: n}, nil
	case c == 0:
		return lexeme{}, &lexError{0, "The SQL holds a NUL byte."}
	case c >= utf8.RuneSelf:
		return lexeme{}, &lexError{0, "This character can stand in a text or in a name in backticks only."}
	}
	for _, op := range []string{"<=>", "<>", "<=", ">=", "!=", "==", "||", "::", "->", "=>", "|>"} {
		if strings.HasPrefix(s, op) {
			return lexeme{kind: tokenOp, text: op, end: len(op)}, nil
		}
	}
	if strings.IndexByte("+-*/%<>=!~&|^.,()[]:;?", c) < 0 {
		return lexeme{}, &lexError{0, "A query cannot hold this character outside of texts and names in backticks."}
	}
	return lexeme{kind: tokenOp, text: s[:1], end: 1}, nil
}

func quotedName(s string) (lexeme, *lexError) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '`' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '`' {
			b.WriteByte('`')
			i++
			continue
		}
		return lexeme{kind: tokenName, text: b.String(), end: i + 1}, nil
	}
	return lexeme{}, &lexError{0, "A name begins here with a backtick and does not end."}
}

// quotedText reads a literal from its quote on. Between double quotes a backslash is refused: a warehouse may be
// configured to take them for names, in which it has no meaning, and the end would be another one.
func quotedText(s string, from int, escapes bool) (lexeme, *lexError) {
	quote := s[from]
	for i := from + 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quote == '"':
			return lexeme{}, &lexError{i, "A text in double quotes cannot hold a backslash. Put it in single quotes."}
		case s[i] == '\\' && escapes:
			i++
		case s[i] == '{' && s[i-1] == '$':
			return lexeme{}, &lexError{i - 1, "${ would be replaced by the warehouse before it reads the query. Write \\u0024{ in a text."}
		case s[i] == quote:
			return lexeme{kind: tokenString, text: s[:i+1], end: i + 1}, nil
		}
	}
	return lexeme{}, &lexError{0, "A text begins here and does not end."}
}

func number(s string) int {
	n := 0
	for n < len(s) && (digit(s[n]) || letter(s[n]) || s[n] == '.' ||
		(s[n] == '+' || s[n] == '-') && (s[n-1] == 'e' || s[n-1] == 'E') && n+1 < len(s) && digit(s[n+1])) {
		n++
	}
	return n
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// identifiers reads a name of one or more parts, and nothing else; nil where there is more or something else.
func identifiers(s string) []string {
	tokens, _, err := lex(s)
	if err != nil {
		return nil
	}
	parts, n := qualified(tokens, 0, s)
	if n != len(tokens) {
		return nil
	}
	return parts
}

// qualified reads the parts of a name from token i on, and gives the place of the token after it.
func qualified(tokens []lexeme, i int, sql string) (parts []string, end int) {
	for i < len(tokens) && tokens[i].named() {
		part := tokens[i].text
		if tokens[i].kind == tokenWord {
			part = sql[tokens[i].at:tokens[i].end]
		}
		parts = append(parts, part)
		if i+1 >= len(tokens) || !tokens[i+1].is(".") {
			return parts, i + 1
		}
		i += 2
	}
	return nil, i
}
