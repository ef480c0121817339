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

// SnapshotDetail is one item of the state, looked at alone. Fields are those that it keeps values of, lower case.
type SnapshotDetail struct {
	Snapshot
	Keys      []string `json:"keys"`
	Fields    []string `json:"fields"`
	Created   int64    `json:"created"`    // rows whose record we created
	Adopted   int64    `json:"adopted"`    // rows whose record was there before
	ModelRows int64    `json:"model_rows"` // at the last run
}
