package wage

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// Paid gives wage.paid: the wages that arrived in [from, to), their amount and their number. It is
// cheap enough to be asked every second: the index holds all that it reads.
func (s *Service) Paid(
	ctx context.Context, r db.Reader, from, to time.Time,
) ([]gauge.Value, error) {
	var fen, lines int64
	err := db.Row(ctx, r, []any{&fen, &lines}, `SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT),
		COUNT(*) FROM wage_lines WHERE state = 'paid' AND paid_at_ms >= $1 AND paid_at_ms < $2`,
		clock.MS(from), clock.MS(to))
	return []gauge.Value{{Code: "wage.paid", Part: "fen", Num: fen, Unit: "fen"},
		{Code: "wage.paid", Part: "lines", Num: lines, Unit: "count"}}, err
}

type spreadRow struct {
	Part   string `db:"part"`
	By     string `db:"axis"`
	Name   string `db:"name"`
	Num    int64  `db:"num"`
	Den    int64  `db:"den"`
	People int64  `db:"people"`
	Rest   int64  `db:"rest"`
}

// Spread gives W01 by district, and what was paid by district and day.
func (s *Service) Spread(
	ctx context.Context, r db.Reader, from, to time.Time,
) ([]gauge.Cell, error) {
	rows, err := db.List[spreadRow](ctx, r, `WITH due AS MATERIALIZED (
			SELECT region, worker_id, CASE WHEN state = 'paid' AND paid_at_ms - end_at_ms <= $3
				THEN 1 ELSE 0 END AS soon
			FROM wage_lines WHERE due_at_ms >= $1 AND due_at_ms < $2 AND state <> 'reversed'),
		paid AS MATERIALIZED (
			SELECT region, worker_id, amount_fen, `+civil.NumberIn("paid_at_ms")+` AS day
			FROM wage_lines WHERE state = 'paid' AND paid_at_ms >= $1 AND paid_at_ms < $2)
		SELECT '' AS part, 'district' AS axis, region AS name, CAST(SUM(soon) AS BIGINT) AS num,
			COUNT(*) AS den, COUNT(DISTINCT CASE WHEN soon = 1 THEN worker_id END) AS people,
			COUNT(DISTINCT CASE WHEN soon = 0 THEN worker_id END) AS rest FROM due GROUP BY region
		UNION ALL SELECT 'fen', 'district', region, CAST(SUM(amount_fen) AS BIGINT), 0,
			COUNT(DISTINCT worker_id), 0 FROM paid GROUP BY region
		UNION ALL SELECT 'fen', 'day', CAST(day AS TEXT), CAST(SUM(amount_fen) AS BIGINT), 0,
			COUNT(DISTINCT worker_id), 0 FROM paid GROUP BY day`,
		clock.MS(from), clock.MS(to), (24 * time.Hour).Milliseconds())
	if err != nil {
		return nil, err
	}
	cells := make([]gauge.Cell, 0, len(rows))
	for _, c := range rows {
		cell := gauge.Cell{Code: "W01", By: c.By, Key: c.Name, Num: c.Num, Den: c.Den, Unit: "share",
			People: c.People, Rest: c.Rest}
		if c.Part != "" {
			cell.Code, cell.Part, cell.Unit = "wage.paid", c.Part, "fen"
		}
		if c.By == gauge.ByDay {
			day, err := civil.OfNumber(c.Name)
			if err != nil {
				return nil, err
			}
			cell.Key = string(day)
		}
		cells = append(cells, cell)
	}
	return cells, nil
}
