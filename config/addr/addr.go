// Package addr holds addresses: how messages, flags and the state name a block.
package addr

import (
	"fmt"
	"strings"
)

// Item is the address of a block, as in sync.contacts or source.duckdb.files.
type Item struct {
	Type string // "sync", "model", "source", ...
	Kind string // the provider's label, for source and destination only
	Name string
}

// String is the address as it is written in references and flags.
func (a Item) String() string {
	if a.Kind != "" {
		return a.Type + "." + a.Kind + "." + a.Name
	}
	return a.Type + "." + a.Name
}

// Parse reads an address. The error says what an address looks like.
func Parse(s string) (Item, error) {
	p := strings.Split(s, ".")
	switch {
	case len(p) == 2 && p[0] != "" && p[1] != "":
		return Item{Type: p[0], Name: p[1]}, nil
	case len(p) == 3 && (p[0] == "source" || p[0] == "destination") && p[1] != "" && p[2] != "":
		return Item{Type: p[0], Kind: p[1], Name: p[2]}, nil
	}
	return Item{}, fmt.Errorf("%q is not an address; an address looks like sync.contacts", s)
}

// Match tells whether an address fits a pattern, in which only * is special: it stands for any run of characters.
func Match(pattern, address string) bool {
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
