package languagetest

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/providers"
)

// value is what an expression is on one row.
type value struct {
	typ  lang.Type
	null bool
	text string   // of a text and a time of day
	num  *big.Int // of a number: billionths
	yes  bool
	at   time.Time // of a date, a timestamp or an instant

	column string // how a value that comes right from a column is written
	direct bool   // it comes right from a column
	odd    bool   // NaN or infinite, which cannot be written
}

func null(t lang.Type) value { return value{typ: t, null: true} }

func text(s string) value { return value{typ: lang.Text, text: s} }

func boolean(b bool) value { return value{typ: lang.Bool, yes: b} }

// String is the value as a template writes it; ok is false for null.
func (v value) String() (s string, ok bool) {
	switch {
	case v.null:
		return "", false
	case v.direct:
		return v.column, !v.odd
	case v.typ == lang.Number:
		return plainDigits(v.num), true
	case v.typ == lang.Bool:
		return strconv.FormatBool(v.yes), true
	case v.typ == lang.Date:
		return v.at.Format(time.DateOnly), true
	case v.typ == lang.Timestamp:
		return v.at.Format("2006-01-02 15:04:05.999999"), true
	case v.typ == lang.Instant:
		return v.at.UTC().Format("2006-01-02T15:04:05.999999Z"), true
	}
	return v.text, true
}

func plainDigits(n *big.Int) string {
	s := new(big.Int).Abs(n).String()
	if len(s) < 10 {
		s = strings.Repeat("0", 10-len(s)) + s
	}
	s = strings.TrimRight(s[:len(s)-9]+"."+s[len(s)-9:], "0")
	s = strings.TrimSuffix(s, ".")
	if n.Sign() < 0 {
		s = "-" + s
	}
	return s
}

var (
	billion = big.NewInt(1_000_000_000)
	limit   = new(big.Int).Exp(big.NewInt(10), big.NewInt(29), nil)
)

// rounded is a number of the language; ok is false where it has too many digits.
func rounded(r *big.Rat) (value, bool) {
	n := quotient(new(big.Int).Mul(r.Num(), billion), r.Denom())
	if n.CmpAbs(limit) >= 0 {
		return null(lang.Number), false
	}
	return value{typ: lang.Number, num: n}, true
}

// quotient rounds half away from zero.
func quotient(a, b *big.Int) *big.Int {
	q, m := new(big.Int).QuoRem(a, b, new(big.Int))
	if new(big.Int).Lsh(m, 1).CmpAbs(b) >= 0 {
		q.Add(q, big.NewInt(int64(a.Sign()*b.Sign())))
	}
	return q
}

func (v value) rat() *big.Rat { return new(big.Rat).SetFrac(v.num, billion) }

// of is a column's value, loaded as text.
func of(t providers.Type, s *string) value {
	if s == nil {
		return null(kind(t))
	}
	v := value{typ: kind(t), text: *s, column: *s, direct: true}
	switch t {
	case providers.TypeInt:
		v.num = units(*s)
	case providers.TypeDecimal:
		r, _ := new(big.Rat).SetString(*s)
		v.column = r.FloatString(9)
		v.num = units(*s)
	case providers.TypeFloat:
		f, _ := strconv.ParseFloat(*s, 64)
		v.num, v.odd = nil, true
		if !math.IsNaN(f) && !math.IsInf(f, 0) {
			v.column, v.odd = strconv.FormatFloat(f, 'f', -1, 64), false
			if f == 0 {
				v.column = "0"
			}
			v.num = units(v.column)
		}
	case providers.TypeBool:
		v.yes = *s == "true"
	case providers.TypeDate:
		v.at, _ = time.Parse(time.DateOnly, *s)
	case providers.TypeTimestamp:
		v.at, _ = time.Parse("2006-01-02 15:04:05.999999", *s)
		v.column = v.at.Format("2006-01-02 15:04:05.999999")
	case providers.TypeInstant:
		v.at, _ = time.Parse("2006-01-02 15:04:05.999999Z07:00", *s)
		v.at = v.at.UTC()
		v.column = v.at.Format("2006-01-02T15:04:05.999999Z")
	}
	return v
}

// units are the billionths of a number, rounded; nil where it is too long.
func units(s string) *big.Int {
	r, _ := new(big.Rat).SetString(s)
	v, ok := rounded(r)
	if !ok {
		return nil
	}
	return v.num
}

func kind(t providers.Type) lang.Type {
	switch t {
	case providers.TypeInt, providers.TypeDecimal, providers.TypeFloat:
		return lang.Number
	case providers.TypeInstant:
		return lang.Instant
	}
	return lang.Type(t)
}
