package soql

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
)

type tokenKind uint8

const (
	endToken tokenKind = iota
	nameToken
	stringToken
	numberToken
	dateToken
	dateTimeToken
	symbolToken
)

// token is one word of a query. The text of a string has its quotes taken off and its escapes resolved; raw has them still.
type token struct {
	kind tokenKind
	text string
	raw  string
	pos  int
}

func (t token) is(word string) bool { return t.kind == nameToken && strings.EqualFold(t.text, word) }
func (t token) symbol(s string) bool {
	return t.kind == symbolToken && t.text == s
}

type lexer struct {
	text string
	pos  int
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }

func (l *lexer) next() (token, *apierror.Error) {
	for l.pos < len(l.text) && strings.IndexByte(" \t\r\n\f", l.text[l.pos]) >= 0 {
		l.pos++
	}
	start := l.pos
	if start == len(l.text) {
		return token{kind: endToken, pos: start}, nil
	}
	c := l.text[start]
	switch {
	case letter(c):
		for l.pos < len(l.text) && (letter(l.text[l.pos]) || digit(l.text[l.pos]) || l.text[l.pos] == '_') {
			l.pos++
		}
		return token{kind: nameToken, text: l.text[start:l.pos], pos: start}, nil
	case c == '\'':
		return l.quoted()
	case digit(c) || (c == '-' || c == '+' || c == '.') && start+1 < len(l.text) && (digit(l.text[start+1]) || l.text[start+1] == '.'):
		return l.number()
	}
	size := 1
	if two := l.text[start:min(start+2, len(l.text))]; two == "!=" || two == "<>" || two == "<=" || two == ">=" {
		size = 2
	} else if c >= utf8.RuneSelf {
		_, size = utf8.DecodeRuneInString(l.text[start:])
	}
	l.pos += size
	return token{kind: symbolToken, text: l.text[start:l.pos], pos: start}, nil
}

// number reads a number, a date or a datetime.
func (l *lexer) number() (token, *apierror.Error) {
	start := l.pos
	l.pos++
	for l.pos < len(l.text) {
		c := l.text[l.pos]
		if !digit(c) && !letter(c) && c != '.' && c != '-' && c != '+' && c != ':' {
			break
		}
		l.pos++
	}
	text := l.text[start:l.pos]
	kind := numberToken
	if len(text) >= 10 && text[4] == '-' && text[7] == '-' {
		kind = dateToken
		if len(text) > 10 {
			kind = dateTimeToken
		}
	} else if _, err := strconv.ParseFloat(text, 64); err != nil {
		return token{}, Errorf("MALFORMED_QUERY", l.text, start, "unexpected token: '%s'", text)
	}
	return token{kind: kind, text: text, pos: start}, nil
}

// quoted reads a string literal (SOQL: quoted string escape sequences).
func (l *lexer) quoted() (token, *apierror.Error) {
	start := l.pos
	l.pos++
	var b strings.Builder
	for l.pos < len(l.text) {
		c := l.text[l.pos]
		switch c {
		case '\'':
			t := token{kind: stringToken, text: b.String(), raw: l.text[start+1 : l.pos], pos: start}
			l.pos++
			if utf8.RuneCountInString(t.text) > MaxLiteral {
				return token{}, Errorf("MALFORMED_QUERY", l.text, start, "string literal exceeds the maximum length of %d characters", MaxLiteral)
			}
			return t, nil
		case '\\':
			s, size, ok := unescape(l.text[l.pos:])
			if !ok {
				return token{}, Errorf("MALFORMED_QUERY", l.text, l.pos, "Invalid string literal '%s'. Illegal character sequence '%s' in string literal.",
					l.text[start+1:l.pos], l.text[l.pos:min(l.pos+2, len(l.text))])
			}
			b.WriteString(s)
			l.pos += size
		default:
			b.WriteByte(c)
			l.pos++
		}
	}
	return token{}, Errorf("MALFORMED_QUERY", l.text, start, "line %d:%d no viable alternative at character '<EOF>'", 1, len(l.text))
}

// unescape resolves the escape at the beginning of s. Those of LIKE lose their backslash here: the pattern is made of raw text.
func unescape(s string) (text string, size int, ok bool) {
	if len(s) < 2 {
		return "", 0, false
	}
	switch s[1] {
	case 'n', 'N':
		return "\n", 2, true
	case 'r', 'R':
		return "\r", 2, true
	case 't', 'T':
		return "\t", 2, true
	case 'b', 'B':
		return "\b", 2, true
	case 'f', 'F':
		return "\f", 2, true
	case '"', '\'', '\\', '_', '%':
		return s[1:2], 2, true
	case 'u', 'U':
		if len(s) < 6 {
			return "", 0, false
		}
		n, err := strconv.ParseUint(s[2:6], 16, 16)
		if err != nil {
			return "", 0, false
		}
		return string(rune(n)), 6, true
	}
	return "", 0, false
}

// Like compiles the pattern of a LIKE condition. It matches without regard to case, as SOQL does.
func Like(raw string) func(string) bool {
	var pattern []rune // wildcards are -1 (any text) and -2 (one character)
	for i := 0; i < len(raw); {
		switch raw[i] {
		case '%':
			pattern, i = append(pattern, -1), i+1
		case '_':
			pattern, i = append(pattern, -2), i+1
		case '\\':
			s, size, ok := unescape(raw[i:])
			if !ok {
				s, size = raw[i:i+1], 1
			}
			pattern, i = append(pattern, []rune(strings.ToLower(s))...), i+size
		default:
			r, size := utf8.DecodeRuneInString(raw[i:])
			pattern, i = append(pattern, []rune(strings.ToLower(string(r)))...), i+size
		}
	}
	return func(s string) bool { return wildcard(pattern, []rune(strings.ToLower(s))) }
}

func wildcard(pattern, s []rune) bool {
	star, back := -1, 0
	p, i := 0, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && (pattern[p] == s[i] || pattern[p] == -2):
			p, i = p+1, i+1
		case p < len(pattern) && pattern[p] == -1:
			star, back = p, i
			p++
		case star >= 0:
			back++
			p, i = star+1, back
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == -1 {
		p++
	}
	return p == len(pattern)
}
