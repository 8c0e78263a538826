package wage

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
)

// Copy gives what the slice holds of a worker: what they earned.
func (s *Service) Copy(
	ctx context.Context, r db.Reader, workerID string,
) ([]people.Holding, error) {
	return people.HoldingsOf(ctx, r, workerID, copied)
}
