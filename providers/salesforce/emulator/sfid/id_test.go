package sfid_test

import (
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
)

func TestIdsHaveTheChecksumThatSalesforceGives(t *testing.T) {
	for short, want := range map[string]string{
		"001A0000006Vm9r": "001A0000006Vm9rIAC", // examples of Salesforce's documentation
		"012000000000000": "012000000000000AAA",
	} {
		if got, ok := sfid.Full(short); !ok || got != want {
			t.Errorf("%s: %s", short, got)
		}
		if got, ok := sfid.Full(strings.ToUpper(want)); !ok || got != want {
			t.Errorf("a lost case is found again: %s", got)
		}
	}
	for _, bad := range []string{"", "001", "001A0000006Vm9r!", "001A0000006Vm9rIA9", "0012345678901234567"} {
		if got, ok := sfid.Full(bad); ok {
			t.Errorf("%q: %s", bad, got)
		}
	}
}

func TestIdsCountUpInOrder(t *testing.T) {
	last := ""
	for _, n := range []uint64{1, 9, 10, 35, 36, 61, 62, 3843, 3844, 1 << 40} {
		id := sfid.Make("003", n)
		if got, ok := sfid.Seq(id); !ok || got != n || id <= last || len(id) != 18 {
			t.Errorf("%d: %s %d", n, id, got)
		}
		if got, ok := sfid.Seq(sfid.Short(id)); !ok || got != n {
			t.Errorf("%d: %d", n, got)
		}
		last = id
	}
	if _, ok := sfid.Seq("001A0000006Vm9rIAC"); ok {
		t.Error("an id of another org has no number here")
	}
}
