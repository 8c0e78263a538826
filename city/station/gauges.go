package station

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// Gauges gives M01: places at the end of the period, all and those open to the public.
func (s *Service) Gauges(ctx context.Context, r db.Reader, _, to time.Time) ([]gauge.Value, error) {
	places, public, err := countPlaces(ctx, r, clock.MS(to))
	return []gauge.Value{{Code: "M01", Num: public, Unit: "count"},
		{Code: "M01", Part: "places", Num: places, Unit: "count"}}, err
}
