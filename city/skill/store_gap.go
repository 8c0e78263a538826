package skill

import (
	"context"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
)

// lastDay gives the last day of the worker's latest verified certificate of a kind that runs out
// before the day; "" when there is none.
func lastDay(
	ctx context.Context, r db.Reader, workerID, kind string, before civil.Date,
) (civil.Date, error) {
	var day string
	err := db.Row(ctx, r, []any{&day}, `SELECT COALESCE(MAX(expires_on), '') FROM certificates
		WHERE worker_id = $1 AND kind = $2 AND state = 'verified' AND expires_on <> ''
		AND expires_on < $3`, workerID, kind, string(before))
	return civil.Date(day), err
}
