package canon

import (
	"strings"
	"time"
)

func date(s string) (string, bool) {
	if len(s) != len(time.DateOnly) {
		return "", false
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", false
	}
	return s, true
}

// dateTime rounds down to the second, as Salesforce stores it. Replies have +0000 (recorded traffic), files and
// engines any of the other forms.
func dateTime(s string) (string, bool) {
	if len(s) == 20 && s[10] == 'T' && s[19] == 'Z' {
		if _, err := time.Parse(time.RFC3339, s); err == nil {
			return s, true
		}
		return "", false
	}
	day, rest := s, ""
	if len(s) > 10 {
		if s[10] != 'T' && s[10] != 't' && s[10] != ' ' {
			return "", false
		}
		day, rest = s[:10], s[11:]
		if rest == "" {
			return "", false
		}
	}
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "", false
	}
	if rest == "" {
		return day + "T00:00:00Z", true
	}
	rest, offset, ok := zone(rest)
	if !ok {
		return "", false
	}
	c, ok := parseClock(rest)
	if !ok {
		return "", false
	}
	at := d.Add(c.Truncate(time.Second)).Add(-offset)
	if at.Year() < 0 || at.Year() > 9999 {
		return "", false
	}
	return at.Format("2006-01-02T15:04:05Z"), true
}

// zone cuts the offset from the end of a clock.
func zone(s string) (rest string, offset time.Duration, ok bool) {
	if r, found := strings.CutSuffix(s, "Z"); found {
		return r, 0, true
	}
	if r, found := strings.CutSuffix(s, "z"); found {
		return r, 0, true
	}
	i := strings.LastIndexAny(s, "+-")
	if i < 0 {
		return s, 0, true
	}
	rest, off := strings.TrimRight(s[:i], " "), s[i:]
	for _, layout := range []string{"-07:00", "-0700", "-07"} {
		if t, err := time.Parse(layout, off); err == nil {
			_, seconds := t.Zone()
			return rest, time.Duration(seconds) * time.Second, true
		}
	}
	return "", 0, false
}

func clock(s string) (string, bool) {
	if r, found := strings.CutSuffix(s, "Z"); found {
		s = r
	}
	c, ok := parseClock(s)
	if !ok {
		return "", false
	}
	return time.Time{}.Add(c.Truncate(time.Millisecond)).Format("15:04:05.000Z"), true
}

func parseClock(s string) (time.Duration, bool) {
	for _, layout := range []string{"15:04:05", "15:04"} { // Go takes a fraction after the seconds by itself
		if len(s) >= len(layout) && s[2] == ':' {
			if t, err := time.Parse(layout, s); err == nil {
				return t.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)), true
			}
		}
	}
	return 0, false
}
