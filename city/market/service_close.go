package market

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// NobodyExpectsTx refuses to let go of a worker who is at work or expected somewhere.
// Faults: market.still_expected (conflict).
func (s *Service) NobodyExpectsTx(ctx context.Context, tx *db.Tx, workerID string) error {
	n, err := placementsOpen(ctx, tx, workerID)
	if err == nil && n > 0 {
		err = fault.New(fault.Conflict, "market.still_expected", "placements", n)
	}
	return err
}
