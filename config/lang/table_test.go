package lang_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/signalsmith/signalsmith/config/eval"
	"github.com/signalsmith/signalsmith/config/lang"
)

func TestArgumentsKnowTheNamesOfTheTable(t *testing.T) {
	want := append(lang.Names(), "sql")
	slices.Sort(want)
	got := eval.Mapping()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("eval.Mapping lists %v, the table %v", got, want)
	}
}

func TestSignaturesShowHowACallIsWritten(t *testing.T) {
	for name, want := range map[string]string{
		"substr": "substr(text, start, [length])", "join": "join(separator, [value...])", "coalesce": "coalesce(value...)", "?:": "condition ? a : b", "neg": "-a", "!": "!a", "<=": "a <= b",
	} {
		f, ok := lang.Lookup(name)
		if got := f.Signature(); !ok || got != want {
			t.Errorf("%s is written %q; want %q", name, got, want)
		}
	}
}

// TestPatternsKeepTheirMeaning holds what is printed for the engines against the pattern itself.
func TestPatternsKeepTheirMeaning(t *testing.T) {
	texts := []string{"", "a", "ab", "abc", "AB", "K", "\u212a", "ß", "ẞ", "a\nb", "a.b", "[x]", "日本", "😀", "1998", "x1y2", " \t", "\u00a0", "-", "^", "\x00", "é", "Ω", "a|b"}
	for _, src := range []string{`a`, `a|b`, `(?i)k`, `(?i)ß`, `(?i)[a-c]+`, `.`, `(?s).+`, `[^a-c]`, `\d{2,4}`, `\w+?`, `^a$`, `\W`, `[[:punct:]]`, `\p{L}+`, `\PL`, `a{2,}`, `(?:ab?)+c`, `\.`, `[\]^-]`, `(?i)(?:abc|abd)`, `\x{1F600}`, `[^\x00]`, `x*`, `\^`, `(a)|b`} {
		p, why := lang.ParsePattern(src)
		if why != "" {
			t.Errorf("%s: %s", src, why)
			continue
		}
		want, got := regexp.MustCompile(src), regexp.MustCompile(p.Print())
		for _, s := range texts {
			if a, b := want.FindStringIndex(s), got.FindStringIndex(s); !slices.Equal(a, b) {
				t.Errorf("%s in %q: %v; printed as %s: %v", src, s, a, p.Print(), b)
			}
		}
		if got.NumSubexp() != 0 {
			t.Errorf("%s captures as %s", src, p.Print())
		}
	}
}
