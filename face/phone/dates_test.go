package phone

import (
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/training"
)

// Goal: a schedule mixes work and classes by time; what is over stands behind it, the last first,
// and a class stands where its next session is.
func TestDatesOf(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 5, 4, 0, 0, 0, time.UTC)
	shift := func(title string, in time.Duration, state market.State) market.PlacedShift {
		var p market.PlacedShift
		p.Shift.Title, p.Placement.State = title, state
		p.Placement.StartsAt, p.Placement.EndsAt = now.Add(in), now.Add(in+time.Hour)
		return p
	}
	class := func(title string, standing training.Standing, in ...time.Duration) market.ClassSeat {
		c := market.ClassSeat{Title: title, Standing: standing}
		for _, d := range in {
			c.Sessions = append(c.Sessions, training.Session{StartsAt: now.Add(d),
				EndsAt: now.Add(d + time.Hour)})
		}
		return c
	}
	const h = time.Hour
	s := datesOf(market.ScheduleView{
		Placed: []market.PlacedShift{shift("forgotten", -20*h, market.Started),
			shift("done", -10*h, market.Done), shift("tomorrow", 24*h, market.Accepted)},
		Classes: []market.ClassSeat{class("passed", training.Passed, -9*h),
			class("evening", training.Enrolled, -12*h, 8*h)},
	}, now)
	titles := func(list []date) (out string) {
		for _, d := range list {
			out += d.Title + " "
		}
		return out
	}
	if got, want := titles(s.Ahead), "forgotten evening tomorrow "; got != want {
		t.Errorf("ahead: %s, want %s", got, want)
	}
	if got, want := titles(s.Past), "passed done "; got != want {
		t.Errorf("past: %s, want %s", got, want)
	}
	if !s.Ahead[1].StartsAt.Equal(now.Add(8 * h)) {
		t.Error("a class does not stand at its next session")
	}
}
