package salesforce

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/canon"
)

// selection is the SELECT list of a read, and where its values go. A path may lead to a parent, as in
// Account.Code__c, and stands in the reply as an object within the record.
type selection struct {
	object string
	paths  []string
	root   node
	kinds  []providers.Canon // by slot

	id, match, modified, modifiedBy, deleted, master, converted int // slots; -1 where not selected
	fields                                                      []int
}

// node is one name of a path.
type node struct {
	name string
	slot int // -1 for a relationship
	kids []node
}

func newSelection(r providers.Read) (*selection, error) {
	s := &selection{object: r.Object.Name, modified: -1, modifiedBy: -1, deleted: -1, master: -1, converted: -1}
	s.id = s.add("Id", providers.Canon{Kind: providers.CanonID})
	kind, ok := r.By.Canon()
	if !ok {
		return nil, fmt.Errorf("read %s: records cannot be found by %s, a field of type %s", s.object, r.By.Name, r.By.Type)
	}
	s.match = s.add(r.By.Name, kind)
	for i := range r.Fields {
		f := &r.Fields[i]
		kind, ok := f.Canon()
		if !ok {
			return nil, fmt.Errorf("read %s: field %s of type %s has no single value", s.object, f.Name, f.Type)
		}
		at, soql := path(f)
		s.fields = append(s.fields, s.ask(at, soql, kind))
	}
	has := func(name string) bool { return r.Object.Field(name) != nil }
	if has("LastModifiedDate") {
		s.modified = s.add("LastModifiedDate", providers.Canon{Kind: providers.CanonDateTime})
	}
	if has("LastModifiedById") {
		s.modifiedBy = s.add("LastModifiedById", providers.Canon{Kind: providers.CanonID})
	}
	if r.Deleted && has("IsDeleted") {
		s.deleted = s.add("IsDeleted", providers.Canon{Kind: providers.CanonBool})
	}
	if r.Deleted && has("MasterRecordId") {
		s.master = s.add("MasterRecordId", providers.Canon{Kind: providers.CanonID})
	}
	if has("IsConverted") {
		s.converted = s.add("IsConverted", providers.Canon{Kind: providers.CanonBool})
	}
	return s, nil
}

// nameFields are the fields that can be read of a parent whatever it is (Object Reference, "Name").
var nameFields = []string{"Alias", "Email", "FirstName", "IsActive", "LastName", "Name", "Phone", "ProfileId", "Title", "Type", "Username", "UserRoleId"}

// path is where a field's value stands in a reply, and how SOQL asks for it: a reference to several objects is followed
// whatever the parent is, where every parent has the field, and by the parent's object otherwise.
func path(f *providers.Field) (at, soql string) {
	parent, object, name, ok := f.Parent()
	if !ok {
		return f.Name, f.Name
	}
	at = parent + "." + name
	if object == "" || slices.ContainsFunc(nameFields, func(n string) bool { return strings.EqualFold(n, name) }) {
		return at, at
	}
	return at, "TYPEOF " + parent + " WHEN " + object + " THEN " + name + " END"
}

// add selects a path once, whatever its case, and gives its slot.
func (s *selection) add(path string, kind providers.Canon) int { return s.ask(path, path, kind) }

// ask is add of a path that SOQL asks for in other words.
func (s *selection) ask(path, soql string, kind providers.Canon) int {
	n := &s.root
	for name := range strings.SplitSeq(path, ".") {
		n = n.kid(name)
	}
	if n.slot < 0 {
		n.slot = len(s.kinds)
		s.kinds = append(s.kinds, kind)
		s.paths = append(s.paths, soql)
	}
	return n.slot
}

func (n *node) kid(name string) *node {
	for i := range n.kids {
		if strings.EqualFold(n.kids[i].name, name) {
			return &n.kids[i]
		}
	}
	n.kids = append(n.kids, node{name: name, slot: -1})
	return &n.kids[len(n.kids)-1]
}

// find is kid for names of a reply, which nearly always have the case that was asked for.
func (n *node) find(name []byte) *node {
	for i := range n.kids {
		if string(name) == n.kids[i].name {
			return &n.kids[i]
		}
	}
	for i := range n.kids {
		if strings.EqualFold(string(name), n.kids[i].name) {
			return &n.kids[i]
		}
	}
	return nil
}

func (s *selection) soql() string {
	return "SELECT " + strings.Join(s.paths, ",") + " FROM " + s.object
}

// page is one reply to a query.
type page struct {
	total   int64
	done    bool
	next    string
	records []providers.Record
}

// page decodes a reply in one pass, without building what it holds.
func (s *selection) page(raw []byte) (page, error) {
	p := page{total: -1}
	dec := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true))
	if t, err := dec.ReadToken(); err != nil || t.Kind() != '{' {
		return p, fmt.Errorf("a page of records is not an object: %w", orShape(err))
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return p, err
		}
		switch key := name.String(); key {
		case "records":
			if err := s.records(dec, &p); err != nil {
				return p, err
			}
		default:
			v, err := dec.ReadValue()
			if err != nil {
				return p, err
			}
			if err := p.set(key, v); err != nil {
				return p, err
			}
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return p, err
	}
	if p.total < 0 || p.done != (p.next == "") {
		return p, fmt.Errorf("a page of records does not say how many there are")
	}
	return p, nil
}

func orShape(err error) error {
	if err == nil {
		return fmt.Errorf("unexpected form")
	}
	return err
}

func (p *page) set(key string, v jsontext.Value) (err error) {
	switch key {
	case "totalSize":
		p.total, err = strconv.ParseInt(string(v), 10, 64)
	case "done":
		p.done = string(v) == "true"
	case "nextRecordsUrl":
		var t providers.Text
		t, err = canon.FromJSON(v, providers.Canon{Kind: providers.CanonText})
		p.next = t.String
	}
	return err
}

func (s *selection) records(dec *jsontext.Decoder, p *page) error {
	if t, err := dec.ReadToken(); err != nil || t.Kind() != '[' {
		return fmt.Errorf("records are not a list: %w", orShape(err))
	}
	values := make([]providers.Text, len(s.kinds))
	if p.total > 0 {
		p.records = make([]providers.Record, 0, min(p.total, 2000))
	}
	for dec.PeekKind() == '{' {
		clear(values)
		if err := s.values(dec, &s.root, values); err != nil {
			return err
		}
		p.records = append(p.records, s.record(values))
	}
	_, err := dec.ReadToken()
	return err
}

// values fills the slots below n from the object that comes next.
func (s *selection) values(dec *jsontext.Decoder, n *node, out []providers.Text) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() == '"' {
		raw, err := dec.ReadValue()
		if err != nil {
			return err
		}
		kid := n.find(raw[1 : len(raw)-1])
		switch {
		case kid == nil:
			err = dec.SkipValue()
		case kid.slot < 0 && dec.PeekKind() == '{':
			err = s.values(dec, kid, out)
		case kid.slot < 0: // a parent that is not there
			err = dec.SkipValue()
		default:
			if raw, err = dec.ReadValue(); err == nil {
				if out[kid.slot], err = canon.FromJSON(raw, s.kinds[kid.slot]); err != nil {
					err = fmt.Errorf("%s: %w", kid.name, err)
				}
			}
		}
		if err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

func (s *selection) record(v []providers.Text) providers.Record {
	r := providers.Record{ID: v[s.id].String, Match: v[s.match], Values: make([]providers.Text, len(s.fields))}
	for i, slot := range s.fields {
		r.Values[i] = v[slot]
	}
	if s.modified >= 0 {
		// Canonical text of the kind always has this form; null leaves the zero time.
		r.ModifiedAt, _ = time.Parse(time.RFC3339, v[s.modified].String)
	}
	if s.modifiedBy >= 0 {
		r.ModifiedBy = v[s.modifiedBy].String
	}
	if s.deleted >= 0 {
		r.Deleted = v[s.deleted].String == "true"
	}
	if s.master >= 0 {
		r.MasterID = v[s.master].String
	}
	if s.converted >= 0 {
		r.Converted = v[s.converted].String == "true"
	}
	return r
}
