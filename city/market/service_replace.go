package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

// ReplaceCmd asks for somebody else on the head of a worker who has not come. WorkerIDs are offered
// the head by name; without them anybody may take it.
type ReplaceCmd struct {
	PlacementID string
	WorkerIDs   []string
}

// Replacement is a head offered again.
type Replacement struct {
	ID          string   `json:"id"`
	PlacementID string   `json:"placement_id" doc:"of the worker who did not come"`
	ShiftID     string   `json:"shift_id"`
	EmployerID  string   `json:"employer_id"`
	Offers      []string `json:"offers" doc:"the placements offered by name; empty: anybody may take it"`
}

// ReplaceTx records the no-show and offers the head again at once, in one step. The first who
// accepts has it; what is held and paid is for the time that is left.
// Faults: market.placement_not_found; market.placement_state, market.replace_early,
// market.replace_late, market.already_placed (conflict); people.worker_not_found.
// Must run in the transaction that knows that the worker has not come; takes wage.Lane.
func (s *Service) ReplaceTx(
	ctx context.Context, tx *db.Tx, cmd ReplaceCmd,
) (Replacement, error) {
	p, err := getPlacement(ctx, tx, cmd.PlacementID)
	if err != nil {
		return Replacement{}, err
	}
	shift, err := getShift(ctx, tx, p.ShiftID)
	if err != nil {
		return Replacement{}, err
	}
	if err := s.mayReplace(shift, p, tx.Now); err != nil {
		return Replacement{}, err
	}
	if _, err := s.leaveTx(ctx, tx, p, NoShow, "replaced", nil); err != nil {
		return Replacement{}, err
	}
	r := Replacement{ID: tx.ID("rpl"), PlacementID: p.ID, ShiftID: p.ShiftID,
		EmployerID: p.EmployerID, Offers: []string{}}
	for _, id := range cmd.WorkerIDs {
		o, err := s.askTx(ctx, tx, shift, id)
		if err != nil {
			return Replacement{}, err
		}
		r.Offers = append(r.Offers, o.ID)
	}
	if err := insertReplacement(ctx, tx, r); err != nil {
		return Replacement{}, err
	}
	return r, feed.PutTx(ctx, tx, HeadReoffered{r})
}

// mayReplace refuses who may still come, and a shift that is over.
func (s *Service) mayReplace(shift Shift, p Placement, now time.Time) error {
	if err := p.MustBe(Accepted); err != nil {
		return err
	}
	wait, err := s.Policy.At("market.replace_after_min", shift.Region, civil.DateOf(shift.StartsAt))
	if err != nil {
		return err
	}
	switch {
	case now.Before(p.StartsAt.Add(time.Duration(wait.Value) * time.Minute)):
		return fault.New(fault.Conflict, "market.replace_early", "min", wait.Value).
			OnField("placement_id")
	case shift.State != Open || !now.Before(shift.EndsAt):
		return fault.New(fault.Conflict, "market.replace_late").OnField("placement_id")
	}
	return nil
}

// FindReplacements asks for heads that are to be filled at once.
type FindReplacements struct {
	Region string `json:"region,omitempty" query:"region" maxLength:"12"`
}

// FindReplacements lists running shifts on which somebody did not come and anybody may step in, at
// most listMax, the longest first.
func (s *Service) FindReplacements(
	ctx context.Context, in FindReplacements,
) (FoundShifts, error) {
	if err := people.Must(ctx, people.PermFindWork, ""); err != nil {
		return FoundShifts{}, err
	}
	list, err := shiftsToFill(ctx, s.DB, in.Region, s.DB.Now())
	out := FoundShifts{Shifts: make([]ShiftView, len(list))}
	for i, shift := range list {
		out.Shifts[i] = shiftView(shift)
	}
	return out, err
}
