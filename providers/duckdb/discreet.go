package duckdb

import (
	"fmt"
	"regexp"
	"strings"
)

// A message about one row quotes its values, and rows are people. discreet keeps of such a message what tells where
// the trouble is: the line of the file, the column, the type; the values go.
func discreet(e *Error) string {
	var parts []string
	if m := csvLine.FindStringSubmatch(e.Message); m != nil {
		parts = append(parts, "line "+m[1]+" of the CSV file")
	}
	if m := csvColumn.FindStringSubmatch(e.Message); m != nil {
		parts = append(parts, "column "+m[1])
	}
	what := "a value in the data does not fit"
	switch m := target.FindStringSubmatch(e.Message); {
	case m != nil:
		what = "a value in the data cannot become " + m[1]
	case strings.Contains(e.Message, "unicode") || strings.Contains(e.Message, "utf-8") || strings.Contains(e.Message, "UTF8"):
		what = "the data is not UTF-8 text; read_csv takes encoding = 'latin-1' or 'utf-16'"
	case strings.Contains(e.Message, "Expected Number of Columns"):
		what = "a line has another number of columns than the first one"
	case strings.Contains(e.Message, "quote"):
		what = "a quoted value does not end"
	case e.Kind == "Out of Range":
		what = "a value in the data is out of range"
	case e.Kind == "Invalid Input" && e.Message != "" && len(parts) == 0:
		what = "a function was given a value that it cannot take"
	}
	text := what
	if len(parts) > 0 {
		text = fmt.Sprintf("%s (%s)", what, strings.Join(parts, ", "))
	}
	return strings.ToUpper(text[:1]) + text[1:] + ". Values are not shown, since they may be people's. Take the column as VARCHAR and convert it with " +
		"TRY_CAST or try_strptime: what does not convert is null then, and the other rows can be read."
}

// aboutRows are the kinds of errors that come while rows are computed.
var aboutRows = map[string]bool{"Conversion": true, "Invalid Input": true, "Out of Range": true, "Mismatch Type": true}

var (
	csvLine   = regexp.MustCompile(`CSV Error on Line: (\d+)`)
	csvColumn = regexp.MustCompile(`Error when converting column "([^"\n]{1,128})"`)
	target    = regexp.MustCompile(`(?:to|to type|into|cast to) '?([A-Z][A-Z0-9_]*(?:\([0-9, ]+\))?)'?(?:[^A-Za-z]|$)`)
)
