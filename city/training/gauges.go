package training

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// Gauges gives T01 of [from, to): seats whose worker came at least once, the persons in them, and
// which part of those assessed passed.
func (s *Service) Gauges(
	ctx context.Context, r db.Reader, from, to time.Time,
) ([]gauge.Value, error) {
	var times, persons, passed, assessed int64
	err := db.Row(ctx, r, []any{&times, &persons}, `SELECT COUNT(*), COUNT(DISTINCT worker_id)
		FROM enrolments e WHERE EXISTS (SELECT 1 FROM class_roll c WHERE c.enrolment_id = e.id
		AND c.present AND c.at_ms >= $1 AND c.at_ms < $2)`, clock.MS(from), clock.MS(to))
	if err != nil {
		return nil, err
	}
	err = db.Row(ctx, r, []any{&passed, &assessed}, `SELECT
		COUNT(CASE WHEN state = 'passed' THEN 1 END), COUNT(*) FROM enrolments
		WHERE assessed_at_ms >= $1 AND assessed_at_ms < $2`, clock.MS(from), clock.MS(to))
	return []gauge.Value{
		{Code: "T01", Num: times, Unit: "count"},
		{Code: "T01", Part: "persons", Num: persons, Unit: "count"},
		{Code: "T01", Part: "passed", Num: passed, Den: assessed, Unit: "share"},
	}, err
}
