package wage

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// NothingOwedTx refuses to let go of a worker who is still owed a wage.
// Faults: wage.still_owed (conflict).
func (s *Service) NothingOwedTx(ctx context.Context, tx *db.Tx, workerID string) error {
	n, err := linesOwed(ctx, tx, workerID)
	if err == nil && n > 0 {
		err = fault.New(fault.Conflict, "wage.still_owed", "lines", n)
	}
	return err
}
