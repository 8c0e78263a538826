package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/jobs"
)

// sweepMax bounds one turn; each row is a deed of its own.
const sweepMax = 200

// pushEvery is how often it is looked whether a run of pushes is to be begun or to go on.
const pushEvery = 15 * time.Second

// Sweeps gives the slice's periodic work: stale applications and vacancies, reminders,
// retention checks, and the nightly run of pushes.
func (s *Service) Sweeps() []jobs.Sweep {
	as := func(name string, every time.Duration,
		run func(context.Context, time.Time) (int, error)) jobs.Sweep {
		return jobs.Sweep{Name: name, Every: every, Limit: sweepMax,
			Run: func(ctx context.Context, now time.Time) (int, error) {
				return run(people.AsSystem(ctx, name), now)
			}}
	}
	return []jobs.Sweep{
		as("market.application_expiry", 10*time.Minute, s.expireStale),
		as("market.vacancy_expiry", 10*time.Minute, s.expire),
		as("market.interview_reminder", 5*time.Minute, s.remind),
		as("market.retention_ask", time.Hour, s.askRetention),
		as("market.retention_close", time.Hour, s.closeRetention),
		as("market.push_forget", time.Hour, s.forgetPushes),
		{Name: "market.push", Every: pushEvery, Limit: pushPage,
			Run: func(ctx context.Context, now time.Time) (int, error) {
				return s.nightly(people.AsSystem(ctx, "market.push"), now)
			}},
	}
}

// eachTx does each row of a sweep as a deed of its own, and says how many there were.
func eachTx[T any](ctx context.Context, d *db.DB, rows []T,
	fn func(ctx context.Context, tx *db.Tx, row T) error) (int, error) {
	for _, row := range rows {
		_, err := db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
			return true, fn(ctx, tx, row)
		})
		if err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// forgetPushes deletes what was told so long ago that no vacancy of it is public any more.
func (s *Service) forgetPushes(ctx context.Context, now time.Time) (int, error) {
	n, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (int64, error) {
		return forgetPushes(ctx, tx, now.AddDate(0, 0, -pushKeep))
	})
	return int(n), err
}
