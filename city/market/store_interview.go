package market

import (
	"context"
	"errors"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

func noSlot() error {
	return fault.New(fault.NotFound, "market.slot_not_found").OnField("slot_id")
}

func slotBegun() error {
	return fault.New(fault.Conflict, "market.slot_begun").OnField("slot_id")
}

func insertSlot(ctx context.Context, tx *db.Tx, s InterviewSlot) error {
	_, err := tx.Exec(ctx, `INSERT INTO interview_slots(id, vacancy_id, employer_id, address,
		starts_at_ms, ends_at_ms, capacity, taken, cancelled)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, FALSE)`,
		s.ID, s.VacancyID, s.EmployerID, s.Address, clock.MS(s.StartsAt), clock.MS(s.EndsAt), s.Capacity)
	return err
}

func listSlots(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]InterviewSlot, error) {
	var list []InterviewSlot
	err := db.Each(ctx, r, `SELECT id, vacancy_id, employer_id, address, starts_at_ms, ends_at_ms,
		capacity, taken, cancelled FROM interview_slots WHERE `+where, args,
		func(scan func(...any) error) error {
			var s InterviewSlot
			var from, to int64
			err := scan(&s.ID, &s.VacancyID, &s.EmployerID, &s.Address, &from, &to, &s.Capacity,
				&s.Taken, &s.Cancelled)
			s.StartsAt, s.EndsAt = clock.At(from), clock.At(to)
			list = append(list, s)
			return err
		})
	return list, err
}

func getSlot(ctx context.Context, r db.Reader, id string) (InterviewSlot, error) {
	list, err := listSlots(ctx, r, `id = $1`, id)
	if err == nil && len(list) == 0 {
		err = noSlot()
	}
	if err != nil {
		return InterviewSlot{}, err
	}
	return list[0], nil
}

func slotsOfVacancy(
	ctx context.Context, r db.Reader, vacancyID string, from time.Time,
) ([]InterviewSlot, error) {
	return listSlots(ctx, r, `vacancy_id = $1 AND starts_at_ms > $2 AND NOT cancelled
		ORDER BY starts_at_ms, id LIMIT $3`, vacancyID, clock.MS(from), listMax)
}

// closeSlot calls a slot off that has not begun.
func closeSlot(ctx context.Context, tx *db.Tx, id string) error {
	n, err := tx.Exec(ctx, `UPDATE interview_slots SET cancelled = TRUE
		WHERE id = $1 AND NOT cancelled AND starts_at_ms > $2`, id, clock.MS(tx.Now))
	if err == nil && n == 0 {
		return slotBegun()
	}
	return err
}

// bookedOn lists who has a seat; bounded by the slot's capacity.
func bookedOn(ctx context.Context, r db.Reader, slotID string) ([]InterviewView, error) {
	return listInterviews(ctx, r, `WHERE i.slot_id = $1 AND i.state = 'booked' ORDER BY i.id`, slotID)
}

// takeSeat takes one seat, or says that none is left.
func takeSeat(ctx context.Context, tx *db.Tx, slotID string) error {
	n, err := tx.Exec(ctx, `UPDATE interview_slots SET taken = taken + 1
		WHERE id = $1 AND taken < capacity AND NOT cancelled`, slotID)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "market.slot_full").OnField("slot_id")
	}
	return err
}

// cancelBooked gives back the seat of an application whose slot has not begun, if there is one.
func cancelBooked(ctx context.Context, tx *db.Tx, applicationID string) error {
	var slotID string
	err := db.Row(ctx, tx, []any{&slotID}, `UPDATE interviews SET state = 'cancelled'
		WHERE application_id = $1 AND state = 'booked' AND starts_at_ms > $2 RETURNING slot_id`,
		applicationID, clock.MS(tx.Now))
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE interview_slots SET taken = taken - 1 WHERE id = $1`, slotID)
	return err
}

func hasBooked(ctx context.Context, tx *db.Tx, applicationID string) (bool, error) {
	var n int64
	err := db.Row(ctx, tx, []any{&n}, `SELECT COUNT(*) FROM interviews WHERE application_id = $1
		AND state = 'booked' AND starts_at_ms > $2`, applicationID, clock.MS(tx.Now))
	return n > 0, err
}

// mayBook refuses an application that was interviewed, and a worker who is then elsewhere.
func mayBook(ctx context.Context, tx *db.Tx, a Application, slot InterviewSlot) error {
	var state string
	err := db.Row(ctx, tx, []any{&state}, `SELECT state FROM interviews WHERE application_id = $1
		AND state IN ('booked', 'came', 'passed') ORDER BY id LIMIT 1`, a.ID)
	if err == nil {
		return fault.New(fault.Conflict, "market.interview_state", "state", state).
			OnField("application_id")
	}
	if !errors.Is(err, db.ErrNone) {
		return err
	}
	err = db.Row(ctx, tx, []any{&state}, `SELECT state FROM interviews WHERE worker_id = $1
		AND state = 'booked' AND starts_at_ms < $2 AND ends_at_ms > $3 ORDER BY id LIMIT 1`,
		a.WorkerID, clock.MS(slot.EndsAt), clock.MS(slot.StartsAt))
	if err == nil {
		return fault.New(fault.Conflict, "market.interview_clash").OnField("slot_id")
	}
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	return err
}

func insertInterview(ctx context.Context, tx *db.Tx, v InterviewView) error {
	_, err := tx.Exec(ctx, `INSERT INTO interviews(id, slot_id, application_id, worker_id, state,
		starts_at_ms, ends_at_ms, booked_at_ms, reminded_at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)`, v.ID, v.SlotID, v.ApplicationID, v.WorkerID,
		v.State, clock.MS(v.StartsAt), clock.MS(v.EndsAt), clock.MS(tx.Now))
	return err
}

func listInterviews(
	ctx context.Context, r db.Reader, from string, args ...any,
) ([]InterviewView, error) {
	list := []InterviewView{}
	err := db.Each(ctx, r, `SELECT i.id, i.slot_id, i.application_id, i.worker_id, i.state,
		i.starts_at_ms, i.ends_at_ms FROM interviews i `+from, args,
		func(scan func(...any) error) error {
			var v InterviewView
			var from, to int64
			err := scan(&v.ID, &v.SlotID, &v.ApplicationID, &v.WorkerID, &v.State, &from, &to)
			v.StartsAt, v.EndsAt = clock.At(from), clock.At(to)
			list = append(list, v)
			return err
		})
	return list, err
}

func getInterview(
	ctx context.Context, r db.Reader, id, employerID string,
) (InterviewView, error) {
	list, err := listInterviews(ctx, r, `JOIN interview_slots s ON s.id = i.slot_id
		WHERE i.id = $1 AND s.employer_id = $2`, id, employerID)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "market.interview_not_found").OnField("interview_id")
	}
	if err != nil {
		return InterviewView{}, err
	}
	return list[0], nil
}

func setOutcome(ctx context.Context, tx *db.Tx, v InterviewView, outcome string) error {
	n, err := tx.Exec(ctx, `UPDATE interviews SET state = $1 WHERE id = $2 AND state = $3`,
		outcome, v.ID, v.State)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "market.interview_state", "state", v.State).
			OnField("interview_id")
	}
	return err
}

// interviewsOfEmployer lists those of one slot, or of all slots of a vacancy.
func interviewsOfEmployer(
	ctx context.Context, r db.Reader, employerID, slotID, vacancyID string,
) ([]InterviewView, error) {
	return listInterviews(ctx, r, `JOIN interview_slots s ON s.id = i.slot_id
		WHERE (i.slot_id = $1 OR s.vacancy_id = $2) AND s.employer_id = $3
		ORDER BY i.id DESC LIMIT $4`, slotID, vacancyID, employerID, listMax)
}

func interviewsOfWorker(
	ctx context.Context, r db.Reader, workerID string,
) ([]InterviewView, error) {
	return listInterviews(ctx, r, `WHERE i.worker_id = $1 ORDER BY i.id DESC LIMIT $2`,
		workerID, listMax)
}

func toRemind(
	ctx context.Context, r db.Reader, now, until time.Time, limit int,
) ([]InterviewView, error) {
	return listInterviews(ctx, r, `WHERE i.state = 'booked' AND i.reminded_at_ms = 0
		AND i.starts_at_ms > $1 AND i.starts_at_ms <= $2
		ORDER BY i.starts_at_ms, i.id LIMIT $3`, clock.MS(now), clock.MS(until), limit)
}

func markReminded(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE interviews SET reminded_at_ms = $1
		WHERE id = $2 AND state = 'booked' AND reminded_at_ms = 0`, clock.MS(tx.Now), id)
	return n == 1, err
}
