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

func insertAccount(ctx context.Context, tx *db.Tx, a Account, sealed []byte, blind string) error {
	_, err := tx.Exec(ctx, `INSERT INTO accounts(id, phone_sealed, phone_blind, name, roles,
		worker_id, employer_id, created_at_ms) VALUES ($1, $2, $3, '', '', '', '', $4)`,
		a.ID, sealed, blind, clock.MS(tx.Now))
	return err
}

// accountByID reads an account; db.ErrNone when there is none.
func accountByID(ctx context.Context, r db.Reader, id string) (Account, error) {
	return scanAccount(ctx, r, `SELECT id, roles, worker_id, employer_id
		FROM accounts WHERE id = $1`, id)
}

// accountByPhone reads the account of a phone, by its digest; db.ErrNone when there is none.
func accountByPhone(ctx context.Context, r db.Reader, blind string) (Account, error) {
	return scanAccount(ctx, r, `SELECT id, roles, worker_id, employer_id
		FROM accounts WHERE phone_blind = $1`, blind)
}

func scanAccount(ctx context.Context, r db.Reader, query, key string) (Account, error) {
	var a Account
	var roles string
	err := db.Row(ctx, r, []any{&a.ID, &roles, &a.WorkerID, &a.EmployerID}, query, key)
	a.Roles = RolesOf(roles)
	return a, err
}

func noAccount() error {
	return fault.New(fault.NotFound, "people.account_not_found").OnField("account_id")
}

// phoneOf reads the sealed phone of an account and its digest.
func phoneOf(ctx context.Context, r db.Reader, accountID string) ([]byte, string, error) {
	var sealed []byte
	var blind string
	err := db.Row(ctx, r, []any{&sealed, &blind},
		`SELECT phone_sealed, phone_blind FROM accounts WHERE id = $1`, accountID)
	if errors.Is(err, db.ErrNone) {
		err = noAccount()
	}
	return sealed, blind, err
}

// updateAccount writes roles and ids; a name only where there is none yet.
func updateAccount(ctx context.Context, tx *db.Tx, a Account, name string) error {
	_, err := tx.Exec(ctx, `UPDATE accounts SET roles = $1, worker_id = $2, employer_id = $3,
		name = CASE WHEN name = '' THEN $4 ELSE name END WHERE id = $5`,
		rolesText(a.Roles), a.WorkerID, a.EmployerID, name, a.ID)
	return err
}

func insertSession(
	ctx context.Context, tx *db.Tx, hash, accountID string, expires time.Time, secondDue bool,
) error {
	_, err := tx.Exec(ctx, `INSERT INTO
		sessions(token_hash, account_id, created_at_ms, expires_at_ms, second_due)
		VALUES ($1, $2, $3, $4, $5)`, hash, accountID, clock.MS(tx.Now), clock.MS(expires), secondDue)
	return err
}

// actorBy reads who a session is in one look-up; db.ErrNone when there is no such session.
func actorBy(ctx context.Context, r db.Reader, hash string) (Actor, time.Time, error) {
	a := Actor{session: hash}
	var roles string
	var expires int64
	err := db.Row(ctx, r, []any{&a.AccountID, &roles, &a.WorkerID, &a.EmployerID, &expires,
		&a.SecondDue}, `SELECT a.id, a.roles, a.worker_id, a.employer_id, s.expires_at_ms, s.second_due
		FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.token_hash = $1`, hash)
	a.Roles = RolesOf(roles)
	if a.SecondDue { // nobody yet but somebody who can take the second step
		a.Roles, a.WorkerID, a.EmployerID = nil, "", ""
	}
	return a, clock.At(expires), err
}

func deleteSession(ctx context.Context, tx *db.Tx, hash string) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM sessions WHERE token_hash = $1`, hash)
}

func deleteSessionsOf(ctx context.Context, tx *db.Tx, accountID string) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM sessions WHERE account_id = $1`, accountID)
}

func forgetSessions(ctx context.Context, tx *db.Tx, before time.Time, limit int) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions
		WHERE expires_at_ms <= $1 ORDER BY expires_at_ms, token_hash LIMIT $2)`,
		clock.MS(before), limit)
}

// sentCode is a new code's row.
type sentCode struct {
	code
	phoneBlind, subject, purpose, kind string
}

// codesSince counts the codes of a kind sent to a phone, and tells when the first of them went.
func codesSince(
	ctx context.Context, r db.Reader, phoneBlind, kind string, since time.Time,
) (int64, time.Time, error) {
	var n, first int64
	err := db.Row(ctx, r, []any{&n, &first}, `SELECT COUNT(*), COALESCE(MIN(sent_at_ms), 0)
		FROM codes WHERE phone_blind = $1 AND kind = $2 AND sent_at_ms > $3`,
		phoneBlind, kind, clock.MS(since))
	return n, clock.At(first), err
}

// insertCode writes a code; an older one of the same purpose is worth nothing from then on.
func insertCode(ctx context.Context, tx *db.Tx, c sentCode) error {
	_, err := tx.Exec(ctx, `UPDATE codes SET state = 'replaced'
		WHERE subject = $1 AND purpose = $2 AND state IN ('open', 'proved')`, c.subject, c.purpose)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO codes(id, phone_blind, subject, purpose, kind, code_blind,
		state, tries, tries_max, sent_at_ms, valid_until_ms)
		VALUES ($1, $2, $3, $4, $5, $6, 'open', 0, $7, $8, $9)`, c.ID, c.phoneBlind, c.subject,
		c.purpose, c.kind, c.Blind, c.TriesMax, clock.MS(tx.Now), clock.MS(c.ValidUntil))
	return err
}

// latestCode reads the code that counts for a purpose; people.code_none when there is none.
func latestCode(ctx context.Context, r db.Reader, subject, purpose string) (code, error) {
	var c code
	var until int64
	err := db.Row(ctx, r, []any{&c.ID, &c.Blind, &c.State, &c.Tries, &c.TriesMax, &until},
		`SELECT id, code_blind, state, tries, tries_max, valid_until_ms FROM codes
		WHERE subject = $1 AND purpose = $2 AND state <> 'replaced'
		ORDER BY CASE WHEN state = 'used' THEN 1 ELSE 0 END, sent_at_ms DESC, id DESC
		LIMIT 1`, subject, purpose)
	c.ValidUntil = clock.At(until)
	if errors.Is(err, db.ErrNone) {
		err = noCode()
	}
	return c, err
}

func updateCode(ctx context.Context, tx *db.Tx, c code) error {
	_, err := tx.Exec(ctx, `UPDATE codes SET state = $1, tries = $2 WHERE id = $3`,
		c.State, c.Tries, c.ID)
	return err
}

// useCode spends a proved code; people.code_none when none fits.
func useCode(ctx context.Context, tx *db.Tx, subject, purpose, blind string) error {
	n, err := tx.Exec(ctx, `UPDATE codes SET state = 'used' WHERE subject = $1 AND purpose = $2
		AND code_blind = $3 AND state = 'proved' AND valid_until_ms > $4`,
		subject, purpose, blind, clock.MS(tx.Now))
	if err == nil && n == 0 {
		err = noCode()
	}
	return err
}

func forgetCodes(ctx context.Context, tx *db.Tx, before time.Time, limit int) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM codes WHERE id IN (SELECT id FROM codes
		WHERE sent_at_ms < $1 ORDER BY sent_at_ms, id LIMIT $2)`, clock.MS(before), limit)
}

// newWorker is a worker's row as it is first written. ageMin is the number that let the worker in.
type newWorker struct {
	Worker
	ageMin int
	sealed []byte
	blind  string
}

// insertWorker writes a worker; people.id_taken when the ID number is somebody's already.
func insertWorker(ctx context.Context, tx *db.Tx, w newWorker) error {
	n, err := tx.Exec(ctx, `INSERT INTO workers(id, account_id, name, sex, birth_date, age_min,
		region, id_sealed, id_blind, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT DO NOTHING`, w.ID, w.AccountID, w.Name, w.Sex, w.BirthDate, w.ageMin, w.Region,
		w.sealed, w.blind, clock.MS(tx.Now))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "people.id_taken").OnField("id_number")
	}
	return err
}

func getWorker(ctx context.Context, r db.Reader, id string) (Worker, error) {
	w := Worker{ID: id}
	var sex, birth string
	err := db.Row(ctx, r, []any{&w.AccountID, &w.Name, &sex, &birth, &w.Region},
		`SELECT account_id, name, sex, birth_date, region FROM workers WHERE id = $1`, id)
	w.Sex, w.BirthDate = Sex(sex), civil.Date(birth)
	return w, orNoWorker(err)
}

func orNoWorker(err error) error {
	if errors.Is(err, db.ErrNone) {
		return fault.New(fault.NotFound, "people.worker_not_found").OnField("worker_id")
	}
	return err
}

func sealedID(ctx context.Context, r db.Reader, workerID string) ([]byte, error) {
	var sealed []byte
	err := db.Row(ctx, r, []any{&sealed}, `SELECT id_sealed FROM workers WHERE id = $1`, workerID)
	return sealed, orNoWorker(err)
}

// insertEmployer writes an employer; people.uscc_taken when the code is somebody's already.
func insertEmployer(ctx context.Context, tx *db.Tx, e Employer) error {
	n, err := tx.Exec(ctx, `INSERT INTO employers(id, account_id, uscc, name, address, principal,
		region, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		e.ID, e.AccountID, e.USCC, e.Name, e.Address, e.Principal, e.Region, clock.MS(tx.Now))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "people.uscc_taken").OnField("uscc")
	}
	return err
}

func getEmployer(ctx context.Context, r db.Reader, id string) (Employer, error) {
	e := Employer{ID: id}
	err := db.Row(ctx, r, []any{&e.AccountID, &e.USCC, &e.Name, &e.Address, &e.Principal, &e.Region},
		`SELECT account_id, uscc, name, address, principal, region FROM employers WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.NotFound, "people.employer_not_found").OnField("employer_id")
	}
	return e, err
}

// upsertCard writes a worker's card; people.account_closed when the worker was erased.
func upsertCard(ctx context.Context, tx *db.Tx, workerID string, sealed []byte) error {
	n, err := tx.Exec(ctx, `INSERT INTO cards(worker_id, card_sealed, set_at_ms)
		SELECT id, $2, CAST($3 AS BIGINT) FROM workers WHERE id = $1 AND NOT EXISTS
			(SELECT 1 FROM closures WHERE worker_id = $1 AND erased_at_ms > 0)
		ON CONFLICT (worker_id) DO UPDATE SET card_sealed = excluded.card_sealed,
		set_at_ms = excluded.set_at_ms`, workerID, sealed, clock.MS(tx.Now))
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "people.account_closed").OnField("worker_id")
	}
	return err
}

// sealedCard reads a worker's card; people.no_bank_card when none was given.
func sealedCard(ctx context.Context, r db.Reader, workerID string) ([]byte, error) {
	var sealed []byte
	err := db.Row(ctx, r, []any{&sealed},
		`SELECT card_sealed FROM cards WHERE worker_id = $1`, workerID)
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.Conflict, "people.no_bank_card").OnField("worker_id")
	}
	return sealed, err
}

// workerOfBlind gives the worker whose ID number has the digest, db.ErrNone without one.
func workerOfBlind(ctx context.Context, r db.Reader, blind string) (id string, err error) {
	err = db.Row(ctx, r, []any{&id}, `SELECT id FROM workers WHERE id_blind = $1`, blind)
	return id, err
}
