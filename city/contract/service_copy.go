package contract

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
)

// Copy gives what the slice holds of a worker: contracts and their evidence.
func (s *Service) Copy(
	ctx context.Context, r db.Reader, workerID string,
) ([]people.Holding, error) {
	return people.HoldingsOf(ctx, r, workerID, copied)
}

// Shared tells which employers got a contract to read.
func (s *Service) Shared(
	ctx context.Context, r db.Reader, workerID string,
) ([]people.Sharing, error) {
	return people.SharingsOf(ctx, r, workerID, people.Sharing{Purpose: people.PurposeShareEmployer,
		Kinds: []string{"name", "masked ID number"}}, sharedSQL)
}
