package market

import (
	"context"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/money"
)

// ListedVacancy is a vacancy as it stands in a list that goes out.
type ListedVacancy struct {
	ID, EmployerID, Title, Occupation, Region, PayUnit, State string
	Settlement                                                Settlement
	RateFen                                                   money.Fen
	ValidUntil                                                civil.Date
	Heads, Taken                                              int64 // of all its shifts
}

// VacanciesAfterTx lists at most limit vacancies of every state in the order in which they came,
// from the one behind the given id on.
func (s *Service) VacanciesAfterTx(
	ctx context.Context, r db.Reader, after string, limit int,
) ([]ListedVacancy, error) {
	return vacanciesAfter(ctx, r, after, limit)
}
