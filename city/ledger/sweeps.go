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

	reconcileBatch = 50 // employers: each is a call or more
	reconcileEvery = 10 * time.Minute
)

// Sweeps is the ledger's periodic work. Asking comes before sending: what is settled need not be
// sent, and what the bank has never seen is sent in the same turn of the runner, or the next.
func (s *Service) Sweeps() []jobs.Sweep {
	return []jobs.Sweep{
		sweep("ledger.credits", creditsEvery, s.pullCredits),
		sweep("ledger.release", releaseEvery, s.giveBack),
		sweep("ledger.repay", releaseEvery, s.repay),
		sweep("ledger.call", releaseEvery, s.callGuarantees),
		sweep("ledger.ask", payoutsEvery, s.ask),
		sweep("ledger.send", payoutsEvery, s.send),
		{Name: "ledger.reconcile", Every: reconcileEvery, Limit: reconcileBatch,
			Run: as("ledger.reconcile", s.reconcile)},
	}
}

type turn func(ctx context.Context, now time.Time) (int, error)

func sweep(name string, every time.Duration, run turn) jobs.Sweep {
	return jobs.Sweep{Name: name, Every: every, Limit: batch, Run: as(name, run)}
}

func as(name string, run turn) turn {
	return func(ctx context.Context, now time.Time) (int, error) {
		return run(people.AsSystem(ctx, name), now)
	}
}
