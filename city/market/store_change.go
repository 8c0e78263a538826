package market

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// getPosted reads an employer's vacancy with its shifts.
// Faults: market.vacancy_not_found.
func getPosted(ctx context.Context, r db.Reader, id, employerID string) (posted, error) {
	v := posted{ID: id}
	v.EmployerID = employerID
	var required, conditions string
	err := db.Row(ctx, r, []any{&v.State, &v.Reason, &v.ReviewerID, &v.ValidUntil, &v.PlaceID,
		&v.Settlement, &v.WorkType, &v.Title, &v.Content, &v.Occupation, &v.PayUnit,
		(*int64)(&v.RateFen), &v.PlanID, &required, &v.Hire, &v.MinorOK, &conditions, &v.Source,
		&v.TermMonths},
		`SELECT state, reason, reviewer_id, valid_until, place_id, settlement, work_type, title, content,
		occupation, pay_unit, rate_fen, plan_id, required, hire, minor_ok, conditions, source, term_months
		FROM vacancies WHERE id = $1 AND employer_id = $2`, id, employerID)
	if errors.Is(err, db.ErrNone) {
		return v, fault.New(fault.NotFound, "market.vacancy_not_found").OnField("vacancy_id")
	}
	if err != nil {
		return v, err
	}
	v.Conditions = split[Condition](conditions)
	if v.Required, err = requirements(id, required); err != nil {
		return v, err
	}
	err = db.Each(ctx, r, `SELECT starts_at_ms, ends_at_ms, break_min, heads, pieces, breaks
		FROM shifts
		WHERE vacancy_id = $1 AND state <> 'cancelled' ORDER BY starts_at_ms, id`, []any{id},
		func(scan func(...any) error) error {
			var starts, ends int64
			var p ShiftPlan
			var breaks string
			err := scan(&starts, &ends, &p.BreakMin, &p.Heads, &p.Pieces, &breaks)
			if err == nil {
				err = json.Unmarshal([]byte(breaks), &p.Breaks)
			}
			p.StartsAt, p.EndsAt = clock.At(starts), clock.At(ends)
			v.Shifts = append(v.Shifts, p)
			return err
		})
	return v, err
}

func regionOf(ctx context.Context, r db.Reader, vacancyID string) (string, error) {
	return db.Get[string](ctx, r, `SELECT region FROM vacancies WHERE id = $1`, vacancyID)
}

// closeVacancies takes vacancies out of public view: those that waited are refused, open shifts are
// closed, offers that wait for an answer are withdrawn. Placements stand.
func closeVacancies(ctx context.Context, tx *db.Tx, ids []string, reason string) error {
	in, args := db.InList(ids, reason)
	_, err := tx.Exec(ctx, `UPDATE vacancies SET reason = $1,
		state = CASE WHEN state = 'published' THEN 'closed' ELSE 'refused' END
		WHERE state IN ('published', 'waiting') AND id IN (`+in+`)`, args...)
	if err != nil {
		return err
	}
	withdrawn, err := db.List[string](ctx, tx, `UPDATE placements SET state = 'withdrawn', reason = $1
		WHERE state = 'offered' AND shift_id IN
		(SELECT id FROM shifts WHERE state IN ('open', 'waiting') AND vacancy_id IN (`+in+`))`+live+`
		RETURNING id`, args...)
	for _, id := range withdrawn {
		if err == nil {
			err = followTx(ctx, tx, id, Withdrawn, reason)
		}
	}
	if err != nil {
		return err
	}
	in, args = db.InList(ids)
	_, err = tx.Exec(ctx, `UPDATE shifts SET state = 'closed' WHERE state IN ('open', 'waiting')
		AND vacancy_id IN (`+in+`)`, args...)
	return err
}

func expired(ctx context.Context, r db.Reader, today civil.Date, limit int) ([]string, error) {
	return db.List[string](ctx, r, `SELECT id FROM vacancies WHERE state IN ('waiting', 'published')
		AND valid_until < $1 ORDER BY valid_until, id LIMIT $2`, string(today), limit)
}

// refreshVacancy stores the new last day; what had expired is public, or waits, with the shifts to
// come.
func refreshVacancy(ctx context.Context, tx *db.Tx, v VacancyView, reopen bool) error {
	_, err := tx.Exec(ctx, `UPDATE vacancies SET valid_until = $1, state = $2, reason = $3
		WHERE id = $4`, string(v.ValidUntil), v.State, v.Reason, v.ID)
	if err != nil || !reopen {
		return err
	}
	shiftState := Open
	if v.State == Waiting {
		shiftState = Waiting
	}
	_, err = tx.Exec(ctx, `UPDATE shifts SET state = $1 WHERE vacancy_id = $2
		AND state = 'closed' AND starts_at_ms > $3`, shiftState, v.ID, clock.MS(tx.Now))
	return err
}

// acceptedOf lists who has accepted work of a vacancy and has not begun.
func acceptedOf(
	ctx context.Context, r db.Reader, vacancyID string, limit int,
) ([]Placement, error) {
	return listPlacements(ctx, r, `shift_id IN (SELECT id FROM shifts WHERE vacancy_id = $1)
		AND state = 'accepted'`+live+` ORDER BY id LIMIT $2`, vacancyID, limit)
}

func insertChange(ctx context.Context, tx *db.Tx, old posted, newID string, what []string) error {
	_, err := tx.Exec(ctx, `INSERT INTO vacancy_changes(new_id, old_id, employer_id, what, at_ms)
		VALUES ($1, $2, $3, $4, $5)`, newID, old.ID, old.EmployerID, joined(what), clock.MS(tx.Now))
	return err
}

func isChanged(ctx context.Context, r db.Reader, vacancyID string) (bool, error) {
	var n int64
	err := db.Row(ctx, r, []any{&n},
		`SELECT COUNT(*) FROM vacancy_changes WHERE old_id = $1`, vacancyID)
	return n > 0, err
}
