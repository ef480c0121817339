package providers

// Functions is the SQL of the mapping language's functions and operators, as far as engines differ; comparison, AND,
// OR, NOT, CASE, coalesce and nullif are the same everywhere and are written by the compiler. Adding a function here
// breaks the build of every dialect that lacks it.
//
// Arguments are SQL expressions, so are the results. The methods are pure; none of their expressions fails a query,
// whatever the values: where something cannot be, it is null. Every expression is null where an argument is, but
// Join's. What else they promise is in docs/mapping-language.md, to which a test holds each dialect.
//
// A text is of TypeText. A number is DECIMAL(29,9): a result that has more than 20 digits before the point is null,
// and one with more than 9 after it is rounded half away from zero. Texts are counted in UTF-16 units; a character of
// two of them that would be cut in half is left out.
type Functions interface {
	// Bind computes an expression once for several uses: f gets the name that stands for it.
	Bind(expr string, f func(name string) string) string

	// Number reads a number of TypeText, TypeInt, TypeDecimal or TypeFloat, which counts as its shortest decimal text.
	// Texts are trimmed; they are digits with at most one point, a sign and an exponent.
	Number(x string, from Type) string

	// Digits writes a number in plain digits, without zeros at the end of its decimals.
	Digits(n string) string

	// Whole is the engine's INT of a number rounded down, at most a billion from zero.
	Whole(n string) string

	// Bool reads a truth value of TypeText or a number.
	Bool(x string, from Type) string

	// Date reads "2006-01-02", Timestamp "2006-01-02 15:04:05.999999" and Instant the same with "-07:00" behind, of
	// the years 1000 to 9999. Date trims.
	Date(text string) string
	Timestamp(text string) string
	Instant(text string) string

	// Day is the date at which a value of TypeTimestamp or TypeInstant is in a zone; in is the zone in which timestamps
	// are read. Null where the value's year is not from 1000 to 9999.
	Day(x string, from Type, in, zone string) string

	// Clock is the text "2006-01-02 15:04:05" of a value of TypeDate, TypeTimestamp or, in a zone, TypeInstant; null
	// where the year is not from 1000 to 9999.
	Clock(x string, from Type, zone string) string

	Add(a, b string) string
	Subtract(a, b string) string
	Multiply(a, b string) string
	Divide(a, b string) string // null where b is zero
	Modulo(a, b string) string // has the sign of a; null where b is zero
	Abs(n string) string
	Round(n string, digits int) string // half away from zero
	Floor(n string) string
	Ceil(n string) string

	Lower(text string) string // each character by itself
	Upper(text string) string // each character by itself; ß becomes ẞ
	Trim(text string) string  // of all that is white space to Unicode
	Length(text string) string

	// Substr counts from 1. start is an INT of at least 1, length one of at least 0; length "" is all that follows.
	Substr(text, start, length string) string
	Replace(text, old, new string) string

	// RegexReplace replaces all matches, RegexExtract gives a group of the first; null where there is none or it is
	// empty. Patterns are in what RE2 and Java have in common.
	RegexReplace(text, pattern string, replacement []Piece) string
	RegexExtract(text, pattern string, group int) string

	// SplitPart gives part n, counted from 1 or, where it is negative, from the end; null where it is empty.
	SplitPart(text, separator string, n int) string

	// Lpad and Rpad fill a text up to a width; longer ones stay as they are.
	Lpad(text string, width int, padding string) string
	Rpad(text string, width int, padding string) string

	// Join joins the texts that are not null; it is null where the separator is.
	Join(separator string, texts []string) string

	MD5(text string) string    // of its UTF-8, in hexadecimal digits
	SHA256(text string) string // likewise
}

// Piece is a part of a replacement: a text, or what a group of the pattern matched.
type Piece struct {
	Text  string
	Group int // -1 for a text; 0 is all that matched
}
