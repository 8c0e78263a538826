package wage

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// insertWarning tells whether the line had none.
func insertWarning(ctx context.Context, tx *db.Tx, w warning) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO wage_warnings(line_id, reason, at_ms, rung, owner_role,
		owner_id, next_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`, w.LineID,
		w.Reason, clock.MS(w.At), w.Rung, w.OwnerRole, w.OwnerID, clock.MS(w.NextAt))
	if err != nil || n == 0 {
		return false, err
	}
	return true, keepReason(ctx, tx, w)
}

// keepReason puts a reason on record that is another than the last.
func keepReason(ctx context.Context, tx *db.Tx, w warning) error {
	kept, err := db.List[string](ctx, tx, `SELECT reason FROM wage_reasons WHERE line_id = $1
		ORDER BY n`, w.LineID)
	if err != nil || len(kept) > 0 && kept[len(kept)-1] == w.Reason {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO wage_reasons(line_id, n, reason, at_ms)
		VALUES ($1, $2, $3, $4)`, w.LineID, len(kept)+1, w.Reason, clock.MS(tx.Now))
	return err
}

// changeWarning writes where a late line stands on the ladder.
func changeWarning(ctx context.Context, tx *db.Tx, w warning) error {
	_, err := tx.Exec(ctx, `UPDATE wage_warnings SET reason = $2, rung = $3, owner_role = $4,
		owner_id = $5, next_at_ms = $6 WHERE line_id = $1`, w.LineID, w.Reason, w.Rung, w.OwnerRole,
		w.OwnerID, clock.MS(w.NextAt))
	if err != nil {
		return err
	}
	return keepReason(ctx, tx, w)
}

func insertTell(
	ctx context.Context, tx *db.Tx, lineID string, rung int64, role, accountID string,
) error {
	_, err := tx.Exec(ctx, `INSERT INTO wage_tells(line_id, rung, role, account_id, at_ms)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, lineID, rung, role, accountID,
		clock.MS(tx.Now))
	return err
}

// warningsOf reads warnings by line.
func warningsOf(ctx context.Context, r db.Reader, ids []string) (map[string]warning, error) {
	in, args := db.InList(ids)
	out := map[string]warning{}
	err := db.Each(ctx, r, `SELECT line_id, reason, at_ms, rung, owner_role, owner_id, next_at_ms
		FROM wage_warnings WHERE line_id IN (`+in+`) ORDER BY line_id`, args,
		func(scan func(...any) error) error {
			var w warning
			var at, next int64
			err := scan(&w.LineID, &w.Reason, &at, &w.Rung, &w.OwnerRole, &w.OwnerID, &next)
			w.At, w.NextAt = clock.At(at), clock.At(next)
			out[w.LineID] = w
			return err
		})
	return out, err
}

// dueToClimb lists late lines whose time on their rung has passed.
func dueToClimb(ctx context.Context, r db.Reader, now time.Time, limit int) ([]string, error) {
	return db.List[string](ctx, r, `SELECT line_id FROM wage_warnings WHERE next_at_ms <= $1
		ORDER BY next_at_ms, line_id LIMIT $2`, clock.MS(now), limit)
}

// lateUnpaid lists lines with a warning that are not paid.
func lateUnpaid(
	ctx context.Context, r db.Reader, behind db.Mark, limit int,
) (list []db.Mark, err error) {
	err = db.Each(ctx, r, `SELECT l.warn_at_ms, l.id FROM wage_lines l
		JOIN wage_warnings w ON w.line_id = l.id WHERE l.state <> 'paid' AND l.state <> 'reversed'
		AND l.warn_at_ms >= $1 AND (l.warn_at_ms > $1 OR l.id > $2)
		ORDER BY l.warn_at_ms, l.id LIMIT $3`, []any{behind.MS, behind.ID, limit},
		func(scan func(...any) error) error {
			var m db.Mark
			err := scan(&m.MS, &m.ID)
			list = append(list, m)
			return err
		})
	return list, err
}

// openReasons counts late lines that are not paid, by reason.
func openReasons(ctx context.Context, r db.Reader) (map[string]int64, error) {
	return countReasons(ctx, r, `SELECT w.reason, COUNT(*) FROM wage_lines l
		JOIN wage_warnings w ON w.line_id = l.id WHERE l.state <> 'paid' AND l.state <> 'reversed'
		GROUP BY w.reason ORDER BY w.reason`)
}

// lateReasons counts lines due by then that came late, or have not come, by reason.
func lateReasons(ctx context.Context, r db.Reader, until time.Time) (map[string]int64, error) {
	return countReasons(ctx, r, `SELECT w.reason, COUNT(*) FROM wage_lines l
		JOIN wage_warnings w ON w.line_id = l.id WHERE l.due_at_ms <= $1 AND l.state <> 'reversed'
		AND (l.state <> 'paid' OR l.paid_at_ms > l.due_at_ms) GROUP BY w.reason ORDER BY w.reason`,
		clock.MS(until))
}

func countReasons(
	ctx context.Context, r db.Reader, q string, args ...any,
) (map[string]int64, error) {
	out := map[string]int64{}
	err := db.Each(ctx, r, q, args, func(scan func(...any) error) error {
		var reason string
		var n int64
		err := scan(&reason, &n)
		out[reason] = n
		return err
	})
	return out, err
}
