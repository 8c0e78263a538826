package station

import (
	"context"
	"errors"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

const turnColumns = `id, place_id, day, n, kind, state, at_ms, called_ms, ended_ms`

func scanTurn(scan func(...any) error) (Turn, error) {
	var s Turn
	var at, called, ended int64
	err := scan(&s.ID, &s.PlaceID, (*string)(&s.Day), &s.N, &s.Kind, &s.State, &at, &called, &ended)
	s.At = clock.At(at)
	if called > 0 {
		s.CalledAt = clock.At(called)
	}
	if ended > 0 {
		s.EndedAt = clock.At(ended)
	}
	return s, err
}

// insertTurn gives a turn the day's next number.
func insertTurn(ctx context.Context, tx *db.Tx, s Turn) (Turn, error) {
	err := db.Row(ctx, tx, []any{&s.N, &s.Ahead}, `SELECT COALESCE(MAX(n), 0) + 1,
		COUNT(CASE WHEN state = 'waiting' THEN 1 END) FROM turns WHERE place_id = $1 AND day = $2`,
		s.PlaceID, string(s.Day))
	if err != nil {
		return s, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO turns(id, place_id, day, n, kind, state, staff_id, at_ms,
		called_ms, ended_ms) VALUES ($1, $2, $3, $4, $5, $6, '', $7, 0, 0)`, s.ID, s.PlaceID,
		string(s.Day), s.N, s.Kind, s.State, clock.MS(s.At))
	return s, err
}

// nextTurn gives the one that has waited longest.
func nextTurn(ctx context.Context, tx *db.Tx, placeID string, day civil.Date) (Turn, error) {
	s, err := scanTurn(func(dests ...any) error {
		return db.Row(ctx, tx, dests, `SELECT `+turnColumns+` FROM turns WHERE place_id = $1
			AND day = $2 AND state = 'waiting' ORDER BY n LIMIT 1`, placeID, string(day))
	})
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.Conflict, "station.queue_empty").OnField("place_id")
	}
	return s, err
}

func callTurn(ctx context.Context, tx *db.Tx, s Turn, staffID string) error {
	_, err := tx.Exec(ctx, `UPDATE turns SET state = $1, staff_id = $2, called_ms = $3
		WHERE id = $4`, s.State, staffID, clock.MS(s.CalledAt), s.ID)
	return err
}

func endTurn(ctx context.Context, tx *db.Tx, s Turn) error {
	_, err := tx.Exec(ctx, `UPDATE turns SET state = $1, ended_ms = $2 WHERE id = $3`, s.State,
		clock.MS(s.EndedAt), s.ID)
	return err
}

func getTurn(ctx context.Context, r db.Reader, placeID, id string) (Turn, error) {
	s, err := scanTurn(func(dests ...any) error {
		return db.Row(ctx, r, dests, `SELECT `+turnColumns+` FROM turns WHERE place_id = $1
			AND id = $2`, placeID, id)
	})
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.NotFound, "station.turn_not_found").OnField("turn_id")
	}
	return s, err
}

// turnsOf gives a day's numbers behind a place in the line: those that are called, those that wait,
// those that were served and those that had gone, each in order of their number.
func turnsOf(
	ctx context.Context, r db.Reader, placeID string, day civil.Date, behind int64, limit int,
) ([]Turn, error) {
	var list []Turn
	err := db.Each(ctx, r, `SELECT `+turnColumns+`, ahead, line FROM (SELECT `+turnColumns+`,
		CASE WHEN state = 'waiting' THEN CAST(SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END)
			OVER (ORDER BY n) AS BIGINT) - 1 ELSE 0 END AS ahead,
		n + 1000000 * CASE state WHEN 'called' THEN 0 WHEN 'waiting' THEN 1 WHEN 'served' THEN 2
			ELSE 3 END AS line
		FROM turns WHERE place_id = $1 AND day = $2) AS t WHERE line > $3 ORDER BY line LIMIT $4`,
		[]any{placeID, string(day), behind, limit}, func(scan func(...any) error) error {
			var ahead, line int64
			t, err := scanTurn(func(dests ...any) error {
				return scan(append(dests, &ahead, &line)...)
			})
			t.Ahead, t.line = ahead, line
			list = append(list, t)
			return err
		})
	return list, err
}

// turnsByState counts a day's numbers, and the mean minutes from taking one to its call.
func turnsByState(
	ctx context.Context, r db.Reader, placeID string, day civil.Date,
) (counted map[string]int64, waitMin int64, err error) {
	counted = map[string]int64{}
	var called, waited int64
	err = db.Each(ctx, r, `SELECT state, COUNT(*), COUNT(CASE WHEN called_ms > 0 THEN 1 END),
		CAST(COALESCE(SUM(CASE WHEN called_ms > 0 THEN (called_ms - at_ms) / 60000 ELSE 0 END), 0)
		AS BIGINT) FROM turns WHERE place_id = $1 AND day = $2 GROUP BY state`,
		[]any{placeID, string(day)}, func(scan func(...any) error) error {
			var state string
			var n, c, w int64
			err := scan(&state, &n, &c, &w)
			counted[state], called, waited = n, called+c, waited+w
			return err
		})
	if called > 0 {
		waitMin = waited / called
	}
	return counted, waitMin, err
}

func waitingBefore(ctx context.Context, r db.Reader, t Turn) (int64, error) {
	return db.Get[int64](ctx, r, `SELECT COUNT(*) FROM turns WHERE place_id = $1 AND day = $2
		AND state = 'waiting' AND n < $3`, t.PlaceID, string(t.Day), t.N)
}

// servedHere tells whether the ledger of a place says that somebody was there since then.
func servedHere(
	ctx context.Context, r db.Reader, placeID, workerID string, since time.Time,
) (bool, error) {
	n, err := db.Get[int64](ctx, r, `SELECT COUNT(*) FROM services WHERE worker_id = $1
		AND place_id = $2 AND at_ms >= $3`, workerID, placeID, clock.MS(since))
	return n > 0, err
}

// helpNow gives the authority that a member of the staff has now, false without one.
func helpNow(
	ctx context.Context, r db.Reader, workerID, staffID string, now time.Time,
) (help, bool, error) {
	h, err := scanHelp(func(dests ...any) error {
		return db.Row(ctx, r, dests, `SELECT `+helpColumns+` FROM helps WHERE worker_id = $1
			AND staff_id = $2 AND ended_at_ms = 0 AND until_ms > $3 ORDER BY until_ms DESC, id LIMIT 1`,
			workerID, staffID, clock.MS(now))
	})
	if errors.Is(err, db.ErrNone) {
		return help{}, false, nil
	}
	return h, err == nil, err
}

// tally counts what a place did in [from, to): by kind, and how many people with a name.
func tally(
	ctx context.Context, r db.Reader, placeID string, from, to time.Time,
) ([]Count, int64, error) {
	list := []Count{}
	err := db.Each(ctx, r, `SELECT kind, COUNT(*) FROM services WHERE place_id = $1
		AND at_ms >= $2 AND at_ms < $3 GROUP BY kind ORDER BY kind`,
		[]any{placeID, clock.MS(from), clock.MS(to)}, func(scan func(...any) error) error {
			var c Count
			err := scan(&c.Kind, &c.N)
			list = append(list, c)
			return err
		})
	if err != nil {
		return nil, 0, err
	}
	n, err := db.Get[int64](ctx, r, `SELECT COUNT(DISTINCT worker_id) FROM services
		WHERE place_id = $1 AND at_ms >= $2 AND at_ms < $3 AND worker_id <> ''`, placeID,
		clock.MS(from), clock.MS(to))
	return list, n, err
}
