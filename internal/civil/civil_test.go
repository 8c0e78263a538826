package civil_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: a day is China's day: it changes at 16:00 UTC.
func TestDateOf(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]civil.Date{
		"2026-03-01T15:59:59.999Z":  "2026-03-01",
		"2026-03-01T16:00:00Z":      "2026-03-02",
		"2026-12-31T16:00:00Z":      "2027-01-01",
		"2024-02-28T23:00:00+08:00": "2024-02-28",
		"2024-02-28T23:00:00-08:00": "2024-02-29",
	} {
		at, err := time.Parse(time.RFC3339, in)
		if err != nil {
			t.Fatal(err)
		}
		if got := civil.DateOf(at); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

// Goal: only days that exist are read, and only in one writing.
func TestParseDate(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"2026-03-02", "2024-02-29", "1900-01-01"} {
		if d, err := civil.ParseDate(good); err != nil || string(d) != good {
			t.Errorf("%s: got %s, %v", good, d, err)
		}
	}
	for _, bad := range []string{"", "2026-02-29", "2026-2-3", "2026/02/03", "20260203",
		"2026-13-01", "2026-00-01", "2026-01-32", "2026-01-01 ", "2026-01-01T00:00:00Z"} {
		if d, err := civil.ParseDate(bad); err == nil {
			t.Errorf("%q was read as %s", bad, d)
		}
	}
}

// Goal: days and instants fit together over months, years and leap days.
func TestAddDays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		day  civil.Date
		n    int
		want civil.Date
	}{{"2026-02-28", 1, "2026-03-01"}, {"2024-02-28", 1, "2024-02-29"},
		{"2026-01-01", -1, "2025-12-31"}, {"2026-03-02", 0, "2026-03-02"},
		{"2026-03-02", 365, "2027-03-02"}} {
		if got := c.day.AddDays(c.n); got != c.want {
			t.Errorf("%s + %d: got %s, want %s", c.day, c.n, got, c.want)
		}
	}
	eight := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	if got := civil.Date("2026-03-02").At(8 * 60); !got.Equal(eight) {
		t.Errorf("08:00 in China is %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		day := civil.Date("2000-01-01").AddDays(rapid.IntRange(0, 20_000).Draw(t, "day"))
		n := rapid.IntRange(-5_000, 5_000).Draw(t, "n")
		if got := day.AddDays(n).AddDays(-n); got != day {
			t.Errorf("%s + %d - %d = %s", day, n, n, got)
		}
		if got := civil.DateOf(day.Midnight()); got != day {
			t.Errorf("midnight of %s falls on %s", day, got)
		}
		if got := civil.DateOf(day.At(1439)); got != day {
			t.Errorf("the last minute of %s falls on %s", day, got)
		}
	})
}

// Goal: a year of life is complete on the birthday, on 1 March for 29 February without one.
func TestAgeOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		birth, day civil.Date
		want       int
	}{
		{"2010-03-02", "2026-03-01", 15}, {"2010-03-02", "2026-03-02", 16},
		{"2010-12-31", "2026-01-01", 15}, {"2010-01-31", "2026-02-01", 16},
		{"2008-02-29", "2024-02-28", 15}, {"2008-02-29", "2024-02-29", 16},
		{"2008-02-29", "2025-02-28", 16}, {"2008-02-29", "2025-03-01", 17},
		{"2010-03-01", "2026-02-28", 15}, {"2026-03-02", "2026-03-02", 0},
		{"2026-03-03", "2026-03-02", -1},
	} {
		if got := c.birth.AgeOn(c.day); got != c.want {
			t.Errorf("born %s on %s: got %d, want %d", c.birth, c.day, got, c.want)
		}
	}
}

func holidays(t *testing.T) *civil.Calendar {
	t.Helper()
	c, err := civil.Holidays()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Goal: a holiday on a weekday is off, a weekend worked for it is worked, all else as in any week.
func TestIsWorkingDay(t *testing.T) {
	t.Parallel()
	for day, want := range map[civil.Date]bool{
		"2026-02-13": true, "2026-02-14": true, "2026-02-15": false, "2026-02-16": false,
		"2026-02-23": false, "2026-02-24": true, "2026-02-28": true, "2026-03-01": false,
		"2026-03-02": true, "2026-03-07": false, "2026-10-07": false, "2026-10-10": true,
		"2004-01-01": false, "2026-12-31": true,
	} {
		if got, err := holidays(t).IsWorkingDay(day); err != nil || got != want {
			t.Errorf("%s: got %v, %v, want %v", day, got, err, want)
		}
	}
}

// Goal: since 2025 a year has 248 working days (人社部发〔2025〕2号), counted from the table.
func TestWorkingDaysOfYear(t *testing.T) {
	t.Parallel()
	for _, year := range []string{"2025", "2026"} {
		first := civil.Date(year + "-01-01") // off in every year, so it may stand outside the span
		if n, err := holidays(t).WorkingDays(first, civil.Date(year+"-12-31")); err != nil || n != 248 {
			t.Errorf("%s: %d, %v", year, n, err)
		}
	}
}

// Goal: the day itself is not counted, holidays are leapt over, both ways.
func TestAddWorkingDays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		day  civil.Date
		n    int
		want civil.Date
	}{
		{"2026-03-02", 1, "2026-03-03"}, {"2026-03-06", 1, "2026-03-09"},
		{"2026-02-13", 1, "2026-02-14"}, {"2026-02-13", 2, "2026-02-24"},
		{"2026-02-15", 1, "2026-02-24"}, {"2026-02-24", -1, "2026-02-14"},
		{"2026-02-15", 0, "2026-02-15"}, {"2025-12-31", 2, "2026-01-05"},
	} {
		if got, err := holidays(t).AddWorkingDays(c.day, c.n); err != nil || got != c.want {
			t.Errorf("%s + %d: got %s, %v, want %s", c.day, c.n, got, err, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		c, err := civil.Holidays()
		if err != nil {
			t.Fatal(err)
		}
		day := civil.Date("2010-01-01").AddDays(rapid.IntRange(0, 5_000).Draw(t, "day"))
		n := rapid.IntRange(0, 300).Draw(t, "n")
		last, err := c.AddWorkingDays(day, n)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.WorkingDays(day, last); err != nil || got != n {
			t.Errorf("%s + %d = %s, but %d lie between (%v)", day, n, last, got, err)
		}
	})
}

// Goal: a year whose holidays nobody has entered is unknown, also when a count runs into it.
func TestUnknownYear(t *testing.T) {
	t.Parallel()
	c := holidays(t)
	if _, err := c.IsWorkingDay("2027-03-01"); !fault.Is(err, "civil.year_unknown") ||
		fault.As(err).Args["year"] != 2027 {
		t.Errorf("2027: %v", err)
	}
	if _, err := c.AddWorkingDays("2026-12-31", 1); !fault.Is(err, "civil.year_unknown") {
		t.Errorf("into 2027: %v", err)
	}
	if _, err := c.WorkingDays("2003-12-30", "2004-01-05"); !fault.Is(err, "civil.year_unknown") {
		t.Errorf("from 2003: %v", err)
	}
	if _, err := c.AddWorkingDays("2004-01-01", 5_000); !fault.Is(err, "civil.span_too_long") {
		t.Errorf("5 000 days: %v", err)
	}
	if _, err := c.WorkingDays("2004-01-01", "2025-01-01"); !fault.Is(err, "civil.span_too_long") {
		t.Errorf("21 years: %v", err)
	}
	if n, err := c.WorkingDays("2026-03-02", "2026-03-02"); err != nil || n != 0 {
		t.Errorf("an empty span: %d, %v", n, err)
	}
}

// Goal: a newer table adds a year and mends a day, and leaves the old calendar as it was.
func TestCalendarWith(t *testing.T) {
	t.Parallel()
	old := holidays(t)
	half, err := old.With(strings.NewReader("date,kind,name\n2027-01-01,off,元旦\n"))
	if err != nil || half.Knows(2027) {
		t.Fatalf("half a year counts as known: %v", err)
	}
	c, err := old.With(strings.NewReader("# 2027\ndate,kind,name\n2027-01-01,off,元旦\n" +
		"2027-10-01,off,国庆节\n2026-03-02,off,本市停工\n2027-10-09,work,国庆节\n"))
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[civil.Date]bool{"2027-10-01": false, "2027-10-09": true,
		"2027-10-04": true, "2026-03-02": false, "2026-02-28": true} {
		if got, err := c.IsWorkingDay(day); err != nil || got != want {
			t.Errorf("%s: got %v, %v, want %v", day, got, err, want)
		}
	}
	if got, err := old.IsWorkingDay("2026-03-02"); err != nil || !got || old.Knows(2027) {
		t.Errorf("the old calendar changed: %v, %v", got, err)
	}
	for name, bad := range map[string]string{
		"stands twice": "date,kind,name\n2027-01-01,off,a\n2027-01-01,off,b\n",
		"weekday":      "date,kind,name\n2027-01-04,work,a\n",
		"want off":     "date,kind,name\n2027-01-02,holiday,a\n",
		"not a day":    "date,kind,name\n2027-02-30,off,a\n",
		"begin with":   "2027-01-01,off,a\n",
		"fields":       "date,kind,name\n2027-01-01,off\n",
	} {
		_, err := old.With(strings.NewReader(bad))
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Goal: the number of a day changes at midnight in China and leads back to its day.
func TestOfNumber(t *testing.T) {
	t.Parallel()
	midnight := civil.Date("2026-03-02").Midnight().UnixMilli()
	for ms, want := range map[int64]civil.Date{midnight: "2026-03-02", midnight - 1: "2026-03-01"} {
		got, err := civil.OfNumber(strconv.FormatInt((ms+28_800_000)/86_400_000, 10)) // NumberIn
		if err != nil || got != want {
			t.Errorf("%d: %s, want %s, %v", ms, got, want, err)
		}
	}
	if _, err := civil.OfNumber("monday"); err == nil {
		t.Error("no number is a day")
	}
}
