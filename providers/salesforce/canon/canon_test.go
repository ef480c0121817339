package canon

import (
	"math/big"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"github.com/signalsmith/signalsmith/providers"
)

func kind(k providers.CanonKind) providers.Canon { return providers.Canon{Kind: k} }

func number2(scale int) providers.Canon {
	return providers.Canon{Kind: providers.CanonNumber, Scale: scale}
}

const refused = "(refused)"

func TestTextsBecomeCanonical(t *testing.T) {
	for _, c := range []struct {
		in   string
		c    providers.Canon
		want string
	}{
		{"  Ada\u00a0\u3000\u2029\u0085", kind(providers.CanonText), "Ada"},
		{" \t\n", kind(providers.CanonText), ""},
		{"a  b", kind(providers.CanonText), "a  b"},
		{"\u200bzero width stays", kind(providers.CanonText), "\u200bzero width stays"},

		{"12.5", number2(2), "12.50"},
		{"12.345", number2(2), "12.35"},
		{"-12.345", number2(2), "-12.35"},
		{"12.344999999999999999", number2(2), "12.34"},
		{"1.0E7", number2(0), "10000000"},
		{"1.0E7", number2(2), "10000000.00"},
		{"1.5e-3", number2(2), "0.00"},
		{"-0.004", number2(2), "0.00"},
		{"-0", number2(0), "0"},
		{"0.5", number2(0), "1"},
		{"-0.5", number2(0), "-1"},
		{"2.5", number2(0), "3"},
		{"9.999", number2(2), "10.00"},
		{"99.5", number2(0), "100"},
		{"+007", number2(0), "7"},
		{".5", number2(1), "0.5"},
		{"5.", number2(1), "5.0"},
		{"123456789012345678", number2(0), "123456789012345678"},
		{"1234567890123456.78", number2(2), "1234567890123456.78"},
		{"5e-1", number2(0), "1"},
		{"4e-1", number2(0), "0"},
		{"5e-9", number2(0), "0"},
		{"-0.00", number2(2), "0.00"},
		{"", number2(2), ""},
		{".", number2(2), refused},
		{"-", number2(2), refused},
		{"1,5", number2(2), refused},
		{"1 000", number2(2), refused},
		{"NaN", number2(2), refused},
		{"Infinity", number2(2), refused},
		{"0x10", number2(2), refused},
		{"1e", number2(2), refused},
		{"1e999", number2(2), refused},
		{"--1", number2(0), refused},

		{" TRUE ", kind(providers.CanonBool), "true"},
		{"n", kind(providers.CanonBool), "false"},
		{"1", kind(providers.CanonBool), "true"},
		{"2", kind(providers.CanonBool), refused},

		{"2024-02-29", kind(providers.CanonDate), "2024-02-29"},
		{"2023-02-29", kind(providers.CanonDate), refused},
		{"2024-2-9", kind(providers.CanonDate), refused},
		{"2024-02-29T00:00:00Z", kind(providers.CanonDate), refused},
		{"0999-01-01", kind(providers.CanonDate), refused},

		{"2022-03-17T16:21:26.000+0000", kind(providers.CanonDateTime), "2022-03-17T16:21:26Z"},
		{"2022-03-17T16:21:26.999Z", kind(providers.CanonDateTime), "2022-03-17T16:21:26Z"},
		{"1969-12-31T23:59:59.5Z", kind(providers.CanonDateTime), "1969-12-31T23:59:59Z"},
		{"2022-03-17 16:21:26+05:30", kind(providers.CanonDateTime), "2022-03-17T10:51:26Z"},
		{"2022-03-17 16:21:26 -08", kind(providers.CanonDateTime), "2022-03-18T00:21:26Z"},
		{"2022-03-17T16:21", kind(providers.CanonDateTime), "2022-03-17T16:21:00Z"},
		{"2022-03-17", kind(providers.CanonDateTime), "2022-03-17T00:00:00Z"},
		{"2022-03-17T24:00:00Z", kind(providers.CanonDateTime), refused},
		{"2022-03-17T16:21:60Z", kind(providers.CanonDateTime), refused},
		{"2022-03-17T16:21:26,5Z", kind(providers.CanonDateTime), refused},
		{"2022-03-17T16:21:26+15:00", kind(providers.CanonDateTime), refused},
		{"2022-03-17T16:21:26+1:00", kind(providers.CanonDateTime), refused},
		{"2022-03-17T", kind(providers.CanonDateTime), refused},
		{"2022", kind(providers.CanonDateTime), refused},
		{"9999-12-31T23:59:59-01:00", kind(providers.CanonDateTime), refused},

		{"07:30", kind(providers.CanonTime), "07:30:00.000Z"},
		{"07:30:01.123456Z", kind(providers.CanonTime), "07:30:01.123Z"},
		{"7:30", kind(providers.CanonTime), refused},
		{"25:00", kind(providers.CanonTime), refused},

		{"b; a ;b;;\u00a0", kind(providers.CanonSet), "a;b"},
		{" ; ", kind(providers.CanonSet), ""},
		{"Ä;Z;a", kind(providers.CanonSet), "Z;a;Ä"},

		{"00D000000000062", kind(providers.CanonID), "00D000000000062EAA"},
		{"00D000000000062EAA", kind(providers.CanonID), "00D000000000062EAA"},
		{"0035g00000AbCdE", kind(providers.CanonID), "0035g00000AbCdEAAV"},
		{"0035G00000ABCDEAAV", kind(providers.CanonID), refused},
		{"003", kind(providers.CanonID), refused},
		{"003-g00000AbCdE", kind(providers.CanonID), refused},
		{"", kind(providers.CanonID), ""},
	} {
		got, ok := Text(c.in, c.c)
		if !ok {
			got.String = refused
		}
		if got.String != c.want || got.Valid != (ok && c.want != "") {
			t.Errorf("%s %d of %q is %+v, want %q", c.c.Kind, c.c.Scale, c.in, got, c.want)
		}
	}
}

func TestLiveValuesBecomeCanonical(t *testing.T) {
	for _, c := range []struct {
		in   string
		c    providers.Canon
		want string
	}{
		{`null`, kind(providers.CanonText), ""},
		{`"tab\tquote\"\u00e9\ud83d\ude42"`, kind(providers.CanonText), "tab\tquote\"é🙂"},
		{`" plain "`, kind(providers.CanonText), "plain"},
		{`12`, kind(providers.CanonText), "12"},
		{`1.0E7`, number2(0), "10000000"},
		{`3.5`, number2(2), "3.50"},
		{`"3.5"`, number2(2), "3.50"},
		{`true`, kind(providers.CanonBool), "true"},
		{`"2022-03-17T16:21:26.000+0000"`, kind(providers.CanonDateTime), "2022-03-17T16:21:26Z"},
		{`"10:20:30.400Z"`, kind(providers.CanonTime), "10:20:30.400Z"},
		{`"B;A"`, kind(providers.CanonSet), "A;B"},
		{`"0035g00000AbCdE"`, kind(providers.CanonID), "0035g00000AbCdEAAV"},
		{`"ERP-7"`, kind(providers.CanonID), "ERP-7"},
		{`{"city":"x"}`, kind(providers.CanonText), refused},
		{`[1]`, number2(0), refused},
		{`"x"`, number2(0), refused},
		{``, kind(providers.CanonText), refused},
	} {
		got, err := FromJSON([]byte(c.in), c.c)
		if err != nil {
			got.String = refused
		}
		if got.String != c.want {
			t.Errorf("%s of %s is %+v, %v, want %q", c.c.Kind, c.in, got, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "city") {
			t.Errorf("an error repeats the value: %v", err)
		}
	}
}

func TestRoundingIsHalfAwayFromZeroOnTheDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[+-]?[0-9]{1,20}(\.[0-9]{0,20})?([eE][+-]?[0-9]{1,2})?`).Draw(t, "text")
		scale := rapid.IntRange(0, 8).Draw(t, "scale")
		got, ok := Text(s, number2(scale))
		if !ok {
			t.Fatalf("%q is refused", s)
		}
		exact, fine := new(big.Rat).SetString(s)
		if !fine {
			t.Fatalf("%q is no number", s)
		}
		if want := round(exact, scale); got.String != want {
			t.Fatalf("%q at %d is %q, want %q", s, scale, got.String, want)
		}
	})
}

// round is the rule in exact fractions: |x| * 10^scale + 1/2, floored.
func round(x *big.Rat, scale int) string {
	shift := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	y := new(big.Rat).Mul(new(big.Rat).Abs(x), new(big.Rat).SetInt(shift))
	y.Add(y, big.NewRat(1, 2))
	n := new(big.Int).Quo(y.Num(), y.Denom())
	digits := n.String()
	for len(digits) < scale+1 {
		digits = "0" + digits
	}
	if scale > 0 {
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if x.Sign() < 0 && n.Sign() != 0 {
		digits = "-" + digits
	}
	return digits
}

func TestCanonicalTextSurvivesJSONAndAgain(t *testing.T) {
	kinds := []providers.Canon{
		kind(providers.CanonText), number2(0), number2(2), kind(providers.CanonBool), kind(providers.CanonDate),
		kind(providers.CanonDateTime), kind(providers.CanonTime), kind(providers.CanonSet), kind(providers.CanonID),
	}
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(kinds).Draw(t, "kind")
		s := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`-?[0-9]{1,16}(\.[0-9]{1,4})?`),
			rapid.StringMatching(`20[0-9]{2}-0[1-9]-[0-2][0-9]([T ][01][0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,3})?)?(Z|[+-]0[0-9]:?[0-5][0-9])?)?`),
			rapid.StringMatching(`[01][0-9]:[0-5][0-9]`), rapid.StringMatching(`[A-Za-z0-9]{15}`), rapid.Just("TRUE"),
		).Draw(t, "text")
		text, ok := Text(s, c)
		if !ok {
			return
		}
		if again, ok := Text(text.String, c); !ok || again != text {
			t.Fatalf("canonical %+v becomes %+v", text, again)
		}
		raw, err := AppendJSON(nil, text, c)
		if err != nil {
			t.Fatalf("%+v cannot be written: %v", text, err)
		}
		if !jsontext.Value(raw).IsValid() {
			t.Fatalf("%s is not JSON", raw)
		}
		if back, err := FromJSON(raw, c); err != nil || back != text {
			t.Fatalf("%+v comes back as %+v, %v", text, back, err)
		}
	})
}

func TestValuesThatCannotBeWrittenAreRefused(t *testing.T) {
	for _, c := range []struct {
		t providers.Text
		c providers.Canon
	}{
		{providers.T("maybe"), kind(providers.CanonBool)},
		{providers.T("12,5"), number2(2)},
		{providers.T("12}, {"), number2(2)},
		{providers.T("\xff"), kind(providers.CanonText)},
	} {
		if raw, err := AppendJSON(nil, c.t, c.c); err == nil {
			t.Errorf("%q of %s is written as %s", c.t.String, c.c.Kind, raw)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("1.0E7", 2)
	f.Add("2022-03-17T16:21:26.000+0000", 0)
	kinds := []providers.CanonKind{
		providers.CanonText, providers.CanonNumber, providers.CanonBool, providers.CanonDate, providers.CanonDateTime, providers.CanonTime,
		providers.CanonSet, providers.CanonID,
	}
	f.Fuzz(func(t *testing.T, s string, scale int) {
		for _, k := range kinds {
			c := providers.Canon{Kind: k, Scale: min(max(scale, 0), 18)}
			text, ok := Text(s, c)
			if !ok {
				continue
			}
			if again, ok := Text(text.String, c); !ok || again != text {
				t.Errorf("%s of %q: %+v becomes %+v", k, s, text, again)
			}
		}
	})
}
