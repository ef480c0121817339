package plan

// Snapshot is one item of the state.
type Snapshot struct {
	Addr        string `json:"addr"`
	Project     string `json:"project"`
	Environment string `json:"environment"`
	Org         string `json:"org"` // id
	Object      string `json:"object"`
	Match       string `json:"match"`
	Rows        int64  `json:"rows"`
	LastRun     string `json:"last_run"`
	Declared    bool   `json:"declared"` // the configuration has a block of this address
}
