// Package addr holds addresses: how messages, flags and the state name a block.
package addr

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Item is the address of a block, as in sync.contacts or source.duckdb.files, or of one of the items that a block
// with for_each stands for, as in sync.contacts["CA"].
type Item struct {
	Type string // "sync", "model", "source", ...
	Kind string // the provider's label, for source and destination only
	Name string
	Key  string // of for_each; "" where there is none
}

// String is the address as it is written in references and flags.
func (a Item) String() string {
	s := a.Type + "." + a.Name
	if a.Kind != "" {
		s = a.Type + "." + a.Kind + "." + a.Name
	}
	if a.Key != "" {
		s += `["` + a.Key + `"]`
	}
	return s
}

// Title names the block in a sentence: by its first line, as in sync "contacts", or by its address where the block
// stands for many.
func (a Item) Title() string {
	switch {
	case a.Key != "":
		return a.String()
	case a.Kind != "":
		return fmt.Sprintf("%s %q %q", a.Type, a.Kind, a.Name)
	}
	return fmt.Sprintf("%s %q", a.Type, a.Name)
}

// Block is the address without the key.
func (a Item) Block() Item {
	a.Key = ""
	return a
}

// maxKey is the length of the longest key, in characters.
const maxKey = 64

// CheckKey tells whether addresses can hold a key of for_each. They stand in files, flags, tables and messages, so
// keys have only what reads the same in all of them. The error completes "the key ... ".
func CheckKey(key string) error {
	switch n := utf8.RuneCountInString(key); {
	case key == "":
		return errors.New("is empty")
	case n > maxKey:
		return fmt.Errorf("has %d characters, and at most %d are allowed", n, maxKey)
	case strings.TrimSpace(key) != key:
		return errors.New("begins or ends with a space")
	}
	for _, r := range key {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) && !strings.ContainsRune("_-.:/@+ ", r) || r == utf8.RuneError {
			return fmt.Errorf("holds the character %q", r)
		}
	}
	return nil
}

// Parse reads an address. The quotes around a key may be left out, since a shell takes them away. The error says what
// an address looks like.
func Parse(s string) (Item, error) {
	wrong := fmt.Errorf("%q is not an address; an address looks like sync.contacts", s)
	block, key, many := strings.Cut(s, "[")
	if many {
		var closed bool
		if key, closed = strings.CutSuffix(key, "]"); !closed {
			return Item{}, wrong
		}
		if inner, ok := strings.CutPrefix(key, `"`); ok {
			if key, ok = strings.CutSuffix(inner, `"`); !ok {
				return Item{}, wrong
			}
		}
		if CheckKey(key) != nil {
			return Item{}, wrong
		}
	}
	p := strings.Split(block, ".")
	for _, part := range p {
		if part == "" {
			return Item{}, wrong
		}
	}
	typed := p[0] == "source" || p[0] == "destination"
	switch {
	case len(p) == 2:
		return Item{Type: p[0], Name: p[1], Key: key}, nil
	case len(p) == 3 && typed && !many:
		return Item{Type: p[0], Kind: p[1], Name: p[2]}, nil
	}
	return Item{}, wrong
}

// Match tells whether an address fits a pattern, in which only * is special: it stands for any run of characters. The
// quotes around a key may be left out.
func Match(pattern, address string) bool {
	return match(pattern, address) || strings.Contains(address, `["`) && match(pattern, strings.ReplaceAll(address, `"`, ""))
}

func match(pattern, address string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == address
	}
	if !strings.HasPrefix(address, parts[0]) {
		return false
	}
	rest := address[len(parts[0]):]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, p)
		if i < 0 {
			return false
		}
		rest = rest[i+len(p):]
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}
