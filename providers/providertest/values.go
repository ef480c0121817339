package providertest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/signalsmith/signalsmith/providers"
)

// RandomText makes a value that a field takes, as canonical text: of any length that fits, with any characters, of any size.
// "" is null, about every tenth time; a boolean is never null. Numbers have at most 15 significant digits, since what has
// more does not survive a JSON number that is read as a double. References and fields without a single value are null.
func RandomText(r *rand.Rand, f *providers.Field) string {
	c, ok := f.Canon()
	if !ok || c.Kind == providers.CanonID || c.Kind != providers.CanonBool && r.IntN(10) == 0 {
		return ""
	}
	switch c.Kind {
	case providers.CanonNumber:
		return randomNumber(r, f, c.Scale)
	case providers.CanonBool:
		return fmt.Sprint(r.IntN(2) == 0)
	case providers.CanonDate:
		return randomTime(r).Format(time.DateOnly)
	case providers.CanonDateTime:
		return randomTime(r).Format("2006-01-02T15:04:05Z")
	case providers.CanonTime:
		return time.UnixMilli(r.Int64N(24*60*60*1000)).UTC().Format("15:04:05.000") + "Z"
	case providers.CanonSet:
		return randomSet(r, f)
	}
	switch {
	case len(f.Picklist) > 0:
		return f.Picklist[r.IntN(len(f.Picklist))].Value
	case f.Type == "email":
		return randomEmail(r)
	case f.Type == "phone":
		return strings.TrimSpace(pick(r, "0123456789+()-. ext", 1+r.IntN(min(f.Length, 30))))
	}
	return randomString(r, f.Length)
}

// randomTime is between the first and the last day that Salesforce stores.
func randomTime(r *rand.Rand) time.Time {
	first := time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	last := time.Date(4000, 12, 31, 23, 59, 59, 0, time.UTC).Unix()
	return time.Unix(first+r.Int64N(last-first+1), 0).UTC()
}

func randomNumber(r *rand.Rand, f *providers.Field, scale int) string {
	whole, most := f.Precision-scale, 15
	if f.Type == "int" || f.Type == "long" {
		whole = f.Digits
		most = whole // these are written as they are
	}
	whole = r.IntN(max(min(whole, most-scale), 0) + 1)
	text := strings.TrimLeft(pick(r, "0123456789", whole), "0")
	if text == "" {
		text = "0"
	}
	if scale > 0 {
		text += "." + pick(r, "0123456789", scale)
	}
	if r.IntN(2) == 0 && strings.Trim(text, "0.") != "" {
		text = "-" + text
	}
	return text
}

func randomSet(r *rand.Rand, f *providers.Field) string {
	var values []string
	for _, v := range f.Picklist {
		if r.IntN(2) == 0 {
			values = append(values, v.Value)
		}
	}
	slices.Sort(values)
	return strings.Join(values, ";")
}

func randomEmail(r *rand.Rand) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	return pick(r, letters+"!#$%&'*+-/=?^_`{|}~.", 1+r.IntN(30)) + "@" + pick(r, letters, 1+r.IntN(20)) + "." + pick(r, "abcdefghijklmnopqrstuvwxyz", 2+r.IntN(4))
}

func pick(r *rand.Rand, from string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = from[r.IntN(len(from))]
	}
	return string(b)
}

// alphabets are the characters that texts are made of: plain ones, those that mean something in JSON, SOQL, CSV or addresses,
// white space, letters of other scripts, marks and joiners, and characters beyond the first plane, which count twice.
var alphabets = [][]rune{
	[]rune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
	[]rune("\"'\\`;,.:/?&=+%#_<>{}[]()@!*|~^$-"),
	[]rune(" \t\n\r\u00a0\u2003\u2028\u3000"),
	[]rune("äöüßéèñçøåłŠžÆœİıЖдЯעבריתعربيहिन्दीไทย中文日本語한국어"),
	[]rune("\u0301\u200b\u200d\u200e\u202e"),
	[]rune("🙂👩🏽💛𝒜𠮷🇩🇪"),
}

// randomString is a text of at most so many UTF-16 units, often exactly so many, without white space at its ends.
func randomString(r *rand.Rand, length int) string {
	want := r.IntN(min(length, 60) + 1)
	if r.IntN(20+length/10) == 0 {
		want = length
	}
	var b strings.Builder
	for n := 0; n < want; {
		set := alphabets[r.IntN(len(alphabets))]
		c := set[r.IntN(len(set))]
		if n+utf16.RuneLen(c) > want {
			c = 'z'
		}
		b.WriteRune(c)
		n += utf16.RuneLen(c)
	}
	return strings.TrimSpace(b.String())
}

// Spell writes canonical text in another form of the same value, as people and other programs would.
func Spell(r *rand.Rand, f *providers.Field, s string) string {
	c, _ := f.Canon()
	if s == "" || c.Kind == providers.CanonID {
		return s
	}
	space := func() string { return strings.Repeat(" ", r.IntN(3)) + strings.Repeat("\t", r.IntN(2)) }
	switch c.Kind {
	case providers.CanonText:
		return space() + s + space() + "\n"
	case providers.CanonBool:
		return strings.ToUpper(s)
	case providers.CanonNumber:
		if f.Type == "int" || f.Type == "long" {
			return s + strings.Repeat(".0", r.IntN(2))
		}
		return finer(r, s, c.Scale)
	case providers.CanonDateTime:
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return s
		}
		zone := time.FixedZone("", (r.IntN(27)-13)*3600+r.IntN(2)*1800)
		at = at.In(zone)
		if at.Year() < 1700 || at.Year() > 4000 {
			return s
		}
		return at.Add(time.Duration(r.IntN(1000)) * time.Millisecond).Format("2006-01-02T15:04:05.000Z07:00")
	case providers.CanonTime:
		return strings.TrimSuffix(s, "Z")
	case providers.CanonSet:
		parts := strings.Split(s, ";")
		parts = append(parts, parts[r.IntN(len(parts))])
		r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		return strings.Join(parts, "; ") + ";"
	}
	return s
}

// finer adds decimals that rounding takes away again: below half away from zero they leave a number as it is.
func finer(r *rand.Rand, s string, scale int) string {
	switch r.IntN(3) {
	case 0:
		return s
	case 1:
		if scale > 0 {
			return strings.TrimRight(strings.TrimRight(s, "0"), ".")
		}
		return s + ".4"
	}
	if scale == 0 {
		s += "."
	}
	return s + "4" + strings.Repeat("9", r.IntN(3))
}
