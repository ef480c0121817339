package diag

import (
	"strings"

	"github.com/agext/levenshtein"
)

// Nearest finds the name that was probably meant: the one that differs in case only, else the one with the fewest
// typing errors, else the only one that contains it as a word (key in primary_key). It is "" where nothing is near.
// Among equally near names the first one wins, so callers that range over maps sort before.
func Nearest(name string, names []string) string {
	given := strings.ToLower(strings.TrimSpace(name))
	if given == "" {
		return ""
	}
	best, fewest := "", allowed(given)+1
	for _, n := range names {
		if n == name {
			continue
		}
		d := levenshtein.Distance(given, strings.ToLower(n), nil)
		if transposed(given, strings.ToLower(n)) {
			d = 1
		}
		if d < fewest {
			best, fewest = n, d
		}
	}
	if best != "" || len(given) < 3 {
		return best
	}
	for _, n := range names {
		if n != name && word(strings.ToLower(n), given) {
			if best != "" {
				return ""
			}
			best = n
		}
	}
	return best
}

// DidYouMean is Nearest as a hint line, nil where nothing is near.
func DidYouMean(name string, names []string) []string {
	n := Nearest(name, names)
	if n == "" {
		return nil
	}
	return []string{`did you mean "` + n + `"?`}
}

// allowed is the number of typing errors that a name of this length may hold.
func allowed(name string) int {
	switch n := len([]rune(name)); {
	case n <= 4:
		return 1
	case n <= 7:
		return 2
	default:
		return 3
	}
}

// transposed tells whether two neighbouring letters are exchanged.
func transposed(a, b string) bool {
	if len(a) != len(b) || a == b {
		return false
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

func word(name, part string) bool {
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '.' || r == '-' }) {
		if w == part {
			return true
		}
	}
	return false
}
