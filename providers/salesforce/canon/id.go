package canon

const suffixes = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

// ID gives the 18 characters of a record id. ok is false where s is no id: not 15 or 18 letters and digits, or 18
// with a checksum that does not fit, which happens when a table has lost the case of its ids.
//
// The last three characters say which of the first fifteen are upper case, five a character, lowest first.
func ID(s string) (id string, ok bool) {
	if len(s) != 15 && len(s) != 18 {
		return "", false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return "", false
		}
	}
	var suffix [3]byte
	for group := range 3 {
		bits := 0
		for i := range 5 {
			if c := s[group*5+i]; c >= 'A' && c <= 'Z' {
				bits |= 1 << i
			}
		}
		suffix[group] = suffixes[bits]
	}
	if len(s) == 18 {
		return s, s[15:] == string(suffix[:])
	}
	return s + string(suffix[:]), true
}
