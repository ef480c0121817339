// Package plan is the plan as data: one document, of which every screen, report and file is a rendering. Its JSON
// is the public format; names are stable, and additions within a major version are allowed.
package plan

import (
	"slices"
	"time"
)

// Format is the version of the document.
const Format = "1.0"

// Plan is the plan document.
type Plan struct {
	Format string `json:"format"`

	// ID is a digest of content: the same configuration, rows and live state give the same id. Six digits of it
	// are shown.
	ID          string       `json:"id"`
	Config      Config       `json:"config"`
	Base        Base         `json:"base"`
	Made        time.Time    `json:"made"`
	Org         Org          `json:"org"`
	Environment string       `json:"environment"`
	Project     string       `json:"project"`
	LastApply   *LastApply   `json:"last_apply,omitempty"`
	Refresh     bool         `json:"refresh"`
	Items       []Item       `json:"items"`
	Guards      []Guard      `json:"guards"`
	Cost        Cost         `json:"cost"`
	Diagnostics []Diagnostic `json:"diagnostics"`
	Labels      []string     `json:"labels"`
	Why         []Why        `json:"why,omitempty"` // where it was asked for

	tokens Tokens
}

// Config identifies the configuration that was planned.
type Config struct {
	Digest string `json:"digest"`
}

// Base identifies the snapshot that the plan was made from. Lineage is fixed at the first apply, "" before it;
// Generation counts the applies.
type Base struct {
	Lineage    string `json:"lineage"`
	Generation int64  `json:"generation"`
}

// Org is the org that the plan is about. Name is the destination's org; where items go to several orgs, each item
// names its own destination and Org is the first one's.
type Org struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Production bool   `json:"production"`
	Embedded   bool   `json:"embedded,omitempty"` // a local org in a file
	User       string `json:"user"`
}

// LastApply is the newest run that wrote something.
type LastApply struct {
	Run  string    `json:"run"`
	Time time.Time `json:"time"`
}

// Item is one sync or audience.
type Item struct {
	Addr        string `json:"addr"`
	Kind        string `json:"kind"`               // "sync" | "audience"
	OnLeave     string `json:"on_leave,omitempty"` // "clear" | "set" | "delete"
	Mode        string `json:"mode"`
	Destination string `json:"destination"` // "salesforce.crm"
	Object      string `json:"object"`
	Match       string `json:"match,omitempty"`
	Membership  string `json:"membership,omitempty"`
	Model       string `json:"model"`
	Where       string `json:"where"` // "main.hcl:24"
	Query       *Query `json:"query,omitempty"`

	// Skipped says why an apply leaves the item out, as in "blocked by max_remove"; "" where it does not.
	Skipped string `json:"skipped,omitempty"`

	Source  Source           `json:"source"`
	Counts  Counts           `json:"counts"`
	Reasons map[string]int64 `json:"reasons"`           // by reason; every row that is not unchanged counts under at least one
	OptIns  int64            `json:"opt_ins,omitempty"` // records whose opt-out is taken back

	// Cascades counts the records that Salesforce deletes along with those that are removed, by object.
	Cascades map[string]int64 `json:"cascades,omitempty"`

	// Kept counts the unchanged rows whose record differs from the model, and that a policy says to leave.
	Kept int64 `json:"kept,omitempty"`

	Fields  []FieldChange `json:"fields"`  // by falling Changed, then name
	Rejects []Reject      `json:"rejects"` // by falling N, then reason and field
	Samples []Sample      `json:"samples"`
	Stages  []Stage       `json:"stages"`
	History []Past        `json:"history,omitempty"` // the last runs that took the item along, at most 30, the oldest first
}

// Query is the SQL of an item's model. Before is what it was when the item was last applied, nil where this is not known;
// the texts are equal where nothing changed.
type Query struct {
	Text   string  `json:"text"`
	Before *string `json:"before,omitempty"`
}

// Changed tells whether the model's SQL is known to have changed since the last apply.
func (q *Query) Changed() bool { return q != nil && q.Before != nil && *q.Before != q.Text }

// Past is what a run did to an item. Rows are the model's; Removed counts what was taken away from Salesforce.
type Past struct {
	Run     string    `json:"run"`
	Time    time.Time `json:"time"`
	Rows    int64     `json:"rows"`
	Written int64     `json:"written"`
	Removed int64     `json:"removed"`
}

// Source is the funnel: Rows = Usable + rejected. PreviousRows is the last run's, nil where there was none. Snapshot
// counts the rows that the snapshot holds. Newest is when the newest row was loaded, where the model says so.
type Source struct {
	Rows         int64      `json:"rows"`
	Usable       int64      `json:"usable"`
	PreviousRows *int64     `json:"previous_rows"`
	Snapshot     int64      `json:"snapshot"`
	Newest       *time.Time `json:"newest,omitempty"`
}

// Count is a number that may be impossible to know without what was not read. N is then the number of rows whose
// fate is open, and it is printed as ?.
type Count struct {
	N     int64 `json:"n"`
	Known bool  `json:"known"`
}

// Counts are rows by what happens to them; each row counts once. For a sync: usable = create + update + adopt +
// skip + unchanged; leave, remove, clear, forget and held count snapshot rows.
type Counts struct {
	Create    Count `json:"create"`
	Update    Count `json:"update"`
	Remove    Count `json:"remove"`
	Clear     Count `json:"clear"`
	Adopt     Count `json:"adopt"`
	Forget    Count `json:"forget"`
	Skip      Count `json:"skip"`
	Leave     Count `json:"leave"`
	Held      Count `json:"held"`
	Reject    Count `json:"reject"`
	Unchanged Count `json:"unchanged"`
}

// Writes tells how many rows an apply would write to Salesforce.
func (c Counts) Writes() int64 { return c.Create.N + c.Update.N + c.Remove.N + c.Clear.N }

// Notes tells how many rows change in the snapshot alone.
func (c Counts) Notes() int64 { return c.Adopt.N + c.Forget.N + c.Leave.N }

// Known tells whether every count is known.
func (c Counts) Known() bool {
	for _, n := range []Count{c.Create, c.Update, c.Remove, c.Clear, c.Adopt, c.Forget, c.Skip, c.Leave, c.Held, c.Reject, c.Unchanged} {
		if !n.Known {
			return false
		}
	}
	return true
}

// Reject counts the rejected rows of one reason, and of one field where its value is the reason.
type Reject struct {
	Reason string        `json:"reason"`
	Field  string        `json:"field,omitempty"`
	Cause  string        `json:"cause,omitempty"` // "longer than 40 characters"
	Code   string        `json:"code,omitempty"`  // what Salesforce would answer
	N      int64         `json:"n"`
	Values []RejectValue `json:"values,omitempty"` // the five commonest; none of fields that are masked
}

// RejectValue counts the rows that are rejected for a value. Masked values are tokens.
type RejectValue struct {
	Value  string `json:"value"`
	N      int64  `json:"n"`
	Masked bool   `json:"masked,omitempty"`
}

// FieldChange counts the updates in which a field changes.
type FieldChange struct {
	Field       string       `json:"field"`
	Changed     int64        `json:"changed"`
	Drifted     int64        `json:"drifted"`
	Distinct    *Distinct    `json:"distinct,omitempty"`
	Transitions []Transition `json:"transitions,omitempty"` // picklists and checkboxes, five or more
}

// Distinct counts the different values of a field among the updates that change it, before and after. Null counts as none.
type Distinct struct {
	Before int64 `json:"before"`
	After  int64 `json:"after"`
}

// Collapses tells whether many different values become few: more likely a mistake in the model than news.
func (d *Distinct) Collapses() bool { return d != nil && d.Before >= 20 && d.After*20 <= d.Before }

// Transition counts updates of a picklist or checkbox from one value to another; nil is null.
type Transition struct {
	From *string `json:"from"`
	To   *string `json:"to"`
	N    int64   `json:"n"`
}

// Sample is one row of the plan. In saved documents and JSON, all keys and values are tokens. KeyMasked says that
// Key is a token.
type Sample struct {
	Key       string        `json:"key"`
	KeyMasked bool          `json:"key_masked"`
	Action    string        `json:"action"` // "create", "update", "remove", "clear", "kept", "adopt", "skip", "leave", "reject", "held", ...
	Reason    string        `json:"reason"`
	Detail    string        `json:"detail,omitempty"` // as in "changed by marketo@acme.example"
	Rows      int64         `json:"rows,omitempty"`   // of a rejected key that stands in several rows, their number
	Fields    []SampleField `json:"fields"`
}

// SampleField is one field of a sample; nil is null. Masked values are tokens, 8 hex digits.
type SampleField struct {
	Field  string  `json:"field"`
	Before *string `json:"before"`
	After  *string `json:"after"`
	Masked bool    `json:"masked"`
}

// Stage is a step of apply.
type Stage struct {
	Kind   string `json:"kind"` // "write" | "commit"
	Object string `json:"object"`
	Op     string `json:"op"` // "upsert" | "insert" | "update" | "delete" | ""
	Rows   int64  `json:"rows"`
	Calls  int64  `json:"calls"`
}

// Guard is the verdict of one rule on one item. Limit and Got are for people; N is the number that was held against the
// limit, and Of what a share is of. A guard that blocks may be overridden: By is who lets it pass, "--allow" or the place
// of an allow block, and Reason what was said about it.
type Guard struct {
	Rule       string `json:"rule"`
	Addr       string `json:"addr"`
	Limit      string `json:"limit"`
	Got        string `json:"got"`
	N          int64  `json:"n"`
	Of         int64  `json:"of,omitempty"`
	Note       string `json:"note,omitempty"` // what else there is to say: "40 of them in the last 24 hours"
	Blocked    bool   `json:"blocked"`
	Overridden bool   `json:"overridden"`
	By         string `json:"by,omitempty"`
	Reason     string `json:"reason,omitempty"`
	Where      string `json:"where"`
}

// Cost is in API calls. Left is nil where the org did not say, or where there are several orgs; Reserve is what is never
// to be used of it, nil where nothing is reserved.
type Cost struct {
	Used    Calls  `json:"used"`
	Needed  Calls  `json:"needed"`
	Left    *int64 `json:"left"`
	Reserve *int64 `json:"reserve"`
}

// Calls are API calls by API; Describe and Query are parts of Rest.
type Calls struct {
	Rest     int64 `json:"rest"`
	Bulk     int64 `json:"bulk"`
	Describe int64 `json:"describe,omitempty"`
	Query    int64 `json:"query,omitempty"`
}

// Diagnostic is a warning that belongs to the plan.
type Diagnostic struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	Detail   string `json:"detail"`
	Addr     string `json:"addr,omitempty"`
	Range    *Range `json:"range,omitempty"`

	// Keys are some of the rows it is about; tokens where KeysMasked.
	Keys       []string `json:"keys,omitempty"`
	KeysMasked bool     `json:"keys_masked,omitempty"`
}

// Range is a place in a configuration file; lines and columns count from 1.
type Range struct {
	File        string `json:"file"`
	StartLine   int    `json:"start_line"`
	StartColumn int    `json:"start_column"`
	EndLine     int    `json:"end_line"`
	EndColumn   int    `json:"end_column"`
}

// Empty tells whether an apply would write nothing to Salesforce, and this is known. Where live records were not read,
// it says nothing of drift.
func (p *Plan) Empty() bool {
	if p.Failed() {
		return false
	}
	for _, it := range p.Items {
		if it.Skipped != "" || it.Counts.Writes() > 0 || !it.Counts.Create.Known {
			return false
		}
	}
	return true
}

// Failed tells whether there is no plan: its diagnostics say why.
func (p *Plan) Failed() bool {
	return slices.ContainsFunc(p.Diagnostics, func(d Diagnostic) bool { return d.Severity == "error" })
}

// Notes tells whether an apply would change the snapshot alone.
func (p *Plan) Notes() int64 {
	var n int64
	for _, it := range p.Items {
		n += it.Counts.Notes() + it.Reasons["rewritten_by_salesforce"]
	}
	return n
}

// Blocked lists the guards that block the plan. Those of items that are left out do not.
func (p *Plan) Blocked() []Guard {
	var out []Guard
	for _, g := range p.Guards {
		if it := p.Item(g.Addr); g.Stands() && (it == nil || it.Skipped == "") {
			out = append(out, g)
		}
	}
	return out
}

// Stands tells whether a guard blocks its item: its limit is passed, and nobody allowed it.
func (g Guard) Stands() bool { return g.Blocked && !g.Overridden }

// LeftOut lists the items that an apply of the plan leaves out.
func (p *Plan) LeftOut() []*Item {
	var out []*Item
	for i := range p.Items {
		if p.Items[i].Skipped != "" {
			out = append(out, &p.Items[i])
		}
	}
	return out
}

// Item finds an item by address, nil where there is none.
func (p *Plan) Item(addr string) *Item {
	for i := range p.Items {
		if p.Items[i].Addr == addr {
			return &p.Items[i]
		}
	}
	return nil
}
