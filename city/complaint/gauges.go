package complaint

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// Gauges gives, of [from, to): complaints received and upheld, how many wait and are overdue; the
// false-vacancy rate (upheld complaints of false vacancies ÷ vacancies published), the turned-away
// rate (arrived and not admitted ÷ arrived), and Q01, the median and 95th percentile of working
// days until the answer.
func (s *Service) Gauges(
	ctx context.Context, r db.Reader, from, to time.Time,
) ([]gauge.Value, error) {
	a, b := clock.MS(from), clock.MS(to)
	var received, upheld, open, overdue, lies, published, away, arrived, answered int64
	for _, q := range []struct {
		dests []any
		query string
		args  []any
	}{
		{[]any{&received, &upheld}, `SELECT COUNT(*), COUNT(CASE WHEN decision = 'upheld' THEN 1 END)
			FROM complaints WHERE received_ms >= $1 AND received_ms < $2`, []any{a, b}},
		{[]any{&open, &overdue}, `SELECT COUNT(*), COUNT(CASE WHEN due_on < $1 THEN 1 END)
			FROM complaints WHERE due_on <> ''`, []any{string(civil.DateOf(s.DB.Now()))}},
		{[]any{&lies, &published}, `SELECT
			(SELECT COUNT(DISTINCT subject_id) FROM complaints WHERE kind = 'false_vacancy'
				AND decision = 'upheld' AND received_ms >= $1 AND received_ms < $2),
			(SELECT COUNT(*) FROM vacancies WHERE state IN ('published', 'closed')
				AND created_at_ms >= $1 AND created_at_ms < $2)`, []any{a, b}},
		{[]any{&away, &arrived}, `SELECT
			COUNT(DISTINCT CASE WHEN substr(p.reason, 1, 12) = 'not_admitted' THEN p.id END),
			COUNT(DISTINCT p.id) FROM clock_events e JOIN placements p ON p.id = e.placement_id
			WHERE e.kind = 'arrival' AND e.at_ms >= $1 AND e.at_ms < $2`, []any{a, b}},
		{[]any{&answered}, `SELECT COUNT(*) FROM complaints WHERE answered_ms >= $1
			AND answered_ms < $2`, []any{a, b}},
	} {
		if err := db.Row(ctx, r, q.dests, q.query, q.args...); err != nil {
			return nil, err
		}
	}
	out := []gauge.Value{
		{Code: "complaint.received", Num: received, Unit: "count"},
		{Code: "complaint.received", Part: "upheld", Num: upheld, Unit: "count"},
		{Code: "complaint.open", Num: open, Unit: "count"},
		{Code: "complaint.open", Part: "overdue", Num: overdue, Unit: "count"},
		{Code: "complaint.false_vacancy", Num: lies, Den: published, Unit: "share"},
		{Code: "complaint.turned_away", Num: away, Den: arrived, Unit: "share"},
	}
	for _, p := range []struct {
		part    string
		percent int64
	}{{"days_p50", 50}, {"days_p95", 95}} {
		if answered == 0 {
			break
		}
		var days int64
		err := db.Row(ctx, r, []any{&days}, `SELECT answer_days FROM complaints
			WHERE answered_ms >= $1 AND answered_ms < $2 ORDER BY answer_days, id LIMIT 1 OFFSET $3`,
			a, b, (answered*p.percent+99)/100-1)
		if err != nil {
			return nil, err
		}
		out = append(out, gauge.Value{Code: "Q01", Part: p.part, Num: days, Unit: "count"})
	}
	return out, nil
}
