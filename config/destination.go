package config

import (
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
