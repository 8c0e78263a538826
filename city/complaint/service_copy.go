package complaint

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
)

// Copy gives what the slice holds of a worker: their own complaints and the evidence they gave.
// Anonymous ones, and those about staff, are in it when the worker asks, and not when staff do it
// for them.
func (s *Service) Copy(
	ctx context.Context, r db.Reader, workerID string,
) ([]people.Holding, error) {
	account, err := accountOfWorker(ctx, r, workerID)
	if err != nil {
		return nil, err
	}
	queries := copiedForStaff
	if people.ActorOf(ctx).WorkerID == workerID {
		queries = copied
	}
	return people.HoldingsOf(ctx, r, s.Box.Blind(domainContact, account), queries)
}
