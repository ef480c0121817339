package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/config/addr"
)

// Target is one object of a destination and the match field by which its records are found.
type Target struct {
	Name        string
	Destination *Destination
	Object      Named // API name as written
	Match       Named // API name as written; empty where it is left out
	Range       hcl.Range
}

// Addr is the block's address.
func (t *Target) Addr() addr.Item { return addr.Item{Type: "target", Name: t.Name} }
