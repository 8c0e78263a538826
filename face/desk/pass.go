package desk

import (
	"slices"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// passAround is how far around now a worker who shows the card is looked for.
const (
	passAround = 18 * time.Hour
	passMost   = 2_000 // shifts of one employer around now
)

// pass is where a worker's card leads whoever scans it at the gate: to the board of the shift that
// the worker has with this employer now. The soonest of several comes first.
func (s *site) pass(v *visit, id string) error {
	now := s.People.DB.Now()
	shifts, _, err := db.Walk(passMost, func(after string) ([]market.DeskShift, string, error) {
		found, err := s.Market.FindEmployerShifts(v.Ctx, market.ShiftsOf{EmployerID: id,
			From: now.Add(-passAround), Until: now.Add(passAround), After: after})
		return found.Shifts, found.Next, err
	})
	if err != nil {
		return err
	}
	for _, shift := range shifts {
		on, err := s.Market.FindPeople(v.Ctx, market.ShiftPeople{ShiftID: shift.ID, EmployerID: id})
		if err != nil {
			return err
		}
		if slices.ContainsFunc(on.Placements, func(p market.PlacementView) bool {
			return p.WorkerID == v.R.PathValue("worker_id")
		}) {
			return v.Go("/e/shifts/" + shift.ID)
		}
	}
	return fault.New(fault.NotFound, "desk.pass_none")
}
