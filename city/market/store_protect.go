package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

func insertAcceptRefusal(ctx context.Context, tx *db.Tx, in Accept, code string) error {
	_, err := tx.Exec(ctx, `INSERT INTO accept_refusals(shift_id, worker_id, code, at_ms)
		VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, in.ShiftID, in.WorkerID, code,
		clock.MS(tx.Now))
	return err
}

// spansOf lists a worker's work that begins in [from, to) and stands; bounded by the days.
func spansOf(
	ctx context.Context, r db.Reader, workerID string, from, to time.Time,
) ([]span, error) {
	var all []span
	err := db.Each(ctx, r, `SELECT p.starts_at_ms, p.ends_at_ms, s.break_min, p.employer_id
		FROM placements p JOIN shifts s ON s.id = p.shift_id WHERE p.worker_id = $1
		AND p.state IN ('accepted', 'started', 'done') AND p.starts_at_ms >= $2
		AND p.starts_at_ms < $3 ORDER BY p.starts_at_ms, p.id`,
		[]any{workerID, clock.MS(from), clock.MS(to)}, func(scan func(...any) error) error {
			var starts, ends, breakMin int64
			var sp span
			err := scan(&starts, &ends, &breakMin, &sp.EmployerID)
			sp.StartsAt = clock.At(starts)
			sp.PlannedMin = plannedMin(sp.StartsAt, clock.At(ends), breakMin)
			all = append(all, sp)
			return err
		})
	return all, err
}
