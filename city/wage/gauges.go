package wage

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// Gauges gives W01 over the lines due in [from, to): the share that arrived within 24 hours of the
// clock-out (headline) and of the confirmation, the median and 95th percentile from clock-out to
// arrival, what came late or has not come; what arrived in the window; and how long the oldest line
// waits for each sweep.
// Source: DOMAIN J.
func (s *Service) Gauges(
	ctx context.Context, r db.Reader, from, to time.Time,
) ([]gauge.Value, error) {
	c, err := arrivals(ctx, r, from, to)
	if err != nil {
		return nil, err
	}
	out := []gauge.Value{
		{Code: "W01", Num: c.in24h, Den: c.due, Unit: "share"},
		{Code: "W01", Part: "confirmed", Num: c.in24hOfWord, Den: c.confirmed, Unit: "share"},
		{Code: "W01", Part: "late", Num: c.late, Unit: "count"},
		{Code: "W01", Part: "late_fen", Num: c.lateFen, Unit: "fen"},
	}
	for _, p := range []struct {
		part    string
		percent int64
	}{{"p50", 50}, {"p95", 95}} {
		if c.paid == 0 {
			break
		}
		rank := (c.paid*p.percent + 99) / 100 // nearest rank, from 1
		ms, err := arrivalOfRank(ctx, r, from, to, rank)
		if err != nil {
			return nil, err
		}
		out = append(out, gauge.Value{Code: "W01", Part: p.part, Num: ms, Unit: "ms"})
	}
	paid, err := s.Paid(ctx, r, from, to)
	if err != nil {
		return nil, err
	}
	out = append(out, paid...)
	w, err := waiting(ctx, r)
	behind := func(ms int64) int64 {
		if ms == 0 {
			return 0
		}
		return max(clock.MS(to)-ms, 0)
	}
	return append(out,
		gauge.Value{Code: "wage.waiting", Part: "confirm", Num: behind(w.confirmMS), Unit: "ms"},
		gauge.Value{Code: "wage.waiting", Part: "pay", Num: behind(w.payMS), Unit: "ms"},
		gauge.Value{Code: "wage.waiting", Part: "reissue", Num: behind(w.reissueMS), Unit: "ms"},
		gauge.Value{Code: "wage.stuck", Num: w.stuck, Unit: "count"}), err
}
