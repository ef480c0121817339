// Package sfid makes and reads Salesforce record ids.
//
// An id is 15 case-sensitive characters: a key prefix of three that names the object, and twelve for the record. The
// 18 character form adds three letters that repeat the case of the first 15, so that it survives systems which ignore
// case: one letter for five characters, bit i set where character i is upper case, out of "A" to "Z" and "0" to "5".
package sfid

import "strings"

const (
	digits   = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	checksum = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
	pod      = "EM" // stands where a real id names the pod that made it
)

// Make gives the 18 character id of record seq of the object with that key prefix. Ids of one object sort as their numbers.
func Make(prefix string, seq uint64) string {
	var b [18]byte
	copy(b[:], prefix)
	copy(b[3:], pod)
	for i := 14; i >= 5; i-- {
		b[i] = digits[seq%62]
		seq /= 62
	}
	sum(b[:])
	return string(b[:])
}

func sum(b []byte) {
	for block := 0; block < 3; block++ {
		bits := 0
		for i := 0; i < 5; i++ {
			if c := b[block*5+i]; c >= 'A' && c <= 'Z' {
				bits |= 1 << i
			}
		}
		b[15+block] = checksum[bits]
	}
}

// Full gives the 18 character form of an id of 15 or 18 characters. It reports false for anything else, and for a checksum
// that does not belong to the first 15 characters even after their case has been put right.
func Full(id string) (string, bool) {
	if len(id) != 15 && len(id) != 18 {
		return "", false
	}
	var b [18]byte
	for i := 0; i < len(id); i++ {
		if strings.IndexByte(digits, id[i]) < 0 {
			return "", false
		}
	}
	copy(b[:], id[:15])
	if len(id) == 18 {
		for block := 0; block < 3; block++ {
			c := id[15+block]
			if c >= 'a' && c <= 'z' {
				c -= 'a' - 'A'
			}
			bits := strings.IndexByte(checksum, c)
			if bits < 0 {
				return "", false
			}
			for i := 0; i < 5; i++ {
				p := &b[block*5+i]
				letter := *p >= 'a' && *p <= 'z' || *p >= 'A' && *p <= 'Z'
				switch {
				case bits&(1<<i) != 0 && !letter:
					return "", false
				case !letter:
				case bits&(1<<i) != 0:
					*p &^= 0x20
				default:
					*p |= 0x20
				}
			}
		}
	}
	sum(b[:])
	return string(b[:]), true
}

// Prefix is the key prefix of an id, or "" when it is too short to have one.
func Prefix(id string) string {
	if len(id) < 3 {
		return ""
	}
	return id[:3]
}

// Seq is the record number in an id that [Make] could have made. An id of another org has none.
func Seq(id string) (uint64, bool) {
	full, ok := Full(id)
	if !ok || full[3:5] != pod {
		return 0, false
	}
	var n uint64
	for i := 5; i < 15; i++ {
		d := uint64(strings.IndexByte(digits, full[i]))
		if n > (1<<64-1-d)/62 {
			return 0, false
		}
		n = n*62 + d
	}
	return n, true
}

// Short is the 15 character form, which Salesforce uses inside some messages.
func Short(id string) string {
	if len(id) == 18 {
		return id[:15]
	}
	return id
}
