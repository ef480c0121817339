package dml

import (
	"slices"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// Undelete takes a record out of the recycle bin, with the children that went with it. References of other records to it
// that were cleared stay so. REST has no such call; SOAP's undelete() does this.
func (s *Session) Undelete(id string) error {
	r, bad := s.locate(id)
	if bad != nil {
		return bad
	}
	raw, gone := s.Tx.Rows(r.object.Name).Deleted(r.seq)
	if !gone || raw.Get(r.object.DeletedWith).Kind != store.Null || !r.object.Undeletable {
		return apierror.New("UNDELETE_FAILED", "entity is not in recycle bin")
	}
	for _, x := range append([]record{r}, s.along(r)...) {
		t := s.Tx.Rows(x.object.Name)
		raw, _ := t.Deleted(x.seq)
		c := &change{object: x.object, seq: x.seq, id: x.id(), row: slices.Clone(raw.Row())}
		c.row = c.row.Set(x.object.DeletedWith, store.Value{})
		c.set("MasterRecordId", store.Value{})
		if err := s.unique(c); err != nil {
			return err
		}
		s.stamp(c)
		if err := t.Restore(x.seq, c.row); err != nil {
			return err
		}
		if r.object.Name == "Campaign" {
			continue // it kept its counts
		}
		if err := s.tally(x.object, nil, c.row); err != nil {
			return err
		}
	}
	return nil
}

// Purge removes a record for good, whether it is in the recycle bin or not, and its children with it: queryAll does not
// show it any more.
func (s *Session) Purge(id string) error {
	r, bad := s.locate(id)
	if bad != nil {
		return bad
	}
	t := s.Tx.Rows(r.object.Name)
	if _, live := t.Get(r.seq); live {
		res, err := s.delete(id)
		if err != nil {
			return err
		}
		if res.Err != nil {
			return res.Err
		}
	}
	if _, gone := t.Deleted(r.seq); !gone {
		return apierror.At(404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
	}
	for _, x := range append(s.along(r), r) {
		if err := s.Tx.Rows(x.object.Name).Purge(x.seq); err != nil {
			return err
		}
	}
	return nil
}

// along finds the records that went into the recycle bin with another one.
func (s *Session) along(r record) []record {
	id := store.String(r.id())
	var out []record
	seen := map[*schema.Object]bool{}
	var visit func(o *schema.Object)
	visit = func(o *schema.Object) {
		for _, c := range o.Children {
			child := s.Schema.Object(c.Object)
			if !c.Cascade || seen[child] {
				continue
			}
			seen[child] = true
			s.Tx.Rows(child.Name).ScanDeleted(0, func(seq uint64, raw store.Raw) bool {
				if raw.Get(child.DeletedWith) == id {
					out = append(out, record{child, seq})
				}
				return true
			})
			visit(child)
		}
	}
	visit(r.object)
	return out
}
