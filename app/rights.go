package app

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
)

// mayLocate asks whether a worker's position may be read at clocking.
func (c *City) mayLocate(ctx context.Context, r db.Reader, workerID string) error {
	return c.People.AllowedTx(ctx, r, workerID, people.PurposeLocation)
}

// rights is what the slices do for a person who asks what the city holds of them, or wants to go.
// The services are asked for when they are needed: people is built before them.
func (c *City) rights() people.Rights {
	return people.Rights{
		Copies: func() []people.Copier {
			return []people.Copier{c.Skills, c.Stations, c.Market, c.Contracts, c.Attendance, c.Wages,
				c.Ledger, c.Insurance, c.Credit, c.Complaints, c.Notify, c.Training}
		},
		Sharers: func() []people.Sharer {
			return []people.Sharer{c.Contracts, c.Market, c.Ledger, c.Insurance}
		},
		MayClose: func(ctx context.Context, tx *db.Tx, workerID string) error {
			if err := c.Market.NobodyExpectsTx(ctx, tx, workerID); err != nil {
				return err
			}
			if err := c.Wages.NothingOwedTx(ctx, tx, workerID); err != nil {
				return err
			}
			return c.Training.LeaveTx(ctx, tx, workerID)
		},
		Erase: func(ctx context.Context, tx *db.Tx, accountID, workerID string) error {
			if err := c.Skills.EraseTx(ctx, tx, workerID); err != nil {
				return err
			}
			if err := c.Stations.EraseTx(ctx, tx, workerID); err != nil {
				return err
			}
			if err := c.Market.EraseTx(ctx, tx, workerID); err != nil {
				return err
			}
			if err := c.Training.EraseTx(ctx, tx, workerID); err != nil {
				return err
			}
			return c.Notify.EraseTx(ctx, tx, accountID)
		},
	}
}
