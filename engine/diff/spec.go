// Package diff compares what a model wants with what was last confirmed written and with what Salesforce holds now.
// The comparison is SQL, run by the workspace: one template (diff.sql), filled in for one sync and one dialect.
// This process streams only keys to look up and the rows that change.
package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/providers"
)

// Spec is one sync as the template sees it.
type Spec struct {
	N        int // makes the names of temporary tables different between items
	Relation providers.Relation
	Zone     string
	Keys     []providers.Column // primary key, in order
	Fields   []Field
	Match    int // index into Fields
	Fold     bool
	Refresh  bool

	// Computed gives, by their SQL, the columns of the relation that hold what Raw values compute; a Raw value that is
	// not in it is computed in place.
	Computed map[string]string

	// Self is the user id that writes: what it changed last, and not after our write, nobody else has touched.
	Self string

	// Creates tells whether a row without a record may be created. It may not where records are matched by Id.
	Creates bool

	// Parents are the fields that name parents.
	Parents []Parent

	Snapshot Snapshot
}

// Field is one mapped field.
type Field struct {
	providers.Field                  // as Describe shows it; the name of a parent's field has a dot
	Value           lang.Expr        // what the mapping says
	Raw             providers.Column // type of a Raw value
	ReadOnly        bool             // compared, never written: the record id
}

// Snapshot says where the last confirmed rows are.
type Snapshot struct {
	Table   string          // qualified and quoted; "" where there is none yet
	Fields  map[string]bool // names of the fields that it has columns for, lower case
	Current bool            // its fingerprints have this dialect's stamp and these fields
}

// The columns of a snapshot table apart from the fields' own.
const (
	ColKey        = "key"
	ColRecordID   = "record_id"
	ColOrigin     = "origin"
	ColAt         = "confirmed_at"
	ColWrote      = "wrote" // the fields of the last confirmed write, each between bars
	ColFP         = "fp"
	ColRaw        = "raw" // fingerprint of the mapping and of what it read from the model
	ColGeneration = "generation"
	ColRun        = "run"
)

// Fixed lists these columns in order, with their types.
func Fixed() []providers.Column {
	return []providers.Column{
		{Name: ColKey, Type: providers.TypeText},
		{Name: ColRecordID, Type: providers.TypeText},
		{Name: ColOrigin, Type: providers.TypeText},
		{Name: ColAt, Type: providers.TypeInstant},
		{Name: ColWrote, Type: providers.TypeText},
		{Name: ColFP, Type: providers.TypeInt},
		{Name: ColRaw, Type: providers.TypeInt},
		{Name: ColGeneration, Type: providers.TypeInt},
		{Name: ColRun, Type: providers.TypeText},
	}
}

// ValueColumn is the snapshot's column for a field's canonical text, EchoColumn the one for what Salesforce made of
// it, where that differs ("" is null there, null is no echo).
func ValueColumn(field string) string { return "v_" + field }

// EchoColumn is described at ValueColumn.
func EchoColumn(field string) string { return "e_" + field }

// Contract identifies what a fingerprint covers: the dialect's stamp and the fields with their canonical forms, in
// order. A snapshot of another contract has its fingerprints recomputed from the stored text.
func Contract(d providers.Dialect, fields []Field) string {
	var b strings.Builder
	b.WriteString(d.Stamp())
	for _, f := range fields {
		c, _ := f.Canon()
		fmt.Fprintf(&b, "|%s:%s:%d", strings.ToLower(f.Name), c.Kind, c.Scale)
	}
	return b.String()
}

// Covers lists the fields that a contract covers, lower case.
func Covers(contract string) map[string]bool {
	out := map[string]bool{}
	for _, part := range strings.Split(contract, "|")[1:] {
		name, _, _ := strings.Cut(part, ":")
		out[name] = true
	}
	return out
}

// raw is a fingerprint of what the mapping reads of a row, and of the mapping itself: where it is that of the snapshot's
// row, the row's canonical values are those that the snapshot holds. It covers the columns' own types, since equal bytes
// of two types may be two values.
func (s *Spec) raw(d providers.Dialect, fields []field) string {
	seen := map[string]bool{}
	var inputs []string
	contract := sha256.New()
	fmt.Fprintln(contract, d.Stamp(), s.Zone)
	for i, f := range s.Fields {
		c, _ := f.Canon()
		fmt.Fprintln(contract, strings.ToLower(f.Name), c.Kind, c.Scale, fields[i].Expr)
		for _, e := range lang.Inputs(f.Value) {
			sql, t := s.expr(d, e, f.Raw)
			typ := string(t)
			switch e := e.(type) {
			case *lang.Column:
				typ = s.Relation.Column(e.Name).SQL
			case *lang.Raw:
				fmt.Fprintln(contract, e.SQL)
			}
			if t == providers.TypeText {
				sql = d.Cast(sql, t)
			}
			fmt.Fprintln(contract, sql, typ)
			if !seen[sql] {
				seen[sql] = true
				inputs = append(inputs, sql)
			}
		}
	}
	stamp := d.Literal(hex.EncodeToString(contract.Sum(nil)[:8]))
	return d.Fingerprint(append([]string{stamp}, inputs...))
}

// expr is the SQL of a mapping expression and the class of its type.
func (s *Spec) expr(d providers.Dialect, e lang.Expr, raw providers.Column) (sql string, t providers.Type) {
	switch e := e.(type) {
	case *lang.Column:
		c := s.Relation.Column(e.Name)
		return "m." + d.Ident(e.Name), c.Type
	case *lang.Literal:
		if e.Value.IsNull() {
			return "CAST(NULL AS " + d.Type(providers.TypeText) + ")", providers.TypeText
		}
		return d.Literal(LiteralText(e)), providers.TypeText
	case *lang.Template:
		parts := make([]string, len(e.Parts))
		for i, p := range e.Parts {
			sql, t := s.expr(d, p, raw)
			parts[i] = d.Cast(sql, t)
		}
		return d.Concat(parts), providers.TypeText
	case *lang.Raw:
		if c := s.Relation.Column(s.Computed[e.SQL]); c != nil {
			return "m." + d.Ident(c.Name), c.Type
		}
		return "(" + e.SQL + "\n)", raw.Type
	}
	panic(fmt.Sprintf("unknown expression %T", e))
}

// LiteralText is a constant as people write it: numbers in plain decimal digits.
func LiteralText(e *lang.Literal) string {
	v, _ := e.Value.Unmark()
	switch v.Type().FriendlyName() {
	case "bool":
		if v.True() {
			return "true"
		}
		return "false"
	case "number":
		return v.AsBigFloat().Text('f', -1)
	}
	return v.AsString()
}

// Fits tells whether the field's value can become the field's type.
func (s *Spec) Fits(d providers.Dialect, f Field) bool {
	sql, t := s.expr(d, f.Value, f.Raw)
	c, ok := f.Canon()
	if !ok {
		return false
	}
	_, ok = d.Canonical(sql, t, c, s.Zone)
	return ok
}
