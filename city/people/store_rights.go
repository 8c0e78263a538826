package people

import (
	"context"
	"errors"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// copied is what an access copy lists of this slice beside what it shows by name.
var copied = []db.Named{
	{Name: "roster_entries", SQL: `SELECT r.id, r.employer_id, r.name, r.since, r.post, r.state,
		r.at_ms, r.state_at_ms FROM workers w JOIN roster_entries r ON r.id_blind = w.id_blind
		WHERE w.id = $1 ORDER BY r.at_ms DESC, r.id`},
	{Name: "consents", SQL: `SELECT purpose, n, version, given, at_ms FROM consents
		WHERE worker_id = $1 ORDER BY purpose, n`},
	{Name: "amendments", SQL: `SELECT id, field, value_masked, reason, state, answer, asked_at_ms,
		answered_at_ms FROM amendments WHERE worker_id = $1 ORDER BY asked_at_ms, id`},
	{Name: "sessions", SQL: `SELECT s.created_at_ms, s.expires_at_ms FROM sessions s
		JOIN accounts a ON a.id = s.account_id WHERE a.worker_id = $1
		ORDER BY s.created_at_ms, s.token_hash`},
}

// updatePhone gives an account another phone; false when it is somebody's already.
func updatePhone(
	ctx context.Context, tx *db.Tx, accountID string, sealed []byte, blind string,
) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE accounts SET phone_sealed = $1, phone_blind = $2 WHERE id = $3
		AND NOT EXISTS (SELECT 1 FROM accounts WHERE phone_blind = $2)`, sealed, blind, accountID)
	return n == 1, err
}

// deleteSessionsBut ends an account's sessions but for one.
func deleteSessionsBut(ctx context.Context, tx *db.Tx, accountID, hash string) error {
	_, err := tx.Exec(ctx, `DELETE FROM sessions WHERE account_id = $1 AND token_hash <> $2`,
		accountID, hash)
	return err
}

// insertAmendment writes a request; people.amendment_open when one waits for the field already.
func insertAmendment(ctx context.Context, tx *db.Tx, a amendment) error {
	n, err := tx.Exec(ctx, `INSERT INTO amendments(id, worker_id, field, value_sealed, value_masked,
		reason, state, answer, by_id, asked_at_ms, answered_at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', $8, 0) ON CONFLICT DO NOTHING`, a.ID, a.WorkerID,
		a.Field, a.sealed, a.Masked, a.Reason, string(a.State), clock.MS(a.AskedAt))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "people.amendment_open").OnField("field")
	}
	return err
}

const amendmentColumns = `SELECT id, worker_id, field, value_sealed, value_masked, reason, state,
	answer, asked_at_ms, answered_at_ms FROM amendments`

func scanAmendment(scan func(...any) error) (amendment, error) {
	var a amendment
	var state string
	var asked, answered int64
	err := scan(&a.ID, &a.WorkerID, &a.Field, &a.sealed, &a.Masked, &a.Reason, &state, &a.Answer,
		&asked, &answered)
	a.State, a.AskedAt = AmendmentState(state), clock.At(asked)
	if answered > 0 {
		a.AnsweredAt = clock.At(answered)
	}
	return a, err
}

func findAmendments(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]amendment, error) {
	var list []amendment
	err := db.Each(ctx, r, amendmentColumns+where, args, func(scan func(...any) error) error {
		a, err := scanAmendment(scan)
		list = append(list, a)
		return err
	})
	return list, err
}

func getAmendment(ctx context.Context, r db.Reader, id string) (amendment, error) {
	list, err := findAmendments(ctx, r, ` WHERE id = $1`, id)
	if err != nil {
		return amendment{}, err
	}
	if len(list) == 0 {
		return amendment{}, fault.New(fault.NotFound, "people.amendment_not_found").
			OnField("amendment_id")
	}
	return list[0], nil
}

func amendmentsWaiting(
	ctx context.Context, r db.Reader, behind db.Mark, limit int,
) ([]amendment, error) {
	return findAmendments(ctx, r, ` WHERE state = 'asked' AND asked_at_ms >= $1
		AND (asked_at_ms > $1 OR id > $2) ORDER BY asked_at_ms, id LIMIT $3`, behind.MS, behind.ID,
		limit)
}

func amendmentsOf(
	ctx context.Context, r db.Reader, workerID string, limit int,
) ([]amendment, error) {
	return findAmendments(ctx, r, ` WHERE worker_id = $1 ORDER BY asked_at_ms DESC, id DESC
		LIMIT $2`, workerID, limit)
}

// updateAmendment writes the answer and forgets the value.
func updateAmendment(ctx context.Context, tx *db.Tx, a amendment, byID string) error {
	_, err := tx.Exec(ctx, `UPDATE amendments SET state = $1, answer = $2, by_id = $3,
		answered_at_ms = $4, value_sealed = $5 WHERE id = $6`, string(a.State), a.Answer, byID,
		clock.MS(a.AnsweredAt), []byte{}, a.ID)
	return err
}

// registrationOf reads when a worker was registered, and by which least age.
func registrationOf(ctx context.Context, r db.Reader, workerID string) (time.Time, int, error) {
	var atMS int64
	var ageMin int
	err := db.Row(ctx, r, []any{&atMS, &ageMin},
		`SELECT created_at_ms, age_min FROM workers WHERE id = $1`, workerID)
	return clock.At(atMS), ageMin, orNoWorker(err)
}

func updateName(ctx context.Context, tx *db.Tx, workerID, name string) error {
	if _, err := tx.Exec(ctx, `UPDATE workers SET name = $1 WHERE id = $2`, name,
		workerID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE accounts SET name = $1
		WHERE id = (SELECT account_id FROM workers WHERE id = $2)`, name, workerID)
	return err
}

// updateID writes another ID number; people.id_taken when it is somebody's already.
func updateID(ctx context.Context, tx *db.Tx, w newWorker) error {
	n, err := tx.Exec(ctx, `UPDATE workers SET id_sealed = $1, id_blind = $2, sex = $3,
		birth_date = $4 WHERE id = $5
		AND NOT EXISTS (SELECT 1 FROM workers WHERE id_blind = $2 AND id <> $5)`,
		w.sealed, w.blind, w.Sex, w.BirthDate, w.ID)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "people.id_taken").OnField("value")
	}
	return err
}

// closeAccount takes roles, sessions, codes, card and open requests from an account, and its phone
// out of reach: the closure keeps it.
func closeAccount(ctx context.Context, tx *db.Tx, c closure, sealed []byte, blind string) error {
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`INSERT INTO closures(worker_id, account_id, phone_sealed, rule, closed_at_ms, erase_on,
			erased_at_ms) SELECT $1, id, phone_sealed, $3, CAST($4 AS BIGINT), $5, 0 FROM accounts
			WHERE id = $2`, []any{c.WorkerID, c.AccountID, c.Rule, clock.MS(c.ClosedAt),
			string(c.EraseOn)}},
		{`DELETE FROM codes WHERE subject = $1 OR phone_blind =
			(SELECT phone_blind FROM accounts WHERE id = $1)`, []any{c.AccountID}},
		{`UPDATE accounts SET phone_sealed = $1, phone_blind = $2, roles = '' WHERE id = $3`,
			[]any{sealed, blind, c.AccountID}},
		{`DELETE FROM sessions WHERE account_id = $1`, []any{c.AccountID}},
		{`DELETE FROM login_tickets WHERE account_id = $1`, []any{c.AccountID}},
		{`DELETE FROM wechat_logins WHERE account_id = $1`, []any{c.AccountID}},
		{`DELETE FROM recovery_codes WHERE account_id = $1`, []any{c.AccountID}},
		{`DELETE FROM second_steps WHERE account_id = $1`, []any{c.AccountID}},
		{`DELETE FROM cards WHERE worker_id = $1`, []any{c.WorkerID}},
		{`DELETE FROM amendments WHERE worker_id = $1 AND state = 'asked'`, []any{c.WorkerID}},
	} {
		if _, err := tx.Exec(ctx, step.sql, step.args...); err != nil {
			return err
		}
	}
	return nil
}

// forgetLateCards deletes cards that were given for closed accounts before that moment.
func forgetLateCards(
	ctx context.Context, tx *db.Tx, before time.Time, limit int,
) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM cards WHERE worker_id IN (SELECT c.worker_id FROM closures c
		JOIN cards k ON k.worker_id = c.worker_id WHERE c.erased_at_ms = 0 AND k.set_at_ms < $1
		ORDER BY c.worker_id LIMIT $2)`, clock.MS(before), limit)
}

// keptPhoneOf reads the sealed phone of a worker: the account's, or that of a closed account for as
// long as it is kept; empty when it was erased.
func keptPhoneOf(ctx context.Context, r db.Reader, workerID string) ([]byte, error) {
	var sealed []byte
	err := db.Row(ctx, r, []any{&sealed}, `SELECT CASE WHEN c.worker_id IS NULL THEN a.phone_sealed
		ELSE c.phone_sealed END FROM workers w JOIN accounts a ON a.id = w.account_id
		LEFT JOIN closures c ON c.worker_id = w.id WHERE w.id = $1`, workerID)
	return sealed, orNoWorker(err)
}

// closuresDue lists closed accounts whose time of keeping is over on that day.
func closuresDue(
	ctx context.Context, r db.Reader, day civil.Date, limit int,
) ([]closure, error) {
	var due []closure
	err := db.Each(ctx, r, `SELECT worker_id, account_id, rule FROM closures
		WHERE erased_at_ms = 0 AND erase_on <= $1 ORDER BY erase_on, worker_id LIMIT $2`,
		[]any{string(day), limit}, func(scan func(...any) error) error {
			var c closure
			err := scan(&c.WorkerID, &c.AccountID, &c.Rule)
			due = append(due, c)
			return err
		})
	return due, err
}

// erasedName stands where a name was.
const erasedName = "已注销"

// eraseWorker forgets who a worker was. The month and day of birth go too: day one of the year
// keeps the law of age true.
func eraseWorker(ctx context.Context, tx *db.Tx, c closure, sealed []byte, blind string) error {
	n, err := tx.Exec(ctx, `UPDATE closures SET erased_at_ms = $1, phone_sealed = $3
		WHERE worker_id = $2 AND erased_at_ms = 0`, clock.MS(tx.Now), c.WorkerID, []byte{})
	if err == nil && n == 0 {
		err = errors.New("erased by another process")
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE roster_entries SET name = $1, post = '', id_sealed = $2,
		phone_sealed = $2, id_blind = $3 WHERE id_blind = (SELECT id_blind FROM workers WHERE id = $4)`,
		erasedName, sealed, blind, c.WorkerID)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE workers SET name = $1, id_sealed = $2, id_blind = $3,
		birth_date = SUBSTR(birth_date, 1, 4) || '-01-01' WHERE id = $4`, erasedName, sealed, blind,
		c.WorkerID)
	if err != nil {
		return err
	}
	if _, err = tx.Exec(ctx, `UPDATE accounts SET name = '' WHERE id = $1`, c.AccountID); err != nil {
		return err
	}
	if _, err = tx.Exec(ctx, `DELETE FROM cards WHERE worker_id = $1`, c.WorkerID); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM amendments WHERE worker_id = $1`, c.WorkerID)
	return err
}
