package market

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

// closeVacancy closes a vacancy for good, one that has expired and could be refreshed too; it tells
// whether there was anything to close.
func closeVacancy(ctx context.Context, tx *db.Tx, vacancyID, reason string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE vacancies SET state = 'closed', reason = $1
		WHERE id = $2 AND (state IN ('published', 'waiting') OR state = 'closed' AND reason = 'expired')`,
		reason, vacancyID)
	return n == 1, err
}

// closeShiftsOf calls off what is not called off yet of a vacancy and gives the shifts; a vacancy
// has at most shiftsPerVacancy of them.
func closeShiftsOf(ctx context.Context, tx *db.Tx, vacancyID string) ([]string, error) {
	return db.List[string](ctx, tx, `UPDATE shifts SET state = 'cancelled'
		WHERE vacancy_id = $1 AND state <> 'cancelled' RETURNING id`, vacancyID)
}
