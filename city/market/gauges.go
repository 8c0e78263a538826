package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// Gauges gives M02 (vacancies and heads), M03 (placed, started, the share of them), M04 (intents)
// and X01 (retention) of what happened in [from, to). Intent 意向, placement 录用 and start 到岗 are
// three counts and are never added up. Source: DOMAIN's indicator dictionary.
func (s *Service) Gauges(
	ctx context.Context,
	r db.Reader,
	from, to time.Time,
) ([]gauge.Value, error) {
	var vacancies, heads, matched, started int64
	a, b := clock.MS(from), clock.MS(to)
	err := db.Row(ctx, r, []any{&vacancies}, `SELECT COUNT(*) FROM vacancies
		WHERE (state = 'published' OR state = 'closed' AND reason = 'expired') AND source = ''
		AND created_at_ms >= $1 AND created_at_ms < $2`, a, b)
	if err != nil {
		return nil, err
	}
	err = db.Row(ctx, r, []any{&heads}, `SELECT CAST(COALESCE(SUM(s.heads), 0) AS BIGINT)
		FROM shifts s JOIN vacancies v ON v.id = s.vacancy_id
		WHERE (v.state = 'published' OR v.state = 'closed' AND v.reason = 'expired')
		AND v.source = '' AND s.state IN ('open', 'closed')
		AND v.created_at_ms >= $1 AND v.created_at_ms < $2`, a, b)
	if err != nil {
		return nil, err
	}
	err = db.Row(ctx, r, []any{&matched, &started}, `SELECT
		CAST(COALESCE(SUM(CASE WHEN accepted_at_ms > 0 THEN 1 ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN state IN ('started', 'done') THEN 1 ELSE 0 END), 0) AS BIGINT)
		FROM placements WHERE made_at_ms >= $1 AND made_at_ms < $2`, a, b)
	if err != nil {
		return nil, err
	}
	intents, err := countIntents(ctx, r, a, b)
	if err != nil {
		return nil, err
	}
	stayed, err := retention(ctx, r, a, b)
	return append([]gauge.Value{
		{Code: "M02", Part: "vacancies", Num: vacancies, Unit: "count"},
		{Code: "M02", Part: "heads", Num: heads, Unit: "heads"},
		{Code: "M03", Part: "matched", Num: matched, Unit: "count"},
		{Code: "M03", Part: "started", Num: started, Unit: "count"},
		{Code: "M03", Part: "arrival", Num: started, Den: matched, Unit: "share"},
		{Code: "M04", Num: intents, Unit: "count"},
	}, stayed...), err
}
