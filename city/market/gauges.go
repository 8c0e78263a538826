package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// Gauges gives M02 (vacancies and heads), M03 (matched, arrived, arrival rate) and M04 (intents)
// of what happened in [from, to). Source: DOMAIN's indicator dictionary.
func (s *Service) Gauges(
	ctx context.Context,
	r db.Reader,
	from, to time.Time,
) ([]gauge.Value, error) {
	var vacancies, heads, intents, matched, arrived int64
	a, b := clock.MS(from), clock.MS(to)
	err := db.Row(ctx, r, []any{&vacancies}, `SELECT COUNT(*) FROM vacancies
		WHERE state = 'published' AND created_at_ms >= $1 AND created_at_ms < $2`, a, b)
	if err != nil {
		return nil, err
	}
	err = db.Row(ctx, r, []any{&heads}, `SELECT CAST(COALESCE(SUM(s.heads), 0) AS BIGINT)
		FROM shifts s JOIN vacancies v ON v.id = s.vacancy_id WHERE v.state = 'published'
		AND s.state = 'open' AND v.created_at_ms >= $1 AND v.created_at_ms < $2`, a, b)
	if err != nil {
		return nil, err
	}
	err = db.Row(ctx, r, []any{&intents, &matched, &arrived}, `SELECT COUNT(*),
		CAST(COALESCE(SUM(CASE WHEN accepted_at_ms > 0 THEN 1 ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN state IN ('started', 'done') THEN 1 ELSE 0 END), 0) AS BIGINT)
		FROM placements WHERE made_at_ms >= $1 AND made_at_ms < $2`, a, b)
	if err != nil {
		return nil, err
	}
	return []gauge.Value{
		{Code: "M02", Part: "vacancies", Num: vacancies, Unit: "count"},
		{Code: "M02", Part: "heads", Num: heads, Unit: "heads"},
		{Code: "M03", Part: "matched", Num: matched, Unit: "count"},
		{Code: "M03", Part: "arrival", Num: arrived, Den: matched, Unit: "share"},
		{Code: "M04", Num: intents, Unit: "count"},
	}, nil
}
