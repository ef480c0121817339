package thrifttest

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a node of a statement is.
type kind int

const (
	word   kind = iota // a keyword or an unquoted name
	name               // a name in backticks, text without them
	str                // a string literal, text decoded
	num                // a number, with its suffix
	op                 // an operator or separator
	marker             // ? or :name
	group              // ( ) or [ ] with what stands inside
)

// node is a token, or a bracket with the nodes inside it. The comments are gone.
type node struct {
	kind kind
	text string
	kids []node
	pos  int // byte offset in the statement
}

// is tells whether a node is this keyword, in any case, or this operator.
func (n node) is(text string) bool {
	return n.kind == op && n.text == text || n.kind == word && strings.EqualFold(n.text, text)
}

func (n node) paren() bool { return n.kind == group && n.text == "(" }

// lex reads a statement of Databricks SQL.
func lex(s string) ([]node, error) {
	l := lexer{s: s}
	nodes, err := l.until(0)
	if err != nil {
		return nil, &SQLError{State: "42601", Message: "[PARSE_SYNTAX_ERROR] " + err.Error()}
	}
	for len(nodes) > 0 && nodes[len(nodes)-1].is(";") {
		nodes = nodes[:len(nodes)-1]
	}
	return nodes, nil
}

type lexer struct {
	s  string
	at int
}

func (l *lexer) until(closing byte) ([]node, error) {
	var out []node
	for {
		if err := l.space(); err != nil {
			return nil, err
		}
		if l.at >= len(l.s) {
			if closing != 0 {
				return nil, fmt.Errorf("the statement ends before %q", closing)
			}
			return out, nil
		}
		c, start := l.s[l.at], l.at
		switch {
		case c == '(' || c == '[':
			l.at++
			end := byte(')')
			if c == '[' {
				end = ']'
			}
			kids, err := l.until(end)
			if err != nil {
				return nil, err
			}
			out = append(out, node{group, string(c), kids, start})
		case c == ')' || c == ']':
			if c != closing {
				return nil, fmt.Errorf("%q at %d closes nothing", c, start)
			}
			l.at++
			return out, nil
		default:
			n, err := l.token()
			if err != nil {
				return nil, err
			}
			n.pos = start
			// Literals that stand side by side are one.
			if n.kind == str && len(out) > 0 && out[len(out)-1].kind == str {
				out[len(out)-1].text += n.text
				continue
			}
			out = append(out, n)
		}
	}
}

func (l *lexer) space() error {
	for l.at < len(l.s) {
		rest := l.s[l.at:]
		switch {
		case strings.HasPrefix(rest, "--"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			l.at += n
		case strings.HasPrefix(rest, "/*"):
			depth, i := 1, 2
			for depth > 0 {
				switch {
				case i >= len(rest):
					return fmt.Errorf("the comment at %d is not closed", l.at)
				case strings.HasPrefix(rest[i:], "/*"):
					depth, i = depth+1, i+2
				case strings.HasPrefix(rest[i:], "*/"):
					depth, i = depth-1, i+2
				default:
					i++
				}
			}
			l.at += i
		case unicode.IsSpace(rune(rest[0])):
			l.at++
		default:
			return nil
		}
	}
	return nil
}

func (l *lexer) token() (node, error) {
	rest := l.s[l.at:]
	c := rest[0]
	switch {
	case c == '`':
		return l.backticks()
	case c == '\'' || c == '"':
		return l.literal(false)
	case (c == 'r' || c == 'R') && len(rest) > 1 && (rest[1] == '\'' || rest[1] == '"'):
		l.at++
		return l.literal(true)
	case digit(c) || c == '.' && len(rest) > 1 && digit(rest[1]):
		return l.number(), nil
	case c == '?':
		l.at++
		return node{kind: marker, text: "?"}, nil
	case c == ':' && len(rest) > 1 && letter(rune(rest[1])):
		n := wordLen(rest[1:]) + 1
		l.at += n
		return node{kind: marker, text: rest[:n]}, nil
	}
	if n := wordLen(rest); n > 0 {
		l.at += n
		return node{kind: word, text: rest[:n]}, nil
	}
	for _, o := range []string{"<=>", "<>", "<=", ">=", "!=", "==", "||", "->", "=>", "::"} {
		if strings.HasPrefix(rest, o) {
			l.at += len(o)
			return node{kind: op, text: o}, nil
		}
	}
	r, n := utf8.DecodeRuneInString(rest)
	if !strings.ContainsRune("+-*/%<>=,.;!&|^~@:{}", r) {
		return node{}, fmt.Errorf("%q at %d is no part of SQL", r, l.at)
	}
	l.at += n
	return node{kind: op, text: rest[:n]}, nil
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letter(r rune) bool { return r == '_' || unicode.IsLetter(r) }

func wordLen(s string) int {
	for i, r := range s {
		if !letter(r) && (i == 0 || r < '0' || r > '9') {
			return i
		}
	}
	return len(s)
}

func (l *lexer) backticks() (node, error) {
	var b strings.Builder
	for i := l.at + 1; i < len(l.s); i++ {
		if l.s[i] != '`' {
			b.WriteByte(l.s[i])
			continue
		}
		if i+1 < len(l.s) && l.s[i+1] == '`' {
			b.WriteByte('`')
			i++
			continue
		}
		l.at = i + 1
		return node{kind: name, text: b.String()}, nil
	}
	return node{}, fmt.Errorf("the name at %d is not closed", l.at)
}

// literal reads a string. A quote inside it has a backslash before it; a raw one has no escapes. A doubled quote is
// refused: some versions read 'it”s' as it's, and others as two literals side by side, which make its.
func (l *lexer) literal(raw bool) (node, error) {
	quote := l.s[l.at]
	var b strings.Builder
	for i := l.at + 1; i < len(l.s); i++ {
		c := l.s[i]
		switch {
		case c == quote && i+1 < len(l.s) && l.s[i+1] == quote:
			return node{}, fmt.Errorf("the quote at %d is doubled, which means different things to different versions: "+
				"write a backslash before it", i)
		case c == quote:
			l.at = i + 1
			return node{kind: str, text: b.String()}, nil
		case c == '\\' && !raw && i+1 < len(l.s):
			n := escape(&b, l.s[i+1:])
			i += n
		default:
			b.WriteByte(c)
		}
	}
	return node{}, fmt.Errorf("the string at %d is not closed", l.at)
}

// escape writes what stands after a backslash, and gives how many bytes of it were read.
func escape(b *strings.Builder, s string) int {
	switch s[0] {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 'b':
		b.WriteByte('\b')
	case '0':
		b.WriteByte(0)
	case 'Z':
		b.WriteByte(0x1a)
	case 'u', 'U':
		n := 4
		if s[0] == 'U' {
			n = 8
		}
		if len(s) > n {
			if r, err := strconv.ParseUint(s[1:n+1], 16, 32); err == nil {
				b.WriteRune(rune(r))
				return n + 1
			}
		}
		b.WriteByte(s[0])
	case '%', '_': // LIKE takes the backslash
		b.WriteByte('\\')
		b.WriteByte(s[0])
	default:
		_, n := utf8.DecodeRuneInString(s)
		b.WriteString(s[:n])
		return n
	}
	return 1
}

func (l *lexer) number() node {
	rest := l.s[l.at:]
	i := 0
	for i < len(rest) && digit(rest[i]) {
		i++
	}
	if i < len(rest) && rest[i] == '.' {
		i++
		for i < len(rest) && digit(rest[i]) {
			i++
		}
	}
	if i < len(rest) && (rest[i] == 'e' || rest[i] == 'E') {
		j := i + 1
		if j < len(rest) && (rest[j] == '+' || rest[j] == '-') {
			j++
		}
		if j < len(rest) && digit(rest[j]) {
			for i = j; i < len(rest) && digit(rest[i]); {
				i++
			}
		}
	}
	i += wordLen(rest[i:])
	l.at += i
	return node{kind: num, text: rest[:i]}
}
