package market

import (
	"context"
	"errors"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

func upsertCalendarLink(ctx context.Context, tx *db.Tx, workerID, hash string) error {
	_, err := tx.Exec(ctx, `INSERT INTO calendar_links(worker_id, token_hash, made_at_ms)
		VALUES ($1, $2, $3) ON CONFLICT (worker_id) DO UPDATE SET token_hash = excluded.token_hash,
		made_at_ms = excluded.made_at_ms`, workerID, hash, clock.MS(tx.Now))
	return err
}

func deleteCalendarLink(ctx context.Context, tx *db.Tx, workerID string) error {
	_, err := tx.Exec(ctx, `DELETE FROM calendar_links WHERE worker_id = $1`, workerID)
	return err
}

// calendarMadeAt gives when a worker's address was made; zero for none.
func calendarMadeAt(ctx context.Context, r db.Reader, workerID string) (time.Time, error) {
	ms, err := db.Get[int64](ctx, r,
		`SELECT made_at_ms FROM calendar_links WHERE worker_id = $1`, workerID)
	if errors.Is(err, db.ErrNone) {
		return time.Time{}, nil
	}
	return clock.At(ms), err
}

// workerOfCalendar gives whose the address is; "" for nobody's.
func workerOfCalendar(ctx context.Context, r db.Reader, hash string) (string, error) {
	id, err := db.Get[string](ctx, r,
		`SELECT worker_id FROM calendar_links WHERE token_hash = $1`, hash)
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return id, err
}
