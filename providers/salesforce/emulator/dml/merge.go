package dml

import (
	"slices"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// maxLosers is how many records one merge takes beside the master (SOAP API Developer Guide, "merge()").
const maxLosers = 2

// Merge merges up to two records into a master of the same object: they go to the recycle bin with MasterRecordId set, and
// their children become the master's. The master keeps its own values.
func (s *Session) Merge(master string, losers []string) error {
	m, _, bad := s.live(master)
	if bad != nil {
		return bad
	}
	if !m.object.Mergeable {
		return apierror.New("INVALID_TYPE_FOR_OPERATION", "entity type %s does not support merge", m.object.Name)
	}
	if len(losers) < 1 || len(losers) > maxLosers {
		return apierror.New("NUMBER_OUTSIDE_VALID_RANGE", "a merge takes one or two records besides the master, not %d", len(losers))
	}
	for _, id := range losers {
		l, row, bad := s.live(id)
		switch {
		case bad != nil:
			return bad
		case l.object != m.object:
			return apierror.New("INVALID_ID_FIELD", "%s is not a record of %s", id, m.object.Name)
		case l == m:
			return apierror.New("INVALID_ID_FIELD", "a record cannot be merged into itself: %s", id)
		}
		if err := readOnly(l.object, row); err != nil {
			return err
		}
		if err := s.adopt(l, m); err != nil {
			return err
		}
		// Moving its own children may have changed the loser.
		if _, row, bad = s.live(id); bad != nil {
			return bad
		}
		c := &change{object: l.object, old: row, row: slices.Clone(row)}
		c.set("MasterRecordId", store.String(m.id()))
		s.stamp(c)
		if err := s.Tx.Rows(l.object.Name).Delete(l.seq, row, c.row); err != nil {
			return err
		}
	}
	_, old, bad := s.live(master) // moving children may have changed it too
	if bad != nil {
		return bad
	}
	c := &change{object: m.object, old: old, row: slices.Clone(old)}
	s.stamp(c)
	return s.Tx.Rows(m.object.Name).Update(m.seq, old, c.row)
}

// adopt makes every child of one record the child of another one. Nobody changed the children themselves, so their dates
// stay. A person who is a member of the same campaign twice then keeps one membership.
func (s *Session) adopt(from, to record) error {
	was, is := store.String(from.id()), store.String(to.id())
	for _, c := range from.object.Children {
		child := s.Schema.Object(c.Object)
		f := child.Field(c.Field)
		t := s.Tx.Rows(child.Name)
		if indexed, _ := t.Indexed(f.Col); !indexed || f.Name == "MasterRecordId" {
			continue
		}
		for _, seq := range t.Lookup(f.Col, was, 0) {
			raw, ok := t.Get(seq)
			if !ok {
				continue
			}
			old := raw.Row()
			target := is
			switch {
			case child == to.object && seq == to.seq:
				target = store.Value{} // the master was its child
			case child.Name == "CampaignMember" && s.member(child, f, old, is):
				if _, err := s.delete(record{child, seq}.id()); err != nil {
					return err
				}
				continue
			}
			moved := &change{object: child, seq: seq, old: old, row: slices.Clone(old).Set(f.Col, target)}
			if child.Name == "CampaignMember" {
				s.mirror(moved)
			}
			if err := t.Update(seq, old, moved.row); err != nil {
				return err
			}
		}
	}
	return nil
}

// member reports whether a person is a member already of the campaign that a membership is of.
func (s *Session) member(o *schema.Object, person *schema.Field, row store.Row, id store.Value) bool {
	campaign := o.Field("CampaignId")
	t := s.Tx.Rows(o.Name)
	for _, seq := range t.Lookup(person.Col, id, 0) {
		if raw, ok := t.Get(seq); ok && raw.Get(campaign.Col) == row.Get(campaign.Col) {
			return true
		}
	}
	return false
}
