package dml

import (
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// Delete moves records to the recycle bin, together with the children that Describe says are deleted with them.
func (s *Session) Delete(ids []string) ([]Result, error) {
	results := make([]Result, len(ids))
	for i, id := range ids {
		var err error
		if results[i], err = s.delete(id); err != nil {
			return nil, err
		}
	}
	return results, nil
}

func (s *Session) delete(id string) (Result, error) {
	r, row, bad := s.live(id)
	if bad != nil {
		return Result{Err: bad}, nil
	}
	o, seq := r.object, r.seq
	if f := o.Field("IsPersonAccount"); f != nil && o.Name == "Contact" && row.Get(f.Col).Kind == store.True {
		return Result{Err: apierror.New("INVALID_PERSON_ACCOUNT_OPERATION", "a person contact is deleted through its account")}, nil
	}
	if !o.Deletable {
		return Result{Err: apierror.New("INSUFFICIENT_ACCESS_OR_READONLY", "entity type cannot be deleted: %s", o.Name)}, nil
	}
	w := &sweep{s: s, seen: map[record]bool{}}
	if err := w.collect(record{o, seq}); err != nil {
		return Result{Err: err}, nil
	}
	if err := w.run(); err != nil {
		return Result{}, err
	}
	return Result{ID: sfid.Make(o.KeyPrefix, seq)}, nil
}

// locate finds the object and the number that an id names, whether there is such a record or not.
func (s *Session) locate(id string) (record, *apierror.Error) {
	full, ok := sfid.Full(trim(id))
	if !ok {
		return record{}, apierror.New("MALFORMED_ID", "malformed id %s", id)
	}
	o := s.Schema.ByPrefix(sfid.Prefix(full))
	if o == nil {
		return record{}, apierror.New("MALFORMED_ID", "bad id %s", id)
	}
	seq, ok := sfid.Seq(full)
	if !ok {
		return record{}, apierror.At(404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
	}
	return record{o, seq}, nil
}

// live reads the record that an id names.
func (s *Session) live(id string) (record, store.Row, *apierror.Error) {
	r, err := s.locate(id)
	if err != nil {
		return r, nil, err
	}
	t := s.Tx.Rows(r.object.Name)
	if raw, ok := t.Get(r.seq); ok {
		return r, raw.Row(), nil
	}
	if _, gone := t.Deleted(r.seq); gone {
		return r, nil, apierror.At(404, "ENTITY_IS_DELETED", "entity is deleted")
	}
	return r, nil, apierror.At(404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
}

// record is one record of an object.
type record struct {
	object *schema.Object
	seq    uint64
}

func (r record) id() string { return sfid.Make(r.object.KeyPrefix, r.seq) }

// link is a reference to a record that is being deleted, in one that stays.
type link struct {
	record
	field *schema.Field
}

// sweep collects what one deletion takes along.
type sweep struct {
	s     *Session
	seen  map[record]bool
	order []record
	links []link
}

// collect adds a record and its children, and refuses if one of them must not lose its parent.
func (w *sweep) collect(r record) *apierror.Error {
	if w.seen[r] {
		return nil
	}
	w.seen[r] = true
	w.order = append(w.order, r)
	id := store.String(r.id())
	for _, c := range r.object.Children {
		child := w.s.Schema.Object(c.Object)
		field := child.Field(c.Field)
		t := w.s.Tx.Rows(child.Name)
		if indexed, _ := t.Indexed(field.Col); !indexed {
			continue
		}
		found := t.Lookup(field.Col, id, 0)
		if len(found) > 0 && c.Restricted && !c.Cascade {
			return w.refuse(r, child, found)
		}
		for _, seq := range found {
			if !c.Cascade {
				w.links = append(w.links, link{record{child, seq}, field})
				continue
			}
			if err := w.collect(record{child, seq}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *sweep) refuse(r record, child *schema.Object, found []uint64) *apierror.Error {
	var names []string
	t := w.s.Tx.Rows(child.Name)
	for _, seq := range found {
		name := sfid.Make(child.KeyPrefix, seq)
		if f := child.NameField(); f != nil {
			if raw, ok := t.Get(seq); ok && raw.Get(f.Col).Text != "" {
				name = raw.Get(f.Col).Text
			}
		}
		names = append(names, name)
	}
	what := sfid.Make(r.object.KeyPrefix, r.seq)
	if f := r.object.NameField(); f != nil {
		if raw, ok := w.s.Tx.Rows(r.object.Name).Get(r.seq); ok {
			what = raw.Get(f.Col).Text
		}
	}
	return apierror.New("DELETE_FAILED", "Your attempt to delete %s could not be completed because it is associated with the following %s.: %s\n",
		what, strings.ToLower(child.LabelPlural), strings.Join(names, ", "))
}

// run deletes what was collected and clears the references of what stays. Such a clearing is not a change of the record that
// anybody made, so its dates stay.
func (w *sweep) run() error {
	for _, l := range w.links {
		if w.seen[l.record] {
			continue
		}
		t := w.s.Tx.Rows(l.object.Name)
		raw, ok := t.Get(l.seq)
		if !ok {
			continue
		}
		old := raw.Row()
		row := slices.Clone(old).Set(l.field.Col, store.Value{})
		if err := t.Update(l.seq, old, row); err != nil {
			return err
		}
	}
	for i, r := range w.order {
		t := w.s.Tx.Rows(r.object.Name)
		raw, ok := t.Get(r.seq)
		if !ok {
			continue
		}
		old := raw.Row()
		c := &change{object: r.object, old: old, row: slices.Clone(old)}
		w.s.stamp(c)
		if i > 0 {
			c.row = c.row.Set(r.object.DeletedWith, store.String(w.order[0].id()))
		}
		if err := t.Delete(r.seq, old, c.row); err != nil {
			return err
		}
		if err := w.s.tally(r.object, old, nil); err != nil {
			return err
		}
	}
	return nil
}
