package config

import (
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
