package ledger

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/jobs"
)

const (
	batch        = 200 // payouts, credits or holds that share a deed and a call
	payoutsEvery = 15 * time.Second
	creditsEvery = time.Minute
	releaseEvery = time.Minute
)

// Sweeps is the ledger's periodic work. Asking comes before sending: what is settled need not be
// sent, and what the bank has never seen is sent in the same turn of the runner, or the next.
func (s *Service) Sweeps() []jobs.Sweep {
	return []jobs.Sweep{
		sweep("ledger.credits", creditsEvery, s.pullCredits),
		sweep("ledger.release", releaseEvery, s.giveBack),
		sweep("ledger.ask", payoutsEvery, s.ask),
		sweep("ledger.send", payoutsEvery, s.send),
	}
}

type turn func(ctx context.Context, now time.Time) (int, error)

func sweep(name string, every time.Duration, run turn) jobs.Sweep {
	return jobs.Sweep{Name: name, Every: every, Limit: batch,
		Run: func(ctx context.Context, now time.Time) (int, error) {
			return run(people.AsSystem(ctx, name), now)
		}}
}
