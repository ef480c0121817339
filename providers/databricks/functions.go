package databricks

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
)

//go:embed functions.txt
var functionList string

// functions are the ones that a model may call, by name: what kind they are.
type functions map[string]string

func newFunctions() functions {
	fs := functions{}
	section := ""
	for line := range strings.Lines(functionList) {
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, " "):
			for _, f := range strings.Fields(line) {
				if fs[f] == "" || section == "rows" {
					fs[f] = strings.TrimSpace(section + " " + fs[f])
				} else {
					fs[f] += " " + section
				}
			}
		default:
			section = strings.TrimSpace(line)
		}
	}
	return fs
}

// scalar tells whether a function may stand in an expression, and whether it makes one row of several or several of one.
func (fs functions) scalar(name string) (rows, known bool) {
	k := fs[strings.ToLower(name)]
	return strings.Contains(k, "rows"), k != "" && k != "tables"
}

// table tells whether a function may stand after FROM.
func (fs functions) table(name string) bool {
	return strings.Contains(fs[strings.ToLower(name)], "tables")
}

func (fs functions) tables() []string {
	var out []string
	for n, k := range fs {
		if strings.Contains(k, "tables") {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

func (fs functions) names() []string { return slices.Sorted(maps.Keys(fs)) }
