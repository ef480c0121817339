package dml

import (
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// alike applies the duplicate rules: a rule that blocks refuses the record, one that warns does so unless the request allows to
// save (REST API Developer Guide, "Duplicate Rule Header").
func (s *Session) alike(c *change) *apierror.Error {
	for _, r := range s.Schema.Duplicates {
		o := s.Schema.Object(r.Object)
		if o != c.object || c.old != nil && !r.Edits || s.AllowSave && !r.Block {
			continue
		}
		if found := s.similar(c, r); len(found) > 0 {
			err := apierror.New("DUPLICATES_DETECTED", "Use one of these records?")
			err.Extra = string(describeDuplicates(r, o, found))
			return err
		}
	}
	return nil
}

// similar finds the other records with the values that the rule compares. An update that leaves them as they were is not looked
// at.
func (s *Session) similar(c *change, r schema.DuplicateRule) []string {
	t := s.Tx.Rows(c.object.Name)
	var fields []*schema.Field
	var index *schema.Field
	changed := c.old == nil
	for _, name := range r.Fields {
		f := c.object.Field(name)
		v := c.row.Get(f.Col)
		if v.Kind == store.Null {
			return nil
		}
		changed = changed || c.old.Get(f.Col) != v
		fields = append(fields, f)
		if indexed, fold := t.Indexed(f.Col); indexed && (fold || !f.Text()) {
			index = f
		}
	}
	if !changed {
		return nil
	}
	var found []string
	test := func(seq uint64, raw store.Raw) {
		if c.old != nil && seq == c.seq {
			return
		}
		for _, f := range fields {
			is, want := raw.Get(f.Col), c.row.Get(f.Col)
			if is != want && (is.Kind != store.Text || !strings.EqualFold(is.Text, want.Text)) {
				return
			}
		}
		found = append(found, sfid.Make(c.object.KeyPrefix, seq))
	}
	if index != nil {
		for _, seq := range t.Lookup(index.Col, c.row.Get(index.Col), 0) {
			if raw, ok := t.Get(seq); ok {
				test(seq, raw)
			}
		}
		return found
	}
	t.Scan(0, func(seq uint64, raw store.Raw) bool {
		test(seq, raw)
		return true
	})
	return found
}

// describeDuplicates writes what was found as a single-row answer shows it, with Salesforce's own spelling.
func describeDuplicates(r schema.DuplicateRule, o *schema.Object, found []string) []byte {
	b := []byte(`"duplicateResut":{"allowSave":`)
	if r.Block {
		b = append(b, "false"...)
	} else {
		b = append(b, "true"...)
	}
	b = schema.Quote(append(b, `,"duplicateRule":`...), r.Name)
	b = schema.Quote(append(b, `,"duplicateRuleEntityType":`...), o.Name)
	b = append(b, `,"errorMessage":"Use one of these records?","matchResults":[{"entityType":`...)
	b = schema.Quote(b, o.Name)
	b = append(b, `,"errors":[],"matchEngine":"ExactMatchEngine","matchRecords":[`...)
	for i, id := range found {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"additionalInformation":[],"fieldDiffs":[],"matchConfidence":100.0,"record":{"attributes":{"type":`...)
		b = schema.Quote(b, o.Name)
		b = schema.Quote(append(b, `},"Id":`...), id)
		b = append(b, "}}"...)
	}
	b = schema.Quote(append(b, `],"rule":`...), r.Name)
	b = append(b, `,"size":`...)
	b = strconv.AppendInt(b, int64(len(found)), 10)
	return append(b, `,"success":true}]}`...)
}
