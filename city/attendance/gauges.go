package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// Gauges gives C02: starts with a cover in force at the start, of all starts in [from, to), and how
// many these are.
func (s *Service) Gauges(
	ctx context.Context,
	r db.Reader,
	from, to time.Time,
) ([]gauge.Value, error) {
	covered, starts, err := coveredStarts(ctx, r, from, to)
	return []gauge.Value{{Code: "C02", Num: covered, Den: starts, Unit: "share"},
		{Code: "C02", Part: "starts", Num: starts, Unit: "count"}}, err
}

func coveredStarts(
	ctx context.Context,
	r db.Reader,
	from, to time.Time,
) (covered, starts int64, err error) {
	err = db.Row(ctx, r, []any{&starts, &covered}, `SELECT COUNT(*), COUNT(c.id)
		FROM clock_events e JOIN placements p ON p.id = e.placement_id
		JOIN vacancies v ON v.id = p.vacancy_id AND v.settlement = 'platform'
		LEFT JOIN covers c ON c.placement_id = e.placement_id
			AND c.effective_at_ms <= e.at_ms AND c.expires_at_ms > e.at_ms
		WHERE e.kind = 'start' AND e.means <> 'correction' AND e.at_ms >= $1 AND e.at_ms < $2`,
		clock.MS(from), clock.MS(to))
	return covered, starts, err
}
