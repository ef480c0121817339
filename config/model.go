package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/config/addr"
)

// Model is a SQL query, or a table, of a source, with a primary key.
type Model struct {
	Name       string
	Source     *Source
	PrimaryKey []Named // at least one column, no two the same

	// SQL is the query's text, or Table the table's name as the source knows it; exactly one is set. SQLRange is
	// the expression it comes from; SQLFile the file that file() read it from, if it did.
	SQL      string
	Table    string
	SQLRange hcl.Range
	SQLFile  string

	Timezone string // IANA name; how timestamps without zone are read; "UTC" by default
	Range    hcl.Range
}

// Named is a name with its place.
type Named struct {
	Name  string
	Range hcl.Range
}

// Addr is the block's address.
func (m *Model) Addr() addr.Item { return addr.Item{Type: "model", Name: m.Name} }
