// Package providers holds the contracts between the engine and what it works with: workspaces, where rows are
// compared, and destinations, where they are written. It holds no implementation.
package providers

// Text is a field's value as Salesforce's canonical text, or null. The same value has the same bytes in every
// engine and from every API, so that values are compared as text:
//
//	text         as stored, white space at both ends removed; "" is null
//	number       decimal digits at the field's scale, no exponent, no "-0": "12.50" at scale 2, "7" at scale 0
//	boolean      "true" or "false"
//	date         "2006-01-02"
//	date-time    "2006-01-02T15:04:05Z", to the second (rounded down), in UTC
//	time         "15:04:05.000Z"
//	multi-select values sorted by byte order, each once, joined by ";"
//	id           18 characters
type Text struct {
	String string
	Valid  bool // false: null
}

// T is a value that is not null; "" is null.
func T(s string) Text { return Text{String: s, Valid: s != ""} }

// Canon says how values of a field are made canonical.
type Canon struct {
	Kind   CanonKind
	Scale  int // of CanonNumber
	Length int // of CanonText; 0 where there is no limit. Longer values are kept whole: a row check rejects them.
}

// CanonKind is a class of Describe types that share one canonical form.
type CanonKind string

// The kinds, by Describe type: string, textarea, email, phone, url, picklist, combobox, encryptedstring are text;
// int, long, double, currency, percent are numbers; reference is id.
const (
	CanonText     CanonKind = "text"
	CanonNumber   CanonKind = "number"
	CanonBool     CanonKind = "bool"
	CanonDate     CanonKind = "date"
	CanonDateTime CanonKind = "datetime"
	CanonTime     CanonKind = "time"
	CanonSet      CanonKind = "set"
	CanonID       CanonKind = "id"
)

// Type is the class of a column's type, common to all engines.
type Type string

// The classes. TypeOther is what cannot become a field: lists, structs, blobs, intervals.
const (
	TypeText      Type = "text"
	TypeBool      Type = "bool"
	TypeInt       Type = "int"
	TypeDecimal   Type = "decimal"
	TypeFloat     Type = "float"
	TypeDate      Type = "date"
	TypeTimestamp Type = "timestamp"   // without zone: read in the model's timezone
	TypeInstant   Type = "timestamptz" // a point in time
	TypeTime      Type = "time"
	TypeOther     Type = "other"
)

// Column is a column of a model, found by preparing its query, not by running it.
type Column struct {
	Name string
	Type Type
	SQL  string // the engine's own name of the type, as in DECIMAL(10,2)
}
