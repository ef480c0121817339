package emulator

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/query"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// Dump writes the org's live records as JSON that two orgs with the same content share, whatever happened in between: without
// ids, without the dates and users that the system keeps, records in the order of their content, one a line. A reference is
// written as the parent's object and its external id, else its name. Records of the setup (Organization, Profile, RecordType,
// Group, User, CurrencyType, AssignmentRule) are left out, and values that are null or false too.
func (o *Org) Dump(ctx context.Context, w io.Writer) error {
	return o.db.View(func(tx *store.Tx) error {
		objects := slices.Clone(o.schema.Objects)
		slices.SortFunc(objects, func(a, b *schema.Object) int { return strings.Compare(a.Name, b.Name) })
		b := []byte("{")
		first := true
		for _, obj := range objects {
			switch obj.Name {
			case "Organization", "Profile", "RecordType", "Group", "User", "CurrencyType", "AssignmentRule":
				continue
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			var lines []string
			tx.Rows(obj.Name).Scan(0, func(_ uint64, raw store.Raw) bool {
				lines = append(lines, string(o.dumpRecord(nil, tx, obj, raw)))
				return true
			})
			if len(lines) == 0 {
				continue
			}
			if !first {
				b = append(b, ',')
			}
			first = false
			slices.Sort(lines)
			b = append(b, '\n')
			b = append(schema.Quote(b, obj.Name), ": [\n"...)
			b = append(b, strings.Join(lines, ",\n")...)
			b = append(b, "\n]"...)
			if _, err := w.Write(b); err != nil {
				return fmt.Errorf("writing the dump: %w", err)
			}
			b = b[:0]
		}
		if _, err := w.Write(append(b, "\n}\n"...)); err != nil {
			return fmt.Errorf("writing the dump: %w", err)
		}
		return nil
	})
}

func (o *Org) dumpRecord(b []byte, tx *store.Tx, obj *schema.Object, raw store.Raw) []byte {
	b = append(b, '{')
	for _, f := range obj.Fields {
		switch f.Name {
		case "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp":
			continue
		}
		if f.Computed() || f.AutoNumber || obj.Custom && f.NameField && o.isID(obj, raw.Get(f.Col).Text) {
			continue
		}
		v := raw.Get(f.Col)
		if v.Kind == store.Null || v.Kind == store.False {
			continue
		}
		if len(b) > 1 {
			b = append(b, ", "...)
		}
		b = append(schema.Quote(b, f.Name), ": "...)
		if f.Type == "reference" {
			b = schema.Quote(b, o.describeRecord(tx, v.Text))
			continue
		}
		b = query.AppendField(b, obj, f, raw, v)
	}
	return append(b, '}')
}

// isID reports whether a record's name is only its own id, which it got for want of another.
func (o *Org) isID(obj *schema.Object, name string) bool {
	_, ok := sfid.Seq(name)
	return ok && sfid.Prefix(name) == obj.KeyPrefix
}

// describeRecord names a record without its id.
func (o *Org) describeRecord(tx *store.Tx, id string) string {
	obj := o.schema.ByPrefix(sfid.Prefix(id))
	seq, ok := sfid.Seq(id)
	if obj == nil || !ok {
		return "unknown"
	}
	raw, ok := tx.Rows(obj.Name).Get(seq)
	if !ok {
		return obj.Name + " deleted"
	}
	var best *schema.Field
	rank := func(f *schema.Field) int {
		switch {
		case f.Computed() || f.Type == "reference" || f.AutoNumber || raw.Get(f.Col).Kind == store.Null:
			return 0
		case f.ExternalID && f.Unique:
			return 4
		case f.ExternalID || f.Unique:
			return 3
		case f.IDLookup && !o.isID(obj, raw.Get(f.Col).Text):
			return 2
		case f.NameField && !o.isID(obj, raw.Get(f.Col).Text):
			return 1
		}
		return 0
	}
	top := 0
	for _, f := range obj.Fields {
		if r := rank(f); r > top {
			best, top = f, r
		}
	}
	if best == nil {
		return obj.Name
	}
	return obj.Name + " " + best.Name + "=" + raw.Get(best.Col).Text
}
