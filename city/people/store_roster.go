package people

import (
	"context"
	"errors"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

const entryColumns = `r.id, r.employer_id, r.name, r.id_sealed, r.id_blind, r.phone_sealed, r.since,
	r.post, r.state, r.state_at_ms, COALESCE(w.id, ''), COALESCE(w.account_id, '')
	FROM roster_entries r LEFT JOIN workers w ON w.id_blind = r.id_blind`

func scanEntry(scan func(...any) error) (rosterEntry, error) {
	var e rosterEntry
	var at int64
	err := scan(&e.ID, &e.EmployerID, &e.Name, &e.idSealed, &e.idBlind, &e.phoneSealed,
		(*string)(&e.Since), &e.Post, (*string)(&e.State), &at, &e.WorkerID, &e.AccountID)
	e.StateAt = clock.At(at)
	return e, err
}

func oneEntry(
	ctx context.Context, r db.Reader, where string, args ...any,
) (rosterEntry, error) {
	var found []rosterEntry
	err := db.Each(ctx, r, `SELECT `+entryColumns+where, args, func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		found = append(found, e)
		return err
	})
	if err == nil && len(found) == 0 {
		err = db.ErrNone
	}
	if err != nil {
		return rosterEntry{}, err
	}
	return found[0], nil
}

func entryOfPerson(
	ctx context.Context, r db.Reader, employerID, idBlind string,
) (rosterEntry, error) {
	return oneEntry(ctx, r, ` WHERE r.employer_id = $1 AND r.id_blind = $2`, employerID, idBlind)
}

func getEntry(ctx context.Context, r db.Reader, id string) (rosterEntry, error) {
	e, err := oneEntry(ctx, r, ` WHERE r.id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		err = noEntry()
	}
	return e, err
}

func entriesOfEmployer(
	ctx context.Context, r db.Reader, employerID, after string, limit int,
) ([]rosterEntry, error) {
	var list []rosterEntry
	err := db.Each(ctx, r, `SELECT `+entryColumns+` WHERE r.employer_id = $1 AND r.id > $2
		ORDER BY r.id LIMIT $3`, []any{employerID, after, limit}, func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		list = append(list, e)
		return err
	})
	return list, err
}

func entriesOfWorker(
	ctx context.Context, r db.Reader, workerID string, limit int,
) ([]MyRosterView, error) {
	list := []MyRosterView{}
	err := db.Each(ctx, r, `SELECT r.id, r.employer_id, e.name, r.name, r.since, r.post, r.state
		FROM workers w JOIN roster_entries r ON r.id_blind = w.id_blind
		JOIN employers e ON e.id = r.employer_id WHERE w.id = $1 ORDER BY r.at_ms DESC, r.id LIMIT $2`,
		[]any{workerID, limit}, func(scan func(...any) error) error {
			var v MyRosterView
			err := scan(&v.ID, &v.EmployerID, &v.EmployerName, &v.Name, (*string)(&v.Since), &v.Post,
				(*string)(&v.State))
			list = append(list, v)
			return err
		})
	return list, err
}

// accountOfPerson gives the account of the worker with that ID number, "" while there is none.
func accountOfPerson(ctx context.Context, r db.Reader, idBlind string) (id string, err error) {
	err = db.Row(ctx, r, []any{&id}, `SELECT account_id FROM workers WHERE id_blind = $1`, idBlind)
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return id, err
}

func insertEntry(ctx context.Context, tx *db.Tx, e rosterEntry, accountID string) error {
	_, err := tx.Exec(ctx, `INSERT INTO roster_entries(id, employer_id, name, id_sealed, id_blind,
		phone_sealed, since, post, state, account_id, at_ms, state_at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'named', $9, $10, $10)`, e.ID, e.EmployerID, e.Name,
		e.idSealed, e.idBlind, e.phoneSealed, string(e.Since), e.Post, accountID, clock.MS(tx.Now))
	return err
}

// enterAgain begins an ended entry anew.
func enterAgain(ctx context.Context, tx *db.Tx, e rosterEntry) error {
	_, err := tx.Exec(ctx, `UPDATE roster_entries SET name = $2, phone_sealed = $3, since = $4,
		post = $5, state = 'named', state_at_ms = $6 WHERE id = $1`, e.ID, e.Name, e.phoneSealed,
		string(e.Since), e.Post, clock.MS(tx.Now))
	return err
}

func setEntry(ctx context.Context, tx *db.Tx, id string, to RosterState) error {
	_, err := tx.Exec(ctx, `UPDATE roster_entries SET state = $2, state_at_ms = $3 WHERE id = $1`,
		id, string(to), clock.MS(tx.Now))
	return err
}
