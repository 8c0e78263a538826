package wage

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// window is which counted lines are read: those that arrived in [from, to), or those due then that
// are late; of these the ones before a line.
type window struct {
	late     bool
	from, to time.Time
	before   db.Mark
}

// at is by what the lines of a window are sorted.
func (w window) at(l Line) time.Time {
	if w.late {
		return l.DueAt
	}
	return l.PaidAt
}

// linesOfWindow gives counted lines, the newest first. What is counted is written as in arrivals
// and Paid.
func linesOfWindow(ctx context.Context, r db.Reader, w window, limit int) ([]Line, error) {
	which, by := `state = 'paid'`, `paid_at_ms`
	if w.late {
		which, by = `state <> 'reversed' AND (state <> 'paid' OR paid_at_ms > due_at_ms)`, `due_at_ms`
	}
	return scanLines(ctx, r, which+` AND `+by+` >= $1 AND `+by+` < $2 AND `+by+` <= $3
		AND (`+by+` < $3 OR id < $4) ORDER BY `+by+` DESC, id DESC LIMIT $5`,
		clock.MS(w.from), clock.MS(w.to), w.before.MS, w.before.ID, limit)
}
