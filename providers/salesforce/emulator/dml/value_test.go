package dml

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDecimalsAreRoundedHalfAwayFromZero(t *testing.T) {
	for _, x := range []struct {
		in     string
		scale  int
		want   string
		digits int
	}{
		{"0", 0, "0", 0}, {"-0", 0, "0", 0}, {"1.5", 0, "2", 1}, {"-1.5", 0, "-2", 1}, {"2.4999", 0, "2", 1}, {"0.005", 2, "0.01", 0},
		{"9.999", 2, "10", 2}, {"1e3", 0, "1000", 4}, {"1.25E-2", 3, "0.013", 0}, {"00012.3400", 4, "12.34", 2}, {"1E20", 0, "100000000000000000000", 21},
		{"123456789012345678", 0, "123456789012345678", 18}, {".5", 1, "0.5", 0}, {"5.", 1, "5", 1},
	} {
		got, digits, ok := decimal(x.in, x.scale)
		if !ok || got != x.want || digits != x.digits {
			t.Errorf("%s: %s with %d digits", x.in, got, digits)
		}
	}
	for _, bad := range []string{"", "-", "x", "1x", "1e", "1e999", "--1x"} {
		if got, _, ok := decimal(bad, 2); ok {
			t.Errorf("%q: %s", bad, got)
		}
	}
}

func TestRoundingTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.StringMatching(`-?[0-9]{1,12}(\.[0-9]{1,10})?([eE]-?[0-9])?`).Draw(t, "in")
		scale := rapid.IntRange(0, 8).Draw(t, "scale")
		once, _, ok := decimal(in, scale)
		twice, _, ok2 := decimal(once, scale)
		if !ok || !ok2 || once != twice {
			t.Fatalf("%s: %s then %s", in, once, twice)
		}
	})
}

func TestDoublesLookLikeJavas(t *testing.T) {
	for in, want := range map[float64]string{
		0: "0.0", 12: "12.0", 2.5: "2.5", 350000000: "3.5E8", 1e7: "1.0E7", 9999999: "9999999.0", 0.001: "0.001", 0.0001: "1.0E-4", -1.5e10: "-1.5E10",
	} {
		if got := string(AppendDouble(nil, in)); got != want {
			t.Errorf("%v: %s, want %s", in, got, want)
		}
	}
}
