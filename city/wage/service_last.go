package wage

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/money"
)

// LastWage is the newest wage that has reached a worker.
type LastWage struct {
	AmountFen money.Fen
	PaidAt    time.Time
}

// LastWagesTx gives the newest wage that an employer's workers have in their accounts, by worker;
// who has none is left out. At most 1 000 workers.
func (s *Service) LastWagesTx(
	ctx context.Context, r db.Reader, employerID string, workerIDs []string,
) (map[string]LastWage, error) {
	if len(workerIDs) == 0 {
		return nil, nil
	}
	return lastWages(ctx, r, employerID, workerIDs)
}
