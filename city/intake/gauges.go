package intake

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// Gauges tells how long the oldest import has waited at the end of the window, and how many of the
// rows of imports that were sent in the window were refused.
func (s *Service) Gauges(
	ctx context.Context, r db.Reader, from, to time.Time,
) ([]gauge.Value, error) {
	var oldest, rows, bad int64
	err := db.Row(ctx, r, []any{&oldest}, `SELECT COALESCE(MIN(created_at_ms), $1) FROM imports
		WHERE state = 'waiting' AND created_at_ms < $1`, clock.MS(to))
	if err != nil {
		return nil, err
	}
	err = db.Row(ctx, r, []any{&rows, &bad}, `SELECT COUNT(*),
		CAST(COALESCE(SUM(CASE WHEN w.state = 'bad' THEN 1 ELSE 0 END), 0) AS BIGINT)
		FROM imports i JOIN import_rows w ON w.import_id = i.id
		WHERE i.created_at_ms >= $1 AND i.created_at_ms < $2`, clock.MS(from), clock.MS(to))
	if err != nil {
		return nil, err
	}
	waiting := gauge.Value{Num: clock.MS(to) - oldest, Unit: "ms"}
	waiting.Code = "intake.waiting"
	refused := gauge.Value{Num: bad, Den: rows, Unit: "share"}
	refused.Code = "intake.refused"
	return []gauge.Value{waiting, refused}, nil
}
