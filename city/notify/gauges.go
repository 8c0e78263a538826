package notify

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// Gauges tells how long the oldest message has waited at the end of the window, but for those that
// wait for the morning, and how many of the
// messages put in the window did not reach anybody.
func (s *Service) Gauges(
	ctx context.Context, r db.Reader, from, to time.Time,
) ([]gauge.Value, error) {
	var oldest, put, lost int64
	err := db.Row(ctx, r, []any{&oldest}, `SELECT COALESCE(MIN(put_at_ms), $1) FROM messages
		WHERE ended_at_ms = 0 AND put_at_ms < $1 AND NOT (quiet AND next_at_ms > $1)`, clock.MS(to))
	if err != nil {
		return nil, err
	}
	err = db.Row(ctx, r, []any{&put, &lost}, `SELECT COUNT(*),
		COALESCE(CAST(SUM(CASE WHEN ended_at_ms > 0 AND state IN ('failed', 'unknown') THEN 1 ELSE 0 END)
			AS BIGINT), 0)
		FROM messages WHERE put_at_ms >= $1 AND put_at_ms < $2`, clock.MS(from), clock.MS(to))
	if err != nil {
		return nil, err
	}
	return []gauge.Value{
		{Code: "notify.waiting", Num: clock.MS(to) - oldest, Unit: "ms"},
		{Code: "notify.lost", Num: lost, Den: put, Unit: "share"},
	}, nil
}
