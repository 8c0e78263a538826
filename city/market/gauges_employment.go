package market

import (
	"context"
	"fmt"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// countIntents counts the persons and vacancies that found each other in [from, to): who applied,
// or was offered or took work; one for a pair. Times are milliseconds.
func countIntents(ctx context.Context, r db.Reader, from, to int64) (int64, error) {
	var n int64
	err := db.Row(ctx, r, []any{&n}, `SELECT COUNT(*) FROM (
		SELECT worker_id, vacancy_id FROM applications
		WHERE applied_at_ms >= $1 AND applied_at_ms < $2
		UNION SELECT worker_id, vacancy_id FROM placements
		WHERE made_at_ms >= $1 AND made_at_ms < $2) pairs`, from, to)
	return n, err
}

// retention gives X01 稳岗率: of the checks due in [from, to), those that found the worker still
// there, for each day; beside it how many of all are unknown, which counts as not there.
func retention(ctx context.Context, r db.Reader, from, to int64) ([]gauge.Value, error) {
	var values []gauge.Value
	var unknown, all int64
	for _, day := range retentionDays {
		var there, silent, n int64
		err := db.Row(ctx, r, []any{&n, &there, &silent}, `SELECT COUNT(*),
			CAST(COALESCE(SUM(CASE WHEN verdict = 'there' THEN 1 ELSE 0 END), 0) AS BIGINT),
			CAST(COALESCE(SUM(CASE WHEN verdict = 'unknown' THEN 1 ELSE 0 END), 0) AS BIGINT)
			FROM retention_checks WHERE day = $1 AND due_at_ms >= $2 AND due_at_ms < $3`, day, from, to)
		if err != nil {
			return nil, err
		}
		values = append(values, gauge.Value{Code: "X01", Part: fmt.Sprintf("day_%d", day), Num: there,
			Den: n, Unit: "share"})
		unknown, all = unknown+silent, all+n
	}
	return append(values, gauge.Value{Code: "X01", Part: "unknown", Num: unknown, Den: all,
		Unit: "share"}), nil
}
