package market

import (
	"context"
	"errors"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

func upsertForecast(ctx context.Context, tx *db.Tx, in SetForecast, by string) error {
	_, err := tx.Exec(ctx, `INSERT INTO forecasts(region, day, max_c, by_id, at_ms)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (region, day) DO UPDATE SET max_c = excluded.max_c,
		by_id = excluded.by_id, at_ms = excluded.at_ms`,
		in.Region, string(in.Day), in.MaxC, by, clock.MS(tx.Now))
	return err
}

// forecastFor gives the day's forecast for the longest prefix of the region that has one.
func forecastFor(
	ctx context.Context, r db.Reader, region string, day civil.Date,
) (maxC int64, known bool, err error) {
	err = db.Row(ctx, r, []any{&maxC}, `SELECT max_c FROM forecasts WHERE day = $1
		AND substr($2, 1, length(region)) = region ORDER BY length(region) DESC, region LIMIT 1`,
		string(day), region)
	if errors.Is(err, db.ErrNone) {
		return 0, false, nil
	}
	return maxC, err == nil, err
}
