package market_test

import (
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// Goal: outdoors, a forecast of 40 °C stops the work, 37 °C cuts it to six hours and 35 °C closes
// it to minors, each from that degree on; the nearest region's forecast counts, and the start is
// asked again.
func TestHeat(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund(b.boss, 10_000_000)
		day := civil.Date("2026-03-03")
		v := b.vacancy(9)
		v.Conditions, v.MinorOK = []market.Condition{market.Outdoor}, true
		from := day.At(8 * 60)
		v.Shifts = []market.ShiftPlan{
			{StartsAt: from, EndsAt: from.Add(6 * time.Hour), Heads: 9},
			{StartsAt: from, EndsAt: from.Add(6*time.Hour + time.Minute), Heads: 9}}
		ids := b.publish(v).ShiftIDs
		forecast := func(region string, maxC int64) {
			t.Helper()
			must(b.SetForecast(b.clerk, market.SetForecast{Keyed: b.key(), Region: region, Day: day,
				MaxC: maxC}))(t)
		}
		adult, minor := b.worker(1, "1990-01-01"), b.worker(2, "2009-06-01")
		forecast("50", 45)
		for _, c := range []struct {
			maxC        int64
			who         hand
			shiftID     string
			code, field string
		}{
			{40, adult, ids[0], "market.heat_stop", "shift_id"},
			{37, adult, ids[1], "market.heat_hours", "shift_id"},
			{39, minor, ids[0], "market.heat_minors", "worker_id"},
			{35, minor, ids[0], "market.heat_minors", "worker_id"},
		} {
			forecast(county, c.maxC)
			_, err := b.accept(c.who, c.shiftID)
			refuses(t, "heat", err, c.code, c.field)
		}
		if n := b.count(`SELECT COUNT(*) FROM accept_refusals`); n != 3 {
			t.Errorf("%d refusals kept", n)
		}
		forecast(county, 34)
		must(b.accept(minor, ids[1]))(t)
		forecast(county, 39)
		p := must(b.accept(adult, ids[0]))(t)
		job := must(b.JobTx(b.clerk, d, p.ID))(t)
		if err := b.MayStartTx(b.clerk, d, job); err != nil {
			t.Errorf("six hours at 39: %v", err)
		}
		forecast(county, 40)
		refuses(t, "40 in the morning", b.MayStartTx(b.clerk, d, job), "market.heat_stop", "shift_id")
		_, err := b.SetForecast(b.boss, market.SetForecast{Keyed: b.key(), Region: county, Day: day})
		refuses(t, "an employer's forecast", err, "people.not_allowed", "")
		for field, in := range map[string]market.SetForecast{
			"max_c":  {Region: county, Day: day, MaxC: 61},
			"region": {Region: "5x", Day: day},
			"day":    {Region: county, Day: "2026-03-01"},
		} {
			in.Keyed = b.key()
			_, err := b.SetForecast(b.clerk, in)
			refuses(t, field, err, map[string]string{"max_c": "market.forecast_range",
				"region": "market.forecast_region", "day": "market.forecast_past"}[field], field)
		}
		b.lawful()
	})
}
