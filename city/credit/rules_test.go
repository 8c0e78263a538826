package credit

import (
	"testing"
)

// rule is the rule of version 1, as policy has it.
var rule = Rules{Version: 1, WindowDays: 180, SettleMin: 120, NoticeMin: 720, WagesLeast: 5,
	APoints: 90, BPoints: 50, Late: Share{40, 1000}, DayPoints: 1, DayPointsMax: 20,
	Clock: Share{10, 10_000}, Cancel: Share{15, 2000}, Turned: Share{20, 500},
	Refuse: Share{10, 5000}, Complaint: 15, ComplaintMax: 45}

// Goal: each fact costs what the rule says, no more than its most, and the letters begin and end
// where the rule says.
func TestJudge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		facts  Facts
		grade  Grade
		points int64
	}{
		{"nothing is known", Facts{}, Unrated, 100},
		{"one wage too few", Facts{WagesDue: 4, WagesLate: 4, DaysLate: 4}, Unrated, 56},
		{"all kept", Facts{WagesDue: 5, Placed: 5}, GradeA, 100},
		{"one of a hundred late", Facts{WagesDue: 100, WagesLate: 1, DaysLate: 1}, GradeA, 95},
		{"the last A", Facts{WagesDue: 200, WagesLate: 4, DaysLate: 2}, GradeA, 90},
		{"the first B", Facts{WagesDue: 200, WagesLate: 4, DaysLate: 3}, GradeB, 89},
		{"one of five late is an accident", Facts{WagesDue: 5, WagesLate: 1, DaysLate: 1}, GradeB, 59},
		{"the last B", Facts{WagesDue: 5, WagesLate: 1, DaysLate: 10}, GradeB, 50},
		{"the first C", Facts{WagesDue: 5, WagesLate: 1, DaysLate: 11}, GradeC, 49},
		{"days cost their most", Facts{WagesDue: 1000, DaysLate: 900}, GradeB, 80},
		{"a complaint rates whoever paid little yet", Facts{Complaints: 1}, GradeB, 85},
		{"complaints cost their most", Facts{Complaints: 9}, GradeB, 55},
		{"hours left to the clock", Facts{WagesDue: 9, Hours: 10, HoursClock: 10}, GradeA, 90},
		{"turned away, one of a hundred", Facts{WagesDue: 9, Placed: 100, TurnedAway: 1}, GradeA, 96},
		{"turned away, one of twenty", Facts{WagesDue: 9, Placed: 20, TurnedAway: 1}, GradeB, 80},
		{"called off, one of ten", Facts{WagesDue: 9, Placed: 10, Cancelled: 1}, GradeA, 93},
		{"refused, half", Facts{WagesDue: 9, Vacancies: 2, Refused: 1}, GradeA, 90},
		{"listed", Facts{WagesDue: 500, Listed: 2}, GradeC, 0},
		{"listed and new", Facts{Listed: 1}, GradeC, 0},
		{"everything at once", Facts{WagesDue: 10, WagesLate: 10, DaysLate: 99, Hours: 10,
			HoursClock: 10, Placed: 10, Cancelled: 5, TurnedAway: 5, Vacancies: 4, Refused: 4,
			Complaints: 8}, GradeC, 0},
	} {
		v := rule.Judge(c.facts)
		if v.Grade != c.grade || v.Points != c.points {
			t.Errorf("%s: got %s with %d points, want %s with %d", c.name, v.Grade, v.Points, c.grade,
				c.points)
		}
		for i := 1; i < len(v.Losses); i++ {
			if v.Losses[i].Points > v.Losses[i-1].Points {
				t.Errorf("%s: %s stands before the dearer %s", c.name, v.Losses[i-1].Code, v.Losses[i].Code)
			}
		}
	}
}

// Goal: a day begun is a day; what came in time is none; what another line replaced, or
// waits for somebody else, ends there.
func TestDaysLate(t *testing.T) {
	t.Parallel()
	const day = int64(24 * 3600 * 1000)
	for _, c := range []struct{ due, paid, next, now, want int64 }{
		{10 * day, 10 * day, 0, 20 * day, 0}, {10 * day, 10*day + 1, 0, 20 * day, 1},
		{10 * day, 11 * day, 0, 20 * day, 1}, {10 * day, 11*day + 1, 0, 20 * day, 2},
		{10 * day, 9 * day, 0, 20 * day, 0}, {10 * day, 0, 0, 13 * day, 3},
		{10 * day, 0, 12 * day, 20 * day, 2}, {10 * day, 11 * day, 12 * day, 20 * day, 1},
		{10 * day, 13 * day, 12 * day, 20 * day, 2},
	} {
		if got := daysLate(c.due, c.now, c.paid, c.next); got != c.want {
			t.Errorf("%+v: got %d", c, got)
		}
	}
}
