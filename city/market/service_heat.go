package market

import (
	"context"
	"slices"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// Forecasts that somebody can mean.
const (
	forecastMinC = -50
	forecastMaxC = 60
)

// SetForecast enters the highest temperature that is forecast for a day.
type SetForecast struct {
	deed.Keyed
	Region string     `json:"region" minLength:"2" maxLength:"12" doc:"code of the county or city, or a prefix"`
	Day    civil.Date `json:"day"`
	MaxC   int64      `json:"max_c" doc:"in °C"`
}

// ForecastView is a day's forecast.
type ForecastView struct {
	Region string     `json:"region"`
	Day    civil.Date `json:"day"`
	MaxC   int64      `json:"max_c"`
}

// SetForecast lets a clerk enter a forecast; the newest of a region and day counts. Work outdoors
// is then accepted and begun only within the heat rules; without a forecast they stand as the
// employer's duty.
// Faults (invalid): market.forecast_range, market.forecast_region, market.forecast_past.
func (s *Service) SetForecast(ctx context.Context, in SetForecast) (ForecastView, error) {
	if err := people.Must(ctx, people.PermReviewVacancy, ""); err != nil {
		return ForecastView{}, err
	}
	switch {
	case in.MaxC < forecastMinC || in.MaxC > forecastMaxC:
		return ForecastView{}, fault.New(fault.Invalid, "market.forecast_range").OnField("max_c")
	case !isRegionPrefix(in.Region):
		return ForecastView{}, fault.New(fault.Invalid, "market.forecast_region").OnField("region")
	case in.Day < civil.DateOf(s.DB.Now()):
		return ForecastView{}, fault.New(fault.Invalid, "market.forecast_past").OnField("day")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "forecast"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (ForecastView, error) {
			return ForecastView{in.Region, in.Day, in.MaxC},
				upsertForecast(ctx, tx, in, people.ActorOf(ctx).AccountID)
		})
}

// heatTx judges work of these conditions on its first day, where a forecast is known.
// Faults: those of checkHeat.
func (s *Service) heatTx(ctx context.Context, r db.Reader, all []Condition, region string,
	day civil.Date, plannedMin int64, minor bool) error {
	if !slices.Contains(all, Outdoor) {
		return nil
	}
	maxC, known, err := forecastFor(ctx, r, region, day)
	if err != nil || !known {
		return err
	}
	var n heatLimits
	for _, q := range []struct {
		code string
		to   *int64
	}{
		{"market.heat_stop_c", &n.stopC}, {"market.heat_short_c", &n.shortC},
		{"market.heat_minors_c", &n.minorsC}, {"market.heat_short_min_max", &n.shortMinMax},
	} {
		v, err := s.Policy.At(q.code, region, day)
		if err != nil {
			return err
		}
		*q.to = v.Value
	}
	return checkHeat(maxC, plannedMin, minor, n)
}
