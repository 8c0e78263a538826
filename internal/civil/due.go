package civil

import "github.com/gongyi/gongyi/internal/fault"

// DueOn gives the last day of a clock of n working days that starts after the day. Where the year's
// holidays are not in the table it gives the nth calendar day, which is never later: a promise to
// somebody who waits must not fail for want of a table.
// Faults: civil.span_too_long.
func (c *Calendar) DueOn(day Date, n int) (Date, error) {
	due, err := c.AddWorkingDays(day, n)
	if fault.Is(err, "civil.year_unknown") {
		return day.AddDays(n), nil
	}
	return due, err
}
