package duckdb

import "strings"

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
