package notify

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// sealed is what the database holds of a message's phone and words.
type sealed struct{ Args, Phone []byte }

// insertMessage writes a message unless its key is known.
func insertMessage(ctx context.Context, tx *db.Tx, m Message, s sealed) error {
	_, err := tx.Exec(ctx, `INSERT INTO messages(id, key, account_id, template, args, phone, code,
		channel, quiet, state, attempts, next_at_ms, reason, put_at_ms, ended_at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '', FALSE, $8, 0, $9, '', $9, 0)
		ON CONFLICT (key) DO NOTHING`,
		tx.ID("msg"), m.Key, m.AccountID, m.Template, s.Args, s.Phone, templates[m.Template].code,
		string(Wanted), clock.MS(tx.Now))
	return err
}

// dueMessages lists open messages whose turn has come, codes first.
func dueMessages(ctx context.Context, r db.Reader, now time.Time, limit int) ([]string, error) {
	return db.List[string](ctx, r, `SELECT id FROM messages WHERE ended_at_ms = 0 AND next_at_ms <= $1
		ORDER BY code DESC, next_at_ms, id LIMIT $2`, clock.MS(now), limit)
}

// row is a parcel with what is needed to hand it over.
type row struct {
	parcel
	sealed
	AccountID string
}

// openMessage reads one message that has not ended; db.ErrNone when it has, or is not due.
func openMessage(ctx context.Context, tx *db.Tx, id string) (row, error) {
	var w row
	var state, channel string
	var nextMS, putMS int64
	err := db.Row(ctx, tx, []any{&w.Template, &w.AccountID, &channel, &w.Quiet, &state, &w.Attempts,
		&nextMS, &putMS, &w.Args, &w.Phone}, `SELECT template, account_id, channel, quiet, state,
		attempts, next_at_ms, put_at_ms, args, phone FROM messages
		WHERE id = $1 AND ended_at_ms = 0 AND next_at_ms <= $2`, id, clock.MS(tx.Now))
	w.ID, w.State, w.Channel = id, State(state), Channel(channel)
	w.NextAt, w.PutAt = clock.At(nextMS), clock.At(putMS)
	return w, err
}

// updateParcel writes where an open message stands now, and forgets what is of no more use.
func updateParcel(ctx context.Context, tx *db.Tx, p parcel) error {
	ended := int64(0)
	if !p.EndedAt.IsZero() {
		ended = clock.MS(p.EndedAt)
	}
	_, err := tx.Exec(ctx, `UPDATE messages SET state = $2, attempts = $3, next_at_ms = $4,
		reason = $5, ended_at_ms = CAST($6 AS BIGINT), channel = $8, quiet = $9,
		phone = CASE WHEN CAST($6 AS BIGINT) = 0 THEN phone ELSE $7 END,
		args = CASE WHEN CAST($6 AS BIGINT) = 0 OR NOT code THEN args ELSE $7 END
		WHERE id = $1 AND ended_at_ms = 0`,
		p.ID, string(p.State), p.Attempts, clock.MS(p.NextAt), p.Reason, ended, []byte{},
		string(p.Channel), p.Quiet)
	return err
}

// inboxRow is one message of an account.
type inboxRow struct {
	ID       string
	Template string
	State    string
	Args     []byte
	PutAtMS  int64 `db:"put_at_ms"`
}

func inboxOf(ctx context.Context, r db.Reader, accountID string) ([]inboxRow, error) {
	return db.List[inboxRow](ctx, r, `SELECT id, template, state, args, put_at_ms FROM messages
		WHERE account_id = $1 AND NOT code ORDER BY put_at_ms DESC, id DESC LIMIT $2`,
		accountID, inboxMax)
}
