package insurance

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
)

// Copy gives what the slice holds of a worker: consents to plans, and covers.
func (s *Service) Copy(
	ctx context.Context, r db.Reader, workerID string,
) ([]people.Holding, error) {
	return people.HoldingsOf(ctx, r, workerID, copied)
}

// Shared tells which covers the insurers were told. They get a code for the person, no name and no
// number.
func (s *Service) Shared(
	ctx context.Context, r db.Reader, workerID string,
) ([]people.Sharing, error) {
	return people.SharingsOf(ctx, r, workerID, people.Sharing{Purpose: people.PurposeShareInsurer,
		Kinds: []string{"insured person's code", "times of cover", "premium"}},
		sharedSQL)
}
