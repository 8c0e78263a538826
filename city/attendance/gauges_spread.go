package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

type spreadRow struct {
	By      string `db:"axis"`
	Name    string `db:"name"`
	Starts  int64  `db:"starts"`
	Covered int64  `db:"covered"`
	Insured int64  `db:"insured"`
	Others  int64  `db:"others"`
}

// Spread gives C02 by district: starts with a cover in force, of all starts in [from, to); and how
// many started on each day.
func (s *Service) Spread(
	ctx context.Context, r db.Reader, from, to time.Time,
) ([]gauge.Cell, error) {
	rows, err := db.List[spreadRow](ctx, r, `WITH starts AS MATERIALIZED (
			SELECT v.region, e.worker_id, c.id AS cover, `+civil.NumberIn("e.at_ms")+` AS day
			FROM clock_events e JOIN placements p ON p.id = e.placement_id
			JOIN vacancies v ON v.id = p.vacancy_id AND v.settlement = 'platform'
			LEFT JOIN covers c ON c.placement_id = e.placement_id
				AND c.effective_at_ms <= e.at_ms AND c.expires_at_ms > e.at_ms
			WHERE e.kind = 'start' AND e.means <> 'correction' AND e.at_ms >= $1 AND e.at_ms < $2)
		SELECT 'district' AS axis, region AS name, COUNT(*) AS starts, COUNT(cover) AS covered,
			COUNT(DISTINCT CASE WHEN cover IS NOT NULL THEN worker_id END) AS insured,
			COUNT(DISTINCT CASE WHEN cover IS NULL THEN worker_id END) AS others
		FROM starts GROUP BY region
		UNION ALL SELECT 'day', CAST(day AS TEXT), COUNT(*), COUNT(cover), COUNT(DISTINCT worker_id), 0
		FROM starts GROUP BY day`, clock.MS(from), clock.MS(to))
	if err != nil {
		return nil, err
	}
	cells := make([]gauge.Cell, 0, len(rows))
	for _, c := range rows {
		cell := gauge.Cell{Code: "C02", By: c.By, Key: c.Name, Num: c.Covered, Den: c.Starts,
			Unit: "share", People: c.Insured, Rest: c.Others}
		if c.By == gauge.ByDay {
			day, err := civil.OfNumber(c.Name)
			if err != nil {
				return nil, err
			}
			cell.Key = string(day)
			cell.Part, cell.Num, cell.Den, cell.Unit = "starts", c.Starts, 0, "count"
		}
		cells = append(cells, cell)
	}
	return cells, nil
}
