package plan

// Why is all that a plan knows of one row, asked for by its key.
type Why struct {
	Addr      string `json:"addr"`
	Key       string `json:"key"`
	KeyMasked bool   `json:"key_masked"`

	// Action is what will happen: as in Sample, and "unchanged", "note" (remembered only) or "open" (it depends on what
	// was not read). Reason and Detail say why.
	Action string `json:"action"`
	Reason string `json:"reason,omitempty"`
	Detail string `json:"detail,omitempty"`
	Held   bool   `json:"held,omitempty"` // a rejected row that is in the snapshot

	Rows     int64  `json:"rows"`             // of the model that have the key
	Snapshot string `json:"snapshot"`         // "created", "adopted" or "none"
	Live     string `json:"live"`             // "found", "none" or "unread": it was not looked up
	Record   string `json:"record,omitempty"` // its id

	Fields []WhyField `json:"fields"`
	Checks []WhyCheck `json:"checks"`
}

// WhyField is one field of the row, as the model has it, as it was last confirmed, and as Salesforce has it; nil is null.
// Masked values are tokens. Written says that the model's value will be written.
type WhyField struct {
	Field    string  `json:"field"`
	Model    *string `json:"model"`
	Snapshot *string `json:"snapshot"`
	Live     *string `json:"live"`
	Masked   bool    `json:"masked"`
	Written  bool    `json:"written"`
}

// WhyCheck is one row check. Result is "ok", "failed", or "not asked": no row is looked up or created that has failed
// before.
type WhyCheck struct {
	Reason string `json:"reason"`
	Field  string `json:"field,omitempty"`
	Cause  string `json:"cause,omitempty"` // what is wrong where it fails
	Code   string `json:"code,omitempty"`  // what Salesforce would answer
	Result string `json:"result"`
}

// why replaces keys and values by tokens.
func (t Tokens) why(all []Why) []Why {
	var out []Why
	for _, w := range all {
		if !w.KeyMasked {
			w.Key, w.KeyMasked = t.Of(w.Key), true
		}
		fields := []WhyField{}
		for _, f := range w.Fields {
			fields = append(fields, t.MaskWhy(f))
		}
		w.Fields = fields
		out = append(out, w)
	}
	return out
}

// MaskWhy replaces a field's values by tokens, unless they are tokens already; null stays null.
func (t Tokens) MaskWhy(f WhyField) WhyField {
	if !f.Masked {
		f.Model, f.Snapshot, f.Live, f.Masked = t.of(f.Model), t.of(f.Snapshot), t.of(f.Live), true
	}
	return f
}
