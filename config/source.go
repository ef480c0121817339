package config

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/schema"
)

// Source is a warehouse connection: source "KIND" "NAME".
type Source struct {
	Kind  string
	Name  string
	Body  *schema.Body
	Range hcl.Range
}

// Addr is the block's address.
func (s *Source) Addr() addr.Item { return addr.Item{Type: "source", Kind: s.Kind, Name: s.Name} }

func (l *loader) sources() {
	kinds := append([]string{}, slices.Sorted(maps.Keys(l.o.Sources))...)
	for _, b := range l.blocks["source"] {
		d, item := l.declare(b, kinds)
		if d == nil {
			continue
		}
		l.cfg.Sources[item.String()] = &Source{
			Kind: item.Kind, Name: item.Name, Body: d.body(b, l.o.Sources[item.Kind]), Range: b.DefRange(),
		}
	}
}
