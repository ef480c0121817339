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
	"github.com/signalsmith/signalsmith/engine/compile"
	"github.com/signalsmith/signalsmith/providers"
)

// Spec is one sync as the template sees it.
type Spec struct {
	N        int // makes the names of temporary tables different between items
	Relation providers.Relation
	Zone     string
	Keys     []providers.Column // primary key, in order
	Fields   []Field
	Loaded   *providers.Column // says when a row was loaded; nil where the age of the model does not matter
	Match    int               // index into Fields; -1 where records are not looked for: only with Inserts
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

	// Types are the object's record types, nil where they do not matter.
	Types *Types

	// Inserts tells that records that exist are never looked at again: neither adopted nor changed, nor left.
	Inserts bool

	// Recreates creates records again that we knew and that are gone.
	Recreates bool

	// Doubt are queries of keys of rows that may have been created by runs that did not end in order.
	Doubt []string

	Leave Leave
	Aside []providers.Field // that Leave sets or that tells a record's type, and that are not mapped

	Snapshot Snapshot
}

// All are the mapped fields, then those aside: what Changed.Field counts.
func (s *Spec) All() []providers.Field {
	out := make([]providers.Field, 0, len(s.Fields)+len(s.Aside))
	for _, f := range s.Fields {
		out = append(out, f.Field)
	}
	return append(out, s.Aside...)
}

// Field is one mapped field.
type Field struct {
	providers.Field                             // as Describe shows it; the name of a parent's field has a dot
	Value           lang.Expr                   // what the mapping says
	Raws            map[string]providers.Column // types of the sql() in it, by its SQL
	ReadOnly        bool                        // compared, never written: the record id
	Policy          Policy
}

// Snapshot says where the last confirmed rows are.
type Snapshot struct {
	Table   string          // qualified and quoted; "" where there is none yet
	Fields  map[string]bool // names of the fields that it has columns for, lower case
	Clears  map[string]bool // of these, the fields whose null says that the record's is null; lower case
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
		if f.Policy.clears() {
			b.WriteString(clears)
		}
	}
	return b.String()
}

// clears marks, in a contract, a field whose nulls are written.
const clears = ":clear"

// Clears lists the fields of a contract whose nulls are written, lower case.
func Clears(contract string) map[string]bool {
	out := map[string]bool{}
	for _, part := range strings.Split(contract, "|")[1:] {
		if rest, ok := strings.CutSuffix(part, clears); ok {
			out[covered(rest)] = true
		}
	}
	return out
}

// covered is the name of a field in its part of a contract, which ends with kind and scale. A name may have a colon.
func covered(part string) string {
	part = strings.TrimSuffix(part, clears)
	for range 2 {
		part = part[:max(strings.LastIndexByte(part, ':'), 0)]
	}
	return part
}

// Covers lists the fields that a contract covers, lower case.
func Covers(contract string) map[string]bool {
	out := map[string]bool{}
	for _, part := range strings.Split(contract, "|")[1:] {
		out[covered(part)] = true
	}
	return out
}

// raw is a fingerprint of a row's key, of what the mapping reads of it, and of the mapping itself: where it is that of the snapshot's
// row, the row's canonical values are those that the snapshot holds. It covers the columns' own types, since equal bytes
// of two types may be two values.
func (s *Spec) raw(d providers.Dialect, fields []field) string {
	seen := map[string]bool{}
	var inputs []string
	contract := sha256.New()
	fmt.Fprintln(contract, d.Stamp(), s.Zone)
	for i, f := range s.Fields {
		c, _ := f.Canon()
		fmt.Fprintln(contract, strings.ToLower(f.Name), c.Kind, c.Scale, fields[i].Expr, fields[i].Fails)
		if f.Policy.OnNull == "reject" {
			fmt.Fprintln(contract, "reject") // rows with a null are looked at anew
		}
		scope := s.Scope(d, f.Raws)
		lang.Walk(f.Value, func(e lang.Expr) {
			typ := ""
			switch e := e.(type) {
			case *lang.Column:
				typ = s.Relation.Column(e.Name).SQL
			case *lang.Raw:
				_, c := scope.Raw(e.SQL)
				typ = c.SQL + " " + e.SQL
			default:
				return
			}
			v := compile.Expr(scope, e)
			if v.Type == providers.TypeText {
				v.SQL = d.Cast(v.SQL, v.Type)
			}
			fmt.Fprintln(contract, v.SQL, typ)
			if !seen[v.SQL] {
				seen[v.SQL] = true
				inputs = append(inputs, v.SQL)
			}
		})
	}
	stamp := d.Literal(hex.EncodeToString(contract.Sum(nil)[:8]))
	key := s.key(d)
	if !seen[key] {
		inputs = append(inputs, key) // no two rows of a sound model have one fingerprint
	}
	return d.Fingerprint(append([]string{stamp}, inputs...))
}

// Scope is what names in the mapping's expressions stand for; raws are the types of sql(), by its SQL.
func (s *Spec) Scope(d providers.Dialect, raws map[string]providers.Column) compile.Scope {
	return compile.Scope{
		Dialect: d, Columns: s.Relation.Columns, Alias: "m", Zone: s.Zone,
		Raw: func(sql string) (string, providers.Column) {
			if c := s.Relation.Column(s.Computed[sql]); c != nil {
				return "m." + d.Ident(c.Name), *c
			}
			return "(" + sql + "\n)", raws[sql]
		},
	}
}

// expr is the SQL of a field's value. A constant is text, which every field reads.
func (s *Spec) expr(d providers.Dialect, f Field) compile.Value {
	if e, ok := f.Value.(*lang.Literal); ok && !e.Value.IsNull() {
		return compile.Value{SQL: d.Literal(compile.LiteralText(e)), Type: providers.TypeText}
	}
	c, _ := f.Canon()
	if c.Kind == providers.CanonText || c.Kind == providers.CanonSet {
		return compile.Text(s.Scope(d, f.Raws), f.Value)
	}
	return compile.Expr(s.Scope(d, f.Raws), f.Value)
}

// Dates tells whether a column can say when a row was loaded.
func Dates(d providers.Dialect, c *providers.Column) bool {
	_, ok := d.Canonical(d.Ident(c.Name), c.Type, providers.Canon{Kind: providers.CanonDateTime}, "UTC")
	return ok
}

// newest is a query of the latest time at which a row was loaded, as canonical text; "" where it is not asked for.
// Types that are times are compared before they are made text, which costs less.
func (s *Spec) newest(d providers.Dialect) string {
	if s.Loaded == nil {
		return ""
	}
	column := "m." + d.Ident(s.Loaded.Name)
	text := func(e string) string {
		sql, _ := d.Canonical(e, s.Loaded.Type, providers.Canon{Kind: providers.CanonDateTime}, s.Zone)
		return sql
	}
	if s.Loaded.Type == providers.TypeText {
		return "SELECT max(" + text(column) + ") FROM " + s.Relation.SQL + " AS m"
	}
	return "SELECT " + text("x.loaded") + " FROM (SELECT max(" + column + ") AS loaded FROM " + s.Relation.SQL + " AS m) AS x"
}

// Fits tells whether the field's value can become the field's type.
func (s *Spec) Fits(d providers.Dialect, f Field) bool {
	v := s.expr(d, f)
	c, ok := f.Canon()
	if !ok {
		return false
	}
	_, ok = d.Canonical(v.SQL, v.Type, c, s.Zone)
	return ok
}
