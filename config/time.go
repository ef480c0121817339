package config

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/signalsmith/signalsmith/config/schema"
)

var daysForm = regexp.MustCompile(`^[0-9]{1,5}d$`)

// duration reads a span of time: "90m", "26h" or "7d". ok is false where it is absent or wrong, which is reported.
func (d *decoder) duration(body *schema.Body, name string) (time.Duration, bool) {
	text, ok := d.shown(body, name)
	if !ok {
		return 0, false
	}
	if daysForm.MatchString(text) {
		days, _ := strconv.Atoi(strings.TrimSuffix(text, "d"))
		text = strconv.Itoa(24*days) + "h"
	}
	span, err := time.ParseDuration(text)
	switch {
	case err != nil:
		d.fail("C112", body.At(name), "not a span of time", name+` is a number with a unit: s, m, h or d, as in "90m", "26h" or "7d".`)
		return 0, false
	case span <= 0:
		d.fail("C112", body.At(name), "no time at all", name+` is longer than nothing, as in "26h".`)
		return 0, false
	}
	return span, true
}

// date reads a day, as in "2026-12-01"; ok is false where it is absent or wrong, which is reported.
func (d *decoder) date(body *schema.Body, name string) (day time.Time, ok bool) {
	text, ok := d.shown(body, name)
	if !ok {
		return day, false
	}
	day, err := time.ParseInLocation(time.DateOnly, text, time.UTC)
	if err != nil {
		d.fail("C112", body.At(name), "not a date", name+` is a day, written year-month-day: "2026-12-01".`)
		return day, false
	}
	return day, true
}
