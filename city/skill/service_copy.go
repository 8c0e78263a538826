package skill

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
)

// Copy gives what the slice holds of a worker: skills and certificates.
func (s *Service) Copy(
	ctx context.Context, r db.Reader, workerID string,
) ([]people.Holding, error) {
	return people.HoldingsOf(ctx, r, workerID, copied)
}

// EraseTx forgets the papers of a worker whose time of keeping is over; their numbers may be the
// holder's ID number.
func (s *Service) EraseTx(ctx context.Context, tx *db.Tx, workerID string) error {
	return deletePapers(ctx, tx, workerID)
}
