package canon

import (
	"strconv"
	"strings"
	"time"
)

// day reads 2006-01-02, from the year 1000 to 9999. Salesforce itself begins at 1700.
func day(s string) (time.Time, bool) {
	if len(s) != len(time.DateOnly) || s[0] == '0' {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil
}

func date(s string) (string, bool) {
	_, ok := day(s)
	return s, ok
}

// dateTime rounds down to the second, as Salesforce stores it. Replies have +0000 (recorded traffic), files and
// engines any of the other forms.
func dateTime(s string) (string, bool) {
	if len(s) == 28 && s[19] == '.' && digits(s[20:23]) && s[23:] == "+0000" {
		s = s[:19] + "Z" // as replies have it
	}
	if len(s) == 20 && s[0] != '0' && s[10] == 'T' && s[19] == 'Z' {
		_, err := time.Parse(time.RFC3339, s)
		return s, err == nil
	}
	d, ok := day(s[:min(len(s), 10)])
	if !ok {
		return "", false
	}
	if len(s) == 10 {
		return s + "T00:00:00Z", true
	}
	if s[10] != 'T' && s[10] != ' ' {
		return "", false
	}
	rest, offset, ok := zone(s[11:])
	if !ok {
		return "", false
	}
	c, ok := parseClock(rest)
	if !ok {
		return "", false
	}
	at := d.Add(c.Truncate(time.Second) - offset)
	if at.Year() < 1000 || at.Year() > 9999 {
		return "", false
	}
	return at.Format("2006-01-02T15:04:05Z"), true
}

// zone cuts the offset from the end of a clock: Z, +01, +0100, +01:00, up to 14 hours.
func zone(s string) (rest string, offset time.Duration, ok bool) {
	i := strings.LastIndexAny(s, "Zz+-")
	if i < 0 {
		return s, 0, true
	}
	rest, off := strings.TrimSuffix(s[:i], " "), s[i:]
	if off == "Z" || off == "z" {
		return rest, 0, true
	}
	plain := strings.Replace(off[1:], ":", "", 1)
	if len(plain) != 2 && len(plain) != 4 || !digits(plain) || len(off) == 6 && off[3] != ':' || len(off) == 4 {
		return "", 0, false
	}
	hours, _ := strconv.Atoi(plain[:2])
	minutes := 0
	if len(plain) == 4 {
		minutes, _ = strconv.Atoi(plain[2:])
	}
	if hours > 14 || minutes > 59 {
		return "", 0, false
	}
	offset = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if off[0] == '-' {
		offset = -offset
	}
	return rest, offset, true
}

func clock(s string) (string, bool) {
	c, ok := parseClock(strings.TrimSuffix(s, "Z"))
	if !ok {
		return "", false
	}
	return time.Time{}.Add(c.Truncate(time.Millisecond)).Format("15:04:05.000Z"), true
}

// parseClock reads 15:04, 15:04:05 and 15:04:05.999999999.
func parseClock(s string) (time.Duration, bool) {
	layout := "15:04"
	switch {
	case len(s) == 5:
	case len(s) == 8 || len(s) >= 10 && len(s) <= 18 && s[8] == '.':
		layout = "15:04:05" // Go takes a fraction after the seconds by itself
	default:
		return 0, false
	}
	if s[2] != ':' {
		return 0, false
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		return 0, false
	}
	return t.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)), true
}
