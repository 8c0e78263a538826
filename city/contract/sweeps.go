package contract

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/jobs"
)

// sweepMax bounds one turn; clockEvery is short against a clock of a month.
const (
	sweepMax   = 200
	clockEvery = 10 * time.Minute
)

// Sweeps gives the slice's periodic work: clocks that will run out soon, and those that have.
func (s *Service) Sweeps() []jobs.Sweep {
	as := func(name string, run func(context.Context, time.Time) (int, error)) jobs.Sweep {
		return jobs.Sweep{Name: name, Every: clockEvery, Limit: sweepMax,
			Run: func(ctx context.Context, now time.Time) (int, error) {
				return run(people.AsSystem(ctx, name), now)
			}}
	}
	return []jobs.Sweep{as("contract.clock_due", s.warnDue), as("contract.clock_late", s.markLate)}
}
