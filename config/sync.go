package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/config/addr"
)

// Sync keeps records in step: model + mapping + mode.
type Sync struct {
	Name    string
	Model   *Model
	Mapping *Mapping
	Mode    string // "upsert"
	Range   hcl.Range
}

// Addr is the block's address.
func (s *Sync) Addr() addr.Item { return addr.Item{Type: "sync", Name: s.Name} }
