package wage

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

// copied is what an access copy lists of the wages.
var copied = []db.Named{
	{Name: "wage_lines", SQL: `SELECT id, placement_id, n, employer_id, pay_unit, rate_fen, worked_min,
		start_at_ms, end_at_ms, gross_fen, earlier_fen, amount_fen, state, due_at_ms, accrued_at_ms,
		confirmed_at_ms, paid_at_ms FROM wage_lines WHERE worker_id = $1 ORDER BY id DESC`},
}

// linesOwed counts a worker's lines that are neither paid nor taken back.
func linesOwed(ctx context.Context, r db.Reader, workerID string) (int64, error) {
	return db.Get[int64](ctx, r, `SELECT COUNT(*) FROM wage_lines WHERE worker_id = $1
		AND state <> 'paid' AND state <> 'reversed'`, workerID)
}
