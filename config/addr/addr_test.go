package addr

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAnAddressIsReadAsItIsWritten(t *testing.T) {
	for s, ok := range map[string]bool{
		"sync.contacts": true, "source.duckdb.files": true, "destination.salesforce.crm": true,
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
