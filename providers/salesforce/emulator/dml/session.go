package dml

import (
	"slices"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// Session changes records in one transaction, for one user. The rows of one call are one chunk: parents and upsert keys are
// resolved for all of them before the first is saved, as Salesforce does for up to 200 rows. Errors of rows are in their
// results; the error of a call means that the transaction must be given up.
type Session struct {
	Schema  *schema.Schema
	Tx      *store.Tx
	User    string // 18 character id
	Now     time.Time
	Rewrite func(object string, rec map[string]any) // nil, or a trigger that runs before a record is stored

	Assign    string // Sforce-Auto-Assign: TRUE, which "" means too, FALSE, or the id of a rule
	AllowSave bool   // Sforce-Duplicate-Rule-Header: rules that only warn do not stop a row
}

// Result is the outcome of one row.
type Result struct {
	ID      string
	Created bool
	Err     *apierror.Error
}

// Create inserts records.
func (s *Session) Create(rows []Input) ([]Result, error) {
	results := make([]Result, len(rows))
	for i := range rows {
		if rows[i].HasID && rows[i].ID != "" {
			results[i].Err = apierror.New("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call").On("Id")
			continue
		}
		results[i].Err = s.parents(&rows[i])
	}
	for i := range rows {
		if results[i].Err == nil {
			if err := s.create(&rows[i], &results[i]); err != nil {
				return nil, err
			}
		}
	}
	return results, nil
}

// Update changes records by id.
func (s *Session) Update(rows []Input) ([]Result, error) {
	results := make([]Result, len(rows))
	uses := map[string]int{}
	for i := range rows {
		if full, ok := sfid.Full(rows[i].ID); ok {
			uses[full]++
		}
	}
	for i := range rows {
		full, ok := sfid.Full(rows[i].ID)
		switch {
		case rows[i].ID == "":
			results[i].Err = apierror.New("MISSING_ARGUMENT", "Id not specified in an update call")
		case !ok:
			results[i].Err = apierror.New("MALFORMED_ID", "malformed id %s", rows[i].ID).On("Id")
		case sfid.Prefix(full) != rows[i].Object.KeyPrefix:
			results[i].Err = apierror.New("MALFORMED_ID", "%s: id value of incorrect type: %s", rows[i].Object.Field("Id").Label, rows[i].ID).On("Id")
		case uses[full] > 1:
			results[i].Err = apierror.New("DUPLICATE_VALUE", "Duplicate id specified: %s", full)
		default:
			results[i].Err = s.parents(&rows[i])
		}
	}
	for i := range rows {
		if results[i].Err == nil {
			if err := s.update(&rows[i], rows[i].ID, &results[i]); err != nil {
				return nil, err
			}
		}
	}
	return results, nil
}

// Upsert updates the record whose key field has the row's value, or creates one. The key is an external id, an idLookup field
// or Id. With updateOnly a row that matches nothing fails.
func (s *Session) Upsert(key *schema.Field, rows []Input, updateOnly bool) ([]Result, error) {
	results := make([]Result, len(rows))
	target := make([]string, len(rows))
	uses := map[string]int{}
	name := func(in *Input) (value store.Value, text string) {
		if key.Name == "Id" {
			full, _ := sfid.Full(in.ID)
			return store.String(full), full
		}
		v, _ := in.Value(key)
		return v, matchText(key, v)
	}
	for i := range rows {
		if _, text := name(&rows[i]); text != "" {
			uses[text]++
		}
	}
	for i := range rows {
		in := &rows[i]
		v, text := name(in)
		switch {
		case key.Name != "Id" && in.HasID && in.ID != "":
			results[i].Err = apierror.New("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify both an external ID reference %s and a salesforce id, in an upsert call", key.Name).On("Id")
		case key.Name == "Id" && in.ID != "" && text == "":
			results[i].Err = apierror.New("MALFORMED_ID", "malformed id %s", in.ID).On("Id")
		case key.Name == "Id" && text != "" && sfid.Prefix(text) != in.Object.KeyPrefix:
			results[i].Err = apierror.New("MALFORMED_ID", "%s: id value of incorrect type: %s", key.Label, in.ID).On("Id")
		case key.Name != "Id" && text == "" && !s.badKey(in, key, &results[i]):
			results[i].Err = apierror.New("MISSING_ARGUMENT", "%s not specified", key.Name)
		case results[i].Err != nil:
		case uses[text] > 1:
			results[i].Err = apierror.New("DUPLICATE_VALUE", "Duplicate external id specified: %s", v.Text).On(key.Name)
		default:
			if target[i], results[i].Err = s.match(in.Object, key, v); results[i].Err == nil {
				results[i].Err = s.parents(in)
			}
		}
	}
	for i := range rows {
		if results[i].Err != nil {
			continue
		}
		var err error
		switch {
		case target[i] != "":
			err = s.update(&rows[i], target[i], &results[i])
		case updateOnly:
			results[i].Err = apierror.NotFound()
		default:
			results[i].Created = true
			err = s.create(&rows[i], &results[i])
		}
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}

// badKey moves the error of a key value that cannot be stored to the result.
func (s *Session) badKey(in *Input, key *schema.Field, r *Result) bool {
	for _, a := range in.Values {
		if a.Field == key && a.Bad != nil {
			r.Err = a.Bad
		}
	}
	return r.Err != nil
}

// match finds the one record that a key names: "" for none.
func (s *Session) match(o *schema.Object, key *schema.Field, v store.Value) (string, *apierror.Error) {
	if key.Name == "Id" {
		return v.Text, nil
	}
	found := s.Find(o, key, v)
	switch len(found) {
	case 0:
		return "", nil
	case 1:
		return found[0], nil
	}
	return "", apierror.New("DUPLICATE_EXTERNAL_ID", "%s: more than one record found for external id field: [%s]", key.Name, strings.Join(found, ", ")).On(key.Name)
}

// Find gives the ids of the live records whose key field has the value. A custom external id that is not unique matches
// exactly, every other key as its field compares.
func (s *Session) Find(o *schema.Object, key *schema.Field, v store.Value) []string {
	t := s.Tx.Rows(o.Name)
	if key.Name == "Id" {
		if seq, ok := sfid.Seq(v.Text); ok && sfid.Prefix(v.Text) == o.KeyPrefix {
			if _, ok := t.Get(seq); ok {
				return []string{sfid.Make(o.KeyPrefix, seq)}
			}
		}
		return nil
	}
	var ids []string
	for _, seq := range t.Lookup(key.Col, v, 0) {
		if exact(key) {
			if raw, ok := t.Get(seq); !ok || raw.Get(key.Col) != v {
				continue
			}
		}
		ids = append(ids, sfid.Make(o.KeyPrefix, seq))
	}
	return ids
}

func exact(key *schema.Field) bool { return key.CaseSensitive || key.Custom && !key.Unique }

// matchText is equal for the values that name the same record.
func matchText(key *schema.Field, v store.Value) string {
	if v.Kind == store.Text && !exact(key) {
		return strings.ToLower(v.Text)
	}
	return v.Text
}

// parents turns the row's parents into ids.
func (s *Session) parents(in *Input) *apierror.Error {
	if in.Err != nil {
		return in.Err
	}
	for _, p := range in.Parents {
		found := s.Find(p.Object, p.Key, p.Value)
		switch len(found) {
		case 0:
			return apierror.New("INVALID_FIELD", "Foreign key external ID: %s not found for field %s in entity %s",
				p.Value.Text, p.Key.Name, p.Object.Name)
		case 1:
			in.Assign(p.Field, store.String(found[0]))
		default:
			return apierror.New("INVALID_FIELD", "More than one record found for external id field: %s, value: %s, in entity %s",
				p.Key.Name, p.Value.Text, p.Object.Name)
		}
	}
	return nil
}

// reference checks that an id names a record which a field of the object may point to.
func (s *Session) reference(of *schema.Object, f *schema.Field, id string) *apierror.Error {
	o := s.Schema.ByPrefix(sfid.Prefix(id))
	if o == nil || !slices.ContainsFunc(f.ReferenceTo, func(to string) bool { return strings.EqualFold(to, o.Name) }) {
		if o == nil && !s.known(f) {
			return apierror.New("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id").On(f.Name)
		}
		return wrongID(f, id)
	}
	t := s.Tx.Rows(o.Name)
	if seq, ok := sfid.Seq(id); ok {
		if raw, ok := t.Get(seq); ok {
			if err := readOnly(o, raw.Row()); err != nil {
				return err
			}
			switch {
			case o.Name == "RecordType":
				return recordType(of, s.Schema.Object("CampaignMember"), f, id)
			case f.Name == "OwnerId":
				return owner(of, f, o, raw, id)
			}
			return nil
		}
		if _, ok := t.Deleted(seq); ok {
			return apierror.New("ENTITY_IS_DELETED", "entity is deleted").On(f.Name)
		}
	}
	return apierror.New("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id").On(f.Name)
}

// known reports whether the org has every object that the field may point to.
func (s *Session) known(f *schema.Field) bool {
	return !slices.ContainsFunc(f.ReferenceTo, func(to string) bool { return s.Schema.Object(to) == nil })
}

// recordType checks that a record type is one of the object's, and one that the user may give to records. A campaign also
// says which record type its members get.
func recordType(of, members *schema.Object, f *schema.Field, id string) *apierror.Error {
	if f.Name == "CampaignMemberRecordTypeId" {
		of = members
	}
	for _, rt := range of.RecordTypes {
		if rt.ID == id && rt.Active && rt.Available {
			return nil
		}
	}
	return apierror.New("INVALID_CROSS_REFERENCE_KEY", "%s: this ID value isn't valid for the user: %s", f.Label, id).On(f.Name)
}

// owner checks that an owner is an active user, or a queue and no other group.
func owner(of *schema.Object, f *schema.Field, o *schema.Object, raw store.Raw, id string) *apierror.Error {
	switch o.Name {
	case "User":
		if raw.Get(o.Field("IsActive").Col).Kind != store.True {
			return apierror.New("INACTIVE_OWNER_OR_USER", "operation performed with inactive user [%s] as owner of %s",
				id, strings.ToLower(of.Name)).On(f.Name)
		}
	case "Group":
		if raw.Get(o.Field("Type").Col).Text != "Queue" { // likely: the code is not recorded
			return apierror.New("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id").On(f.Name)
		}
	}
	return nil
}
