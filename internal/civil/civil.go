// Package civil knows days in China: a Date has no time and no zone, and a business day is what
// the holiday table says it is.
package civil

import (
	"fmt"
	"strconv"
	"time"

	"github.com/gongyi/gongyi/internal/fault"
)

// Zone is Asia/Shanghai: UTC+8 all year since 1992, so it needs no zone file.
var Zone = time.FixedZone("CST", 8*3600)

// Date is a day, written YYYY-MM-DD. It compares and sorts as text.
type Date string

// DateOf gives the day on which t falls in China.
func DateOf(t time.Time) Date { return Date(t.In(Zone).Format(time.DateOnly)) }

// NumberIn is SQL for the number of the day that the milliseconds of a column are in: days since
// 1970, each eight hours before UTC's. OfNumber says which day it is.
func NumberIn(column string) string { return "(" + column + " + 28800000) / 86400000" }

// OfNumber gives the day of a number of NumberIn, read as text.
func OfNumber(text string) (Date, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	return DateOf(time.Unix(n*86_400, 0)), err
}

// The years that are read: the ID numbers' standard has an example of 1880, and nothing that is
// agreed today ends after 2199. A day that can be reached from one of them by counting is still a
// day with a year of four digits.
const (
	yearMin = "1800"
	yearEnd = "2200"
)

// ParseDate reads YYYY-MM-DD and refuses days that do not exist and years that nobody means.
func ParseDate(s string) (Date, error) {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", fmt.Errorf("civil: %q is not a day: %w", s, err)
	}
	if s < yearMin || s >= yearEnd {
		return "", fmt.Errorf("civil: %q is not a day of the years %s to 2199", s, yearMin)
	}
	return Date(s), nil
}

// Midnight is the instant at which the day begins in China.
func (d Date) Midnight() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), Zone)
	if err != nil {
		panic("civil: not a day: " + string(d))
	}
	return t.UTC()
}

// At is an instant of the day, in minutes after midnight.
func (d Date) At(minutes int) time.Time {
	return d.Midnight().Add(time.Duration(minutes) * time.Minute)
}

// AddDays gives the day n days later.
func (d Date) AddDays(n int) Date { return DateOf(d.Midnight().AddDate(0, 0, n)) }

// Days reads a stretch of days: until is the last, today if left out; from the first, so many days
// that end with until if left out.
// Faults: civil.days (invalid, on its field).
func Days(from, until, today Date, n int) (first, last Date, err error) {
	if until == "" {
		until = today
	}
	if _, err := ParseDate(string(until)); err != nil {
		return "", "", wrongDays("until")
	}
	if from == "" {
		from = until.AddDays(1 - n)
	}
	if _, err := ParseDate(string(from)); err != nil {
		return "", "", wrongDays("from")
	}
	if until < from {
		return "", "", wrongDays("until")
	}
	return from, until, nil
}

func wrongDays(field string) error {
	return fault.New(fault.Invalid, "civil.days").OnField(field)
}

// AgeOn gives the full years of someone born on d, on that day. A person born on 29 February
// completes a year on 1 March where there is no 29th.
func (d Date) AgeOn(day Date) int {
	b, t := d.Midnight().In(Zone), day.Midnight().In(Zone)
	years := t.Year() - b.Year()
	if t.Month() < b.Month() || t.Month() == b.Month() && t.Day() < b.Day() {
		years--
	}
	return years
}
