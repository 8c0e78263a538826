package wage

import (
	"context"
	"errors"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

const dayMS = 24 * 60 * 60 * 1000

// Gauges gives W01 over the lines due in [from, to): the share that arrived within 24 hours of the
// clock-out (headline) and of the confirmation, the median and 95th percentile from clock-out to
// arrival, and what came late or has not come; and how long the oldest line waits for each sweep.
// Source: DOMAIN J.
func (s *Service) Gauges(ctx context.Context, r db.Reader, from, to time.Time) ([]gauge.Value,
	error) {
	var due, inTime, fromConfirmed, confirmed, paid, late, lateFen int64
	err := db.Row(ctx, r, []any{&due, &inTime, &fromConfirmed, &confirmed, &paid, &late, &lateFen}, `
		SELECT COUNT(*),
		CAST(COALESCE(SUM(CASE WHEN state = 'paid' AND paid_at_ms - end_at_ms <= $3 THEN 1 ELSE 0 END), 0)
			AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN state = 'paid' AND paid_at_ms - confirmed_at_ms <= $3 THEN 1
			ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN confirmed_at_ms > 0 THEN 1 ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN state = 'paid' THEN 1 ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN state = 'paid' AND paid_at_ms <= due_at_ms THEN 0 ELSE 1 END), 0)
			AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN state = 'paid' AND paid_at_ms <= due_at_ms THEN 0 ELSE amount_fen
		END), 0)
			AS BIGINT)
		FROM wage_lines WHERE due_at_ms >= $1 AND due_at_ms < $2 AND state <> 'reversed'`,
		clock.MS(from), clock.MS(to), dayMS)
	if err != nil {
		return nil, err
	}
	out := []gauge.Value{
		{Code: "W01", Num: inTime, Den: due, Unit: "share"},
		{Code: "W01", Part: "confirmed", Num: fromConfirmed, Den: confirmed, Unit: "share"},
		{Code: "W01", Part: "late", Num: late, Unit: "count"},
		{Code: "W01", Part: "late_fen", Num: lateFen, Unit: "fen"},
	}
	for _, p := range []struct {
		part    string
		percent int64
	}{{"p50", 50}, {"p95", 95}} {
		ms, err := percentile(ctx, r, from, to, paid, p.percent)
		if err != nil {
			return nil, err
		}
		out = append(out, gauge.Value{Code: "W01", Part: p.part, Num: ms, Unit: "ms"})
	}
	waiting, err := waiting(ctx, r, to)
	return append(out, waiting...), err
}

// percentile gives the smallest time from clock-out to arrival that the percentage of the n paid
// lines does not exceed (nearest rank).
func percentile(ctx context.Context, r db.Reader, from, to time.Time, n, percent int64) (int64,
	error) {
	var ms int64
	err := db.Row(ctx, r, []any{&ms}, `SELECT paid_at_ms - end_at_ms FROM wage_lines
		WHERE due_at_ms >= $1 AND due_at_ms < $2 AND state = 'paid'
		ORDER BY paid_at_ms - end_at_ms, id LIMIT 1 OFFSET $3`,
		clock.MS(from), clock.MS(to), max((n*percent+99)/100-1, 0))
	if errors.Is(err, db.ErrNone) {
		return 0, nil
	}
	return ms, err
}

// waiting tells for each step how far the oldest line is behind it.
func waiting(ctx context.Context, r db.Reader, now time.Time) ([]gauge.Value, error) {
	at := clock.MS(now)
	var hours, pay, refused, stuck int64
	err := db.Row(ctx, r, []any{&hours, &pay, &refused, &stuck}, `SELECT
		COALESCE(MIN(CASE WHEN state = 'accrued' THEN next_at_ms END), $1),
		COALESCE(MIN(CASE WHEN state = 'confirmed' THEN next_at_ms END), $1),
		COALESCE(MIN(CASE WHEN state = 'failed' THEN next_at_ms END), $1),
		CAST(COALESCE(SUM(CASE WHEN state = 'failed' AND next_at_ms = $2 THEN 1 ELSE 0 END), 0) AS BIGINT)
		FROM wage_lines WHERE state = 'accrued' OR state = 'confirmed' OR state =
		'failed'`, at, clock.MS(never))
	if err != nil {
		return nil, err
	}
	return []gauge.Value{
		{Code: "wage.waiting", Part: "confirm", Num: max(at-hours, 0), Unit: "ms"},
		{Code: "wage.waiting", Part: "pay", Num: max(at-pay, 0), Unit: "ms"},
		{Code: "wage.waiting", Part: "reissue", Num: max(at-refused, 0), Unit: "ms"},
		{Code: "wage.stuck", Num: stuck, Unit: "count"},
	}, nil
}
