package people

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/jobs"
)

const forgetMax = 1000 // rows of one transaction: the next deed waits some milliseconds

// Sweeps gives the slice's periodic work: to forget sessions and codes whose time has passed.
func (s *Service) Sweeps() []jobs.Sweep {
	return []jobs.Sweep{{Name: "people.forget", Every: time.Hour, Limit: forgetMax,
		Run: func(ctx context.Context, now time.Time) (int, error) {
			return s.forget(AsSystem(ctx, "people.forget"), now, forgetMax)
		}}}
}
