package emulator

import (
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/dml"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// What people do in the user interface, and SOAP but not REST offers, is done by the methods here, as the integration user.
// Each happens as a whole or not at all. An error that Salesforce would give has its code in front.

// Conversion says what becomes of a lead; the zero value makes a new account and a new contact.
type Conversion = dml.Conversion

// Converted are the ids of what a lead became.
type Converted = dml.Converted

// Merge merges one or two records of Account, Contact or Lead into a master: they go to the recycle bin with MasterRecordId
// set, and their children become the master's.
func (o *Org) Merge(master string, losers ...string) error {
	return o.edit(func(s *dml.Session) error { return s.Merge(master, losers) })
}

// Convert converts a lead.
func (o *Org) Convert(lead string, v Conversion) (Converted, error) {
	var out Converted
	err := o.edit(func(s *dml.Session) (err error) {
		out, err = s.Convert(lead, v)
		return err
	})
	return out, err
}

// Delete moves records to the recycle bin, with the children that Describe says go along.
func (o *Org) Delete(ids ...string) error {
	return o.edit(func(s *dml.Session) error {
		results, err := s.Delete(ids)
		for _, r := range results {
			if err == nil && r.Err != nil {
				err = r.Err
			}
		}
		return err
	})
}

// Undelete takes records out of the recycle bin, with the children that went with them.
func (o *Org) Undelete(ids ...string) error { return o.each(ids, (*dml.Session).Undelete) }

// Purge removes records for good, as emptying the recycle bin does: queryAll does not show them any more. Records that are not
// in the bin yet are deleted first.
func (o *Org) Purge(ids ...string) error { return o.each(ids, (*dml.Session).Purge) }

func (o *Org) each(ids []string, fn func(*dml.Session, string) error) error {
	return o.edit(func(s *dml.Session) error {
		for _, id := range ids {
			if err := fn(s, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// edit runs a change as the integration user.
func (o *Org) edit(fn func(*dml.Session) error) error {
	return o.db.Update(func(tx *store.Tx) error {
		return fn(&dml.Session{Schema: o.schema, Tx: tx, User: o.user, Now: o.opts.Now(), Rewrite: o.opts.Rewrite})
	})
}
