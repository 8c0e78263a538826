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

const (
	deniedEvery = 15 * time.Second // somebody waits at the gate
	waitingMax  = 1000             // ids in one question
)

// sweepMax bounds one turn; each row is a deed of its own, so a bad one stops no other.
const sweepMax = 200

// Sweeps closes forgotten ends, frees the heads of those who did not come, and ends proposals to
// which the worker was silent.
func (s *Service) Sweeps() []jobs.Sweep {
	return []jobs.Sweep{
		{Name: "attendance.forgotten_end", Every: time.Minute, Limit: sweepMax, Run: s.closeForgotten},
		{Name: "attendance.no_show", Every: time.Minute, Limit: sweepMax, Run: s.noShows},
		{Name: "attendance.denied", Every: deniedEvery, Limit: waitingMax, Run: s.turnAwayDenied},
		{Name: "attendance.lapse", Every: time.Minute, Limit: sweepMax, Run: s.lapseProposals},
	}
}

// closeForgotten ends work whose worker forgot to clock out: at the end of the shift, or of its
// overrun, as a proposal; piece work with the norm. Both sides may have it corrected.
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
			sheet, err := getSheet(ctx, tx, id)
			if err != nil {
				return Receipt{}, err
			}
			return s.endTx(ctx, tx, job, sheet.ShiftEndsAt, Forgotten, leaving{earlyOwn, job.Pieces})
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

// turnAwayDenied sends those home whom the insurer of a confirmed plan does not take, or was silent
// on for too long: it is not their fault, and they wait no longer than they must.
func (s *Service) turnAwayDenied(ctx context.Context, now time.Time) (int, error) {
	ctx = people.AsSystem(ctx, "attendance.denied")
	ids, err := waitingSheets(ctx, s.DB, now, waitingMax)
	if err != nil {
		return 0, err
	}
	why, err := s.Covers.FindDeniedOf(ctx, s.DB, ids)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		reason, denied := why[id]
		if !denied {
			continue
		}
		_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (TurnedAwayView, error) {
			job, err := s.Market.JobTx(ctx, tx, id)
			if err != nil {
				return TurnedAwayView{}, err
			}
			return s.turnAwayTx(ctx, tx, job, reason, "", Forgotten)
		})
		if err != nil && !fault.Is(err, "market.placement_state") { // cancelled meanwhile
			return 0, err
		}
	}
	return len(why), nil
}

func (s *Service) missedTx(ctx context.Context, tx *db.Tx, placementID string) error {
	reason, came, err := whyNotAdmitted(ctx, tx, placementID)
	if err != nil {
		return err
	}
	switch {
	case !came:
		return s.Market.NoShowTx(ctx, tx, placementID)
	case reason == "": // came, and neither started nor was kept from it
		_, err = s.Market.NotAdmittedTx(ctx, tx, market.NotAdmitted{PlacementID: placementID,
			Reason: didNotStart, OwnFault: true})
		return err
	}
	job, err := s.Market.JobTx(ctx, tx, placementID)
	if err != nil {
		return err
	}
	_, err = s.turnAwayTx(ctx, tx, job, reason, "", Forgotten)
	return err
}

// didNotStart is said of a worker who came and did not clock in.
const didNotStart = "did_not_start"

var _ Placements = (*market.Service)(nil)
