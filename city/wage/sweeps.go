package wage

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/jobs"
)

const (
	batch = 200 // lines that share a deed
	every = time.Minute
)

// Sweeps is the wages' periodic work, in the order in which a line goes through it; the ledger's
// sweeps come after it, so that what is wanted is sent in the same turn.
func (s *Service) Sweeps() []jobs.Sweep {
	return []jobs.Sweep{
		sweep("wage.auto_confirm", s.confirmDue),
		sweep("wage.settle_arrears", s.payArrears),
		sweep("wage.call_guarantee", s.callGuarantees),
		sweep("wage.pay", s.payConfirmed),
		sweep("wage.reissue", s.payRefused),
		sweep("wage.warn_late", s.warnDue),
		sweep("wage.escalate", s.escalate),
	}
}

func sweep(name string, run func(context.Context, time.Time) (int, error)) jobs.Sweep {
	return jobs.Sweep{Name: name, Every: every, Limit: batch,
		Run: func(ctx context.Context, now time.Time) (int, error) {
			return run(people.AsSystem(ctx, name), now)
		}}
}
