package databricks

import "strings"

// Matches tells whether the whole of a text fits a pattern.
func (dialect) Matches(text, pattern string) string {
	return "regexp_like(" + text + ", " + literal("^("+pattern+")$") + ")"
}

// Within tells whether each value of a set is one of the given ones.
func (dialect) Within(set string, values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = literal(v)
	}
	return "size(array_except(split(" + set + ", ';'), array(" + strings.Join(quoted, ", ") + "))) = 0"
}
