package market

import (
	"context"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

const callbackColumns = `id, account_id, worker_id, region, words, state, outcome, note, taken_by,
	asked_at_ms, taken_at_ms, done_at_ms`

func insertCallback(ctx context.Context, tx *db.Tx, c Callback) error {
	n, err := tx.Exec(ctx, `INSERT INTO callbacks(`+callbackColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, '', '', '', $7, 0, 0) ON CONFLICT DO NOTHING`,
		c.ID, c.AccountID, c.WorkerID, c.Region, c.Words, c.State, clock.MS(c.AskedAt))
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "market.callback_open")
	}
	return err
}

func scanCallback(scan func(...any) error) (Callback, error) {
	var c Callback
	var askedMS, takenMS, doneMS int64
	err := scan(&c.ID, &c.AccountID, &c.WorkerID, &c.Region, &c.Words, &c.State, &c.Outcome, &c.Note,
		&c.TakenBy, &askedMS, &takenMS, &doneMS)
	c.AskedAt = clock.At(askedMS)
	if takenMS > 0 {
		c.TakenAt = clock.At(takenMS)
	}
	if doneMS > 0 {
		c.DoneAt = clock.At(doneMS)
	}
	return c, err
}

func listCallbacks(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]Callback, error) {
	var list []Callback
	err := db.Each(ctx, r, `SELECT `+callbackColumns+` FROM callbacks WHERE `+where, args,
		func(scan func(...any) error) error {
			c, err := scanCallback(scan)
			list = append(list, c)
			return err
		})
	return list, err
}

func getCallback(ctx context.Context, r db.Reader, id string) (Callback, error) {
	list, err := listCallbacks(ctx, r, `id = $1`, id)
	if err == nil && len(list) == 0 {
		err = noCallback()
	}
	if err != nil {
		return Callback{}, err
	}
	return list[0], nil
}

func callbacksOf(ctx context.Context, r db.Reader, accountID string) ([]Callback, error) {
	return listCallbacks(ctx, r, `account_id = $1 ORDER BY asked_at_ms DESC, id LIMIT $2`, accountID,
		listMax)
}

func openCallbacks(ctx context.Context, r db.Reader) ([]Callback, error) {
	return listCallbacks(ctx, r, `state IN ('waiting', 'taken') ORDER BY asked_at_ms, id LIMIT $1`,
		listMax)
}

// updateCallback stores a step; a lost race is market.callback_closed.
func updateCallback(ctx context.Context, tx *db.Tx, c Callback, from string) error {
	var takenMS, doneMS int64
	if !c.TakenAt.IsZero() {
		takenMS = clock.MS(c.TakenAt)
	}
	if !c.DoneAt.IsZero() {
		doneMS = clock.MS(c.DoneAt)
	}
	n, err := tx.Exec(ctx, `UPDATE callbacks SET state = $1, outcome = $2, note = $3, taken_by = $4,
		taken_at_ms = $5, done_at_ms = $6 WHERE id = $7 AND state = $8`, c.State, c.Outcome, c.Note,
		c.TakenBy, takenMS, doneMS, c.ID, from)
	if err == nil && n == 0 {
		return callbackClosed()
	}
	return err
}

// eraseCallbacks forgets what somebody wanted to be called for; that there was a call stays.
func eraseCallbacks(ctx context.Context, tx *db.Tx, workerID string) error {
	_, err := tx.Exec(ctx, `UPDATE callbacks SET words = '', note = '' WHERE worker_id = $1`, workerID)
	return err
}

func insertCall(ctx context.Context, tx *db.Tx, c callMade) error {
	_, err := tx.Exec(ctx, `INSERT INTO calls(id, placement_id, worker_id, employer_id, account_id,
		side, masked, why, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, tx.ID("cll"),
		c.placementID, c.workerID, c.employerID, c.accountID, c.side, c.why == "", c.why,
		clock.MS(tx.Now))
	return err
}

// titlesOf gives the titles of vacancies and whose they are, by vacancy. At most 1 000.
func titlesOf(
	ctx context.Context, r db.Reader, ids []string,
) (map[string][2]string, error) {
	titles := map[string][2]string{}
	if len(ids) == 0 {
		return titles, nil
	}
	in, args := db.InList(ids)
	err := db.Each(ctx, r, `SELECT v.id, v.title, e.name FROM vacancies v
		JOIN employers e ON e.id = v.employer_id WHERE v.id IN (`+in+`)`, args,
		func(scan func(...any) error) error {
			var id, title, name string
			err := scan(&id, &title, &name)
			titles[id] = [2]string{title, name}
			return err
		})
	return titles, err
}
