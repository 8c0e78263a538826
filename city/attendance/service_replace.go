package attendance

import (
	"context"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// Replace is an employer who wants somebody else for a worker who has not come.
type Replace struct {
	deed.Keyed
	PlacementID string   `json:"placement_id" path:"placement_id"`
	EmployerID  string   `json:"employer_id"`
	WorkerIDs   []string `json:"worker_ids,omitempty" maxItems:"20" doc:"who is offered the head by name; left out: anybody may take it"`
}

// Replace records the no-show and offers the head again at once: to the named workers, or to
// anybody. Who has arrived cannot be replaced: the way to send somebody away is TurnAway.
// Faults: market.placement_not_found; attendance.has_arrived, market.placement_state,
// market.replace_early, market.replace_late, market.already_placed (conflict);
// people.worker_not_found.
func (s *Service) Replace(ctx context.Context, in Replace) (market.Replacement, error) {
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return market.Replacement{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "replace"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (market.Replacement, error) {
			job, err := s.jobOf(ctx, tx, in.PlacementID, in.EmployerID)
			if err != nil {
				return market.Replacement{}, err
			}
			_, err = getSheet(ctx, tx, job.ID)
			if err == nil {
				err = fault.New(fault.Conflict, "attendance.has_arrived").OnField("placement_id")
			}
			if !fault.Is(err, "attendance.not_started") {
				return market.Replacement{}, err
			}
			return s.Market.ReplaceTx(ctx, tx, market.ReplaceCmd{PlacementID: job.ID,
				WorkerIDs: in.WorkerIDs})
		}, wage.Lane(in.EmployerID))
}
