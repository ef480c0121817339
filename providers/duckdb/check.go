package duckdb

import "strings"

// Length counts the UTF-16 units of a text: a character beyond the first plane takes two.
func (dialect) Length(text string) string {
	return bind(text, "s", func(s string) string {
		return "(length(" + s + ") + CASE WHEN strlen(" + s + ") = length(" + s + ") THEN 0 ELSE length(regexp_replace(" + s + `, '[^\x{10000}-\x{10ffff}]+', '', 'g')) END)`
	})
}

// Matches tells whether the whole of a text fits a pattern.
func (dialect) Matches(text, pattern string) string {
	return "regexp_full_match(" + text + ", " + literal(pattern) + ")"
}

// Within tells whether each value of a set is one of the given ones.
func (dialect) Within(set string, values []string) string {
	return "list_has_all([" + literals(values) + "], string_split(" + set + ", ';'))"
}

func literals(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = literal(v)
	}
	return strings.Join(quoted, ", ")
}
