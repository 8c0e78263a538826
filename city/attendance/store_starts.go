package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// startsOf gives starts of [from, to) before an event, the newest first; which ones is written as
// in coveredStarts. Premium is not empty where one was paid.
func startsOf(
	ctx context.Context, r db.Reader, from, to time.Time, before db.Mark, limit int,
) ([]CountedStart, error) {
	all := []CountedStart{}
	err := db.Each(ctx, r, `SELECT e.id, e.placement_id, e.worker_id, p.employer_id, v.title, e.at_ms,
		e.means, COALESCE(c.id, ''), COALESCE(c.effective_at_ms, 0),
		CASE WHEN c.premium_fen > 0 THEN c.id ELSE '' END
		FROM clock_events e JOIN placements p ON p.id = e.placement_id
		JOIN vacancies v ON v.id = p.vacancy_id AND v.settlement = 'platform'
		LEFT JOIN covers c ON c.placement_id = e.placement_id
			AND c.effective_at_ms <= e.at_ms AND c.expires_at_ms > e.at_ms
		WHERE e.kind = 'start' AND e.means <> 'correction' AND e.at_ms >= $1 AND e.at_ms < $2
		AND e.at_ms <= $3 AND (e.at_ms < $3 OR e.id < $4) ORDER BY e.at_ms DESC, e.id DESC LIMIT $5`,
		[]any{clock.MS(from), clock.MS(to), before.MS, before.ID, limit},
		func(scan func(...any) error) error {
			var c CountedStart
			var at, covered int64
			err := scan(&c.EventID, &c.PlacementID, &c.WorkerID, &c.EmployerID, &c.Title, &at, &c.Means,
				&c.CoverID, &covered, &c.Premium)
			c.At = clock.At(at)
			if covered > 0 {
				c.CoveredAt = clock.At(covered)
			}
			all = append(all, c)
			return err
		})
	return all, err
}
