package market

import (
	"context"
	"errors"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// signVacancy takes a vacancy out of its employer's queue and gives the reason it stood there for.
// Isolation is serializable: of two signatures one finds nothing.
func signVacancy(ctx context.Context, tx *db.Tx, in SignVacancy) (string, error) {
	var reason string
	err := db.Row(ctx, tx, []any{&reason}, `SELECT reason FROM vacancies WHERE id = $1
		AND employer_id = $2 AND state = 'waiting' AND substr(reason, 1, 8) = 'unsigned'`,
		in.VacancyID, in.EmployerID)
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.Conflict, "market.vacancy_state").OnField("vacancy_id")
	}
	return reason, err
}

// openVacancy writes the state that a signed vacancy has, and opens its shifts when it is public.
func openVacancy(ctx context.Context, tx *db.Tx, v VacancyView) error {
	_, err := tx.Exec(ctx, `UPDATE vacancies SET state = $1, reason = $2 WHERE id = $3`,
		v.State, v.Reason, v.ID)
	if err != nil || v.State != Published {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE shifts SET state = 'open'
		WHERE vacancy_id = $1 AND state = 'waiting'`, v.ID)
	return err
}

func shiftsOfVacancy(ctx context.Context, r db.Reader, vacancyID string) ([]string, error) {
	return db.List[string](ctx, r, `SELECT id FROM shifts WHERE vacancy_id = $1
		ORDER BY starts_at_ms, id LIMIT $2`, vacancyID, shiftsPerVacancy)
}

func unsignedVacancies(
	ctx context.Context, r db.Reader, employerID string,
) ([]WaitingView, error) {
	return db.List[WaitingView](ctx, r, `SELECT id, employer_id, title, reason FROM vacancies
		WHERE employer_id = $1 AND state = 'waiting' AND substr(reason, 1, 8) = 'unsigned'
		ORDER BY created_at_ms, id LIMIT $2`, employerID, listMax)
}
