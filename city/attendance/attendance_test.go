package attendance

import (
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: paid minutes count from the shift's start, in the worker's favour, less the break.
func TestPaidMin(t *testing.T) {
	t.Parallel()
	day := civil.Date("2026-03-02")
	at := func(min, sec int) time.Time { return day.At(min).Add(time.Duration(sec) * time.Second) }
	const from, to = 8 * 60, 16 * 60
	for name, c := range map[string]struct {
		in, out time.Time
		want    int64
	}{
		"as planned":            {at(from, 0), at(to, 0), 450},
		"early in does not pay": {at(from-20, 0), at(to, 0), 450},
		"late in":               {at(from+30, 0), at(to, 0), 420},
		"seconds favour":        {at(from, 59), at(to, 1), 451},
		"overrun":               {at(from, 0), at(to+15, 0), 465},
		"half is without break": {at(from, 0), at(from+240, 0), 240},
		"a minute over half":    {at(from, 0), at(from+241, 0), 211},
		"out before the start":  {at(from-20, 0), at(from-5, 0), 0},
	} {
		s := stretch{from: at(from, 0), to: at(to, 0), breakMin: 30}
		if got := s.paidMin(c.in, c.out); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

// Goal: a correction may only claim what can have been.
func TestCheckClaim(t *testing.T) {
	t.Parallel()
	day := civil.Date("2026-03-02")
	now, earliest, shiftEnd := day.At(22*60), day.At(7*60), day.At(16*60)
	for name, c := range map[string]struct {
		from, to int
		want     string
	}{
		"fine":            {8 * 60, 16*60 + 30, ""},
		"reversed":        {9 * 60, 9 * 60, "attendance.claim_times"},
		"future":          {8 * 60, 22*60 + 1, "attendance.claim_future"},
		"too early":       {7*60 - 1, 16 * 60, "attendance.claim_early"},
		"at the earliest": {7 * 60, 16 * 60, ""},
		"four hours over": {8 * 60, 20 * 60, ""},
		"more":            {8 * 60, 20*60 + 1, "attendance.claim_late"},
	} {
		if got := fault.CodeOf(
			bounds{earliest, shiftEnd.Add(4 * time.Hour), now}.check(day.At(c.from), day.At(c.to)),
		); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
