package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/jobs"
)

// sweepMax bounds one turn; each row is a deed of its own, so a bad one stops no other.
const sweepMax = 200

// Sweeps closes forgotten ends and frees the heads of those who did not come.
func (s *Service) Sweeps() []jobs.Sweep {
	return []jobs.Sweep{
		{Name: "attendance.forgotten_end", Every: time.Minute, Limit: sweepMax, Run: s.closeForgotten},
		{Name: "attendance.no_show", Every: time.Minute, Limit: sweepMax, Run: s.noShows},
	}
}

// closeForgotten ends work whose worker forgot to clock out: at the shift's end, as a proposal.
func (s *Service) closeForgotten(ctx context.Context, now time.Time) (int, error) {
	ctx = people.AsSystem(ctx, "attendance.forgotten_end")
	wait, err := s.Policy.At("attendance.forgotten_end_min", "", civil.DateOf(now))
	if err != nil {
		return 0, err
	}
	ids, err := openSheets(ctx, s.DB, now.Add(-time.Duration(wait.Value)*time.Minute), sweepMax)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Receipt, error) {
			job, err := s.Market.JobTx(ctx, tx, id)
			if err != nil {
				return Receipt{}, err
			}
			return s.endTx(ctx, tx, job, job.EndsAt, Forgotten)
		})
		if err != nil && !fault.Is(err, "attendance.not_started") { // the worker was faster
			return 0, err
		}
	}
	return len(ids), nil
}

// noShows ends the placements of those who did not come, and of those who came and were not let in.
func (s *Service) noShows(ctx context.Context, now time.Time) (int, error) {
	ctx = people.AsSystem(ctx, "attendance.no_show")
	wait, err := s.Policy.At("attendance.no_show_after_min", "", civil.DateOf(now))
	if err != nil {
		return 0, err
	}
	ids, err := s.Market.FindOverdue(ctx, now.Add(-time.Duration(wait.Value)*time.Minute), sweepMax)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
			return true, s.missedTx(ctx, tx, id)
		})
		if err != nil && !fault.Is(err, "market.placement_state") { // started or cancelled meanwhile
			return 0, err
		}
	}
	return len(ids), nil
}

func (s *Service) missedTx(ctx context.Context, tx *db.Tx, placementID string) error {
	reason, came, err := whyNotAdmitted(ctx, tx, placementID)
	if err != nil {
		return err
	}
	if came {
		return s.Market.NotAdmittedTx(ctx, tx, placementID, reason)
	}
	return s.Market.NoShowTx(ctx, tx, placementID)
}

var _ Placements = (*market.Service)(nil)
