package oversight

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// Gauges gives, of [from, to): matters assigned and closed; and how many are open and overdue.
func (s *Service) Gauges(
	ctx context.Context, r db.Reader, from, to time.Time,
) ([]gauge.Value, error) {
	var assigned, closed, open, overdue int64
	err := db.Row(ctx, r, []any{&assigned, &closed, &open, &overdue}, `SELECT
		COUNT(CASE WHEN at_ms >= $1 AND at_ms < $2 THEN 1 END),
		COUNT(CASE WHEN closed_ms >= $1 AND closed_ms < $2 THEN 1 END),
		COUNT(CASE WHEN state <> 'closed' THEN 1 END),
		COUNT(CASE WHEN state IN ('assigned', 'accepted') AND due_on < $3 THEN 1 END) FROM matters`,
		clock.MS(from), clock.MS(to), string(civil.DateOf(s.DB.Now())))
	return []gauge.Value{
		{Code: "oversight.matters", Num: assigned, Unit: "count"},
		{Code: "oversight.matters", Part: "closed", Num: closed, Unit: "count"},
		{Code: "oversight.open", Num: open, Unit: "count"},
		{Code: "oversight.open", Part: "overdue", Num: overdue, Unit: "count"},
	}, err
}
