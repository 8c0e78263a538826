package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// spreadSQL counts what Gauges counts, in one question to the database: a line for each district,
// occupation (where most is wanted) and day. Days are those of China, eight hours before UTC's.
var spreadSQL = `WITH posted AS MATERIALIZED (
		SELECT v.id, v.region, v.occupation,
			(SELECT CAST(COALESCE(SUM(s.heads), 0) AS BIGINT) FROM shifts s
				WHERE s.vacancy_id = v.id AND s.state IN ('open', 'closed')) AS heads
		FROM vacancies v WHERE ` + publishedIn + `),
	placed AS MATERIALIZED (
		SELECT p.worker_id, v.region, v.occupation, ` + civil.NumberIn("p.made_at_ms") + ` AS day,
			CASE WHEN p.accepted_at_ms > 0 THEN 1 ELSE 0 END AS matched,
			CASE WHEN p.state IN ('started', 'done') THEN 1 ELSE 0 END AS started
		FROM placements p JOIN vacancies v ON v.id = p.vacancy_id
		WHERE p.made_at_ms >= $1 AND p.made_at_ms < $2),
	pairs AS MATERIALIZED (
		SELECT worker_id, vacancy_id, MIN(at_ms) AS at_ms FROM (
			SELECT worker_id, vacancy_id, applied_at_ms AS at_ms FROM applications
			WHERE applied_at_ms >= $1 AND applied_at_ms < $2
			UNION ALL SELECT worker_id, vacancy_id, made_at_ms FROM placements
			WHERE made_at_ms >= $1 AND made_at_ms < $2) both_ways
		GROUP BY worker_id, vacancy_id)
	SELECT 'M02' AS code, 'vacancies' AS part, 'district' AS axis, region AS name,
		CAST(COUNT(*) AS BIGINT) AS num, CAST(0 AS BIGINT) AS people FROM posted GROUP BY region
	UNION ALL SELECT 'M02', 'heads', 'district', region, CAST(SUM(heads) AS BIGINT), 0
		FROM posted GROUP BY region
	UNION ALL SELECT 'M02', 'heads', 'occupation', occupation, CAST(SUM(heads) AS BIGINT), 0
		FROM posted GROUP BY occupation
	UNION ALL SELECT 'M03', 'matched', 'district', region, CAST(SUM(matched) AS BIGINT),
		COUNT(DISTINCT CASE WHEN matched = 1 THEN worker_id END) FROM placed GROUP BY region
	UNION ALL SELECT 'M03', 'started', 'district', region, CAST(SUM(started) AS BIGINT),
		COUNT(DISTINCT CASE WHEN started = 1 THEN worker_id END) FROM placed GROUP BY region
	UNION ALL SELECT 'M03', 'matched', 'occupation', occupation, CAST(SUM(matched) AS BIGINT),
		COUNT(DISTINCT CASE WHEN matched = 1 THEN worker_id END) FROM placed GROUP BY occupation
	UNION ALL SELECT 'M03', 'matched', 'day', CAST(day AS TEXT), CAST(SUM(matched) AS BIGINT),
		COUNT(DISTINCT CASE WHEN matched = 1 THEN worker_id END) FROM placed GROUP BY day
	UNION ALL SELECT 'M04', '', 'district', v.region, COUNT(*), COUNT(DISTINCT p.worker_id)
		FROM pairs p JOIN vacancies v ON v.id = p.vacancy_id GROUP BY v.region
	UNION ALL SELECT 'M04', '', 'day', CAST(` + civil.NumberIn("at_ms") + ` AS TEXT), COUNT(*),
		COUNT(DISTINCT worker_id) FROM pairs GROUP BY ` + civil.NumberIn("at_ms")

type spreadRow struct {
	Code   string `db:"code"`
	Part   string `db:"part"`
	By     string `db:"axis"`
	Name   string `db:"name"`
	Num    int64  `db:"num"`
	People int64  `db:"people"`
}

// Spread gives M02, M03 and M04 by district, the heads wanted and placed by occupation, and what
// happened on each day.
func (s *Service) Spread(
	ctx context.Context, r db.Reader, from, to time.Time,
) ([]gauge.Cell, error) {
	rows, err := db.List[spreadRow](ctx, r, spreadSQL, clock.MS(from), clock.MS(to))
	if err != nil {
		return nil, err
	}
	cells := make([]gauge.Cell, 0, len(rows))
	for _, c := range rows {
		if c.Num == 0 {
			continue
		}
		if c.By == gauge.ByDay {
			day, err := civil.OfNumber(c.Name)
			if err != nil {
				return nil, err
			}
			c.Name = string(day)
		}
		unit := "count"
		if c.Part == "heads" {
			unit = "heads"
		}
		cells = append(cells, gauge.Cell{Code: c.Code, Part: c.Part, By: c.By, Key: c.Name,
			Num: c.Num, Unit: unit, People: c.People})
	}
	return cells, nil
}
