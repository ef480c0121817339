package config

import "github.com/hashicorp/hcl/v2"

// Project is the signalsmith block. Project and Environment are "default" where the block or the argument is left
// out; StatePath is ".signalsmith/state.db" below the directory, absolute.
type Project struct {
	Project     string
	Environment string
	StatePath   string
	Range       *hcl.Range // nil where there is no block
}
