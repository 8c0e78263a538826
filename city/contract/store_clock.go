package contract

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

func insertClock(ctx context.Context, tx *db.Tx, placementID string, due time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO contract_clocks(placement_id, state, started_at_ms,
		due_at_ms, warned_at_ms, late_at_ms) VALUES ($1, 'running', $2, $3, 0, 0)`,
		placementID, clock.MS(tx.Now), clock.MS(due))
	return err
}

// stopClock notes that both have signed; most contracts have no clock.
func stopClock(ctx context.Context, tx *db.Tx, placementID string) error {
	_, err := tx.Exec(ctx, `UPDATE contract_clocks SET state = 'signed' WHERE placement_id = $1`,
		placementID)
	return err
}

func warnClock(ctx context.Context, tx *db.Tx, placementID string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE contract_clocks SET warned_at_ms = $1
		WHERE placement_id = $2 AND state = 'running' AND warned_at_ms = 0`,
		clock.MS(tx.Now), placementID)
	return n == 1, err
}

func lateClock(ctx context.Context, tx *db.Tx, placementID string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE contract_clocks SET state = 'late', late_at_ms = $1
		WHERE placement_id = $2 AND state = 'running'`, clock.MS(tx.Now), placementID)
	return n == 1, err
}

func clocksToWarn(
	ctx context.Context, r db.Reader, dueBy time.Time, limit int,
) ([]ClockView, error) {
	return listClocks(ctx, r, `k.state = 'running' AND k.warned_at_ms = 0 AND k.due_at_ms <= $1
		ORDER BY k.due_at_ms, k.placement_id LIMIT $2`, clock.MS(dueBy), limit)
}

func clocksOver(ctx context.Context, r db.Reader, now time.Time, limit int) ([]ClockView, error) {
	return listClocks(ctx, r, `k.state = 'running' AND k.due_at_ms <= $1
		ORDER BY k.due_at_ms, k.placement_id LIMIT $2`, clock.MS(now), limit)
}

func openClocks(
	ctx context.Context, r db.Reader, employerID string, states []ClockState,
) ([]ClockView, error) {
	args := []any{employerID, listMax}
	for _, s := range states {
		args = append(args, string(s))
	}
	return listClocks(ctx, r, `($1 = '' OR c.employer_id = $1)
		AND k.state IN (`+db.In(3, len(states))+`)
		ORDER BY k.due_at_ms, k.placement_id LIMIT $2`, args...)
}

func listClocks(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]ClockView, error) {
	list := []ClockView{}
	err := db.Each(ctx, r, `SELECT k.placement_id, c.id, c.worker_id, c.employer_id, k.state,
		k.started_at_ms, k.due_at_ms, k.late_at_ms, c.account_id, o.account_id
		FROM contract_clocks k JOIN contracts c ON c.placement_id = k.placement_id
		JOIN contract_offers o ON o.id = c.offer_id WHERE `+where, args,
		func(scan func(...any) error) error {
			var v ClockView
			var lateMS int64
			err := scan(&v.PlacementID, &v.ContractID, &v.WorkerID, &v.EmployerID, (*string)(&v.State),
				ms{&v.StartedAt}, ms{&v.DueAt}, &lateMS, &v.workerAccount, &v.employerAccount)
			if lateMS > 0 {
				v.LateAt = clock.At(lateMS)
			}
			list = append(list, v)
			return err
		})
	return list, err
}

// countLate counts the clocks that are late right now.
func countLate(ctx context.Context, r db.Reader) (int64, error) {
	var n int64
	err := db.Row(ctx, r, []any{&n}, `SELECT COUNT(*) FROM contract_clocks WHERE state = 'late'`)
	return n, err
}
