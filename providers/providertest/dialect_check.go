package providertest

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// checks holds what row checks are made of: patterns and sets.
func (s *dialectSuite) checks(t *testing.T) {
	const pattern = `[A-Za-z0-9'._-]{1,3}@[a-z]+([.][a-z]+)*`
	fits := regexp.MustCompile(`\A(?:` + pattern + `)\z`)
	values := []string{"A", "b c", "it's", "Ü", "🙂"}
	text := rapid.OneOf(rapid.StringMatching(`[ -~äé🙂𝄞]{0,12}`), rapid.String(), rapid.StringMatching(`[a'.A]{0,4}@?[a.]{0,3}`))
	set := rapid.Map(rapid.SliceOfN(rapid.SampledFrom(append(values, "a", "AA", "c", "🙂🙂")), 1, 4), func(items []string) string {
		slices.Sort(items)
		return strings.Join(slices.Compact(items), ";")
	})
	rapid.Check(t, func(rt *rapid.T) {
		texts := rapid.SliceOfN(text.Filter(func(s string) bool { return !strings.ContainsAny(s, "\x00\r\n") }), 1, 40).Draw(rt, "texts")
		truth := func(condition string) string { return "CASE WHEN " + condition + " THEN 'yes' ELSE 'no' END" }
		got := s.batch(rt, "SELECT "+truth(s.d.Matches("v", pattern)), texts)
		for i, v := range texts {
			if want := map[bool]string{true: "yes", false: "no"}[fits.MatchString(v)]; got[i][0] != want {
				rt.Fatalf("%q matches: %v; want %s", v, got[i][0], want)
			}
		}
		sets := rapid.SliceOfN(set, 1, 20).Draw(rt, "sets")
		got = s.batch(rt, "SELECT "+truth(s.d.Within("v", values)), sets)
		for i, v := range sets {
			want := "yes"
			if slices.ContainsFunc(strings.Split(v, ";"), func(item string) bool { return !slices.Contains(values, item) }) {
				want = "no"
			}
			if got[i][0] != want {
				rt.Fatalf("%q within: %v; want %s", v, got[i][0], want)
			}
		}
	})
}
