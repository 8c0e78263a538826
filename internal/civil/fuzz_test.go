package civil_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
)

// Goal: a text that is read as a day is that day and no other: it is its own normal form, sorts in
// time's order, and every day that legal clocks can reach from it is a day again.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"2026-03-02", "2024-02-29", "2023-02-29", "0000-01-01", "9999-12-31",
		"2026-3-2", "２０２６-０３-０２", "2026-03-02T00:00:00Z", "1800-01-01", "2199-12-31", "", "-"} {
		f.Add(s, int16(1))
		f.Add(s, int16(-4000))
	}
	f.Fuzz(func(t *testing.T, s string, n int16) {
		d, err := civil.ParseDate(s)
		if err != nil {
			if d != "" {
				t.Errorf("%q was refused and read as %q", s, d)
			}
			return
		}
		if string(d) != s || civil.DateOf(d.Midnight()) != d {
			t.Errorf("%q was read as %q, whose midnight is on %q", s, d, civil.DateOf(d.Midnight()))
		}
		if last := civil.DateOf(d.Midnight().Add(24*time.Hour - 1)); last != d {
			t.Errorf("the last instant of %q is on %q", d, last)
		}
		days := int(n) % 4000
		later := d.AddDays(days)
		if later.AddDays(-days) != d || (later > d) != (days > 0) || (later < d) != (days < 0) {
			t.Errorf("%d days after %q is %q", days, d, later)
		}
		age := d.AgeOn(later)
		if later >= d && (age < 0 || age > 12) {
			t.Errorf("someone born on %q is %d on %q", d, age, later)
		}
		weekday := int(d.Midnight().Add(8 * time.Hour).Weekday())
		if got := int(later.Midnight().Add(8 * time.Hour).Weekday()); got != ((weekday+days)%7+7)%7 {
			t.Errorf("%q and %q are %d days apart but fall on %d and %d", d, later, days, weekday, got)
		}
	})
}

// Goal: a holiday table from outside is refused, or makes a calendar that counts there and back.
func FuzzCalendar(f *testing.F) {
	const head = "date,kind,name\n"
	for _, s := range []string{head, head + "2030-01-01,off,元旦\n2030-10-01,off,国庆\n2030-01-05,work,\n",
		head + "2030-01-01,off\n", head + "0000-01-01,off,a\n", head + "9999-12-31,off,\"a",
		"# x\n" + head,
		head + "2030-01-01,off,a\n2030-01-01,off,b\n", "\ufeff" + head} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, table string) {
		c, err := (&civil.Calendar{}).With(strings.NewReader(table))
		if err != nil {
			if c != nil {
				t.Errorf("refused, and made: %v", err)
			}
			return
		}
		if !c.Knows(2030) {
			return
		}
		day := civil.Date("2030-06-15")
		for _, n := range []int{1, 5, 20, -1, -20} {
			there, err := c.AddWorkingDays(day, n)
			if err != nil {
				continue // it left the year, or there are not so many
			}
			first, last := day, there
			if n < 0 {
				first, last = there, day
			}
			back, err := c.WorkingDays(first, last)
			if err != nil || n > 0 && back != n {
				t.Errorf("%d working days after %s is %s, which is %d of them: %v", n, day, there, back, err)
			}
			if ok, err := c.IsWorkingDay(there); err != nil || !ok {
				t.Errorf("%s is no working day: %v", there, err)
			}
		}
	})
}
