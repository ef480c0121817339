package languagetest

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/lang"
)

// row evaluates expressions on one row, apart from any engine and from the compiler. bad is set where a conversion or a
// computation that was carried out had all it needed and no result.
type row struct {
	columns map[string]value
	zone    string
	bad     bool
}

func (r *row) eval(e lang.Expr) value {
	switch e := e.(type) {
	case *lang.Column:
		return r.columns[e.Name]
	case *lang.Literal:
		switch {
		case e.Value.IsNull():
			return null(lang.Null)
		case e.Value.Type() == cty.Bool:
			return boolean(e.Value.True())
		case e.Value.Type() == cty.Number:
			n, _ := rounded(ratOf(e))
			return n
		}
		return text(e.Value.AsString())
	case *lang.Template:
		return r.concat(e.Parts)
	case *lang.Call:
		return r.call(e)
	}
	panic("no such expression")
}

func ratOf(e *lang.Literal) *big.Rat {
	rat, _ := new(big.Rat).SetString(e.Value.AsBigFloat().Text('f', -1))
	return rat
}

func (r *row) concat(parts []lang.Expr) value {
	var b strings.Builder
	missing := false
	for _, p := range parts {
		s, ok := r.eval(p).String()
		missing = missing || !ok
		b.WriteString(s)
	}
	if missing {
		return null(lang.Text)
	}
	return text(b.String())
}

// fail is null, and the row is bad.
func (r *row) fail(t lang.Type) value {
	r.bad = true
	return null(t)
}

// arg evaluates an argument; a number of too many digits is none.
func (r *row) arg(e lang.Expr) value {
	v := r.eval(e)
	v.direct = false
	if v.typ == lang.Number && !v.null && v.num == nil {
		return r.fail(lang.Number)
	}
	return v
}

func (r *row) call(e *lang.Call) value {
	switch e.Name {
	case "?:":
		c := r.arg(e.Args[0])
		switch {
		case c.null:
			return null(lang.Null)
		case c.yes:
			return r.arg(e.Args[1])
		}
		return r.arg(e.Args[2])
	case "&&", "||":
		a := r.arg(e.Args[0])
		decides := e.Name == "||"
		if !a.null && a.yes == decides {
			return a
		}
		b := r.arg(e.Args[1])
		switch {
		case !b.null && b.yes == decides:
			return b
		case a.null || b.null:
			return null(lang.Bool)
		}
		return boolean(!decides)
	case "==", "!=":
		for i, a := range e.Args {
			if lang.IsNull(a) {
				return boolean(r.eval(e.Args[1-i]).null == (e.Name == "=="))
			}
		}
	case "coalesce":
		v := null(lang.Null)
		for _, a := range e.Args {
			if v = r.arg(a); !v.null {
				break
			}
		}
		return v
	case "concat":
		return r.concat(e.Args)
	case "join":
		return r.join(e)
	}
	f, _ := lang.Lookup(e.Name)
	args := make([]value, len(e.Args))
	missing := false
	for i, a := range e.Args {
		args[i] = r.arg(a)
		missing = missing || args[i].null && (e.Name != "nullif" || i == 0)
	}
	if missing {
		return null(f.Gives)
	}
	v, ok := r.apply(e, args)
	if !ok {
		return r.fail(f.Gives)
	}
	return v
}

func (r *row) join(e *lang.Call) value {
	sep := r.arg(e.Args[0])
	var parts []string
	for _, a := range e.Args[1:] {
		if s, ok := r.eval(a).String(); ok {
			parts = append(parts, s)
		}
	}
	if sep.null {
		return sep
	}
	return text(strings.Join(parts, sep.text))
}

// apply is a function of values that are all there; ok is false where it has no result.
func (r *row) apply(e *lang.Call, a []value) (value, bool) {
	switch e.Name {
	case "==", "!=", "<", "<=", ">", ">=":
		c := order(a[0], a[1])
		return boolean(map[string]bool{"==": c == 0, "!=": c != 0, "<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[e.Name]), true
	case "nullif":
		if !a[1].null && order(a[0], a[1]) == 0 {
			return null(a[0].typ), true
		}
		return a[0], true
	case "!":
		return boolean(!a[0].yes), true
	case "+", "-", "*", "/", "%", "neg", "abs", "round", "floor", "ceil":
		return arithmetic(e.Name, a)
	case "lower":
		return text(strings.Map(unicode.ToLower, a[0].text)), true
	case "upper":
		return text(strings.Map(upper, a[0].text)), true
	case "trim":
		return text(strings.TrimFunc(a[0].text, unicode.IsSpace)), true
	case "length":
		return rounded(new(big.Rat).SetInt64(int64(len(utf16.Encode([]rune(a[0].text))))))
	case "substr":
		return substr(a), true
	case "replace":
		if a[1].text == "" {
			return a[0], true
		}
		return text(strings.ReplaceAll(a[0].text, a[1].text, a[2].text)), true
	case "regex_replace":
		re := regexp.MustCompile(a[1].text)
		groups := regexp.MustCompile(`\$[$0-9]`).ReplaceAllStringFunc(a[2].text, func(d string) string {
			if d == "$$" {
				return d
			}
			return "${" + d[1:] + "}"
		})
		return text(re.ReplaceAllString(a[0].text, groups)), true
	case "regex_extract":
		return extract(a), true
	case "split_part":
		return part(a), true
	case "lpad", "rpad":
		return pad(e.Name, a), true
	case "md5":
		sum := md5.Sum([]byte(a[0].text))
		return text(hex.EncodeToString(sum[:])), true
	case "sha256":
		sum := sha256.Sum256([]byte(a[0].text))
		return text(hex.EncodeToString(sum[:])), true
	}
	return r.convert(e, a)
}

func upper(c rune) rune {
	if c == 'ß' {
		return 'ẞ'
	}
	return unicode.ToUpper(c)
}

func order(a, b value) int {
	switch a.typ {
	case lang.Number:
		return a.num.Cmp(b.num)
	case lang.Bool:
		switch {
		case a.yes == b.yes:
			return 0
		case a.yes:
			return 1
		}
		return -1
	case lang.Date, lang.Timestamp, lang.Instant:
		return a.at.Compare(b.at)
	}
	return strings.Compare(a.text, b.text)
}

func arithmetic(op string, a []value) (value, bool) {
	x, out := a[0].rat(), new(big.Rat)
	switch op {
	case "+":
		out.Add(x, a[1].rat())
	case "-":
		out.Sub(x, a[1].rat())
	case "*":
		out.Mul(x, a[1].rat())
	case "/":
		if a[1].num.Sign() == 0 {
			return value{}, false
		}
		out.Quo(x, a[1].rat())
	case "%":
		if a[1].num.Sign() == 0 {
			return value{}, false
		}
		return value{typ: lang.Number, num: new(big.Int).Rem(a[0].num, a[1].num)}, true
	case "neg":
		out.Neg(x)
	case "abs":
		out.Abs(x)
	case "round":
		digits := big.NewInt(0)
		if len(a) > 1 {
			digits.Quo(a[1].num, billion)
		}
		unit := new(big.Int).Exp(big.NewInt(10), new(big.Int).Sub(big.NewInt(9), digits), nil)
		out.SetFrac(new(big.Int).Mul(quotient(a[0].num, unit), unit), billion)
	case "floor", "ceil":
		n := new(big.Int).Div(a[0].num, billion) // Euclidean: down, since the divisor is positive
		if op == "ceil" && new(big.Int).Mod(a[0].num, billion).Sign() != 0 {
			n.Add(n, big.NewInt(1))
		}
		out.SetInt(n)
	}
	return rounded(out)
}

// substr counts UTF-16 units from 1; halves of characters at its ends are left out.
func substr(a []value) value {
	down := func(v value) int {
		n := new(big.Int).Div(v.num, billion)
		if n.CmpAbs(billion) > 0 {
			n.Mul(billion, big.NewInt(int64(n.Sign())))
		}
		return int(n.Int64())
	}
	from := down(a[1])
	to := 1 << 40
	if len(a) > 2 {
		to = from + down(a[2])
	}
	var b strings.Builder
	at := 1
	for _, c := range a[0].text {
		next := at + utf16.RuneLen(c)
		if at >= from && next <= to {
			b.WriteRune(c)
		}
		at = next
	}
	return text(b.String())
}

func extract(a []value) value {
	re := regexp.MustCompile(a[1].text)
	group := min(1, re.NumSubexp())
	if len(a) > 2 {
		group = int(new(big.Int).Quo(a[2].num, billion).Int64())
	}
	if m := re.FindStringSubmatch(a[0].text); m != nil && m[group] != "" {
		return text(m[group])
	}
	return null(lang.Text)
}

func part(a []value) value {
	parts := strings.Split(a[0].text, a[1].text)
	n := int(new(big.Int).Quo(a[2].num, billion).Int64())
	if n < 0 {
		n += len(parts) + 1
	}
	if n < 1 || n > len(parts) || parts[n-1] == "" {
		return null(lang.Text)
	}
	return text(parts[n-1])
}

func pad(fn string, a []value) value {
	width, with := int(new(big.Int).Quo(a[1].num, billion).Int64()), " "
	if len(a) > 2 {
		with = a[2].text
	}
	missing := width - len(utf16.Encode([]rune(a[0].text)))
	if missing <= 0 {
		return a[0]
	}
	fill := string([]rune(strings.Repeat(with, missing))[:missing])
	if fn == "lpad" {
		return text(fill + a[0].text)
	}
	return text(a[0].text + fill)
}

func inZone(t time.Time, zone string) time.Time {
	if zone == "" {
		zone = "UTC"
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	return t.In(loc)
}
