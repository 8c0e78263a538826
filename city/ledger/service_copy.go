package ledger

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
)

// Copy gives what the slice holds of a worker: the payouts to them.
func (s *Service) Copy(
	ctx context.Context, r db.Reader, workerID string,
) ([]people.Holding, error) {
	return people.HoldingsOf(ctx, r, workerID, copied)
}

// Shared tells which payouts the bank was given, with the name and the card.
func (s *Service) Shared(
	ctx context.Context, r db.Reader, workerID string,
) ([]people.Sharing, error) {
	return people.SharingsOf(ctx, r, workerID, people.Sharing{Purpose: people.PurposeShareBank,
		Kinds: []string{"name", "card"}}, sharedSQL)
}
