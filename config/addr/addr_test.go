package addr

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAnAddressIsReadAsItIsWritten(t *testing.T) {
	for s, ok := range map[string]bool{
		"sync.contacts": true, "source.duckdb.files": true, "destination.salesforce.crm": true,
		`sync.people["CA"]`: true, `sync.people["São Paulo/2.1"]`: true, `sync.people["CA]`: false, `sync.people[""]`: false,
		`sync.people["a*"]`: false, `sync.people["CA"].x`: false, `source.duckdb.files["a"]`: false, `sync.["CA"]`: false,
		"": false, "sync": false, "sync.": false, ".contacts": false, "sync.a.b": false, "source.duckdb.": false, "source.a.b.c": false,
	} {
		item, err := Parse(s)
		if (err == nil) != ok {
			t.Errorf("%q: %v", s, err)
		}
		if ok && item.String() != s {
			t.Errorf("%q reads as %q", s, item)
		}
	}
}

func TestTheQuotesOfAKeyMayBeLeftOut(t *testing.T) {
	const address = `sync.people["CA"]`
	item, err := Parse("sync.people[CA]")
	if err != nil || item.String() != address {
		t.Errorf("%v, %v", item, err)
	}
	for pattern, want := range map[string]bool{
		address: true, "sync.people[CA]": true, "sync.people*": true, `sync.*"CA"]`: true, "sync.people": false, "sync.people[NY]": false,
	} {
		if Match(pattern, address) != want {
			t.Errorf("%q: %v", pattern, !want)
		}
	}
}

func TestKeysThatReadTheSameEverywhere(t *testing.T) {
	for key, ok := range map[string]bool{
		"CA": true, "São Paulo": true, "a.b:c/d@e+f_g-h": true, "2026": true, "कि": true, strings.Repeat("ß", 64): true,
		"": false, " a": false, "a ": false, "a*": false, `a"`: false, "a\\": false, "a\n": false, "${a}": false, "a]": false, "a,b": false,
		"a\u202eb": false, "\xff": false, strings.Repeat("ß", 65): false,
	} {
		if err := CheckKey(key); (err == nil) != ok {
			t.Errorf("%q: %v", key, err)
		}
	}
}

func TestOnlyTheStarIsSpecialInPatterns(t *testing.T) {
	for _, tc := range []struct {
		pattern, address string
		want             bool
	}{
		{"sync.contacts", "sync.contacts", true},
		{"sync.contact", "sync.contacts", false},
		{"sync.*", "sync.contacts", true},
		{"*", "sync.contacts", true},
		{"*.contacts", "sync.contacts", true},
		{"sync.c*t*s", "sync.contacts", true},
		{"sync.c*x*s", "sync.contacts", false},
		{"sync.*.x", "sync.contacts", false},
		{"sync.contact*contacts", "sync.contacts", false},
		{"sync.?ontacts", "sync.contacts", false},
		{"sync.[a-z]*", "sync.contacts", false},
		{"", "sync.contacts", false},
	} {
		if got := Match(tc.pattern, tc.address); got != tc.want {
			t.Errorf("%q on %q: %v", tc.pattern, tc.address, got)
		}
	}
}

func TestAStarStandsForAnyRunOfCharacters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringMatching(`[a-c.]{0,3}`), 2, 4).Draw(t, "parts")
		fill := rapid.SliceOfN(rapid.StringMatching(`[a-c.]{0,3}`), len(parts), len(parts)).Draw(t, "fill")
		var address strings.Builder
		for i, p := range parts {
			if i > 0 {
				address.WriteString(fill[i])
			}
			address.WriteString(p)
		}
		if pattern := strings.Join(parts, "*"); !Match(pattern, address.String()) {
			t.Fatalf("%q does not fit %q", pattern, address.String())
		}
	})
}
