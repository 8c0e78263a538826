package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// workforceOf lists who has taken an employer's work, one row a person, whoever began last first.
func workforceOf(
	ctx context.Context, r db.Reader, employerID, words string, before db.Mark, limit int,
) ([]WorkforceRow, error) {
	var out []WorkforceRow
	err := db.Each(ctx, r, `SELECT x.worker_id, x.id, x.starts_at_ms, x.first_ms, x.done, x.to_come,
			v.title, v.work_type, v.pay_unit, v.term_months
		FROM (SELECT worker_id, id, vacancy_id, starts_at_ms,
				ROW_NUMBER() OVER (PARTITION BY worker_id ORDER BY starts_at_ms DESC, id DESC) AS n,
				COALESCE(MIN(CASE WHEN state <> 'accepted' THEN starts_at_ms END)
					OVER (PARTITION BY worker_id), 0) AS first_ms,
				COUNT(CASE WHEN state = 'done' THEN 1 END) OVER (PARTITION BY worker_id) AS done,
				COUNT(CASE WHEN state = 'accepted' THEN 1 END) OVER (PARTITION BY worker_id) AS to_come
			FROM placements WHERE employer_id = $1 AND state IN ('accepted', 'started', 'done')) x
		JOIN vacancies v ON v.id = x.vacancy_id JOIN workers w ON w.id = x.worker_id
		WHERE x.n = 1 AND (x.starts_at_ms < $2 OR x.starts_at_ms = $2 AND x.worker_id < $3)
			AND ($4 = '' OR REPLACE(LOWER(w.name), LOWER($4), '') <> LOWER(w.name))
		ORDER BY x.starts_at_ms DESC, x.worker_id DESC LIMIT $5`,
		[]any{employerID, before.MS, before.ID, words, limit},
		func(scan func(...any) error) error {
			var row WorkforceRow
			var last, first int64
			err := scan(&row.WorkerID, &row.PlacementID, &last, &first, &row.Done, &row.ToCome,
				&row.Title, &row.WorkType, &row.PayUnit, &row.TermMonths)
			row.LastAt, row.Since = clock.At(last), sinceOf(first)
			out = append(out, row)
			return err
		})
	return out, err
}

// sinceOf is when somebody began; the zero time for who has not.
func sinceOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return clock.At(ms)
}
