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

// Sweeps gives the slice's periodic work: stale applications and vacancies, reminders and
// retention checks.
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
