package dml

import (
	"fmt"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// Seed stores a record that no client could create: it asks for no permission and checks nothing. Fields that the object does
// not have are left out.
func (s *Session) Seed(object string, values map[string]store.Value) (string, error) {
	o := s.Schema.Object(object)
	if o == nil {
		return "", fmt.Errorf("seeding %s: no such object", object)
	}
	t := s.Tx.Rows(o.Name)
	seq, err := t.Next()
	if err != nil {
		return "", err
	}
	c := &change{object: o, seq: seq, id: sfid.Make(o.KeyPrefix, seq), input: &Input{Object: o}}
	for _, f := range o.Fields {
		if v := s.initial(o, f); v.Kind != store.Null {
			c.row = c.row.Set(f.Col, v)
		}
	}
	for name, v := range values {
		c.set(name, v)
	}
	if err := rule(s, c); err != nil {
		return "", err
	}
	if s.User == "" {
		s.User = c.id // the first user made itself
	}
	c.set("CreatedDate", store.At(s.Now.Unix()))
	c.set("CreatedById", store.String(s.User))
	s.stamp(c)
	return c.id, t.Insert(seq, c.row)
}
