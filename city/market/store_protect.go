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

// scheduleOf lists what a worker is offered, has taken or has done that reaches into [from, to);
// bounded by the days. No shift is longer than shiftMax.
func scheduleOf(
	ctx context.Context, r db.Reader, workerID string, from, to time.Time,
) ([]engagement, error) {
	var all []engagement
	err := db.Each(ctx, r, `SELECT p.id, p.state, p.starts_at_ms, p.ends_at_ms, s.starts_at_ms,
		s.break_min, p.employer_id FROM placements p JOIN shifts s ON s.id = p.shift_id
		WHERE p.worker_id = $1 AND p.state IN ('offered', 'accepted', 'started', 'done')
		AND p.starts_at_ms > $2 AND p.starts_at_ms < $3 AND p.ends_at_ms > $4
		ORDER BY p.starts_at_ms, p.id`,
		[]any{workerID, clock.MS(from.Add(-shiftMax)), clock.MS(to), clock.MS(from)},
		func(scan func(...any) error) error {
			var e engagement
			var starts, ends, shiftStarts, breakMin int64
			err := scan(&e.ID, (*string)(&e.State), &starts, &ends, &shiftStarts, &breakMin, &e.EmployerID)
			e.StartsAt, e.EndsAt = clock.At(starts), clock.At(ends)
			e.PlannedMin = plannedMin(clock.At(shiftStarts), e.EndsAt, breakMin)
			all = append(all, e)
			return err
		})
	return all, err
}
