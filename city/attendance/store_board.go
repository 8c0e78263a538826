package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// sheetsOf reads the timesheets of placements into a map. A time that has not come is zero.
func sheetsOf(ctx context.Context, r db.Reader, ids []string, into map[string]Sheet) error {
	list, args := db.InList(ids)
	return db.Each(ctx, r, `SELECT placement_id, state, arrived_at_ms, started_at_ms, ended_at_ms,
		worked_min, pieces, forgotten, line_id FROM timesheets WHERE placement_id IN (`+list+`)`, args,
		func(scan func(...any) error) error {
			var s Sheet
			var arrived, started, ended int64
			err := scan(&s.PlacementID, &s.State, &arrived, &started, &ended, &s.WorkedMin, &s.Pieces,
				&s.Forgotten, &s.LineID)
			s.ArrivedAt, s.StartedAt, s.EndedAt = came(arrived), came(started), came(ended)
			into[s.PlacementID] = s
			return err
		})
}

func came(ms int64) (at time.Time) {
	if ms > 0 {
		at = clock.At(ms)
	}
	return at
}
