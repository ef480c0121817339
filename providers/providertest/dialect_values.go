package providertest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/signalsmith/signalsmith/providers"
)

// valueOf draws texts that an engine's CAST turns into values of a type.
func valueOf(typ providers.Type) *rapid.Generator[string] {
	switch typ {
	case providers.TypeText:
		return texts()
	case providers.TypeBool:
		return rapid.SampledFrom([]string{"true", "false"})
	case providers.TypeInt:
		return rapid.OneOf(rapid.Map(rapid.Int64(), func(n int64) string { return strconv.FormatInt(n, 10) }), rapid.SampledFrom([]string{"0", "1", "-1"}))
	case providers.TypeDecimal:
		return rapid.OneOf(rapid.StringMatching(`-?(0|[1-9][0-9]{0,20})\.[0-9]{9}`), rapid.StringMatching(`-?[0-9]\.[0-9]{1,2}[05]?[05]0{4}`),
			rapid.SampledFrom([]string{"0", "1", "-0.004", "0.005", "-0.005", "2.5", "99999999999999999999999999999.999999999"}))
	case providers.TypeFloat:
		return rapid.OneOf(
			rapid.Map(rapid.Float64(), func(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }),
			rapid.Map(rapid.Float64Range(-1e6, 1e6), func(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }),
			rapid.Map(rapid.IntRange(-20, 20), func(n int) string { return "1.5e" + strconv.Itoa(n) }),
			rapid.SampledFrom([]string{"0", "-0.0", "1", "NaN", "Infinity", "-Infinity", "0.285", "1.005", "1e15", "1e16", "1e17", "123456789012345678",
				"1e37", "1e39", "1e-7", "0.1", "5e-324", "1.7976931348623157e308"}))
	case providers.TypeDate:
		return rapid.OneOf(rapid.Map(moment(-30000, 80000), func(t time.Time) string { return t.Format(time.DateOnly) }),
			rapid.SampledFrom([]string{"0001-01-01", "0999-12-31", "1000-01-01", "1582-10-10", "1899-12-31", "2000-02-29", "9999-12-31"}))
	case providers.TypeTimestamp:
		return rapid.OneOf(rapid.Map(moment(0, 47000), func(t time.Time) string { return t.Format("2006-01-02 15:04:05.999999") }),
			rapid.SampledFrom([]string{"2024-03-31 02:30:00", "2024-10-27 02:30:00", "2024-03-10 02:59:59.999999", "2024-11-03 01:30:00", "2011-12-30 12:00:00",
				"2024-04-07 01:45:00", "2024-10-06 02:15:00"}))
	case providers.TypeInstant:
		return rapid.OneOf(rapid.Map(moment(-300000, 47000), func(t time.Time) string { return t.Format("2006-01-02 15:04:05.999999") + "+00:00" }),
			rapid.SampledFrom([]string{"1969-12-31 23:59:59.5+00:00", "0999-12-31 23:59:59+00:00", "9999-12-31 23:59:59.999999+00:00", "2024-01-01 00:00:00+05:30"}))
	case providers.TypeTime:
		return rapid.OneOf(rapid.Map(moment(0, 1), func(t time.Time) string { return t.Format("15:04:05.999999") }),
			rapid.SampledFrom([]string{"00:00:00", "23:59:59.9999", "12:30:00.0005"}))
	}
	panic("no values of type " + string(typ))
}

// moment draws times between days since 1970, to the microsecond, whole seconds and midnights among them.
func moment(from, to int64) *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		at := time.Unix(rapid.Int64Range(from*86400, to*86400-1).Draw(t, "second"), 0).UTC()
		switch rapid.IntRange(0, 3).Draw(t, "precision") {
		case 0:
			return at.Truncate(24 * time.Hour)
		case 1:
			return at
		}
		return at.Add(time.Duration(rapid.Int64Range(0, 999_999).Draw(t, "micro")) * time.Microsecond)
	})
}

// texts draws what stands in text columns: anything, and what looks like values of other types, well-formed or not.
func texts() *rapid.Generator[string] {
	inner := rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`[+-]?[0-9]{0,12}\.?[0-9]{0,12}([eE][+-]?[0-9]{1,2})?`),
		rapid.SampledFrom([]string{"", " ", " 1,234", "1 234", "12.50", "-0", "-0.00", "+7", ".5", "5.", ".", "-", "1_000", "1e3", "1E-3", "0x1F", "NaN", "inf", "Infinity",
			"0.285", "-0.005", "0.005", "1.005", "99999999999999999999", "123456789012345678901234567890123456789", "1e400", "1e-400", "٣", "1e", "--1",
			"00012.5", "0.4999999999999999999999999999999999999999999999999999", "2.5", "-2.5", "1.5e-1"}),
		rapid.SampledFrom([]string{"true", "TRUE", "False", "t", "f", "yes", "No", "y", "n", "on", "off", "1", "0", "2", "ja", "1.0", "truee"}),
		rapid.Map(moment(-300000, 47000), func(t time.Time) string { return t.Format(time.DateOnly) }),
		rapid.SampledFrom([]string{"2020-02-30", "2020-1-5", "0999-12-31", "1000-01-01", "10000-01-01", "2020-13-01", "20200101", "2020-01-01x", "-2020-01-01", "2020/01/01"}),
		rapid.Custom(func(t *rapid.T) string {
			at := moment(0, 47000).Draw(t, "at")
			layout := rapid.SampledFrom([]string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.000"}).Draw(t, "layout")
			zone := rapid.SampledFrom([]string{"", "", "Z", "z", " Z", "+00:00", "+0000", "+05:30", "-0800", "+01", " +01:00", "-12:00", "+14:00", "+15:00", "+1", "UTC", "+05:60"}).Draw(t, "zone")
			return at.Format(layout) + zone
		}),
		rapid.SampledFrom([]string{"2020-01-01T24:00:00", "2020-01-01T23:59:60", "2020-01-01T10", "2020-01-01T", "2020-01-01  10:00", "2020-02-30T10:00:00Z",
			"2024-03-31 02:30:00", "2024-10-27 02:30:00", "9999-12-31T23:59:59-01:00", "1000-01-01T00:00:00+01:00", "2020-01-01T23:59:59.9999999999", "2020-01-01T23:59:59.999999999"}),
		rapid.SampledFrom([]string{"15:04", "15:04:05", "15:04:05Z", "15:04:05.1", "15:04:05.123456", "15:04:05.9999Z", "24:00:00", "5:04", "15:04:05+01:00", "15:60", "15:04Z"}),
		rapid.Custom(func(t *rapid.T) string {
			items := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "B", "ä", " a ", "", "a b", "\u00a0c", "Z", "10", "9"}), 0, 6).Draw(t, "items")
			return strings.Join(items, ";")
		}),
		rapid.Custom(func(t *rapid.T) string {
			id := rapid.StringMatching(`[A-Za-z0-9]{15}`).Draw(t, "id")
			switch rapid.IntRange(0, 3).Draw(t, "form") {
			case 0:
				return id
			case 1:
				return id + idSuffix(id)
			case 2:
				return strings.ToUpper(id + idSuffix(id))
			}
			return id + rapid.StringMatching(`[A-Za-z0-5]{0,4}`).Draw(t, "suffix")
		}),
	)
	space := rapid.SampledFrom([]string{"", "", "", " ", "\t", "\n", "\r\n", "\u00a0", "\u2003 ", "\u3000", "\u0085", "\ufeff", "\u200b"})
	return rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprint(space.Draw(t, "before"), inner.Draw(t, "text"), space.Draw(t, "after"))
	})
}
