package attendance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

const eventColumns = 10

// insertEvents writes events with one statement.
func insertEvents(ctx context.Context, tx *db.Tx, events ...Event) error {
	var q strings.Builder
	q.WriteString(
		`INSERT INTO clock_events(id, placement_id, worker_id, kind, at_ms, written_ms, means,
		reason, reverses, account_id) VALUES `,
	)
	var args []any
	for i, e := range events {
		if i > 0 {
			q.WriteByte(',')
		}
		fmt.Fprintf(&q, "(%s)", db.In(i*eventColumns+1, eventColumns))
		args = append(args, e.ID, e.PlacementID, e.WorkerID, e.Kind, clock.MS(e.At), clock.MS(tx.Now),
			string(e.Means), e.Reason, e.Reverses, e.AccountID)
	}
	_, err := tx.Exec(ctx, q.String(), args...)
	return err
}

const newSheet = `INSERT INTO timesheets(placement_id, worker_id, employer_id, state, arrived_at_ms,
	start_id, started_at_ms, end_id, ended_at_ms, ends_at_ms, worked_min, floor_min, pieces,
	floor_pieces, early, line_id, forgotten)
	VALUES ($1, $2, $3, $4, $5, $6, $7, '', 0, $8, 0, 0, 0, 0, '', '', FALSE)
	ON CONFLICT (placement_id) `

func insertArrival(
	ctx context.Context,
	tx *db.Tx,
	e Event,
	employerID string,
	shiftEnd time.Time,
) error {
	n, err := tx.Exec(ctx, newSheet+`DO NOTHING`, e.PlacementID, e.WorkerID, employerID, arrived,
		clock.MS(e.At), "", int64(0), clock.MS(shiftEnd))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "attendance.already_arrived").OnField("placement_id")
	}
	return insertEvents(ctx, tx, e)
}

// insertStart writes the start, and the arrival when this is the first the place sees of the
// worker.
func insertStart(ctx context.Context, tx *db.Tx, e Event, came *Event, employerID string,
	shiftEnd time.Time) error {
	n, err := tx.Exec(ctx, newSheet+`DO UPDATE SET state = 'started', start_id = excluded.start_id,
		started_at_ms = excluded.started_at_ms WHERE timesheets.state = 'arrived'`,
		e.PlacementID, e.WorkerID, employerID, started, clock.MS(e.At), e.ID, clock.MS(e.At),
		clock.MS(shiftEnd))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "attendance.already_started").OnField("placement_id")
	}
	if came != nil {
		return insertEvents(ctx, tx, *came, e)
	}
	return insertEvents(ctx, tx, e)
}

// sheetsNow gives the sheet of the placement and those on which the worker works right now.
func sheetsNow(ctx context.Context, r db.Reader, placementID, workerID string) ([]Sheet, error) {
	var out []Sheet
	err := db.Each(ctx, r, `SELECT placement_id, state FROM timesheets WHERE placement_id = $1
		UNION SELECT placement_id, state FROM timesheets WHERE worker_id = $2 AND state = 'started'`,
		[]any{placementID, workerID}, func(scan func(...any) error) error {
			var s Sheet
			if err := scan(&s.PlacementID, &s.State); err != nil {
				return err
			}
			out = append(out, s)
			return nil
		})
	return out, err
}

func getSheet(ctx context.Context, r db.Reader, placementID string) (Sheet, error) {
	var s Sheet
	var arrivedMS, startedMS, endedMS, endsMS int64
	err := db.Row(ctx, r, []any{&s.PlacementID, &s.WorkerID, &s.EmployerID, &s.State, &arrivedMS,
		&s.StartID, &startedMS, &s.EndID, &endedMS, &endsMS, &s.WorkedMin,
		&s.FloorMin, &s.Pieces, &s.FloorPieces, &s.Early, &s.LineID, &s.Forgotten},
		`SELECT placement_id, worker_id, employer_id, state, arrived_at_ms, start_id, started_at_ms,
			end_id, ended_at_ms, ends_at_ms, worked_min, floor_min, pieces, floor_pieces, early, line_id,
			forgotten
		FROM timesheets WHERE placement_id = $1`, placementID)
	if errors.Is(err, db.ErrNone) {
		return s, notStarted()
	}
	s.ArrivedAt, s.StartedAt = clock.At(arrivedMS), clock.At(startedMS)
	s.EndedAt, s.ShiftEndsAt = clock.At(endedMS), clock.At(endsMS)
	return s, err
}

func closeSheet(ctx context.Context, tx *db.Tx, s Sheet) error {
	n, err := tx.Exec(ctx, `UPDATE timesheets SET state = 'ended', end_id = $1, ended_at_ms = $2,
		worked_min = $3, line_id = $4, forgotten = $5, floor_min = $6, pieces = $7, early = $8,
		floor_pieces = $9 WHERE placement_id = $10 AND state = 'started'`,
		s.EndID, clock.MS(s.EndedAt), s.WorkedMin, s.LineID, s.Forgotten, s.FloorMin, s.Pieces, s.Early,
		s.FloorPieces, s.PlacementID)
	if err == nil && n == 0 {
		return notStarted()
	}
	return err
}

func changeSheet(ctx context.Context, tx *db.Tx, s Sheet) error {
	_, err := tx.Exec(ctx, `UPDATE timesheets SET start_id = $1, started_at_ms = $2, end_id = $3,
		ended_at_ms = $4, worked_min = $5, line_id = $6, forgotten = $7, floor_min = $8, pieces = $9,
		early = $10, floor_pieces = $11 WHERE placement_id = $12`,
		s.StartID, clock.MS(s.StartedAt), s.EndID, clock.MS(s.EndedAt), s.WorkedMin, s.LineID,
		s.Forgotten, s.FloorMin, s.Pieces, s.Early, s.FloorPieces, s.PlacementID)
	return err
}

func openSheets(
	ctx context.Context,
	r db.Reader,
	endedBefore time.Time,
	limit int,
) ([]string, error) {
	return db.List[string](ctx, r, `SELECT placement_id FROM timesheets WHERE state = 'started'
		AND ends_at_ms <= $1 ORDER BY ends_at_ms, placement_id LIMIT $2`, clock.MS(endedBefore), limit)
}

// waitingSheets lists who has arrived at a shift that is not over, and is neither working nor
// turned away.
func waitingSheets(
	ctx context.Context, r db.Reader, now time.Time, limit int,
) ([]string, error) {
	return db.List[string](ctx, r, `SELECT placement_id FROM timesheets WHERE state = 'arrived'
		AND ends_at_ms > $1 AND NOT EXISTS (SELECT 1 FROM turned_away o
			WHERE o.placement_id = timesheets.placement_id)
		ORDER BY ends_at_ms, placement_id LIMIT $2`, clock.MS(now), limit)
}

// whyNotAdmitted tells whether the worker came, and the last reason for which they were kept out.
func whyNotAdmitted(ctx context.Context, r db.Reader, placementID string) (string, bool, error) {
	var kind, reason string
	err := db.Row(ctx, r, []any{&kind, &reason}, `SELECT kind, reason FROM clock_events
		WHERE placement_id = $1 ORDER BY CASE WHEN kind = 'refused' THEN 0 ELSE 1 END, at_ms DESC,
		id DESC LIMIT 1`, placementID)
	if errors.Is(err, db.ErrNone) {
		return "", false, nil
	}
	return reason, err == nil, err
}
