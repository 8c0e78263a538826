package training

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

const (
	listMax     = 200
	openMax     = 2_000 // classes that a city has open at once
	ofWorkerMax = 100
)

func insertClass(ctx context.Context, tx *db.Tx, c Class, phone []byte) error {
	_, err := tx.Exec(ctx, `INSERT INTO classes(id, place_id, place_name, address, region, lon_e6,
		lat_e6, title, skill, teacher, phone_sealed, seats, taken, fee_fen, closes_at_ms, starts_at_ms,
		ends_at_ms, state, reason, opened_by, opened_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
		$10, $11, $12, 0, $13, $14, $15, $16, 'open', '', $17, $18)`, c.ID, c.PlaceID, c.PlaceName,
		c.Address, c.Region, c.LonE6, c.LatE6, c.Title, c.Skill, c.Teacher, phone, c.Seats,
		int64(c.FeeFen), clock.MS(c.ClosesAt), clock.MS(c.Sessions[0].StartsAt),
		clock.MS(c.Sessions[len(c.Sessions)-1].EndsAt), c.OpenedBy, clock.MS(c.OpenedAt))
	for i, s := range c.Sessions {
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO class_sessions(class_id, n, starts_at_ms, ends_at_ms)
			VALUES ($1, $2, $3, $4)`, c.ID, i+1, clock.MS(s.StartsAt), clock.MS(s.EndsAt))
	}
	return err
}

func noClass() error {
	return fault.New(fault.NotFound, "training.class_not_found").OnField("class_id")
}

func getClass(ctx context.Context, r db.Reader, id string) (Class, error) {
	list, err := classes(ctx, r, `id = $1`, id)
	if err == nil && len(list) == 0 {
		err = noClass()
	}
	if err != nil {
		return Class{}, err
	}
	return list[0], nil
}

func phoneOf(ctx context.Context, r db.Reader, classID string) ([]byte, error) {
	var sealed []byte
	err := db.Row(ctx, r, []any{&sealed}, `SELECT phone_sealed FROM classes WHERE id = $1`, classID)
	return sealed, err
}

// openClasses lists the classes in which a seat can be taken; skill "" is every one.
func openClasses(
	ctx context.Context, r db.Reader, skill string, now time.Time,
) ([]Class, error) {
	return classes(ctx, r, `state = 'open' AND closes_at_ms > $1 AND taken < seats
		AND (skill = $2 OR $2 = '') ORDER BY starts_at_ms, id LIMIT $3`, clock.MS(now), skill, openMax)
}

// runClasses lists a station's classes, all of the city without one, the latest first.
func runClasses(ctx context.Context, r db.Reader, placeID string) ([]Class, error) {
	return classes(ctx, r, `(place_id = $1 OR $1 = '') ORDER BY starts_at_ms DESC, id LIMIT $2`,
		placeID, listMax)
}

func classes(ctx context.Context, r db.Reader, where string, args ...any) ([]Class, error) {
	var list []Class
	err := db.Each(ctx, r, `SELECT id, place_id, place_name, address, region, lon_e6, lat_e6, title,
		skill, teacher, seats, taken, fee_fen, closes_at_ms, state, reason, opened_by, opened_at_ms
		FROM classes WHERE `+where, args, func(scan func(...any) error) error {
		var c Class
		var closes, opened int64
		err := scan(&c.ID, &c.PlaceID, &c.PlaceName, &c.Address, &c.Region, &c.LonE6, &c.LatE6,
			&c.Title, &c.Skill, &c.Teacher, &c.Seats, &c.Taken, (*int64)(&c.FeeFen), &closes,
			(*string)(&c.State), &c.Reason, &c.OpenedBy, &opened)
		c.ClosesAt, c.OpenedAt = clock.At(closes), clock.At(opened)
		list = append(list, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, fillSessions(ctx, r, list)
}

func fillSessions(ctx context.Context, r db.Reader, list []Class) error {
	at := make(map[string]*Class, len(list))
	ids := make([]string, len(list))
	for i := range list {
		at[list[i].ID], ids[i] = &list[i], list[i].ID
	}
	const chunk = 500
	for len(ids) > 0 {
		part := ids[:min(chunk, len(ids))]
		ids = ids[len(part):]
		in, args := db.InList(part)
		err := db.Each(ctx, r, `SELECT class_id, starts_at_ms, ends_at_ms FROM class_sessions
			WHERE class_id IN (`+in+`) ORDER BY class_id, n`, args,
			func(scan func(...any) error) error {
				var id string
				var from, to int64
				err := scan(&id, &from, &to)
				if c := at[id]; c != nil {
					c.Sessions = append(c.Sessions, Session{clock.At(from), clock.At(to)})
				}
				return err
			})
		if err != nil {
			return err
		}
	}
	return nil
}

// takeSeat takes one seat of a class, if one is left.
func takeSeat(ctx context.Context, tx *db.Tx, classID string) error {
	n, err := tx.Exec(ctx, `UPDATE classes SET taken = taken + 1 WHERE id = $1 AND state = 'open'
		AND taken < seats`, classID)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "training.full").OnField("class_id")
	}
	return err
}

func giveSeat(ctx context.Context, tx *db.Tx, classID string) error {
	_, err := tx.Exec(ctx, `UPDATE classes SET taken = taken - 1 WHERE id = $1`, classID)
	return err
}

func callOffClass(ctx context.Context, tx *db.Tx, classID, reason string) error {
	if _, err := tx.Exec(ctx, `UPDATE enrolments SET state = 'called_off' WHERE class_id = $1
		AND state = 'enrolled'`, classID); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE classes SET state = 'called_off', reason = $2, taken = 0
		WHERE id = $1 AND state = 'open'`, classID, reason)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "training.called_off").OnField("class_id")
	}
	return err
}

// insertEnrolment meets one duplicate: the worker has a seat.
func insertEnrolment(ctx context.Context, tx *db.Tx, e Enrolment) error {
	n, err := tx.Exec(ctx, `INSERT INTO enrolments(id, class_id, worker_id, state, at_ms, words,
		assessor_id, assessed_at_ms) VALUES ($1, $2, $3, $4, $5, '', '', 0) ON CONFLICT DO NOTHING`,
		e.ID, e.ClassID, e.WorkerID, string(e.Standing), clock.MS(e.At))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "training.enrolled").OnField("class_id")
	}
	return err
}

// changeEnrolment moves an enrolment on, if it still stands as it was read.
func changeEnrolment(ctx context.Context, tx *db.Tx, from Standing, e Enrolment) error {
	assessed := int64(0)
	if !e.AssessedAt.IsZero() {
		assessed = clock.MS(e.AssessedAt)
	}
	n, err := tx.Exec(ctx, `UPDATE enrolments SET state = $1, words = $2, assessor_id = $3,
		assessed_at_ms = $4 WHERE id = $5 AND state = $6`, string(e.Standing), e.Words, e.AssessorID,
		assessed, e.ID, string(from))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "training.standing").OnField("enrolment_id")
	}
	return err
}

func getEnrolment(ctx context.Context, r db.Reader, id string) (Enrolment, error) {
	list, err := enrolments(ctx, r, `id = $1`, id)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "training.enrolment_not_found").OnField("enrolment_id")
	}
	if err != nil {
		return Enrolment{}, err
	}
	return list[0], nil
}

// seatOf gives a worker's seat in a class; none is the zero Enrolment.
func seatOf(ctx context.Context, r db.Reader, classID, workerID string) (Enrolment, error) {
	list, err := enrolments(ctx, r, `class_id = $1 AND worker_id = $2
		AND state IN ('enrolled', 'passed', 'failed')`, classID, workerID)
	if err != nil || len(list) == 0 {
		return Enrolment{}, err
	}
	return list[0], nil
}

func enrolmentsOf(ctx context.Context, r db.Reader, workerID string) ([]Enrolment, error) {
	return enrolments(ctx, r, `worker_id = $1 ORDER BY at_ms DESC, id DESC LIMIT $2`, workerID,
		ofWorkerMax)
}

// seatedIn lists who has, or had until it was called off, a seat in a class.
func seatedIn(ctx context.Context, r db.Reader, classID string) ([]Enrolment, error) {
	return enrolments(ctx, r, `class_id = $1 AND state <> 'withdrawn' ORDER BY at_ms, id LIMIT $2`,
		classID, seatsMax)
}

func enrolments(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]Enrolment, error) {
	var list []Enrolment
	err := db.Each(ctx, r, `SELECT id, class_id, worker_id, state, at_ms, words, assessor_id,
		assessed_at_ms FROM enrolments WHERE `+where, args, func(scan func(...any) error) error {
		var e Enrolment
		var at, assessed int64
		err := scan(&e.ID, &e.ClassID, &e.WorkerID, (*string)(&e.Standing), &at, &e.Words,
			&e.AssessorID, &assessed)
		e.At = clock.At(at)
		if assessed > 0 {
			e.AssessedAt = clock.At(assessed)
		}
		list = append(list, e)
		return err
	})
	return list, err
}

// clashing tells whether a worker has a seat in another class at the time of one of a class's
// sessions.
func clashing(ctx context.Context, r db.Reader, classID, workerID string) (bool, error) {
	n, err := db.Get[int64](ctx, r, `SELECT COUNT(*) FROM enrolments e
		JOIN class_sessions o ON o.class_id = e.class_id
		JOIN class_sessions s ON s.class_id = $1 AND s.starts_at_ms < o.ends_at_ms
			AND o.starts_at_ms < s.ends_at_ms
		WHERE e.worker_id = $2 AND e.class_id <> $1 AND e.state IN ('enrolled', 'passed', 'failed')`,
		classID, workerID)
	return n > 0, err
}

// called is who of an enrolment was there at a session, by the last call.
type called struct {
	enrolmentID string
	session, n  int64
	present     bool
}

// rollOf gives the last call of each enrolment and session of a class.
func rollOf(ctx context.Context, r db.Reader, classID string) ([]called, error) {
	var list []called
	err := db.Each(ctx, r, `SELECT c.enrolment_id, c.session, c.n, c.present FROM class_roll c
		JOIN enrolments e ON e.id = c.enrolment_id WHERE e.class_id = $1 AND c.n = (SELECT MAX(d.n)
		FROM class_roll d WHERE d.enrolment_id = c.enrolment_id AND d.session = c.session)
		ORDER BY c.enrolment_id, c.session`, []any{classID}, func(scan func(...any) error) error {
		var c called
		err := scan(&c.enrolmentID, &c.session, &c.n, &c.present)
		list = append(list, c)
		return err
	})
	return list, err
}

func insertCall(ctx context.Context, tx *db.Tx, c called, callerID string) error {
	_, err := tx.Exec(ctx, `INSERT INTO class_roll(enrolment_id, session, n, present, caller_id, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6)`, c.enrolmentID, c.session, c.n, c.present, callerID,
		clock.MS(tx.Now))
	return err
}

// Taught is a class in which a seat can be taken, for who keeps a list of them in memory.
type Taught struct {
	ID           string
	Title        string
	Skill        string
	PlaceID      string
	PlaceName    string
	LonE6, LatE6 int64
	SeatsLeft    int64
	FeeFen       money.Fen
	StartsAt     time.Time
	ClosesAt     time.Time
}
