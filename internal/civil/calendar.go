package civil

import (
	_ "embed" // the holiday table
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/gongyi/gongyi/internal/fault"
)

//go:embed holidays.csv
var holidaysCSV string

const (
	calendarRowsMax = 10_000 // 60 rows a year; more is not a holiday table
	spanDaysMax     = 4_000  // of one count of working days; legal clocks run for 3 years at most
)

// Calendar tells working days from days off: a day is what the table says, else a weekday is
// worked and a weekend is not. Only for years whose holidays are known. It does not change after
// reading and is safe for concurrent use.
type Calendar struct {
	days map[Date]dayKind
}

type dayKind bool

const (
	off  dayKind = false
	work dayKind = true
)

// Holidays gives the calendar that comes with the program.
var Holidays = sync.OnceValues(func() (*Calendar, error) {
	return (&Calendar{}).With(strings.NewReader(holidaysCSV))
})

// With gives a calendar in which the rows of a table (date,kind,name; kind is "off" or "work";
// lines that begin with # are remarks) replace this one's: a city's own or a newer year's file.
// It refuses days that do not exist or come twice, and a "work" row for a weekday, which would
// say nothing.
func (c *Calendar) With(table io.Reader) (*Calendar, error) {
	r := csv.NewReader(table)
	r.Comment, r.FieldsPerRecord = '#', 3
	header, err := r.Read()
	if err != nil || strings.Join(header, ",") != "date,kind,name" {
		return nil, fmt.Errorf("civil: the holiday table must begin with date,kind,name: %v", err)
	}
	rows := map[Date]dayKind{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = readDay(rows, row)
		}
		if err != nil {
			return nil, fmt.Errorf("civil: holiday table: %w", err)
		}
	}
	days := maps.Clone(c.days)
	if days == nil {
		days = map[Date]dayKind{}
	}
	maps.Copy(days, rows)
	return &Calendar{days}, nil
}

func readDay(rows map[Date]dayKind, row []string) error {
	day, err := ParseDate(row[0])
	if err != nil {
		return err
	}
	if _, twice := rows[day]; twice {
		return fmt.Errorf("%s stands twice", day)
	}
	switch {
	case row[1] == "off":
		rows[day] = off
	case row[1] == "work" && day.isWeekend():
		rows[day] = work
	case row[1] == "work":
		return fmt.Errorf("%s is a weekday, which is worked without a row", day)
	default:
		return fmt.Errorf("%s is %q, want off or work", day, row[1])
	}
	if len(rows) > calendarRowsMax {
		return fmt.Errorf("more than %d rows", calendarRowsMax)
	}
	return nil
}

func (d Date) isWeekend() bool {
	w := d.Midnight().In(Zone).Weekday()
	return w == time.Saturday || w == time.Sunday
}

// Knows tells whether the year's holidays are in the table: both New Year and National Day are.
func (c *Calendar) Knows(year int) bool {
	for _, day := range []string{"-01-01", "-10-01"} {
		if kind, ok := c.days[Date(fmt.Sprintf("%04d", year)+day)]; !ok || kind != off {
			return false
		}
	}
	return true
}

// IsWorkingDay tells whether the day is worked.
// Faults: civil.year_unknown (conflict) when its year's holidays are not in the table: then
// somebody must enter them; weekends are not guessed at.
func (c *Calendar) IsWorkingDay(day Date) (bool, error) {
	if year := day.Year(); !c.Knows(year) {
		return false, fault.New(fault.Conflict, "civil.year_unknown", "year", year)
	}
	if kind, ok := c.days[day]; ok {
		return bool(kind), nil
	}
	return !day.isWeekend(), nil
}

// Year gives the day's year.
func (d Date) Year() int { return d.Midnight().In(Zone).Year() }

// AddWorkingDays gives the nth working day after the day (before it for a negative n; the day
// itself for 0), as legal clocks in working days count: the day itself is not counted.
// Faults: civil.year_unknown; civil.span_too_long (invalid) when it lies more than 4 000 days off.
func (c *Calendar) AddWorkingDays(day Date, n int) (Date, error) {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for walked := 0; n > 0; walked++ {
		if walked == spanDaysMax {
			return "", tooLong()
		}
		day = day.AddDays(step)
		working, err := c.IsWorkingDay(day)
		if err != nil {
			return "", err
		}
		if working {
			n--
		}
	}
	return day, nil
}

// WorkingDays counts the working days after the first day, up to and with the last: the n for
// which AddWorkingDays(after, n) gives the last working day of the span. An empty span counts 0.
// Faults: as AddWorkingDays.
func (c *Calendar) WorkingDays(after, last Date) (int, error) {
	n, day := 0, after
	for walked := 0; day < last; walked++ {
		if walked == spanDaysMax {
			return 0, tooLong()
		}
		day = day.AddDays(1)
		working, err := c.IsWorkingDay(day)
		if err != nil {
			return 0, err
		}
		if working {
			n++
		}
	}
	return n, nil
}

func tooLong() error { return fault.New(fault.Invalid, "civil.span_too_long", "max", spanDaysMax) }
