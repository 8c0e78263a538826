package market

import (
	"context"
	"errors"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

func noApplication() error {
	return fault.New(fault.NotFound, "market.application_not_found").OnField("application_id")
}

func noVacancy() error {
	return fault.New(fault.NotFound, "market.vacancy_not_found").OnField("vacancy_id")
}

// getApplicable reads a vacancy that is or was public; one that is closed has no shift to come.
func getApplicable(ctx context.Context, tx *db.Tx, id string) (applicable, error) {
	var v applicable
	var firstMS int64
	err := db.Row(ctx, tx, []any{&v.ID, &v.EmployerID, &v.Region, &v.Title, &v.Hire,
		(*string)(&v.Settlement), &v.MinorOK, (*string)(&v.ValidUntil), &firstMS},
		`SELECT id, employer_id, region, title, hire, settlement, minor_ok, valid_until,
			COALESCE((SELECT MIN(s.starts_at_ms) FROM shifts s WHERE s.vacancy_id = v.id
				AND s.state = 'open' AND s.starts_at_ms > $2), 0)
		FROM vacancies v WHERE id = $1 AND state IN ('published', 'closed')`, id, clock.MS(tx.Now))
	if errors.Is(err, db.ErrNone) {
		return v, noVacancy()
	}
	v.FirstStart = clock.At(firstMS)
	return v, err
}

func titleOf(ctx context.Context, r db.Reader, vacancyID string) (string, error) {
	var title string
	err := db.Row(ctx, r, []any{&title}, `SELECT title FROM vacancies WHERE id = $1`, vacancyID)
	return title, err
}

func insertApplication(ctx context.Context, tx *db.Tx, a Application) error {
	n, err := tx.Exec(ctx, `INSERT INTO applications(id, vacancy_id, worker_id, employer_id, shift_id,
		placement_id, state, reason, recommended_by, note, applied_at_ms, state_at_ms, expires_at_ms)
		VALUES ($1, $2, $3, $4, '', '', $5, '', $6, $7, $8, $8, $9) ON CONFLICT DO NOTHING`,
		a.ID, a.VacancyID, a.WorkerID, a.EmployerID, string(a.State), a.RecommendedBy, a.Note,
		clock.MS(a.AppliedAt), clock.MS(a.ExpiresAt))
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "market.already_applied").OnField("vacancy_id")
	}
	return err
}

// updateApplication stores an application, if it is still in the state it was read in.
func updateApplication(ctx context.Context, tx *db.Tx, a Application, from State) error {
	n, err := tx.Exec(ctx, `UPDATE applications SET state = $1, reason = $2, shift_id = $3,
		placement_id = $4, state_at_ms = $5, expires_at_ms = $6 WHERE id = $7 AND state = $8`,
		string(a.State), a.Reason, a.ShiftID, a.PlacementID, clock.MS(tx.Now), msOrZero(a.ExpiresAt),
		a.ID, string(from))
	if err == nil && n == 0 {
		return wrongState(from)
	}
	return err
}

func msOrZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return clock.MS(t)
}

const applicationColumns = `id, vacancy_id, worker_id, employer_id, shift_id, placement_id, state,
	reason, recommended_by, note, applied_at_ms, expires_at_ms`

func listApplications(
	ctx context.Context, r db.Reader, q string, args ...any,
) ([]Application, error) {
	var list []Application
	err := db.Each(ctx, r, q, args, func(scan func(...any) error) error {
		var a Application
		var appliedMS, expiresMS int64
		err := scan(&a.ID, &a.VacancyID, &a.WorkerID, &a.EmployerID, &a.ShiftID, &a.PlacementID,
			(*string)(&a.State), &a.Reason, &a.RecommendedBy, &a.Note, &appliedMS, &expiresMS)
		a.AppliedAt = clock.At(appliedMS)
		if expiresMS > 0 {
			a.ExpiresAt = clock.At(expiresMS)
		}
		list = append(list, a)
		return err
	})
	return list, err
}

func getApplication(ctx context.Context, r db.Reader, id string) (Application, error) {
	list, err := listApplications(ctx, r,
		`SELECT `+applicationColumns+` FROM applications WHERE id = $1`, id)
	if err == nil && len(list) == 0 {
		err = noApplication()
	}
	if err != nil {
		return Application{}, err
	}
	return list[0], nil
}

// openApplications gives the worker's application for the vacancy while an offer can answer it.
func openApplications(
	ctx context.Context, r db.Reader, vacancyID, workerID string,
) ([]Application, error) {
	args := []any{vacancyID, workerID}
	from := before(Offered)
	for _, s := range from {
		args = append(args, string(s))
	}
	return listApplications(ctx, r, `SELECT `+applicationColumns+` FROM applications
		WHERE vacancy_id = $1 AND worker_id = $2 AND state IN (`+db.In(3, len(from))+`)`, args...)
}

// followPlacement moves the application of a placement that may take this step, if there is one.
func followPlacement(
	ctx context.Context, tx *db.Tx, placementID string, to State, reason string,
) ([]Application, error) {
	args := []any{string(to), reason, clock.MS(tx.Now), placementID}
	from := before(to)
	for _, s := range from {
		args = append(args, string(s))
	}
	return listApplications(ctx, tx, `UPDATE applications SET state = $1, reason = $2,
		state_at_ms = $3, expires_at_ms = 0 WHERE placement_id = $4 AND placement_id <> ''
		AND state IN (`+db.In(5, len(from))+`) RETURNING `+applicationColumns, args...)
}

// endOffer ends the offer that an application led to, if it still waits for an answer.
func endOffer(ctx context.Context, tx *db.Tx, a Application, to State) error {
	if a.PlacementID == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE placements SET state = $1, reason = $2
		WHERE id = $3 AND state = 'offered'`, string(to), string(a.State), a.PlacementID)
	return err
}

func applicationsOfVacancy(
	ctx context.Context, r db.Reader, in Applications,
) ([]Application, error) {
	return listApplications(ctx, r, `SELECT `+applicationColumns+` FROM applications
		WHERE vacancy_id = $1 AND employer_id = $2 AND ($3 = '' OR state = $3) AND id > $4
		ORDER BY id LIMIT $5`, in.VacancyID, in.EmployerID, in.State, in.After, listMax+1)
}

func applicationsOfWorker(
	ctx context.Context, r db.Reader, workerID, after string,
) ([]Application, error) {
	return listApplications(ctx, r, `SELECT `+applicationColumns+` FROM applications
		WHERE worker_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`,
		workerID, after, listMax+1)
}

func staleApplications(
	ctx context.Context, r db.Reader, now time.Time, limit int,
) ([]string, error) {
	return db.List[string](ctx, r, `SELECT id FROM applications WHERE expires_at_ms > 0
		AND expires_at_ms <= $1 ORDER BY expires_at_ms, id LIMIT $2`, clock.MS(now), limit)
}
