package ledger

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// Gauges tells, for each sweep, how long its oldest row has waited at the end of the window, and
// how many payouts and credits wait for a clerk.
func (s *Service) Gauges(ctx context.Context, r db.Reader, _, to time.Time) ([]gauge.Value, error) {
	var send, ask, stuck, release, unclaimed int64
	err := db.Row(ctx, r, []any{&send, &ask, &stuck}, `SELECT
		COALESCE(MIN(CASE WHEN state = 'wanted' THEN wanted_at_ms END), $1),
		COALESCE(MIN(CASE WHEN state <> 'wanted' THEN wanted_at_ms END), $1),
		COUNT(CASE WHEN next_at_ms = $2 THEN 1 END)
		FROM payouts WHERE state = 'wanted' OR (state = 'sent' OR state = 'unknown')`,
		clock.MS(to), clock.MS(Never))
	if err != nil {
		return nil, err
	}
	err = db.Row(ctx, r, []any{&release}, `SELECT COALESCE(MIN(at_ms), $1) FROM rests`, clock.MS(to))
	if err != nil {
		return nil, err
	}
	err = db.Row(ctx, r, []any{&unclaimed},
		`SELECT COUNT(*) FROM unclaimed_credits WHERE ended_at_ms = 0`)
	if err != nil {
		return nil, err
	}
	return []gauge.Value{
		{Code: "ledger.waiting", Part: "send", Num: clock.MS(to) - send, Unit: "ms"},
		{Code: "ledger.waiting", Part: "ask", Num: clock.MS(to) - ask, Unit: "ms"},
		{Code: "ledger.waiting", Part: "release", Num: clock.MS(to) - release, Unit: "ms"},
		{Code: "ledger.stuck", Num: stuck, Unit: "count"},
		{Code: "ledger.unclaimed", Num: unclaimed, Unit: "count"},
	}, nil
}
