package people

import (
	"context"
	"errors"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

func secondOf(ctx context.Context, r db.Reader, accountID string) (secondStep, error) {
	var s secondStep
	err := db.Row(ctx, r, []any{&s.secret, &s.confirmedAt, &s.lastStep, &s.wrong, &s.lockedUntil},
		`SELECT secret, confirmed_at_ms, last_step, wrong, locked_until_ms FROM second_steps
		WHERE account_id = $1`, accountID)
	return s, err
}

func upsertSecond(ctx context.Context, tx *db.Tx, accountID string, s secondStep) error {
	_, err := tx.Exec(ctx, `INSERT INTO second_steps(account_id, secret, confirmed_at_ms, last_step,
		wrong, locked_until_ms) VALUES ($1, $2, 0, 0, 0, 0)
		ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret`, accountID, s.secret)
	return err
}

func updateSecond(ctx context.Context, tx *db.Tx, accountID string, s secondStep) error {
	_, err := tx.Exec(ctx, `UPDATE second_steps SET last_step = $1, wrong = $2, locked_until_ms = $3
		WHERE account_id = $4`, s.lastStep, s.wrong, s.lockedUntil, accountID)
	return err
}

func confirmSecond(ctx context.Context, tx *db.Tx, accountID string, blinds []string) error {
	_, err := tx.Exec(ctx, `UPDATE second_steps SET confirmed_at_ms = $1 WHERE account_id = $2`,
		clock.MS(tx.Now), accountID)
	for _, blind := range blinds {
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO recovery_codes(account_id, code_blind, used_at_ms)
				VALUES ($1, $2, 0)`, accountID, blind)
		}
	}
	return err
}

func deleteSecond(ctx context.Context, tx *db.Tx, accountID string) error {
	_, err := tx.Exec(ctx, `DELETE FROM recovery_codes WHERE account_id = $1`, accountID)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM second_steps WHERE account_id = $1`, accountID)
	}
	return err
}

func useRecovery(ctx context.Context, tx *db.Tx, accountID, blind string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE recovery_codes SET used_at_ms = $1
		WHERE account_id = $2 AND code_blind = $3 AND used_at_ms = 0`, clock.MS(tx.Now), accountID,
		blind)
	return n > 0, err
}

func recoveryLeft(ctx context.Context, r db.Reader, accountID string) (int64, error) {
	return db.Get[int64](ctx, r, `SELECT COUNT(*) FROM recovery_codes
		WHERE account_id = $1 AND used_at_ms = 0`, accountID)
}

func passSession(ctx context.Context, tx *db.Tx, hash string) error {
	_, err := tx.Exec(ctx, `UPDATE sessions SET second_due = FALSE WHERE token_hash = $1`, hash)
	return err
}

// accountOfOpenID gives the account that a WeChat account is linked to; "" for none.
func accountOfOpenID(ctx context.Context, r db.Reader, blind string) (string, error) {
	id, err := db.Get[string](ctx, r,
		`SELECT account_id FROM wechat_logins WHERE open_blind = $1`, blind)
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return id, err
}

func upsertOpenID(ctx context.Context, tx *db.Tx, blind, accountID string) error {
	_, err := tx.Exec(ctx, `INSERT INTO wechat_logins(open_blind, account_id, linked_at_ms)
		VALUES ($1, $2, $3) ON CONFLICT (open_blind) DO UPDATE SET account_id = excluded.account_id,
		linked_at_ms = excluded.linked_at_ms`, blind, accountID, clock.MS(tx.Now))
	return err
}

func insertTicket(
	ctx context.Context, tx *db.Tx, hash, accountID string, expires time.Time,
) error {
	_, err := tx.Exec(ctx, `INSERT INTO login_tickets(ticket_hash, account_id, expires_at_ms)
		VALUES ($1, $2, $3)`, hash, accountID, clock.MS(expires))
	return err
}

// takeTicket uses a ticket up and gives whose it was; db.ErrNone for one that is not good.
func takeTicket(ctx context.Context, tx *db.Tx, hash string) (string, error) {
	id, err := db.Get[string](ctx, tx, `SELECT account_id FROM login_tickets
		WHERE ticket_hash = $1 AND expires_at_ms > $2`, hash, clock.MS(tx.Now))
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `DELETE FROM login_tickets WHERE ticket_hash = $1`, hash)
	return id, err
}

func forgetTickets(ctx context.Context, tx *db.Tx, before time.Time, limit int) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM login_tickets WHERE ticket_hash IN (SELECT ticket_hash
		FROM login_tickets WHERE expires_at_ms <= $1 ORDER BY expires_at_ms, ticket_hash LIMIT $2)`,
		clock.MS(before), limit)
}
