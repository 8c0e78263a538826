package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// What M02 and M03 count of [$1, $2), of vacancies v and placements p; the lists behind the figures
// say the same.
const (
	publishedIn = `(v.state = 'published' OR v.state = 'closed' AND v.reason = 'expired')
		AND v.source = '' AND v.created_at_ms >= $1 AND v.created_at_ms < $2`
	placedIn = `p.accepted_at_ms > 0 AND p.made_at_ms >= $1 AND p.made_at_ms < $2`
)

// countPublished counts vacancies and their heads.
func countPublished(ctx context.Context, r db.Reader, a, b int64) (n, heads int64, err error) {
	err = db.Row(ctx, r, []any{&n, &heads}, `SELECT COUNT(*), CAST(COALESCE(SUM((SELECT SUM(s.heads)
		FROM shifts s WHERE s.vacancy_id = v.id AND s.state IN ('open', 'closed'))), 0) AS BIGINT)
		FROM vacancies v WHERE `+publishedIn, a, b)
	return n, heads, err
}

// countPlaced counts placements that were accepted, and those of which somebody came.
func countPlaced(ctx context.Context, r db.Reader, a, b int64) (matched, started int64, err error) {
	err = db.Row(ctx, r, []any{&matched, &started}, `SELECT COUNT(*),
		COUNT(CASE WHEN p.state IN ('started', 'done') THEN 1 END) FROM placements p
		WHERE `+placedIn, a, b)
	return matched, started, err
}

// Gauges gives M02 (vacancies and heads), M03 (placed, started, the share of them), M04 (intents)
// and X01 (retention) of what happened in [from, to). Intent 意向, placement 录用 and start 到岗 are
// three counts and are never added up. Source: DOMAIN's indicator dictionary.
func (s *Service) Gauges(
	ctx context.Context,
	r db.Reader,
	from, to time.Time,
) ([]gauge.Value, error) {
	a, b := clock.MS(from), clock.MS(to)
	vacancies, heads, err := countPublished(ctx, r, a, b)
	if err != nil {
		return nil, err
	}
	matched, started, err := countPlaced(ctx, r, a, b)
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
