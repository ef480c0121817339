package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/config/addr"
	"github.com/signalsmith/signalsmith/config/lang"
)

// Mapping says which model columns become which fields of a target.
type Mapping struct {
	Name   string
	Target *Target
	Fields []*Field // in the order written; no two of one name, whatever their case
	Range  hcl.Range
}

// Field is one mapped field. Name is as written: an API name, or relationship.field of a parent.
type Field struct {
	Name  Named
	Value lang.Expr

	// PII is what the block says, nil where it says nothing.
	PII *bool
}

// Addr is the block's address.
func (m *Mapping) Addr() addr.Item { return addr.Item{Type: "mapping", Name: m.Name} }
