package contract

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

// StartClockTx lets employer-settled work begin: with both signatures nothing is left to do; with
// a drafted contract the one-month clock runs from now on. It tells whether the clock runs.
// Faults: contract.not_signed (conflict) where there is no contract that could still be signed.
// Must run in the transaction that starts the work.
// Source: 劳动合同法 10 (a written contract within a month from the first day of work).
func (s *Service) StartClockTx(
	ctx context.Context, tx *db.Tx, placementID, region string,
) (bool, error) {
	_, state, err := signedOfPlacement(ctx, tx, placementID)
	if err != nil || state == Signed {
		return false, err
	}
	if state != Drafted {
		return false, fault.New(fault.Conflict, "contract.not_signed").OnField("placement_id")
	}
	months, err := s.Policy.At("contract.written_months", region, civil.DateOf(tx.Now))
	if err != nil {
		return false, err
	}
	return true, insertClock(ctx, tx, placementID, dueAt(tx.Now, months.Value))
}

// Clocks asks for the clocks that run or are late, for one employer or for the whole city.
type Clocks struct {
	EmployerID string `json:"employer_id,omitempty" query:"employer_id" maxLength:"60"`
	Late       bool   `json:"late,omitempty" query:"late" doc:"only those past their month"`
}

// ClockList is clocks, the most urgent first, at most listMax.
type ClockList struct {
	Clocks []ClockView `json:"clocks"`
}

// FindClocks lists work that goes on without a signed contract: late is what stands out.
func (s *Service) FindClocks(ctx context.Context, in Clocks) (ClockList, error) {
	if err := people.Must(ctx, people.PermSeeEmployer, in.EmployerID); err != nil {
		return ClockList{}, err
	}
	states := []ClockState{ClockRunning, ClockLate}
	if in.Late {
		states = states[1:]
	}
	list, err := openClocks(ctx, s.DB, in.EmployerID, states)
	return ClockList{list}, err
}

// warnDue tells both sides some days before the month is over; once a clock.
func (s *Service) warnDue(ctx context.Context, now time.Time) (int, error) {
	days, err := s.Policy.At("contract.clock_warn_days", "", civil.DateOf(now))
	if err != nil {
		return 0, err
	}
	list, err := clocksToWarn(ctx, s.DB, now.AddDate(0, 0, int(days.Value)), sweepMax)
	if err != nil {
		return 0, err
	}
	return len(list), s.eachClock(ctx, list, func(ctx context.Context, tx *db.Tx, c ClockView) error {
		if ok, err := warnClock(ctx, tx, c.PlacementID); err != nil || !ok {
			return err
		}
		return s.tellBoth(ctx, tx, c, "contract_due")
	})
}

// markLate makes a clock that ran out visible, and tells both sides.
func (s *Service) markLate(ctx context.Context, now time.Time) (int, error) {
	list, err := clocksOver(ctx, s.DB, now, sweepMax)
	if err != nil {
		return 0, err
	}
	return len(list), s.eachClock(ctx, list, func(ctx context.Context, tx *db.Tx, c ClockView) error {
		if ok, err := lateClock(ctx, tx, c.PlacementID); err != nil || !ok {
			return err
		}
		if err := s.tellBoth(ctx, tx, c, "contract_late"); err != nil {
			return err
		}
		return feed.PutTx(ctx, tx, ContractLate{c.ContractID, c.PlacementID, c.WorkerID, c.EmployerID})
	})
}

// eachClock does each clock as a deed of its own, so that one stops no other.
func (s *Service) eachClock(
	ctx context.Context, list []ClockView, fn func(context.Context, *db.Tx, ClockView) error,
) error {
	for _, c := range list {
		_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
			return true, fn(ctx, tx, c)
		}, db.Lane("contract", c.ContractID))
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tellBoth(
	ctx context.Context, tx *db.Tx, c ClockView, template string,
) error {
	day := string(civil.DateOf(c.DueAt.Add(-time.Millisecond))) // the last good day
	for _, account := range []string{c.workerAccount, c.employerAccount} {
		err := s.Tell(ctx, tx, people.Message{AccountID: account, Template: template,
			Args: map[string]string{"day": day},
			Key:  template + "/" + c.PlacementID + "/" + account})
		if err != nil {
			return err
		}
	}
	return nil
}
