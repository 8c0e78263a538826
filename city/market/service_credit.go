package market

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

// Standing says how an employer's credit weighs when a vacancy of it asks to be public. The zero
// Standing is nobody in particular.
type Standing struct {
	Wait     bool  // it waits for a clerk whatever it says
	PatrolBP int64 // the share of public vacancies that a clerk looks at again
}

// creditTx lets the employer's credit decide with the gate: it refuses (zero tolerance) or makes a
// vacancy wait. A good grade lets nothing pass: marked words need a legal ground whoever says them;
// lighter is only the share that is looked at again.
// Faults: those of Deps.Credit.
func (s *Service) creditTx(
	ctx context.Context, tx *db.Tx, employerID string, v VacancyView,
) (VacancyView, error) {
	if s.Credit == nil {
		return v, nil
	}
	st, err := s.Credit(ctx, tx, employerID)
	v.patrolBP = st.PatrolBP
	if err == nil && st.Wait && v.State == Published {
		v.State, v.Reason = Waiting, "credit"
	}
	return v, err
}
