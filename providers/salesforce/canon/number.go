package canon

import (
	"strconv"
	"strings"
)

// maxDigits bounds what an exponent may unfold to; Salesforce's numbers have at most 18 digits, and doubles 309.
const maxDigits = 400

// number rounds a decimal text half away from zero at scale. It works on the digits, so that 0.1 + 0.2 digits are
// never invented and 18 digits survive.
func number(s string, scale int) (string, bool) {
	if plain(s, scale) {
		return s, true
	}
	negative := false
	switch s[0] {
	case '-':
		negative = true
		s = s[1:]
	case '+':
		s = s[1:]
	}
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil || e > maxDigits || e < -maxDigits {
			return "", false
		}
		mantissa, exponent = s[:i], e
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole == "" && fraction == "" || !digits(whole) || !digits(fraction) {
		return "", false
	}
	if len(whole)+len(fraction) > 2*maxDigits {
		return "", false
	}

	// The value is 0.all * 10^point.
	all := whole + fraction
	point := len(whole) + exponent
	keep := point + scale // digits of all that stay
	var kept []byte
	switch {
	case keep < 0:
	case keep <= len(all):
		kept = []byte(all[:keep])
		if keep < len(all) && all[keep] >= '5' {
			kept = increment(kept)
		}
	default:
		kept = append([]byte(all), strings.Repeat("0", keep-len(all))...)
	}
	for len(kept) < scale+1 {
		kept = append([]byte{'0'}, kept...)
	}
	w, f := strings.TrimLeft(string(kept[:len(kept)-scale]), "0"), string(kept[len(kept)-scale:])
	if w == "" {
		w = "0"
	}
	out := w
	if scale > 0 {
		out += "." + f
	}
	if negative && strings.Trim(out, "0.") != "" {
		out = "-" + out
	}
	return out, true
}

// plain tells whether s is canonical already, which most numbers at scale 0 and all written ones are.
func plain(s string, scale int) bool {
	rest := strings.TrimPrefix(s, "-")
	whole, fraction, dot := strings.Cut(rest, ".")
	if dot != (scale > 0) || len(fraction) != scale || whole == "" || !digits(whole) || !digits(fraction) {
		return false
	}
	if len(whole) > 1 && whole[0] == '0' {
		return false
	}
	return rest == s || strings.Trim(rest, "0.") != ""
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// increment adds one in the last place.
func increment(d []byte) []byte {
	for i := len(d) - 1; i >= 0; i-- {
		if d[i] < '9' {
			d[i]++
			return d
		}
		d[i] = '0'
	}
	return append([]byte{'1'}, d...)
}
