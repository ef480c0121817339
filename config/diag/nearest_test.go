package diag

import "testing"

func TestNearestFindsWhatWasMeant(t *testing.T) {
	for _, tc := range []struct {
		name, given string
		names       []string
		want        string
	}{
		{"a missing letter", "custmers", []string{"orders", "customers"}, "customers"},
		{"two letters exchanged", "mdoe", []string{"model", "mode"}, "mode"},
		{"a slip of the shift key", "Mode", []string{"model", "mode"}, "mode"},
		{"the same name is no suggestion", "mode", []string{"mode"}, ""},
		{"the first of two that are as near", "cat", []string{"hat", "bat"}, "hat"},
		{"the only one with the word", "key", []string{"primary_key", "source"}, "primary_key"},
		{"none where two have the word", "key", []string{"primary_key", "foreign_key"}, ""},
		{"nothing that is far", "audience", []string{"model", "sync"}, ""},
		{"nothing near to a short name", "ab", []string{"xy"}, ""},
		{"nothing for nothing", "", []string{"a"}, ""},
		{"letters beyond ASCII", "köln", []string{"Köln"}, "Köln"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Nearest(tc.given, tc.names); got != tc.want {
				t.Errorf("got %q", got)
			}
		})
	}
}
