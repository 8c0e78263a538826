package station

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

type spreadRow struct {
	Region string `db:"region"`
	Places int64  `db:"places"`
	Public int64  `db:"public"`
}

// Spread gives M01 by district, at the end of the window.
func (s *Service) Spread(ctx context.Context, r db.Reader, _, to time.Time) ([]gauge.Cell, error) {
	rows, err := db.List[spreadRow](ctx, r, `SELECT region, COUNT(*) AS places,
		COUNT(CASE WHEN kind <> 'workplace' THEN 1 END) AS public
		FROM places WHERE created_at_ms < $1 GROUP BY region`, clock.MS(to))
	var cells []gauge.Cell
	for _, c := range rows {
		cells = append(cells,
			gauge.Cell{Code: "M01", By: gauge.ByDistrict, Key: c.Region, Num: c.Public, Unit: "count"},
			gauge.Cell{Code: "M01", Part: "places", By: gauge.ByDistrict, Key: c.Region, Num: c.Places,
				Unit: "count"})
	}
	return cells, err
}
