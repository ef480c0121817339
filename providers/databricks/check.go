package databricks

import "strings"

// Length counts the UTF-16 units of a text: a character beyond the first plane takes two.
func (dialect) Length(text string) string {
	return "(length(" + text + ") + length(regexp_replace(" + text + `, '[^\\x{10000}-\\x{10ffff}]+', '')))`
}

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
