package training

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
)

// Copy gives what the slice holds of a worker: seats in classes, attendance and assessments.
func (s *Service) Copy(
	ctx context.Context, r db.Reader, workerID string,
) ([]people.Holding, error) {
	return people.HoldingsOf(ctx, r, workerID, copied)
}

// LeaveTx gives back the seats of a worker who closes the account: others can have them. What was
// assessed stays.
func (s *Service) LeaveTx(ctx context.Context, tx *db.Tx, workerID string) error {
	list, err := enrolmentsOf(ctx, tx, workerID)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Standing == Enrolled {
			if err := withdrawTx(ctx, tx, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// EraseTx empties the words of assessments of somebody whose time of keeping is over.
func (s *Service) EraseTx(ctx context.Context, tx *db.Tx, workerID string) error {
	return eraseWords(ctx, tx, workerID)
}
