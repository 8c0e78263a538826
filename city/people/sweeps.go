package people

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/jobs"
)

const forgetMax = 1000 // rows of one transaction: the next deed waits some milliseconds

const (
	sealEvery = 10 * time.Minute
	eraseMax  = 50 // accounts of one turn, each a deed
)

// Sweeps gives the slice's periodic work: to forget sessions and codes whose time has passed, to
// seal the audit log, and to erase what was frozen long enough.
func (s *Service) Sweeps() []jobs.Sweep {
	return []jobs.Sweep{
		{Name: "people.forget", Every: time.Hour, Limit: forgetMax,
			Run: func(ctx context.Context, now time.Time) (int, error) {
				return s.forget(AsSystem(ctx, "people.forget"), now, forgetMax)
			}},
		{Name: "people.seal_audit", Every: sealEvery, Limit: sealMax,
			Run: func(ctx context.Context, now time.Time) (int, error) {
				return s.sealAudit(AsSystem(ctx, "people.seal_audit"), now, sealMax)
			}},
		{Name: "people.erase", Every: time.Hour, Limit: eraseMax,
			Run: func(ctx context.Context, now time.Time) (int, error) {
				return s.erase(AsSystem(ctx, "people.erase"), now, eraseMax)
			}},
	}
}
