package config

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/schema"
)

// Destination is a Salesforce org and how to log in: destination "KIND" "NAME".
type Destination struct {
	Kind  string
	Name  string
	Body  *schema.Body
	Range hcl.Range
}

// Addr is the block's address.
func (d *Destination) Addr() addr.Item {
	return addr.Item{Type: "destination", Kind: d.Kind, Name: d.Name}
}

func (l *loader) destinations() {
	kinds := append([]string{}, slices.Sorted(maps.Keys(l.o.Destinations))...)
	for _, b := range l.blocks["destination"] {
		d, item := l.declare(b, kinds)
		if d == nil {
			continue
		}
		l.cfg.Destinations[item.String()] = &Destination{
			Kind: item.Kind, Name: item.Name, Body: d.body(b, l.o.Destinations[item.Kind]), Range: b.DefRange(),
		}
	}
}
