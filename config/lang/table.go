package lang

import (
	"slices"
	"strings"
)

// Type is what a value of the mapping language is.
type Type string

// The types. A value of Unknown type is a column's where columns are not known; null, which Null is the type of where
// it is written down, belongs to every type.
const (
	Unknown   Type = ""
	Null      Type = "null"
	Text      Type = "text"
	Number    Type = "number"    // at most 20 digits before the point and 9 after
	Bool      Type = "bool"      // true or false
	Date      Type = "date"      // a day
	Timestamp Type = "timestamp" // what a clock shows; the model's timezone says where it hangs
	Instant   Type = "instant"   // a point in time
	Time      Type = "time"      // a time of day
	Other     Type = "other"     // what no function takes: lists, structs, blobs, intervals
)

// The digits of a number.
const (
	WholeDigits   = 20
	DecimalDigits = 9
)

// Constant says that an argument is the same for every row, and what it may be.
type Constant string

// What constant arguments are. A value that may differ from row to row is none of them.
const (
	Varying     Constant = ""
	Pattern     Constant = "pattern"     // a regular expression
	Replacement Constant = "replacement" // a text with $1 for what a group of the pattern matched
	WriteFormat Constant = "format"      // directives that write a date
	DateFormat  Constant = "date format" // directives that read a date
	TimeFormat  Constant = "time format" // directives that read a date and a time
	Zone        Constant = "zone"        // an IANA time zone, "Europe/Berlin"
	Separator   Constant = "separator"   // a text that is not empty
	Padding     Constant = "padding"     // a text that is not empty, of characters of one UTF-16 unit
	Width       Constant = "width"       // 0 to 131072, the longest text that Salesforce has
	Place       Constant = "place"       // 1 to 10000, or from -1 to -10000, counted from the end
	Group       Constant = "group"       // 0 (all that matched) or the number of a group of the pattern
	Digits      Constant = "digits"      // 0 to 9
)

// Param is a parameter of a function.
type Param struct {
	Name     string
	Takes    []Type // none: any but Other
	Constant Constant
	Optional bool
}

// Function is a function or an operator of the language.
type Function struct {
	Name   string
	Params []Param
	Rest   bool // the last parameter may be given several times
	List   bool // the last parameter is written as a list

	// Same says that the parameters that take several types get values of one type; Gives is empty where the result
	// has that type too, or depends on the arguments as Check says.
	Same  bool
	Gives Type

	Operator bool
}

// Signature shows how a function is written.
func (f Function) Signature() string {
	if f.Operator {
		switch f.Name {
		case "?:":
			return "condition ? a : b"
		case "!", "neg":
			return strings.TrimSuffix(strings.Replace(f.Name, "neg", "-", 1), " ") + "a"
		}
		return "a " + f.Name + " b"
	}
	names := make([]string, len(f.Params))
	for i, p := range f.Params {
		names[i] = p.Name
		if p.Optional {
			names[i] = "[" + p.Name + "]"
		}
		if f.Rest && i == len(f.Params)-1 {
			names[i] += "..."
			if f.List {
				names[i] = "[" + names[i] + "]"
			}
		}
	}
	return f.Name + "(" + strings.Join(names, ", ") + ")"
}

// Param is the parameter for argument i, counted from 0.
func (f Function) Param(i int) Param { return f.Params[min(i, len(f.Params)-1)] }

// arity is how many arguments a function takes; most is -1 where there is no limit.
func (f Function) arity() (least, most int) {
	most = len(f.Params)
	for _, p := range f.Params {
		if !p.Optional {
			least++
		}
	}
	if f.Rest {
		most = -1
	}
	return least, most
}

// Lookup finds a function or an operator by name.
func Lookup(name string) (Function, bool) {
	for _, f := range Table() {
		if f.Name == name {
			return f, true
		}
	}
	return Function{}, false
}

// Names are the functions, without the operators.
func Names() []string {
	var out []string
	for _, f := range Table() {
		if !f.Operator {
			out = append(out, f.Name)
		}
	}
	slices.Sort(out)
	return out
}

// Table lists every function and operator with what it takes and gives. A workspace's dialect supplies their SQL
// (providers.Functions), engine/compile puts it together, and the suite in providers/providertest holds the result
// against an evaluation of its own.
func Table() []Function {
	text := func(name string) Param { return Param{Name: name, Takes: []Type{Text}} }
	number := func(name string) Param { return Param{Name: name, Takes: []Type{Number}} }
	boolean := func(name string) Param { return Param{Name: name, Takes: []Type{Bool}} }
	anything := func(name string) Param { return Param{Name: name} }
	constant := func(name string, c Constant) Param { return Param{Name: name, Constant: c} }
	optional := func(p Param) Param { p.Optional = true; return p }
	ordered := func(name string) Param {
		return Param{Name: name, Takes: []Type{Text, Number, Date, Timestamp, Instant, Time}}
	}
	operator := func(name string, gives Type, same bool, p ...Param) Function {
		return Function{Name: name, Params: p, Gives: gives, Same: same, Operator: true}
	}
	fn := func(name string, gives Type, p ...Param) Function {
		return Function{Name: name, Params: p, Gives: gives}
	}
	several := func(f Function) Function { f.Rest = true; return f }
	same := func(f Function) Function { f.Same = true; return f }
	list := func(f Function) Function { f.Rest, f.List = true, true; return f }
	return []Function{
		operator("?:", Unknown, true, boolean("condition"), anything("a"), anything("b")),
		operator("==", Bool, true, anything("a"), anything("b")),
		operator("!=", Bool, true, anything("a"), anything("b")),
		operator("<", Bool, true, ordered("a"), ordered("b")),
		operator("<=", Bool, true, ordered("a"), ordered("b")),
		operator(">", Bool, true, ordered("a"), ordered("b")),
		operator(">=", Bool, true, ordered("a"), ordered("b")),
		operator("+", Number, false, number("a"), number("b")),
		operator("-", Number, false, number("a"), number("b")),
		operator("*", Number, false, number("a"), number("b")),
		operator("/", Number, false, number("a"), number("b")),
		operator("%", Number, false, number("a"), number("b")),
		operator("neg", Number, false, number("a")),
		operator("&&", Bool, false, boolean("a"), boolean("b")),
		operator("||", Bool, false, boolean("a"), boolean("b")),
		operator("!", Bool, false, boolean("a")),

		fn("lower", Text, text("text")),
		fn("upper", Text, text("text")),
		fn("trim", Text, text("text")),
		fn("substr", Text, text("text"), number("start"), optional(number("length"))),
		fn("replace", Text, text("text"), text("old"), text("new")),
		fn("regex_replace", Text, text("text"), constant("pattern", Pattern), constant("replacement", Replacement)),
		fn("regex_extract", Text, text("text"), constant("pattern", Pattern), optional(constant("group", Group))),
		fn("split_part", Text, text("text"), constant("separator", Separator), constant("n", Place)),
		fn("lpad", Text, text("text"), constant("width", Width), optional(constant("padding", Padding))),
		fn("rpad", Text, text("text"), constant("width", Width), optional(constant("padding", Padding))),
		several(fn("concat", Text, anything("value"))),
		list(fn("join", Text, text("separator"), anything("value"))),
		several(same(fn("coalesce", Unknown, anything("value")))),
		same(fn("nullif", Unknown, anything("a"), anything("b"))),
		fn("length", Number, text("text")),
		fn("round", Number, number("number"), optional(constant("digits", Digits))),
		fn("abs", Number, number("number")),
		fn("floor", Number, number("number")),
		fn("ceil", Number, number("number")),
		fn("date_format", Text, Param{Name: "time", Takes: []Type{Date, Timestamp, Instant}}, constant("format", WriteFormat), optional(constant("zone", Zone))),
		fn("parse_date", Date, text("text"), constant("format", DateFormat)),
		fn("parse_timestamp", Unknown, text("text"), constant("format", TimeFormat)),
		fn("to_date", Date, Param{Name: "value", Takes: []Type{Text, Date, Timestamp, Instant}}, optional(constant("zone", Zone))),
		fn("to_number", Number, Param{Name: "value", Takes: []Type{Text, Number}}),
		fn("to_bool", Bool, Param{Name: "value", Takes: []Type{Text, Bool, Number}}),
		fn("md5", Text, text("text")),
		fn("sha256", Text, text("text")),
	}
}
