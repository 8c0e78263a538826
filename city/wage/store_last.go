package wage

import (
	"context"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

func lastWages(
	ctx context.Context, r db.Reader, employerID string, workerIDs []string,
) (map[string]LastWage, error) {
	out := map[string]LastWage{}
	in, args := db.InList(workerIDs, employerID)
	err := db.Each(ctx, r, `SELECT worker_id, amount_fen, paid_at_ms FROM (
			SELECT worker_id, amount_fen, paid_at_ms, ROW_NUMBER() OVER (PARTITION BY worker_id
				ORDER BY paid_at_ms DESC, id DESC) AS n
			FROM wage_lines WHERE employer_id = $1 AND state = 'paid' AND worker_id IN (`+in+`)) x
		WHERE n = 1`, args, func(scan func(...any) error) error {
		var workerID string
		var w LastWage
		var at int64
		err := scan(&workerID, &w.AmountFen, &at)
		w.PaidAt = clock.At(at)
		out[workerID] = w
		return err
	})
	return out, err
}
