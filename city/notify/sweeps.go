package notify

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/jobs"
)

// sendEvery is short, because somebody waits for a code; an idle turn is one read by an index.
const sendEvery = time.Second

// Sweeps gives the slice's periodic work: handing messages to the gateway.
func (s *Service) Sweeps() []jobs.Sweep {
	return []jobs.Sweep{{Name: "notify.send", Every: sendEvery, Limit: sendMax,
		Run: func(ctx context.Context, now time.Time) (int, error) {
			return s.send(people.AsSystem(ctx, "notify.send"), now)
		}}}
}
