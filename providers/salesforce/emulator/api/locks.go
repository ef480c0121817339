package api

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/dml"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// locks are the parents that requests in flight have locked. Salesforce locks a campaign while members of it are written, and
// a detail's master likewise, and a second request fails when it has waited ten seconds (Record Locking Cheat Sheet). Here it
// fails at once, where the org is asked to be strict.
type locks struct {
	mu   sync.Mutex
	held map[string]bool
}

// take locks all of some records, or says which of them are locked.
func (l *locks) take(ids []string) (release func(), busy []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range ids {
		if l.held[id] {
			busy = append(busy, id)
		}
	}
	if len(busy) > 0 {
		return nil, busy
	}
	if l.held == nil {
		l.held = map[string]bool{}
	}
	for _, id := range ids {
		l.held[id] = true
	}
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, id := range ids {
			delete(l.held, id)
		}
	}, nil
}

// locked is the error of every row of a request that finds a parent locked: one locked record fails its whole batch.
func locked(busy []string) *apierror.Error {
	return apierror.New("UNABLE_TO_LOCK_ROW", "%s", fmt.Sprintf("unable to obtain exclusive access to this record or %d records: %s", len(busy), strings.Join(busy, ",")))
}

// masters are the fields whose parents are locked when a record is written.
func masters(o *schema.Object) []*schema.Field {
	var out []*schema.Field
	for _, f := range o.Fields {
		if f.Type == "reference" && (f.CascadeDelete || o.Name == "CampaignMember" && f.Name == "CampaignId") {
			out = append(out, f)
		}
	}
	return out
}

// hold locks the parents of the records of a request, which are given as rows or by id.
func (a *API) hold(c *Call, rows []dml.Input, ids []string) (release func(), bad *apierror.Error, err error) {
	if !a.StrictLocks {
		return func() {}, nil, nil
	}
	var parents []string
	err = a.view(c, func(tx *store.Tx) error {
		s := a.session(c, tx)
		stored := func(id string) {
			full, _ := sfid.Full(id)
			o := a.Schema.ByPrefix(sfid.Prefix(full))
			seq, ok := sfid.Seq(full)
			if o == nil || !ok {
				return
			}
			if raw, ok := tx.Rows(o.Name).Get(seq); ok {
				for _, f := range masters(o) {
					parents = append(parents, raw.Get(f.Col).Text)
				}
			}
		}
		for i := range rows {
			in := &rows[i]
			if in.ID != "" {
				stored(in.ID)
			}
			for _, f := range masters(in.Object) {
				if v, ok := in.Value(f); ok {
					parents = append(parents, v.Text)
				}
				for _, p := range in.Parents {
					if p.Field == f {
						parents = append(parents, s.Find(p.Object, p.Key, p.Value)...)
					}
				}
			}
		}
		for _, id := range ids {
			stored(id)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	slices.Sort(parents)
	parents = slices.DeleteFunc(slices.Compact(parents), func(id string) bool { return id == "" })
	release, busy := a.locks.take(parents)
	if len(busy) > 0 {
		return func() {}, locked(busy), nil
	}
	return release, nil, nil
}
