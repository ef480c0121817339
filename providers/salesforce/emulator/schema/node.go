package schema

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Error is a problem of a schema file: where it is, what it is, and what to do about it.
type Error struct {
	Name      string // the file, as the caller calls it
	Line, Col int    // from 1; columns count characters
	Msg       string
	Hint      string
}

// Error gives position and message on one line, then the hint.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Col, e.Msg)
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// node is a JSON value that remembers where it stands.
type node struct {
	at      int64
	kind    jsontext.Kind
	text    string // a string's value, a number's digits
	raw     jsontext.Value
	members []member
	items   []*node
}

type member struct {
	at    int64
	name  string
	value *node
}

func (n *node) get(name string) *node {
	for _, m := range n.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

func (n *node) what() string {
	switch n.kind {
	case 'n':
		return "null"
	case 't', 'f':
		return "true or false"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '{':
		return "an object"
	}
	return "a list"
}

// file is a schema file being read.
type file struct {
	name string
	data []byte
}

func (f *file) errorf(at int64, hint, format string, args ...any) error {
	line, col := position(f.data, at)
	return &Error{Name: f.name, Line: line, Col: col, Msg: fmt.Sprintf(format, args...), Hint: hint}
}

// position turns a byte offset into line and column.
func position(data []byte, at int64) (line, col int) {
	at = min(max(at, 0), int64(len(data)))
	before := data[:at]
	start := bytes.LastIndexByte(before, '\n') + 1
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[start:])
}

// parse reads the whole file as one JSON value.
func (f *file) parse() (*node, error) {
	d := jsontext.NewDecoder(bytes.NewReader(f.data), jsontext.AllowDuplicateNames(true))
	n, err := f.value(d)
	if err != nil {
		return nil, f.syntax(err)
	}
	if _, err := d.ReadToken(); err == nil {
		return nil, f.errorf(d.InputOffset()-1, "a schema file is one JSON object: remove what follows it", "text after the end of the schema")
	} else if s := new(jsontext.SyntacticError); errors.As(err, &s) {
		return nil, f.syntax(err)
	}
	return n, nil
}

func (f *file) syntax(err error) error {
	at, msg := int64(len(f.data)), "the file ends too early"
	var s *jsontext.SyntacticError
	if errors.As(err, &s) && s.Err != nil && !strings.Contains(s.Err.Error(), "unexpected EOF") {
		at, msg = s.ByteOffset, strings.TrimPrefix(s.Err.Error(), "jsontext: ")
	}
	return f.errorf(at, "write the schema as JSON: quoted names, commas between entries, none after the last", "not JSON: %s", msg)
}

func (f *file) value(d *jsontext.Decoder) (*node, error) {
	kind := d.PeekKind()
	switch kind {
	case '{':
		if _, err := d.ReadToken(); err != nil {
			return nil, err
		}
		n := &node{kind: '{', at: d.InputOffset() - 1}
		for d.PeekKind() != '}' {
			t, err := d.ReadToken()
			if err != nil {
				return nil, err
			}
			m := member{name: t.String()}
			m.at = f.start(d.InputOffset(), '"')
			if m.value, err = f.value(d); err != nil {
				return nil, err
			}
			n.members = append(n.members, m)
		}
		_, err := d.ReadToken()
		return n, err
	case '[':
		if _, err := d.ReadToken(); err != nil {
			return nil, err
		}
		n := &node{kind: '[', at: d.InputOffset() - 1}
		for d.PeekKind() != ']' {
			item, err := f.value(d)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, item)
		}
		_, err := d.ReadToken()
		return n, err
	}
	raw, err := d.ReadValue()
	if err != nil {
		return nil, err
	}
	n := &node{kind: raw.Kind(), at: d.InputOffset() - int64(len(raw)), raw: raw.Clone(), text: string(raw)}
	if n.kind == '"' {
		b, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return nil, err
		}
		n.text = string(b)
	}
	return n, nil
}

// start finds where the string that ends at end begins.
func (f *file) start(end int64, quote byte) int64 {
	for i := end - 2; i >= 0; i-- {
		if f.data[i] != quote {
			continue
		}
		slashes := 0
		for j := i - 1; j >= 0 && f.data[j] == '\\'; j-- {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
	}
	return end
}
