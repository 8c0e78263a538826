package intake

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/jobs"
)

// every is short: somebody waits for a progress bar. One batch is a turn, so that other sweeps come
// in between.
const every = 500 * time.Millisecond

// Sweeps is the intake's periodic work. It never fills its limit, so it is called once a turn.
func (s *Service) Sweeps() []jobs.Sweep {
	return []jobs.Sweep{{Name: "intake.work", Every: every, Limit: batchMax + 1,
		Run: func(ctx context.Context, _ time.Time) (int, error) { return s.Work(ctx, "") }}}
}
