// Package alike is what the SQL of the dialects has in common.
package alike

import (
	"strconv"
	"strings"
)

// Functions are those of the mapping language that every engine has under one name. A dialect's functions embed them.
type Functions struct {
	Literal func(text string) string // writes a text as the dialect does
}

// Replace replaces a text by another.
func (Functions) Replace(text, old, new string) string {
	return "replace(" + text + ", " + old + ", " + new + ")"
}

// RegexExtract gives a group of the first match.
func (f Functions) RegexExtract(text, pattern string, group int) string {
	return "nullif(regexp_extract(" + text + ", " + f.Literal(pattern) + ", " + strconv.Itoa(group) + "), '')"
}

// SplitPart gives one part.
func (f Functions) SplitPart(text, separator string, n int) string {
	return "nullif(split_part(" + text + ", " + f.Literal(separator) + ", " + strconv.Itoa(n) + "), '')"
}

// Join leaves nulls out.
func (Functions) Join(separator string, texts []string) string {
	return "concat_ws(" + separator + ", " + strings.Join(texts, ", ") + ")"
}

// MD5 is the engine's.
func (Functions) MD5(text string) string { return "md5(" + text + ")" }

// Pad fills a text up at one side with the function fn, to a width in UTF-16 units, of which units counts a text's. The
// function itself counts characters: missing casts the number of these to what it takes.
func (f Functions) Pad(fn, text string, width int, padding string, units, missing func(string) string) string {
	w := strconv.Itoa(width)
	return "CASE WHEN length(" + text + ") >= " + w + " OR " + units(text) + " >= " + w + " THEN " + text + " ELSE " + fn + "(" + text + ", " +
		missing(w+" + length("+text+") - ("+units(text)+")") + ", " + f.Literal(padding) + ") END"
}

// Bind computes an expression once, under a name.
type Bind func(expr, name string, f func(name string) string) string

// Once binds an expression to a name that occurs in none of the others, which stand beside it.
func (b Bind) Once(expr, name string, f func(string) string, others ...string) string {
	for unused(name, others) != name {
		name = unused(name, others)
	}
	return b(expr, name, f)
}

func unused(name string, others []string) string {
	for _, o := range others {
		if strings.Contains(o, name) {
			return name + "_"
		}
	}
	return name
}

// Path qualifies a name; ident quotes a part of it.
func Path(ident func(string) string, parts ...string) string {
	quoted := make([]string, len(parts))
	for i, p := range parts {
		quoted[i] = ident(p)
	}
	return strings.Join(quoted, ".")
}

// Concat joins texts; null where one of them is null.
func Concat(exprs []string) string {
	if len(exprs) == 0 {
		return "''"
	}
	return "(" + strings.Join(exprs, " || ") + ")"
}
